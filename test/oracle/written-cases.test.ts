import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { readTime } from './days.js';
import type { Fields } from './life.js';
import { withExpectations } from './opinion.js';
import { TABLES, type Table } from './tables.js';

// The cases people have worked out by hand hold for the second opinion too: it was written from the rules, not from them.

/** What it does not go into: what changes with an edition, windows lengthened by an exception, and what she brings from another program. */
const NOT_HERE = /^(68-|issued-the-evening-before|outage-|switch-)/;

const PROGRAMS = fileURLToPath(new URL('../../programs/', import.meta.url));

/** How the second opinion differs from what the case says, where it says anything. */
function differences(written: Fields, told: Fields, table: Table): string[] {
  const found: string[] = [];
  for (const [index, event] of (written['events'] as Fields[]).entries()) {
    const asked = (event['expect'] ?? { outcome: 'allow' }) as Fields;
    const said = (told['events'] as Fields[])[index]!['expect'] as Fields;
    const differs = (field: string, a: unknown, b: unknown): void => {
      found.push(`event ${index}, ${field}: the case ${String(a)}, the second opinion ${String(b)}`);
    };
    if (asked['outcome'] !== undefined && asked['outcome'] !== said['outcome']) differs('outcome', asked['outcome'], said['outcome']);
    const reasons = said['reasons'] as string[] | undefined;
    if (reasons && asked['outcome'] === 'deny') {
      const lacks = ((asked['reasons'] ?? []) as string[]).some((each) => !reasons.includes(each));
      const more = asked['exactly'] === true && reasons.some((each) => !(asked['reasons'] as string[]).includes(each));
      const not = ((asked['notReasons'] ?? []) as string[]).some((each) => reasons.includes(each));
      if (lacks || more || not) differs('reasons', asked['reasons'], reasons);
    }
    for (const field of ['expiresAt', 'dispenseBy', 'earliest'])
      if (asked[field] !== undefined && said[field] !== undefined) {
        const [a, b] = [asked[field], said[field]].map((each) => (each === null ? null : readTime(each as string, table.zone).last));
        if (a !== b) differs(field, asked[field], said[field]);
      }
    if (asked['state'] !== undefined && said['state'] !== undefined && asked['state'] !== said['state'])
      differs('state', asked['state'], said['state']);
  }
  return found;
}

for (const table of TABLES) {
  const folder = join(PROGRAMS, table.program);
  for (const name of readdirSync(folder).filter((each) => each.startsWith(table.edition) && each.endsWith('.cases.json'))) {
    const file = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { worlds?: Record<string, Fields>; cases: Fields[] };
    test(`${table.program}/${name}: every case holds for the second opinion`, () => {
      const wrong = file.cases
        .filter((each) => !NOT_HERE.test(each['id']))
        .flatMap((each) => {
          const { like, ...own } = each['given'] as Fields;
          const given = { ...(like === undefined ? {} : file.worlds?.[like as string]), ...own };
          return differences(each, withExpectations({ ...each, given }, table), table).map((found) => `${each['id']}: ${found}`);
        });
      expect(wrong).toEqual([]);
    });
  }
}
