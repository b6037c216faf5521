import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadConfig } from '../../src/config.js';
import { refuseDemoDatabase } from '../../src/database/demo-clock.js';
import { createLogger } from '../../src/http/logging.js';
import { openService } from '../../src/service.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';

const day = 24 * 60 * 60 * 1000;
const askNow = async (db: TestDatabase) => (await db.pools.counter.query<{ now: number }>('SELECT rems_now() AS now')).rows[0]!.now;

describe('the clock of production (I18)', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await openTestDatabase({ demoClock: false });
    await db.owner.query(
      'CREATE TABLE row_of_case (id int PRIMARY KEY, revision int NOT NULL); GRANT SELECT, UPDATE ON row_of_case TO PUBLIC',
    );
    await db.owner.query('INSERT INTO row_of_case VALUES (1, 0)');
  });
  afterAll(() => db.close());

  test('gives whole milliseconds, and a new one within the same transaction', async () => {
    const moments = await db.pools.rest.transaction(async (tx) => {
      const ask = async () =>
        (await tx.query<{ micros: number; now: number }>('SELECT extract(microseconds FROM rems_now())::int8 AS micros, rems_now() AS now'))
          .rows[0]!;
      const first = await ask();
      await sleep(15);
      return [first, await ask()];
    });
    expect(moments.map(({ micros }) => micros % 1_000)).toEqual([0, 0]);
    expect(moments[1]!.now - moments[0]!.now).toBeGreaterThanOrEqual(10);
  });

  test('is what a service with an issuer of its own begins on', async () => {
    await expect(refuseDemoDatabase(db.pools.rest)).resolves.toBeUndefined();
  });

  test('has no switch: the service can neither replace it nor move it', async () => {
    const replace = 'CREATE OR REPLACE FUNCTION rems_now() RETURNS timestamptz LANGUAGE sql RETURN now()';
    await expect(db.pools.rest.query(replace)).rejects.toMatchObject({ code: '42501' });
    expect((await db.owner.query("SELECT to_regclass('demo_clock') AS found")).rows).toEqual([{ found: null }]);
    const settings = await db.owner.query("SELECT prosrc, proconfig FROM pg_proc WHERE proname = 'rems_now'");
    expect(settings.rows).toEqual([{ prosrc: '', proconfig: null }]);
  });

  test('differs from ours by what we measure, and by next to nothing on one machine', async () => {
    expect(Math.abs(await db.pools.clockSkew())).toBeLessThan(250);
    const oneHourBehind = () => Date.now() - 3_600_000;
    expect(Math.abs((await db.pools.clockSkew(oneHourBehind)) - 3_600_000)).toBeLessThan(250);
  });

  test('costs no call: the planner puts the expression itself into the condition', async () => {
    const { rows } = await db.owner.query<{ 'QUERY PLAN': string }>(
      'EXPLAIN SELECT 1 FROM row_of_case WHERE rems_now() <= $$2030-01-01$$::timestamptz',
    );
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/Filter: \(date_trunc/);
  });

  // The deadline passes while the statement waits for the row. What it must then do decides the form of every guarded write.
  const plain = 'UPDATE row_of_case SET revision = revision + 1 WHERE id = 1 AND rems_now() <= $1 RETURNING rems_now() > $1 AS late';
  const lockFirst = `WITH mine AS MATERIALIZED (SELECT id FROM row_of_case WHERE id = 1 FOR NO KEY UPDATE)
    UPDATE row_of_case SET revision = revision + 1 FROM mine WHERE row_of_case.id = mine.id AND rems_now() <= $1 RETURNING false AS late`;

  test.each([
    ['a plain guarded write is refused after waiting for a writer that committed', plain, 'COMMIT', []],
    [
      'a plain guarded write PASSES after waiting for one that rolled back, and only what it returns tells',
      plain,
      'ROLLBACK',
      [{ late: true }],
    ],
    ['a guarded write that locks first is refused after a commit', lockFirst, 'COMMIT', []],
    ['a guarded write that locks first is refused after a rollback', lockFirst, 'ROLLBACK', []],
  ] as const)('%s', async (_, statement, end, rows) => {
    const other = await db.owner.connect();
    await other.query('BEGIN');
    await other.query('UPDATE row_of_case SET revision = revision + 1 WHERE id = 1');
    const waiting = db.pools.counter.query(statement, [new Date((await askNow(db)) + 60).toISOString()]);
    await sleep(150);
    await other.query(end);
    other.release();
    expect((await waiting).rows).toEqual(rows);
  });
});

describe('the demo clock', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await openTestDatabase();
  });
  afterAll(() => db.close());

  test('is no clock for production: with an issuer of its own the service does not start on it', async () => {
    const config = loadConfig({ OIDC_ISSUER: 'https://login.example.org/' });
    const starting = openService(config, db.serviceUrl, createLogger({ level: 'silent' }));
    await expect(starting).rejects.toThrow('names a demo database');
  });

  test('starts at the real time', async () => {
    expect(Math.abs((await askNow(db)) - Date.now())).toBeLessThan(1_000);
  });

  test('goes where it is set and ticks on', async () => {
    await db.setClock('2030-03-10T12:00:00Z');
    const first = await askNow(db);
    expect(first - Date.parse('2030-03-10T12:00:00Z')).toBeLessThan(2_000);
    await sleep(20);
    expect(await askNow(db)).toBeGreaterThan(first);
  });

  test('lets 28 days pass, within an open transaction too', async () => {
    await db.pools.rest.transaction(async (tx) => {
      const ask = async () => (await tx.query<{ now: number }>('SELECT rems_now() AS now')).rows[0]!.now;
      const before = await ask();
      await db.advanceClock(28 * day);
      expect((await ask()) - before - 28 * day).toBeLessThan(2_000);
    });
  });

  test("is out of the service's reach", async () => {
    await expect(db.pools.rest.query('UPDATE demo_clock SET offset_ms = 0')).rejects.toMatchObject({ code: '42501' });
  });

  test("shows as skew, since it is the database's clock", async () => {
    await db.setClock(Date.now() + 90_000);
    expect(Math.abs((await db.pools.clockSkew()) - 90_000)).toBeLessThan(500);
  });
});
