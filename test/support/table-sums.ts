// A picture of every table, to see that nothing changed.
import type pg from 'pg';

/** Per table the number of rows and a sum over their whole contents. */
export async function tableSums(owner: pg.Pool, except: readonly string[] = []): Promise<Record<string, string>> {
  const { rows } = await owner.query<{ name: string }>(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL ($1) ORDER BY 1",
    [['demo_clock', 'lease', ...except]],
  );
  // One statement, so that it is a picture of one moment and one round trip.
  const each = rows.map(
    ({ name }) => `SELECT '${name}' AS name, count(*) || ' rows, ' || coalesce(sum(hashtextextended(t::text, 0)), 0) AS sum FROM ${name} t`,
  );
  const sums = await owner.query<{ name: string; sum: string }>(each.join(' UNION ALL '));
  return Object.fromEntries(sums.rows.map(({ name, sum }) => [name, sum]));
}

/** What a decided refusal, a question at the counter or a reading adds, and nothing else may. */
export const LOG_TABLES: readonly string[] = ['entry', 'entry_values', 'entry_pending', 'idempotency'];
