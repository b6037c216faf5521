import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from '@jest/globals';
import { Overloaded } from '../../../src/database/errors.js';
import { Together, type TogetherOptions } from '../../../src/database/together.js';
import { WaitBudget } from '../../../src/database/wait-budget.js';

const batches: (readonly number[])[] = [];
const open: (() => void)[] = [];
afterEach(() => {
  batches.length = 0;
  open.length = 0;
});

/** Answers ten times the number, each batch when the test lets it. */
const asked = (options: Partial<TogetherOptions> = {}) =>
  new Together<number, number>(
    async (numbers) => {
      batches.push(numbers);
      await new Promise<void>((resolve) => open.push(resolve));
      if (numbers.includes(13)) throw new Error('thirteen');
      return numbers.map((number) => number * 10);
    },
    { most: 3, atOnce: 1, waitMs: 1_000, ...options },
  );

async function letThrough(count: number): Promise<void> {
  for (let passed = 0; passed < count; ) {
    await sleep(1);
    const next = open.shift();
    if (!next) continue;
    next();
    passed++;
  }
}

it('sends what comes in one breath as one batch, and gives each its own answer', async () => {
  const together = asked();
  const answers = Promise.all([1, 2, 3].map((number) => together.answer(number)));
  await letThrough(1);
  expect(await answers).toEqual([10, 20, 30]);
  expect(batches).toEqual([[1, 2, 3]]);
});

it('collects while a batch is under way, in order, and never more than the most', async () => {
  const together = asked();
  const first = together.answer(1);
  await sleep(5);
  const others = Promise.all([2, 3, 4, 5].map((number) => together.answer(number)));
  await letThrough(3);
  expect(await first).toBe(10);
  expect(await others).toEqual([20, 30, 40, 50]);
  expect(batches).toEqual([[1], [2, 3, 4], [5]]);
});

it('keeps as many batches under way as it may', async () => {
  const together = asked({ most: 1, atOnce: 2 });
  const answers = Promise.all([1, 2, 3].map((number) => together.answer(number)));
  await sleep(5);
  expect(batches).toEqual([[1], [2]]);
  await letThrough(3);
  expect(await answers).toEqual([10, 20, 30]);
});

it('fails the questions of a batch that failed, and goes on with the next', async () => {
  const together = asked({ most: 2 });
  const answers = Promise.allSettled([12, 13, 14].map((number) => together.answer(number)));
  await letThrough(2);
  const [a, b, c] = await answers;
  expect([a?.status, b?.status, c]).toEqual(['rejected', 'rejected', { status: 'fulfilled', value: 140 }]);
});

it('tells a caller whose turn does not come that there is too much to do, and keeps the others', async () => {
  const together = asked({ most: 1, waitMs: 30 });
  const first = together.answer(1);
  await sleep(5);
  const late = together.answer(2);
  await expect(late).rejects.toThrow(Overloaded);
  const next = together.answer(3);
  await letThrough(2);
  expect(await first).toBe(10);
  expect(await next).toBe(30);
  expect(batches).toEqual([[1], [3]]);
});

it('waits for a question with a budget of its own only what that has left, and keeps the others', async () => {
  const together = asked({ most: 2 });
  const spent = new WaitBudget(30);
  const first = together.answer(1);
  await sleep(5);
  const patient = together.answer(2);
  await expect(together.answer(3, spent)).rejects.toThrow(Overloaded);
  expect(spent.leftMs).toBe(0);
  await letThrough(2);
  expect([await first, await patient]).toEqual([10, 20]);
});

it('waits side by side count once, and work in between not at all', async () => {
  const budget = new WaitBudget(1_000);
  const startedAt = performance.now();
  const ends = [budget.wait(), budget.wait()];
  await sleep(40);
  for (const end of ends) end();
  const passed = performance.now() - startedAt;
  const { leftMs } = budget;
  expect(1_000 - leftMs).toBeGreaterThan(passed * 0.9);
  expect(1_000 - leftMs).toBeLessThanOrEqual(passed);
  await sleep(20);
  expect(budget.leftMs).toBe(leftMs);
});
