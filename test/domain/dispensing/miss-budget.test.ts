import { describe, expect, test } from '@jest/globals';
import { MissBudget, type MissScope, missLimits, TooManyMisses } from '../../../src/dispensing/miss-budget.js';

const MINUTE_MS = 60_000;

function budgetAt(clock: { now: number }, perCaller = 20) {
  const full: MissScope[] = [];
  return {
    budget: new MissBudget(
      missLimits(perCaller),
      (scope) => full.push(scope),
      () => clock.now,
    ),
    full,
  };
}

const miss = (budget: MissBudget, times: number, caller = 'anna', site: string | null = 'dock') => {
  for (let time = 0; time < times; time += 1) budget.missed(caller, site);
};

const waitOf = (budget: MissBudget, caller = 'anna', site: string | null = 'dock'): number | null => {
  try {
    budget.check(caller, site);
    return null;
  } catch (error) {
    return Number((error as TooManyMisses).headers?.['retry-after']);
  }
};

describe('the budget of misses', () => {
  test('20 misses of one person, then one more every 30 seconds', () => {
    const clock = { now: 0 };
    const { budget, full } = budgetAt(clock);
    miss(budget, 19);
    expect(waitOf(budget)).toBeNull();
    miss(budget, 1);
    expect([waitOf(budget), full]).toEqual([30, ['caller']]);
    clock.now = 30_000;
    expect(waitOf(budget)).toBeNull();
    miss(budget, 1);
    expect(waitOf(budget)).toBe(30);
    clock.now += 10 * MINUTE_MS;
    miss(budget, 19);
    expect(waitOf(budget)).toBeNull();
  });

  test('misses that were under way when it filled make the wait longer', () => {
    const { budget } = budgetAt({ now: 0 });
    miss(budget, 60);
    expect(waitOf(budget)).toBe(41 * 30);
  });

  test('two persons of one site share its 40; another site is not touched', () => {
    const { budget, full } = budgetAt({ now: 0 });
    for (const caller of ['anna', 'boris', 'clara', 'dora']) miss(budget, 10, caller);
    expect(waitOf(budget, 'new here')).toBe(15);
    expect(waitOf(budget, 'new here', 'mill')).toBeNull();
    expect(full).toEqual(['site']);
  });

  test('when everybody together misses too often, those who have missed get 3; who has not is never locked out', () => {
    const { budget, full } = budgetAt({ now: 0 });
    for (let site = 0; site < 200; site += 1) miss(budget, 10, `robot ${site}`, `site ${site}`);
    expect(full).toEqual(['overall']);
    expect(waitOf(budget)).toBeNull();
    miss(budget, 2);
    expect(waitOf(budget)).toBeNull();
    miss(budget, 1);
    expect(waitOf(budget)).toBeGreaterThan(1);
  });
});
