import { addDays, daysBetween, type LocalDate } from '../calendar.js';
import type { OnTherapy } from './dose.js';
import type { DrugFacts, Indication, LaboratoryPhase } from './drug.js';

/** Laboratory work by the label's schedule: counted in days of therapy, from the first hand-over. */

export interface LaboratoryWork {
  readonly code: string;
  readonly title: string;
  readonly lastOn: LocalDate | null;
  /** null: before the first hand-over, or after the last phase. */
  readonly dueOn: LocalDate | null;
}

/** The phase that a day of therapy falls into; the first day is 1. */
const phaseOf = (phases: readonly LaboratoryPhase[], day: number): LaboratoryPhase | undefined =>
  phases.find(({ throughDay }) => throughDay === null || day <= throughDay);

/** The day after `last` on which the next specimen is due: the interval of the phase in which that one was taken. */
export function nextDueOn(phases: readonly LaboratoryPhase[], since: LocalDate, last: LocalDate | null): LocalDate | null {
  const from = last === null || last < since ? since : last;
  const phase = phaseOf(phases, daysBetween(since, from) + 1);
  return phase === undefined ? null : addDays(from, phase.everyDays);
}

export function laboratoryWork(
  indication: Indication | null,
  done: Readonly<Record<string, LocalDate>>,
  facts: DrugFacts,
  { since }: OnTherapy,
): LaboratoryWork[] {
  return Object.entries(indication?.laboratory ?? {}).map(([code, phases]) => {
    const lastOn = done[code] ?? null;
    const title = facts.laboratory[code]?.title ?? code;
    return { code, title, lastOn, dueOn: since === null || phases === null ? null : nextDueOn(phases, since, lastOn) };
  });
}
