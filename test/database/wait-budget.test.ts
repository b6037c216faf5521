import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { loadConfig } from '../../src/config.js';
import { Overloaded, openPools, type Pools, type QueryPool } from '../../src/database/pools.js';
import { openTestDatabase, quietLog, type TestDatabase } from '../support/database.js';
import { LINES, type Patient, principalOf, World } from '../support/world.js';

// F4: a command that needs the database several times waits for all its turns together no longer than for one, so that a caller who cannot be
// served hears so within 250 ms.

const WAIT_MS = loadConfig({}).poolWaitMs;

let database: TestDatabase;
let narrow: Pools;
let rest: QueryPool;
let dataDir: string;
let world: World;
let patient: Patient;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'rems-waits-'));
  database = await openTestDatabase();
  world = await World.open({ lane: database.pools.rest, owner: database.owner, dataDir });
  [patient] = (await world.enroll(1)) as [Patient];
  narrow = openPools({ ...loadConfig({}), restPoolSize: 1 }, database.serviceUrl, quietLog);
  rest = narrow.rest;
  await rest.warm();
}, 60_000);
afterAll(async () => {
  await narrow?.close();
  await database?.close();
  if (dataDir) rmSync(dataDir, { recursive: true, force: true });
});

let held: Promise<unknown>[] = [];
/** The only connection is in somebody's hands for so long. */
const hold = (ms: number) => held.push(rest.query('SELECT pg_sleep($1)', [ms / 1_000]));
beforeEach(async () => {
  await Promise.all(held);
  held = [];
});

async function refusedAfter(work: Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await expect(work).rejects.toBeInstanceOf(Overloaded);
  return performance.now() - startedAt;
}

describe('a visit', () => {
  test('waits the second time only for what the first has left', async () => {
    const visit = rest.visit();
    hold(WAIT_MS * 0.6);
    await visit.query('SELECT 1');
    hold(WAIT_MS * 2);
    expect(await refusedAfter(visit.transaction((tx) => tx.query('SELECT 1')))).toBeLessThan(WAIT_MS * 0.75);
    // Somebody else has all his time.
    expect(await refusedAfter(rest.query('SELECT 1'))).toBeGreaterThan(WAIT_MS * 0.9);
  });

  test('is not charged for what it works', async () => {
    const visit = rest.visit();
    await visit.query('SELECT pg_sleep($1)', [(WAIT_MS * 1.5) / 1_000]);
    hold(WAIT_MS * 0.5);
    await expect(visit.query('SELECT 1 AS one')).resolves.toMatchObject({ rows: [{ one: 1 }] });
  });
});

test('a command whose case was read late is told so sooner when nobody can write it, and nothing is written', async () => {
  const authorization = uuidv7();
  const prescription = { lines: LINES, supplyDays: 28, refills: 0, channel: 'electronic' } as const;
  let readAt = 0;
  hold(WAIT_MS * 0.6);
  const work = world.runner.run({
    principal: principalOf('prescriber'),
    lane: rest,
    target: { by: 'enrollment', value: patient.enrollment },
    idempotency: null,
    mayTouch: () => true,
    reads: async () => {
      readAt = performance.now();
      hold(WAIT_MS * 2);
    },
    command: ({ at, file }, id) => ({
      do: 'start-authorization',
      id,
      at,
      by: { role: 'prescriber', id: file.enrollment?.prescriber ?? '' },
      authorization,
      prescription,
    }),
    answer: () => ({ status: 201, body: {} }),
  });
  await refusedAfter(work);
  expect(readAt).toBeGreaterThan(0);
  expect(performance.now() - readAt).toBeLessThan(WAIT_MS * 0.75);
  const { rows } = await database.owner.query('SELECT 1 FROM prescription_authorization WHERE id = $1', [authorization]);
  expect(rows).toEqual([]);
});
