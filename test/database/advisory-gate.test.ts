import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { DEMO_IDS } from '../../src/demo/accounts.js';
import type { LogEntry } from '../../src/domain/log-entry.js';
import { ParticipantStore } from '../../src/participant/participant.store.js';
import { SuspensionService } from '../../src/participant/suspension.service.js';
import { EditionCatalogue, hashOfDocument, onFile, PROGRAMS_FOLDER } from '../../src/program/edition.catalogue.js';
import { schemaCheck } from '../../src/program/edition.schema.js';
import { type Entry, lineOf } from '../../verifier/entry.mjs';
import { differences, foldEnrollment, type Rows } from '../../verifier/fold.mjs';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { LINES, World } from '../support/world.js';

// A program that advises: what it lets pass is written down as referred, a finding waits for somebody, and the tables hold it.

const shipped = JSON.parse(readFileSync(new URL('../../programs/lenalidomide-us/2021-08-05.json', import.meta.url), 'utf8')) as object;
const advisory = { ...shipped, gate: { value: 'advisory', source: 'made up', verified: false } };

let database: TestDatabase;
let dataDir: string;
let world: World;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'rems-advisory-'));
  database = await openTestDatabase();
  const editions = new EditionCatalogue([onFile(advisory)], schemaCheck(PROGRAMS_FOLDER));
  world = await World.open({ lane: database.pools.rest, owner: database.owner, dataDir, editions });
}, 60_000);
afterAll(async () => {
  await database?.close();
  if (dataDir) rmSync(dataDir, { recursive: true, force: true });
});

const rows = async <Row>(text: string, values: unknown[] = []) => (await database.owner.query(text, values)).rows as Row[];

test('more than its limit and no counseling: issued, with what is referred in the log, a finding, and rows that the log gives', async () => {
  const [patient] = await world.enroll(1);
  if (!patient) throw new Error('Nobody was enrolled.');
  const authorization = uuidv7();
  const prescription = { lines: LINES, supplyDays: 84, refills: 0, channel: 'electronic' };
  await world.does(patient, 'prescriber', { do: 'start-authorization', authorization, prescription });
  const { number } = await world.does(patient, 'prescriber', { do: 'issue-authorization', authorization });
  expect(number).not.toBeNull();

  const entries = await rows<Entry>(
    `SELECT e.bytes, e.signature, e.key_id AS "keyId", v.salts, v.values FROM entry e LEFT JOIN entry_values v ON v.entry_id = e.id
      WHERE e.aggregate_id = $1 AND e.version IS NOT NULL ORDER BY e.version`,
    [patient.enrollment],
  );
  const lines = entries.map(lineOf) as unknown as LogEntry[];
  expect(lines.map(({ command, reasons, referrals = [] }) => [command, reasons, referrals])).toEqual([
    ['enroll-patient', [], []],
    ['start-authorization', [], ['SUPPLY_TOO_LONG']],
    ['issue-authorization', [], ['COUNSELING_NOT_CERTIFIED', 'SUPPLY_TOO_LONG']],
  ]);
  expect(await rows('SELECT code, authorization_id FROM finding WHERE patient_id = $1', [patient.id])).toEqual([
    { code: 'REFERRAL_DUE', authorization_id: authorization },
  ]);

  const table = async (name: string, column: string) =>
    (await rows<{ row: object }>(`SELECT to_jsonb(t) AS row FROM ${name} t WHERE t.${column} = $1`, [patient.enrollment])).map(
      ({ row }) => row,
    );
  const exported = {
    enrollment: await table('enrollment', 'id'),
    evidence: await table('evidence', 'enrollment_id'),
    prescription_authorization: await table('prescription_authorization', 'enrollment_id'),
    fill: await table('fill', 'enrollment_id'),
  } as Rows;
  expect(differences(foldEnrollment(entries, { [hashOfDocument(advisory)]: advisory }), exported)).toEqual([]);
});

test('a prescriber’s suspension ends nothing there, and leaves no entry about his patients', async () => {
  const [patient] = await world.enroll(1);
  if (!patient) throw new Error('Nobody was enrolled.');
  const authorization = uuidv7();
  const prescription = { lines: LINES, supplyDays: 28, refills: 0, channel: 'electronic' };
  await world.does(patient, 'prescriber', { do: 'start-authorization', authorization, prescription });
  const entries = () => rows('SELECT command, outcome FROM entry WHERE patient_id = $1 ORDER BY id', [patient.id]);
  const before = await entries();
  const store = new ParticipantStore();
  const suspensions = new SuspensionService(world.runner, store);
  await database.pools.rest.transaction(async (tx) => {
    // Otherwise the test would hold whatever the rule says.
    expect(await store.enrollmentsOpenWith(tx, DEMO_IDS.prescriber)).toContain(patient.enrollment);
    await suspensions.endOpenWith(tx, DEMO_IDS.prescriber, uuidv7());
  });
  expect(await entries()).toEqual(before);
  expect(await rows('SELECT state FROM prescription_authorization WHERE id = $1', [authorization])).toEqual([{ state: 'ready' }]);
});
