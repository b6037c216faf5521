import type { Command } from '../domain/authorization/command.js';
import type { Instant } from '../domain/calendar.js';
import type { Evidence, ListedMedicine, WarningAction } from '../domain/patient.js';
import type { WarningCode } from '../domain/reason.js';

/** The clinical part of the case language: what else she takes, what the drug is given for, kidneys and blood, and that a warning was seen. */

export interface WrittenMedicine {
  readonly name: string;
  readonly rxnorm?: string;
  readonly from?: string;
  readonly until?: string;
}

export interface GivenClinical {
  readonly indication?: string | null;
  readonly creatinineClearance?: { readonly mlPerMin: number; readonly dialysis?: boolean; readonly on: string };
  readonly laboratory?: readonly { readonly what: string; readonly on: string }[];
}

const medicineOf = ({ name, rxnorm, from, until }: WrittenMedicine): ListedMedicine => ({
  name,
  rxnorm: rxnorm ?? null,
  from: from ?? null,
  until: until ?? null,
  saidBy: 'patient',
});

/** One medicine on record since before the case. */
export const listed = (id: string, written: WrittenMedicine, recordedAt: Instant): Evidence => ({
  kind: 'medication-list',
  id,
  recordedAt,
  whole: false,
  medicines: [medicineOf(written)],
  enteredBy: { role: 'prescriber', id: 'dr-1' },
  on: '2020-01-01',
});

export function clinicalFacts(given: GivenClinical, began: (where: string, date: string) => string, recordedAt: Instant): Evidence[] {
  const { indication, creatinineClearance, laboratory = [] } = given;
  const facts: Evidence[] = [];
  if (indication !== undefined) facts.push({ kind: 'indication', id: 'clinical/indication', recordedAt, indication });
  if (creatinineClearance !== undefined) {
    const { mlPerMin, dialysis = false, on } = creatinineClearance;
    const date = began('clinical/creatinineClearance/on', on);
    facts.push({ kind: 'creatinine-clearance', id: 'clinical/clearance', recordedAt, mlPerMin, dialysis, on: date });
  }
  laboratory.forEach(({ what, on }, index) => {
    const date = began(`clinical/laboratory/${index}/on`, on);
    facts.push({ kind: 'laboratory-work', id: `clinical/laboratory/${index}`, recordedAt, what, on: date });
  });
  return facts;
}

export const CLINICAL_EVENTS = [
  'record-medications',
  'state-indication',
  'record-creatinine-clearance',
  'record-laboratory-work',
  'acknowledge-warning',
] as const;
type ClinicalEvent = (typeof CLINICAL_EVENTS)[number];

export const isClinical = (name: string): name is ClinicalEvent => (CLINICAL_EVENTS as readonly string[]).includes(name);

/** The command that such an event means, with the defaults of the contract. */
export function clinicalCommand(
  name: ClinicalEvent,
  base: Pick<Command, 'id' | 'at' | 'by'>,
  event: Readonly<Record<string, unknown>>,
  on: string,
): Command {
  const field = <T>(key: string, usual: T): T => (event[key] === undefined ? usual : (event[key] as T));
  switch (name) {
    case 'record-medications':
      return { ...base, do: name, whole: field('whole', true), medicines: field<WrittenMedicine[]>('medicines', []).map(medicineOf) };
    case 'state-indication':
      return { ...base, do: name, indication: field<string | null>('indication', null) };
    case 'record-creatinine-clearance':
      return { ...base, do: name, mlPerMin: field('mlPerMin', 0), dialysis: field('dialysis', false), on: field('on', on) };
    case 'record-laboratory-work':
      return { ...base, do: name, what: field('what', ''), on: field('on', on) };
    case 'acknowledge-warning':
      return {
        ...base,
        do: name,
        authorization: field('authorization', 'rx-1'),
        warnings: field<WarningCode[]>('warnings', []),
        action: field<WarningAction>('action', 'acknowledged'),
        note: field<string | null>('note', null),
      };
  }
}
