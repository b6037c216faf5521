import { addDays, daysBetween, type Instant, type LocalDate } from './calendar.js';
import { type Case, evidenceOf, type Fill, type Prescription, type PrescriptionLine, type Regimen } from './patient.js';

/** Arithmetic of supply: how long capsules last, and how many days of therapy are left in the patient's hands. */

/** Days that so many capsules last when taken from the first day of a cycle. */
export function coveredDays(capsules: number, regimen: Regimen): number {
  const dosingDays = Math.ceil(capsules / regimen.perDay);
  const fullCycles = Math.floor(dosingDays / regimen.daysOn);
  return fullCycles * regimen.cycleDays + (dosingDays % regimen.daysOn);
}

/** Capsules that the directions need for so many days, from the first day of a cycle. */
export function capsulesFor(days: number, regimen: Regimen): number {
  const fullCycles = Math.floor(days / regimen.cycleDays);
  return regimen.perDay * (fullCycles * regimen.daysOn + Math.min(days % regimen.cycleDays, regimen.daysOn));
}

export const followsDirections = (line: PrescriptionLine, supplyDays: number): boolean =>
  line.capsules === capsulesFor(supplyDays, line.regimen);

/**
 * The days a smaller or equal hand-over lasts: as said, and no fewer than its capsules tell, never more than authorized: who names fewer would
 * have the next fill come early.
 */
export function givenSupplyDays(prescription: Prescription, given: GivenSupply): number {
  const { supplyDays } = prescription;
  if (given.capsules === null) return Math.min(given.supplyDays ?? supplyDays, supplyDays);
  const told = Math.min(longestLine(prescription, given.capsules, given.lines ?? []), supplyDays);
  return Math.min(Math.max(told, given.supplyDays ?? 0), supplyDays);
}

/** What is handed over, or meant to be: in all, and line by line where that is known. */
export interface GivenSupply {
  readonly capsules: number | null;
  readonly supplyDays: number | null;
  readonly lines?: readonly { readonly strengthMg: number; readonly capsules: number }[];
}

/**
 * The days of the strength that lasts longest. What limits an early fill is what lies in the patient's hands, and a strength that outlasts the
 * others lies there; who cannot go on without the missing one gets a change of dose, which ends the earlier capsules. Where only the sum is
 * known, it may all be of one strength.
 */
function longestLine({ lines, supplyDays }: Prescription, capsules: number, given: NonNullable<GivenSupply['lines']>): number {
  const days = lines.map((line) => {
    const ofStrength = lines.filter(({ strengthMg }) => strengthMg === line.strengthMg).reduce((sum, each) => sum + each.capsules, 0);
    const handed = given.reduce((sum, each) => (each.strengthMg === line.strengthMg ? sum + each.capsules : sum), 0);
    const here = given.length === 0 ? capsules : handed;
    const whole = given.length === 0 ? line.capsules : ofStrength;
    return here >= whole ? supplyDays : coveredDays(Math.min(here, line.capsules), line.regimen);
  });
  return days.length === 0 ? supplyDays : Math.max(...days);
}

interface SupplyEvent {
  readonly on: LocalDate;
  /** On one day a dose change and a hand-over go by their instants: only what was handed over before it is thrown away. */
  readonly at: Instant;
  readonly kind: 'fill' | 'interrupted' | 'resumed' | 'stopped';
  readonly days: number;
}

function supplyEvents(file: Case): SupplyEvent[] {
  const fills = [...file.fills, ...file.linked.flatMap((record) => record.fills)]
    .filter((fill: Fill) => fill.returnedUnopened !== true)
    .map((fill): SupplyEvent => ({ on: fill.handedOver.on, at: fill.handedOver.at, kind: 'fill', days: fill.supplyDays }));
  const therapy = evidenceOf(file, 'therapy').map(
    (fact): SupplyEvent => ({ on: fact.on, at: -Infinity, kind: fact.change === 'resumed' ? 'resumed' : 'interrupted', days: 0 }),
  );
  const doses = evidenceOf(file, 'dose-change').map(
    (fact): SupplyEvent => ({ on: fact.on, at: fact.recordedAt, kind: 'stopped', days: 0 }),
  );
  return [...therapy, ...fills, ...doses].sort((a, b) => (a.on === b.on ? Math.sign(a.at - b.at) || 0 : a.on < b.on ? -1 : 1));
}

/** What is in the patient's hands: capsules that run through `end`, or, while the therapy is held, so many days of them that wait. */
interface Supply {
  /** The last day covered so far. */
  readonly end: LocalDate | null;
  readonly heldSince: LocalDate | null;
  readonly waitingDays: number;
}

const NOTHING: Supply = { end: null, heldSince: null, waitingDays: 0 };
const lasts = ({ end, heldSince, waitingDays }: Supply, on: LocalDate): boolean =>
  heldSince === null ? end !== null && end >= on : waitingDays > 0;

/**
 * Supplies stack (rules §9.16), a change of dose ends those of the earlier regimen, and days held by the prescriber move instead of vanishing
 * (rules §10.39b): what is there when the hold begins, and what comes during it, is taken from the day on which the therapy goes on.
 */
function supplyAfter(supply: Supply, { kind, on, days }: SupplyEvent): Supply {
  const { end, heldSince, waitingDays } = supply;
  switch (kind) {
    case 'fill':
      if (heldSince !== null) return { ...supply, waitingDays: waitingDays + days };
      return { ...supply, end: addDays(end !== null && end >= on ? addDays(end, 1) : on, days - 1) };
    case 'stopped':
      return { ...supply, end: end !== null && end >= on ? addDays(on, -1) : end, waitingDays: 0 };
    case 'interrupted': {
      if (heldSince !== null) return supply;
      const left = end !== null && end >= on;
      return { end: left ? addDays(on, -1) : end, heldSince: on, waitingDays: left ? daysBetween(on, end) + 1 : 0 };
    }
    case 'resumed':
      return { end: heldSince !== null && waitingDays > 0 ? addDays(on, waitingDays - 1) : end, heldSince: null, waitingDays: 0 };
  }
}

/** The last day covered by what was handed over, seen on `today`; null when nothing was. */
export function coveredThrough(file: Case, today: LocalDate): LocalDate | null {
  const { end, heldSince, waitingDays } = supplyEvents(file).reduce(supplyAfter, NOTHING);
  if (heldSince === null || waitingDays === 0) return end;
  return addDays(today > heldSince ? today : heldSince, waitingDays - 1);
}

/**
 * The days on which taking the medicine began, or began again, in this enrollment: with how many days none was taken before; null at the very
 * beginning. A supply that is out and a therapy held by the prescriber are one gap when they follow on each other.
 */
export function takenAgain(file: Case): { on: LocalDate; gapDays: number | null }[] {
  const first = fillsOfThisEnrollment(file)
    .map((fill) => fill.handedOver.on)
    .sort()[0];
  const taken: { on: LocalDate; gapDays: number | null }[] = [];
  let supply = NOTHING;
  let noneSince: LocalDate | null = null;
  for (const event of supplyEvents(file)) {
    const { end, heldSince } = supply;
    const left = lasts(supply, event.on);
    const dayAfter = end === null ? null : addDays(end, 1);
    if (event.kind === 'interrupted') noneSince ??= end === null ? null : left ? event.on : dayAfter;
    const from = noneSince ?? heldSince ?? dayAfter;
    const beginsAgain = heldSince === null ? event.kind === 'fill' && !left : event.kind === 'resumed' && left;
    if (beginsAgain) {
      taken.push({ on: event.on, gapDays: from === null ? null : daysBetween(from, event.on) });
      noneSince = null;
    }
    supply = supplyAfter(supply, event);
  }
  return taken
    .filter(({ on }) => first !== undefined && on >= first)
    .map((each) => (each.on === first ? { ...each, gapDays: null } : each));
}

/** Days of therapy left on `today`, today included. */
export function daysLeft(file: Case, today: LocalDate): number {
  const end = coveredThrough(file, today);
  return end === null || end < today ? 0 : daysBetween(today, end) + 1;
}

/** Fills since the last re-enrollment: what makes a prescription a later one. */
export function fillsOfThisEnrollment(file: Case): Fill[] {
  const since = file.enrollment?.reEnrolledAt ?? null;
  return file.fills.filter((fill) => since === null || fill.handedOver.at >= since);
}

export const lastFill = (file: Case): Fill | null =>
  fillsOfThisEnrollment(file).reduce<Fill | null>(
    (latest, fill) => (latest === null || fill.handedOver.at >= latest.handedOver.at ? fill : latest),
    null,
  );
