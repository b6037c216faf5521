import { Injectable } from '@nestjs/common';
import type { Db } from '../authorization/case.store.js';
import type { QueryPool, Tx } from '../database/pools.js';
import type { Instant } from '../domain/calendar.js';
import type { PageCursor } from '../http/page-cursor.js';

export type ExceptionAnswer = 'granted' | 'declined' | 'taken-up';

export interface ExceptionRequest {
  readonly id: string;
  readonly authorization: string;
  readonly patient: string;
  readonly kind: string;
  readonly reason: string;
  readonly evidence: string;
  readonly requestedBy: string;
  readonly requestedByPerson: string | null;
  readonly requestedAt: Instant;
  readonly answerDueAt: Instant;
  readonly answer: ExceptionAnswer | null;
  readonly answeredBy: string | null;
  readonly answeredAt: Instant | null;
  readonly answerReason: string | null;
}

export type KnownRequest = ExceptionRequest & { readonly requesterName: string; readonly now: Instant };

const REQUEST = `SELECT r.id, r.authorization_id AS "authorization", r.patient_id AS patient, r.kind, r.reason, r.evidence, r.requested_by AS "requestedBy",
    r.requested_by_person AS "requestedByPerson", r.requested_at AS "requestedAt", r.answer_due_at AS "answerDueAt", r.answer,
    r.answered_by AS "answeredBy", r.answered_at AS "answeredAt", r.answer_reason AS "answerReason", p.name AS "requesterName", rems_now() AS now
  FROM exception_request r JOIN participant p ON p.id = r.requested_by`;

const iso = (at: Instant): string => new Date(at).toISOString();

@Injectable()
export class ExceptionStore {
  /** The most urgent first, one more than asked for when there is another page. */
  async list(db: QueryPool, answered: boolean, after: PageCursor | null, limit: number): Promise<KnownRequest[]> {
    const { rows } = await db.query<KnownRequest>(
      `${REQUEST} WHERE r.answer IS ${answered ? 'NOT NULL' : 'NULL'} AND ($1::timestamptz IS NULL OR (r.answer_due_at, r.id) > ($1, $2::uuid))
        ORDER BY r.answer_due_at, r.id LIMIT $3`,
      [after && iso(after.at), after?.id ?? null, limit + 1],
    );
    return rows;
  }

  async find(db: Db, id: string): Promise<KnownRequest | null> {
    const { rows } = await db.query<KnownRequest>(`${REQUEST} WHERE r.id = $1`, [id]);
    return rows[0] ?? null;
  }

  async add(tx: Tx, request: ExceptionRequest): Promise<void> {
    await tx.query(
      `INSERT INTO exception_request (id, authorization_id, patient_id, kind, reason, evidence, requested_by, requested_by_person, requested_at, answer_due_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        request.id,
        request.authorization,
        request.patient,
        request.kind,
        request.reason,
        request.evidence,
        request.requestedBy,
        request.requestedByPerson,
        iso(request.requestedAt),
        iso(request.answerDueAt),
      ],
    );
  }

  /** false: it has an answer already. */
  async answer(
    tx: Tx,
    id: string,
    answered: { answer: ExceptionAnswer; by: string; at: Instant; reason: string | null },
  ): Promise<boolean> {
    const { rowCount } = await tx.query(
      `UPDATE exception_request SET answer = $2, answered_by = $3, answered_at = $4, answer_reason = $5 WHERE id = $1 AND answer IS NULL`,
      [id, answered.answer, answered.by, iso(answered.at), answered.reason],
    );
    return rowCount === 1;
  }
}
