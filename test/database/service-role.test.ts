import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadConfig } from '../../src/config.js';
import { migrateDown, roleOf } from '../../src/database/migrate.js';
import { openPools } from '../../src/database/pools.js';
import { refuseOverpoweredRole } from '../../src/database/service-role.js';
import { openTestDatabase, quietLog, type TestDatabase } from '../support/database.js';

const migrations = readdirSync(new URL('../../migrations', import.meta.url)).filter((name) => name.endsWith('.sql')).length;

async function checkAs(url: string): Promise<void> {
  const pools = openPools(loadConfig({}), url, quietLog);
  await refuseOverpoweredRole(pools.rest).finally(() => pools.close());
}

describe('on a database without tables, the service', () => {
  let db: TestDatabase;
  let service: string;
  beforeAll(async () => {
    db = await openTestDatabase({ demoClock: false });
    service = `"${roleOf(db.serviceUrl)}"`;
    await migrateDown(db.ownerUrl, migrations, { serviceRole: roleOf(db.serviceUrl) });
  });
  afterAll(() => db.close());

  test('starts: there is nothing it could rewrite', async () => {
    await expect(checkAs(db.serviceUrl)).resolves.toBeUndefined();
  });

  test('does not start with a right on one partition of the log alone', async () => {
    await db.owner.query(`CREATE TABLE entry (id int, at timestamptz) PARTITION BY RANGE (at);
      CREATE TABLE entry_2026 PARTITION OF entry FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
      GRANT SELECT, INSERT ON entry TO ${service}`);
    await expect(checkAs(db.serviceUrl)).resolves.toBeUndefined();
    await db.owner.query(`GRANT DELETE ON entry_2026 TO ${service}`);
    await expect(checkAs(db.serviceUrl)).rejects.toThrow(/DELETE entry_2026/);
  });
});

describe('on a migrated database, the service', () => {
  let db: TestDatabase;
  let service: string;
  beforeAll(async () => {
    db = await openTestDatabase();
    service = `"${roleOf(db.serviceUrl)}"`;
    await db.owner.query('CREATE TABLE IF NOT EXISTS entry (id int)');
  });
  afterAll(() => db.close());

  test('starts with the rights that the migrations give it', async () => {
    await expect(refuseOverpoweredRole(db.pools.rest)).resolves.toBeUndefined();
  });

  test.each([
    ['UPDATE', /may change recorded entries \(UPDATE entry\)/],
    ['UPDATE (id)', /UPDATE entry/],
    ['DELETE', /DELETE entry/],
    ['TRUNCATE', /TRUNCATE entry/],
  ])('does not start with %s on entry', async (right, words) => {
    await db.owner.query(`GRANT ${right} ON entry TO ${service}`);
    await expect(refuseOverpoweredRole(db.pools.rest)).rejects.toThrow(words);
    await db.owner.query(`REVOKE ${right} ON entry FROM ${service}`);
    await expect(refuseOverpoweredRole(db.pools.rest)).resolves.toBeUndefined();
  });

  test('does not start as the owner of tables', async () => {
    await expect(checkAs(db.ownerUrl)).rejects.toThrow(/owns tables \(/);
  });

  test('does not start as a superuser', async () => {
    if (!db.superuserUrl) return; // a server that was named by its URL does not give us one
    await expect(checkAs(db.superuserUrl)).rejects.toThrow(/is a superuser/);
  });
});
