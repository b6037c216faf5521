import { v7 as uuidv7 } from 'uuid';
import type { Db } from '../authorization/case.store.js';
import type { Newcomer } from '../authorization/newcomer.js';
import type { Tx } from '../database/pools.js';
import type { Effect } from '../domain/authorization/effect.js';
import type { Instant } from '../domain/calendar.js';
import { birthDatesToLookUnder, type Identity, maybeSamePerson } from './same-person.js';

/** A record that may be the same person's as the one to be made. */
export interface Suspect {
  readonly patient: string;
  /** Those she is enrolled with. */
  readonly prescribers: readonly string[];
}

export interface Person extends Identity {
  readonly patient: string;
}

/** A link that is in force between a record and another that may be the same person's. */
export interface StandingLink {
  readonly id: string;
  readonly other: string;
  readonly linkedAt: Instant;
  /** `suspicion`, or the one person who asked, or the two who established it. */
  readonly linkedBy: readonly string[];
  readonly unlinkAskedBy: string | null;
  /** Those the other record is enrolled with. */
  readonly prescribers: readonly string[];
}

const IDENTITY = 'p.id, p.given_name, p.family_name, p.birth_date, p.phone, p.postal_code, p.record_number';

interface IdentityRow {
  readonly id: string;
  readonly given_name: string;
  readonly family_name: string;
  readonly birth_date: string;
  readonly phone: string | null;
  readonly postal_code: string | null;
  readonly record_number: string | null;
}

/** Who patients are, and which records may be one person's. */
export class PersonStore {
  async person(db: Db, patient: string): Promise<Person | null> {
    const { rows } = await db.query<IdentityRow>(`SELECT ${IDENTITY} FROM patient p WHERE p.id = $1`, [patient], 'person');
    return rows[0] ? toPerson(rows[0]) : null;
  }

  /** Found by birth date and record number, which have indexes, and compared in full here. */
  async suspects(db: Db, newcomer: Newcomer): Promise<Suspect[]> {
    const { rows } = await db.query<IdentityRow & { prescribers: string[] }>(
      `SELECT ${IDENTITY}, ARRAY(SELECT e.prescriber_id FROM enrollment e WHERE e.patient_id = p.id) AS prescribers
      FROM patient p WHERE p.birth_date = ANY($1::date[]) OR p.record_number = $2 ORDER BY p.id`,
      [birthDatesToLookUnder(newcomer.birthDate), newcomer.recordNumber],
      'same-person',
    );
    return rows.filter((row) => maybeSamePerson(newcomer, toPerson(row))).map(({ id, prescribers }) => ({ patient: id, prescribers }));
  }

  /** Her enrollments, whatever the program. */
  async enrollments(db: Db, patient: string): Promise<{ id: string; program: string }[]> {
    const { rows } = await db.query<{ id: string; program: string }>(
      'SELECT e.id, e.program FROM enrollment e WHERE e.patient_id = $1 ORDER BY e.id',
      [patient],
      'enrollments-of-person',
    );
    return rows;
  }

  /** Holds her enrollments, in one order, so that what was read of them is what the next statement guards. */
  async holdEnrollments(tx: Tx, patient: string): Promise<void> {
    await tx.query('SELECT e.id FROM enrollment e WHERE e.patient_id = $1 ORDER BY e.id FOR UPDATE', [patient], 'hold-enrollments');
  }

  /** Lets one enrollment through at a time, so that two offices cannot both enroll one person as new; a row lock, as every database has. */
  async oneAtATime(tx: Tx): Promise<void> {
    await tx.query(
      `INSERT INTO lease (name, holder, epoch, expires_at) VALUES ('enrolling', '', 0, rems_now())
      ON CONFLICT (name) DO UPDATE SET epoch = lease.epoch`,
      [],
      'enrolling',
    );
  }

  /** The links of a record that are in force, the oldest first. */
  async links(db: Db, patient: string): Promise<StandingLink[]> {
    const { rows } = await db.query<{
      id: string;
      other: string;
      linked_at: Instant;
      linked_by: string[];
      unlinked_by: string[] | null;
      prescribers: string[];
    }>(
      `SELECT x.id, x.other, x.linked_at, x.linked_by, x.unlinked_by,
        ARRAY(SELECT e.prescriber_id FROM enrollment e WHERE e.patient_id = x.other) AS prescribers
      FROM (SELECT l.*, CASE WHEN l.patient_id = $1 THEN l.other_patient_id ELSE l.patient_id END AS other
        FROM patient_link l WHERE l.unlinked_at IS NULL AND (l.patient_id = $1 OR l.other_patient_id = $1)) x
      ORDER BY x.linked_at, x.id`,
      [patient],
      'patient-links',
    );
    return rows.map((row) => ({
      id: row.id,
      other: row.other,
      linkedAt: row.linked_at,
      linkedBy: row.linked_by,
      unlinkAskedBy: row.unlinked_by?.[0] ?? null,
      prescribers: row.prescribers,
    }));
  }

  /** The two records that a link joins, whether it is in force or not. */
  async linked(db: Db, link: string): Promise<readonly [string, string] | null> {
    const { rows } = await db.query<{ patient_id: string; other_patient_id: string }>(
      'SELECT patient_id, other_patient_id FROM patient_link WHERE id = $1',
      [link],
      'patient-link',
    );
    return rows[0] ? [rows[0].patient_id, rows[0].other_patient_id] : null;
  }

  /** Writes down the links that a decision made or ended. A link is a row; ending it marks all rows of the two records; none is deleted. */
  async record(tx: Tx, patient: string, effects: readonly Effect[], at: Instant, newId: () => string = uuidv7): Promise<void> {
    const when = new Date(at).toISOString();
    for (const effect of effects) {
      if (effect.kind === 'link') {
        await tx.query(
          'INSERT INTO patient_link (id, patient_id, other_patient_id, linked_at, linked_by) VALUES ($1, $2, $3, $4, $5)',
          [newId(), patient, effect.other, when, effect.by],
          'link-patients',
        );
      } else if (effect.kind === 'unlink') {
        await tx.query(
          `UPDATE patient_link SET unlinked_by = $3, unlinked_at = $4::timestamptz WHERE unlinked_at IS NULL
            AND ((patient_id = $1 AND other_patient_id = $2) OR (patient_id = $2 AND other_patient_id = $1))`,
          [patient, effect.other, effect.by, effect.by.length > 1 ? when : null],
          'unlink-patients',
        );
      }
    }
  }
}

const toPerson = (row: IdentityRow): Person => ({
  patient: row.id,
  givenName: row.given_name,
  familyName: row.family_name,
  birthDate: row.birth_date,
  phone: row.phone,
  postalCode: row.postal_code,
  recordNumber: row.record_number,
});
