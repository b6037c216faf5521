import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { loadConfig } from '../../src/config.js';
import { refuseForgetfulDatabase } from '../../src/database/durability.js';
import { roleOf } from '../../src/database/migrate.js';
import { openPools } from '../../src/database/pools.js';
import { openTestDatabase, quietLog, type TestDatabase } from '../support/database.js';

// I16: nothing is acknowledged that the database could still forget.

let db: TestDatabase;
let role: string;
beforeAll(async () => {
  db = await openTestDatabase();
  role = `"${roleOf(db.serviceUrl)}" IN DATABASE "${new URL(db.serviceUrl).pathname.slice(1)}"`;
});
afterAll(() => db.close());

async function start(): Promise<void> {
  const pools = openPools(loadConfig({}), db.serviceUrl, quietLog);
  await refuseForgetfulDatabase(pools).finally(() => pools.close());
}

describe('the service', () => {
  // As the superuser of the test server; a server that was named by its URL does not give us one.
  const set = async (setting: string) => {
    if (db.superuserUrl === null) return false;
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: db.superuserUrl });
    await client.connect();
    await client.query(`ALTER ROLE ${role} ${setting}`).finally(() => client.end());
    return true;
  };
  afterEach(() => set('RESET synchronous_commit'));

  test('starts on a database that writes before it answers', async () => {
    await expect(start()).resolves.toBeUndefined();
  });

  test('does not start where its role gets its answers before they are written', async () => {
    if (!(await set('SET synchronous_commit = off'))) return;
    await expect(start()).rejects.toThrow(/may lose what it has acknowledged: synchronous_commit is off/);
  });

  test('starts where the answer waits for this server alone', async () => {
    if (!(await set('SET synchronous_commit = local'))) return;
    await expect(start()).resolves.toBeUndefined();
  });

  test.each(['fsync', 'full_page_writes'])('does not start when it sees that %s is off', async (setting) => {
    const seen = {
      query: async () => ({ rows: [{ name: setting, value: 'off' }], rowCount: 1 }),
    } as unknown as TestDatabase['pools']['rest'];
    await expect(refuseForgetfulDatabase({ counter: seen, rest: seen })).rejects.toThrow(setting);
  });

  test('starts where a provider hides a setting', async () => {
    const hidden = {
      query: async () => ({ rows: [{ name: 'fsync', value: null }], rowCount: 1 }),
    } as unknown as TestDatabase['pools']['rest'];
    await expect(refuseForgetfulDatabase({ counter: hidden, rest: hidden })).resolves.toBeUndefined();
  });
});
