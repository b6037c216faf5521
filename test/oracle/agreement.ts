// Many timelines of one edition, through both implementations; what they disagree about is made small and written down as a case file.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EditionCatalogue } from '../../src/program/edition.catalogue.js';
import { Differential } from './differential.js';
import type { Table } from './tables.js';
import { timeline } from './timelines.js';

const RESULTS = fileURLToPath(new URL('./disagreements/', import.meta.url));

/** More by night. */
export const TIMELINES = Number(process.env['ORACLE_TIMELINES'] ?? 5000);
const FIRST_SEED = Number(process.env['ORACLE_SEED'] ?? 1);
/** Kinds that are made small; the rest are only counted. */
const SHOWN = 5;

/** A line for each kind of disagreement: how often, between whom, and where the small case is. */
export function disagreements(table: Table): string[] {
  const differential = new Differential(table, EditionCatalogue.fromFolder());
  const kinds = new Map<string, { count: number; seed: number }>();
  for (let seed = FIRST_SEED; seed < FIRST_SEED + TIMELINES; seed += 1) {
    const found = differential.compare(timeline(seed, table));
    if (!found) continue;
    const known = kinds.get(found.kind);
    kinds.set(found.kind, { count: (known?.count ?? 0) + 1, seed: known?.seed ?? seed });
  }
  const often = [...kinds].sort(([, a], [, b]) => b.count - a.count);
  return often.map(([kind, { count, seed }], index) => {
    const line = `${count} times, first in seed ${seed}: ${kind}`;
    if (index >= SHOWN) return line;
    const small = differential.compare(differential.shrink(timeline(seed, table), kind));
    const path = join(RESULTS, `${table.program}.${table.edition}.seed-${seed}.cases.json`);
    mkdirSync(RESULTS, { recursive: true });
    writeFileSync(path, `${JSON.stringify(small?.file, null, 2)}\n`);
    return `${line}\n  ${path}`;
  });
}
