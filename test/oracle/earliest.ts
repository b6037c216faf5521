// The first instant at which a refused command can be allowed, where the rules say enough to name one (case files, `earliest` and ruling 6).

import { leadFrom, protectedSince } from './contraception.js';
import { type Day, type Ms, startOf } from './days.js';
import { type Authorization, certifiedAt, EVER, type Life, rowOf, type Test, today } from './life.js';
import { judged } from './people.js';
import { good } from './pregnancy-tests.js';
import { daysLeft, isFirst, lapsed } from './therapy.js';

/** Somebody has to judge before it goes on. */
const JUDGEMENT: ReadonlySet<string> = new Set([
  'PREGNANCY_TEST_POSITIVE',
  'PREGNANCY_TEST_INDETERMINATE',
  'PREGNANCY_REPORTED',
  'MISSED_PERIOD',
  'ABNORMAL_BLEEDING',
  'UNPROTECTED_CONTACT',
  'METHOD_FAILURE',
  'SURVEY_DISCREPANT',
]);

/** Mended by an act that can be done at once; with time, where contraception and the two tests need it. */
const MENDABLE: ReadonlySet<string> = new Set([
  'SURVEY_MISSING',
  'SURVEY_TOO_OLD',
  'SURVEY_ALREADY_USED',
  'AGREEMENT_MISSING',
  'AGREEMENT_WRONG_CATEGORY',
  'GUARDIAN_SIGNATURE_MISSING',
  'COUNSELING_NOT_CERTIFIED',
  'PARTNER_PREGNANCY_NOT_COUNSELED',
  'CONTRACEPTION_TOO_FEW_METHODS',
  'CONTRACEPTION_NO_HIGHLY_EFFECTIVE',
  'CONTRACEPTION_METHOD_NOT_ACCEPTED',
  'CONTRACEPTION_TOO_RECENT',
  'CONTRACEPTION_NOT_CONFIRMED',
  'FIRST_TEST_MISSING',
  'FIRST_TEST_TOO_OLD',
  'FIRST_TEST_TOO_RECENT',
  'SECOND_TEST_MISSING',
  'SECOND_TEST_TOO_OLD',
  'TEST_MISSING',
  'TEST_TOO_OLD',
  'TEST_SENSITIVITY',
  'TEST_SETTING',
  'TEST_NOT_SIGNED',
  'TEST_RETRACTED',
  'THERAPY_INTERRUPTED',
]);

/** Everything done at that instant: protected from today on, tested now, the therapy going on. */
function mended(life: Life, at: Ms): Life {
  const day = today(life, at);
  const now: Test = {
    id: '',
    collected: { first: at, last: at, day },
    result: 'negative',
    quantitative: false,
    value: null,
    sensitivity: life.table.tests.sensitivity,
    setting: 'clinical',
    source: 'laboratory',
    signed: true,
    recordedAt: at,
    changedAt: at,
    retracted: false,
  };
  return { ...life, tests: [...life.tests, now], abstinence: [...life.abstinence, { from: day, until: EVER }] };
}

/** The first day on which the contraception is long enough and some test is in the first test's window. */
function firstDay(life: Life, at: Ms): Day {
  const done = mended(life, at);
  const day = today(life, at);
  const { rules, prescription } = isFirst(done, at);
  if (!rules) return day;
  const since = protectedSince(done, day, day - leadFrom(life, day))!;
  let lead = day;
  while (leadFrom(life, lead) < since) lead += 1;
  const { firstNotBefore, firstNotAfter } = life.table.tests;
  const cleared = prescription && life.clearedAt !== null && life.clearedAt >= (life.enrolledAt ?? 0);
  const days = good(done, at).map((each) => each.collected.day);
  const tested = (on: Day): boolean =>
    life.table.tests.single ||
    cleared ||
    on >= day + firstNotBefore ||
    days.some((each) => on - each >= firstNotBefore && on - each <= firstNotAfter);
  let first = Math.max(day, lead);
  while (!tested(first)) first += 1;
  return first;
}

/** `undefined` where this does not say. */
export function earliestIssue(life: Life, authorization: Authorization, codes: readonly string[], at: Ms): Ms | null | undefined {
  if (codes.some((each) => JUDGEMENT.has(each))) return null;
  if (!codes.every((each) => MENDABLE.has(each))) return undefined;
  if (life.table.tests.second) return undefined;
  const day = today(life, at);
  const { zone, preparationDays } = life.table;
  const first = rowOf(life)?.potential === 'can' ? firstDay(life, at) : day;
  // A survey or a signature of the very instant of what it follows is not after it.
  if (life.fills.some((each) => each.issuedAt === at) || life.withdrawnAt === at) return undefined;
  if (first === day) return at;
  const then = startOf(first, zone);
  const changes = judged(life, first).child !== judged(life, day).child || lapsed(life, then);
  if (changes || !certifiedAt(life.participants[authorization.prescriber], then)) return undefined;
  // Whether a new draft is the same command the rules do not say.
  return first > authorization.startedDay + preparationDays ? undefined : then;
}

/** At the counter, when nothing but days left stands in the way, or somebody has to judge. */
export function earliestFill(
  life: Life,
  authorization: Authorization | undefined,
  codes: readonly string[],
  at: Ms,
): Ms | null | undefined {
  if (codes.some((each) => JUDGEMENT.has(each))) return null;
  if (codes.includes('AUTHORIZATION_EXPIRED')) return null;
  const left = life.table.daysLeft;
  if (!authorization || left === null || codes.some((each) => each !== 'TOO_EARLY_FOR_NEXT_FILL')) return undefined;
  const day = today(life, at);
  if (life.pauses.some((each) => each.until > day)) return undefined;
  const then = startOf(day + daysLeft(life, day) - left, life.table.zone);
  return then > authorization.expiresAt ? null : then;
}
