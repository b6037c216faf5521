import { Injectable } from '@nestjs/common';
import type { QueryPool } from '../database/pools.js';
import type { Instant } from '../domain/calendar.js';
import type { LogEntry } from '../domain/log-entry.js';
import type { ReasonCode } from '../domain/reason.js';
import type { PageCursor } from '../http/page-cursor.js';

/** An entry as it lies in its row: the columns it is found by, and what was signed. */
export interface StoredEntry {
  readonly id: string;
  readonly recordedAt: Instant;
  readonly aggregate: LogEntry['aggregate']['kind'];
  readonly aggregateId: string;
  readonly version: number | null;
  readonly saw: number;
  readonly command: string;
  readonly outcome: LogEntry['outcome'];
  readonly reasons: readonly string[];
  readonly patient: string | null;
  readonly authorization: string | null;
  readonly actor: string;
  readonly organization: string | null;
  readonly bytes: Buffer;
  readonly signature: Buffer;
  readonly keyId: string;
  /** null once they are erased. */
  readonly side: { readonly salts: Readonly<Record<string, string>>; readonly values: Readonly<Record<string, unknown>> } | null;
}

export interface EntrySearch {
  readonly patient: string | null;
  readonly authorization: string | null;
  readonly organization: string | null;
  readonly command: string | null;
  readonly outcome: LogEntry['outcome'] | null;
  readonly reason: ReasonCode | null;
  readonly from: Instant;
  readonly until: Instant;
  /** The last entry of the page before. */
  readonly before: PageCursor | null;
  readonly limit: number;
}

type Row = Omit<StoredEntry, 'side'> & { readonly salts: Record<string, string> | null; readonly values: Record<string, unknown> | null };

const ENTRY = `SELECT e.id, e.recorded_at AS "recordedAt", e.aggregate, e.aggregate_id AS "aggregateId", e.version, e.saw_version AS saw, e.command, e.outcome,
    e.reasons, e.patient_id AS patient, e.authorization_id AS "authorization", e.actor, e.organization, e.bytes, e.signature, e.key_id AS "keyId"`;
const WITH_SIDE = `${ENTRY}, v.salts, v.values FROM entry e LEFT JOIN entry_values v ON v.entry_id = e.id`;
// Within one instant a command comes before those that saw what it made.
const IN_ORDER = 'ORDER BY e.recorded_at, e.saw_version, e.version, e.id';

const iso = (at: Instant): string => new Date(at).toISOString();
const toStored = ({ salts, values, ...row }: Row): StoredEntry => ({ ...row, side: salts && values ? { salts, values } : null });

/** Reads the log; only the writers of entries write it. */
@Injectable()
export class LogStore {
  /** Newest first, without side values; one more than asked for when there is another page. */
  async search(db: QueryPool, asked: EntrySearch): Promise<StoredEntry[]> {
    const { before } = asked;
    // Each filter only when it is asked for, so that the planner sees which index serves.
    const values: unknown[] = [iso(asked.from), iso(asked.until)];
    const where = ['e.recorded_at >= $1', 'e.recorded_at <= $2'];
    const and = (condition: string, ...more: unknown[]) => {
      where.push(condition.replaceAll('?', () => `$${values.push(more.shift())}`));
    };
    if (asked.patient !== null) and('e.patient_id = ?::uuid', asked.patient);
    if (asked.authorization !== null) and('e.authorization_id = ?::uuid', asked.authorization);
    if (asked.organization !== null) and('e.organization = ?', asked.organization);
    if (asked.command !== null) and('e.command = ?', asked.command);
    if (asked.outcome !== null) and('e.outcome = ?', asked.outcome);
    if (asked.reason !== null) and('? = ANY(e.reasons)', asked.reason);
    if (before) and('(e.recorded_at, e.id) < (?::timestamptz, ?::uuid)', iso(before.at), before.id);
    values.push(asked.limit + 1);
    const { rows } = await db.query<Row>(
      `${ENTRY}, NULL AS salts, NULL AS values FROM entry e WHERE ${where.join(' AND ')} ORDER BY e.recorded_at DESC, e.id DESC LIMIT $${values.length}`,
      values,
    );
    return rows.map(toStored);
  }

  async find(db: QueryPool, id: string): Promise<StoredEntry | null> {
    const { rows } = await db.query<Row>(`${WITH_SIDE} WHERE e.id = $1`, [id]);
    return rows[0] ? toStored(rows[0]) : null;
  }

  /** The accepted commands of an aggregate up to a version, in order, with their values. */
  async versionsOf(db: QueryPool, aggregate: string, through: number): Promise<StoredEntry[]> {
    const { rows } = await db.query<Row>(`${WITH_SIDE} WHERE e.aggregate_id = $1 AND e.version <= $2 ORDER BY e.version`, [
      aggregate,
      through,
    ]);
    return rows.map(toStored);
  }

  /** Everything about a patient in the order it happened, refusals included; at most `limit`, and whether that was all. */
  async ofPatient(db: QueryPool, patient: string, limit: number): Promise<{ entries: StoredEntry[]; whole: boolean }> {
    const { rows } = await db.query<Row>(
      `${ENTRY}, NULL AS salts, NULL AS values FROM entry e WHERE e.patient_id = $1 ${IN_ORDER} LIMIT $2`,
      [patient, limit + 1],
    );
    return { entries: rows.slice(0, limit).map(toStored), whole: rows.length <= limit };
  }

  /** Whose authorization it is; null when there is none of that id. */
  async patientOf(db: QueryPool, authorization: string): Promise<string | null> {
    const { rows } = await db.query<{ patient_id: string }>('SELECT patient_id FROM prescription_authorization WHERE id = $1', [
      authorization,
    ]);
    return rows[0]?.patient_id ?? null;
  }

  async now(db: QueryPool): Promise<Instant> {
    const { rows } = await db.query<{ now: Instant }>('SELECT rems_now() AS now');
    return rows[0]?.now ?? 0;
  }
}
