import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { CaseStore } from '../../src/authorization/case.store.js';
import { EditionCatalogue } from '../../src/program/edition.catalogue.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';

const editions = EditionCatalogue.fromFolder();
const PATIENTS = 40;
const SITES = 3;
const prescriber = uuidv7();
const sites = Array.from({ length: SITES }, () => uuidv7());
const people = Array.from({ length: PATIENTS }, (_, nth) => ({ patient: uuidv7(), enrollment: uuidv7(), family: `family${nth}` }));
let database: TestDatabase;

beforeAll(async () => {
  database = await openTestDatabase();
  const { rest } = database.pools;
  const participant = `INSERT INTO participant (id, kind, name, phone, revision) VALUES ($1, $2, 'Somebody', '1', $3)`;
  await rest.query(participant, [prescriber, 'prescriber', 1]);
  for (const [nth, site] of sites.entries()) await rest.query(participant, [site, 'pharmacy', nth]);
  for (const { patient, enrollment, family } of people) {
    await rest.query(
      `INSERT INTO patient (id, given_name, family_name, birth_date, family_name_key, created_at) VALUES ($1, 'A', $2, '1960-01-01', $2, rems_now())`,
      [patient, family],
    );
    await rest.query(
      `INSERT INTO enrollment (id, patient_id, program, prescriber_id, enrolled_at, answers, revision) VALUES ($1, $2, 'p', $3, rems_now(), '{}', 1)`,
      [enrollment, patient, prescriber],
    );
  }
  await rest.query(
    `INSERT INTO idempotency (caller, key, body_hash, status, reply, content_type, recorded_at) VALUES ('caller7', 'key7', 'h', 200, 'told', 't', rems_now())`,
  );
});
afterAll(() => database.close());

it('gives each of many that are read together its own patient, participants and earlier reply', async () => {
  const store = new CaseStore(editions);
  const { counter } = database.pools;
  const asked = people.map(({ enrollment }, nth) => ({
    by: 'enrollment' as const,
    value: enrollment,
    participants: nth % 5 === 0 ? [] : [sites[nth % SITES] as string],
    caller: `caller${nth}`,
    key: `key${nth}`,
  }));
  const found = await Promise.all(asked.map((query) => store.load(counter, query)));
  expect(found.map((each) => [each?.enrollmentId, each?.file.patient, each?.person.familyNameKey])).toEqual(
    people.map(({ enrollment, patient, family }) => [enrollment, patient, family]),
  );
  expect(found.map((each) => Object.keys(each?.file.participants ?? {}).sort())).toEqual(
    asked.map(({ participants }) => [prescriber, ...participants].sort()),
  );
  expect(found.flatMap((each, nth) => (each?.earlier ? [[nth, each.earlier.reply]] : []))).toEqual([[7, 'told']]);
});

it('finds nobody for an unknown number beside a known enrollment, with the participants and the reply of that caller all the same', async () => {
  const store = new CaseStore(editions);
  const { counter } = database.pools;
  const unknown = { by: 'number' as const, value: 'NOBODYSNUMBER0', participants: [sites[0] as string], caller: 'caller7', key: 'key7' };
  const nobody = await store.loadOrNobody(counter, unknown);
  if ('file' in nobody) throw new Error('Somebody has that number.');
  expect(Object.keys(nobody.participants)).toEqual([sites[0]]);
  expect(nobody.earlier?.reply).toBe('told');
  expect(await store.load(counter, unknown)).toBeNull();
});

it('reads the same within a transaction', async () => {
  const store = new CaseStore(editions);
  const [one] = people;
  const query = { by: 'enrollment' as const, value: one?.enrollment ?? '', participants: [], caller: '', key: '' };
  const loaded = await database.pools.rest.transaction((tx) => store.load(tx, query));
  expect(loaded?.file.patient).toBe(one?.patient);
});
