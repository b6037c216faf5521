// Writes thousands of patients straight into the tables, many at a time: through the service it would take an hour.
import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { DEMO_ACCOUNTS, DEMO_IDS } from '../src/demo/accounts.js';
import { NUMBER_BYTES } from '../src/domain/authorization-number.js';
import type { Instant } from '../src/domain/calendar.js';
import type { Authorization } from '../src/domain/patient.js';
import type { Edition } from '../src/domain/program.js';
import { familyNameKey } from '../src/patient/family-name.js';
import { type FixtureCase, type FixturePatient, fixtureCase, fixturePatient, KINDS, PLACE_OF } from './fixture-case.js';

const BATCH = 2_000;
const HOLDERS = ['pharmacist', 'pharmacist-2', 'pharmacist-3'] as const;

/** The keys of the demo accounts whose tokens the load carries: three sites. */
export const CALLERS: readonly string[] = HOLDERS;

const iso = (at: Instant | null) => (at === null ? null : new Date(at).toISOString());

/** One prescriber, three certified sites with a trained person each. */
export async function makeParticipants(owner: pg.Pool): Promise<void> {
  await owner.query(
    `INSERT INTO participant (id, kind, name, certified_from, revision) VALUES ($1, 'prescriber', 'Dr. Miriam Lee', rems_now() - interval '2 years', 1)`,
    [DEMO_IDS.prescriber],
  );
  for (const account of DEMO_ACCOUNTS.filter((each) => CALLERS.includes(each.key))) {
    await owner.query(
      `INSERT INTO participant (id, kind, name, chain_id, certified_from, certified_until, trained, revision)
       VALUES ($1, 'pharmacy', $2, $3, rems_now() - interval '1 year', rems_now() + interval '1 year', $4, 3)`,
      [account.siteId, account.says, account.chainId ?? null, JSON.stringify({ [account.personId ?? '']: null })],
    );
  }
}

export async function databaseTime(owner: pg.Pool): Promise<Instant> {
  const { rows } = await owner.query<{ now: string }>('SELECT epoch_ms(rems_now())::text AS now');
  return Number(rows[0]?.now);
}

/** Makes so many patients with an issued authorization each. */
export async function makePatients(
  owner: pg.Pool,
  edition: Edition,
  count: number,
  progress: (done: number) => void = () => {},
): Promise<FixturePatient[]> {
  const now = await databaseTime(owner);
  const cases = new Map(KINDS.map((kind) => [kind, fixtureCase(kind, now, edition, DEMO_IDS.prescriber, DEMO_IDS.site)]));
  const all: FixturePatient[] = [];
  while (all.length < count) {
    const batch = Array.from({ length: Math.min(BATCH, count - all.length) }, (_, place) => {
      const nth = all.length + place;
      const kind = KINDS[nth % KINDS.length] ?? 'male';
      return fixturePatient(kind, cases.get(kind)?.category ?? '', nth, [randomBytes(NUMBER_BYTES), randomBytes(NUMBER_BYTES)]);
    });
    const client = await owner.connect();
    try {
      await client.query('BEGIN');
      for (const [kind, file] of cases)
        await insertPatients(
          client,
          batch.filter((each) => each.kind === kind),
          file,
          edition,
          now,
        );
      await client.query('COMMIT');
    } finally {
      client.release();
    }
    all.push(...batch);
    progress(all.length);
  }
  return all;
}

async function insertPatients(
  client: pg.PoolClient,
  patients: readonly FixturePatient[],
  file: FixtureCase,
  edition: Edition,
  now: Instant,
): Promise<void> {
  const column = <K extends keyof FixturePatient>(name: K) => patients.map((each) => each[name]);
  await client.query(
    `INSERT INTO patient (id, given_name, family_name, birth_date, phone, postal_code, family_name_key, created_at)
     SELECT p.id, 'Robin', p.family, p.birth, '1-555-010-0199', '02139', p.key, $5::timestamptz - interval '41 days'
     FROM unnest($1::uuid[], $2::text[], $3::text[], $4::date[]) AS p (id, family, key, birth)`,
    [column('patient'), column('familyName'), column('familyName').map(familyNameKey), column('birthDate'), iso(now)],
  );
  await client.query(
    `INSERT INTO enrollment (id, patient_id, program, prescriber_id, enrolled_at, answers, category, category_since, revision)
     SELECT e.id, e.patient, $3, $4, $5::timestamptz - interval '40 days', $6, $7, $5::timestamptz - interval '40 days', $8
     FROM unnest($1::uuid[], $2::uuid[]) AS e (id, patient)`,
    [
      column('enrollment'),
      column('patient'),
      edition.program,
      DEMO_IDS.prescriber,
      iso(now),
      JSON.stringify(file.answers),
      file.category,
      file.revision,
    ],
  );
  await client.query(
    `INSERT INTO evidence (enrollment_id, id, patient_id, revision, ordinal, kind, recorded_at, fact)
     SELECT e.id, v.fact ->> 'id', e.patient, v.nth, 1, v.fact ->> 'kind', to_timestamp((v.fact ->> 'recordedAt')::numeric / 1000), v.fact
     FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[]) AS e (id, patient, current, previous),
       jsonb_array_elements(replace(replace($5::text, '${PLACE_OF.authorization}', e.current::text), '${PLACE_OF.previous}', e.previous::text)::jsonb)
         WITH ORDINALITY AS v (fact, nth)`,
    [column('enrollment'), column('patient'), column('authorization'), column('previous'), JSON.stringify(file.evidence)],
  );
  await insertAuthorizations(client, patients, 'previous', 'previousNumber', file.previous, edition);
  await insertAuthorizations(client, patients, 'authorization', 'number', file.authorization, edition);
  await client.query(
    `INSERT INTO fill (id, authorization_id, enrollment_id, patient_id, pharmacy_id, outcome, handed_over_at, handed_over_until, handed_over_on, issued_at,
       supply_days, recorded_at)
     SELECT gen_random_uuid()::text, f.filled, f.enrollment, f.patient, $4, $5, $6, $6, $7, $8, $9, $6
     FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS f (filled, enrollment, patient)`,
    [
      column('previous'),
      column('enrollment'),
      column('patient'),
      file.fill.pharmacy,
      file.fill.outcome,
      iso(file.fill.handedOver.at),
      file.fill.handedOver.on,
      iso(file.fill.issuedAt),
      file.fill.supplyDays,
    ],
  );
}

function insertAuthorizations(
  client: pg.PoolClient,
  patients: readonly FixturePatient[],
  id: 'authorization' | 'previous',
  number: 'number' | 'previousNumber',
  one: Authorization,
  edition: Edition,
) {
  return client.query(
    `INSERT INTO prescription_authorization (id, enrollment_id, patient_id, number, program, machine_version, state, next_deadline_at, edition, edition_hash,
       prescription, supply_days, supply_days_max, started_at, preparation_ends_at, issued_at, issued_by, category, expires_at)
     SELECT a.id, a.enrollment, a.patient, a.number, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19
     FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[]) AS a (id, enrollment, patient, number)`,
    [
      patients.map((each) => each[id]),
      patients.map((each) => each.enrollment),
      patients.map((each) => each.patient),
      patients.map((each) => each[number]),
      edition.program,
      one.machineVersion,
      one.state,
      one.state === 'authorized' ? iso(one.expiresAt) : null,
      one.edition,
      one.editionHash,
      JSON.stringify(one.prescription),
      one.prescription.supplyDays,
      edition.prescription.maxSupplyDays === 'none' ? one.prescription.supplyDays : edition.prescription.maxSupplyDays,
      iso(one.startedAt),
      iso(one.preparationEndsAt),
      iso(one.issuedAt),
      one.issuedBy,
      one.category,
      iso(one.expiresAt),
    ],
  );
}
