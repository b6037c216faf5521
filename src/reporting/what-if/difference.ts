import { deadlinesOf } from '../../authorization/entry.js';
import { isPreparing } from '../../domain/authorization/deadline.js';
import type { Decision } from '../../domain/authorization/decide.js';
import type { Effect } from '../../domain/authorization/effect.js';
import type { Instant } from '../../domain/calendar.js';
import type { LogEntry } from '../../domain/log-entry.js';
import type { ReasonCode } from '../../domain/reason.js';
import type { ReadEntry } from '../replay.js';

/** How a decision of the record differs under the other edition; of several ways, the one that matters most to the patient. */
export const KINDS = {
  refused: 'allowed, would have been refused',
  allowed: 'refused, would have been allowed',
  outside: 'a hand-over that would have been outside the rules',
  inside: 'a hand-over outside the rules that would have been within them',
  indeterminate: 'could not have been decided',
  reasons: 'refused both times, for other reasons',
  referred: 'allowed both times, with other referrals',
  earliest: 'refused both times, until another moment',
  deadline: 'allowed both times, with another deadline',
  effects: 'allowed both times, changing something else',
  warnings: 'the same, with other warnings',
} as const;

export type Kind = keyof typeof KINDS;

/** One decision that would differ. Ids are pseudonyms; nothing else of a person is in it. */
export interface Difference {
  readonly entry: string;
  readonly at: Instant;
  readonly patient: string;
  readonly authorization: string | null;
  readonly command: string;
  /** The category that governed under the other edition; null when none did. */
  readonly category: string | null;
  readonly kind: Kind;
  readonly recorded: Said;
  /** null: it could not have been decided. */
  readonly other: Said | null;
  /** Why, in the end: the other edition's reasons, or those of the decision this one follows from. */
  readonly because: readonly ReasonCode[];
  /** The decision on the same prescription that differed first, when this one only follows from it. */
  readonly follows: string | null;
  readonly wait: Wait | null;
  readonly deadline: MovedDeadline | null;
}

export interface Said {
  readonly outcome: LogEntry['outcome'];
  readonly reasons: readonly ReasonCode[];
  readonly referrals: readonly ReasonCode[];
  readonly earliest: Instant | null;
}

/** How much longer, or less long, the patient would have waited; `ms` null: no date can be given, somebody has to judge. */
export interface Wait {
  readonly way: 'longer' | 'shorter';
  readonly ms: number | null;
}

export interface MovedDeadline {
  readonly name: DeadlineName;
  readonly recorded: Instant | null;
  readonly other: Instant | null;
}

export type DeadlineName = 'preparationEndsAt' | 'expiresAt' | 'dispenseBy';

/** The command that sets a deadline; every later decision on the prescription repeats it. */
const SETS: Readonly<Record<string, DeadlineName>> = {
  'start-authorization': 'preparationEndsAt',
  'issue-authorization': 'expiresAt',
  reserve: 'dispenseBy',
};

/** Commands on the way to the medicine: a refusal of one is a wait. A verify is followed by the reserve that counts. */
const ON_THE_WAY: ReadonlySet<string> = new Set(['start-authorization', 'issue-authorization', 'reserve', 'dispense']);

export const saidOf = (of: Pick<Decision, 'outcome' | 'reasons' | 'earliest'> & { readonly referrals?: readonly ReasonCode[] }): Said => ({
  outcome: of.outcome,
  reasons: of.reasons,
  referrals: of.referrals ?? [],
  earliest: of.earliest,
});

/** The deadline that this command set, where the other edition sets another; null otherwise. */
export function movedDeadline({ line }: ReadEntry, again: Decision): MovedDeadline | null {
  const name = SETS[line.command];
  if (name === undefined || line.outcome !== 'allow' || again.outcome !== 'allow') return null;
  const [recorded, other] = [line.deadlines[name], deadlinesOf(again)[name]];
  return recorded === other ? null : { name, recorded, other };
}

/** @param apart authorizations that differ already, whose later changes only follow from that @returns null when nothing differs */
export function kindOf(read: ReadEntry, again: Decision | null, apart: ReadonlySet<string>): Kind | null {
  const { line } = read;
  if (again === null) return 'indeterminate';
  if (line.outcome !== again.outcome) {
    if (again.outcome === 'deny') return 'refused';
    if (again.outcome === 'recorded-as-deviation') return 'outside';
    return line.outcome === 'deny' ? 'allowed' : 'inside';
  }
  if (!same(line.reasons, again.reasons)) return 'reasons';
  if (!same(line.referrals ?? [], again.referrals)) return 'referred';
  if (line.earliest !== again.earliest) return 'earliest';
  if (movedDeadline(read, again) !== null) return 'deadline';
  if (!same(shown(read.effects, apart), shown(again.effects, apart))) return 'effects';
  return same(line.warnings, again.warnings) ? null : 'warnings';
}

/** @param allowedAt when the same step was allowed in the end, by the record; null when it never was */
export function waitOf(kind: Kind, { line }: ReadEntry, again: Decision | null, allowedAt: Instant | null): Wait | null {
  if (!ON_THE_WAY.has(line.command) || again === null) return null;
  const wait = (ms: number): Wait | null => (ms === 0 ? null : { way: ms > 0 ? 'longer' : 'shorter', ms: Math.abs(ms) });
  if (kind === 'refused')
    return again.earliest === null ? { way: 'longer', ms: null } : { way: 'longer', ms: Math.max(0, again.earliest - line.at) };
  if (kind === 'allowed') {
    const recorded = allowedAt ?? line.earliest;
    return { way: 'shorter', ms: recorded === null ? null : Math.max(0, recorded - line.at) };
  }
  if (kind !== 'reasons' && kind !== 'earliest') return null;
  if (again.earliest === null) return line.earliest === null ? null : { way: 'longer', ms: null };
  return line.earliest === null ? { way: 'shorter', ms: null } : wait(again.earliest - line.earliest);
}

/** What an effect changes, in short; ids are those of the command, so they are the same under both editions. */
function shown(effects: readonly Effect[], apart: ReadonlySet<string>): string[] {
  return effects.flatMap((effect): string[] => {
    switch (effect.kind) {
      case 'authorization':
        // Which step of the preparation is next is the desk's own order of work, no difference to anybody.
        return apart.has(effect.authorization.id) || isPreparing(effect.authorization.state)
          ? []
          : [`${effect.authorization.id} ${effect.authorization.state}`];
      case 'category':
        return [`category ${effect.category}`];
      case 'evidence':
        return [`${effect.evidence.kind} ${effect.evidence.id}`];
      case 'finding':
        return [`finding ${effect.code}`];
      case 'fill':
        return [`fill ${effect.fill.id} ${effect.fill.supplyDays}`];
      default:
        return [effect.kind];
    }
  });
}

const same = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((each, place) => each === b[place]);
