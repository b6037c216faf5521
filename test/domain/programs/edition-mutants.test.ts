import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { playCase } from '../../../src/case-file/play.js';
import { type ReadableCase, readCaseFile } from '../../../src/case-file/read.js';
import type { Edition } from '../../../src/domain/program.js';
import { EditionCatalogue, onFile, PROGRAMS_FOLDER } from '../../../src/program/edition.catalogue.js';
import { type EditionMutant, editionMutants } from '../../support/edition-mutants.js';

// Loosening, tightening or leaving out any single bound, rule or requirement of the edition is noticed by a written case, which then says what
// is lost. What no case can notice is listed with its reason, and the list may not grow old: whatever a case notices has to leave it.

const PROGRAM = 'lenalidomide-us';
const EDITION = '2021-08-05';
const FIXTURES = fileURLToPath(new URL('../../fixtures/cases/', import.meta.url));
const catalogue = EditionCatalogue.fromFolder();
const document = JSON.parse(readFileSync(join(PROGRAMS_FOLDER, PROGRAM, `${EDITION}.json`), 'utf8')) as object;

const cases: ReadableCase[] = [join(PROGRAMS_FOLDER, PROGRAM), FIXTURES]
  .flatMap((folder) => readdirSync(folder, 'utf8').map((name) => join(folder, name)))
  .filter((name) => name.endsWith('.cases.json'))
  .map((name) => JSON.parse(readFileSync(name, 'utf8')) as { program: string })
  .filter(({ program }) => program === PROGRAM)
  .flatMap((written) => readCaseFile(written, catalogue));

const under = (readable: ReadableCase, edition: Edition): ReadableCase => ({
  ...readable,
  events: readable.events.map((event) => ({ ...event, edition })),
});

/** Those that noticed most so far are asked first: one mistake is mostly noticed by the cases that notice others. */
const noticed = new Map<ReadableCase, number>();

function noticing(edition: Edition): ReadableCase | undefined {
  const inOrder = [...cases].sort((a, b) => (noticed.get(b) ?? 0) - (noticed.get(a) ?? 0));
  const found = inOrder.find((each) => !playCase(under(each, edition)).passed);
  if (found !== undefined) noticed.set(found, (noticed.get(found) ?? 0) + 1);
  return found;
}

/** Mistakes that change no decision of a case, by what they are about, and why. */
const CHANGE_NOTHING: Readonly<Record<string, readonly string[]>> = {
  'told to people, not judged: until when contraception and duties go on, and how long emergency contraception can work': [
    'contraception/tail/days: 28 → 27',
    'contraception/tail/days: 28 → 29',
    'contraception/emergencyHours: 120 → 119',
    'contraception/emergencyHours: 120 → 121',
    'therapy/tail/days: 28 → 27',
    'therapy/tail/days: 28 → 29',
  ],
  'what a method is known to see is compared with the 50 mIU/mL that a test may need at most: one more or less stays on its side': [
    'tests/methodSensitivity/urine: 25 → 24',
    'tests/methodSensitivity/urine: 25 → 26',
    'tests/methodSensitivity/serum-quantitative: 5 → 4',
    'tests/methodSensitivity/serum-quantitative: 5 → 6',
  ],
  'two rules say the same of these persons, so that one of them may be wrong without harm: at 18 the fifth rule gives a woman what the fourth gave, and at 49 the sixth, the seventh and the last agree':
    [
      'categoryRules/4/when/all/0/youngerThan: 18 → 19',
      'categoryRules/5/when/youngerThan: 50 → 49',
      'categoryRules/6/when/all/0/notYoungerThan: 50 → 49',
      'categoryRules/5: removed',
    ],
  'in her own program the command ends or holds what is open, whatever this says; it counts where a danger comes from another program, which the tests of editions/elsewhere play':
    [
      'holds/positive-test/revokes: true → false',
      'holds/indeterminate-test/revokes: false → true',
      'holds/pregnancy/revokes: true → false',
      'holds/missed-period/revokes: false → true',
      'holds/abnormal-bleeding/revokes: false → true',
      'holds/unprotected-contact/revokes: false → true',
      'holds/method-failure/revokes: false → true',
      'holds/survey-discrepancy/revokes: false → true',
    ],
  'a second wall: what it asks was asked by the first act of the same prescription, or ended it in the same transaction': [
    'judged/issue: without identity',
    'judged/issue: without prescription',
    'judged/verify: without enrolled',
    'judged/verify: without prescriber-not-suspended',
    'judged/verify: without window',
    'judged/reserve: without enrolled',
    'judged/reserve: without prescriber-not-suspended',
    'judged/reserve: without window',
    'judged/dispense: without enrolled',
    'judged/dispense: without prescriber-not-suspended',
    'judged/dispense: without window',
  ],
  'the case language has no names and no quantities at the hand-over; test/domain/requirement.test.ts asks the edition for both': [
    'judged/dispense: without identity',
    'judged/dispense: without quantity',
  ],
};

const silent = new Set(Object.values(CHANGE_NOTHING).flat());
const legal = [...editionMutants(document)].filter((mutant) => catalogue.schema(mutant.document).length === 0);
const isNoticed = ({ document: changed }: EditionMutant) => noticing(catalogue.drugs.onto(onFile(changed).edition)) !== undefined;

test('the cases pass under the edition as it is', () => {
  expect(cases.filter((each) => !playCase(each).passed).map(({ id }) => id)).toEqual([]);
  expect(legal.length).toBeGreaterThan(150);
});

/** All of them at night; by day every tenth, because most of a minute is more than this may take; before each commit every fortieth. */
const EVERY = { all: 1, few: 40 }[process.env['EDITION_MUTANTS'] ?? ''] ?? 10;
const asked = legal.filter((_, index) => index % EVERY === 0);

test('whatever single value, rule or requirement of the edition is changed, a case notices', () => {
  expect(asked.filter((mutant) => !silent.has(mutant.name) && !isNoticed(mutant)).map(({ name }) => name)).toEqual([]);
}, 120_000);

test('and what no case notices is listed with the reason', () => {
  const listed = [...silent].map(legalNamed).filter((_, index) => index % EVERY === 0);
  expect(listed.filter(isNoticed).map(({ name }) => name)).toEqual([]);
}, 300_000);

function legalNamed(name: string): EditionMutant {
  const found = legal.find((each) => each.name === name);
  if (found === undefined) throw new Error(`there is no mistake "${name}" in this edition: take it off the list`);
  return found;
}
