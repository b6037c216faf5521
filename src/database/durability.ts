// A reply is sent once its commit is durable (I16). On a database that answers before it has written, that would be a promise of ours alone.
import type { Pools, QueryPool } from './pools.js';

/** Settings that let Postgres forget what it has acknowledged, with the value that does; a provider may hide them. */
const FORGETFUL = [
  ['synchronous_commit', 'off'],
  ['fsync', 'off'],
  ['full_page_writes', 'off'],
] as const;

/**
 * Asked as each pool's own session sees it: a role or a database can have settings of its own.
 * @throws Error with one sentence for the person who set up the database
 */
export async function refuseForgetfulDatabase({ counter, rest }: Pick<Pools, 'counter' | 'rest'>): Promise<void> {
  for (const pool of [counter, rest]) await refuseForgetful(pool);
}

async function refuseForgetful(pool: Pick<QueryPool, 'query'>): Promise<void> {
  const { rows } = await pool.query<{ name: string; value: string | null }>(
    'SELECT name, current_setting(name, true) AS value FROM unnest($1::text[]) AS name',
    [FORGETFUL.map(([name]) => name)],
  );
  const trouble = FORGETFUL.filter(([name, off]) => rows.some((row) => row.name === name && row.value === off)).map(([name]) => name);
  if (trouble.length > 0) {
    throw new Error(
      `The service does not start because its database may lose what it has acknowledged: ${trouble.join(', ')} is off. Turn it on for the server, the database and the role in DATABASE_URL.`,
    );
  }
}
