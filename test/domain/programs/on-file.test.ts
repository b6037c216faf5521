import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { EditionCatalogue, PROGRAMS_FOLDER } from '../../../src/program/edition.catalogue.js';
import { checkEdition } from '../../../src/program/edition.check.js';
import { leavesOf } from '../../../src/program/edition.reader.js';
import { hashOfText, textBeside } from '../../../src/program/materials.js';

const catalogue = EditionCatalogue.fromFolder();
const documents = readdirSync(PROGRAMS_FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) =>
    readdirSync(join(PROGRAMS_FOLDER, name))
      .filter((file) => /^\d{4}-\d{2}-\d{2}\.json$/.test(file))
      .map((file) => ({
        at: `${name}/${file}`,
        folder: join(PROGRAMS_FOLDER, name),
        document: JSON.parse(readFileSync(join(PROGRAMS_FOLDER, name, file), 'utf8')) as { program: string; edition: string },
      })),
  );

describe('the programs on file', () => {
  test('are sound: every check that an edition passes on its way into force, its materials among them', () => {
    const flaws = documents.flatMap(({ at, folder, document }) => {
      const textOf = (file: string) => {
        const text = textBeside(folder, file);
        return text === null ? null : hashOfText(text);
      };
      const itself = ({ edition }: { edition: { program: string; edition: string } }) =>
        edition.program === document.program && edition.edition === document.edition;
      return checkEdition(document, { catalogue, textOf, itself })
        .filter(({ weight }) => weight !== 'warning')
        .map(({ path, says }) => `${at} ${path}: ${says}`);
    });
    expect(flaws).toEqual([]);
    expect(documents.length).toBeGreaterThan(5);
  });

  // S19 is one reader's account, S52 and S53 call themselves test data, and rules.md §9 holds our own readings: none of them verifies a value.
  test('call no value verified that rests on a second-hand account or on a reading of ours alone', () => {
    const alone = (source: string) =>
      source.split(/[,;]/).every((each) => /^\s*(S19|S52|S53|rules §9(\.\d+)?|rules §1\.10|threats\b.*|desks\b.*)\s*$/.test(each));
    const claimed = documents.flatMap(({ at, document }) =>
      leavesOf(document)
        .filter(({ leaf }) => leaf['verified'] === true && alone(String(leaf['source'])))
        .map(({ path }) => `${at} ${path}`),
    );
    expect(claimed).toEqual([]);
  });

  test('say of every value they do not know that it was looked for, or that it has none', () => {
    const silent = documents.flatMap(({ at, document }) =>
      leavesOf(document)
        .filter(({ leaf }) => leaf['value'] === null && !/\bnot?\b/.test(`${String(leaf['reading'])} ${String(leaf['source'])}`))
        .map(({ path }) => `${at} ${path}`),
    );
    expect(silent).toEqual([]);
  });

  test('give a number that nobody issued to the oldest program that stands before a fill, never to one without a gate', () => {
    const at = Date.UTC(2026, 10, 23);
    const chosen = catalogue.nobodys(at) ?? '';
    expect(catalogue.inForce(chosen, at)?.gate).toBe('hard');
    const since = (program: string) => catalogue.editionsOf(program)[0]?.edition.effectiveFrom ?? Number.POSITIVE_INFINITY;
    const older = catalogue
      .programs()
      .filter((program) => since(program) < since(chosen) && catalogue.inForce(program, at)?.gate === 'hard');
    expect(older).toEqual([]);
  });
});
