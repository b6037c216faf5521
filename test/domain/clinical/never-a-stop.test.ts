import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { commandsOf } from '../../../src/case-file/events.js';
import { readCaseFile } from '../../../src/case-file/read.js';
import { decide } from '../../../src/domain/authorization/decide.js';
import { apply } from '../../../src/domain/authorization/effect.js';
import { PROGRAMS_FOLDER } from '../../../src/program/edition.catalogue.js';
import { catalogue } from '../../support/cases.js';

// The clinical look stops nothing: every command of every written case is decided alike with the label facts and without them, but for its
// warnings. What writes the look's own record needs the facts, and is left out of the comparison.

const OWN = new Set(['state-indication', 'record-laboratory-work', 'acknowledge-warning']);
const folder = join(PROGRAMS_FOLDER, 'lenalidomide-us');
const cases = readdirSync(folder)
  .filter((name) => name.endsWith('.cases.json'))
  .flatMap((name) => readCaseFile(JSON.parse(readFileSync(join(folder, name), 'utf8')) as unknown, catalogue));

test('a decision is the same with the label facts and without them, but for its warnings', () => {
  let compared = 0;
  let warned = 0;
  for (const { id, world, events } of cases) {
    let file = world;
    for (const { written, at, edition, path } of events) {
      for (const command of commandsOf(written, { at, edition, path, file })) {
        const withFacts = decide(file, command, edition);
        if (!OWN.has(command.do)) {
          const without = decide(file, command, { ...edition, drug: null });
          expect([id, command.do, { ...withFacts, warnings: [] }]).toEqual([id, command.do, { ...without, warnings: [] }]);
          compared += 1;
          if (withFacts.warnings.length > without.warnings.length) warned += 1;
        }
        file = apply(file, withFacts.effects);
        if (withFacts.outcome === 'deny') break;
      }
    }
  }
  expect(compared).toBeGreaterThan(1_000);
  expect(warned).toBeGreaterThan(50);
});
