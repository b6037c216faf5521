import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { playCase } from '../../src/case-file/play.js';
import { readCaseFile } from '../../src/case-file/read.js';
import { EditionCatalogue, PROGRAMS_FOLDER } from '../../src/program/edition.catalogue.js';
import { expect, type Registered, takeRegistered } from './registrar.js';

/**
 * What a mutant of the domain has to get past: every case of every case file, each read and played by itself so that it is known which code it
 * runs, and then the tests of the domain that ask what no case can. The random lives and the explored graphs stay out: they take minutes.
 */
const TESTS = [
  'authorization-number',
  'calendar',
  'dispensing',
  'edition-life',
  'failing-closed',
  'machine.graph',
  'requirement',
  'right-person',
  'two-persons',
  'clinical/drug-facts',
  'clinical/elsewhere',
  'clinical/medicine',
  'editions/elsewhere',
  'editions/gate',
  'editions/in-time',
  'editions/per-category',
  'editions/reminder',
  'editions/test-places',
];

/** These compare every rule of an edition, one after the other, and would take longer than all the rest together. */
const SECONDS_LONG = /never makes an allowance of a refusal/;
/** `MUTATION_QUICK=1` leaves these out as well: a first look in a fifth of the time, whose survivors are too many. */
const LONG = ['failing-closed', 'machine.graph'];

const FIXTURES = fileURLToPath(new URL('../fixtures/cases/', import.meta.url));

const caseFiles = [
  ...readdirSync(PROGRAMS_FOLDER, { recursive: true, encoding: 'utf8' }).map((name) => join(PROGRAMS_FOLDER, name)),
  ...readdirSync(FIXTURES, 'utf8').map((name) => join(FIXTURES, name)),
].filter((name) => name.endsWith('.cases.json'));

function casesOf(file: string, catalogue: EditionCatalogue): Registered[] {
  const document = JSON.parse(readFileSync(file, 'utf8')) as { program: string; cases: { id: string }[] };
  return document.cases.map((each) => ({
    name: `${document.program}/${basename(file)} › ${each.id}`,
    run: () => {
      const played = readCaseFile({ ...document, cases: [each] }, catalogue).map(playCase);
      const difference = played.find(({ passed }) => !passed)?.difference;
      if (difference) throw new Error(`${difference.path} ${difference.field}: expected ${difference.expected}, got ${difference.actual}`);
    },
  }));
}

const everyEdition = (catalogue: EditionCatalogue) =>
  catalogue.programs().map((program) => catalogue.editionsOf(program).map(({ edition }) => edition));

/** Every written case, and that editions read as they were read before. */
export function loadCases(): Registered[] {
  const catalogue = EditionCatalogue.fromFolder();
  const before = structuredClone(everyEdition(catalogue));
  const read: Registered = {
    name: 'every edition is read as it was',
    run: () => expect(everyEdition(EditionCatalogue.fromFolder())).toEqual(before),
  };
  return [...caseFiles.flatMap((file) => casesOf(file, catalogue)), read];
}

export async function loadTests(): Promise<Registered[]> {
  const tests: Registered[] = [];
  for (const name of TESTS.filter((each) => process.env['MUTATION_QUICK'] === undefined || !LONG.includes(each))) {
    await import(`../domain/${name}.test.js`);
    tests.push(...takeRegistered().map(({ name: said, run }) => ({ name: `${name} › ${said}`, run })));
  }
  return tests.filter(({ name }) => !SECONDS_LONG.test(name));
}
