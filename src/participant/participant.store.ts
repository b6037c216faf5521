import { Injectable } from '@nestjs/common';
import { PARTICIPANT } from '../authorization/case.read.js';
import { type ParticipantRow, toParticipant } from '../authorization/case.rows.js';
import type { QueryPool, Tx } from '../database/pools.js';
import type { Instant } from '../domain/calendar.js';
import type { Participant } from '../domain/participant.js';

/** A participant with what people know him by. */
export interface KnownParticipant {
  readonly participant: Participant;
  readonly contact: Contact;
}

export interface Contact {
  readonly name: string;
  readonly phone: string | null;
}

export interface ParticipantPage {
  readonly kind: Participant['kind'] | null;
  /** The last id of the page before. */
  readonly after: string | null;
  readonly limit: number;
}

type KnownRow = ParticipantRow & Contact & { readonly now: Instant };

const KNOWN = `SELECT k.*, n.name, n.phone, rems_now() AS now FROM (${PARTICIPANT}) k JOIN participant n ON n.id = k.id`;
const COLUMNS = `kind, acts_for, chain_id, certified_from, certified_until, suspended_at, suspended_until, trained, revision, zone, licence`;
const VALUES = `$2, $3::uuid, $4::uuid, $5::timestamptz, $6::timestamptz, $7::timestamptz, $8::timestamptz, $9::jsonb, $10::integer, $11::text, $12::text`;

const iso = (at: Instant | null): string | null => (at === null ? null : new Date(at).toISOString());

const valuesOf = (each: Participant): unknown[] => [
  each.id,
  each.kind,
  each.actsFor,
  each.chain,
  iso(each.certifiedFrom),
  iso(each.certifiedUntil),
  iso(each.suspendedAt),
  iso(each.suspendedUntil),
  JSON.stringify(each.trained),
  each.revision,
  each.zone ?? null,
  each.licence ?? null,
];

const toKnown = (row: KnownRow): KnownParticipant => ({
  participant: toParticipant(row),
  contact: { name: row.name, phone: row.phone },
});

@Injectable()
export class ParticipantStore {
  /** In the order of their ids, with one more than asked for when there is another page; and the database's time. */
  async list(db: QueryPool, { kind, after, limit }: ParticipantPage): Promise<{ found: KnownParticipant[]; at: Instant }> {
    const { rows } = await db.query<KnownRow>(
      `${KNOWN} WHERE ($1::text IS NULL OR k.kind = $1) AND ($2::uuid IS NULL OR k.id > $2) ORDER BY k.id LIMIT $3`,
      [kind, after, limit + 1],
    );
    return { found: rows.map(toKnown), at: rows[0]?.now ?? 0 };
  }

  async find(db: QueryPool, id: string): Promise<(KnownParticipant & { at: Instant }) | null> {
    const { rows } = await db.query<KnownRow>(`${KNOWN} WHERE k.id = $1`, [id]);
    return rows[0] ? { ...toKnown(rows[0]), at: rows[0].now } : null;
  }

  async add(tx: Tx, participant: Participant, { name, phone }: Contact): Promise<void> {
    await tx.query(`INSERT INTO participant (id, ${COLUMNS}, name, phone) VALUES ($1, ${VALUES}, $13, $14)`, [
      ...valuesOf(participant),
      name,
      phone,
    ]);
  }

  /** false: the revision is no longer the one the change was decided on. */
  async change(tx: Tx, participant: Participant): Promise<boolean> {
    const { rowCount } = await tx.query(
      `UPDATE participant SET (${COLUMNS}) = ROW (${VALUES}) WHERE id = $1 AND revision = $10::integer - 1`,
      valuesOf(participant),
    );
    return rowCount === 1;
  }

  /** Enrollments with an open authorization that hangs on that prescriber, in the order in which everybody locks them. */
  async enrollmentsOpenWith(tx: Tx, prescriber: string): Promise<string[]> {
    const { rows } = await tx.query<{ id: string }>(
      `SELECT e.id FROM enrollment e
        WHERE (e.prescriber_id = $1 OR e.id IN (SELECT i.enrollment_id FROM prescription_authorization i
            WHERE i.issued_by = $1 AND i.state IN ('authorized', 'reserved')))
          AND EXISTS (SELECT 1 FROM prescription_authorization a WHERE a.enrollment_id = e.id
            AND a.state IN ('counseling', 'contraception', 'pregnancyTest', 'ready', 'authorized', 'reserved')
            AND coalesce(a.issued_by, e.prescriber_id) = $1)
        ORDER BY e.id`,
      [prescriber],
    );
    return rows.map(({ id }) => id);
  }

  /** Takes the enrollment's row until the transaction ends: nothing about that patient is written in between. */
  async hold(tx: Tx, enrollment: string): Promise<void> {
    await tx.query('SELECT id FROM enrollment WHERE id = $1 FOR UPDATE', [enrollment]);
  }
}
