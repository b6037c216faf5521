// The words that belong to the programs on file, read from their data, and where they stand in a text that should know none of them.
import { readdirSync, readFileSync } from 'node:fs';
import { METHODS } from 'node:http';
import { join } from 'node:path';

export interface ProgramWord {
  readonly text: string;
  /** A name is told in prose too; a code is written as it is spelled; a plain word is a code only where it is quoted. */
  readonly kind: 'name' | 'code' | 'plain word';
  /** What it is and whose, for whoever reads the failure. */
  readonly of: string;
}

export interface FoundWord {
  readonly line: number;
  readonly word: ProgramWord;
}

type Tree = Readonly<Record<string, unknown>>;
const unwrapped = (node: unknown): unknown => (node !== null && typeof node === 'object' && 'value' in node ? node.value : node);
const tree = (node: unknown): Tree => {
  const value = unwrapped(node);
  return value !== null && typeof value === 'object' ? (value as Tree) : {};
};
const list = (node: unknown): readonly unknown[] => {
  const value = unwrapped(node);
  return Array.isArray(value) ? value : [];
};
const read = (path: string): Tree => JSON.parse(readFileSync(path, 'utf8')) as Tree;

/** "Brand 5 mg" and "molecule, ingredient" begin with a name. */
const nameIn = (title: unknown): string =>
  String(title ?? '')
    .split(/[\d,(]/, 1)[0]
    ?.trim() ?? '';

function wordsOfEdition(document: Tree): ProgramWord[] {
  const program = String(document['program']);
  const products = tree(document['products']);
  const names = [
    [program, 'program'],
    [products['molecule'], 'molecule'],
    ...list(products['codes']).map((each) => [nameIn(tree(each)['title']), 'product']),
    ...list(products['makers']).map((each) => [each, 'maker']),
  ];
  // An RxNorm number of four digits stands in many a text by chance.
  const numbers = list(products['codes']).map((each) => String(tree(each)['code'] ?? ''));
  const questions = tree(document['declaredAnswers']);
  const codes = [
    ...numbers.filter((code) => code.length >= 8).map((code) => [code, 'product number']),
    ...Object.keys(tree(document['categories'])).map((code) => [code, 'category']),
    ...Object.keys(tree(tree(document['contraception'])['methods'])).map((code) => [code, 'contraception method']),
    ...Object.keys(questions).map((code) => [code, 'question']),
    ...Object.values(questions).flatMap((each) => list(tree(each)['choices']).map((choice) => [choice, 'choice of a question'])),
  ];
  return [
    ...names.flatMap(([text, what]) => wordOf(text, 'name', `${what as string} of ${program}`)),
    ...codes.flatMap(([text, what]) =>
      wordOf(text, /^[a-z]+$/.test(String(text)) ? 'plain word' : 'code', `${what as string} of ${program}`),
    ),
  ];
}

const wordOf = (text: unknown, kind: ProgramWord['kind'], of: string): ProgramWord[] =>
  typeof text === 'string' && text !== '' ? [{ text, kind, of }] : [];

/** Of every edition, drug and medicine in that folder; a new program is in them as soon as its folder is there. */
export function programWords(folder: string): ProgramWord[] {
  const programs = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const words = programs.flatMap(({ name }) => {
    const files = readdirSync(join(folder, name));
    const editions = files.filter((file) => /^\d{4}-\d{2}-\d{2}\.json$/.test(file));
    const drugs = files.filter((file) => /^drug(\..+)?\.json$/.test(file));
    return [
      ...wordOf(name, 'name', 'program'),
      ...editions.flatMap((file) => wordsOfEdition(read(join(folder, name, file)))),
      ...drugs.flatMap((file) => wordOf(read(join(folder, name, file))['molecule'], 'name', `drug of ${name}`)),
    ];
  });
  const medicines = Object.entries(tree(read(join(folder, 'medicines.json'))['medicines'])).flatMap(([code, each]) =>
    [code, ...list(tree(each)['names'])].flatMap((name) => wordOf(name, 'name', `medicine ${code}`)),
  );
  const language = languageOf(join(folder, 'case-file.schema.json'));
  const substances = new Set([...language].flatMap((word) => word.toLowerCase().split('_')));
  const all = [
    ...words.filter(({ text, kind }) => kind === 'name' || !language.has(text)),
    // ESTROGEN_THROMBOSIS names a substance: a warning of every program.
    ...medicines.filter(({ text }) => !substances.has(text)),
  ];
  const first = new Map<string, ProgramWord>();
  for (const word of all) {
    const key = `${word.kind} ${word.text.toLowerCase()}`;
    if (!first.has(key)) first.set(key, word);
  }
  return [...first.values()];
}

/** Words of the case files' closed language are the domain's own: breast-feeding is a cause of amenorrhea before it is a method. */
function languageOf(schema: string): Set<string> {
  const words = new Set<string>();
  JSON.stringify(read(schema), (key, value: unknown) => {
    if (key === 'enum') for (const word of list(value)) words.add(String(word));
    return value;
  });
  return words;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const OUTSIDE = '(?<![\\p{L}\\d_-])';
const BEYOND = '(?![\\p{L}\\d_-])';
/** A name of five letters or more is found inside a longer word too (`isBrand`); shorter ones only by themselves. */
const SHAPE: Readonly<Record<ProgramWord['kind'], (text: string) => RegExp>> = {
  name: (text) => new RegExp(text.length < 5 ? `${OUTSIDE}${escaped(text)}${BEYOND}` : escaped(text), 'giu'),
  code: (text) => new RegExp(`${OUTSIDE}${escaped(text)}${BEYOND}`, 'gu'),
  'plain word': (text) => new RegExp(`(['"\`])${escaped(text)}\\1`, 'gu'),
};

// At the edge, `patch` is a verb before it is a method.
const VERBS = new Set(METHODS.map((method) => method.toLowerCase()));

/** Where those words stand in that text, code and comments alike. */
export function wordsFound(text: string, file: string, words: readonly ProgramWord[]): FoundWord[] {
  const atEdge = file.startsWith('src/http/');
  const lower = text.toLowerCase();
  return words
    .filter((word) => lower.includes(word.text.toLowerCase()))
    .filter((word) => !(atEdge && word.kind === 'plain word' && VERBS.has(word.text)))
    .flatMap((word) =>
      [...text.matchAll(SHAPE[word.kind](word.text))].map(({ index }) => ({ line: text.slice(0, index).split('\n').length, word })),
    );
}
