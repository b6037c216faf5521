import { expect, test } from '@jest/globals';
import pg from 'pg';
import { openTestDatabase, testServer } from '../support/database.js';
import { administer } from '../support/database-server.js';

const exists = (url: string) =>
  administer(testServer().ownerUrl, async (client) => {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [new URL(url).pathname.slice(1)]);
    return rowCount === 1;
  });

test('each test database is its own, migrated, and gone afterwards', async () => {
  const [one, two] = await Promise.all([openTestDatabase(), openTestDatabase()]);
  await one.owner.query('CREATE TABLE mine ()');
  expect((await two.owner.query("SELECT to_regclass('mine') AS found")).rows).toEqual([{ found: null }]);
  expect((await two.pools.rest.query('SELECT rems_now() AS now')).rowCount).toBe(1);
  await Promise.all([one.close(), two.close()]);
  expect(await exists(one.ownerUrl)).toBe(false);
});

test('a connection that is still open at the end fails the test', async () => {
  const db = await openTestDatabase();
  const forgotten = new pg.Client({ connectionString: db.ownerUrl, application_name: 'forgotten' });
  forgotten.on('error', () => {});
  await forgotten.connect();
  await expect(db.close()).rejects.toThrow(/leaked .* 1 of forgotten/);
});

test('a connection that was taken and not given back fails the test', async () => {
  const db = await openTestDatabase();
  const taken = await db.owner.connect();
  taken.on('error', () => {});
  await expect(db.close()).rejects.toThrow(/leaked .* 1 of pool owner/);
});
