// The same lives again under other ids, copied by the database: for sizes that would take too long to live and to sign. What is copied was signed
// once; a copy's columns name other people than its bytes do, so it serves to measure reading and nothing that verifies.
import pg from 'pg';

const NEW = (id: string) => `md5(${id}::text || $1)::uuid`;

/** @returns how many entries there are then */
export async function copyHistory(ownerUrl: string, copies: number, progress: (done: number) => void = () => {}): Promise<number> {
  const client = new pg.Client({ connectionString: ownerUrl, options: '-c TimeZone=UTC -c synchronous_commit=off -c work_mem=64MB' });
  await client.connect();
  try {
    await client.query('CREATE TEMP TABLE lived AS SELECT id FROM patient');
    await client.query('CREATE TEMP TABLE said AS SELECT id FROM entry');
    for (let nth = 1; nth < copies; nth += 1) {
      await client.query('BEGIN');
      const copy = (text: string) => client.query(text, [` copy ${nth}`]);
      await copy(`INSERT INTO patient (id, given_name, family_name, birth_date, family_name_key, created_at)
        SELECT ${NEW('p.id')}, given_name, family_name, birth_date, family_name_key, created_at FROM patient p JOIN lived USING (id)`);
      await copy(`INSERT INTO enrollment (id, patient_id, program, prescriber_id, enrolled_at, answers, category, category_since, deactivated_at, revision)
        SELECT ${NEW('e.id')}, ${NEW('e.patient_id')}, program, prescriber_id, enrolled_at, answers, category, category_since, deactivated_at, revision
        FROM enrollment e JOIN lived ON lived.id = e.patient_id`);
      await copy(`INSERT INTO entry (id, recorded_at, aggregate, aggregate_id, version, saw_version, command, outcome, reasons, patient_id,
          authorization_id, actor, organization, bytes, signature, key_id)
        SELECT ${NEW('e.id')}, recorded_at, aggregate, (${NEW('e.aggregate_id')})::text, version, saw_version, command, outcome, reasons,
          ${NEW('e.patient_id')}, CASE WHEN authorization_id IS NULL THEN NULL ELSE ${NEW('e.authorization_id')} END, actor, organization, bytes, signature, key_id
        FROM entry e JOIN said USING (id)`);
      await copy(`INSERT INTO entry_values (entry_id, salts, values)
        SELECT ${NEW('v.entry_id')}, salts, values FROM entry_values v JOIN said ON said.id = v.entry_id`);
      await client.query('COMMIT');
      progress(nth + 1);
    }
    await client.query('ANALYZE entry, entry_values, enrollment, patient');
    const { rows } = await client.query<{ entries: number }>('SELECT count(*)::int AS entries FROM entry');
    return rows[0]?.entries ?? 0;
  } finally {
    await client.end();
  }
}
