import type { QueryPool } from '../database/pools.js';
import type { Instant } from '../domain/calendar.js';

/** A page begins after this one; a row that cannot be written down therefore never keeps the others waiting. */
export interface DueCursor {
  readonly at: Instant;
  readonly id: string;
}

/** What has become due, found by index. */
export class SweeperStore {
  /** Authorizations whose deadline has passed, the oldest first. The last instant of a deadline is still inside it. */
  async due(db: QueryPool, after: DueCursor | null, limit: number): Promise<DueCursor[]> {
    const { rows } = await db.query<DueCursor>(
      `SELECT id, next_deadline_at AS at FROM prescription_authorization
        WHERE next_deadline_at < (SELECT rems_now()) AND ($1::timestamptz IS NULL OR (next_deadline_at, id) > ($1, $2::uuid))
        ORDER BY next_deadline_at, id LIMIT $3`,
      [after && new Date(after.at).toISOString(), after?.id ?? null, limit],
    );
    return rows;
  }

  /** Reservations of sites that are not certified at this moment. */
  async heldByUncertified(db: QueryPool, after: string | null, limit: number): Promise<string[]> {
    const { rows } = await db.query<{ id: string }>(
      `SELECT a.id FROM prescription_authorization a JOIN participant m ON m.id = a.reserved_by, (SELECT rems_now() AS now) AS t
        WHERE a.state = 'reserved' AND ($1::uuid IS NULL OR a.id > $1)
          AND (m.certified_from IS NULL OR m.certified_from > t.now OR m.certified_until < t.now
            OR (m.suspended_at <= t.now AND (m.suspended_until IS NULL OR m.suspended_until >= t.now)))
        ORDER BY a.id LIMIT $2`,
      [after, limit],
    );
    return rows.map(({ id }) => id);
  }

  /** Forgets replies that were kept for 30 days and belong to no authorization. @returns how many */
  async forgetReplies(db: QueryPool, limit: number): Promise<number> {
    const { rowCount } = await db.query(
      `DELETE FROM idempotency WHERE (caller, key) IN (SELECT caller, key FROM idempotency
        WHERE authorization_id IS NULL AND recorded_at < (SELECT rems_now()) - interval '30 days' ORDER BY recorded_at LIMIT $1)`,
      [limit],
    );
    return rowCount;
  }
}
