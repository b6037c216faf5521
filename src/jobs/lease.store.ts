import type { QueryPool } from '../database/pools.js';

/**
 * Who does a job now: one row a job. A lease is a courtesy that saves double work, no lock: what a job writes goes through the same guards as
 * everything else, so that two holders in the moment of a change do no harm. The epoch counts holders.
 */
export class LeaseStore {
  /**
   * Takes the lease when it is free, over, or ours already, for `seconds` from now; null while another process holds it.
   * The machine's own clock and not rems_now(): a demo clock that is set back must not keep a dead holder's lease alive.
   */
  async take(db: QueryPool, name: string, holder: string, seconds: number): Promise<{ epoch: number } | null> {
    const { rows } = await db.query<{ epoch: number }>(
      `INSERT INTO lease AS l (name, holder, epoch, expires_at) VALUES ($1, $2, 1, clock_timestamp() + make_interval(secs => $3))
       ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at,
         epoch = CASE WHEN l.holder = excluded.holder THEN l.epoch ELSE l.epoch + 1 END
       WHERE l.holder = excluded.holder OR l.expires_at < clock_timestamp()
       RETURNING l.epoch`,
      [name, holder, seconds],
    );
    return rows[0] ?? null;
  }

  /** Gives it back at once, so that the next process need not wait for its end. */
  async release(db: QueryPool, name: string, holder: string): Promise<void> {
    await db.query('UPDATE lease SET expires_at = clock_timestamp() WHERE name = $1 AND holder = $2', [name, holder]);
  }
}
