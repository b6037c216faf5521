import type { Instant, LocalDate } from '../calendar.js';
import type { Case } from '../patient.js';
import type { Edition } from '../program.js';
import type { ReasonCode, WarningCode } from '../reason.js';
import type { CommandName, CommandOf } from './command.js';
import type { Effect } from './effect.js';

/** What a handler decides, before it is dressed as a decision. */
export interface Ruling {
  readonly reasons: readonly ReasonCode[];
  readonly effects?: readonly Effect[];
  readonly warnings?: readonly WarningCode[];
  /** Of a refusal: the first instant the same command can be allowed, if every missing act is done now; null when that hangs on judgement. */
  readonly earliest?: Instant | null;
  /** Of an allowance under an advisory gate: what would have refused it. */
  readonly referrals?: readonly ReasonCode[];
  /** Of an allowance: the last instant at which it would still be one; null when time alone does not end it. */
  readonly validThrough?: Instant | null;
  /** A fact recorded although the rules forbade the act. */
  readonly deviation?: boolean;
}

/** A refusal. One without a reason would read as an allowance, so it throws: that is a fault of ours, and its answer is indeterminate (I6, I7). */
export function refused(reasons: readonly ReasonCode[], earliest: Instant | null = null): Ruling {
  if (reasons.length === 0) throw new Error('A refusal needs a reason.');
  return { reasons, earliest };
}
export const accepted = (effects: readonly Effect[], more: Omit<Ruling, 'effects' | 'reasons'> = {}): Ruling => ({
  reasons: [],
  effects,
  ...more,
});

/** The hands that every handler works with. */
export interface Situation<N extends CommandName = CommandName> {
  readonly file: Case;
  readonly command: CommandOf<N>;
  readonly edition: Edition;
  /** At the counter, of an authorization issued before it: the edition that applies to open ones as well. */
  readonly later?: Edition | null;
  readonly at: Instant;
  /** The program zone's date of `at`. */
  readonly on: LocalDate;
}

export type Handler<N extends CommandName> = (situation: Situation<N>) => Ruling;
export type Handlers<N extends CommandName> = { readonly [K in N]: Handler<K> };
