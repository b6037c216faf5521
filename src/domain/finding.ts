import type { Instant } from './calendar.js';
import type { Actor } from './participant.js';
import type { ReasonCode } from './reason.js';

/** A deviation that somebody has to work off: it has an owner, a due date, and is closed by another than the ones it concerns. */
export interface Finding {
  readonly id: string;
  readonly code: string;
  /** Account and participant that acted when it was opened. */
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
  readonly reasons: readonly ReasonCode[];
  /** The finding as it is afterwards; as before when refused. */
  readonly finding: Finding;
}

/**
 * Pure, like every decision. `owner` is an administrator on record, which the caller has looked up. Closing takes an owner first, and then
 * somebody else than the owner and than whoever acted when it was opened: nobody signs off his own deviation.
 */
export function decideFinding(finding: Finding, command: FindingCommand, ownerKnown: boolean): FindingRuling {
  const refused = (...reasons: ReasonCode[]): FindingRuling => ({ reasons, finding });
  if (finding.closedAt !== null) return refused('WRONG_STATE');
  if (command.do === 'assign-finding') {
    if (!ownerKnown) return refused('FACT_UNKNOWN');
    return {
      reasons: [],
      finding: { ...finding, owner: command.owner, dueAt: command.dueAt ?? finding.dueAt, revision: finding.revision + 1 },
    };
  }
  if (finding.owner === null) return refused('WRONG_STATE');
  if ([finding.owner, ...finding.concerned].includes(command.by.id)) return refused('SECOND_PERSON_REQUIRED');
  return {
    reasons: [],
    finding: {
      ...finding,
      closedAt: command.at,
      closedBy: command.by.id,
      resolution: command.resolution,
      revision: finding.revision + 1,
    },
  };
}
