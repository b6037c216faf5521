// Another edition of a program for a test: the document on file with some values set otherwise.
import { readFileSync } from 'node:fs';
import { type Edition, editionFrom } from '../../src/domain/program.js';
import { hashOfDocument } from '../../src/program/edition.catalogue.js';
import { PROGRAM } from './world.js';

export const RECORDED = '2021-08-05';

interface Node {
  [name: string]: unknown;
}

/** @param changes value by its place in the document, such as `/therapy/tailDays` */
export function otherDocument(changes: Readonly<Record<string, unknown>>, edition = RECORDED): object {
  const file = new URL(`../../programs/${PROGRAM}/${edition}.json`, import.meta.url);
  const document = JSON.parse(readFileSync(file, 'utf8')) as Node;
  for (const [path, value] of Object.entries(changes)) {
    const steps = path.split('/').slice(1);
    let node = document;
    for (const step of steps.slice(0, -1)) {
      const next = node[step];
      if (typeof next !== 'object' || next === null) throw new Error(`The document has no ${path}.`);
      node = next as Node;
    }
    const last = steps.at(-1) ?? '';
    if (!Object.hasOwn(node, last)) throw new Error(`The document has no ${path}.`);
    const leaf = node[last];
    const isLeaf = typeof leaf === 'object' && leaf !== null && 'value' in leaf && 'source' in leaf;
    node[last] = isLeaf ? { ...leaf, value } : value;
  }
  return document;
}

export const otherEdition = (changes: Readonly<Record<string, unknown>>): Edition => {
  const document = otherDocument(changes);
  return editionFrom(document, hashOfDocument(document));
};
