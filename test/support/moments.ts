import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandsOf } from '../../src/case-file/events.js';
import { readCaseFile } from '../../src/case-file/read.js';
import type { Command } from '../../src/domain/authorization/command.js';
import { type Decision, decide } from '../../src/domain/authorization/decide.js';
import { apply } from '../../src/domain/authorization/effect.js';
import type { Case } from '../../src/domain/patient.js';
import type { Edition } from '../../src/domain/program.js';
import { PROGRAMS_FOLDER } from '../../src/program/edition.catalogue.js';
import { catalogue, deepFreeze, EDITION } from './cases.js';

/** One decision of a case file, with what was known when it was taken: some thousands of situations that people thought of. */
export interface Moment {
  /** Which case, and which command of it. */
  readonly of: string;
  readonly file: Case;
  readonly command: Command;
  readonly edition: Edition;
  readonly decision: Decision;
}

function momentsOf(name: string): Moment[] {
  return readCaseFile(JSON.parse(readFileSync(join(PROGRAMS_FOLDER, name), 'utf8')), catalogue).flatMap(({ id, world, events }) => {
    const found: Moment[] = [];
    let file = deepFreeze(world);
    for (const { written, at, edition, path } of events)
      for (const command of commandsOf(written, { at, edition, path, file })) {
        const decision = decide(file, command, edition);
        found.push({ of: `${id}, ${command.do}`, file, command, edition, decision });
        file = deepFreeze(apply(file, decision.effects));
        if (decision.outcome === 'deny') break;
      }
    return found;
  });
}

/** The programs' own cases. */
export const MOMENTS_OF_ALL_PROGRAMS: readonly Moment[] = readdirSync(PROGRAMS_FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.cases.json'))
  .sort()
  .flatMap(momentsOf);

/** Those under the one edition that most properties are asked of: what they count, break and complete is its own (two tests, a hard gate). */
export const MOMENTS: readonly Moment[] = MOMENTS_OF_ALL_PROGRAMS.filter(({ edition }) => edition.hash === EDITION.hash);

/** What leads to capsules in a hand. */
export const PERMITTING: readonly Command['do'][] = ['issue-authorization', 'verify', 'reserve', 'transfer-reservation', 'dispense'];
