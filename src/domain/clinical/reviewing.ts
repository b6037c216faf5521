import { attestingReasons, roleReasons } from '../authorization/attester.js';
import { effectiveState } from '../authorization/deadline.js';
import type { Effect } from '../authorization/effect.js';
import { prescriptionWarnings } from '../authorization/prescribing.js';
import { accepted, type Handlers, type Ruling, refused, type Situation } from '../authorization/ruling.js';
import { MINUTE_MS, startOfDay } from '../calendar.js';
import type { Evidence } from '../patient.js';
import type { ReasonCode, WarningCode } from '../reason.js';
import { clinicalWarnings, NOT_FOR_THE_COUNTER } from './review.js';

/** What prescriber and pharmacist write down for the clinical checks, and that they have seen a warning. */

type Named = 'record-medications' | 'state-indication' | 'record-creatinine-clearance' | 'record-laboratory-work' | 'acknowledge-warning';

const fact = (evidence: Evidence): Effect => ({ kind: 'evidence', evidence });

const inFuture = (date: string, { at, edition }: Situation): boolean =>
  startOfDay(date, edition.zone) > at + (edition.entry.futureToleranceMinutes ?? 0) * MINUTE_MS;

function recordMedications(situation: Situation<'record-medications'>): Ruling {
  const { command, at, on } = situation;
  const reasons: ReasonCode[] = roleReasons(command.by, ['prescriber', 'delegate', 'pharmacy']);
  // A start that lies ahead is a plan and counts from its day on; an end before the start is no period.
  if (command.medicines.some(({ from, until }) => from !== null && until !== null && until < from.slice(0, 10)))
    reasons.push('FACT_UNKNOWN');
  if (reasons.length > 0) return refused(reasons);
  const { role, id } = command.by;
  return accepted([
    fact({
      kind: 'medication-list',
      id: command.id,
      recordedAt: at,
      whole: command.whole,
      medicines: command.medicines,
      enteredBy: { role, id },
      on,
    }),
  ]);
}

function stateIndication(situation: Situation<'state-indication'>): Ruling {
  const { command, at, edition } = situation;
  const reasons = attestingReasons(situation);
  const known = edition.drug?.indications ?? {};
  if (command.indication !== null && known[command.indication] === undefined) reasons.push('FACT_UNKNOWN');
  if (reasons.length > 0) return refused(reasons);
  return accepted([fact({ kind: 'indication', id: command.id, recordedAt: at, indication: command.indication })]);
}

function recordClearance(situation: Situation<'record-creatinine-clearance'>): Ruling {
  const { command, at } = situation;
  const reasons = attestingReasons(situation);
  if (inFuture(command.on, situation)) reasons.push('FUTURE_DATE');
  if (reasons.length > 0) return refused(reasons);
  const { mlPerMin, dialysis, on } = command;
  return accepted([fact({ kind: 'creatinine-clearance', id: command.id, recordedAt: at, mlPerMin, dialysis, on })]);
}

function recordLaboratoryWork(situation: Situation<'record-laboratory-work'>): Ruling {
  const { command, at, edition } = situation;
  const reasons: ReasonCode[] = roleReasons(command.by, ['prescriber', 'delegate', 'laboratory', 'system']);
  if (edition.drug?.laboratory[command.what] === undefined) reasons.push('FACT_UNKNOWN');
  if (inFuture(command.on, situation)) reasons.push('FUTURE_DATE');
  if (reasons.length > 0) return refused(reasons);
  return accepted([fact({ kind: 'laboratory-work', id: command.id, recordedAt: at, what: command.what, on: command.on })]);
}

/**
 * That somebody has seen a warning, or acted on it; the warning itself stays until its cause is gone. The counter may not answer for what it
 * is not told: that refusal comes whether the warning stands or not, so that it tells nothing.
 */
function acknowledge(situation: Situation<'acknowledge-warning'>): Ruling {
  const { file, command, at, edition } = situation;
  const authorization = file.authorizations.find((each) => each.id === command.authorization);
  if (!authorization) return refused(['AUTHORIZATION_UNKNOWN']);
  const { by } = command;
  const who: ReasonCode[] = by.role === 'pharmacy' ? [] : attestingReasons(situation);
  if (by.role === 'pharmacy' && command.warnings.some((code) => NOT_FOR_THE_COUNTER.includes(code))) who.push('MAY_NOT_ATTEST');
  if (who.length > 0) return refused(who);
  const standing = new Set<WarningCode>([
    ...clinicalWarnings({ file, edition, at, authorization }),
    ...prescriptionWarnings(authorization.prescription),
  ]);
  const ended = ['expired', 'cancelled', 'superseded', 'revoked'].includes(effectiveState(authorization, file, at).state);
  if (ended || command.warnings.length === 0 || command.warnings.some((code) => !standing.has(code))) return refused(['WRONG_STATE']);
  return accepted([
    fact({
      kind: 'warning-acknowledged',
      id: command.id,
      recordedAt: at,
      authorization: authorization.id,
      warnings: command.warnings,
      action: command.action,
      note: command.note,
      by: { role: by.role, id: by.id },
    }),
  ]);
}

export const REVIEWING: Handlers<Named> = {
  'record-medications': recordMedications,
  'state-indication': stateIndication,
  'record-creatinine-clearance': recordClearance,
  'record-laboratory-work': recordLaboratoryWork,
  'acknowledge-warning': acknowledge,
};
