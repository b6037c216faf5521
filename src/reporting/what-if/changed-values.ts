import type { Edition } from '../../domain/program.js';

/** One value that two editions set differently; undefined on a side where it does not stand at all. */
export interface ChangedValue {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

// What an edition is called is no rule, and what is known of the drug stands beside the editions.
const NAMES: ReadonlySet<string> = new Set(['edition', 'hash', 'title', 'effectiveFrom', 'effectiveUntil', '$schema', 'drug']);

/** Every value that differs, by its place in the document, in the order of the first. */
export function changedValues(before: Edition, after: Edition): ChangedValue[] {
  const [one, two] = [leavesOf(before), leavesOf(after)];
  return [...new Set([...one.keys(), ...two.keys()])].flatMap((path) =>
    JSON.stringify(one.get(path)) === JSON.stringify(two.get(path)) ? [] : [{ path, before: one.get(path), after: two.get(path) }],
  );
}

function leavesOf(edition: Edition): Map<string, unknown> {
  const leaves = new Map<string, unknown>();
  const walk = (node: unknown, path: string): void => {
    if (node === null || typeof node !== 'object') {
      leaves.set(path, node);
      return;
    }
    // A list of plain values is one value; one of objects is read entry by entry.
    if (Array.isArray(node) && node.every((each) => each === null || typeof each !== 'object')) {
      leaves.set(path, node);
      return;
    }
    for (const [name, child] of Object.entries(node)) if (path !== '' || !NAMES.has(name)) walk(child, `${path}/${name}`);
  };
  walk(edition, '');
  return leaves;
}
