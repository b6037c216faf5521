// A database of its own for a test file: a copy of the migrated template, on whichever server this run has.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { loadConfig } from '../../src/config.js';
import { advanceDemoClock, installDemoClock, setDemoClock } from '../../src/database/demo-clock.js';
import { openPools, type PoolSettings, type Pools } from '../../src/database/pools.js';
import { sqlTypes } from '../../src/database/sql-types.js';
import { administer, inDatabase, type TestServerFacts } from './database-server.js';

export interface TestDatabaseOptions {
  /** False: production's clock, which nothing can move. */
  readonly demoClock?: boolean;
  /** Other sizes and limits for the pools. */
  readonly settings?: Partial<PoolSettings>;
}

export interface TestDatabase {
  readonly ownerUrl: string;
  readonly serviceUrl: string;
  /** Null on a server that was named by DATABASE_URL. */
  readonly superuserUrl: string | null;
  /** As the service. */
  readonly pools: Pools;
  /** As the owner of the tables, reading values as the service's pools do. */
  readonly owner: pg.Pool;
  /** Makes it this instant now; the clock goes on ticking from there. */
  setClock(instant: string | number): Promise<void>;
  advanceClock(byMs: number): Promise<void>;
  /** Drops the database. Throws when somebody still holds a connection to it. */
  close(): Promise<void>;
}

const warn = (line: string) => process.stderr.write(`${line}\n`);
export const quietLog = { info: () => {}, warn: () => {}, error: warn };

/** Makes a database for the calling test file, with a clock that can be moved unless asked otherwise. */
export async function openTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const server = testServer();
  const name = `${server.prefix}_${randomBytes(4).toString('hex')}`;
  await administer(server.ownerUrl, (client) => copyTemplate(client, server.template, name));
  const ownerUrl = inDatabase(server.ownerUrl, name);
  const serviceUrl = inDatabase(server.serviceUrl, name);
  if (options.demoClock ?? true) await installDemoClock(ownerUrl);
  // Patient, so that a busy machine does not look like an overloaded service.
  const pools = openPools({ ...loadConfig({}), poolWaitMs: 10_000, ...options.settings }, serviceUrl, quietLog);
  const owner = new pg.Pool({
    connectionString: ownerUrl,
    max: 4,
    application_name: 'test-owner',
    options: '-c TimeZone=UTC -c DateStyle=ISO',
    types: sqlTypes,
  });
  owner.on('error', () => {});
  return {
    ownerUrl,
    serviceUrl,
    superuserUrl: server.superuserUrl && inDatabase(server.superuserUrl, name),
    pools,
    owner,
    setClock: async (instant) => {
      const wanted = typeof instant === 'number' ? instant : Date.parse(instant);
      if (Number.isNaN(wanted)) throw new Error(`Not an instant: ${instant}`);
      const { rows } = await owner.query<{ real: number }>("SELECT date_trunc('milliseconds', clock_timestamp()) AS real");
      await setDemoClock(ownerUrl, wanted - (rows[0]?.real ?? Number.NaN));
    },
    advanceClock: (byMs) => advanceDemoClock(ownerUrl, byMs),
    close: () => close(server, name, pools, owner),
  };
}

/** The server of this run, as the global setup left it. */
export function testServer(): TestServerFacts {
  const facts = process.env.REMS_TEST_DATABASE;
  if (!facts)
    throw new Error('No test database: this test file is in a Jest project without the global setup of test/support/database.setup.ts.');
  return JSON.parse(facts) as TestServerFacts;
}

async function copyTemplate(client: pg.Client, template: string, name: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
      return;
    } catch (error) {
      // 55006: autovacuum or a copy for another test file is looking at the template.
      if (!(error instanceof pg.DatabaseError) || error.code !== '55006' || attempt === 50) throw error;
      await sleep(20 * attempt);
    }
  }
}

async function close(server: TestServerFacts, name: string, pools: Pools, owner: pg.Pool): Promise<void> {
  const leaks: string[] = [];
  for (const pool of [pools.counter, pools.rest]) {
    const { busy } = pool.stats();
    if (busy > 0) leaks.push(`${busy} of pool ${pool.label}`);
  }
  const inHand = owner.totalCount - owner.idleCount;
  if (inHand > 0) leaks.push(`${inHand} of pool owner`);
  // Ending a pool waits for what was never given back: then only the server can end it.
  if (leaks.length === 0) await Promise.all([pools.close(), owner.end()]);
  await administer(server.superuserUrl ?? server.ownerUrl, async (client) => {
    if (leaks.length === 0) leaks.push(...(await sessionsLeft(client, name)));
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`).catch((error: unknown) => {
      // An owner who is no superuser cannot end the service's sessions; the leak is then the better message.
      if (leaks.length === 0) throw error;
    });
  });
  if (leaks.length > 0) throw new Error(`The test leaked connections to its database: ${leaks.join(', ')}.`);
}

/** Sessions take a moment to end after their client has gone. */
async function sessionsLeft(client: pg.Client, name: string): Promise<string[]> {
  for (let attempt = 1; ; attempt++) {
    const { rows } = await client.query<{ who: string }>(
      `SELECT count(*) || ' of ' || coalesce(nullif(application_name, ''), usename::text, backend_type) AS who
         FROM pg_stat_activity WHERE datname = $1 AND usename IS NOT NULL GROUP BY application_name, usename, backend_type`,
      [name],
    );
    if (rows.length === 0 || attempt === 40) return rows.map(({ who }) => who);
    await sleep(25);
  }
}
