/**
 * The one read of a decision: the whole case of a patient in a program, the database's time, and what this caller was told before under the
 * same key. JSON subqueries rather than joins, so that one round trip brings rows of seven tables; every one of them is found by an index.
 */

const FILL = `SELECT f.id, f.authorization_id, f.pharmacy_id, f.outcome, epoch_ms(f.handed_over_at) AS handed_over_at,
    epoch_ms(f.handed_over_until) AS handed_over_until, f.handed_over_on, epoch_ms(f.issued_at) AS issued_at, f.supply_days,
    epoch_ms(f.returned_at) AS returned_at, f.returned_unopened
  FROM fill f`;

const AUTHORIZATION = `SELECT a.id, a.number, a.machine_version, a.state, a.edition, a.edition_hash, a.prescription,
    epoch_ms(a.started_at) AS started_at, epoch_ms(a.preparation_ends_at) AS preparation_ends_at, epoch_ms(a.issued_at) AS issued_at, a.issued_by,
    a.category, epoch_ms(a.expires_at) AS expires_at, a.rested_on, a.reserved_by, epoch_ms(a.reserved_at) AS reserved_at,
    epoch_ms(a.confirmation_ends_at) AS confirmation_ends_at, a.confirmation_number, a.given, a.exceptions
  FROM prescription_authorization a`;

export const PARTICIPANT = `SELECT m.id, m.kind, epoch_ms(m.certified_from) AS certified_from, epoch_ms(m.certified_until) AS certified_until,
    epoch_ms(m.suspended_at) AS suspended_at, epoch_ms(m.suspended_until) AS suspended_until, m.acts_for, m.chain_id, m.zone, m.licence, m.trained, m.revision
  FROM participant m`;

const ACCOMMODATION = `SELECT c.kind, epoch_ms(c.valid_from) AS "from", epoch_ms(c.valid_until) AS "until" FROM accommodation c`;

/** The last change of the editions in force: the decision is taken under the catalogue of its own read, in every process. One index probe. */
export const CATALOGUE = '(SELECT coalesce(max(s.revision), 0) FROM edition_step s)';

const list = (query: string, alias: string, order: string): string =>
  `(SELECT coalesce(json_agg(${alias} ORDER BY ${order}), '[]') FROM (${query}) ${alias})`;

/** Where the parts of a question stand: participants asked for besides those the case names, caller and key. */
interface Asked {
  readonly participants: string;
  readonly caller: string;
  readonly key: string;
}

/** Participants by one list of ids: conditions joined by OR would read all of them. */
const NAMED = `ARRAY(SELECT unnest(ARRAY[a.issued_by, a.reserved_by]) FROM prescription_authorization a WHERE a.enrollment_id = e.id) || e.prescriber_id`;

/** The same patient's records in other programs. */
export const elsewhere = (patient: string, program: string): string =>
  `(SELECT coalesce(json_agg(json_build_object('enrollment', o.id, 'revision', o.revision, 'program', o.program, 'category', o.category,
      'categorySince', epoch_ms(o.category_since), 'answers', o.answers,
      'evidence', (SELECT coalesce(json_agg(v.fact ORDER BY v.revision, v.ordinal), '[]') FROM evidence v WHERE v.enrollment_id = o.id))
      ORDER BY o.program), '[]') FROM enrollment o WHERE o.patient_id = ${patient} AND o.program <> ${program})`;

const columns = ({
  participants,
  caller,
  key,
}: Asked): string => `rems_now() AS at, clock_timestamp() AS machine_at, ${CATALOGUE} AS catalogue, e.id, e.patient_id, e.program,
  e.prescriber_id, e.enrolled_at, e.re_enrolled_at, e.deactivated_at, e.deceased_at, e.answers, e.category, e.category_since, e.revision,
  p.family_name_key, p.birth_date,
  (SELECT json_build_object('name', m.name, 'phone', m.phone) FROM participant m WHERE m.id = e.prescriber_id) AS office,
  (SELECT coalesce(json_agg(v.fact ORDER BY v.revision, v.ordinal), '[]') FROM evidence v WHERE v.enrollment_id = e.id) AS evidence,
  ${list(`${AUTHORIZATION} WHERE a.enrollment_id = e.id`, 'x', 'x.started_at, x.id')} AS authorizations,
  ${list(`${FILL} WHERE f.enrollment_id = e.id`, 'y', 'y.handed_over_at, y.id')} AS fills,
  ${list(`${PARTICIPANT} WHERE m.id = ANY(${NAMED} || ${participants}::uuid[])`, 'z', 'z.id')} AS participants,
  ${list(`${ACCOMMODATION} WHERE c.program = e.program AND c.superseded_at IS NULL`, 'w', 'w."from", w.kind')} AS accommodations,
  (SELECT coalesce(json_agg(json_build_object('enrollment', o.id, 'revision', o.revision, 'patient', o.patient_id, 'category', o.category,
      'evidence', (SELECT coalesce(json_agg(v.fact ORDER BY v.revision, v.ordinal), '[]') FROM evidence v WHERE v.enrollment_id = o.id),
      'fills', ${list(`${FILL} WHERE f.enrollment_id = o.id`, 'y', 'y.handed_over_at, y.id')})), '[]')
    FROM (SELECT l.other_patient_id AS patient_id FROM patient_link l WHERE l.patient_id = e.patient_id AND l.unlinked_at IS NULL
      UNION ALL SELECT l.patient_id FROM patient_link l WHERE l.other_patient_id = e.patient_id AND l.unlinked_at IS NULL) linked_to
    JOIN enrollment o ON o.program = e.program AND o.patient_id = linked_to.patient_id) AS linked,
  ${elsewhere('e.patient_id', 'e.program')} AS elsewhere,
  (SELECT json_build_object('body_hash', i.body_hash, 'status', i.status, 'reply', i.reply, 'content_type', i.content_type)
    FROM idempotency i WHERE i.caller = ${caller} AND i.key = ${key}) AS earlier`;

/**
 * Cases asked for together, a row for each question in `nth`: $1 what names the case, $2 participants as array literals, $3 callers, $4 keys. One
 * row either way, as empty as the case is: a number that nobody was given costs the same round trip as any other (T16).
 */
const casesBy = (
  enrollment: string,
): string => `SELECT asked.nth, ${columns({ participants: 'asked.participants', caller: 'asked.caller', key: 'asked.key' })}
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS asked (value, participants, caller, key, nth)
${enrollment} LEFT JOIN patient p ON p.id = e.patient_id`;

const BY_AUTHORIZATION = (condition: string): string =>
  `LEFT JOIN prescription_authorization n ON ${condition} LEFT JOIN enrollment e ON e.id = n.enrollment_id`;

/** How a command names its case; the statement for each is prepared once a connection. */
export const CASES_BY = {
  number: { name: 'cases-by-number', text: casesBy(BY_AUTHORIZATION('n.number = asked.value')) },
  authorization: { name: 'cases-by-authorization', text: casesBy(BY_AUTHORIZATION('n.id = asked.value::uuid')) },
  enrollment: { name: 'cases-by-enrollment', text: casesBy('LEFT JOIN enrollment e ON e.id = asked.value::uuid') },
} as const;

/** Every patient that a prescriber ($1, or his delegate) has in a program ($2), $3 at the most; with names, for his own list. */
export const CASES_OF_PRACTICE = {
  name: 'cases-of-practice',
  text: `SELECT p.given_name, p.family_name, ${columns({ participants: 'ARRAY[$1]', caller: "''", key: "''" })}
FROM enrollment e JOIN patient p ON p.id = e.patient_id
WHERE e.prescriber_id = coalesce((SELECT d.acts_for FROM participant d WHERE d.id = $1::uuid AND d.kind = 'delegate'), $1::uuid)
  AND e.program = $2 AND e.deactivated_at IS NULL ORDER BY e.id LIMIT $3::integer`,
} as const;

export type CaseBy = keyof typeof CASES_BY;
