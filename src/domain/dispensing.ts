import { addDays, daysBetween, type LocalDate } from './calendar.js';
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
 * The days a smaller or equal hand-over lasts: as said, or as its capsules tell, never more than authorized. All capsules are all days, whatever
 * is said: who names fewer would have the next fill come early.
 */
export function givenSupplyDays(prescription: Prescription, given: { capsules: number | null; supplyDays: number | null }): number {
  const { lines, supplyDays } = prescription;
  const first = lines[0];
  const whole = lines.reduce((sum, line) => sum + line.capsules, 0);
  if (given.capsules !== null && given.capsules >= whole) return supplyDays;
  if (given.supplyDays !== null) return Math.min(given.supplyDays, supplyDays);
  if (given.capsules === null || !first || given.capsules >= first.capsules) return supplyDays;
  return Math.min(coveredDays(given.capsules, first.regimen), supplyDays);
}

interface SupplyEvent {
  readonly on: LocalDate;
  readonly kind: 'fill' | 'interrupted' | 'resumed' | 'stopped';
  readonly days: number;
}

function supplyEvents(file: Case): SupplyEvent[] {
  const fills = [...file.fills, ...file.linked.flatMap((record) => record.fills)]
    .filter((fill: Fill) => fill.returnedUnopened !== true)
    .map((fill): SupplyEvent => ({ on: fill.handedOver.on, kind: 'fill', days: fill.supplyDays }));
  const therapy = evidenceOf(file, 'therapy').map(
    (fact): SupplyEvent => ({ on: fact.on, kind: fact.change === 'resumed' ? 'resumed' : 'interrupted', days: 0 }),
  );
  const doses = evidenceOf(file, 'dose-change').map((fact): SupplyEvent => ({ on: fact.on, kind: 'stopped', days: 0 }));
  return [...doses, ...therapy, ...fills].sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0));
}

/**
 * The last day covered by what was handed over, seen on `today`; null when nothing was. Supplies stack (rules §9.16), a change of dose ends
 * those of the earlier regimen, and days held by the prescriber move instead of vanishing (rules §10.39b).
 */
export function coveredThrough(file: Case, today: LocalDate): LocalDate | null {
  let end: LocalDate | null = null;
  let heldSince: LocalDate | null = null;
  for (const event of supplyEvents(file)) {
    if (event.kind === 'fill') {
      const start: LocalDate = end !== null && end >= event.on ? addDays(end, 1) : event.on;
      end = addDays(start, event.days - 1);
    } else if (event.kind === 'stopped') {
      if (end !== null && end >= event.on) end = addDays(event.on, -1);
    } else if (event.kind === 'interrupted') {
      heldSince ??= event.on;
    } else if (heldSince !== null) {
      if (end !== null && end >= heldSince) end = addDays(end, daysBetween(heldSince, event.on));
      heldSince = null;
    }
  }
  if (heldSince !== null && end !== null && end >= heldSince && today > heldSince) end = addDays(end, daysBetween(heldSince, today));
  return end;
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
  let end: LocalDate | null = null;
  let heldSince: LocalDate | null = null;
  let noneSince: LocalDate | null = null;
  for (const event of supplyEvents(file)) {
    const left: boolean = end !== null && end >= (heldSince ?? event.on);
    if (event.kind === 'fill') {
      if (!left && heldSince === null) {
        taken.push({ on: event.on, gapDays: end === null ? null : daysBetween(noneSince ?? addDays(end, 1), event.on) });
        noneSince = null;
      }
      end = addDays(end !== null && end >= event.on ? addDays(end, 1) : event.on, event.days - 1);
    } else if (event.kind === 'stopped') {
      if (end !== null && end >= event.on) end = addDays(event.on, -1);
    } else if (event.kind === 'interrupted') {
      heldSince ??= event.on;
      noneSince ??= end === null ? null : left ? event.on : addDays(end, 1);
    } else if (heldSince !== null) {
      if (left && end !== null) {
        end = addDays(end, daysBetween(heldSince, event.on));
        taken.push({ on: event.on, gapDays: daysBetween(noneSince ?? heldSince, event.on) });
        noneSince = null;
      }
      heldSince = null;
    }
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
