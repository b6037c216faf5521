import pg from 'pg';
import { ACCESS_DENIED } from '../../authorization/access.denied.js';
import type { Instant } from '../../domain/calendar.js';
import type { LogEntry } from '../../domain/log-entry.js';
import type { ReadEntry } from '../replay.js';

/** Patients from `first` on, and before `end`; null: to the last. */
export interface Slice {
  readonly first: string;
  readonly end: string | null;
}

/** One enrollment's whole history in the order in which its decisions saw each other. */
export interface History {
  readonly patient: string;
  readonly enrollment: string;
  readonly entries: readonly RecordedEntry[];
}

export interface RecordedEntry {
  readonly line: LogEntry;
  /** As text, so that what is not needed is not parsed; null once erased. */
  readonly values: string | null;
}

const ROWS_AT_ONCE = 500;
const STATEMENT_MS = 120_000;

// Everything is read, in one order: the index of a patient's entries serves it, and a patient is never split over two threads. Who somebody is
// (only the entries of an enrollment hold it) never leaves the database.
const HISTORY = `SELECT n.patient_id, n.id, convert_from(e.bytes, 'UTF8'),
    CASE WHEN v.values ? 'person' THEN v.values - 'person' ELSE v.values END::text
  FROM enrollment n JOIN entry e ON e.patient_id = n.patient_id AND e.aggregate = 'enrollment' AND e.aggregate_id = n.id::text
  LEFT JOIN entry_values v ON v.entry_id = e.id
  WHERE n.program = $1 AND e.recorded_at <= $2 AND e.command <> '${ACCESS_DENIED}'`;
const IN_ORDER = 'ORDER BY n.patient_id, n.id';

type Row = readonly [patient: string, enrollment: string, line: string, values: string | null];

/**
 * A connection that reads history and cannot write: the session refuses writes, and so does its one transaction, which sees the log as it was
 * when the first of these connections opened.
 */
export class HistoryStore {
  private constructor(private readonly client: pg.Client) {}

  /** @param snapshot of the connection whose moment this one shares; null: a moment of its own */
  static async open(url: string, snapshot: string | null = null): Promise<HistoryStore> {
    const client = new pg.Client({
      connectionString: url,
      application_name: 'rems-what-if',
      statement_timeout: STATEMENT_MS,
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
      // The plan for one slice is the plan for all: by index, a patient after the other.
      options: '-c TimeZone=UTC -c default_transaction_read_only=on -c enable_seqscan=off -c jit=off',
    });
    client.on('error', () => {});
    await client.connect();
    try {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      if (snapshot !== null) await client.query(`SET TRANSACTION SNAPSHOT '${snapshot.replaceAll("'", '')}'`);
      return new HistoryStore(client);
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
  }

  /** The moment this connection sees, for others to share while it is open. */
  async snapshot(): Promise<string> {
    return (await this.one<{ name: string }>('SELECT pg_export_snapshot() AS name')).name;
  }

  /** Any statement, in the same picture: for those who read other tables with it. */
  async query<Row>(text: string, values: readonly unknown[] = []): Promise<{ rows: Row[]; rowCount: number }> {
    const { rows, rowCount } = await this.client.query<Row & pg.QueryResultRow>(text, [...values]);
    return { rows, rowCount: rowCount ?? 0 };
  }

  async now(): Promise<Instant> {
    return (await this.one<{ at: number }>('SELECT epoch_ms(rems_now())::float8 AS at')).at;
  }

  /** How many patients of that program there are, and where each slice of so many begins. */
  async slices(program: string, patients: number): Promise<Slice[]> {
    const { rows } = await this.client.query<{ first: string }>(
      `SELECT first FROM (SELECT patient_id::text AS first, row_number() OVER (ORDER BY patient_id) AS nth FROM enrollment WHERE program = $1) each
        WHERE (nth - 1) % $2 = 0 ORDER BY nth`,
      [program, patients],
    );
    return rows.map(({ first }, place) => ({ first, end: rows[place + 1]?.first ?? null }));
  }

  /** The patient's pseudonym, by her own, an authorization's or an entry's id; null when it is nobody's. */
  async patientOf(program: string, id: string): Promise<string | null> {
    const { rows } = await this.client.query<{ patient: string }>(
      `SELECT n.patient_id::text AS patient FROM enrollment n WHERE n.program = $1 AND n.patient_id IN (
         SELECT $2::uuid UNION ALL SELECT patient_id FROM entry WHERE authorization_id = $2::uuid UNION ALL SELECT patient_id FROM entry WHERE id = $2::uuid)
       LIMIT 1`,
      [program, id],
    );
    return rows[0]?.patient ?? null;
  }

  /** The histories of a slice, one at a time; what is held at once is a few hundred rows and one patient. */
  async *histories(program: string, { first, end }: Slice, until: Instant): AsyncGenerator<History> {
    const bounds = end === null ? 'AND n.patient_id >= $3' : 'AND n.patient_id >= $3 AND n.patient_id < $4';
    const values = [program, new Date(until).toISOString(), first, ...(end === null ? [] : [end])];
    await this.client.query(`DECLARE history NO SCROLL CURSOR FOR ${HISTORY} ${bounds} ${IN_ORDER}`, values);
    try {
      let rows: Row[] = [];
      let next = this.fetch();
      for (;;) {
        const batch = await next;
        if (batch.length === 0) break;
        // Asked for before this batch is judged, so that the database works meanwhile.
        next = this.fetch();
        for (const row of batch) {
          const open = rows[0];
          if (open !== undefined && open[1] !== row[1]) {
            yield historyOf(rows);
            rows = [];
          }
          rows.push(row);
        }
      }
      if (rows.length > 0) yield historyOf(rows);
    } finally {
      await this.client.query('CLOSE history').catch(() => {});
    }
  }

  async close(): Promise<void> {
    await this.client.end().catch(() => {});
  }

  private fetch(): Promise<Row[]> {
    const fetched = this.fetched();
    // Who stops in the middle never looks at the batch that is still on its way.
    fetched.catch(() => {});
    return fetched;
  }

  private async fetched(): Promise<Row[]> {
    const { rows } = await this.client.query<Row[]>({ text: `FETCH ${ROWS_AT_ONCE} FROM history`, rowMode: 'array' });
    return rows as unknown as Row[];
  }

  private async one<T extends pg.QueryResultRow>(text: string): Promise<T> {
    const { rows } = await this.client.query<T>(text);
    const [row] = rows;
    if (row === undefined) throw new Error('The database answered a question of one row with none.');
    return row;
  }
}

/** Who saw fewer versions decided earlier; of two who saw the same, the one who changed something came last. */
function historyOf(rows: readonly Row[]): History {
  const entries = rows.map(([, , line, values]): RecordedEntry => ({ line: JSON.parse(line) as LogEntry, values }));
  entries.sort(({ line: a }, { line: b }) => {
    const seen = a.aggregate.saw - b.aggregate.saw;
    if (seen !== 0) return seen;
    const changes = Number(a.aggregate.version !== null) - Number(b.aggregate.version !== null);
    return changes !== 0 ? changes : a.at - b.at || (a.id < b.id ? -1 : 1);
  });
  const [patient = '', enrollment = ''] = rows[0] ?? [];
  return { patient, enrollment, entries };
}

// Who took part is mostly the same from one entry of a patient to the next: read once, it is shared (12 % of the time of a run, then 6).
let lastBasis: { readonly text: string; readonly basis: ReadEntry['basis'] } | null = null;
const BASIS = '{"basis": ';
const REST = ', "command": ';

/** An entry with the values it commits to, which must not be erased. */
export function readRecorded({ line, values }: RecordedEntry): ReadEntry {
  if (values === null) throw new Error(`The values of entry ${line.id} are erased.`);
  if (lastBasis !== null && values.startsWith(lastBasis.text))
    return { line, ...restOf(values, lastBasis.text.length), basis: lastBasis.basis };
  const { command, effects, basis } = JSON.parse(values) as Omit<ReadEntry, 'line'>;
  lastBasis = basisIn(values, basis);
  return { line, command, effects, basis };
}

function restOf(values: string, basisEnds: number): Pick<ReadEntry, 'command' | 'effects'> {
  const { command, effects } = JSON.parse(`{${values.slice(basisEnds - REST.length + 2)}`) as Omit<ReadEntry, 'line' | 'basis'>;
  return { command, effects };
}

/** Where the basis stands in the text, as Postgres writes it: first, and what follows is an object without it. null when it does not. */
function basisIn(values: string, basis: ReadEntry['basis']): typeof lastBasis {
  const ends = values.indexOf(REST);
  if (!values.startsWith(BASIS) || ends < 0) return null;
  try {
    JSON.parse(values.slice(BASIS.length, ends));
    return { text: values.slice(0, ends + REST.length), basis };
  } catch {
    // A key of that name stands inside the basis: then every entry is read whole.
    return null;
  }
}
