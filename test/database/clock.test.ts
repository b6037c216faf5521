import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openTestDatabase, type TestDatabase } from '../support/database.js';

const day = 24 * 60 * 60 * 1000;

describe('the demo clock', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await openTestDatabase();
  });
  afterAll(() => db.close());

  const now = async () => (await db.pools.counter.query<{ now: number }>('SELECT rems_now() AS now')).rows[0]!.now;

  test('starts at the real time', async () => {
    expect(Math.abs((await now()) - Date.now())).toBeLessThan(1_000);
  });

  test('goes where it is set and ticks on', async () => {
    await db.setClock('2030-03-10T12:00:00Z');
    const first = await now();
    expect(first - Date.parse('2030-03-10T12:00:00Z')).toBeLessThan(2_000);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await now()).toBeGreaterThan(first);
  });

  test('lets 28 days pass', async () => {
    const before = await now();
    await db.advanceClock(28 * day);
    expect((await now()) - before - 28 * day).toBeLessThan(2_000);
  });
});
