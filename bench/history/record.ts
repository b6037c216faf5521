// Lives as rows: entries sealed and signed as the service seals and signs them, inserted many at a time.
import type pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import type { Caller } from '../../src/authorization/caller.js';
import { sealedEntry } from '../../src/authorization/entry.js';
import { chance } from '../../src/chance.js';
import type { SealedEntry } from '../../src/compliance-log/seal.js';
import type { EntrySigner } from '../../src/compliance-log/signer.js';
import { authorizationNumberFrom, NUMBER_BYTES } from '../../src/domain/authorization-number.js';
import type { Instant } from '../../src/domain/calendar.js';
import type { Actor } from '../../src/domain/participant.js';
import type { Case } from '../../src/domain/patient.js';
import { type Act, type Cast, type Life, takesVersion } from './life.js';

const ROWS_AT_ONCE = 400;
const ROLES: Readonly<Record<Actor['role'], Caller['role']>> = {
  prescriber: 'prescriber',
  delegate: 'delegate',
  pharmacy: 'pharmacist',
  patient: 'patient',
  guardian: 'guardian',
  administrator: 'administrator',
  laboratory: 'administrator',
  steward: 'steward',
  system: 'system',
};

interface Written {
  readonly sealed: SealedEntry;
  readonly actor: string;
  readonly organization: string | null;
}

function callerOf({ role, id, person }: Actor): Caller {
  const site = role === 'pharmacy' ? id : null;
  return {
    subject: `account-${id.slice(-12)}`,
    role: ROLES[role],
    participantId: role === 'patient' || role === 'guardian' || role === 'system' ? null : id,
    siteId: site,
    personId: person ?? null,
    onBehalfOf: null,
    tokenId: `token-${id.slice(-12)}`,
  };
}

/** One act as the entry that the service would have written. */
export function sealAct({ command, file, decision }: Act, life: Pick<Life, 'edition' | 'patient'>, signer: EntrySigner): SealedEntry {
  const { edition, patient } = life;
  const enrolled = decision.effects.find((effect) => effect.kind === 'enrollment')?.enrollment;
  const revision = file.enrollment?.revision ?? 0;
  const issued = decision.effects.flatMap((effect) =>
    effect.kind === 'authorization' && effect.authorization.issuedAt === command.at ? [effect.authorization.id] : [],
  );
  const { participants, accommodations, linked } = file;
  const name = `Sample${patient.slice(-6)}`;
  const person =
    command.do === 'enroll-patient'
      ? {
          person: {
            patient,
            program: edition.program,
            givenName: 'Ann',
            familyName: name,
            birthDate: command.answers.birthDate ?? '1990-01-01',
          },
        }
      : {};
  return sealedEntry(
    {
      id: uuidv7(),
      at: command.at,
      caller: callerOf(command.by),
      command,
      decision,
      aggregate: {
        kind: 'enrollment',
        id: file.enrollment?.id ?? enrolled?.id ?? 'unknown',
        version: takesVersion(command, decision, file) ? revision + 1 : null,
        saw: revision,
      },
      patient,
      authorization: 'authorization' in command ? command.authorization : null,
      edition,
      attestation: null,
      causedBy: null,
      values: {
        numbers: Object.fromEntries(issued.map((id) => [id, authorizationNumberFrom(chance(NUMBER_BYTES))])),
        basis: { participants, accommodations, linked, drug: edition.drug?.hashes ?? null },
        ...person,
      },
    },
    signer,
  );
}

const iso = (at: Instant | null) => (at === null ? null : new Date(at).toISOString());

export async function insertCast(client: pg.ClientBase, { prescribers, sites }: Cast): Promise<void> {
  for (const each of [...prescribers, ...sites])
    await client.query(
      `INSERT INTO participant (id, kind, name, certified_from, trained, revision) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING`,
      [each.id, each.kind, `Sample ${each.id.slice(-4)}`, iso(each.certifiedFrom), JSON.stringify(each.trained), each.revision],
    );
}

/** Writes whole lives: the person, the enrollment as it ended, and every entry. @returns how many entries */
export async function insertLives(client: pg.ClientBase, lives: readonly Life[], signer: EntrySigner): Promise<number> {
  await client.query('BEGIN');
  const enrolled = lives.filter(({ file }) => file.enrollment !== null);
  await insertPeople(client, enrolled);
  let [written, rows]: [number, Written[]] = [0, []];
  for (const life of enrolled)
    for (const act of life.acts) {
      const { role, id } = act.command.by;
      const caller = callerOf(act.command.by);
      rows.push({ sealed: sealAct(act, life, signer), actor: caller.subject, organization: role === 'patient' ? null : id });
      written += 1;
      if (rows.length < ROWS_AT_ONCE) continue;
      await insertEntries(client, rows);
      rows = [];
    }
  if (rows.length > 0) await insertEntries(client, rows);
  await client.query('COMMIT');
  return written;
}

async function insertPeople(client: pg.ClientBase, lives: readonly Life[]): Promise<void> {
  await client.query(
    `INSERT INTO patient (id, given_name, family_name, birth_date, family_name_key, created_at)
     SELECT p.id, 'Ann', 'Sample' || right(p.id::text, 6), p.born, 'sample' || right(p.id::text, 6), p.at
     FROM unnest($1::uuid[], $2::date[], $3::timestamptz[]) AS p (id, born, at)`,
    [
      lives.map((each) => each.patient),
      lives.map(({ file }) => file.answers.birthDate),
      lives.map(({ file }) => iso(file.enrollment?.enrolledAt ?? 0)),
    ],
  );
  const enrollment = <T>(of: (file: Case & { enrollment: NonNullable<Case['enrollment']> }) => T) =>
    lives.map(({ file }) => of(file as Case & { enrollment: NonNullable<Case['enrollment']> }));
  await client.query(
    `INSERT INTO enrollment (id, patient_id, program, prescriber_id, enrolled_at, answers, category, category_since, deactivated_at, revision)
     SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::timestamptz[], $6::jsonb[], $7::text[], $8::timestamptz[], $9::timestamptz[], $10::int[])`,
    [
      enrollment((file) => file.enrollment.id),
      lives.map((each) => each.patient),
      lives.map(({ edition }) => edition.program),
      enrollment((file) => file.enrollment.prescriber),
      enrollment((file) => iso(file.enrollment.enrolledAt)),
      enrollment((file) => JSON.stringify(file.answers)),
      enrollment((file) => file.category),
      enrollment((file) => iso(file.categorySince)),
      enrollment((file) => iso(file.enrollment.deactivatedAt)),
      enrollment((file) => file.enrollment.revision),
    ],
  );
}

const INSERT = `WITH logged AS (
    INSERT INTO entry (id, recorded_at, aggregate, aggregate_id, version, saw_version, command, outcome, reasons, patient_id, authorization_id, actor,
      organization, bytes, signature, key_id)
    SELECT id, at, 'enrollment', aggregate_id, version, saw, command, outcome, reasons::text[], patient, authorization_id, actor, organization, bytes, signature, key_id
    FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::int[], $5::int[], $6::text[], $7::text[], $8::text[], $9::uuid[], $10::uuid[], $11::text[],
      $12::text[], $13::bytea[], $14::bytea[], $15::text[])
      AS e (id, at, aggregate_id, version, saw, command, outcome, reasons, patient, authorization_id, actor, organization, bytes, signature, key_id)
    RETURNING id),
  committed_values AS (INSERT INTO entry_values (entry_id, salts, values) SELECT * FROM unnest($1::uuid[], $16::jsonb[], $17::jsonb[]))
  INSERT INTO entry_pending (entry_id) SELECT id FROM logged`;

async function insertEntries(client: pg.ClientBase, rows: readonly Written[]): Promise<void> {
  const entry = <T>(of: (sealed: SealedEntry) => T) => rows.map(({ sealed }) => of(sealed));
  await client.query({
    name: 'history-entries',
    text: INSERT,
    values: [
      entry((each) => each.entry.id),
      entry((each) => iso(each.entry.at)),
      entry((each) => each.entry.aggregate.id),
      entry((each) => each.entry.aggregate.version),
      entry((each) => each.entry.aggregate.saw),
      entry((each) => each.entry.command),
      entry((each) => each.entry.outcome),
      entry((each) => `{${each.entry.reasons.join(',')}}`),
      entry((each) => each.entry.patient),
      entry((each) => each.entry.authorization),
      rows.map((each) => each.actor),
      rows.map((each) => each.organization),
      entry((each) => each.bytes),
      entry((each) => each.signature),
      entry((each) => each.keyId),
      entry((each) => JSON.stringify(each.salts)),
      entry((each) => JSON.stringify(each.values)),
    ],
  });
}
