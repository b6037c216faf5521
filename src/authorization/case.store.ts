import { QueryPool, type Tx, Visit } from '../database/pools.js';
import { Together } from '../database/together.js';
import type { Waits } from '../database/wait-budget.js';
import type { Instant } from '../domain/calendar.js';
import type { Case } from '../domain/patient.js';
import type { EditionCatalogue } from '../program/edition.catalogue.js';
import { CASES_BY, CASES_OF_PRACTICE, CATALOGUE, type CaseBy, elsewhere, PARTICIPANT } from './case.read.js';
import { type CaseRow, type EarlierReply, toAuthorization, toFill, toParticipant } from './case.rows.js';
import type { Statement } from './case.write.js';

/** Anything that runs a statement: a pool, or an open transaction. */
export type Db = Pick<QueryPool, 'query'> | Visit | Tx;

/** A case as read, with what stands beside it. */
export interface LoadedCase {
  readonly file: Case;
  /** The database's time of the read: the decision's `at`. */
  readonly at: Instant;
  /** The database machine's own clock at the read, to compare with ours. */
  readonly machineAt: Instant;
  readonly enrollmentId: string;
  readonly revision: number;
  readonly program: string;
  readonly person: { readonly familyNameKey: string; readonly birthDate: string };
  /** The patient's prescriber, by name and telephone: whom a refusal sends people to. */
  readonly office: { readonly name: string; readonly phone: string } | null;
  readonly numbers: Readonly<Record<string, string>>;
  /** The records of what may be the same person, and of the same person in other programs, as read. */
  readonly doubles: readonly { readonly enrollment: string; readonly revision: number }[];
  /** Her enrollments in other programs: what danger found here ends there too. */
  readonly otherPrograms: readonly string[];
  readonly earlier: EarlierReply | null;
}

export interface CaseQuery {
  readonly by: CaseBy;
  readonly value: string;
  /** Participants to bring besides those the case names: the actor, a successor, an approver. */
  readonly participants: readonly string[];
  readonly caller: string;
  readonly key: string;
}

/** What a decision needs besides a case: the time, the participants, and an earlier reply. */
export interface AroundNobody {
  readonly at: Instant;
  readonly machineAt: Instant;
  readonly participants: Case['participants'];
  readonly earlier: EarlierReply | null;
}

type AroundNobodyRow = Pick<CaseRow, 'at' | 'machine_at' | 'catalogue' | 'participants' | 'earlier'>;

export interface CaseOfPractice {
  readonly loaded: LoadedCase;
  readonly givenName: string;
  readonly familyName: string;
}

/** Reads and writes the whole case across nouns; the only store that does. */
export class CaseStore {
  private readonly lanes = new WeakMap<QueryPool, Lanes>();

  /** @param catalogue kept up to date with every read, so that what is decided on a case is decided under the editions of the same moment */
  constructor(private readonly catalogue: EditionCatalogue) {}

  async load(db: Db, query: CaseQuery): Promise<LoadedCase | null> {
    const row = await this.row(db, query);
    return isPresent(row) ? loaded(row) : null;
  }

  /** The case, or what stands around it when there is none: in one round trip either way, so that the time does not tell (T16). */
  async loadOrNobody(db: Db, query: CaseQuery): Promise<LoadedCase | AroundNobody> {
    const row = await this.row(db, query);
    return isPresent(row) ? loaded(row) : aroundNobody(row);
  }

  /** Through a pool together with what others ask at this moment; in a transaction alone. */
  private async row(db: Db, query: CaseQuery): Promise<ReadRow> {
    if (db instanceof QueryPool) return this.lanesOf(db)[query.by].answer(query);
    if (db instanceof Visit) return this.lanesOf(db.pool)[query.by].answer(query, db.budget);
    const [row] = await this.rowsOf(db, query.by, [query]);
    if (!row) throw new Error('The database answered a question about a case with no row.');
    return row;
  }

  private lanesOf(pool: QueryPool): Lanes {
    const known = this.lanes.get(pool);
    if (known) return known;
    const { waitMs } = pool;
    const lane = (by: CaseBy) =>
      new Together<CaseQuery, ReadRow>((queries, budget) => this.rowsOf(pool, by, queries, budget), { ...READS, waitMs });
    const lanes: Lanes = {
      number: lane('number'),
      authorization: lane('authorization'),
      enrollment: lane('enrollment'),
      write: new Together<Statement, boolean>((statements, budget) => writtenTogether(pool, statements, budget), { ...WRITES, waitMs }),
    };
    this.lanes.set(pool, lanes);
    return lanes;
  }

  /** The rows of those questions, in their order, by one statement. */
  private async rowsOf(db: Db, by: CaseBy, queries: readonly CaseQuery[], budget?: Waits): Promise<ReadRow[]> {
    const { name, text } = CASES_BY[by];
    const values = [
      queries.map((each) => each.value),
      queries.map((each) => `{${each.participants.join()}}`),
      queries.map((each) => each.caller),
      queries.map((each) => each.key),
    ];
    const { rows } = await db.query<ReadRow & { nth: number }>(text, values, name, budget);
    await this.keepUp(db, rows);
    return rows.sort((a, b) => a.nth - b.nth);
  }

  /** Reads the editions anew when one of these rows speaks of something newer than this process knows. */
  private async keepUp(db: Db, rows: readonly ReadRow[]): Promise<void> {
    const [first] = rows;
    if (!first) return;
    const pinned = rows.flatMap((row) =>
      isPresent(row) ? row.authorizations.filter((each) => each.issued_at !== null).map((each) => each.edition_hash) : [],
    );
    await this.catalogue.keepUp(db, first.catalogue, pinned);
  }

  /** The cases of a prescriber's practice in a program, asked for by him or his delegate; `max` at the most. */
  async loadPractice(db: Db, participant: string, program: string, max: number): Promise<CaseOfPractice[]> {
    const { name, text } = CASES_OF_PRACTICE;
    const { rows } = await db.query<CaseRow & { given_name: string; family_name: string }>(text, [participant, program, max], name);
    await this.keepUp(db, rows);
    return rows.map((row) => ({ loaded: loaded(row), givenName: row.given_name, familyName: row.family_name }));
  }

  /** Database time alone, with the participants asked for: for commands that speak of no patient. */
  async loadParticipants(db: Db, ids: readonly string[], caller: string, key: string): Promise<AroundNobody> {
    const { rows } = await db.query<AroundNobodyRow>(
      `SELECT rems_now() AS at, clock_timestamp() AS machine_at, ${CATALOGUE} AS catalogue,
        (SELECT coalesce(json_agg(z), '[]') FROM (${PARTICIPANT} WHERE m.id = ANY($1::uuid[])) z) AS participants,
        (SELECT json_build_object('body_hash', i.body_hash, 'status', i.status, 'reply', i.reply, 'content_type', i.content_type)
          FROM idempotency i WHERE i.caller = $2 AND i.key = $3) AS earlier`,
      [ids, caller, key],
      'participants',
    );
    const row = rows[0];
    if (!row) throw new Error('The database answered a question about its time with no row.');
    await this.keepUp(db, [row]);
    return aroundNobody(row);
  }

  /** The enrollment of that patient in that program; null when there is none. */
  async enrollmentId(db: Db, patient: string, program: string): Promise<string | null> {
    const { rows } = await db.query<{ id: string }>(
      'SELECT id FROM enrollment WHERE patient_id = $1 AND program = $2',
      [patient, program],
      'enrollment-id',
    );
    return rows[0]?.id ?? null;
  }

  /** What other programs know of that patient. */
  async elsewhere(db: Db, patient: string, program: string): Promise<CaseRow['elsewhere']> {
    const { rows } = await db.query<{ elsewhere: CaseRow['elsewhere'] }>(
      `SELECT ${elsewhere('$1::uuid', '$2::text')} AS elsewhere`,
      [patient, program],
      'elsewhere',
    );
    return rows[0]?.elsewhere ?? [];
  }

  /** What that caller was told under that key; null when nothing is on record. */
  async earlierReply(db: Db, caller: string, key: string): Promise<EarlierReply | null> {
    const { rows } = await db.query<EarlierReply>(
      'SELECT body_hash, status, reply, content_type FROM idempotency WHERE caller = $1 AND key = $2',
      [caller, key],
      'earlier-reply',
    );
    return rows[0] ?? null;
  }

  /**
   * Runs a guarded write; through a pool, in one transaction with others of this moment. false: the guard said no, somebody was faster; read again
   * and decide again.
   */
  write(db: Db, statement: Statement): Promise<boolean> {
    if (db instanceof QueryPool) return this.lanesOf(db).write.answer(statement);
    if (db instanceof Visit) return this.lanesOf(db.pool).write.answer(statement, db.budget);
    return written(db, statement);
  }
}

type ReadRow = CaseRow | AroundNobodyRow;
type Lanes = Readonly<Record<CaseBy, Together<CaseQuery, ReadRow>>> & { readonly write: Together<Statement, boolean> };

// Measured with 16 clients on two cores. Two batches at once keep service and database both at work; more would make them smaller.
const READS = { most: 16, atOnce: 2 } as const;
const WRITES = { most: 8, atOnce: 2 } as const;

const isPresent = (row: ReadRow): row is CaseRow => 'id' in row && row.id !== null;

async function written(db: Db, { text, values, name }: Statement, budget?: Waits): Promise<boolean> {
  const { rows } = await db.query<{ written: number }>(text, values, name, budget);
  return rows[0]?.written === 1;
}

/**
 * Writes of one moment: one commit for all. Each keeps its own guard. When one fails (a key sent twice, a row that somebody holds for long),
 * Postgres takes all of them back, and each goes alone: only its own failure is its answer. Rows are locked in one order, so that two such
 * transactions never wait for each other.
 */
async function writtenTogether(
  pool: QueryPool,
  statements: readonly Statement[],
  budget: Waits,
): Promise<readonly (boolean | Promise<boolean>)[]> {
  const [first] = statements;
  if (first && statements.length === 1) return [await written(pool, first, budget)];
  const rowOf = (place: number) => statements[place]?.locks ?? '';
  const places = [...statements.keys()].sort((a, b) => (rowOf(a) < rowOf(b) ? -1 : rowOf(a) > rowOf(b) ? 1 : 0));
  const ordered = places.map((place) => statements[place] as Statement);
  const results = await pool.together<{ written: number }>(ordered, budget);
  if (results === null) return statements.map((each) => written(pool, each, budget));
  return statements.map((_, place) => results[places.indexOf(place)]?.rows[0]?.written === 1);
}

const aroundNobody = (row: AroundNobodyRow): AroundNobody => ({
  at: row.at,
  machineAt: row.machine_at,
  participants: Object.fromEntries(row.participants.map((each) => [each.id, toParticipant(each)])),
  earlier: row.earlier,
});

function loaded(row: CaseRow): LoadedCase {
  const file: Case = {
    patient: row.patient_id,
    enrollment: {
      id: row.id,
      enrolledAt: row.enrolled_at,
      reEnrolledAt: row.re_enrolled_at,
      prescriber: row.prescriber_id,
      deactivatedAt: row.deactivated_at,
      deceasedAt: row.deceased_at,
      revision: row.revision,
    },
    answers: row.answers,
    category: row.category,
    categorySince: row.category_since,
    evidence: row.evidence,
    fills: row.fills.map(toFill),
    authorizations: row.authorizations.map(toAuthorization),
    participants: Object.fromEntries(row.participants.map((each) => [each.id, toParticipant(each)])),
    accommodations: row.accommodations,
    linked: row.linked.map(({ patient, category, evidence, fills }) => ({ patient, category, evidence, fills: fills.map(toFill) })),
    ...elsewhereOf(row.elsewhere),
  };
  return {
    file,
    at: row.at,
    machineAt: row.machine_at,
    enrollmentId: row.id,
    revision: row.revision,
    program: row.program,
    person: { familyNameKey: row.family_name_key, birthDate: row.birth_date },
    office: row.office?.phone ? { name: row.office.name, phone: row.office.phone } : null,
    numbers: Object.fromEntries(row.authorizations.flatMap((each) => (each.number === null ? [] : [[each.id, each.number]]))),
    doubles: [...row.linked, ...row.elsewhere].map(({ enrollment, revision }) => ({ enrollment, revision })),
    otherPrograms: row.elsewhere.map(({ enrollment }) => enrollment),
    earlier: row.earlier,
  };
}

/** Left out where she is in no other program, as it is in the entries of a time when there was none. */
export const elsewhereOf = (rows: CaseRow['elsewhere']): Pick<Case, 'elsewhere'> =>
  rows.length === 0
    ? {}
    : {
        elsewhere: rows.map(({ program, category, categorySince, answers, evidence }) => ({
          program,
          category,
          categorySince,
          answers,
          evidence,
        })),
      };
