// Years of entries, copied in the database from two that the service wrote: as many for each patient, as large, as signed, under the same indexes.
import type pg from 'pg';

/** Of twenty entries about a patient eighteen changed something, as many as her enrollment has revisions, and two only asked. */
const ENTRIES_OF_A_PATIENT = 20;
const CHANGES = 18;

const COPY_ENTRIES = `INSERT INTO entry (id, recorded_at, aggregate, aggregate_id, version, saw_version, command, outcome, reasons, patient_id, authorization_id,
    actor, organization, bytes, signature, key_id)
  SELECT uuidv7(), e.enrolled_at + $1::int * interval '2 days', t.aggregate, e.id::text, CASE WHEN $1::int <= $3::int THEN $1::int END, least($1::int, $3::int), t.command,
    t.outcome, t.reasons, e.patient_id, a.id, t.actor, t.organization, t.bytes, t.signature, t.key_id
  FROM entry t, enrollment e JOIN prescription_authorization a ON a.enrollment_id = e.id AND a.state = 'dispensed'
  WHERE t.id = $2
  RETURNING id`;

const COPY_VALUES = `WITH written AS (${COPY_ENTRIES})
  INSERT INTO entry_values (entry_id, salts, values) SELECT w.id, v.salts, v.values FROM written w, entry_values v WHERE v.entry_id = $2`;

/** The newest entry of that command. */
async function newest(owner: pg.Pool, command: string): Promise<string> {
  const { rows } = await owner.query<{ id: string }>('SELECT id FROM entry WHERE command = $1 ORDER BY recorded_at DESC LIMIT 1', [
    command,
  ]);
  const id = rows[0]?.id;
  if (id === undefined) throw new Error(`The service wrote no entry of ${command}.`);
  return id;
}

/** Gives every patient her past: ENTRIES_OF_A_PATIENT entries with their side rows. @returns how many entries there are then */
export async function makeHistory(owner: pg.Pool, progress: (round: number) => void): Promise<number> {
  const changing = await newest(owner, 'reserve');
  const asking = await newest(owner, 'verify');
  for (let round = 1; round <= ENTRIES_OF_A_PATIENT; round++) {
    await owner.query(COPY_VALUES, [round, round <= CHANGES ? changing : asking, CHANGES]);
    progress(round);
  }
  const { rows } = await owner.query<{ count: string }>('SELECT count(*) FROM entry');
  return Number(rows[0]?.count);
}
