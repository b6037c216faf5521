import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addDays, type LocalDate } from '../../src/domain/calendar.js';
import { contraceptionReason, unbroken } from '../../src/domain/contraception.js';
import { capsulesFor, coveredDays, daysLeft, givenSupplyDays } from '../../src/domain/dispensing.js';
import type { Case, Evidence, Fill } from '../../src/domain/patient.js';
import { EDITION, world } from '../support/cases.js';

// Arithmetic of days against the days themselves, one after another, as a patient lives them.

const RUNS = { numRuns: 600, seed: 20_261_123 };
const START = '2027-01-01';
const day = (number: number): LocalDate => addDays(START, number);
const BASE = world('frp-first', '2027-01-15T15:00');

interface Life {
  readonly fills: readonly { on: number; days: number; returned: boolean }[];
  readonly holds: readonly { from: number; to: number }[];
  readonly doses: readonly number[];
}

const lives: fc.Arbitrary<Life> = fc.record({
  fills: fc.array(fc.record({ on: fc.nat(120), days: fc.integer({ min: 1, max: 28 }), returned: fc.boolean() }), {
    maxLength: 6,
  }),
  holds: fc
    .array(fc.nat(140), { maxLength: 6 })
    .map((days) => [...new Set(days)].sort((a, b) => a - b))
    .map((days) => days.flatMap((from, index) => (index % 2 === 0 ? [{ from, to: days[index + 1] ?? 999 }] : []))),
  doses: fc.array(fc.nat(140), { maxLength: 2 }),
});

function caseOf({ fills, holds, doses }: Life): Case {
  const evidence: Evidence[] = [
    ...holds.flatMap(({ from, to }): Evidence[] => [
      { kind: 'therapy', id: `i${from}`, recordedAt: from, change: 'interrupted', on: day(from) },
      ...(to === 999 ? [] : [{ kind: 'therapy' as const, id: `r${to}`, recordedAt: to, change: 'resumed' as const, on: day(to) }]),
    ]),
    ...doses.map((on): Evidence => ({ kind: 'dose-change', id: `d${on}`, recordedAt: on, on: day(on), regimen: null })),
  ];
  const handed = [...fills].sort((a, b) => a.on - b.on);
  return {
    ...BASE,
    evidence: [...BASE.evidence, ...evidence],
    fills: handed.map(({ on, days, returned }, index): Fill => {
      const at = Date.parse(`${day(on)}T15:00:00Z`);
      return {
        id: `fill/${index}`,
        authorization: null,
        pharmacy: 'ph-1',
        handedOver: { at, until: at, on: day(on) },
        issuedAt: at,
        supplyDays: days,
        outcome: 'permitted',
        returnedAt: returned ? at : null,
        returnedUnopened: returned ? true : null,
      };
    }),
  };
}

/** Days in hand on the morning of that day, with what it brings: one is used on every day on which the therapy is not held. */
function lived({ fills, holds, doses }: Life, today: number): number {
  let inHand = 0;
  for (let now = 0; now <= today; now += 1) {
    // The capsules of an earlier dose are put aside before new ones are taken home.
    if (doses.includes(now)) inHand = 0;
    for (const fill of fills) if (fill.on === now && !fill.returned) inHand += fill.days;
    const held = holds.some(({ from, to }) => from <= now && now < to);
    if (now < today && !held) inHand = Math.max(0, inHand - 1);
  }
  return inHand;
}

/** What the program counts on that day, when it knows nothing of later ones. */
function counted({ fills, holds, doses }: Life, today: number): number {
  const known: Life = {
    fills: fills.filter(({ on }) => on <= today),
    holds: holds.filter(({ from }) => from <= today).map(({ from, to }) => ({ from, to: to <= today ? to : 999 })),
    doses: doses.filter((on) => on <= today),
  };
  return daysLeft(caseOf(known), day(today));
}

describe('days left', () => {
  test('are those a patient counts who lives them: supplies stack, a hold keeps them, a change of dose ends them, an unopened return takes them back', () => {
    fc.assert(
      fc.property(lives, fc.nat(170), (life, today) => {
        expect(counted(life, today)).toBe(lived(life, today));
      }),
      RUNS,
    );
  });

  test('after a hold of two weeks and a smaller dose there are none: the earlier capsules do not come back with the therapy', () => {
    const life: Life = { fills: [{ on: 0, days: 28, returned: false }], holds: [{ from: 10, to: 24 }], doses: [24] };
    expect([counted(life, 24), counted({ ...life, doses: [17] }, 24)]).toEqual([0, 0]);
  });

  test('of a fill that came during a hold begin when the therapy goes on', () => {
    const life: Life = { fills: [{ on: 15, days: 28, returned: false }], holds: [{ from: 10, to: 24 }], doses: [] };
    expect([15, 23, 24, 30].map((today) => counted(life, today))).toEqual([28, 28, 28, 22]);
  });
});

describe('capsules and days', () => {
  const regimens = fc
    .record({ perDay: fc.integer({ min: 1, max: 3 }), daysOn: fc.integer({ min: 1, max: 28 }), rest: fc.nat(14) })
    .map(({ perDay, daysOn, rest }) => ({ perDay, daysOn, cycleDays: daysOn + rest }));

  test('capsules for so many days are those taken on them', () => {
    fc.assert(
      fc.property(regimens, fc.nat(90), (regimen, days) => {
        let taken = 0;
        for (let each = 0; each < days; each += 1) if (each % regimen.cycleDays < regimen.daysOn) taken += regimen.perDay;
        expect(capsulesFor(days, regimen)).toBe(taken);
      }),
      RUNS,
    );
  });

  test('so many capsules last until the first day that lacks one', () => {
    fc.assert(
      fc.property(regimens, fc.integer({ min: 1, max: 120 }), (regimen, capsules) => {
        let left = capsules;
        let days = 0;
        while (days % regimen.cycleDays >= regimen.daysOn || left > 0) {
          if (days % regimen.cycleDays < regimen.daysOn) left = Math.max(0, left - regimen.perDay);
          days += 1;
        }
        expect(coveredDays(capsules, regimen)).toBe(days);
      }),
      RUNS,
    );
  });
});

describe('contraception', () => {
  const methods = fc.array(
    fc.record({
      method: fc.constantFrom(...Object.keys(EDITION.contraception.methods)),
      from: fc.integer({ min: -20, max: 60 }),
      lasts: fc.option(fc.nat(40), { nil: null }),
    }),
    { maxLength: 7 },
  );
  const abstinence = fc.array(fc.record({ from: fc.integer({ min: -20, max: 60 }), lasts: fc.option(fc.nat(40), { nil: null }) }), {
    maxLength: 2,
  });

  test('is unbroken over a stretch when it is sufficient on each of its days, and has its lead when it is on the 28 before as well', () => {
    let unbrokenOnes = 0;
    fc.assert(
      fc.property(methods, abstinence, fc.nat(50), fc.nat(40), (used, abstained, from, length) => {
        const evidence: Evidence[] = [
          ...used.map(({ method, from: since, lasts }, index): Evidence => {
            const until = lasts === null ? null : day(since + lasts);
            return { kind: 'contraception', id: `c${index}`, recordedAt: index, method, from: day(since), until };
          }),
          ...abstained.map(({ from: since, lasts }, index): Evidence => {
            const until = lasts === null ? null : day(since + lasts);
            return { kind: 'abstinence', id: `a${index}`, recordedAt: index, from: day(since), until, never: false };
          }),
        ];
        const file: Case = { ...BASE, evidence };
        const enough = (each: number) => contraceptionReason(file, day(each), false, EDITION) === null;
        const everyDay = (first: number, last: number) => {
          for (let each = first; each <= last; each += 1) if (!enough(each)) return false;
          return true;
        };
        expect(unbroken(file, day(from), day(from + length), EDITION)).toBe(everyDay(from, from + length));
        if (everyDay(from, from + length)) unbrokenOnes += 1;
        expect(contraceptionReason(file, day(from), true, EDITION) === null).toBe(everyDay(from - 28, from));
      }),
      RUNS,
    );
    expect(unbrokenOnes).toBeGreaterThan(50);
  });
});

describe('a smaller hand-over', () => {
  const regimen = { perDay: 1, daysOn: 21, cycleDays: 28 };
  const one = { lines: [{ strengthMg: 25, capsules: 21, regimen }], supplyDays: 28, refillsAsked: 0, channel: 'electronic' };
  const two = { ...one, lines: [10, 5].map((strengthMg) => ({ strengthMg, capsules: 21, regimen })) };
  const handed = (ten: number, five: number) => ({
    capsules: ten + five,
    supplyDays: null,
    lines: [
      { strengthMg: 10, capsules: ten },
      { strengthMg: 5, capsules: five },
    ],
  });

  test('of all capsules is all days, and of some no fewer than they last, whatever is said', () => {
    expect(givenSupplyDays(one, { capsules: 21, supplyDays: 1 })).toBe(28);
    expect(givenSupplyDays(one, { capsules: 14, supplyDays: 1 })).toBe(14);
    expect(givenSupplyDays(one, { capsules: 7, supplyDays: 7 })).toBe(7);
    expect(givenSupplyDays(one, { capsules: 7, supplyDays: 10 })).toBe(10);
    expect(givenSupplyDays(one, { capsules: 7, supplyDays: 99 })).toBe(28);
    expect(givenSupplyDays(one, { capsules: null, supplyDays: 7 })).toBe(7);
    expect(givenSupplyDays(one, { capsules: null, supplyDays: null })).toBe(28);
  });

  test('of several strengths lasts as long as the one that lasts longest, whichever line it is', () => {
    expect(givenSupplyDays(two, handed(7, 14))).toBe(14);
    expect(givenSupplyDays(two, handed(14, 7))).toBe(14);
    expect(givenSupplyDays(two, handed(21, 7))).toBe(28);
    expect(givenSupplyDays(two, handed(7, 21))).toBe(28);
    expect(givenSupplyDays(two, handed(7, 0))).toBe(7);
  });

  test('of which only the sum is known may be of one strength', () => {
    expect(givenSupplyDays(two, { capsules: 14, supplyDays: null })).toBe(14);
    expect(givenSupplyDays(two, { capsules: 21, supplyDays: null })).toBe(28);
  });

  test('two lines of one strength are counted together', () => {
    const split = { ...one, lines: [12, 9].map((capsules) => ({ strengthMg: 25, capsules, regimen })) };
    expect(givenSupplyDays(split, { capsules: 21, supplyDays: null, lines: [{ strengthMg: 25, capsules: 21 }] })).toBe(28);
    expect(givenSupplyDays(split, { capsules: 20, supplyDays: null, lines: [{ strengthMg: 25, capsules: 20 }] })).toBe(12);
  });
});
