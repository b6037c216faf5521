import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { CaseStore } from '../../src/authorization/case.store.js';
import type { Statement } from '../../src/authorization/statement.js';
import { loadConfig } from '../../src/config.js';
import { openPools, type Pools } from '../../src/database/pools.js';
import { EditionCatalogue } from '../../src/program/edition.catalogue.js';
import { openTestDatabase, quietLog, type TestDatabase } from '../support/database.js';

const editions = EditionCatalogue.fromFolder();
const COUNT = 24;
const prescriber = uuidv7();
let enrollments: string[] = [];
let database: TestDatabase;
let other: Pools;

beforeAll(async () => {
  database = await openTestDatabase();
  // A second process of the service, as far as the database can tell.
  other = openPools({ ...loadConfig({}), poolWaitMs: 10_000 }, database.serviceUrl, quietLog);
  await database.pools.rest.query(`INSERT INTO participant (id, kind, name, phone, revision) VALUES ($1, 'prescriber', 'Dr', '1', 1)`, [
    prescriber,
  ]);
  await Promise.all([database.pools.warm(), other.warm()]);
});
afterAll(async () => {
  await other.close();
  await database.close();
});
beforeEach(async () => {
  enrollments = Array.from({ length: COUNT }, () => uuidv7());
  const { rest } = database.pools;
  for (const enrollment of enrollments) {
    const patient = uuidv7();
    await rest.query(
      `INSERT INTO patient (id, given_name, family_name, birth_date, family_name_key, created_at) VALUES ($1, 'A', 'b', '1960-01-01', 'b', rems_now())`,
      [patient],
    );
    await rest.query(
      `INSERT INTO enrollment (id, patient_id, program, prescriber_id, enrolled_at, answers, revision) VALUES ($1, $2, 'p', $3, rems_now(), '{}', 1)`,
      [enrollment, patient, prescriber],
    );
  }
});

/** As a guarded write: the row is locked, asked for its revision, and counted up with a row of its own beside it. */
const guarded = (enrollment: string, revision: number, key: string = uuidv7(), takesMs = 0): Statement => ({
  name: 'guarded-test',
  text: `WITH held AS (SELECT id FROM enrollment WHERE id = $1::uuid AND revision = $2::integer FOR UPDATE),
    bumped AS (UPDATE enrollment e SET revision = e.revision + 1 FROM held WHERE e.id = held.id RETURNING e.id),
    replied AS (INSERT INTO idempotency (caller, key, body_hash, status, reply, content_type, recorded_at)
      SELECT 'me', $3, 'h', 200, 'r', 't', rems_now() FROM bumped)
    SELECT (SELECT count(*)::integer FROM bumped) AS written FROM pg_sleep($4::float / 1000)`,
  values: [enrollment, revision, key, takesMs],
  locks: enrollment,
});

const revisions = async () => {
  const { rows } = await database.owner.query<{ revision: number; tx: string }>(
    'SELECT revision, xmin::text AS tx FROM enrollment WHERE id = ANY($1::uuid[]) ORDER BY id',
    [enrollments],
  );
  return { all: rows.map(({ revision }) => revision), transactions: new Set(rows.map(({ tx }) => tx)).size };
};

/** Transactions taken back so far; a session reports them within a second. */
async function rollbacks(): Promise<number> {
  await sleep(1_200);
  const { rows } = await database.owner.query<{ count: number }>(
    'SELECT xact_rollback::integer AS count FROM pg_stat_database WHERE datname = current_database()',
  );
  return rows[0]?.count ?? Number.NaN;
}

it('writes what comes at one moment in few transactions, each under its own guard', async () => {
  const store = new CaseStore(editions);
  const asked = enrollments.map((enrollment, nth) => guarded(enrollment, nth % 3 === 0 ? 7 : 1));
  const written = await Promise.all(asked.map((statement) => store.write(database.pools.counter, statement)));
  expect(written).toEqual(enrollments.map((_, nth) => nth % 3 !== 0));
  const { all, transactions } = await revisions();
  expect(all).toEqual(enrollments.map((_, nth) => (nth % 3 === 0 ? 1 : 2)));
  expect(transactions).toBeLessThan(COUNT / 2);
});

it('lets one of several writes of the same row through', async () => {
  const store = new CaseStore(editions);
  const [one] = enrollments as [string];
  const written = await Promise.all(Array.from({ length: 6 }, () => store.write(database.pools.counter, guarded(one, 1))));
  expect(written.filter(Boolean)).toHaveLength(1);
  expect((await revisions()).all[0]).toBe(2);
});

it('fails only the write that fails', async () => {
  const store = new CaseStore(editions);
  await store.write(database.pools.counter, guarded(enrollments[0] as string, 1, 'used'));
  const asked = enrollments.slice(1).map((enrollment, nth) => guarded(enrollment, 1, nth === 4 ? 'used' : uuidv7()));
  const settled = await Promise.allSettled(asked.map((statement) => store.write(database.pools.counter, statement)));
  expect(settled.map((each) => (each.status === 'fulfilled' ? each.value : (each.reason as { code: string }).code))).toEqual(
    asked.map((_, nth) => (nth === 4 ? '23505' : true)),
  );
  expect((await revisions()).all).toEqual(enrollments.map((_, nth) => (nth === 5 ? 1 : 2)));
});

it('does not let the others wait for a row that somebody holds', async () => {
  const store = new CaseStore(editions);
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const holder = database.pools.rest.transaction(async (tx) => {
    await tx.query('SELECT id FROM enrollment WHERE id = $1 FOR UPDATE', [enrollments[3]]);
    await held;
  });
  await sleep(50);
  const asked = enrollments.slice(0, 8).map((enrollment) => store.write(database.pools.counter, guarded(enrollment, 1)));
  const others = await Promise.all(asked.filter((_, nth) => nth !== 3));
  expect(others).toEqual(others.map(() => true));
  letGo();
  await holder;
  expect(await asked[3]).toBe(true);
});

it('never waits in a circle with another process that writes the same rows', async () => {
  const stores = [new CaseStore(editions), new CaseStore(editions)] as const;
  const same = enrollments.slice(0, 8);
  const before = await rollbacks();
  for (let round = 1; round <= 15; round++) {
    const write = (store: CaseStore, pools: Pools, enrollment: string) =>
      store.write(pools.counter, guarded(enrollment, round, uuidv7(), 5));
    const forwards = same.map((enrollment) => write(stores[0], database.pools, enrollment));
    const backwards = [...same].reverse().map((enrollment) => write(stores[1], other, enrollment));
    const here = await Promise.all(forwards);
    const there = (await Promise.all(backwards)).reverse();
    expect(here.map((written, nth) => written !== there[nth])).toEqual(same.map(() => true));
  }
  // One may wait long on a busy machine; in a circle nearly all would.
  expect((await rollbacks()) - before).toBeLessThan(5);
});
