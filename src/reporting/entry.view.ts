import { referenceOf, said } from '../authorization/view.js';
import type { LogEntry } from '../domain/log-entry.js';
import type { ReasonCode } from '../domain/reason.js';
import { say } from '../wording/audience.js';
import { auditorRow } from '../wording/auditor.js';
import type { EntryView, ReasonView } from './log.dto.js';

export const zoneOf = ({ calendar }: LogEntry): string => calendar?.zone ?? 'UTC';

/** An entry as an auditor sees it: pseudonyms and codes, and what the codes mean. */
export function entryView(line: LogEntry, deskPhone: string): EntryView {
  const { subject, role, participant, person, onBehalfOf } = line.actor;
  return {
    id: line.id,
    reference: referenceOf({ entry: line.id }),
    recordedAt: said(line.at, zoneOf(line)) ?? '',
    command: line.command,
    outcome: line.outcome,
    reasons: reasonViews(line.reasons, deskPhone),
    ...(line.referrals ? { referrals: reasonViews(line.referrals, deskPhone) } : {}),
    actor: { subject, role, participant, person, onBehalfOf },
    patient: line.patient,
    authorization: line.authorization,
    aggregate: line.aggregate.kind,
    aggregateId: line.aggregate.id,
    version: line.aggregate.version,
    saw: line.aggregate.saw,
    edition: line.edition?.edition ?? null,
    causedBy: line.causedBy,
  };
}

export const reasonViews = (codes: readonly ReasonCode[], deskPhone: string): ReasonView[] =>
  codes.map((code) => ({ code, text: say(auditorRow(code)[0], { deskPhone }) }));
