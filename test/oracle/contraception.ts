// Two methods together, or abstinence, day by day (rules §1.5).

import { type Day, plusMonths } from './days.js';
import type { Life } from './life.js';

const methodsOn = (life: Life, day: Day): string[] => [
  ...new Set(life.methods.filter((each) => each.from <= day && day <= each.until).map((each) => each.method)),
];

type Fault = 'CONTRACEPTION_METHOD_NOT_ACCEPTED' | 'CONTRACEPTION_TOO_FEW_METHODS' | 'CONTRACEPTION_NO_HIGHLY_EFFECTIVE';

/** What is wrong with that day; null when she is protected. */
function faultOn(life: Life, day: Day): Fault | null {
  if (life.abstinence.some((each) => each.from <= day && day <= each.until)) return null;
  const { methods, high, effective, medicalException, highNeeded } = life.table.contraception;
  const used = methodsOn(life, day);
  const highly = used.filter((each) => high.includes(each));
  const accepted = used.filter((each) => high.includes(each) || effective.includes(each));
  if (accepted.length < methods) return used.length >= methods ? 'CONTRACEPTION_METHOD_NOT_ACCEPTED' : 'CONTRACEPTION_TOO_FEW_METHODS';
  const exempt = medicalException && life.contraindicated.includes('hormonal') && life.contraindicated.includes('iud');
  return highNeeded && highly.length === 0 && !exempt ? 'CONTRACEPTION_NO_HIGHLY_EFFECTIVE' : null;
}

export const protectedOn = (life: Life, day: Day): boolean => faultOn(life, day) === null;

/** Whether any of those days was without protection. */
export function brokenSince(life: Life, from: Day, to: Day): boolean {
  for (let day = from; day <= to; day += 1) if (!protectedOn(life, day)) return true;
  return false;
}

/** The first day of the unbroken protection that reaches to that day; null when that day has none. */
export function protectedSince(life: Life, day: Day, back: number): Day | null {
  if (!protectedOn(life, day)) return null;
  let from = day;
  while (from > day - back && protectedOn(life, from - 1)) from -= 1;
  return from;
}

/** The one code of rules §1.5, or nothing. */
export function contraceptionCode(life: Life, day: Day, firstRules: boolean): string | null {
  const fault = faultOn(life, day);
  if (fault) return fault;
  if (!firstRules) return null;
  const from = leadFrom(life, day);
  return protectedSince(life, day, day - from)! > from ? 'CONTRACEPTION_TOO_RECENT' : null;
}

/** The first day of the stretch that a first prescription asks for. */
export function leadFrom(life: Life, day: Day): Day {
  const { lead } = life.table.contraception;
  return 'days' in lead ? day - lead.days : plusMonths(day, -lead.months);
}

/** Whether a method in use that day spares her the tests: a confirmed one (rules §5.1), which her own word is not. */
export const testsWaived = (life: Life, day: Day): boolean =>
  life.methods.some((each) => each.confirmed && each.from <= day && day <= each.until && life.table.tests.waivedBy.includes(each.method));
