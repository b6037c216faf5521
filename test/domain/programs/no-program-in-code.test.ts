import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { PROGRAMS_FOLDER } from '../../../src/program/edition.catalogue.js';
import { type ProgramWord, programWords, wordsFound } from '../../support/program-words.js';

// Every program is data. A program's code, drug, category, method or question that is written in src/ would be a second, hidden copy of a rule:
// it would go on deciding after the edition had changed.

const root = fileURLToPath(new URL('../../../', import.meta.url));
const words = programWords(PROGRAMS_FOLDER);
const said = ({ line, word }: { line: number; word: ProgramWord }, file: string): string =>
  `${file}:${line} “${word.text}” is a ${word.of}`;

describe('src/', () => {
  test('names no program, drug, category, contraception method or added question of any program on file, in code or in comments', () => {
    const files = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length));
    expect(files.length).toBeGreaterThan(100);
    const found = files.flatMap((file) => wordsFound(readFileSync(join(root, file), 'utf8'), file, words).map((each) => said(each, file)));
    expect(found).toEqual([]);
  });
});

describe('the words that are looked for', () => {
  const of = (what: string) => words.filter((word) => word.of.startsWith(what));

  test('are those of every folder, of each kind', () => {
    const folders = readdirSync(PROGRAMS_FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(of('program').map(({ text }) => text)).toEqual(expect.arrayContaining(folders.map(({ name }) => name)));
    for (const what of ['molecule', 'product', 'product number', 'category', 'contraception method', 'question', 'medicine'])
      expect([what, of(what)]).not.toEqual([what, []]);
  });

  test('are found in a condition, in a comment and inside a name; a plain word only where it is quoted', () => {
    const found = (line: string, file = 'src/domain/a.ts') => wordsFound(line, file, words).length > 0;
    const [category] = of('category').filter(({ kind }) => kind === 'code');
    const [molecule] = of('molecule');
    const [plain] = words.filter(({ kind, text }) => kind === 'plain word' && text === 'patch');
    const [question] = of('question');
    expect([category, molecule, plain, question]).not.toContain(undefined);
    expect(found(`if (category === '${category?.text}') return allow;`)).toBe(true);
    expect(found(`// only ${category?.text} is asked`)).toBe(true);
    expect(found(`const ${molecule?.text}Lead = 28;`)).toBe(true);
    expect(found(`answers.declared['${question?.text}']`)).toBe(true);
    expect(found(`method === '${plain?.text}'`)).toBe(true);
    expect(found(`// a ${plain?.text} of this file`)).toBe(false);
    expect([found(`['get', '${plain?.text}']`, 'src/http/openapi.ts'), found(`x-${category?.text}-y`)]).toEqual([false, false]);
  });
});
