// Editions for tests: the first one on file, changed at the places that a test names.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROGRAMS_FOLDER } from '../../src/program/edition.catalogue.js';

const PROGRAM = 'lenalidomide-us';

type Node = Record<string, unknown> | unknown[];

/** The newest shipped edition's document of the program that most tests speak of, fresh each time. */
export function shippedDocument(): Record<string, unknown> {
  const [file] = readdirSync(join(PROGRAMS_FOLDER, PROGRAM))
    .filter((each) => /^\d{4}-\d{2}-\d{2}\.json$/.test(each))
    .sort()
    .slice(-1);
  return JSON.parse(readFileSync(join(PROGRAMS_FOLDER, PROGRAM, file ?? ''), 'utf8')) as Record<string, unknown>;
}

const isLeaf = (node: unknown): node is { value: unknown } =>
  typeof node === 'object' && node !== null && 'value' in node && 'source' in node;

/** The parent of that place, through the leaves on the way, and its last step. */
function parentOf(document: object, path: string): [Node, string] {
  const steps = path.split('/').slice(1);
  const last = steps.pop() ?? '';
  let node: unknown = document;
  for (const step of steps) {
    if (isLeaf(node)) node = node.value;
    node = (node as Record<string, unknown>)[step];
  }
  if (isLeaf(node)) node = node.value;
  if (typeof node !== 'object' || node === null) throw new Error(`The document has no place ${path}.`);
  return [node as Node, last];
}

/** What stands at that place, unwrapped. */
export function valueAt(document: object, path: string): unknown {
  const [parent, step] = parentOf(document, path);
  const node = (parent as Record<string, unknown>)[step];
  return isLeaf(node) ? node.value : node;
}

/** Writes a value there: into the leaf when there is one. */
export function write(document: object, path: string, value: unknown): void {
  const [parent, step] = parentOf(document, path);
  const node = (parent as Record<string, unknown>)[step];
  if (isLeaf(node)) node.value = value;
  else (parent as Record<string, unknown>)[step] = value;
}

export function remove(document: object, path: string): void {
  const [parent, step] = parentOf(document, path);
  if (Array.isArray(parent)) parent.splice(Number(step), 1);
  else delete parent[step];
}

/** A document of another date that changes nothing but what is named. */
export function nextEdition(effectiveFrom: number, changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const document = shippedDocument();
  const iso = new Date(effectiveFrom).toISOString();
  document['edition'] = iso.slice(0, 10);
  write(document, '/effectiveFrom', iso);
  for (const [path, value] of Object.entries(changes)) write(document, path, value);
  return document;
}
