import { addDays, endOfDateOrMonth, type Instant, type LocalDate, startOfDateOrMonth } from '../calendar.js';
import type { EvidenceOfKind, ListedMedicine } from '../patient.js';
import { sameName } from './medicine.js';

/** What else the patient takes, as it stands: who said so, who wrote it down, and when. */

export interface StandingMedicine extends ListedMedicine {
  readonly enteredBy: { readonly role: string; readonly id: string };
  readonly enteredAt: Instant;
}

/**
 * The list after those statements. A later word on a medicine takes the earlier one's place; a whole list ends what it leaves out, on its own
 * day, and does not forget it: an enzyme inducer works on for weeks.
 */
export function standingMedicines(facts: readonly EvidenceOfKind<'medication-list'>[]): StandingMedicine[] {
  const standing = new Map<string, StandingMedicine>();
  for (const { medicines, whole, enteredBy, recordedAt, on } of facts) {
    const named = new Set(medicines.map(({ name }) => sameName(name)));
    if (whole)
      for (const [name, each] of standing)
        if (!named.has(name) && (each.until === null || each.until >= on)) standing.set(name, { ...each, until: addDays(on, -1) });
    const before = new Map(standing);
    for (const each of medicines) {
      const name = sameName(each.name);
      const earlier = before.get(name);
      const now = { ...each, from: each.from ?? earlier?.from ?? null, enteredBy, enteredAt: recordedAt };
      const twice = standing.get(name);
      // The same name twice in one list is one medicine in two strengths: the longer of the two counts.
      standing.set(name, twice !== undefined && twice !== earlier ? longer(twice, now) : now);
    }
  }
  return [...standing.values()];
}

const unlessOpen = (one: string | null, other: string | null, pick: (dates: string[]) => string | undefined): string | null =>
  one === null || other === null ? null : (pick([one, other].sort()) ?? null);

const longer = (one: StandingMedicine, other: StandingMedicine): StandingMedicine => ({
  ...other,
  from: unlessOpen(one.from, other.from, (dates) => dates[0]),
  until: unlessOpen(one.until, other.until, (dates) => dates[1]),
});

/** Taken on that day, or, `washoutDays` after its end, still at work. A month counts from its first day: it may have begun then. */
export function worksOn({ from, until }: ListedMedicine, on: LocalDate, onsetDays = 0, washoutDays = 0): boolean {
  const begun = from === null || addDays(startOfDateOrMonth(from), onsetDays) <= on;
  return begun && (until === null || addDays(endOfDateOrMonth(until), washoutDays) >= on);
}
