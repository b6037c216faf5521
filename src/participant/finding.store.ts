import { Injectable } from '@nestjs/common';
import type { Db } from '../authorization/case.store.js';
import type { QueryPool, Tx } from '../database/pools.js';
import type { Instant } from '../domain/calendar.js';
import type { Finding } from '../domain/finding.js';
import type { PageCursor } from '../http/page-cursor.js';

export interface KnownFinding {
  readonly finding: Finding;
  readonly patient: string | null;
  readonly authorization: string | null;
  /** The entry that opened it. */
  readonly entry: string;
  readonly openedAt: Instant;
  readonly ownerName: string | null;
  /** The database's time of the read. */
  readonly now: Instant;
}

interface FindingRow {
  readonly id: string;
  readonly code: string;
  readonly patient_id: string | null;
  readonly authorization_id: string | null;
  readonly entry_id: string;
  readonly opened_at: Instant;
  readonly due_at: Instant;
  readonly owner: string | null;
  readonly owner_name: string | null;
  readonly closed_at: Instant | null;
  readonly closed_by: string | null;
  readonly resolution: string | null;
  readonly revision: number;
  readonly organization: string | null;
  readonly now: Instant;
}

const FINDING = `SELECT f.id, f.code, f.patient_id, f.authorization_id, f.entry_id, f.opened_at, f.due_at, f.owner, o.name AS owner_name, f.closed_at,
    f.closed_by, f.resolution, f.revision, e.organization, rems_now() AS now
  FROM finding f LEFT JOIN entry e ON e.id = f.entry_id LEFT JOIN participant o ON o.id::text = f.owner`;

const toKnown = (row: FindingRow): KnownFinding => ({
  finding: {
    id: row.id,
    code: row.code,
    concerned: row.organization === null ? [] : [row.organization],
    dueAt: row.due_at,
    owner: row.owner,
    closedAt: row.closed_at,
    closedBy: row.closed_by,
    resolution: row.resolution,
    revision: row.revision,
  },
  patient: row.patient_id,
  authorization: row.authorization_id,
  entry: row.entry_id,
  openedAt: row.opened_at,
  ownerName: row.owner_name,
  now: row.now,
});

const iso = (at: Instant | null): string | null => (at === null ? null : new Date(at).toISOString());

@Injectable()
export class FindingStore {
  /** The most urgent first, one more than asked for when there is another page. */
  async list(db: QueryPool, closed: boolean, after: PageCursor | null, limit: number): Promise<KnownFinding[]> {
    const { rows } = await db.query<FindingRow>(
      `${FINDING} WHERE f.closed_at IS ${closed ? 'NOT NULL' : 'NULL'} AND ($1::timestamptz IS NULL OR (f.due_at, f.id) > ($1, $2::uuid))
        ORDER BY f.due_at, f.id LIMIT $3`,
      [after && iso(after.at), after?.id ?? null, limit + 1],
    );
    return rows.map(toKnown);
  }

  async find(db: Db, id: string): Promise<KnownFinding | null> {
    const { rows } = await db.query<FindingRow>(`${FINDING} WHERE f.id = $1`, [id]);
    return rows[0] ? toKnown(rows[0]) : null;
  }

  /** false: somebody changed it since it was read. */
  async change(tx: Tx, { id, owner, dueAt, closedAt, closedBy, resolution, revision }: Finding): Promise<boolean> {
    const { rowCount } = await tx.query(
      `UPDATE finding SET owner = $2, due_at = $3, closed_at = $4, closed_by = $5, resolution = $6, revision = $7
        WHERE id = $1 AND revision = $7 - 1`,
      [id, owner, iso(dueAt), iso(closedAt), closedBy, resolution, revision],
    );
    return rowCount === 1;
  }
}
