import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { CaseFileInvalid } from '../../src/case-file/invalid.js';
import { playCase } from '../../src/case-file/play.js';
import { readCaseFile } from '../../src/case-file/read.js';
import { EditionCatalogue, PROGRAMS_FOLDER } from '../../src/program/edition.catalogue.js';

// The language of case files: every file in the repository plays through the decision code, and a file that breaks the contract is invalid,
// with the place named, and never a deny.

const FIXTURES = fileURLToPath(new URL('../fixtures/cases/', import.meta.url));
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const catalogue = EditionCatalogue.fromFolder();

const caseFilesIn = (folder: string, recursive: boolean): string[] =>
  readdirSync(folder, { recursive, encoding: 'utf8' })
    .filter((name) => name.endsWith('.cases.json'))
    .sort()
    .map((name) => join(folder, name));

const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
/** What is wrong with the document, and where; null when nothing is. */
function invalidityOf(document: unknown): { path: string; problem: string } | null {
  try {
    readCaseFile(document, catalogue);
    return null;
  } catch (error) {
    if (error instanceof CaseFileInvalid) return { path: error.path, problem: error.problem };
    throw error;
  }
}

const files = [...caseFilesIn(PROGRAMS_FOLDER, true), ...caseFilesIn(FIXTURES, false)];

describe.each(files.map((file) => [relative(ROOT, file), read(file)]))('%s', (_, document) => {
  const invalid = invalidityOf(document);
  test('keeps to the contract', () => expect(invalid).toBeNull());
  if (invalid) return;
  test.each(readCaseFile(document, catalogue))('$id: $title', (readable) => {
    expect(playCase(readable).difference).toBeNull();
  });
});

test('cases of later subjects keep to the contract too, so that they can be moved up as they are', () => {
  for (const file of caseFilesIn(join(FIXTURES, 'later'), true)) expect([file, invalidityOf(read(file))]).toEqual([file, null]);
});

const GIVEN = {
  category: 'male-adult',
  categorySince: '2027-01-04T10:00',
  enrollment: { enrolledAt: '2027-01-04T10:00' },
  patient: { birthDate: '1960-05-20', sex: 'male' },
  agreement: { category: 'male-adult', signedAt: '2027-01-04T10:00', signedBy: ['patient'] },
};
const EVENTS = [
  { at: '2027-01-05T10:00', do: 'prescribe', expect: { outcome: 'allow' } },
  { at: '2027-01-06T10:00', do: 'reserve' },
];
/** A small valid file with one thing changed. */
const withCase = (changed: object, more: object = {}) => ({
  program: 'lenalidomide-us',
  cases: [{ id: 'one', title: 'One', source: 'here', given: GIVEN, events: EVENTS, ...changed }],
  ...more,
});
const withGiven = (changed: object) => withCase({ given: { ...GIVEN, ...changed } });
const withEvents = (...events: object[]) => withCase({ events });

describe('a file that breaks the contract is invalid, with the place named', () => {
  test('the small file that the others vary is valid, and plays', () => {
    expect(invalidityOf(withCase({}))).toBeNull();
    expect(readCaseFile(withCase({}), catalogue).map((each) => playCase(each).difference)).toEqual([null]);
  });

  test.each<[string, unknown, string]>([
    ['an unknown program', withCase({}, { program: 'aspirin' }), '/program'],
    ['an unknown edition', withCase({}, { edition: '1999-01-01' }), '/edition'],
    ['a case before any edition was in force', withEvents({ at: '2005-01-05T10:00', do: 'verify' }), '/cases/0/events/0/at'],
    ['an unknown field of the file', withCase({}, { author: 'me' }), ''],
    ['an unknown field of a case', withCase({ note: 'x' }), '/cases/0'],
    ['an unknown field of given', withGiven({ pregnant: false }), '/cases/0/given'],
    ['an unknown answer', withGiven({ patient: { ...GIVEN.patient, gender: 'x' } }), '/cases/0/given/patient'],
    ['an unknown field of an event', withEvents({ at: '2027-01-05T10:00', do: 'verify', pharmasy: 'ph-1' }), '/cases/0/events/0'],
    ['an unknown expectation', withEvents({ ...EVENTS[0], expect: { reason: [] } }), '/cases/0/events/0/expect'],
    ['an unknown command', withEvents({ at: '2027-01-05T10:00', do: 'approve' }), '/cases/0/events/0/do'],
    ['an unknown outcome', withEvents({ ...EVENTS[0], expect: { outcome: 'maybe' } }), '/cases/0/events/0/expect/outcome'],
    ['an unknown reason', withEvents({ ...EVENTS[0], expect: { reasons: ['NO'] } }), '/cases/0/events/0/expect/reasons/0'],
    ['an unknown state', withEvents({ ...EVENTS[0], expect: { state: 'approved' } }), '/cases/0/events/0/expect/state'],
    ['an unknown category', withGiven({ category: 'male' }), '/cases/0/given/category'],
    [
      'an unknown category of an agreement',
      withGiven({ agreement: { ...GIVEN.agreement, category: 'x' } }),
      '/cases/0/given/agreement/category',
    ],
    ['an unknown method', withGiven({ contraception: [{ method: 'luck', from: '2026-12-01' }] }), '/cases/0/given/contraception/0/method'],
    [
      'an unknown method in an event',
      withEvents({ at: '2027-01-05T10:00', do: 'record-contraception', method: 'luck', from: '2026-12-01' }),
      '/cases/0/events/0/method',
    ],
    [
      'an unknown result',
      withGiven({ tests: [{ id: 't', collectedAt: '2027-01-04T10:00', result: 'fine' }] }),
      '/cases/0/given/tests/0/result',
    ],
    ['an unknown world', withGiven({ like: 'nowhere' }), '/cases/0/given/like'],
    [
      'an unknown time zone',
      withEvents({ at: '2027-01-05T10:00', do: 'dispense', siteZone: 'Mars/Olympus' }),
      '/cases/0/events/0/siteZone',
    ],
    [
      'a null where none is legal',
      withGiven({ tests: [{ id: 't', collectedAt: null, result: 'negative' }] }),
      '/cases/0/given/tests/0/collectedAt',
    ],
    ['events out of order', withEvents(EVENTS[1] as object, EVENTS[0] as object), '/cases/0/events/1/at'],
    [
      'events out of order by a millisecond, written in two zones',
      withEvents({ ...EVENTS[0], at: '2027-01-05T15:00:00.001Z' }, { at: '2027-01-05T10:00-05:00', do: 'reserve' }),
      '/cases/0/events/1/at',
    ],
    ['no event', withEvents(), '/cases/0/events'],
    ['a case id given twice', withCase({}, { cases: [withCase({}).cases[0], withCase({}).cases[0]] }), '/cases/1/id'],
    [
      'a test id given twice',
      withGiven({
        tests: [
          { id: 't', collectedAt: '2027-01-04T10:00', result: 'negative' },
          { id: 't', collectedAt: '2027-01-04T11:00', result: 'negative' },
        ],
      }),
      '/cases/0/given/tests/1/id',
    ],
  ])('%s', (_, document, path) => {
    expect(invalidityOf(document)?.path).toBe(path);
  });

  // A bare date counts from its first instant: that of the first event's own day is not later.
  test.each<[string, object, string]>([
    ['an enrollment', { enrollment: { enrolledAt: '2027-01-05T10:00:00.001' } }, 'enrollment/enrolledAt'],
    ['a signature', { agreement: { ...GIVEN.agreement, signedAt: '2027-01-06' } }, 'agreement/signedAt'],
    ['a withdrawal', { agreement: { ...GIVEN.agreement, withdrawnAt: '2027-01-06' } }, 'agreement/withdrawnAt'],
    ['a category', { categorySince: '2027-01-05T10:01' }, 'categorySince'],
    ['a method', { contraception: [{ method: 'implant', from: '2027-01-06' }] }, 'contraception/0/from'],
    ['a month of a method', { contraception: [{ method: 'implant', from: '2027-02' }] }, 'contraception/0/from'],
    ['abstinence', { abstinence: { from: '2027-01-06' } }, 'abstinence/from'],
    ['a medicine', { medications: [{ name: 'digoxin', from: '2027-01-06' }] }, 'medications/0/from'],
    ['a test', { tests: [{ id: 't', collectedAt: '2027-01-05T10:00:00.001', result: 'negative' }] }, 'tests/0/collectedAt'],
    [
      'the record of a test',
      { tests: [{ id: 't', collectedAt: '2027-01-04', recordedAt: '2027-01-06', result: 'negative' }] },
      'tests/0/recordedAt',
    ],
    [
      'the retraction of a test',
      { tests: [{ id: 't', collectedAt: '2027-01-04', retractedAt: '2027-01-06', result: 'negative' }] },
      'tests/0/retractedAt',
    ],
    ['a survey', { surveys: [{ completedAt: '2027-01-06' }] }, 'surveys/0/completedAt'],
    ['a period', { menses: [{ on: '2027-01-06', kind: 'menses' }] }, 'menses/0/on'],
    ['a fill', { fills: [{ dispensedAt: '2027-01-06' }] }, 'fills/0/dispensedAt'],
    ['an interruption', { therapy: { interruptedAt: '2027-01-06' } }, 'therapy/interruptedAt'],
    ['a hold', { holds: [{ kind: 'missed-period', since: '2027-01-06' }] }, 'holds/0/since'],
    ['an accommodation', { accommodations: [{ kind: 'home-tests', from: '2027-01-06' }] }, 'accommodations/0/from'],
    [
      'a certification',
      { participants: [{ id: 'dr-1', kind: 'prescriber', certifiedFrom: '2027-01-06' }] },
      'participants/0/certifiedFrom',
    ],
    [
      'a suspension',
      { participants: [{ id: 'dr-1', kind: 'prescriber', certifiedFrom: '2020-01-01', suspendedAt: '2027-01-06' }] },
      'participants/0/suspendedAt',
    ],
  ])('a given later than the first event: %s', (_, changed, where) => {
    expect(invalidityOf(withGiven(changed))).toEqual({ path: `/cases/0/given/${where}`, problem: 'begins after the first event' });
  });

  test.each<[string, object]>([
    ['a date of the first event’s own day', { tests: [{ id: 't', collectedAt: '2027-01-05', result: 'negative' }] }],
    ['the very instant of the first event', { surveys: [{ completedAt: '2027-01-05T15:00Z' }] }],
    ['the end of a method', { contraception: [{ method: 'implant', from: '2026-12', until: '2029-12-31' }] }],
    [
      'the end of a certification',
      { participants: [{ id: 'dr-1', kind: 'prescriber', certifiedFrom: '2020-01-01', certifiedUntil: '2030-01-01' }] },
    ],
    ['the end of an accommodation', { accommodations: [{ kind: 'home-tests', from: '2027-01-05', until: '2030-01-01' }] }],
  ])('and this is not later: %s', (_, changed) => {
    expect(invalidityOf(withGiven(changed))).toBeNull();
  });

  test.each<[string, string, boolean]>([
    ['an hour that the spring change skips', '2027-03-14T02:30', false],
    ['the millisecond before it', '2027-03-14T01:59:59.999', true],
    ['the instant after it', '2027-03-14T03:00', true],
    ['an hour that the autumn change doubles', '2026-11-01T01:30', false],
    ['the first of the doubled hours, with its offset', '2026-11-01T01:30-04:00', true],
    ['the second of the doubled hours, with its offset', '2026-11-01T01:30-05:00', true],
    ['29 February of a common year', '2027-02-29T10:00', false],
    ['29 February of a leap year', '2028-02-29T10:00', true],
    ['the 24th hour', '2027-01-05T24:00', false],
    ['a 60th second', '2027-01-05T10:00:60', false],
    ['microseconds', '2027-01-05T10:00:00.0001', false],
    ['a 60th second of an instant', '2027-01-05T15:00:60Z', false],
    ['a word', 'tomorrow', false],
  ])('%s', (_, at, valid) => {
    const given = { enrollment: { enrolledAt: '2026-01-01' } };
    expect(invalidityOf(withCase({ given, events: [{ at, do: 'verify' }] }))?.path).toBe(valid ? undefined : '/cases/0/events/0/at');
  });

  test.each(['2027-02-29', '2027-13-01', '2027-00-10', '2027-04-31'])('%s is no birth date', (birthDate) => {
    expect(invalidityOf(withGiven({ patient: { birthDate } }))?.path).toBe('/cases/0/given/patient/birthDate');
  });
});

/** Every place in the repository's own files where an object stands, by its shape: indices dropped, and an event by its command. */
function objectsByShape(document: unknown): Map<string, Record<string, unknown>> {
  const found = new Map<string, Record<string, unknown>>();
  const visit = (node: unknown, shape: string): void => {
    if (Array.isArray(node)) for (const item of node) visit(item, shape);
    else if (node !== null && typeof node === 'object') {
      const record = node as Record<string, unknown>;
      const own = 'do' in record ? `${shape}(${String(record.do)})` : shape;
      if (own !== '/worlds') found.set(own, record);
      for (const [key, value] of Object.entries(record)) visit(value, own === '/worlds' ? `${own}/*` : `${own}/${key}`);
    }
  };
  visit(document, '');
  return found;
}

test('an unknown field is an error in every object that a case file can hold', () => {
  const accepted: string[] = [];
  const shapes = new Set<string>();
  for (const file of files) {
    const document = read(file);
    for (const [shape, object] of objectsByShape(document)) {
      if (shapes.has(shape)) continue;
      shapes.add(shape);
      object.surprise = true;
      if (!invalidityOf(document)?.problem.includes('"surprise"')) accepted.push(shape);
      delete object.surprise;
    }
  }
  expect(accepted).toEqual([]);
  expect(shapes.size).toBeGreaterThan(60);
});
