import type { Decision } from './authorization/decide.js';
import type { Instant } from './calendar.js';
import type { Actor, Participant } from './participant.js';
import { inCatalogueOrder, type ReasonCode } from './reason.js';

/** A deviation that somebody has to work off: it has an owner, a due date, and is closed by another than the ones it concerns. */
export interface Finding {
  readonly id: string;
  readonly code: string;
  /** The participant who acted when it was opened. */
  readonly concerned: readonly string[];
  readonly dueAt: Instant;
  /** Participant id of the administrator who works it off; null while nobody does. */
  readonly owner: string | null;
  readonly closedAt: Instant | null;
  readonly closedBy: string | null;
  readonly resolution: string | null;
  readonly revision: number;
}

export type FindingCommand = {
  readonly id: string;
  readonly at: Instant;
  readonly by: Actor;
  readonly finding: string;
} & (
  | { readonly do: 'assign-finding'; readonly owner: string; readonly dueAt: Instant | null }
  | { readonly do: 'close-finding'; readonly resolution: string }
);

export interface FindingRuling {
  readonly decision: Decision;
  /** The finding as it is afterwards; as before when refused. */
  readonly finding: Finding;
}

/**
 * Pure, like every decision. The owner is an administrator on record. Closing takes an owner first, and then somebody else than the owner and
 * than whoever acted when it was opened: nobody signs off his own deviation.
 */
export function decideFinding(
  finding: Finding,
  command: FindingCommand,
  participants: Readonly<Record<string, Participant>>,
): FindingRuling {
  const reasons = reasonsAgainst(finding, command, participants);
  const decision: Decision = {
    outcome: reasons.length > 0 ? 'deny' : 'allow',
    reasons: inCatalogueOrder(reasons),
    warnings: [],
    referrals: [],
    earliest: null,
    validThrough: null,
    effects: [],
    authorization: null,
    state: null,
  };
  if (reasons.length > 0) return { decision, finding };
  const change =
    command.do === 'assign-finding'
      ? { owner: command.owner, dueAt: command.dueAt ?? finding.dueAt }
      : { closedAt: command.at, closedBy: command.by.id, resolution: command.resolution };
  return { decision, finding: { ...finding, ...change, revision: finding.revision + 1 } };
}

function reasonsAgainst(
  finding: Finding,
  command: FindingCommand,
  participants: Readonly<Record<string, Participant>>,
): readonly ReasonCode[] {
  if (finding.closedAt !== null) return ['WRONG_STATE'];
  if (command.do === 'assign-finding') return participants[command.owner]?.kind === 'administrator' ? [] : ['FACT_UNKNOWN'];
  if (finding.owner === null) return ['WRONG_STATE'];
  return [finding.owner, ...finding.concerned].includes(command.by.id) ? ['SECOND_PERSON_REQUIRED'] : [];
}
