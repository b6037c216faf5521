import { addDays, addMonths, birthday, dateAt, daysBetween, type Instant, type LocalDate } from './calendar.js';
import { categoryOf } from './category.js';
import { abstinentSinceBefore, unbroken } from './contraception.js';
import { clearingsSince } from './danger.js';
import { coveredThrough, fillsOfThisEnrollment, lastFill, takenAgain } from './dispensing.js';
import { type Answers, type Case, evidenceOf } from './patient.js';
import { acceptedNegatives } from './pregnancy-test.js';
import type { Edition } from './program.js';

/** Where a patient stands in her therapy: first prescription, on therapy, restarting, lapsed. */

interface TherapyStatus {
  readonly interruptedOn: LocalDate | null;
  readonly endedOn: LocalDate | null;
}

export function therapyStatus(file: Case): TherapyStatus {
  let status: TherapyStatus = { interruptedOn: null, endedOn: null };
  for (const fact of evidenceOf(file, 'therapy')) {
    if (fact.change === 'interrupted') status = { ...status, interruptedOn: fact.on };
    else if (fact.change === 'ended') status = { ...status, endedOn: fact.on };
    else status = { interruptedOn: null, endedOn: null };
  }
  return status;
}

/** Twelve months without therapy, counted from the day after the last covered one, or from interruption or end if earlier (rules §1.10). */
export function enrollmentLapsed(file: Case, on: LocalDate, edition: Edition): boolean {
  const months = edition.therapy.reenrollAfterMonths;
  if (fillsOfThisEnrollment(file).length === 0 || months === null || months === 'none') return false;
  const { interruptedOn, endedOn } = therapyStatus(file);
  // An open interruption moves the covered days on; the months count from its beginning, so the arithmetic starts there.
  const stopped = [interruptedOn, endedOn].filter((date) => date !== null).sort()[0] ?? null;
  const covered = coveredThrough(file, stopped ?? on);
  const dayAfter = covered === null ? null : addDays(covered, 1);
  const from = [stopped, dayAfter].filter((date) => date !== null).sort()[0];
  return from !== undefined && on > addMonths(from, months);
}

/** Where the weekly testing of the first weeks began: with the therapy, or with its going on after a gap long enough to begin again. */
function weeklyTestingSince(file: Case, before: LocalDate, edition: Edition): LocalDate | null {
  const again = edition.tests.cadence.initialAgainAfterDays;
  return takenAgain(file)
    .filter(({ on, gapDays }) => on <= before && (gapDays === null || (typeof again === 'number' && gapDays >= again)))
    .reduce<LocalDate | null>((_, { on }) => on, null);
}

/** The cycle on record on that date: a later report counts from its own day (rules §10.47). */
function cycleOn(file: Case, on: LocalDate, zone: string): Answers['cycle'] {
  const changed = evidenceOf(file, 'menses').find((fact) => fact.cycle !== null && dateAt(fact.recordedAt, zone) > on);
  return changed === undefined ? file.answers.cycle : changed.before;
}

/** Days between tests by the cadence in force on that date; null when the edition does not say. */
export function testIntervalDays(file: Case, on: LocalDate, edition: Edition): number | null {
  const cadence = edition.tests.cadence;
  // Not knowing how long the first weeks last, or when they begin again, is not knowing that they are over.
  if (cadence.initialDays === null || cadence.initialAgainAfterDays === null) return null;
  const since = weeklyTestingSince(file, on, edition);
  const { initialDays, initialIntervalDays } = cadence;
  if (initialDays !== 'none' && initialIntervalDays !== 'none' && (since === null || daysBetween(since, on) < initialDays))
    return initialIntervalDays;
  const cycle = cycleOn(file, on, edition.zone);
  return cycle === null ? cadence.intervalDaysUnknownCycle : (cadence.intervalDaysByCycle[cycle] ?? cadence.intervalDaysUnknownCycle);
}

/** Whether some gap between negatives since the last fill is longer than the program forgives (rules §1.10). */
function outOfTests(file: Case, lastFillOn: LocalDate, at: Instant, on: LocalDate, edition: Edition): boolean {
  const missed = edition.tests.cadence.missedIntervalsAllowed;
  if (missed === 'none') return false;
  const dates = acceptedNegatives(file, at, edition, edition.tests.onTherapy)
    .map((test) => test.collected.on)
    .sort();
  const before = dates.filter((date) => date <= lastFillOn).at(-1) ?? lastFillOn;
  const marks = [before, ...dates.filter((date) => date > lastFillOn), on];
  return marks.some((mark, index) => {
    const next = marks[index + 1];
    const interval = next === undefined ? null : testIntervalDays(file, mark, edition);
    return next !== undefined && (interval === null || missed === null || daysBetween(mark, next) > missed * interval);
  });
}

/** Whether the prescriber has held the therapy on any day since then; a hold that began before and lasted on counts too. */
function heldSince(file: Case, since: LocalDate): boolean {
  const changes = evidenceOf(file, 'therapy');
  return changes.some((fact, index) => {
    if (fact.change === 'resumed') return false;
    const resumed = changes.slice(index + 1).find((later) => later.change === 'resumed');
    return fact.on >= since || resumed === undefined || resumed.on > since;
  });
}

/** When the patient came to reproductive potential after her last fill, and not just by turning adult; null otherwise. */
function newlyFertileOn(file: Case, since: Instant, on: LocalDate, edition: Edition): LocalDate | null {
  const changedAt = file.categorySince;
  if (changedAt === null || changedAt <= since || categoryOf(file.category, edition)?.reproductivePotential !== true) return null;
  const changedOn = dateAt(changedAt, edition.zone);
  const { birthDate } = file.answers;
  const byBirthday = birthDate !== null && edition.adulthoodAge !== null && birthday(birthDate, edition.adulthoodAge) === changedOn;
  return byBirthday || changedOn > on ? null : changedOn;
}

/** Which of the first prescription's conditions hold for the next one. */
export interface FirstRules {
  /** No hand-over yet since (re-)enrollment: surveys of the first prescription. */
  readonly firstPrescription: boolean;
  /** Two tests in their windows, instead of one recent one. */
  readonly tests: boolean;
  /** Contraception unbroken for the lead time. */
  readonly lead: boolean;
}

// Four requirements ask this of one case at one instant; the last answer is remembered for them.
let lastAnswer: { readonly file: Case; readonly at: Instant; readonly edition: Edition; readonly rules: FirstRules } | null = null;

export function firstRules(file: Case, at: Instant, edition: Edition): FirstRules {
  if (lastAnswer?.file === file && lastAnswer.at === at && lastAnswer.edition === edition) return lastAnswer.rules;
  const rules = workOutFirstRules(file, at, edition);
  lastAnswer = { file, at, edition, rules };
  return rules;
}

function workOutFirstRules(file: Case, at: Instant, edition: Edition): FirstRules {
  const on = dateAt(at, edition.zone);
  const last = lastFill(file);
  // A clearing of an earlier enrollment says nothing about the beginning of this one.
  const clearing = clearingsSince(file, last?.handedOver.at ?? file.enrollment?.reEnrolledAt ?? null).at(-1);
  if (last === null) return { firstPrescription: true, tests: clearing === undefined, lead: true };
  if (enrollmentLapsed(file, on, edition)) return { firstPrescription: false, tests: true, lead: true };
  if (categoryOf(file.category, edition)?.reproductivePotential !== true) return { firstPrescription: false, tests: false, lead: false };
  const fertileOn = newlyFertileOn(file, last.handedOver.at, on, edition);
  if (fertileOn !== null) {
    const abstinent = abstinentSinceBefore(file, fertileOn, on);
    return { firstPrescription: false, tests: !abstinent, lead: !abstinent };
  }
  if (!unbroken(file, dateAt(last.issuedAt, edition.zone), addDays(on, -1), edition))
    return { firstPrescription: false, tests: true, lead: true };
  const covered = coveredThrough(file, on);
  const paused = heldSince(file, last.handedOver.on) || covered === null || covered < on;
  // What went untested before a clearing, its two quantitative results have answered; gaps count again from there.
  const testedUpTo = clearing === undefined ? last.handedOver.on : dateAt(clearing.through, edition.zone);
  const restart = paused && outOfTests(file, testedUpTo, at, on, edition);
  return { firstPrescription: false, tests: restart, lead: restart };
}
