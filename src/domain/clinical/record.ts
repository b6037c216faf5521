import type { Instant, LocalDate } from '../calendar.js';
import type { Evidence, EvidenceOfKind } from '../patient.js';
import { type StandingMedicine, standingMedicines } from './medication-list.js';

/** What is on record for the clinical checks, the newest of each kind. */
export interface ClinicalRecord {
  readonly medicines: readonly StandingMedicine[];
  /** null: nobody has written a list. */
  readonly listedAt: Instant | null;
  /** undefined: not on record; null: none of those the facts name. */
  readonly indication: string | null | undefined;
  readonly clearance: EvidenceOfKind<'creatinine-clearance'> | null;
  /** Days of laboratory work, by code, the latest of each. */
  readonly laboratory: Readonly<Record<string, LocalDate>>;
}

const newer = (known: EvidenceOfKind<'creatinine-clearance'> | null, other: EvidenceOfKind<'creatinine-clearance'>) =>
  known === null || other.on >= known.on ? other : known;

// One walk over all facts: the counter asks this on every scan, and most cases have none of them.
export function clinicalRecord(evidence: readonly Evidence[]): ClinicalRecord {
  const lists: EvidenceOfKind<'medication-list'>[] = [];
  const laboratory: Record<string, LocalDate> = {};
  let indication: string | null | undefined;
  let clearance: EvidenceOfKind<'creatinine-clearance'> | null = null;
  for (const fact of evidence) {
    if (fact.kind === 'medication-list') lists.push(fact);
    else if (fact.kind === 'indication') indication = fact.indication;
    // Entered late, an older value is still the older one.
    else if (fact.kind === 'creatinine-clearance') clearance = newer(clearance, fact);
    else if (fact.kind === 'laboratory-work') {
      const last = laboratory[fact.what];
      if (last === undefined || last < fact.on) laboratory[fact.what] = fact.on;
    }
  }
  return {
    medicines: lists.length === 0 ? [] : standingMedicines(lists),
    listedAt: lists.at(-1)?.recordedAt ?? null,
    indication,
    clearance,
    laboratory,
  };
}
