import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { CaseStore } from '../../src/authorization/case.store.js';
import { NotFound } from '../../src/authorization/outcome.errors.js';
import type { Command } from '../../src/domain/authorization/command.js';
import { dateAt, HOUR_MS, momentAt } from '../../src/domain/calendar.js';
import type { LogEntry } from '../../src/domain/log-entry.js';
import { toldOfAll } from '../../src/domain/patient-status.js';
import { EnrollmentService } from '../../src/patient/enrollment.service.js';
import { PersonStore } from '../../src/patient/person.store.js';
import { EditionCatalogue, hashOfDocument, onFile, PROGRAMS_FOLDER } from '../../src/program/edition.catalogue.js';
import { schemaCheck } from '../../src/program/edition.schema.js';
import { PatientCommands } from '../../src/speaker/patient.commands.js';
import { type Entry, lineOf } from '../../verifier/entry.mjs';
import { differences, foldEnrollment, type Rows } from '../../verifier/fold.mjs';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { type Patient, principalOf, World } from '../support/world.js';

// One person in two programs: what both accept counts in both, danger acts in both, and neither is decided on what the other has changed since.

const OTHER = 'sample-xx';
const file = new URL('../../programs/lenalidomide-us/2021-08-05.json', import.meta.url);
const first = JSON.parse(readFileSync(file, 'utf8')) as object;
const second = { ...first, program: OTHER, title: 'A second program of the same shape' };
const documents = Object.fromEntries([first, second].map((each) => [hashOfDocument(each), each]));
const catalogue = new EditionCatalogue([first, second].map(onFile), schemaCheck(PROGRAMS_FOLDER));

let database: TestDatabase;
let dataDir: string;
let world: World;
let enrollments: EnrollmentService;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'rems-two-'));
  database = await openTestDatabase();
  const { pools, owner } = database;
  world = await World.open({ lane: pools.rest, owner, dataDir, editions: catalogue });
  const store = new CaseStore(catalogue);
  const commands = new PatientCommands(world.runner, store, catalogue, pools);
  enrollments = new EnrollmentService(world.runner, commands, new PersonStore(), store, catalogue, pools);
}, 60_000);
afterAll(async () => {
  await database?.close();
  if (dataDir) rmSync(dataDir, { recursive: true, force: true });
});

const rows = async <Row>(text: string, values: unknown[] = []) => (await database.owner.query(text, values)).rows as Row[];
const stateOf = async (id: string) =>
  (await rows<{ state: string }>('SELECT state FROM prescription_authorization WHERE id = $1', [id]))[0]?.state;
const keyed = () => ({ key: uuidv7(), body: [uuidv7()] });
const agreement = () => ({ signedAt: new Date(Date.now() - HOUR_MS).toISOString(), signedBy: ['patient' as const] });
const enroll = (patient: string, as = 'prescriber') =>
  enrollments.enrollInProgram(principalOf(as), patient, { program: OTHER, agreement: agreement() }, keyed());

/** A woman in the first program, with all her evidence there, who is then enrolled in the second. */
async function inBoth(): Promise<{ one: Patient; two: Patient }> {
  const [one] = await world.enroll(1, 'frp');
  if (!one) throw new Error('Nobody was enrolled.');
  const sent = await enroll(one.id);
  expect([sent.status, sent.text]).toEqual([201, expect.anything()]);
  const [row] = await rows<{ id: string }>('SELECT id FROM enrollment WHERE patient_id = $1 AND program = $2', [one.id, OTHER]);
  return { one, two: { ...one, enrollment: row?.id ?? '' } };
}

/** A prescription of the second program, with every act of its own done; the tests and the contraception are those of the first. */
async function prepared(two: Patient): Promise<string> {
  const authorization = await world.prepare(two);
  await world.does(two, 'program-agent', { do: 'complete-survey', answers: 'consistent' });
  return authorization;
}

const positive = (at: number) => ({
  do: 'record-pregnancy-test',
  test: {
    id: uuidv7(),
    collected: momentAt(at, 'America/New_York'),
    result: 'positive',
    method: 'urine',
    value: null,
    sensitivity: 25,
    setting: 'clinical',
    source: 'laboratory',
  },
});

describe('a patient of the first program who changes to the second', () => {
  test('is enrolled under her own record, with her answers', async () => {
    const { one, two } = await inBoth();
    const found = await rows<{ program: string; patient_id: string; category: string; answers: object }>(
      'SELECT program, patient_id, category, answers FROM enrollment WHERE patient_id = $1 ORDER BY program',
      [one.id],
    );
    expect(found.map(({ program, category }) => [program, category])).toEqual([
      ['lenalidomide-us', 'frp-adult'],
      [OTHER, 'frp-adult'],
    ]);
    expect(found[0]?.answers).toEqual(found[1]?.answers);
    expect(two.enrollment).not.toBe(one.enrollment);
  });

  test('waits no second four weeks: the evidence of the first counts, and is not copied', async () => {
    const { two } = await inBoth();
    const { authorization } = await world.issueOne(two, await prepared(two));
    expect(await stateOf(authorization)).toBe('authorized');
    const facts = await rows<{ kind: string }>('SELECT kind FROM evidence WHERE enrollment_id = $1', [two.enrollment]);
    expect(facts.map(({ kind }) => kind)).not.toContain('pregnancy-test');
  });

  test('is refused a second enrollment there, and is nobody to a prescriber who does not treat her', async () => {
    const { one } = await inBoth();
    const again = await enroll(one.id);
    expect([again.status, JSON.parse(again.text).reasons.map((each: { code: string }) => each.code)]).toEqual([409, ['WRONG_STATE']]);
    const [stranger] = await world.enroll(1, 'frp');
    await expect(enroll(stranger?.id ?? '', 'prescriber-2')).rejects.toBeInstanceOf(NotFound);
    // T10: he learns nothing, and the log learns who asked.
    expect(await rows("SELECT outcome FROM entry WHERE command = 'access-denied' AND patient_id = $1", [stranger?.id])).toEqual([
      { outcome: 'deny' },
    ]);
  });
});

describe('danger in the first program', () => {
  test('ends what is open in the second, in the same transaction, with an entry that names its cause', async () => {
    const { one, two } = await inBoth();
    const { authorization } = await world.issueOne(two, await prepared(two));
    await world.does(one, 'prescriber', positive(Date.now() - 60_000));
    expect(await stateOf(authorization)).toBe('revoked');
    const lines = (await entriesOf(two.enrollment)).map(lineOf);
    const last = lines.at(-1) as unknown as LogEntry | undefined;
    expect([last?.command, last?.actor.role]).toEqual(['heed-elsewhere', 'system']);
    const [cause] = await rows<{ command: string; recorded_at: Date; aggregate_id: string }>(
      'SELECT command, recorded_at, aggregate_id FROM entry WHERE id = $1',
      [last?.causedBy],
    );
    expect([cause?.command, cause?.aggregate_id]).toEqual(['record-pregnancy-test', one.enrollment]);
  });

  test('between the read and the write of an issue in the second makes it another decision', async () => {
    const { one, two } = await inBoth();
    const authorization = await prepared(two);
    let disturbed = 0;
    const sent = await world.runner.run({
      principal: principalOf('prescriber'),
      lane: database.pools.rest,
      target: { by: 'enrollment', value: two.enrollment },
      idempotency: null,
      mayTouch: () => true,
      reads: async () => {
        disturbed += 1;
        if (disturbed === 1)
          await world.does(one, 'prescriber', { do: 'report-missed-period', on: dateAt(Date.now(), 'America/New_York'), kind: 'missed' });
      },
      command: (loaded, id) =>
        ({
          do: 'issue-authorization',
          authorization,
          id,
          at: loaded.at,
          by: { role: 'prescriber', id: two.prescriber && loaded.file.enrollment?.prescriber },
        }) as Command,
      answer: ({ decision }) => ({ status: decision.outcome === 'allow' ? 200 : 409, body: decision.reasons }),
    });
    expect([disturbed, sent.status, JSON.parse(sent.text)]).toEqual([2, 409, ['MISSED_PERIOD']]);
  });

  test('that ends nothing in the second writes nothing there', async () => {
    const { one, two } = await inBoth();
    const before = (await entriesOf(two.enrollment)).length;
    await world.does(one, 'prescriber', positive(Date.now() - 60_000));
    expect((await entriesOf(two.enrollment)).length).toBe(before);
  });
});

test('I14: the tables of each enrollment are the fold of its own entries, the person with the first, whichever program told her of a result', async () => {
  const { one, two } = await inBoth();
  await world.issueOne(two, await prepared(two));
  await world.does(one, 'prescriber', positive(Date.now() - 60_000));
  const { file, at } = await loaded(two);
  const edition = catalogue.inForce(OTHER, at);
  if (edition === undefined) throw new Error('The second program has no edition.');
  expect(toldOfAll(file, at, edition)).toBe(false);
  await world.does(two, 'prescriber', { do: 'record-told-of-result' });
  for (const each of [one, two]) {
    const state = foldEnrollment(await entriesOf(each.enrollment), documents);
    expect(state.person === null).toBe(each === two);
    expect(differences(state, await exported(each.enrollment))).toEqual([]);
    // She has heard it, and reads it in both.
    const now = await loaded(each);
    expect(toldOfAll(now.file, now.at, edition)).toBe(true);
  }
});

async function loaded({ enrollment }: Patient) {
  const query = { by: 'enrollment', value: enrollment, participants: [], caller: '', key: '' } as const;
  const found = await new CaseStore(catalogue).load(database.pools.rest, query);
  if (found === null) throw new Error('There is no such enrollment.');
  return found;
}

const entriesOf = (enrollment: string) =>
  rows<Entry>(
    `SELECT e.bytes, e.signature, e.key_id AS "keyId", v.salts, v.values FROM entry e LEFT JOIN entry_values v ON v.entry_id = e.id
      WHERE e.aggregate_id = $1 AND e.version IS NOT NULL ORDER BY e.version`,
    [enrollment],
  );

async function exported(enrollment: string): Promise<Rows> {
  const table = async (name: string, column: string) =>
    (await rows<{ row: object }>(`SELECT to_jsonb(t) AS row FROM ${name} t WHERE t.${column} = $1`, [enrollment])).map(({ row }) => row);
  const person = await rows<{ row: object }>(
    'SELECT to_jsonb(p) AS row FROM patient p JOIN enrollment e ON e.patient_id = p.id WHERE e.id = $1',
    [enrollment],
  );
  return {
    enrollment: await table('enrollment', 'id'),
    patient: person.map(({ row }) => row),
    evidence: await table('evidence', 'enrollment_id'),
    prescription_authorization: await table('prescription_authorization', 'enrollment_id'),
    fill: await table('fill', 'enrollment_id'),
  } as Rows;
}
