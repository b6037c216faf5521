import type { SealedEntry } from '../compliance-log/seal.js';
import { nextDeadline } from '../domain/authorization/deadline.js';
import type { Effect } from '../domain/authorization/effect.js';
import type { Instant } from '../domain/calendar.js';
import type { Authorization, Fill } from '../domain/patient.js';
import type { Edition } from '../domain/program.js';
import { type Newcomer, newcomerParts } from './newcomer.js';
import { iso, Parts, type Statement } from './statement.js';

export type { Statement } from './statement.js';

/**
 * The one guarded write of a decision. The enrollment's row is locked first and asked three things: is its revision the one that was read, is
 * the allowance still one by the database's clock, and are the participants' certifications the ones that were read? Only then do the changed
 * rows, the entry, its side row, its pending row and the caller's reply go in, all in one statement and so all or none (I13, I15).
 *
 * Parts a decision does not need are left out of the text; each shape that is left is prepared once a connection.
 */
export interface GuardedWrite {
  readonly enrollment: string;
  readonly patient: string;
  readonly program: string;
  readonly at: Instant;
  readonly revision: number;
  /** null: time alone does not end the allowance. */
  readonly validThrough: Instant | null;
  readonly participants: readonly { readonly id: string; readonly revision: number }[];
  /** The other records of what may be the same person, and of the same one in other programs, as read: they were part of the decision. */
  readonly doubles: readonly { readonly enrollment: string; readonly revision: number }[];
  /** Of an enrollment: the person, who has no row to guard yet. */
  readonly newcomer: Newcomer | null;
  readonly effects: readonly Effect[];
  /** Ids of the authorizations that were read: the others are new. */
  readonly known: readonly string[];
  readonly edition: Edition;
  /** Numbers by authorization id, for those that get one now. */
  readonly numbers: Readonly<Record<string, string>>;
  readonly findings: readonly {
    readonly id: string;
    readonly code: string;
    readonly authorization: string | null;
    readonly dueAt: Instant;
  }[];
  readonly sealed: SealedEntry;
  readonly reply: Reply | null;
  /** Sites and people that the entry is found by. */
  readonly actor: string;
  readonly organization: string | null;
}

/** A reply to be replayed byte for byte to the same caller, key and body. */
export interface Reply {
  readonly caller: string;
  readonly key: string;
  readonly bodyHash: string;
  readonly status: number;
  readonly text: string;
  readonly contentType: string;
  readonly authorization: string | null;
}

/** The entry's own rows; `from` is the part whose row allows them. */
function entryParts(parts: Parts, sealed: SealedEntry, about: Pick<GuardedWrite, 'actor' | 'organization'>, from: string): void {
  const { entry } = sealed;
  const bind = (value: unknown) => parts.bind(value);
  parts.add(
    'logged',
    `INSERT INTO entry (id, recorded_at, aggregate, aggregate_id, version, saw_version, command, outcome, reasons, patient_id, authorization_id, actor,
      organization, bytes, signature, key_id)
    SELECT ${bind(entry.id)}::uuid, ${bind(iso(entry.at))}::timestamptz, ${bind(entry.aggregate.kind)}, ${bind(entry.aggregate.id)},
      ${bind(entry.aggregate.version)}::integer, ${bind(entry.aggregate.saw)}::integer, ${bind(entry.command)}, ${bind(entry.outcome)},
      ${bind(entry.reasons)}::text[], ${bind(entry.patient)}::uuid, ${bind(entry.authorization)}::uuid, ${bind(about.actor)},
      ${bind(about.organization)}, ${bind(sealed.bytes)}::bytea, ${bind(sealed.signature)}::bytea, ${bind(sealed.keyId)}
    FROM ${from} RETURNING id`,
  );
  parts.add(
    'committed_values',
    `INSERT INTO entry_values (entry_id, salts, values) SELECT id, ${bind(JSON.stringify(sealed.salts))}::jsonb, ${bind(JSON.stringify(sealed.values))}::jsonb FROM logged`,
  );
  parts.add('pending', 'INSERT INTO entry_pending (entry_id) SELECT id FROM logged');
}

function replyPart(parts: Parts, reply: Reply, at: Instant): void {
  const bind = (value: unknown) => parts.bind(value);
  parts.add(
    'replied',
    `INSERT INTO idempotency (caller, key, body_hash, status, reply, content_type, authorization_id, recorded_at)
    SELECT ${bind(reply.caller)}, ${bind(reply.key)}, ${bind(reply.bodyHash)}, ${bind(reply.status)}::integer, ${bind(reply.text)}, ${bind(reply.contentType)},
      ${bind(reply.authorization)}::uuid, ${bind(iso(at))}::timestamptz FROM logged`,
  );
}

/**
 * What an entry that changes nothing needs: a refusal, a verify, a report on a number that nobody was given. No guard, for there is nothing to
 * guard. A finding that is still open is not opened twice, however often the same thing is tried.
 */
export function entryStatement(
  sealed: SealedEntry,
  about: Pick<GuardedWrite, 'actor' | 'organization'>,
  reply: Reply | null,
  findings: GuardedWrite['findings'],
): Statement {
  const parts = new Parts();
  parts.add('allowed', 'SELECT 1');
  entryParts(parts, sealed, about, 'allowed');
  const stillOpen = 'SELECT 1 FROM finding o WHERE o.closed_at IS NULL AND o.code = f.code AND o.authorization_id = f."authorization"';
  findingsPart(parts, { findings, sealed, at: sealed.entry.at, patient: sealed.entry.patient }, `logged WHERE NOT EXISTS (${stillOpen})`);
  if (reply) replyPart(parts, reply, sealed.entry.at);
  return parts.statement('SELECT count(*)::integer AS written FROM logged');
}

/** `from` is the part whose row allows them, with what else has to hold. */
function findingsPart(
  parts: Parts,
  { findings, sealed, at, patient }: Pick<GuardedWrite, 'findings' | 'sealed' | 'at'> & { readonly patient: string | null },
  from: string,
): void {
  if (findings.length === 0) return;
  const bind = (value: unknown) => parts.bind(value);
  parts.add(
    'findings',
    `INSERT INTO finding (id, code, patient_id, authorization_id, entry_id, opened_at, due_at)
      SELECT f.id, f.code, ${bind(patient)}::uuid, f."authorization", ${bind(sealed.entry.id)}::uuid, ${bind(iso(at))}::timestamptz, f."dueAt"
      FROM jsonb_to_recordset(${bind(JSON.stringify(findings.map((each) => ({ ...each, dueAt: iso(each.dueAt) }))))}::jsonb)
        AS f (id uuid, code text, "authorization" uuid, "dueAt" timestamptz), ${from}`,
  );
}

/** The whole of an accepted decision. Answers `written` 1, or 0 when the guard said no and nothing was written. */
export function decisionStatement(write: GuardedWrite): Statement {
  const parts = new Parts();
  const bind = (value: unknown) => parts.bind(value);
  const enrollment = `${bind(write.enrollment)}::uuid`;
  parts.add('held', write.newcomer ? `SELECT ${enrollment} AS id, 0 AS revision` : heldRows(parts, write, enrollment));
  const intime = write.validThrough === null ? 'true' : `rems_now() <= ${bind(iso(write.validThrough))}::timestamptz`;
  parts.add(
    'allowed',
    `SELECT id FROM held WHERE ${write.newcomer ? 'true' : `id = ${enrollment} AND revision = ${bind(write.revision)}::integer`} AND ${intime} AND NOT EXISTS (SELECT 1 FROM unnest(${bind(write.participants.map((each) => each.id))}::uuid[],
      ${bind(write.participants.map((each) => each.revision))}::integer[]) AS seen (id, revision)
      LEFT JOIN participant m ON m.id = seen.id WHERE m.revision IS DISTINCT FROM seen.revision)
      ${write.newcomer?.onFile === false ? '' : doublesAsRead(parts, write)}`,
  );
  if (write.newcomer) newcomerParts(parts, write.newcomer, write.effects, write.at);
  else enrollmentPart(parts, write);
  const evidence = write.effects.flatMap((effect) => (effect.kind === 'evidence' ? [effect.evidence] : []));
  if (evidence.length > 0) {
    parts.add(
      'facts',
      `INSERT INTO evidence (enrollment_id, id, patient_id, revision, ordinal, kind, recorded_at, fact)
      SELECT ${enrollment}, v.fact ->> 'id', ${bind(write.patient)}::uuid, bumped.revision, v.ordinal::integer, v.fact ->> 'kind',
        to_timestamp((v.fact ->> 'recordedAt')::numeric / 1000), v.fact
      FROM bumped, jsonb_array_elements(${bind(JSON.stringify(evidence))}::jsonb) WITH ORDINALITY AS v (fact, ordinal)`,
    );
  }
  authorizationParts(parts, write);
  for (const effect of write.effects) if (effect.kind === 'fill') fillPart(parts, write, effect.fill);
  for (const effect of write.effects) {
    if (effect.kind !== 'fill-returned') continue;
    parts.add(
      `returned_${parts.ctes.length}`,
      `UPDATE fill SET returned_at = ${bind(iso(effect.at))}::timestamptz, returned_unopened = ${bind(effect.unopened)}::boolean FROM bumped WHERE fill.id = ${bind(effect.fill)}`,
    );
  }
  findingsPart(parts, write, 'bumped');
  entryParts(parts, write.sealed, write, 'bumped');
  if (write.reply) replyPart(parts, write.reply, write.at);
  return parts.statement('SELECT count(*)::integer AS written FROM logged', write.enrollment);
}

/** A record that was linked since, or that changed since, makes it another decision (rules §9.15). */
/**
 * The patient's row; and where a suspected double's fills and dangers were counted, that record's row as well, always in the order of their
 * ids: two pharmacies that fill for both records in the same instant meet here, and the later one decides again.
 */
function heldRows(parts: Parts, write: GuardedWrite, enrollment: string): string {
  if (write.doubles.length === 0) return `SELECT id, revision FROM enrollment WHERE id = ${enrollment} FOR UPDATE`;
  const others = parts.bind(write.doubles.map((each) => each.enrollment));
  return `SELECT id, revision FROM enrollment WHERE id = ${enrollment} OR id = ANY(${others}::uuid[]) ORDER BY id FOR UPDATE`;
}

function doublesAsRead(parts: Parts, write: GuardedWrite): string {
  const bind = (value: unknown) => parts.bind(value);
  const patient = `${bind(write.patient)}::uuid`;
  const program = bind(write.program);
  return `AND NOT EXISTS (SELECT 1 FROM (
        SELECT o.id, o.revision FROM (SELECT l.other_patient_id AS patient_id FROM patient_link l WHERE l.patient_id = ${patient} AND l.unlinked_at IS NULL
          UNION ALL SELECT l.patient_id FROM patient_link l WHERE l.other_patient_id = ${patient} AND l.unlinked_at IS NULL) linked_to
        JOIN enrollment o ON o.program = ${program} AND o.patient_id = linked_to.patient_id
        UNION ALL SELECT o.id, o.revision FROM enrollment o WHERE o.patient_id = ${patient} AND o.program <> ${program}) o
      LEFT JOIN unnest(${bind(write.doubles.map((each) => each.enrollment))}::uuid[], ${bind(write.doubles.map((each) => each.revision))}::integer[])
        AS known (id, revision) ON known.id = o.id
      WHERE known.revision IS DISTINCT FROM coalesce((SELECT held.revision FROM held WHERE held.id = o.id), o.revision))`;
}

/** Counts the revision, and changes the enrollment's columns when the decision does. */
function enrollmentPart(parts: Parts, write: GuardedWrite): void {
  const bind = (value: unknown) => parts.bind(value);
  const sets = ['revision = e.revision + 1'];
  for (const effect of write.effects) {
    if (effect.kind === 'answers') sets.push(`answers = ${bind(JSON.stringify(effect.answers))}::jsonb`);
    if (effect.kind === 'category')
      sets.push(`category = ${bind(effect.category)}`, `category_since = ${bind(iso(effect.since))}::timestamptz`);
    if (effect.kind === 'enrollment') {
      const { prescriber, reEnrolledAt, deactivatedAt, deceasedAt } = effect.enrollment;
      sets.push(
        `prescriber_id = ${bind(prescriber)}::uuid`,
        `re_enrolled_at = ${bind(iso(reEnrolledAt))}::timestamptz`,
        `deactivated_at = ${bind(iso(deactivatedAt))}::timestamptz`,
        `deceased_at = ${bind(iso(deceasedAt))}::timestamptz`,
      );
    }
  }
  parts.add('bumped', `UPDATE enrollment e SET ${sets.join(', ')} FROM allowed WHERE e.id = allowed.id RETURNING e.revision`);
}

const AUTHORIZATION_COLUMNS = `machine_version integer, state text, next_deadline_at timestamptz, edition text, edition_hash text, prescription jsonb,
  supply_days integer, supply_days_max integer, started_at timestamptz, preparation_ends_at timestamptz, issued_at timestamptz, issued_by uuid, category text,
  expires_at timestamptz, rested_on text[], reserved_by uuid, reserved_at timestamptz, confirmation_ends_at timestamptz, confirmation_number text, given jsonb,
  exceptions jsonb`;

function columnsOf(authorization: Authorization, write: GuardedWrite): Record<string, unknown> {
  const { reservation } = authorization;
  return {
    id: authorization.id,
    number: write.numbers[authorization.id] ?? null,
    machine_version: authorization.machineVersion,
    state: authorization.state,
    next_deadline_at: iso(nextDeadline(authorization)),
    edition: authorization.edition,
    edition_hash: authorization.editionHash,
    prescription: authorization.prescription,
    supply_days: authorization.prescription.supplyDays,
    supply_days_max: supplyLimit(authorization.prescription.supplyDays, write.edition),
    started_at: iso(authorization.startedAt),
    preparation_ends_at: iso(authorization.preparationEndsAt),
    issued_at: iso(authorization.issuedAt),
    issued_by: authorization.issuedBy,
    category: authorization.category,
    expires_at: iso(authorization.expiresAt),
    rested_on: authorization.restedOn,
    reserved_by: reservation?.pharmacy ?? null,
    reserved_at: iso(reservation?.reservedAt ?? null),
    confirmation_ends_at: iso(reservation?.confirmationEndsAt ?? null),
    confirmation_number: reservation?.confirmationNumber ?? null,
    given: reservation?.given ?? null,
    exceptions: authorization.exceptions,
  };
}

/** The limit that the row keeps; what was prescribed, where the program sets none or lets some go beyond it: those it only advises, or does not have in it. */
function supplyLimit(supplyDays: number, { gate, categories, prescription: { maxSupplyDays } }: Edition): number | null {
  if (maxSupplyDays === 'none') return supplyDays;
  const lenient = gate === 'advisory' || gate === 'none' || Object.values(categories).some(({ enrolled }) => enrolled === false);
  return lenient && maxSupplyDays !== null ? Math.max(maxSupplyDays, supplyDays) : maxSupplyDays;
}

const CHANGING = [
  'state',
  'next_deadline_at',
  'edition',
  'edition_hash',
  'issued_at',
  'issued_by',
  'category',
  'expires_at',
  'rested_on',
  'reserved_by',
  'reserved_at',
  'confirmation_ends_at',
  'confirmation_number',
  'given',
  'exceptions',
];

/**
 * New authorizations are inserted, known ones updated; the last of several effects on one is the one that counts. Those that end come first:
 * the index of one open authorization a patient looks at each row as it is written, and the newer one takes the older one's place.
 */
function authorizationParts(parts: Parts, write: GuardedWrite): void {
  const latest = new Map<string, Authorization>();
  for (const effect of write.effects) if (effect.kind === 'authorization') latest.set(effect.authorization.id, effect.authorization);
  const all = [...latest.values()];
  const bind = (value: unknown) => parts.bind(value);
  const rows = (some: readonly Authorization[]) =>
    `jsonb_to_recordset(${bind(JSON.stringify(some.map((each) => columnsOf(each, write))))}::jsonb) AS r (id uuid, number text, ${AUTHORIZATION_COLUMNS})`;
  const isOpen = (each: Authorization) => each.state === 'authorized' || each.state === 'reserved';
  const fresh = all.filter((each) => !write.known.includes(each.id));
  const known = all.filter((each) => write.known.includes(each.id));
  const closing = known.filter((each) => !isOpen(each));
  const open = known.filter(isOpen);
  if (fresh.length > 0) {
    parts.add(
      'started',
      `INSERT INTO prescription_authorization (id, enrollment_id, patient_id, program, machine_version, state, next_deadline_at, edition, edition_hash,
        prescription, supply_days, supply_days_max, started_at, preparation_ends_at)
      SELECT r.id, ${bind(write.enrollment)}::uuid, ${bind(write.patient)}::uuid, ${bind(write.program)}, r.machine_version, r.state, r.next_deadline_at, r.edition,
        r.edition_hash, r.prescription, r.supply_days, r.supply_days_max, r.started_at, r.preparation_ends_at FROM bumped, ${rows(fresh)}`,
    );
  }
  const update = (some: readonly Authorization[], from: string) =>
    `UPDATE prescription_authorization a SET number = coalesce(a.number, r.number), ${CHANGING.map((column) => `${column} = r.${column}`).join(', ')}
      FROM ${from}, ${rows(some)} WHERE a.id = r.id RETURNING a.id`;
  if (closing.length > 0) parts.add('closed', update(closing, 'bumped'));
  if (open.length > 0) parts.add('opened', update(open, closing.length > 0 ? 'bumped, (SELECT count(*) FROM closed) AS first' : 'bumped'));
}

function fillPart(parts: Parts, write: GuardedWrite, fill: Fill): void {
  const bind = (value: unknown) => parts.bind(value);
  parts.add(
    'filled',
    `INSERT INTO fill (id, authorization_id, enrollment_id, patient_id, pharmacy_id, outcome, handed_over_at, handed_over_until, handed_over_on, issued_at,
      supply_days, recorded_at)
    SELECT ${bind(fill.id)}, ${bind(fill.authorization)}::uuid, ${bind(write.enrollment)}::uuid, ${bind(write.patient)}::uuid, ${bind(fill.pharmacy)}::uuid,
      ${bind(fill.outcome)}, ${bind(iso(fill.handedOver.at))}::timestamptz, ${bind(iso(fill.handedOver.until))}::timestamptz, ${bind(fill.handedOver.on)}::date,
      ${bind(iso(fill.issuedAt))}::timestamptz, ${bind(fill.supplyDays)}::integer, ${bind(iso(write.at))}::timestamptz FROM bumped`,
  );
}
