// A clock that can be moved, for tests and demo databases: 28 days pass in a test. Production's rems_now() has no switch, so this replaces the function.
import pg from 'pg';
import type { QueryPool } from './pools.js';

/**
 * Replaces rems_now() by a variant that adds the offset in table `demo_clock`. It keeps ticking. May be called again; the offset stays.
 * @param ownerUrl the role that owns rems_now(); the service's role may read the offset and not change it
 */
export function installDemoClock(ownerUrl: string): Promise<void> {
  return asOwner(ownerUrl, async (client) => {
    await client.query(`
      CREATE TABLE IF NOT EXISTS demo_clock (
        only_row  boolean PRIMARY KEY DEFAULT true CHECK (only_row),
        offset_ms bigint  NOT NULL
      );
      INSERT INTO demo_clock (offset_ms) VALUES (0) ON CONFLICT DO NOTHING;
      GRANT SELECT ON demo_clock TO PUBLIC;
      -- No fallback: without its row the clock reads NULL, and a decision without a time is none.
      CREATE OR REPLACE FUNCTION rems_now() RETURNS timestamptz
        LANGUAGE sql VOLATILE PARALLEL SAFE
        RETURN date_trunc('milliseconds', clock_timestamp() + (SELECT offset_ms FROM demo_clock) * interval '1 millisecond');
      COMMENT ON FUNCTION rems_now() IS 'DEMO: database time moved by demo_clock.offset_ms. Never in production.';
    `);
  });
}

/** Sets the clock ahead of the real time (behind it when negative). @param offsetMs whole milliseconds */
export function setDemoClock(ownerUrl: string, offsetMs: number): Promise<void> {
  return asOwner(ownerUrl, async (client) => {
    await client.query('UPDATE demo_clock SET offset_ms = $1', [offsetMs]);
  });
}

/** Moves the clock on from where it is. @param byMs whole milliseconds */
export function advanceDemoClock(ownerUrl: string, byMs: number): Promise<void> {
  return asOwner(ownerUrl, async (client) => {
    await client.query('UPDATE demo_clock SET offset_ms = offset_ms + $1', [byMs]);
  });
}

/**
 * Refuses a database whose clock can be moved, or ever could: its history is of no use to production.
 * @throws Error in one sentence for the person who set it up
 */
export async function refuseDemoDatabase(pool: Pick<QueryPool, 'query'>): Promise<void> {
  const { rows } = await pool.query<{ demo: boolean }>("SELECT to_regclass('demo_clock') IS NOT NULL AS demo");
  if (rows[0]?.demo !== false) {
    throw new Error(
      'The service does not start because OIDC_ISSUER is set and DATABASE_URL names a demo database: its people are invented and its clock can be moved. Begin with an empty one.',
    );
  }
}

async function asOwner(ownerUrl: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'rems-demo-clock', connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
