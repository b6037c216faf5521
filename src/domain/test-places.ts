import { addDays, daysBetween, HOUR_MS, type Instant, type LocalDate } from './calendar.js';
import { type Authorization, type Case, evidenceOf } from './patient.js';
import { negatives, type StandingTest, standingTests } from './pregnancy-test.js';
import type { Bound, Edition, TestPlace } from './program.js';
import type { ReasonCode } from './reason.js';
import { firstRules } from './therapy.js';

/** Which negative results a prescription rests on: the tests before a first one, each in its place, or the one recent test of a later one. */
export interface Tested {
  readonly reasons: readonly ReasonCode[];
  /** What it rests on, the last place's first; complete only while there is no reason against it. */
  readonly serving: readonly StandingTest[];
}

type Candidate = ReturnType<typeof negatives>[number];

interface Asked {
  readonly file: Case;
  readonly at: Instant;
  readonly on: LocalDate;
  readonly edition: Edition;
}

export const testReasons = (file: Case, at: Instant, on: LocalDate, edition: Edition): readonly ReasonCode[] =>
  tested({ file, at, on, edition }).reasons;

export const servingTests = (file: Case, at: Instant, on: LocalDate, edition: Edition): readonly StandingTest[] =>
  tested({ file, at, on, edition }).serving;

function tested(asked: Asked): Tested {
  const { file, at, edition } = asked;
  const { places, onTherapy } = edition.tests;
  if (!firstRules(file, at, edition).tests) {
    if (onTherapy.maxAgeDays === null) return missingRule;
    if (onTherapy.maxAgeDays === 'none') return { reasons: [], serving: [] };
    return oneTest(negatives(file, at, edition, onTherapy), ({ test }) => notAbove(ageIn(asked, test), onTherapy.maxAgeDays));
  }
  if (places.some(hasUnknownBound)) return missingRule;
  const [one, two] = places;
  if (one === undefined) return { reasons: [], serving: [] };
  const wait = testsCountFrom(asked);
  if (wait === 'unknown') return missingRule;
  if (two !== undefined) return twoTests(one, two, wait, asked);
  const counting = negatives(file, at, edition, one).filter(({ test }) => test.collected.on >= wait);
  const single = oneTest(counting, ({ test }) => isIn(one, test, asked));
  return single.reasons.includes('TEST_MISSING') && asked.on < wait ? { reasons: ['FIRST_TEST_TOO_RECENT'], serving: [] } : single;
}

const ALWAYS: LocalDate = '0000-01-01';

/**
 * From which day on a test just before the first prescription counts. Where a first authorization ran out unfilled, a program may make her wait,
 * so long from the collection of the test it rested on.
 */
function testsCountFrom(asked: Asked): LocalDate | 'unknown' {
  const { file, edition } = asked;
  const days = edition.tests.missedFirstWindow.nextTestNotBeforeDays;
  if (days === 'none') return ALWAYS;
  const restedOn = new Set(missedFirst(asked).flatMap((each) => each.restedOn));
  const collected = standingTests(file)
    .filter((test) => restedOn.has(test.id))
    .map((test) => test.collected.on)
    .sort();
  const last = collected.at(-1);
  if (last === undefined) return ALWAYS;
  return days === null ? 'unknown' : addDays(last, days);
}

/** Authorizations of this first prescription that ran out unfilled. */
function missedFirst({ file, at, edition }: Asked): Authorization[] {
  if (!firstRules(file, at, edition).firstPrescription) return [];
  const since = file.enrollment?.reEnrolledAt ?? 0;
  return file.authorizations.filter(({ id, issuedAt, expiresAt, state }) => {
    const ranOut = state === 'expired' || ((state === 'authorized' || state === 'reserved') && expiresAt !== null && at > expiresAt);
    return ranOut && issuedAt !== null && issuedAt >= since && !file.fills.some((fill) => fill.authorization === id);
  });
}

const missingRule: Tested = { reasons: ['RULE_MISSING'], serving: [] };
const ageIn = ({ on }: Asked, test: StandingTest): number => daysBetween(test.collected.on, on);
const notAbove = (value: number, bound: Bound): boolean => typeof bound !== 'number' || value <= bound;
const notBelow = (value: number, bound: Bound): boolean => typeof bound !== 'number' || value >= bound;
const good = (list: readonly Candidate[]): Candidate | undefined => list.find(({ defects }) => defects.length === 0);
const among = (list: readonly Candidate[], one: Candidate | undefined): boolean => list.some(({ test }) => test.id === one?.test.id);

const hasUnknownBound = (place: TestPlace): boolean =>
  [place.minAgeDays, place.maxAgeDays, place.maxAgeHours, place.minDaysAfterEarlier, place.withinDaysOfMenses, place.settings].includes(
    null,
  );

const inAge = (place: TestPlace, test: StandingTest, asked: Asked): boolean =>
  notBelow(ageIn(asked, test), place.minAgeDays) &&
  notAbove(ageIn(asked, test), place.maxAgeDays) &&
  notAbove(asked.at - test.collected.at, typeof place.maxAgeHours === 'number' ? place.maxAgeHours * HOUR_MS : place.maxAgeHours);

/**
 * Who has no regular cycle has no such days; not knowing her cycle is not knowing that she has none. A test that is repeated because the first
 * window ran out may be taken at once where the program names no wait for it (rules §8).
 */
function onMenses(place: TestPlace, test: StandingTest, asked: Asked): boolean {
  const { file, edition } = asked;
  const days = place.withinDaysOfMenses;
  const { cycle } = file.answers;
  if (typeof days !== 'number' || cycle === 'irregular' || cycle === 'none') return true;
  if (edition.tests.missedFirstWindow.nextTestNotBeforeDays === 'none' && missedFirst(asked).length > 0) return true;
  return evidenceOf(file, 'menses').some(({ on }) => {
    const day = daysBetween(on, test.collected.on);
    return day >= 0 && day < days;
  });
}

const isIn = (place: TestPlace, test: StandingTest, asked: Asked): boolean => inAge(place, test, asked) && onMenses(place, test, asked);

/** One recent negative. */
function oneTest(all: readonly Candidate[], inPlace: (candidate: Candidate) => boolean): Tested {
  const inTime = all.filter(inPlace);
  const serving = good(inTime);
  if (serving !== undefined) return { reasons: [], serving: [serving.test] };
  if (inTime[0]) return { reasons: inTime[0].defects, serving: [] };
  if (good(all) !== undefined) return { reasons: ['TEST_TOO_OLD'], serving: [] };
  return { reasons: all[0]?.defects ?? ['TEST_MISSING'], serving: [] };
}

/** The two tests of a first prescription (rules §1.6; each test explains one place, the newest recent one the second's). */
function twoTests(one: TestPlace, two: TestPlace, wait: LocalDate, asked: Asked): Tested {
  const { file, at, edition } = asked;
  const firsts = negatives(file, at, edition, one);
  const seconds = negatives(file, at, edition, two);
  const apart = two.minDaysAfterEarlier;
  const farEnough = (first: StandingTest, second: StandingTest): boolean =>
    first.id !== second.id &&
    first.collected.at <= second.collected.at &&
    notBelow(daysBetween(first.collected.on, second.collected.on), apart);
  const hasFirst = ({ test }: Candidate): boolean => typeof apart !== 'number' || firsts.some((first) => farEnough(first.test, test));

  const counting = seconds.filter(({ test }) => test.collected.on >= wait);
  const inPlace = seconds.filter(({ test }) => isIn(two, test, asked));
  const fresh = counting.filter((each) => among(inPlace, each) && hasFirst(each));
  // A test younger than the first may be is a candidate for the second; where no age tells them apart, one that comes late enough after another.
  const recent =
    typeof one.minAgeDays === 'number'
      ? counting.filter(({ test }) => !notBelow(ageIn(asked, test), one.minAgeDays))
      : counting.filter(hasFirst);
  const second = good(fresh) ?? fresh[0] ?? good(recent) ?? recent[0];
  const tooClose = inPlace.some(({ test }) => firsts.some((first) => first.test.collected.at < test.collected.at));
  const codes: ReasonCode[] = [];
  if (second === undefined) codes.push(tooClose || asked.on < wait ? 'FIRST_TEST_TOO_RECENT' : 'SECOND_TEST_MISSING');
  else if (among(fresh, second)) codes.push(...second.defects);
  else codes.push(inAge(two, second.test, asked) ? 'SECOND_TEST_MISSING' : 'SECOND_TEST_TOO_OLD');

  const before = (candidate: Candidate): boolean =>
    second === undefined || typeof apart !== 'number' || farEnough(candidate.test, second.test);
  const inWindow = firsts.filter((candidate) => isIn(one, candidate.test, asked) && before(candidate));
  const older = firsts.filter(({ test }) => !notAbove(ageIn(asked, test), one.maxAgeDays));
  const first = good(inWindow) ?? inWindow[0];
  if (first !== undefined) codes.push(...first.defects);
  else if (older.length > 0) codes.push('FIRST_TEST_TOO_OLD');
  else codes.push(recent.some(({ test }) => test.id !== second?.test.id) ? 'FIRST_TEST_TOO_RECENT' : 'FIRST_TEST_MISSING');
  return { reasons: codes, serving: [second, first].flatMap((each) => (each === undefined ? [] : [each.test])) };
}
