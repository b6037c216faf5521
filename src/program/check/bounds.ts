import type { Flaw } from '../edition.schema.js';
import { type Check, type Checked, refusal } from './check.js';

/** Windows and bounds that contradict themselves or each other. */

const HOURS_A_DAY = 24;

interface Place {
  readonly path: string;
  readonly minHours: number;
  /** Infinity: no bound. */
  readonly maxHours: number;
  /** Days after the test before it; null: not asked. */
  readonly afterEarlier: number | null;
}

/** The tests before a first prescription, as stretches of time before it. */
function places({ read }: Checked): Place[] {
  return read.keys('/tests/places').map((place) => {
    const path = `/tests/places/${place}`;
    const days = read.number(`${path}/maxAgeDays`);
    const hours = read.number(`${path}/maxAgeHours`);
    return {
      path,
      minHours: (read.number(`${path}/minAgeDays`) ?? 0) * HOURS_A_DAY,
      maxHours: Math.min(days === null ? Number.POSITIVE_INFINITY : days * HOURS_A_DAY, hours ?? Number.POSITIVE_INFINITY),
      afterEarlier: read.number(`${path}/minDaysAfterEarlier`),
    };
  });
}

/** A least that is more than the most. */
export const contradictoryBounds: Check = (checked) => {
  const { read } = checked;
  const flaws: Flaw[] = [];
  for (const { path, minHours, maxHours } of places(checked)) {
    if (minHours > maxHours)
      flaws.push(refusal(checked, `${path}/minAgeDays`, 'The youngest test allowed is older than the oldest one allowed.'));
  }
  for (const place of read.keys('/tests/afterStart')) {
    const [from, to] = [read.number(`/tests/afterStart/${place}/days/0`), read.number(`/tests/afterStart/${place}/days/1`)];
    if (from !== null && to !== null && from > to)
      flaws.push(refusal(checked, `/tests/afterStart/${place}/days`, 'It ends before it begins.'));
  }
  const initial = read.number('/tests/cadence/initialDays');
  const interval = read.number('/tests/cadence/initialIntervalDays');
  if (initial !== null && interval !== null && interval > initial)
    flaws.push(refusal(checked, '/tests/cadence/initialIntervalDays', 'The interval of the first weeks is longer than those weeks.'));
  const { effectiveFrom, effectiveUntil } = checked.edition;
  if (effectiveUntil !== null && effectiveUntil < effectiveFrom)
    flaws.push(refusal(checked, '/effectiveUntil', 'It ends before it takes effect.'));
  return flaws;
};

/** Two tests before the first prescription that one and the same test could be, or that can never both be in time. */
export const overlappingWindows: Check = (checked) => {
  const all = places(checked);
  return all.slice(1).flatMap((later, place) => {
    const earlier = all[place];
    if (earlier === undefined) return [];
    const gap = (later.afterEarlier ?? 0) * HOURS_A_DAY;
    if (gap <= 0 && earlier.minHours <= later.maxHours)
      return [refusal(checked, later.path, 'The windows of the two tests overlap: one test could be taken for both.')];
    return earlier.maxHours < later.minHours + gap
      ? [refusal(checked, later.path, 'Whoever waits long enough for this test has lost the one before it: both can never be in time.')]
      : [];
  });
};

/** Lengths of time that have to be there at all. */
export const windowsWithoutLength: Check = (checked) => {
  const { read } = checked;
  const lengths: readonly (readonly [path: string, says: string])[] = [
    ['/authorization/preparationDays', 'A prescription would have ended before it could be prepared.'],
    ['/authorization/confirmationHours', 'A reservation would have ended before a hand-over.'],
    ['/clearing/tests', 'A clearing would rest on no test at all.'],
    ...read.keys('/categories').flatMap((code): [string, string][] => [
      [`/categories/${code}/window/days`, 'An authorization would have ended as it is issued.'],
      [`/categories/${code}/survey/days`, 'A survey would be too old as it is answered.'],
      [`/categories/${code}/survey/months`, 'A survey would be too old as it is answered.'],
    ]),
  ];
  return lengths.flatMap(([path, says]) => {
    const length = read.number(path);
    return length !== null && length <= 0 ? [refusal(checked, path, says)] : [];
  });
};

/** A window counted from the last test has to outlast the oldest test that is accepted, or an authorization is issued that has already ended. */
export const windowsShorterThanTests: Check = (checked) => {
  const { read } = checked;
  const newest = places(checked).at(-1)?.maxHours ?? 0;
  const ages = [read.number('/tests/onTherapy/maxAgeDays') ?? 0, Number.isFinite(newest) ? Math.floor(newest / HOURS_A_DAY) : 0];
  const oldest = Math.max(...ages);
  return read.keys('/categories').flatMap((code) => {
    const path = `/categories/${code}/window`;
    const days = read.number(`${path}/days`);
    if (read.value(`/categories/${code}/tests`) !== true || read.text(`${path}/anchor`) !== 'last-test' || days === null) return [];
    const lasts = days - (read.number(`${path}/firstDay`) ?? 0);
    return lasts < oldest
      ? [
          refusal(
            checked,
            `${path}/days`,
            `A test may be ${oldest} days old at the issue, and the window ends ${lasts} days after the test: it could be issued when it has already ended.`,
          ),
        ]
      : [];
  });
};
