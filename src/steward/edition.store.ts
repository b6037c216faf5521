import { Injectable } from '@nestjs/common';
import type { Db } from '../authorization/case.store.js';
import type { QueryPool, Tx } from '../database/pools.js';
import type { Instant } from '../domain/calendar.js';
import type { EditionStep } from '../domain/edition-life.js';

export interface KnownStep extends EditionStep {
  readonly reason: string | null;
}

/** An edition as it lies in the tables, with the steps taken so far. */
export interface KnownEdition {
  readonly hash: string;
  readonly program: string;
  readonly edition: string;
  readonly origin: 'shipped' | 'drafted';
  readonly effectiveFrom: Instant;
  readonly draftedBy: string | null;
  readonly steps: readonly KnownStep[];
  /** Whether an authorization issued under it is still open. */
  readonly open: boolean;
  /** Database time of the read. */
  readonly now: Instant;
}

export interface NewStep {
  readonly hash: string;
  readonly step: EditionStep['step'];
  readonly follows: EditionStep['step'] | null;
  readonly draftedBy: string;
  readonly by: string;
  readonly at: Instant;
  readonly entry: string;
  readonly reason: string | null;
  /** The catalogue's revision that it makes. */
  readonly revision: number | null;
  /** The last instant at which it may be taken; null: any. */
  readonly validThrough: Instant | null;
}

export interface NewDocument {
  readonly hash: string;
  readonly program: string;
  readonly edition: string;
  /** RFC 8785. */
  readonly text: string;
  readonly effectiveFrom: Instant;
  readonly draftedBy: string;
  readonly at: Instant;
}

const iso = (at: Instant | null): string | null => (at === null ? null : new Date(at).toISOString());

// Open authorizations are few, and an index holds them alone (authorization_one_open).
const KNOWN = `SELECT d.hash, d.program, d.edition, d.origin, epoch_ms(d.effective_from) AS "effectiveFrom", d.drafted_by AS "draftedBy",
    (SELECT coalesce(json_agg(json_build_object('step', s.step, 'by', s.taken_by, 'at', epoch_ms(s.at), 'reason', s.reason)
        ORDER BY s.at, s.follows NULLS FIRST), '[]') FROM edition_step s WHERE s.hash = d.hash) AS steps,
    d.hash IN (SELECT a.edition_hash FROM prescription_authorization a WHERE a.state IN ('authorized', 'reserved')) AS open, rems_now() AS now
  FROM edition_document d`;

/** The life of editions: documents and steps, only ever added. */
@Injectable()
export class EditionStore {
  async find(db: Db, hash: string): Promise<KnownEdition | null> {
    const { rows } = await db.query<KnownEdition>(`${KNOWN} WHERE d.hash = $1`, [hash]);
    return rows[0] ?? null;
  }

  /** The newest first; of one program, or of all. */
  async list(db: QueryPool, program: string | null): Promise<KnownEdition[]> {
    const { rows } = await db.query<KnownEdition>(
      `${KNOWN} WHERE $1::text IS NULL OR d.program = $1 ORDER BY d.program, d.effective_from DESC, d.recorded_at DESC LIMIT 500`,
      [program],
    );
    return rows;
  }

  async now(db: QueryPool): Promise<Instant> {
    const { rows } = await db.query<{ now: Instant }>('SELECT rems_now() AS now');
    return rows[0]?.now ?? Number.NaN;
  }

  /** The last version of the program's own entries; the unique index on (aggregate, version) refuses the slower of two that read the same. */
  async programVersion(db: Db, program: string): Promise<number> {
    const { rows } = await db.query<{ version: number | null }>(
      'SELECT max(version) AS version FROM entry WHERE aggregate_id = $1 AND version IS NOT NULL',
      [program],
    );
    return rows[0]?.version ?? 0;
  }

  async draft(tx: Tx, { hash, program, edition, text, effectiveFrom, draftedBy, at }: NewDocument): Promise<void> {
    await tx.query(
      `INSERT INTO edition_document (hash, program, edition, origin, document, effective_from, drafted_by, recorded_at)
        VALUES ($1, $2, $3, 'drafted', convert_to($4, 'UTF8'), $5, $6, $7)`,
      [hash, program, edition, text, iso(effectiveFrom), draftedBy, iso(at)],
    );
  }

  /** false: its time was over when it would have been written. */
  async step(tx: Tx, { hash, step, follows, draftedBy, by, at, entry, reason, revision, validThrough }: NewStep): Promise<boolean> {
    const { rows } = await tx.query(
      `INSERT INTO edition_step (hash, step, follows, drafted_by, taken_by, at, entry_id, reason, revision)
        SELECT $1, $2, $3, $4::uuid, $5::uuid, $6::timestamptz, $7::uuid, $8, $9::integer
        WHERE $10::timestamptz IS NULL OR rems_now() <= $10::timestamptz RETURNING step`,
      [hash, step, follows, draftedBy, by, iso(at), entry, reason, revision, iso(validThrough)],
    );
    return rows.length === 1;
  }
}
