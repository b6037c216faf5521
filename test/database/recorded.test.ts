import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { recorded } from '../../src/compliance-log/recorded.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db?.close());

test('I15: work that returns no entry commits nothing', async () => {
  const id = uuidv7();
  const work = db.pools.rest.transaction((tx) =>
    recorded(tx, async () => {
      await tx.query("INSERT INTO participant (id, kind, name, revision) VALUES ($1, 'administrator', 'Unrecorded', 1)", [id]);
      return [];
    }),
  );
  await expect(work).rejects.toThrow('without an entry');
  expect((await db.owner.query('SELECT 1 FROM participant WHERE id = $1', [id])).rowCount).toBe(0);
});
