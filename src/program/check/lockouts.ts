import type { Flaw } from '../edition.schema.js';
import { type Check, refusal } from './check.js';

/** Waits that nothing ends: the 2021 relaunch locked patients out for weeks; a wait without an end is a mistake in the rules (I24). */

/** Longer than that, and a wait is none that a patient can be asked to sit out. */
const LONGEST_WAIT_DAYS = 366;

/** Holds that wait for a test or a clearing which no test can be part of. */
export const holdsNothingLifts: Check = (checked) => {
  const { read } = checked;
  const lifts = read.keys('/holds').map((hold) => read.text(`/holds/${hold}/liftedBy`));
  if (!lifts.includes('clearing') && !lifts.includes('quantitative-negative')) return [];
  const flaws: Flaw[] = [];
  const method = read.text('/clearing/method');
  if (method !== null && !read.keys('/tests/methodSensitivity').includes(method))
    flaws.push(
      refusal(checked, '/clearing/method', `No test is made by the method “${method}”: a hold that waits for one would never end.`),
    );
  const source = read.text('/clearing/source');
  if (source !== null && lifts.includes('clearing') && !read.texts('/tests/signedSources').includes(source))
    flaws.push(
      refusal(checked, '/clearing/source', `A test signed by “${source}” does not count: a hold that waits for one would never end.`),
    );
  return flaws;
};

/** Waits of days that are longer than anybody can be asked to wait. */
export const waitsWithoutEnd: Check = (checked) => {
  const { read } = checked;
  const waits = [
    '/tests/missedFirstWindow/nextTestNotBeforeDays',
    '/contraception/lead/days',
    ...read.keys('/holds').map((hold) => `/holds/${hold}/negativeAfterDays`),
    ...read.keys('/tests/places').map((place) => `/tests/places/${place}/minDaysAfterEarlier`),
  ];
  return waits.flatMap((path) => {
    const days = read.number(path);
    return days !== null && days > LONGEST_WAIT_DAYS
      ? [refusal(checked, path, `A patient would wait for ${days} days: a lock-out needs an end that somebody can live to see.`)]
      : [];
  });
};

/** Clocks that have run out before they can be wound: whoever enrolls has lapsed, whoever signs has signed too long ago. */
export const lapsedFromTheStart: Check = (checked) => {
  const { read } = checked;
  const flaws: Flaw[] = [];
  const reenroll = read.number('/therapy/reenrollAfterMonths');
  if (reenroll !== null && reenroll <= 0)
    flaws.push(refusal(checked, '/therapy/reenrollAfterMonths', 'An enrollment would lapse as it begins, for ever again.'));
  const agreement = read.number('/agreement/validMonths');
  if (agreement !== null && agreement <= 0)
    flaws.push(refusal(checked, '/agreement/validMonths', 'An agreement would be too old as it is signed, for ever again.'));
  return flaws;
};
