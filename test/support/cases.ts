import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandsOf } from '../../src/case-file/events.js';
import { type ReadableCase, readCaseFile, type WrittenEvent } from '../../src/case-file/read.js';
import { type Given, worldOf } from '../../src/case-file/world.js';
import type { Command } from '../../src/domain/authorization/command.js';
import { type Decision, decide } from '../../src/domain/authorization/decide.js';
import { apply } from '../../src/domain/authorization/effect.js';
import { dateAt, type Instant, readMoment, writeInstant } from '../../src/domain/calendar.js';
import type { Actor } from '../../src/domain/participant.js';
import type { Case } from '../../src/domain/patient.js';
import type { Edition } from '../../src/domain/program.js';
import { EditionCatalogue, PROGRAMS_FOLDER } from '../../src/program/edition.catalogue.js';

// Cases for the domain's tests, written in the words of case files and played by the code that plays those.

const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));
export const fixture = (name: string): unknown => JSON.parse(readFileSync(join(FIXTURES, name), 'utf8'));

export const catalogue = EditionCatalogue.fromFolder();
export const EDITION: Edition = catalogue.named('lenalidomide-us', '2021-08-05') as Edition;

/** An instant written in the program's zone, or with an offset. */
export const at = (text: string): Instant => readMoment(text, EDITION.zone).at;

/** Freezes a value and all that hangs on it: whoever changes an input then throws. */
export function deepFreeze<T>(value: T): T {
  if (value !== null && typeof value === 'object' && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}

const WORLDS = (fixture('../../programs/lenalidomide-us/2021-08-05.boundaries.cases.json') as { worlds: Record<string, Given> }).worlds;

/** The named world of the boundary cases, other fields in place of its own, as it stands before its first event. */
export const world = (like: string, firstEventAt: string, changed: Given = {}): Case =>
  deepFreeze(worldOf({ like, ...changed }, { path: '/given', worlds: WORLDS, edition: EDITION, firstEventAt: at(firstEventAt) }));

/** The commands of the case language; the API has a few more. */
const WRITABLE = new Set(
  (
    JSON.parse(readFileSync(join(PROGRAMS_FOLDER, 'case-file.schema.json'), 'utf8')) as {
      $defs: { event: { properties: { do: { enum: string[] } } } };
    }
  ).$defs.event.properties.do.enum,
);

/** An event as written in a case file, without its instant. */
export interface Words {
  readonly do: string;
  readonly by?: string | readonly string[];
  readonly authorization?: string;
  readonly [field: string]: unknown;
}

/** The commands that these words mean at that instant; `$at` and `$on` in them stand for it. */
export function commands(words: Words, when: Instant, file: Case, edition: Edition = EDITION, id = 'event'): Command[] {
  const instant = writeInstant(when, edition.zone);
  const text = JSON.stringify(words);
  const filled = text.includes('"$')
    ? (JSON.parse(text.replaceAll('$at', instant).replaceAll('$on', dateAt(when, edition.zone))) as Words)
    : words;
  if (WRITABLE.has(filled.do)) return commandsOf({ at: instant, ...filled } as WrittenEvent, { at: when, edition, path: id, file });
  const by = typeof filled.by === 'string' ? filled.by : 'system';
  const actor: Actor = { role: file.participants[by]?.kind ?? (by as Actor['role']), id: by };
  return [{ authorization: 'rx-1', ...filled, id: `${id}/${filled.do}`, at: when, by: actor } as unknown as Command];
}

/** A case on its way: says one thing after another, and shows every decision. */
export class Story {
  private said = 0;
  constructor(
    public file: Case,
    public now: Instant,
    readonly edition: Edition = EDITION,
  ) {}

  /** Says it at `now`, or at the instant given; the last decision of several (`prescribe`, `fill`), or the first refusal. */
  says(words: Words, when: string | Instant = this.now): Decision {
    this.now = typeof when === 'string' ? at(when) : when;
    this.said += 1;
    let decision: Decision | undefined;
    for (const command of commands(words, this.now, this.file, this.edition, `/events/${this.said}`)) {
      decision = decide(this.file, command, this.edition);
      this.file = deepFreeze(apply(this.file, decision.effects));
      if (decision.outcome === 'deny') break;
    }
    if (!decision) throw new Error('These words mean no command.');
    return decision;
  }
}

/** Where a case stands after its last event. */
export interface Scene {
  readonly id: string;
  readonly file: Case;
  readonly at: Instant;
}

export function played({ id, world: before, events }: ReadableCase): Scene {
  let file = before;
  let now = 0;
  for (const { written, at: when, edition, path } of events) {
    now = when;
    for (const command of commandsOf(written, { at: when, edition, path, file })) {
      const decision = decide(file, command, edition);
      file = apply(file, decision.effects);
      if (decision.outcome === 'deny') break;
    }
  }
  return { id, file: deepFreeze(file), at: now };
}

/** One case for each state of an authorization, by its name: rx-1 is in it. */
export const SCENES: readonly Scene[] = readCaseFile(fixture('cases/states.cases.json'), catalogue).map(played);
/** Every command, some in more than one way. */
export const EVERY_COMMAND = fixture('machine/commands.json') as (Words & { title?: string })[];
