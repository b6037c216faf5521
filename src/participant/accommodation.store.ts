import { Injectable } from '@nestjs/common';
import type { Db } from '../authorization/case.store.js';
import type { QueryPool, Tx } from '../database/pools.js';
import type { Instant } from '../domain/calendar.js';
import type { Accommodation } from '../domain/patient.js';

export interface KnownAccommodation extends Accommodation {
  readonly id: string;
  readonly program: string;
  readonly authority: string | null;
  readonly recordedAt: Instant;
}

const iso = (at: Instant | null): string | null => (at === null ? null : new Date(at).toISOString());

@Injectable()
export class AccommodationStore {
  /** Those that count, of every program; the database's time beside each. */
  async list(db: QueryPool): Promise<(KnownAccommodation & { readonly now: Instant })[]> {
    const { rows } = await db.query<KnownAccommodation & { now: Instant }>(
      `SELECT id, program, kind, valid_from AS "from", valid_until AS "until", authority, recorded_at AS "recordedAt", rems_now() AS now
        FROM accommodation WHERE superseded_at IS NULL ORDER BY program, kind, valid_from LIMIT 500`,
    );
    return rows;
  }

  /** The last version of the program's own entries. The unique index on (aggregate, version) refuses the slower of two that read the same. */
  async programVersion(db: Db, program: string): Promise<number> {
    const { rows } = await db.query<{ version: number | null }>(
      'SELECT max(version) AS version FROM entry WHERE aggregate_id = $1 AND version IS NOT NULL',
      [program],
    );
    return rows[0]?.version ?? 0;
  }

  /** Set from the same instant, it takes the earlier one's place; that row stays. */
  async set(tx: Tx, { id, program, kind, from, until, authority, recordedAt }: KnownAccommodation): Promise<void> {
    await tx.query(
      'UPDATE accommodation SET superseded_at = $4 WHERE program = $1 AND kind = $2 AND valid_from = $3 AND superseded_at IS NULL',
      [program, kind, iso(from), iso(recordedAt)],
    );
    await tx.query(
      'INSERT INTO accommodation (id, program, kind, valid_from, valid_until, authority, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7)',
      [id, program, kind, iso(from), iso(until), authority, iso(recordedAt)],
    );
  }
}
