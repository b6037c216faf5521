import { type Actor, isCertified } from '../participant.js';
import type { Case } from '../patient.js';
import type { ReasonCode } from '../reason.js';
import type { Situation } from './ruling.js';

/** Who may do what to whom, as far as the program cares; the service's own permission table stands in front of this. */

/** Reasons why this actor may not attest for this patient: only her own certified prescriber may (I9). */
export function attestingReasons({ file, command, at }: Pick<Situation, 'file' | 'command' | 'at'>): ReasonCode[] {
  const { by } = command;
  if (by.role !== 'prescriber') return ['MAY_NOT_ATTEST'];
  const reasons: ReasonCode[] = [];
  if (!isCertified(file.participants[by.id], at)) reasons.push('PRESCRIBER_NOT_CERTIFIED');
  if (file.enrollment !== null && file.enrollment.prescriber !== by.id) reasons.push('NOT_THIS_PATIENTS_PRESCRIBER');
  return reasons;
}

export const roleReasons = (by: Actor, allowed: readonly Actor['role'][]): ReasonCode[] =>
  allowed.includes(by.role) ? [] : ['MAY_NOT_ATTEST'];

/** Whether this actor speaks for the patient: herself, or the guardian of a child. */
export const speaksForPatient = (by: Actor, child: boolean): boolean => by.role === 'patient' || (by.role === 'guardian' && child);

/** The prescriber a delegate acts for; a prescriber for himself. */
export const prescriberBehind = (file: Case, by: Actor): string =>
  by.role === 'delegate' ? (file.participants[by.id]?.actsFor ?? by.id) : by.id;
