import type { Formulary } from './drug.js';

/** What a medicine on a list is, by its written name and, where there is one, its code. Whatever is not recognised is not screened. */

export interface Recognised {
  /** Codes of the formulary. */
  readonly codes: readonly string[];
  /** Every substance of it is known: no word of the name is left over. */
  readonly whole: boolean;
}

/** Signs between the substances of a combined product. */
const BETWEEN = /[/+;,&|]| and | with /;

/** Lower case, without accents, apostrophes closed up: `St. John’s` and `st johns` are one. */
const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}|['’`´]/gu, '')
    .toLowerCase();

export const wordsOf = (text: string): string[] =>
  plain(text)
    .split(/[^\p{L}\p{N}.%]+/u)
    .map((word) => word.replace(/^\.+|\.+$/g, ''))
    .filter((word) => word !== '');

/** One name for two ways of writing it. */
export const sameName = (text: string): string => wordsOf(text).join(' ');

const isAmount = (word: string): boolean => /^[\d.]+\p{L}{0,4}%?$/u.test(word);

/** Names of several words first, so that the longer one is found before a part of it. */
interface Named {
  readonly words: readonly string[];
  readonly code: string;
}

const indexes = new WeakMap<
  Formulary,
  { readonly byFirstWord: ReadonlyMap<string, readonly Named[]>; readonly form: ReadonlySet<string> }
>();

function indexOf(formulary: Formulary) {
  const known = indexes.get(formulary);
  if (known) return known;
  const byFirstWord = new Map<string, Named[]>();
  for (const [code, { names }] of Object.entries(formulary.medicines)) {
    for (const name of names) {
      const words = wordsOf(name);
      const first = words[0];
      if (first === undefined) continue;
      byFirstWord.set(first, [...(byFirstWord.get(first) ?? []), { words, code }]);
    }
  }
  for (const named of byFirstWord.values()) named.sort((a, b) => b.words.length - a.words.length);
  const index = { byFirstWord, form: new Set(formulary.formWords) };
  indexes.set(formulary, index);
  return index;
}

export function recognised(name: string, rxnorm: string | null, formulary: Formulary): Recognised {
  const { byFirstWord, form } = indexOf(formulary);
  const codes = new Set<string>();
  let leftOver = 0;
  for (const part of ` ${plain(name)} `.split(BETWEEN)) {
    const words = wordsOf(part);
    for (let at = 0; at < words.length; ) {
      const word = words[at] as string;
      const found = byFirstWord.get(word)?.find((named) => named.words.every((each, index) => words[at + index] === each));
      if (found) codes.add(found.code);
      else if (!isAmount(word) && !form.has(word)) leftOver += 1;
      at += found?.words.length ?? 1;
    }
  }
  const byName = codes.size;
  // A code adds what the name does not say; it proves no name right, because lists are often coded by hand.
  if (rxnorm !== null) for (const [code, medicine] of Object.entries(formulary.medicines)) if (medicine.rxnorm === rxnorm) codes.add(code);
  return { codes: [...codes], whole: byName > 0 && leftOver === 0 };
}

/** Whether that medicine is one of those, by code or by group. */
export const isOneOf = (codes: readonly string[], those: readonly string[], formulary: Formulary): boolean =>
  codes.some((code) => those.includes(code) || (formulary.medicines[code]?.groups ?? []).some((group) => those.includes(group)));
