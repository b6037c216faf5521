import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type pg from 'pg';
import { makeDataSource } from '../../src/database/data-source.js';
import { entities } from '../../src/database/entities.js';
import { tableLines } from '../support/catalog.js';
import { openTestDatabase, type TestDatabase, testServer } from '../support/database.js';
import { administer, inDatabase } from '../support/database-server.js';

/**
 * What migrations/ make and entities cannot say. Functions and grants are left out too: TypeORM knows neither (functions are tested in
 * clock.test.ts, grants in grants.test.ts).
 */
const beyondEntities = [{ line: /[ .]migration(_pkey)?\b/, why: 'the table in which TypeORM ticks migrations off; it makes it by itself' }];

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase({ demoClock: false });
});
afterAll(() => db.close());

describe('the entities and the migrated schema', () => {
  test('show TypeORM no difference that it would mend', async () => {
    const source = await makeDataSource(db.ownerUrl, { entities }).initialize();
    try {
      const { upQueries } = await source.driver.createSchemaBuilder().log();
      expect(upQueries.map(({ query }) => query)).toEqual([]);
    } finally {
      await source.destroy();
    }
  });

  // TypeORM compares checks, partial indexes and foreign keys by name only; Postgres itself writes out what they say.
  test('give the same database, down to every check, predicate and default', async () => {
    const said = (lines: string[]) => lines.filter((each) => !beyondEntities.some(({ line }) => line.test(each)));
    expect(said(await linesOfEntitiesAlone())).toEqual(said(await tableLines(db.owner)));
  });
});

/** The lines of a database that TypeORM made from the entities, and nothing else. */
async function linesOfEntitiesAlone(): Promise<string[]> {
  const server = testServer();
  const name = `${server.prefix}_${randomBytes(4).toString('hex')}`;
  const url = inDatabase(server.ownerUrl, name);
  await administer(server.ownerUrl, (client) => client.query(`CREATE DATABASE ${name}`));
  try {
    const source = await makeDataSource(url, { entities }).initialize();
    await source.synchronize().finally(() => source.destroy());
    return await administer(url, (client: pg.Client) => tableLines(client));
  } finally {
    await administer(server.ownerUrl, (client) => client.query(`DROP DATABASE ${name}`));
  }
}
