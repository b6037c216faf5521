import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type ReadableCase, readCaseFile } from '../../../src/case-file/read.js';
import { type Edition, editionFrom } from '../../../src/domain/program.js';
import { EditionCatalogue, PROGRAMS_FOLDER } from '../../../src/program/edition.catalogue.js';
import { tracedPrograms, traceOf } from '../../../src/trace/files.js';
import { byEdition, type Enforcement, type MappedLine, type Mapping } from '../../../src/trace/mapping.js';
import { Proofs } from '../../../src/trace/proof.js';
import { reportOn, type TraceReport } from '../../../src/trace/report.js';
import { fingerprintOf, type RequirementLine, type RequirementList } from '../../../src/trace/requirement-list.js';

// Every line that a regulator asked is kept where the mapping says. For an enforced line that is proven anew each time: its case passes, and
// comes out otherwise once the rule is taken away. These tests take rules away and see the trace notice.

const catalogue = EditionCatalogue.fromFolder();
const programs = tracedPrograms();

test('some program has a list of requirements', () => expect(programs.length).toBeGreaterThan(0));

const reports = programs.flatMap((program) => traceOf(program, catalogue));
describe.each(reports.map((report): [string, string, TraceReport] => [report.program, report.edition, report]))(
  '%s %s',
  (_, __, report) => {
    test('every line is mapped, and no mapping says what is not so', () => {
      expect(report.lines.flatMap(({ ref, problems }) => problems.map((problem) => `${ref}: ${problem}`))).toEqual([]);
      expect(report.strays).toEqual([]);
      expect(report.holds).toBe(true);
    });
    test('some lines are enforced, some recorded, and each enforced one names a case', () => {
      expect(report.counts.enforced).toBeGreaterThan(0);
      expect(report.counts.recorded).toBeGreaterThan(0);
      expect(report.lines.filter((line) => line.status === 'enforced' && line.enforced.length === 0)).toEqual([]);
    });
  },
);

test('the edition in force is among those traced, wherever there is one: a trace of superseded rules would guard nothing', () => {
  const now = Date.UTC(2026, 10, 23, 12);
  for (const program of programs) {
    const inForce = catalogue.inForce(program, now);
    const traced = reports.filter((report) => report.program === program).map((report) => report.edition);
    // A retired program asks nothing any more.
    if (inForce !== undefined && inForce.gate !== 'none')
      expect([program, traced]).toEqual([program, expect.arrayContaining([inForce.edition])]);
  }
});

const PROGRAM = 'lenalidomide-us';
const ON_FILE = catalogue.named(PROGRAM, '2021-08-05') as Edition;
const DOCUMENT = catalogue.documentWithHash(ON_FILE.hash) as Record<string, unknown>;
const read = (name: string): unknown => JSON.parse(readFileSync(join(PROGRAMS_FOLDER, PROGRAM, name), 'utf8'));
const LIST = read('requirements.json') as RequirementList;
const MAPPING = read('trace.json') as Mapping;

const CASES: ReadonlyMap<string, readonly ReadableCase[]> = new Map(
  readdirSync(join(PROGRAMS_FOLDER, PROGRAM))
    .filter((name) => name.endsWith('.cases.json'))
    .flatMap((name) => readCaseFile(read(name), catalogue))
    .map((each) => [each.id, [each]]),
);

/** The trace of some lines if the edition on file were this one; under its hash, so that the cases are played under it. */
function traceUnder(document: Record<string, unknown>, refs: readonly string[]): TraceReport {
  const list = { ...LIST, lines: LIST.lines.filter((line) => refs.includes(line.ref)) };
  const lines = Object.fromEntries(Object.entries(MAPPING.lines).filter(([ref]) => refs.includes(ref)));
  return reportOn(list, { ...MAPPING, lines }, document, new Proofs(document, editionFrom(document, ON_FILE.hash), CASES));
}

const copy = (): Record<string, unknown> => structuredClone(DOCUMENT);
type Lists = Record<'issue' | 'verify' | 'reserve' | 'dispense', string[]>;
const judgedOf = (document: Record<string, unknown>): Lists => (document['judged'] as { value: Lists }).value;

describe('an enforced line that loses its rule', () => {
  const named = new Map<string, string[]>();
  for (const [ref, line] of Object.entries(MAPPING.lines))
    for (const claim of line.enforced ?? [])
      if ('requirement' in claim)
        for (const when of claim.at)
          named.set(`${claim.requirement} at ${when}`, [...(named.get(`${claim.requirement} at ${when}`) ?? []), ref]);

  test.each([...named])('%s: taken out of the edition, the lines that rest on it are broken', (rule, refs) => {
    const [requirement, , when] = rule.split(' ') as [string, string, keyof Lists];
    const document = copy();
    const lists = judgedOf(document);
    lists[when] = lists[when].filter((name) => name !== requirement);
    const report = traceUnder(document, refs);
    expect(report.holds).toBe(false);
    for (const ref of refs) {
      const line = report.lines.find((each) => each.ref === ref);
      expect([ref, line?.status]).toEqual([ref, 'broken']);
      expect(line?.problems).toContain(`the edition 2021-08-05 does not judge "${requirement}" at ${when}`);
    }
  });

  test('a value that is loosened in the edition itself breaks the line, though its name still stands there', () => {
    const document = copy();
    (document['prescription'] as { maxSupplyDays: { value: number } }).maxSupplyDays.value = 90;
    const [line] = traceUnder(document, ['prescriber-14']).lines;
    expect([line?.status, line?.problems.length]).toEqual(['broken', 1]);
  });

  test('a value that is not known any more breaks the line', () => {
    const document = copy();
    (document['authorization'] as { confirmationHours: { value: number | null } }).confirmationHours.value = null;
    const [line] = traceUnder(document, ['pharmacy-05']).lines;
    expect(line?.problems).toContain('the edition 2021-08-05 has no value at /authorization/confirmationHours');
  });
});

describe('a mapping that says what is not so', () => {
  const LINE: RequirementLine = {
    ref: 'one',
    who: 'Prescriber',
    heading: null,
    phase: null,
    code: null,
    asks: null,
    when: null,
    every: null,
    text: 'Do it.',
    documents: [],
  };
  const list = { ...LIST, lines: [LINE] };
  const proofs = new Proofs(DOCUMENT, ON_FILE, CASES);
  const reportOf = (line: Partial<MappedLine> | null, of = fingerprintOf(LINE)) =>
    reportOn(list, { ...MAPPING, lines: line === null ? {} : { one: { of, ...line } } }, DOCUMENT, proofs);
  const problemsOf = (line: Partial<MappedLine> | null): readonly string[] => reportOf(line).lines[0]?.problems ?? [];
  const good: Enforcement = { requirement: 'tests', at: ['issue'], case: 'only-the-first-test' };

  test('the line that the others vary holds', () => {
    const report = reportOf({ enforced: [good] });
    expect([report.holds, report.lines[0]?.status]).toEqual([true, 'enforced']);
  });

  test('a later edition keeps what it does not keep otherwise', () => {
    const of = fingerprintOf(LINE);
    const one: MappedLine = { of, enforced: [good] };
    const two: MappedLine = { of, outOfScope: 'not asked any more' };
    const mappings = byEdition({ program: PROGRAM, edition: 'a', lines: { one, two: one }, later: { b: { two } } });
    expect(mappings.map(({ edition, lines }) => [edition, lines])).toEqual([
      ['a', { one, two: one }],
      ['b', { one, two }],
    ]);
  });

  test('a line that nobody mapped', () => {
    const report = reportOf(null);
    expect([report.holds, report.lines[0]?.status]).toEqual([false, 'unmapped']);
  });

  test('a mapped line that the list does not have', () => {
    const report = reportOn(
      list,
      { ...MAPPING, lines: { one: { of: fingerprintOf(LINE), enforced: [good] }, two: { of: 'x', outOfScope: 'nothing' } } },
      DOCUMENT,
      proofs,
    );
    expect([report.holds, report.strays]).toEqual([false, ['two']]);
  });

  test('words that changed since they were mapped', () => {
    expect(reportOf({ enforced: [good] }, '000000000000').lines[0]?.problems[0]).toMatch(/its words changed since it was mapped/);
  });

  test.each<[string, Enforcement, RegExp]>([
    ['a requirement nobody knows', { ...good, requirement: 'luck' }, /there is no requirement "luck"/],
    ['a requirement judged elsewhere', { ...good, at: ['dispense'] }, /does not judge "tests" at dispense/],
    ['a case that is not there', { ...good, case: 'no-such-case' }, /there is no case "no-such-case"/],
    ['a case that passes either way', { ...good, case: 'survey-none' }, /passes without "tests at issue" too, so it proves nothing/],
    ['a case that allows', { ...good, case: 'contraception-day-28' }, /so it proves nothing/],
    [
      'a value that is not there',
      { value: '/prescription/colour', loosened: 1, case: 'supply-29-days' },
      /has no value at \/prescription\/colour/,
    ],
    ['a value loosened too little', { value: '/prescription/maxSupplyDays', loosened: 28, case: 'supply-29-days' }, /proves nothing/],
    [
      'a value that is taken away instead of loosened',
      { value: '/prescription/maxSupplyDays', loosened: null, case: 'supply-29-days' },
      /cannot be played without/,
    ],
    [
      'the machine, with a reason that the case does not expect',
      { machine: 'ALREADY_DISPENSED', case: 'survey-none' },
      /expects no refusal for ALREADY_DISPENSED/,
    ],
    [
      'the machine, where it is the edition that refuses',
      { machine: 'SURVEY_MISSING', case: 'survey-none' },
      /refused for SURVEY_MISSING only because the edition judges it/,
    ],
  ])('%s', (_, claim, problem) => {
    const problems = problemsOf({ enforced: [claim] });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });

  test('a case that fails', () => {
    const failing = new Map([
      [
        'x',
        (CASES.get('contraception-day-28') ?? []).map((each) => ({
          ...each,
          events: each.events.map((event) => ({ ...event, written: { ...event.written, expect: { outcome: 'deny' as const } } })),
        })),
      ],
    ]);
    expect(new Proofs(DOCUMENT, ON_FILE, failing).problemsOf({ ...good, case: 'x' })[0]).toMatch(/the case "x" fails/);
  });

  test('two cases of one name in one edition, and in two', () => {
    const [one] = CASES.get('only-the-first-test') ?? [];
    const twice = new Map([['x', [one, one] as ReadableCase[]]]);
    expect(new Proofs(DOCUMENT, ON_FILE, twice).problemsOf({ ...good, case: 'x' })).toEqual([
      '2 cases of the edition 2021-08-05 are called "x"',
    ]);
    const other = editionFrom(DOCUMENT, 'b'.repeat(64));
    const elsewhere = { ...one, events: one?.events.map((event) => ({ ...event, edition: other })) } as ReadableCase;
    expect(new Proofs(DOCUMENT, ON_FILE, new Map([['x', [elsewhere, one as ReadableCase]]])).problemsOf({ ...good, case: 'x' })).toEqual(
      [],
    );
    expect(new Proofs(DOCUMENT, other, CASES).problemsOf(good)[0]).toMatch(/is not played under the edition/);
  });

  test.each<[string, Partial<MappedLine>]>([
    ['a command', { recorded: [{ command: 'bless-patient' }] }],
    ['a duty', { recorded: [{ duty: 'sing' }] }],
    ['a material', { recorded: [{ material: 'songbook' }] }],
    ['a question of a checklist', { recorded: [{ checklist: 'sing' }] }],
    ['a question of a survey', { recorded: [{ question: 'sing' }] }],
  ])('recorded as what is not there: %s', (_, line) => {
    expect(problemsOf(line)).toHaveLength(1);
  });

  test.each<[string, Partial<MappedLine>]>([
    ['a command', { recorded: [{ command: 'report-pregnancy' }] }],
    ['a material', { recorded: [{ material: 'guide' }] }],
    ['a question of a checklist', { recorded: [{ checklist: 'no-blood' }] }],
    ['a question of a survey', { recorded: [{ question: 'blood' }] }],
  ])('recorded as what is there: %s', (_, line) => {
    expect([problemsOf(line), reportOf(line).lines[0]?.status]).toEqual([[], 'recorded']);
  });

  test('recorded as a duty, which the edition writes bare or with its source', () => {
    const duties = [
      { who: 'pharmacy', what: 'sweep' },
      { who: 'pharmacy', what: { value: 'dust', source: 'S1', verified: true } },
    ];
    const under = (duty: string) =>
      reportOn(list, { ...MAPPING, lines: { one: { of: fingerprintOf(LINE), recorded: [{ duty }] } } }, { ...DOCUMENT, duties }, proofs)
        .holds;
    expect([under('sweep'), under('dust'), under('S1'), under('pharmacy')]).toEqual([true, true, false, false]);
  });
});
