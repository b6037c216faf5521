import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { loadConfig } from '../../src/config.js';
import { roleOf } from '../../src/database/migrate.js';
import { openPools } from '../../src/database/pools.js';
import { refuseOverpoweredRole } from '../../src/database/service-role.js';
import { openTestDatabase, quietLog, type TestDatabase } from '../support/database.js';

describe('the service', () => {
  let db: TestDatabase;
  let service: string;
  beforeEach(async () => {
    db ??= await openTestDatabase();
    service = roleOf(db.serviceUrl);
    await db.owner.query('DROP TABLE IF EXISTS entry');
  });
  afterAll(() => db.close());

  const check = () => refuseOverpoweredRole(db.pools.rest);
  const checkAs = async (url: string) => {
    const pools = openPools(loadConfig({}), url, quietLog);
    await refuseOverpoweredRole(pools.rest).finally(() => pools.close());
  };
  const entryTable = () =>
    db.owner.query(`CREATE TABLE entry (id int, at timestamptz) PARTITION BY RANGE (at);
      CREATE TABLE entry_2026 PARTITION OF entry FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
      GRANT SELECT, INSERT ON entry TO "${service}"`);

  test('starts before there is a log at all', async () => {
    await expect(check()).resolves.toBeUndefined();
  });

  test('starts when it may read and add entries', async () => {
    await entryTable();
    await expect(check()).resolves.toBeUndefined();
  });

  test.each([
    ['UPDATE ON entry', /may change recorded entries \(UPDATE entry\)/],
    ['UPDATE (at) ON entry', /UPDATE entry/],
    ['DELETE ON entry', /DELETE entry/],
    ['TRUNCATE ON entry', /TRUNCATE entry/],
    ['DELETE ON entry_2026', /DELETE entry_2026/],
  ])('does not start with %s', async (right, words) => {
    await entryTable();
    await db.owner.query(`GRANT ${right} TO "${service}"`);
    await expect(check()).rejects.toThrow(words);
  });

  test('does not start as the owner of tables', async () => {
    await entryTable();
    await expect(checkAs(db.ownerUrl)).rejects.toThrow(/owns tables \(.*entry/);
  });

  test('does not start as a superuser', async () => {
    if (!db.superuserUrl) return;
    await expect(checkAs(db.superuserUrl)).rejects.toThrow(/is a superuser/);
  });
});
