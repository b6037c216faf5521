import { daysBetween, type LocalDate } from '../calendar.js';
import type { PrescriptionLine, Regimen } from '../patient.js';
import type { Dose, DrugFacts, Indication, RenalBand } from './drug.js';

/** The prescribed dose beside the label's: warnings for a person to look at, never a refusal. */

const CYCLE_DAYS = 28;

/** What a prescription gives on one dosing day, and on the average day of a short cycle (every other day, say). */
export interface Prescribed {
  readonly mgPerDosingDay: number;
  readonly mgPerDay: number;
  readonly daysOn: number;
  readonly cycleDays: number;
}

export function prescribed(lines: readonly PrescriptionLine[]): Prescribed | null {
  const [first] = lines;
  if (first === undefined) return null;
  const mg = (line: PrescriptionLine) => line.strengthMg * line.regimen.perDay;
  const mgPerDosingDay = lines.reduce((sum, line) => sum + mg(line), 0);
  // Days off at the end of a cycle lower no day's dose; days off between doses do.
  const mgPerDay = lines.reduce(
    (sum, line) => sum + (isShort(line.regimen) ? (mg(line) * line.regimen.daysOn) / line.regimen.cycleDays : mg(line)),
    0,
  );
  return {
    mgPerDosingDay,
    mgPerDay,
    daysOn: Math.max(...lines.map((line) => line.regimen.daysOn)),
    cycleDays: first.regimen.cycleDays,
  };
}

const isShort = ({ cycleDays }: Regimen): boolean => cycleDays < 7;

const highest = (base: number, raised: number | null, afterCycles: number | null, onTherapyDays: number): number =>
  raised !== null && afterCycles !== null && onTherapyDays >= afterCycles * CYCLE_DAYS ? raised : base;

const doseLimit = (dose: Dose, onTherapyDays: number): number =>
  highest(dose.mgPerDay, dose.raisedMgPerDay, dose.raisedAfterCycles, onTherapyDays);

export interface OnTherapy {
  /** The day of the first hand-over; null before it. */
  readonly since: LocalDate | null;
  readonly on: LocalDate;
}

const daysOnTherapy = ({ since, on }: OnTherapy): number => (since === null ? 0 : daysBetween(since, on));

/** Above what the label gives on one day for any indication: told whatever the indication is. */
export const aboveMaximum = ({ mgPerDosingDay }: Prescribed, { maximumMgPerDay }: DrugFacts): boolean =>
  maximumMgPerDay !== null && mgPerDosingDay > maximumMgPerDay;

export const aboveIndication = ({ mgPerDosingDay }: Prescribed, indication: Indication | null, therapy: OnTherapy): boolean =>
  indication?.dose != null && mgPerDosingDay > doseLimit(indication.dose, daysOnTherapy(therapy));

/** More dosing days in a cycle than the label gives. Fewer are the prescriber's everyday reduction. */
export function offSchedule(given: Prescribed, indication: Indication | null): boolean {
  const label = indication?.dose?.regimen;
  if (!label) return false;
  return given.daysOn / given.cycleDays > label.daysOn / label.cycleDays;
}

export interface Clearance {
  readonly mlPerMin: number;
  readonly dialysis: boolean;
}

export function renalBand(bands: readonly RenalBand[], { mlPerMin, dialysis }: Clearance): RenalBand | null {
  const fitting = bands.filter((band) => band.dialysis === null || band.dialysis === dialysis);
  // On dialysis the clearance written beside it says little: the band of dialysis rules.
  const own = dialysis ? fitting.find((band) => band.dialysis === true) : undefined;
  return own ?? fitting.find((band) => mlPerMin < band.below && (band.from === null || mlPerMin >= band.from)) ?? null;
}

const withinBand = (given: Prescribed, band: RenalBand, therapy: OnTherapy): boolean => {
  const mg = highest(band.mg, band.raisedMg, band.raisedAfterCycles, daysOnTherapy(therapy));
  return given.mgPerDosingDay <= mg && given.mgPerDay <= mg / band.everyDays;
};

/**
 * Above the dose for that kidney function. Without an indication on record only what is above the dose of every indication is told: which of
 * them it is, is not for us to guess.
 */
export function aboveRenal(
  given: Prescribed,
  clearance: Clearance,
  indication: Indication | null,
  facts: DrugFacts,
  therapy: OnTherapy,
): boolean {
  const asked = indication === null ? Object.values(facts.indications) : [indication];
  const bands = asked.map(({ renal }) => (renal === null ? null : renalBand(renal, clearance)));
  // One indication without a band, or without a known table, allows its full dose.
  return bands.length > 0 && bands.every((band) => band !== null && !withinBand(given, band, therapy));
}
