// Days of supply as they are lived, and when a prescription is a first one again (rules §1.8, §1.10, §9.16).

import { brokenSince } from './contraception.js';
import { type Day, dayAt, type Ms, plusMonths } from './days.js';
import { EVER, type Fill, type Life, today } from './life.js';
import { canConceive, testedDays } from './pregnancy-tests.js';

const paused = (life: Life, day: Day): boolean => life.pauses.some((each) => each.from <= day && day < each.until);

interface Lived {
  readonly first: Day;
  /** Capsule days in hand on each day from the first fill, with what was handed over on it. */
  readonly left: readonly number[];
  /** Whether one of them was due. */
  readonly covered: readonly boolean[];
}

const lived = new WeakMap<Life, { until: Day; days: Lived }>();

/** Lives every day from the first fill: what is handed over is added, what is due is taken, a dose change throws away. */
function live(life: Life, until: Day): Lived {
  const known = lived.get(life);
  if (known && known.until >= until) return known.days;
  const fills = life.fills.filter((each) => !each.returned).map((each) => ({ ...each, day: dayAt(each.at, life.table.zone) }));
  const first = fills.length === 0 ? until + 1 : Math.min(...fills.map((each) => each.day));
  const left: number[] = [];
  const covered: boolean[] = [];
  let pool = 0;
  for (let day = first; day <= until; day += 1) {
    const emptied = life.emptied.filter((each) => each.on === day).reduce((latest, each) => Math.max(latest, each.at), -EVER);
    if (emptied > -EVER) pool = 0;
    for (const each of fills) if (each.day === day && each.at > emptied) pool += each.days;
    left.push(pool);
    covered.push(pool > 0 && !paused(life, day));
    if (pool > 0 && !paused(life, day)) pool -= 1;
  }
  const days = { first, left, covered };
  lived.set(life, { until, days });
  return days;
}

/** Days of capsules in hand that day, today's own included. */
export function daysLeft(life: Life, day: Day): number {
  const { first, left } = live(life, day);
  return left[day - first] ?? 0;
}

function lastCovered(life: Life, day: Day): Day | null {
  const { first, covered } = live(life, day);
  for (let each = day; each >= first; each -= 1) if (covered[each - first]) return each;
  return null;
}

const lastFill = (life: Life): Fill | null =>
  life.fills.reduce<Fill | null>((best, each) => (!best || each.at >= best.at ? each : best), null);

/** The fills of the present enrollment. */
export const fillsThatCount = (life: Life): Fill[] => life.fills.filter((each) => each.at >= (life.enrolledAt ?? -EVER));

/** Those of them since she is one who can conceive. */
const fillsSinceCan = (life: Life): Fill[] => fillsThatCount(life).filter((each) => each.at >= (life.canSince?.at ?? -EVER));

/** Lapsed from the day after the same date twelve months after the day after the last covered day, or after an interruption or end before it. */
export function lapsed(life: Life, at: Ms): boolean {
  if (life.table.lapseMonths === null) return false;
  const fills = life.fills.filter((each) => each.at >= (life.enrolledAt ?? -EVER));
  if (fills.length === 0) return false;
  const day = today(life, at);
  const starts: Day[] = [];
  // Capsules that a dose change threw away on the day they came covered nothing, but therapy lasted to that day.
  const came = Math.max(-EVER, ...fills.filter((each) => !each.returned).map((each) => dayAt(each.at, life.table.zone) - 1));
  const taken = lastCovered(life, day);
  const covered = came === -EVER ? taken : Math.max(came, taken ?? came);
  if (covered !== null && daysLeft(life, day) === 0) starts.push(covered + 1);
  const open = life.pauses.filter((each) => each.until === EVER || each.until > day).map((each) => each.from);
  starts.push(...open);
  if (starts.length === 0) return false;
  return day > plusMonths(Math.min(...starts), life.table.lapseMonths);
}

/** More than two intervals between negatives, by the cadence in force when the gap began. */
export function outOfTests(life: Life, at: Ms): boolean {
  const last = lastFill(life);
  if (!last) return false;
  const day = today(life, at);
  const filledOn = dayAt(last.at, life.table.zone);
  const interrupted = life.pauses.some((each) => each.from <= day && (each.from >= filledOn || each.until > filledOn));
  if (!interrupted && daysLeft(life, day) > 0) return false;
  const filled = Math.max(dayAt(last.at, life.table.zone), life.clearedAt === null ? -EVER : dayAt(life.clearedAt, life.table.zone));
  const days = testedDays(life, at);
  const before = days.filter((each) => each <= filled);
  const points = [before.length > 0 ? before[before.length - 1]! : filled, ...days.filter((each) => each > filled), day];
  const { weekly, regular, irregular } = life.table.tests.outOfTests;
  for (let index = 1; index < points.length; index += 1) {
    const began = points[index - 1]!;
    const gap = points[index]! - began;
    const limit = inWeeklyPhase(life, began) ? weekly : cycleOn(life, began) === 'irregular' ? irregular : regular;
    if (gap > limit) return true;
  }
  return false;
}

function cycleOn(life: Life, day: Day): string {
  const told = life.cycles.filter((each) => each.at === -EVER || dayAt(each.at, life.table.zone) <= day);
  return told.length === 0 ? 'irregular' : told[told.length - 1]!.cycle;
}

/** Four weeks from the first fill, and again after a pause of four weeks or more. */
function inWeeklyPhase(life: Life, day: Day): boolean {
  if (life.table.tests.weeklyDays === 0) return false;
  daysLeft(life, day);
  const fills = fillsSinceCan(life).filter((each) => !each.returned);
  if (fills.length === 0) return true;
  const first = Math.min(...fills.map((each) => dayAt(each.at, life.table.zone)));
  if (day < first) return true;
  let began = first;
  let without = 0;
  for (let each = first; each <= day; each += 1) {
    if (daysLeft(life, each) > 0 && !paused(life, each)) {
      if (without >= life.table.tests.weeklyAgainAfterGap) began = each;
      without = 0;
    } else without += 1;
  }
  return day < began + life.table.tests.weeklyDays;
}

/** Whether the rules of a first prescription hold, and what has brought them. */
export function isFirst(life: Life, at: Ms): { readonly prescription: boolean; readonly rules: boolean } {
  const prescription = fillsThatCount(life).length === 0;
  if (!canConceive(life)) return { prescription, rules: prescription };
  if (lapsed(life, at)) return { prescription, rules: true };
  if (prescription) return { prescription, rules: true };
  if (fillsSinceCan(life).length === 0) return { prescription, rules: !abstinentSinceBefore(life, at) };
  const last = lastFill(life)!;
  return {
    prescription,
    rules: brokenSince(life, dayAt(Math.min(last.issuedAt, last.at), life.table.zone), today(life, at) - 1) || outOfTests(life, at),
  };
}

function abstinentSinceBefore(life: Life, at: Ms): boolean {
  if (!life.canSince) return false;
  const [from, to] = [dayAt(life.canSince.at, life.table.zone), today(life, at)];
  return life.abstinence.some((each) => each.from < from && each.until >= to);
}
