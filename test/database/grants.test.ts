import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { getMetadataArgsStorage } from 'typeorm';
import { entities } from '../../src/database/entities.js';
import { roleOf } from '../../src/database/migrate.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';

/** Beyond reading and adding, which it may in every table: what the service may change, all columns or only these. */
const mayChange: Readonly<Record<string, 'all' | readonly string[]>> = {
  participant: 'all',
  enrollment: 'all',
  prescription_authorization: 'all',
  lease: 'all',
  patient: ['phone', 'postal_code'],
  patient_link: ['unlinked_at', 'unlinked_by'],
  fill: ['returned_at', 'returned_unopened'],
  finding: ['closed_at', 'closed_by', 'due_at', 'owner', 'resolution', 'revision'],
  exception_request: ['answer', 'answer_reason', 'answered_at', 'answered_by'],
  accommodation: ['superseded_at'],
};
const mayDelete = ['idempotency'];
const appendOnly = ['edition_document', 'edition_material', 'edition_step', 'entry', 'entry_values', 'evidence'];
const tables = getMetadataArgsStorage()
  .tables.filter(({ target }) => (entities as unknown[]).includes(target))
  .map(({ name }) => String(name))
  .sort();

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase({ demoClock: false });
});
afterAll(() => db.close());

describe('the service’s role', () => {
  test('may do what is written here, table by table, and nothing more', async () => {
    const { rows } = await db.owner.query<{ table: string; read: boolean; add: boolean; change: 'all' | string[] | null; other: string[] }>(
      `SELECT c.relname::text AS table, has_table_privilege($1, c.oid, 'SELECT') AS read, has_table_privilege($1, c.oid, 'INSERT') AS add,
              CASE WHEN has_table_privilege($1, c.oid, 'UPDATE') THEN '"all"'::jsonb
                   ELSE (SELECT jsonb_agg(attname ORDER BY attname) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                            AND has_column_privilege($1, c.oid, a.attnum, 'UPDATE')) END AS change,
              ARRAY(SELECT kind FROM unnest(ARRAY['DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS kind WHERE has_table_privilege($1, c.oid, kind)) AS other
         FROM pg_class c WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND relname <> 'migration' ORDER BY 1`,
      [roleOf(db.serviceUrl)],
    );
    expect(rows).toEqual(
      tables.map((table) => ({
        table,
        read: true,
        add: true,
        change: mayChange[table] ?? null,
        other: mayDelete.includes(table) ? ['DELETE'] : [],
      })),
    );
  });

  test('sees nothing of the migrations’ own table', async () => {
    await expect(db.pools.rest.query('SELECT 1 FROM migration')).rejects.toMatchObject({ code: '42501' });
  });

  test.each(appendOnly)('is refused UPDATE, DELETE and TRUNCATE on %s, also where no row is touched (I14)', async (table) => {
    const { rows } = await db.owner.query<{ column: string }>(
      `SELECT attname::text AS column FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped`,
      [table],
    );
    for (const { column } of rows) {
      await expect(db.pools.rest.query(`UPDATE ${table} SET "${column}" = "${column}"`)).rejects.toMatchObject({ code: '42501' });
    }
    await expect(db.pools.rest.query(`DELETE FROM ${table} WHERE false`)).rejects.toMatchObject({ code: '42501' });
    await expect(db.pools.rest.query(`TRUNCATE ${table}`)).rejects.toMatchObject({ code: '42501' });
  });

  test.each(tables.filter((table) => !mayDelete.includes(table)))('is refused DELETE on %s', async (table) => {
    await expect(db.pools.rest.query(`DELETE FROM ${table} WHERE false`)).rejects.toMatchObject({ code: '42501' });
  });

  test('may delete answers that are old enough to be forgotten', async () => {
    await expect(db.pools.rest.query('DELETE FROM idempotency WHERE false')).resolves.toMatchObject({ rowCount: 0 });
  });
});

const id = (last: number) => `00000000-0000-7000-8000-${String(last).padStart(12, '0')}`;
const [prescriber, pharmacy, patient, enrollment, issued] = [id(1), id(2), id(3), id(4), id(5)];

const authorization = (own: string, number: string, state: string) => `
  INSERT INTO prescription_authorization (id, enrollment_id, patient_id, program, number, machine_version, state, edition, edition_hash, prescription,
    supply_days, supply_days_max, started_at, preparation_ends_at, issued_at, issued_by, category, expires_at)
  VALUES ('${own}', '${enrollment}', '${patient}', 'p', '${number}', 1, '${state}', 'e', repeat('0', 64), '{}', 28, 28, now(), now(), now(), '${prescriber}',
    'c', now())`;
const fill = (own: string) => `
  INSERT INTO fill (id, authorization_id, enrollment_id, patient_id, pharmacy_id, outcome, handed_over_at, handed_over_until, handed_over_on, issued_at,
    supply_days, recorded_at)
  VALUES ('${own}', '${issued}', '${enrollment}', '${patient}', '${pharmacy}', 'permitted', now(), now(), '2026-01-01', now(), 28, now())`;
const entry = (own: string, version: number) => `
  INSERT INTO entry (id, recorded_at, aggregate, aggregate_id, version, saw_version, command, outcome, reasons, actor, bytes, signature, key_id)
  VALUES ('${own}', now(), 'enrollment', '${enrollment}', ${version}, 1, 'reserve', 'allow', '{}', 'somebody', '', decode(repeat('00', 64), 'hex'), 'k')`;

describe('it is the constraint, and nothing before it, that stops', () => {
  beforeAll(async () => {
    await db.owner.query(`
      INSERT INTO participant (id, kind, name, revision) VALUES ('${prescriber}', 'prescriber', 'P', 0), ('${pharmacy}', 'pharmacy', 'Q', 0);
      INSERT INTO patient (id, given_name, family_name, birth_date, family_name_key, created_at) VALUES ('${patient}', 'G', 'F', '1980-01-01', 'f', now());
      INSERT INTO enrollment (id, patient_id, program, prescriber_id, enrolled_at, answers, revision)
        VALUES ('${enrollment}', '${patient}', 'p', '${prescriber}', now(), '{}', 1);
      ${authorization(issued, 'N-1', 'dispensed')}`);
  });

  test.each([
    ['a second permitted fill of one authorization (I1)', 'fill_once', 'DROP INDEX fill_once', fill('f1'), fill('f2')],
    [
      'a second open issued authorization of one patient and program',
      'authorization_one_open',
      'DROP INDEX authorization_one_open',
      authorization(id(6), 'N-2', 'authorized'),
      authorization(id(7), 'N-3', 'authorized'),
    ],
    [
      'an authorization number given twice (I12)',
      'prescription_authorization_number_key',
      'ALTER TABLE prescription_authorization DROP CONSTRAINT prescription_authorization_number_key',
      authorization(id(8), 'N-4', 'dispensed'),
      authorization(id(9), 'N-4', 'dispensed'),
    ],
    ['a version of one aggregate taken twice (I13)', 'entry_version', 'DROP INDEX entry_version', entry(id(10), 2), entry(id(11), 2)],
  ])('%s', async (_what, constraint, drop, first, second) => {
    await inTransaction(db.serviceUrl, async (client) => {
      await client.query(first);
      await expect(client.query(second)).rejects.toMatchObject({ code: '23505', constraint });
    });
    // The mirrored control: without it the very same statements go through.
    await inTransaction(db.ownerUrl, async (client) => {
      await client.query(drop);
      await client.query(first);
      await expect(client.query(second)).resolves.toMatchObject({ rowCount: 1 });
    });
  });
});

/** Rolled back at the end, so that each case finds the same rows and every index. */
async function inTransaction(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('BEGIN');
    await work(client);
  } finally {
    await client.query('ROLLBACK');
    await client.end();
  }
}
