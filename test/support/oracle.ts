// What must be true of a database whatever was done to the service or to the server (threats §3.4): asked of the rows and of the exact bytes of
// the entries, by code that shares nothing with what wrote them. Each finding is one line; a test expects none.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Rows as ExportedRows, differences as foldDifferences, foldEnrollment } from '../../verifier/fold.mjs';
import type { Told } from './caller.js';
import { catalogue } from './world.js';

interface Db {
  query<Row>(text: string, values?: unknown[]): Promise<{ rows: Row[] }>;
}

export interface Asked {
  /** As the owner of the tables. */
  readonly db: Db;
  readonly dataDir: string;
  /** What the clients were told, to be compared with what is on record. */
  readonly told?: readonly Told[];
}

interface EntryRow {
  readonly id: string;
  readonly recorded_at: number;
  readonly aggregate: string;
  readonly aggregate_id: string;
  readonly version: number | null;
  readonly saw_version: number;
  readonly command: string;
  readonly outcome: string;
  readonly actor: string;
  readonly authorization_id: string | null;
  readonly bytes: Buffer;
  readonly signature: Buffer;
  readonly salts: Readonly<Record<string, string>> | null;
  readonly values: Readonly<Record<string, unknown>> | null;
  readonly pending: boolean;
}

/** What of an entry's bytes is read here. */
interface Written {
  readonly id: string;
  readonly command: string;
  readonly outcome: string;
  readonly aggregate: { readonly version: number | null; readonly saw: number };
  readonly effects: readonly { readonly kind: string; readonly id: string; readonly state?: string }[];
  readonly commitments: Readonly<Record<string, string>>;
}

interface Entry extends EntryRow {
  readonly written: Written;
}

/** The editions' documents by hash, as published. */
const DOCUMENTS: Readonly<Record<string, object>> = Object.fromEntries(
  catalogue.programs().flatMap((program) => {
    const edition = catalogue.inForce(program, Date.now());
    const document = edition && catalogue.documentWithHash(edition.hash);
    return edition && document ? [[edition.hash, document]] : [];
  }),
);

/** Decided and recorded without an Idempotency-Key: asking again asks again. */
const KEYLESS = ['verify', 'read-status', 'read-clinical-review', 'access-denied'];

/** Everything that is not as it has to be. */
export async function findings(asked: Asked): Promise<string[]> {
  const entries = await readEntries(asked.db);
  return [
    ...sealsOf(entries, asked.dataDir),
    ...versionsOf(entries),
    ...(await effectsOf(entries, asked.db)),
    ...(await foldOf(entries, asked.db)),
    ...(await repliesOf(entries, asked.db)),
    ...(await onceOnly(asked.db)),
    ...(await idleSessions(asked.db)),
    ...(await toldAndKept(asked)),
  ];
}

async function readEntries(db: Db): Promise<Entry[]> {
  const { rows } = await db.query<EntryRow>(
    `SELECT e.id, (extract(epoch FROM e.recorded_at) * 1000)::float8 AS recorded_at, e.aggregate, e.aggregate_id, e.version, e.saw_version, e.command,
       e.outcome, e.actor, e.authorization_id, e.bytes, e.signature, v.salts, v.values, p.entry_id IS NOT NULL AS pending
     FROM entry e LEFT JOIN entry_values v ON v.entry_id = e.id LEFT JOIN entry_pending p ON p.entry_id = e.id ORDER BY e.recorded_at, e.id`,
  );
  return rows.map((row) => ({ ...row, written: JSON.parse(row.bytes.toString('utf8')) as Written }));
}

/** Signed by the service's key, columns as in the bytes, values as committed to, and waiting for their checkpoint. */
function sealsOf(entries: readonly Entry[], dataDir: string): string[] {
  const key = createPublicKey(readFileSync(join(dataDir, 'signing-key.pem')));
  return entries.flatMap((entry) => {
    const { written } = entry;
    const wrong: string[] = [];
    if (!verify(null, entry.bytes, key, entry.signature)) wrong.push('its signature is not the service’s');
    const { version, saw } = written.aggregate;
    const columns = [entry.id, entry.command, entry.outcome, entry.version, entry.saw_version];
    if (JSON.stringify(columns) !== JSON.stringify([written.id, written.command, written.outcome, version, saw])) {
      wrong.push('its columns are not its bytes');
    }
    if (entry.salts === null || entry.values === null) wrong.push('it has no values');
    if (!entry.pending) wrong.push('it is not pending');
    for (const [name, commitment] of Object.entries(written.commitments)) {
      const salt = Buffer.from(entry.salts?.[name] ?? '', 'base64');
      const now = createHash('sha256').update(salt).update(canonical(entry.values?.[name])).digest('hex');
      if (now !== commitment) wrong.push(`its ${name} is not what it committed to`);
    }
    return wrong.map((text) => `entry ${entry.id} (${entry.command}): ${text}`);
  });
}

/** I13, I18: accepted entries of one aggregate count 1, 2, 3 … without a gap, each saw the one before, and time does not run backwards. */
function versionsOf(entries: readonly Entry[]): string[] {
  const accepted = new Map<string, Entry[]>();
  for (const entry of entries) {
    if (entry.version === null) continue;
    accepted.set(entry.aggregate_id, [...(accepted.get(entry.aggregate_id) ?? []), entry]);
  }
  return [...accepted].flatMap(([id, some]) => {
    const ordered = some.toSorted((a, b) => Number(a.version) - Number(b.version));
    return ordered.flatMap((entry, index) => [
      ...(entry.version === index + 1 ? [] : [`aggregate ${id}: version ${index + 1} is missing before ${entry.version}`]),
      ...(entry.saw_version === index ? [] : [`aggregate ${id}: version ${entry.version} saw ${entry.saw_version}`]),
      ...(entry.recorded_at >= (ordered[index - 1]?.recorded_at ?? 0)
        ? []
        : [`aggregate ${id}: version ${entry.version} is before its forerunner`]),
    ]);
  });
}

interface Rows {
  readonly enrollments: { id: string; revision: number; category: string | null }[];
  readonly participants: { id: string; revision: number }[];
  readonly authorizations: { id: string; state: string; enrollment_id: string }[];
  readonly evidence: { id: string; enrollment_id: string; revision: number }[];
  readonly fills: { id: string; outcome: string; returned: boolean }[];
  readonly findings: { code: string; entry_id: string; authorization_id: string | null }[];
}

/** I14, I15: each effect of an accepted entry is in the tables, and nothing is in the tables that no entry put there. */
async function effectsOf(entries: readonly Entry[], db: Db): Promise<string[]> {
  const rows = await readRows(db);
  const last = new Map<string, number>();
  const states = new Map<string, string>();
  const facts = new Map<string, string>();
  const fills = new Map<string, string>();
  const returned = new Set<string>();
  const opened: string[] = [];
  const reopened: string[] = [];
  for (const entry of inOrder(entries)) {
    if (entry.version !== null) last.set(entry.aggregate_id, entry.version);
    for (const { kind, id, state } of entry.written.effects) {
      // A refusal opens a finding only while there is no open one of the same kind.
      if (kind === 'finding') (entry.version === null ? reopened : opened).push(`${entry.id} ${id} of ${entry.authorization_id}`);
      if (entry.version === null) continue;
      if (kind === 'authorization') states.set(id, state ?? '');
      if (kind === 'evidence') facts.set(`${entry.aggregate_id} ${id}`, `${entry.version}`);
      if (kind === 'fill') fills.set(id, state ?? '');
      if (kind === 'fill-returned') returned.add(id);
    }
  }
  return [
    ...differences(
      'revision of',
      last,
      new Map([...rows.enrollments, ...rows.participants].filter((each) => each.revision > 0).map((each) => [each.id, each.revision])),
    ),
    ...differences('state of authorization', states, new Map(rows.authorizations.map((each) => [each.id, each.state]))),
    ...differences('evidence', facts, new Map(rows.evidence.map((each) => [`${each.enrollment_id} ${each.id}`, `${each.revision}`]))),
    ...differences('fill', fills, new Map(rows.fills.map((each) => [each.id, each.outcome]))),
    ...differences('return of fill', asMap(returned), asMap(rows.fills.filter((each) => each.returned).map((each) => each.id))),
    ...findingsOf(opened, reopened, rows.findings),
  ];
}

/** What changed something opened its findings; what was refused opened one, or found one open. */
function findingsOf(opened: readonly string[], reopened: readonly string[], rows: Rows['findings']): string[] {
  const kindOf = (finding: string) => finding.replace(/^\S+ /, '');
  const standing = rows.map((each) => `${each.entry_id} ${each.code} of ${each.authorization_id}`);
  const kinds = new Set(standing.map(kindOf));
  return [
    ...differences('finding', asMap(opened), asMap(standing.filter((each) => !reopened.includes(each)))),
    ...reopened.filter((each) => !kinds.has(kindOf(each))).map((each) => `finding ${each}: by a refused entry, and none is open`),
  ];
}

async function readRows(db: Db): Promise<Rows> {
  const read = async <Row>(text: string): Promise<Row[]> => (await db.query<Row>(text)).rows;
  return {
    enrollments: await read('SELECT id, revision, category FROM enrollment'),
    participants: await read('SELECT id, revision FROM participant'),
    authorizations: await read('SELECT id, state, enrollment_id FROM prescription_authorization'),
    evidence: await read('SELECT id, enrollment_id, revision FROM evidence'),
    fills: await read('SELECT id, outcome, returned_at IS NOT NULL AS returned FROM fill'),
    findings: await read('SELECT code, entry_id, authorization_id FROM finding'),
  };
}

/** I14: every column of every row of a patient is what the verifier folds the entries to. */
async function foldOf(entries: readonly Entry[], db: Db): Promise<string[]> {
  const exported = await exportedRows(db);
  const perEnrollment = new Map<string, Entry[]>();
  for (const entry of entries) {
    if (entry.aggregate === 'enrollment') perEnrollment.set(entry.aggregate_id, [...(perEnrollment.get(entry.aggregate_id) ?? []), entry]);
  }
  return [...perEnrollment].flatMap(([id, some]) => {
    const rows = exported.get(id);
    if (!rows) return [`enrollment ${id}: entries, and no row`];
    return foldDifferences(
      foldEnrollment(
        some.map((entry) => ({ ...entry, keyId: '' })),
        DOCUMENTS,
      ),
      rows,
    );
  });
}

const TABLES = [
  ['enrollment', 'SELECT t.id AS enrollment, to_jsonb(t) AS row FROM enrollment t'],
  ['patient', 'SELECT e.id AS enrollment, to_jsonb(t) AS row FROM patient t JOIN enrollment e ON e.patient_id = t.id'],
  ['evidence', 'SELECT t.enrollment_id AS enrollment, to_jsonb(t) AS row FROM evidence t'],
  ['prescription_authorization', 'SELECT t.enrollment_id AS enrollment, to_jsonb(t) AS row FROM prescription_authorization t'],
  ['fill', 'SELECT t.enrollment_id AS enrollment, to_jsonb(t) AS row FROM fill t'],
] as const;

/** Whole rows by enrollment, as an export gives them. */
async function exportedRows(db: Db): Promise<Map<string, ExportedRows>> {
  const found = new Map<string, Record<(typeof TABLES)[number][0], object[]>>();
  for (const [table, text] of TABLES) {
    const { rows } = await db.query<{ enrollment: string; row: object }>(text);
    for (const { enrollment, row } of rows) {
      const of = found.get(enrollment) ?? { enrollment: [], patient: [], evidence: [], prescription_authorization: [], fill: [] };
      of[table].push(row);
      found.set(enrollment, of);
    }
  }
  return found;
}

/** A decision and the answer stored for its key stand and fall together; the answer names the decision by its reference. */
async function repliesOf(entries: readonly Entry[], db: Db): Promise<string[]> {
  const { rows } = await db.query<{ caller: string; reply: string }>('SELECT caller, reply FROM idempotency');
  const referenceOf = (entry: Entry) => `${entry.actor} ${entry.id.replaceAll('-', '').slice(-8).toUpperCase()}`;
  const decided = entries.filter((entry) => !KEYLESS.includes(entry.command) && entry.actor !== 'system').map(referenceOf);
  const answered = rows.map(({ caller, reply }) => `${caller} ${(JSON.parse(reply) as { reference?: string }).reference ?? '-'}`);
  return differences('decision and its stored answer', asMap(decided), asMap(answered));
}

/** I1, I2: one permitted fill an authorization, inside its window. */
async function onceOnly(db: Db): Promise<string[]> {
  const twice = await db.query<{ id: string }>(
    `SELECT authorization_id AS id FROM fill WHERE outcome = 'permitted' GROUP BY 1 HAVING count(*) > 1`,
  );
  const outside = await db.query<{ id: string }>(
    `SELECT f.id FROM fill f JOIN prescription_authorization a ON a.id = f.authorization_id
      WHERE f.outcome = 'permitted' AND NOT (f.handed_over_at BETWEEN a.issued_at AND least(a.expires_at, a.confirmation_ends_at))`,
  );
  return [
    ...twice.rows.map(({ id }) => `authorization ${id} is filled twice`),
    ...outside.rows.map(({ id }) => `fill ${id} is outside its window`),
  ];
}

async function idleSessions(db: Db): Promise<string[]> {
  const { rows } = await db.query<{ who: string }>(
    `SELECT application_name AS who FROM pg_stat_activity
      WHERE datname = current_database() AND state LIKE 'idle in transaction%' AND clock_timestamp() - state_change > interval '1 second'`,
  );
  return rows.map(({ who }) => `a session of ${who} is idle in a transaction`);
}

/** I11, I16: what a client was told is what is on record under his key, byte for byte. */
async function toldAndKept({ db, told = [] }: Asked): Promise<string[]> {
  const { rows } = await db.query<{ caller: string; key: string; status: number; reply: string }>(
    'SELECT caller, key, status, reply FROM idempotency',
  );
  const kept = new Map(rows.map((row) => [`${row.caller} ${row.key}`, row]));
  return told.flatMap(({ caller, key, path, answer }) => {
    // What no decision was made about is not stored: shape, sign-in, not found, too many.
    if (answer === null || ![200, 201, 409].includes(answer.status) || answer.body.type === '/problems/idempotency-key-reused') return [];
    const row = kept.get(`${caller} ${key}`);
    if (!row) return [`${path} of ${caller} was answered ${answer.status} and is not on record`];
    return row.status === answer.status && row.reply === answer.text
      ? []
      : [`${path} of ${caller} was answered otherwise than is on record`];
  });
}

/** By aggregate and version; what changed nothing comes first. */
const inOrder = (entries: readonly Entry[]): Entry[] =>
  entries.toSorted((a, b) =>
    a.aggregate_id < b.aggregate_id ? -1 : a.aggregate_id > b.aggregate_id ? 1 : (a.version ?? 0) - (b.version ?? 0),
  );

const asMap = (keys: Iterable<string>): Map<string, string> => {
  const counted = new Map<string, string>();
  for (const key of keys) counted.set(key, `${Number(counted.get(key) ?? 0) + 1}`);
  return counted;
};

function differences<V>(what: string, folded: ReadonlyMap<string, V>, tables: ReadonlyMap<string, V>): string[] {
  const lines: string[] = [];
  for (const [id, value] of folded) {
    if (!tables.has(id)) lines.push(`${what} ${id}: by the entries ${String(value)}, not in the tables`);
    else if (tables.get(id) !== value)
      lines.push(`${what} ${id}: by the entries ${String(value)}, in the tables ${String(tables.get(id))}`);
  }
  for (const [id, value] of tables) if (!folded.has(id)) lines.push(`${what} ${id}: in the tables ${String(value)}, in no entry`);
  return lines;
}

/** RFC 8785 for what entries hold: keys sorted, no white space; numbers and texts as JSON writes them. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((each) => canonical(each ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
}
