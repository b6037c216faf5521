// I14: what the tables say is the fold of the log. Written from the form of the entries alone; it shares nothing with the service that writes
// them, so that it finds a mistake of the service too. State is kept as rows, under the names of the columns, instants in milliseconds.
import { canonical } from './canonical.mjs';
import { lineOf } from './entry.mjs';

/**
 * The rows of one enrollment as its entries make them.
 * @param {import('./entry.mjs').Entry[]} entries accepted commands of the enrollment, in any order, none of them erased
 * @param {Record<string, object>} editions the editions' documents by hash, for what an authorization takes from its edition
 */
export function foldEnrollment(entries, editions) {
  const state = { enrollment: null, person: null, evidence: new Map(), authorizations: new Map(), fills: new Map() };
  const read = entries.map((entry) => ({ line: lineOf(entry), values: entry.values }));
  const accepted = read.filter(({ line }) => line.aggregate.kind === 'enrollment' && line.aggregate.version !== null);
  for (const each of accepted.sort((a, b) => a.line.aggregate.version - b.line.aggregate.version)) step(state, each, editions);
  return state;
}

function step(state, { line, values }, editions) {
  if (values === null) throw new Error(`The values of entry ${line.id} are erased: the state after it cannot be told.`);
  if (values.person) state.person = person(values.person, line.at);
  let ordinal = 0;
  for (const effect of values.effects) {
    switch (effect.kind) {
      case 'enrollment':
        state.enrollment = { ...(state.enrollment ?? first(line)), ...enrollmentColumns(effect.enrollment) };
        break;
      case 'answers':
        state.enrollment = { ...state.enrollment, answers: effect.answers };
        break;
      case 'category':
        state.enrollment = { ...state.enrollment, category: effect.category, category_since: effect.since };
        break;
      case 'evidence':
        ordinal += 1;
        state.evidence.set(effect.evidence.id, evidenceRow(effect.evidence, line, ordinal));
        break;
      case 'authorization':
        authorization(state, effect.authorization, line, values, editions);
        break;
      case 'fill':
        state.fills.set(effect.fill.id, fillRow(effect.fill, line));
        break;
      case 'fill-returned':
        Object.assign(state.fills.get(effect.fill) ?? {}, { returned_at: effect.at, returned_unopened: effect.unopened });
        break;
      default: // Participants, accommodations, findings and links are no rows of the enrollment.
    }
  }
  state.enrollment = { ...state.enrollment, revision: line.aggregate.version };
}

const first = (line) => ({
  id: line.aggregate.id,
  patient_id: line.patient,
  program: line.edition.program,
  enrolled_at: line.at,
  answers: null,
  category: null,
  category_since: null,
});

const enrollmentColumns = (enrollment) => ({
  prescriber_id: enrollment.prescriber,
  re_enrolled_at: enrollment.reEnrolledAt,
  deactivated_at: enrollment.deactivatedAt,
  deceased_at: enrollment.deceasedAt,
});

const person = (who, at) => ({
  id: who.patient,
  given_name: who.givenName,
  family_name: who.familyName,
  birth_date: who.birthDate,
  phone: who.phone,
  postal_code: who.postalCode,
  record_number: who.recordNumber,
  family_name_key: who.familyNameKey,
  created_at: at,
});

const evidenceRow = (fact, line, ordinal) => ({
  enrollment_id: line.aggregate.id,
  id: fact.id,
  patient_id: line.patient,
  revision: line.aggregate.version,
  ordinal,
  kind: fact.kind,
  recorded_at: fact.recordedAt,
  fact,
});

function authorization(state, after, line, values, editions) {
  const before = state.authorizations.get(after.id);
  const held = after.reservation;
  state.authorizations.set(after.id, {
    id: after.id,
    enrollment_id: line.aggregate.id,
    patient_id: line.patient,
    program: line.edition.program,
    number: before?.number ?? values.numbers?.[after.id] ?? null,
    machine_version: after.machineVersion,
    state: after.state,
    context: {},
    next_deadline_at: nextDeadline(after),
    edition: after.edition,
    edition_hash: after.editionHash,
    prescription: after.prescription,
    supply_days: after.prescription.supplyDays,
    supply_days_max: before ? before.supply_days_max : supplyLimit(after.prescription.supplyDays, editions[line.edition.hash]),
    started_at: after.startedAt,
    preparation_ends_at: after.preparationEndsAt,
    issued_at: after.issuedAt,
    issued_by: after.issuedBy,
    category: after.category,
    expires_at: after.expiresAt,
    rested_on: after.restedOn,
    reserved_by: held?.pharmacy ?? null,
    reserved_at: held?.reservedAt ?? null,
    confirmation_ends_at: held?.confirmationEndsAt ?? null,
    confirmation_number: held?.confirmationNumber ?? null,
    given: held?.given ?? null,
    exceptions: after.exceptions,
  });
}

/** The program's limit; what was prescribed, where it sets none or lets some go beyond it: those it only advises, or does not have in it. */
function supplyLimit(supplyDays, document) {
  const limit = document?.prescription?.maxSupplyDays?.value ?? null;
  if (limit === 'none') return supplyDays;
  const lenient =
    ['advisory', 'none'].includes(document?.gate?.value) ||
    Object.values(document?.categories ?? {}).some(({ enrolled }) => enrolled?.value === false);
  return lenient && limit !== null ? Math.max(limit, supplyDays) : limit;
}

/** When the clock alone changes it next: the preparation's end, the window's end, or the earlier of window and confirmation. */
function nextDeadline({ state, preparationEndsAt, expiresAt, reservation }) {
  if (['counseling', 'contraception', 'pregnancyTest', 'ready'].includes(state)) return preparationEndsAt;
  if (state === 'authorized') return expiresAt;
  if (state === 'reserved') return Math.min(reservation.confirmationEndsAt, expiresAt ?? Number.POSITIVE_INFINITY);
  return null;
}

const fillRow = (fill, line) => ({
  id: fill.id,
  authorization_id: fill.authorization,
  enrollment_id: line.aggregate.id,
  patient_id: line.patient,
  pharmacy_id: fill.pharmacy,
  outcome: fill.outcome,
  handed_over_at: fill.handedOver.at,
  handed_over_until: fill.handedOver.until,
  handed_over_on: fill.handedOver.on,
  issued_at: fill.issuedAt,
  supply_days: fill.supplyDays,
  recorded_at: line.at,
  returned_at: null,
  returned_unopened: null,
});

/**
 * Where tables and log differ: one sentence a column, naming table, row and both values.
 * @param {ReturnType<typeof foldEnrollment>} state
 * @param {{enrollment: object[], patient?: object[], evidence: object[], prescription_authorization: object[], fill: object[]}} rows as
 *   `to_jsonb(row)` gives them: every column, instants as ISO 8601 text
 * @returns {string[]}
 */
export function differences(state, rows) {
  const known = (row) => (row === null ? new Map() : new Map([[row.id, row]]));
  return [
    ...inTable('enrollment', known(state.enrollment), rows.enrollment),
    ...(state.person && rows.patient ? inTable('patient', known(state.person), rows.patient) : []),
    ...inTable('evidence', state.evidence, rows.evidence),
    ...inTable('prescription_authorization', state.authorizations, rows.prescription_authorization),
    ...inTable('fill', state.fills, rows.fill),
  ];
}

function inTable(table, folded, rows) {
  const found = [];
  const stored = new Map(rows.map((row) => [row.id, row]));
  for (const id of stored.keys()) if (!folded.has(id)) found.push(`${table} ${id}: a row that no entry made`);
  for (const [id, expected] of folded) {
    const row = stored.get(id);
    if (row === undefined) {
      found.push(`${table} ${id}: the row is missing`);
      continue;
    }
    for (const column of new Set([...Object.keys(expected), ...Object.keys(row)])) {
      if (!(column in expected)) found.push(`${table} ${id}: no entry tells of the column ${column}`);
      else if (!(column in row)) found.push(`${table} ${id}: the column ${column} is missing`);
      else if (!equal(expected[column], row[column]))
        found.push(`${table} ${id}: ${column} is ${canonical(row[column])}, and by the log ${canonical(expected[column])}`);
    }
  }
  return found;
}

/** Instants are milliseconds in the log and ISO text in an exported row. */
function equal(expected, stored) {
  if (typeof expected === 'number' && typeof stored === 'string') return Date.parse(stored) === expected;
  return canonical(expected) === canonical(stored);
}
