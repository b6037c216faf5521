import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { migrateDown, migrateUp, pendingMigrations, roleOf } from '../../src/database/migrate.js';
import { functionAndGrantLines, tableLines } from '../support/catalog.js';
import { openTestDatabase, quietLog, type TestDatabase } from '../support/database.js';
import { administer } from '../support/database-server.js';

const own = readdirSync(new URL('../../migrations', import.meta.url)).filter((name) => name.endsWith('.sql')).length;

// The table in which TypeORM ticks migrations off stays.
const typeormsOwn = /[ .]migration(_pkey|_id_seq)?\b/;

let db: TestDatabase;
let folder: string;
beforeEach(async () => {
  db = await openTestDatabase({ demoClock: false });
  folder = mkdtempSync(join(tmpdir(), 'rems-migrations-'));
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await db.close();
});

const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
const serviceRole = () => roleOf(db.serviceUrl);

/** Everything in the schema, as text: tables with columns, indexes, constraints, functions, and who may do what. */
const catalog = async () => [...(await tableLines(db.owner)), ...(await functionAndGrantLines(db.owner))];

describe('the migrations of the service', () => {
  test('go up, down to nothing and up again without a difference (F10)', async () => {
    const before = await catalog();
    expect(await pendingMigrations(db.ownerUrl)).toEqual([]);
    const down = await migrateDown(db.ownerUrl, own, { serviceRole: serviceRole() });
    expect(down).toHaveLength(own);
    expect((await catalog()).filter((line) => !typeormsOwn.test(line))).toEqual([]);
    expect(await pendingMigrations(db.ownerUrl)).toHaveLength(own);
    expect(await migrateUp(db.ownerUrl, quietLog, { serviceRole: serviceRole() })).toEqual([...down].reverse());
    expect(await catalog()).toEqual(before);
  });
});

describe('migrating', () => {
  const table = (name: string) => `-- A table for the test.\n-- up\nCREATE TABLE ${name} ();\n-- down\nDROP TABLE ${name};\n`;
  const options = () => ({ serviceRole: serviceRole(), folder });
  const up = () => migrateUp(db.ownerUrl, quietLog, options());

  test('from several processes at once does each step once', async () => {
    write('9001-first.sql', table('first'));
    write('9002-second-step.sql', table('second_step'));
    const results = await Promise.all([up(), up(), up()]);
    expect(results.flat()).toEqual(['First1700000009001', 'SecondStep1700000009002']);
  });

  test('keeps the steps before the one that fails, and nothing of that one', async () => {
    write('9001-first.sql', table('first'));
    write('9002-broken.sql', '-- Fails halfway.\n-- up\nCREATE TABLE half ();\nSELECT 1/0;\n-- down\nSELECT 1;\n');
    await expect(up()).rejects.toThrow(/division by zero/);
    const { rows } = await db.owner.query("SELECT to_regclass('first') IS NOT NULL AS first, to_regclass('half') IS NOT NULL AS half");
    expect(rows).toEqual([{ first: true, half: false }]);
    expect(await pendingMigrations(db.ownerUrl, options())).toEqual(['Broken1700000009002']);
  });

  test('gives up after two seconds at a table that somebody holds', async () => {
    write('9001-first.sql', table('first'));
    write(
      '9002-alter.sql',
      '-- Needs the table for itself.\n-- up\nALTER TABLE first ADD COLUMN a int;\n-- down\nALTER TABLE first DROP COLUMN a;\n',
    );
    await db.owner.query('CREATE TABLE migration_probe ()');
    const holder = await db.owner.connect();
    await holder.query('CREATE TABLE first ()');
    await holder.query('BEGIN; LOCK TABLE first IN ACCESS SHARE MODE');
    rmSync(join(folder, '9001-first.sql'));
    const startedAt = performance.now();
    await expect(up()).rejects.toThrow(/lock timeout/);
    expect(performance.now() - startedAt).toBeLessThan(6_000);
    await holder.query('ROLLBACK');
    holder.release();
  });

  test('grants to the role that the service really has, and leaves casts alone', async () => {
    write(
      '9001-grant.sql',
      "-- Grants.\n-- up\nCREATE TABLE g AS SELECT 'x'::text AS t; GRANT SELECT ON g TO :service_role;\n-- down\nDROP TABLE g;\n",
    );
    await up();
    expect((await db.pools.rest.query('SELECT t FROM g')).rows).toEqual([{ t: 'x' }]);
  });

  test('quotes a role with an unusual name', async () => {
    if (!db.superuserUrl) return; // needs a role of its own
    const odd = `odd"role; ${Date.now()}`;
    const quoted = `"${odd.replaceAll('"', '""')}"`;
    const superuserUrl = db.superuserUrl;
    await administer(superuserUrl, (client) => client.query(`CREATE ROLE ${quoted}`));
    write('9001-grant.sql', '-- Grants.\n-- up\nCREATE TABLE g (); GRANT SELECT ON g TO :service_role;\n-- down\nDROP TABLE g;\n');
    await migrateUp(db.ownerUrl, quietLog, { serviceRole: odd, folder });
    const { rows } = await db.owner.query("SELECT has_table_privilege($1, 'g', 'SELECT') AS may", [odd]);
    expect(rows).toEqual([{ may: true }]);
    await migrateDown(db.ownerUrl, 1, { serviceRole: odd, folder });
    await administer(superuserUrl, (client) => client.query(`DROP ROLE ${quoted}`));
  });

  test('says which role is missing', async () => {
    await expect(migrateUp(db.ownerUrl, quietLog, { serviceRole: 'nobody_here', folder })).rejects.toThrow(
      /role "nobody_here" does not exist/,
    );
  });

  test.each([
    ['nine.sql', table('x'), /must be named NNNN-name.sql/],
    ['9001-silent.sql', '-- up\nSELECT 1;\n-- down\nSELECT 1;\n', /begin with a comment that says why/],
    ['9001-one-way.sql', '-- Only up.\n-- up\nSELECT 1;\n', /a line "-- down"/],
  ])('refuses a file that cannot be read as a migration: %s', async (name, text, words) => {
    write(name, text);
    await expect(up()).rejects.toThrow(words);
  });
});
