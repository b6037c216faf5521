import { dateAt, type Instant } from '../calendar.js';
import { REVIEWING } from '../clinical/reviewing.js';
import { type OtherEditions, withElsewhere } from '../elsewhere.js';
import type { Authorization, AuthorizationState, Case } from '../patient.js';
import type { Edition } from '../program.js';
import { inCatalogueOrder, type ReasonCode, type WarningCode } from '../reason.js';
import type { Command, CommandName } from './command.js';
import { COUNTER } from './counter.js';
import { effectiveState } from './deadline.js';
import { DOUBLES } from './doubles.js';
import { apply, type Effect } from './effect.js';
import { ENROLLING } from './enrolling.js';
import { EVIDENCE } from './evidence.js';
import { HEEDING } from './heeding.js';
import { PEOPLE } from './people.js';
import { PRESCRIBING, settled } from './prescribing.js';
import { READING } from './reading.js';
import type { Handler, Handlers, Situation } from './ruling.js';
import { SURVEYING } from './surveying.js';

export interface Decision {
  readonly outcome: 'allow' | 'deny' | 'recorded-as-deviation';
  readonly reasons: readonly ReasonCode[];
  readonly warnings: readonly WarningCode[];
  /** Of an allowance under an advisory gate: reasons that refuse nothing and that somebody has to look at. */
  readonly referrals: readonly ReasonCode[];
  readonly earliest: Instant | null;
  readonly validThrough: Instant | null;
  readonly effects: readonly Effect[];
  /** The authorization the command spoke of, as it is after it; null when it spoke of none. */
  readonly authorization: Authorization | null;
  /** Its state on the clock of the decision. */
  readonly state: AuthorizationState | null;
}

/** Editions beside the one that governs. */
export interface Others {
  /** In force now and applying to authorizations issued before it: at the counter both must allow (rules §9.5). */
  readonly later?: Edition | null;
  /** Those of the patient's other programs. */
  readonly elsewhere?: OtherEditions;
}

const HANDLERS: Handlers<CommandName> = {
  ...PRESCRIBING,
  ...COUNTER,
  ...ENROLLING,
  ...DOUBLES,
  ...EVIDENCE,
  ...SURVEYING,
  ...PEOPLE,
  ...READING,
  ...HEEDING,
  ...REVIEWING,
};

/** Every command there is. */
export const COMMAND_NAMES = Object.keys(HANDLERS) as readonly CommandName[];

/**
 * The decision on one command: pure, so that the same case, command and edition give the same answer for ever (I21). `at` is in the command.
 * A case or edition it cannot read makes it throw; the caller answers indeterminate and stores nothing.
 */
export function decide(recorded: Case, command: Command, edition: Edition, others: Others = {}): Decision {
  const handler = HANDLERS[command.do] as Handler<CommandName>;
  const file = withElsewhere(recorded, edition, others.elsewhere ?? {});
  const later = command.do in COUNTER ? (others.later ?? null) : null;
  const situation: Situation = { file, command, edition, later, at: command.at, on: dateAt(command.at, edition.zone) };
  const ruling = handler(situation);
  const reasons = inCatalogueOrder(ruling.reasons);
  const outcome = ruling.deviation ? 'recorded-as-deviation' : reasons.length > 0 ? 'deny' : 'allow';
  // A refusal changes nothing of the case; what it may open is a finding.
  const own = (ruling.effects ?? []).filter((effect) => outcome !== 'deny' || effect.kind === 'finding');
  const ownAfter = apply(file, own);
  // A counter command changes no fact that a prescription in preparation waits for, and its road is the hot one; a reading changes nothing.
  const settles = outcome === 'allow' && !(command.do in COUNTER) && !(command.do in READING);
  const further = settles ? settled({ ...situation, file: ownAfter }) : [];
  const effects = [...own, ...further];
  const after = apply(ownAfter, further);
  const id = 'authorization' in command ? command.authorization : null;
  const authorization = after.authorizations.find((each) => each.id === id) ?? null;
  return {
    outcome,
    reasons,
    warnings: ruling.warnings ?? [],
    referrals: outcome === 'allow' ? inCatalogueOrder(ruling.referrals ?? []) : [],
    earliest: outcome === 'deny' ? (ruling.earliest ?? null) : null,
    validThrough: outcome === 'allow' ? (ruling.validThrough ?? null) : null,
    effects,
    authorization,
    state: authorization === null ? null : effectiveState(authorization, after, command.at).state,
  };
}
