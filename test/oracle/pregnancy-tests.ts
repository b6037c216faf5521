// Which tests count, and what stands against a fill (rules §1.6, §9.8–§9.11).

import { type Day, dayAt, HOUR, type Ms, readDay, startOf } from './days.js';
import { type Authorization, type Danger, EVER, effective, type Hold, type Life, rowOf, type Test, today } from './life.js';
import type { Table } from './tables.js';

const accommodated = (life: Life, kind: string, at: Ms): boolean =>
  life.accommodations.some((each) => each.kind === kind && each.from <= at && at <= each.until);

/** Before therapy, and during it, each by its own rule; an accommodation counts on the day the test was collected. */
function atHome(life: Life, test: Test, asFirst: boolean): boolean {
  const { before, after, since } = life.table.tests.home;
  const rule = asFirst || life.fills.length === 0 ? before : after;
  if (rule !== 'accommodation') return rule === 'always';
  const edition = since !== null && test.collected.first >= startOf(readDay(since), life.table.zone);
  return edition || accommodated(life, 'home-tests', test.collected.first);
}

/** Why a negative does not count; nothing when it does. */
export function defects(life: Life, test: Test, asFirst = false): string[] {
  const found: string[] = [];
  if (test.retracted) found.push('TEST_RETRACTED');
  if (test.sensitivity === null || test.sensitivity > life.table.tests.sensitivity) found.push('TEST_SENSITIVITY');
  const home = test.setting === 'home' && atHome(life, test, asFirst);
  if (test.setting !== 'clinical' && !home) found.push('TEST_SETTING');
  if (!test.signed) found.push('TEST_NOT_SIGNED');
  if (test.value !== null && test.value >= life.table.tests.sensitivity) found.push('FACT_UNKNOWN');
  return found;
}

const negatives = (life: Life, at: Ms): Test[] =>
  life.tests.filter((each) => each.result === 'negative' && each.recordedAt <= at && each.collected.first <= at);

export const good = (life: Life, at: Ms): Test[] => negatives(life, at).filter((each) => defects(life, each).length === 0);

export interface TestsJudged {
  readonly codes: readonly string[];
  /** The test whose date begins the window. */
  readonly anchor: Test | null;
}

const newest = (tests: readonly Test[]): Test | null =>
  tests.reduce<Test | null>((best, each) => (best === null || each.collected.first >= best.collected.first ? each : best), null);

/** The defects of the test that would have done, or else the code of the place. */
function missing(life: Life, at: Ms, fits: (test: Test) => boolean, code: string): string[] {
  const spoiled = newest(negatives(life, at).filter((each) => fits(each) && defects(life, each).length > 0));
  return spoiled ? defects(life, spoiled) : [code];
}

/** On therapy: one negative of the last days. */
export function freshNegative(life: Life, at: Ms): TestsJudged {
  const { freshDays } = life.table.tests;
  const day = today(life, at);
  const fits = (test: Test): boolean => day - test.collected.day <= freshDays;
  const all = good(life, at);
  const anchor = newest(all.filter(fits));
  if (anchor) return { codes: [], anchor };
  const wide = all.length > 0 ? fits : (): boolean => true;
  return { codes: missing(life, at, wide, all.length > 0 ? 'TEST_TOO_OLD' : 'TEST_MISSING'), anchor: null };
}

/** That something is wrong with the tests; the rules do not say which code it is given. */
export const SOME_TEST_CODE = 'SOME_TEST_CODE';

/**
 * The second test in its window and in the period, the first so many days before it (rules §3.3). Where a missed window costs no wait, it is
 * repeated at once, whatever the day of the cycle (§8, §10.68).
 */
function secondByPeriod(life: Life, at: Ms, rule: NonNullable<Table['tests']['second']>): TestsJudged {
  const day = today(life, at);
  const all = negatives(life, at).filter((each) => defects(life, each, true).length === 0);
  const cycle = life.cycles.filter((each) => each.at <= at).at(-1)?.cycle;
  const atOnce = life.table.tests.lockoutDays === null && missed(life, at).length > 0;
  const free = cycle === 'irregular' || cycle === 'none' || atOnce;
  const inPeriod = (test: Test): boolean =>
    free || life.periods.some((on) => test.collected.day >= on && test.collected.day - on < rule.periodDays);
  const inWindow = (test: Test): boolean => day - test.collected.day <= rule.withinDays && inPeriod(test);
  const seconds = all.filter(inWindow);
  const before = (test: Test, list: readonly Test[]): Test[] =>
    list.filter((each) => test.collected.day - each.collected.day >= rule.afterFirst);
  const waits = lockedOutUntil(life, at);
  const serves = (test: Test): boolean => test.collected.day >= waits && before(test, all).length > 0;
  const second = newest(seconds.filter(serves));
  return second ? { codes: [], anchor: second } : { codes: [SOME_TEST_CODE], anchor: null };
}

/** First authorizations that ran out unfilled. */
function missed(life: Life, at: Ms): Authorization[] {
  if (life.fills.some((each) => each.at >= (life.enrolledAt ?? -EVER))) return [];
  return Object.values(life.authorizations).filter(
    (each) => each.issuedAt >= Math.max(1, life.enrolledAt ?? 1) && effective(life, each, at) === 'expired' && !each.handedOver,
  );
}

/** After such a one no test counts for so many days from the collection of the one it rested on. */
function lockedOutUntil(life: Life, at: Ms): Day {
  const days = life.table.tests.lockoutDays;
  return days === null ? -EVER : Math.max(-EVER, ...missed(life, at).map((each) => (each.anchorDay ?? -EVER) + days));
}

/** First prescription: one test ten to fourteen days before, one within 24 hours. */
export function twoTests(life: Life, at: Ms): TestsJudged {
  if (life.table.tests.second) return secondByPeriod(life, at, life.table.tests.second);
  const { firstNotBefore, firstNotAfter, secondWithinHours } = life.table.tests;
  const day = today(life, at);
  const age = (test: Test): number => day - test.collected.day;
  const isFirst = (test: Test): boolean => age(test) >= firstNotBefore && age(test) <= firstNotAfter;
  const isSecond = (test: Test): boolean => age(test) < firstNotBefore && at - test.collected.first <= secondWithinHours * HOUR;
  const all = good(life, at);
  const told = negatives(life, at);
  const recent = told.filter((each) => age(each) < firstNotBefore);
  const old = told.filter((each) => age(each) > firstNotAfter);
  const second = newest(all.filter(isSecond));
  const codes: string[] = [];
  if (!second) codes.push(...missing(life, at, isSecond, recent.length > 0 ? 'SECOND_TEST_TOO_OLD' : 'SECOND_TEST_MISSING'));
  if (!all.some(isFirst)) {
    const tooRecent = recent.length > 1;
    codes.push(
      ...missing(life, at, isFirst, old.length > 0 ? 'FIRST_TEST_TOO_OLD' : tooRecent ? 'FIRST_TEST_TOO_RECENT' : 'FIRST_TEST_MISSING'),
    );
  }
  return { codes: [...new Set(codes)], anchor: second };
}

/** Whether a hold stands at that instant, by the tests as they are known now. */
export function stands(life: Life, hold: Hold, at: Ms): boolean {
  if (hold.at > at) return false;
  const after = good(life, at).filter((each) => each.collected.first >= hold.at);
  if (hold.kind === 'indeterminate-test') return !after.some((each) => each.quantitative);
  if (hold.kind === 'missed-period' || hold.kind === 'abnormal-bleeding') return after.length === 0;
  if (hold.kind === 'unprotected-contact' || hold.kind === 'method-failure')
    return !after.some((each) => each.collected.day >= hold.on + life.table.contactDays);
  return true;
}

function indeterminates(life: Life, at: Ms): Test[] {
  const cleared = life.clearedAt;
  return life.tests.filter(
    (each) =>
      each.result === 'indeterminate' &&
      !life.dangers.some((danger) => danger.test === each.id) &&
      !each.retracted &&
      each.recordedAt <= at &&
      (cleared === null || each.changedAt > cleared) &&
      !good(life, at).some((other) => other.quantitative && other.collected.first > each.collected.last),
  );
}

const CODE: Record<string, string> = {
  'missed-period': 'MISSED_PERIOD',
  'abnormal-bleeding': 'ABNORMAL_BLEEDING',
  'unprotected-contact': 'UNPROTECTED_CONTACT',
  'method-failure': 'METHOD_FAILURE',
  'indeterminate-test': 'PREGNANCY_TEST_INDETERMINATE',
};

/** What a clearing can end: positives, a reported pregnancy, and indeterminate results that no serum result has answered. */
export function clearable(life: Life, at: Ms): Pick<Danger, 'after' | 'sensitivity'>[] {
  const open = indeterminates(life, at).map((each) => ({ after: each.collected.last, sensitivity: each.sensitivity }));
  const holds = life.holds.filter((each) => each.kind === 'indeterminate-test' && stands(life, each, at));
  return [...standingDangers(life), ...open, ...holds.map((each) => ({ after: each.at, sensitivity: null }))];
}

export const standingDangers = (life: Life): Danger[] => life.dangers.filter((each) => !each.cleared);

/** Positive results, a reported pregnancy, and every hold that no test has lifted. */
export function dangerCodes(life: Life, at: Ms): string[] {
  const codes: string[] = standingDangers(life).map((each) => (each.kind === 'report' ? 'PREGNANCY_REPORTED' : 'PREGNANCY_TEST_POSITIVE'));
  if (indeterminates(life, at).length > 0) codes.push('PREGNANCY_TEST_INDETERMINATE');
  for (const hold of life.holds) {
    const code = CODE[hold.kind];
    if (code && stands(life, hold, at)) codes.push(code);
  }
  return [...new Set(codes)];
}

/** Two quantitative laboratory results, 48 hours apart, after what they clear, as sensitive, and not rising. */
export function pairClears(life: Life, ids: readonly string[], at: Ms): boolean {
  const pair = ids.map((id) => life.tests.find((each) => each.id === id)).filter((each): each is Test => each !== undefined);
  if (ids.length !== 2 || pair.length !== 2 || ids[0] === ids[1]) return false;
  const [earlier, later] = pair.sort((a, b) => a.collected.first - b.collected.first) as [Test, Test];
  const serum = (test: Test): boolean =>
    test.quantitative &&
    test.source === 'laboratory' &&
    test.signed &&
    !test.retracted &&
    test.value !== null &&
    test.sensitivity !== null &&
    test.recordedAt <= at;
  if (!serum(earlier) || !serum(later)) return false;
  if (later.collected.first - earlier.collected.last < life.table.clearingHours * HOUR) return false;
  if (later.value! > earlier.value!) return false;
  const answered = clearable(life, at);
  return answered.every(
    (danger) =>
      earlier.collected.first > danger.after &&
      [earlier, later].every((each) => danger.sensitivity === null || each.sensitivity! <= danger.sensitivity),
  );
}

/** Days of the negatives that count, in order, as the witness of how long she was out of tests. */
export const testedDays = (life: Life, at: Ms): Day[] =>
  good(life, at)
    .map((each) => each.collected.day)
    .sort((a, b) => a - b);

export const canConceive = (life: Life): boolean => rowOf(life)?.potential === 'can';
export const dayOfInstant = (life: Life, at: Ms): Day => dayAt(at, life.table.zone);
