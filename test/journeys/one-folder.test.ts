import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { AGREEMENT, FERTILE, UNKNOWN } from '../http/patient/newcomers.js';
import type { Answer, Caller } from '../support/caller.js';
import { openTestDatabase } from '../support/database.js';
import { DAY_MS, HOUR_MS } from '../support/durations.js';
import { type House, houseWith } from '../support/house-with.js';
import { ServiceRun } from '../support/service-run.js';
import { PROGRAM as OTHER, type Patient } from '../support/world.js';

// A program that nobody here knew of, with categories, methods, questions, a guide and a drug of its own, is one folder: the compiled service
// is the same to the byte, and the program is checked, listed, and lived through from enrollment to the counter and the auditor.

jest.setTimeout(120_000);

const PROGRAM = 'mallow-xx';
const root = fileURLToPath(new URL('../..', import.meta.url));
const added = join(root, 'test/fixtures/programs', PROGRAM);
const now = Date.now();
const day = (back: number): string => new Date(now - back * DAY_MS).toISOString().slice(0, 10);
const BOTH_METHODS = ['kelp-thread', 'kelp-barrier'];
const PRESCRIPTION = {
  lines: [{ strengthMg: 25, capsules: 30, regimen: { perDay: 1, daysOn: 30, cycleDays: 30 } }],
  supplyDays: 30,
  channel: 'electronic',
};
const CHECKLIST = [{ question: 'told', answer: 'yes' }];

let house: House;
let run: ServiceRun;
let doctor: Caller;
let desk: Caller;
let pharmacist: Caller;
let auditor: Caller;

beforeAll(async () => {
  house = houseWith(PROGRAM, added);
  run = await ServiceRun.open({ processes: 0 });
  const { url } = await run.start({ house: house.folder });
  [doctor, desk, pharmacist, auditor] = (await Promise.all(
    ['prescriber', 'program-agent', 'pharmacist', 'auditor'].map((who) => run.caller(who, url)),
  )) as [Caller, Caller, Caller, Caller];
});
afterAll(async () => {
  await run?.close();
  house?.close();
});

const rems = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/cli.js', ...args], { cwd: house.folder, encoding: 'utf8' });
  return { code: status, said: `${stdout}${stderr}` };
};
const codesOf = ({ body }: Answer): string[] => (body.reasons ?? []).map(({ code }) => code);
const done = (answer: Answer, status = 200): Answer => {
  if (answer.status !== status) throw new Error(`${answer.status}, not ${status}: ${answer.text}`);
  return answer;
};

interface Woman {
  readonly id: string;
  readonly familyName: string;
  readonly birthDate: string;
}

const fact = async (of: Woman, noun: string, body: object): Promise<Answer> =>
  done(await doctor.post(`/v1/patients/${of.id}/${noun}`, { program: PROGRAM, ...body }));
const tested = (of: Woman, back: number): Promise<Answer> =>
  fact(of, 'pregnancy-tests', {
    collectedAt: new Date(now - back).toISOString(),
    result: 'negative',
    method: 'urine',
    setting: 'clinical',
    source: 'laboratory',
  });

/** Written and counseled. */
async function prescribed(of: Woman): Promise<string> {
  const started = done(await doctor.post('/v1/authorizations', { ...PRESCRIPTION, patientId: of.id, program: PROGRAM }), 201);
  const { id } = started.body['authorization'] as { id: string };
  done(await doctor.post(`/v1/authorizations/${id}/counseling`));
  return id;
}

const surveyed = async ({ id, familyName, birthDate }: Woman): Promise<Answer> =>
  done(
    await desk.post('/v1/desk/survey', {
      patientId: id,
      program: PROGRAM,
      identity: { familyName, birthDate },
      answers: ['both-each-time', 'knows-the-month'].map((question) => ({ question, answer: 'yes' })),
    }),
  );

/** Its number, as it stands on her papers. */
async function issued({ familyName, birthDate }: Woman, authorization: string, category: string): Promise<object> {
  const answer = done(await doctor.post(`/v1/authorizations/${authorization}/issue`));
  const view = answer.body['authorization'] as { number: string; category: string };
  expect(view.category).toBe(category);
  return { number: view.number, familyName, birthDate, shows: { number: true, category } };
}

/** Issued, reserved and handed over, after the pharmacist had left out a question; what was told at the end. */
async function dispensed(woman: Woman, authorization: string, category: string): Promise<Answer> {
  done(await pharmacist.post('/v1/counter/reserve', await issued(woman, authorization, category)));
  const lines = PRESCRIPTION.lines.map(({ strengthMg, capsules }) => ({ strengthMg, capsules, ndc: 'M-1', lot: 'A1234' }));
  const handOver = { method: 'handover', checklist: CHECKLIST, medicationGuide: true, lines };
  const unanswered = await pharmacist.post(`/v1/reservations/${authorization}/dispense`, { ...handOver, checklist: [] });
  expect([unanswered.status, codesOf(unanswered)]).toEqual([409, ['CHECKLIST_MISSING']]);
  return done(await pharmacist.post(`/v1/reservations/${authorization}/dispense`, handOver));
}

describe('a house to which one folder was added', () => {
  it('has nothing else that is new', () => {
    const folders = (of: string) => readdirSync(join(of, 'programs')).sort();
    expect(folders(house.folder)).toEqual([...folders(root), PROGRAM].sort());
    const stamp = (of: string) => readFileSync(join(of, 'dist/.built-from'), 'utf8');
    expect(stamp(house.folder)).toBe(stamp(root));
  });

  it('finds the program sound, plays its cases and lists it', () => {
    const checked = rems('program', 'check', `programs/${PROGRAM}/2025-01-01.json`);
    expect([checked.code, checked.said]).toEqual([0, expect.stringMatching(/^sound .+\n$/)]);
    const played = rems('cases', 'run', `programs/${PROGRAM}/2025-01-01.cases.json`);
    expect([played.code, played.said]).toEqual([0, expect.stringMatching(/\n11 passed, 0 failed\n$/)]);
    expect(rems('program', 'list').said).toMatch(/^mallow-xx +2025-01-01 +effective/m);
  });

  it('tells every account of it: by its product, with its guide', async () => {
    const { programs } = (await doctor.get('/v1/programs')).body as unknown as { programs: { program: string }[] };
    expect(programs.map(({ program }) => program)).toContain(PROGRAM);
    const found = done(await pharmacist.get('/v1/programs/for-product?system=other&code=M-1&jurisdiction=XX'));
    const { program, materials } = found.body as unknown as { program: string; materials: { href: string }[] };
    expect(program).toBe(PROGRAM);
    expect((await doctor.get(materials[0]?.href ?? '')).text).toContain('Mallow: what to know');
  });

  it('takes a newcomer through it, with every reason why not yet on the way', async () => {
    const [familyName, birthDate] = ['Quillon', '1990-06-01'];
    const person = { givenName: 'Ada', familyName, birthDate, program: PROGRAM, agreement: AGREEMENT };
    const enrolled = done(await doctor.post('/v1/patients', { ...person, answers: FERTILE }), 201);
    expect(enrolled.body['category']).toBe('open');
    const woman = { id: String(enrolled.body['patientId']), familyName, birthDate };

    const unknown = await doctor.post(`/v1/patients/${woman.id}/contraception`, { program: PROGRAM, method: 'implant', from: day(60) });
    expect([unknown.status, unknown.body.errors?.[0]?.pointer]).toEqual([400, '/method']);
    await fact(woman, 'contraception', { method: BOTH_METHODS[1], from: day(60) });
    await tested(woman, 25 * DAY_MS);
    const authorization = await prescribed(woman);
    const refused = await doctor.post(`/v1/authorizations/${authorization}/issue`);
    expect([refused.status, codesOf(refused).sort()]).toEqual([
      409,
      ['CONTRACEPTION_TOO_FEW_METHODS', 'SECOND_TEST_MISSING', 'SURVEY_MISSING'],
    ]);

    await fact(woman, 'contraception', { method: BOTH_METHODS[0], from: day(60) });
    await fact(woman, 'menses', { on: day(3) });
    await tested(woman, HOUR_MS);
    await surveyed(woman);
    await fact(woman, 'medications', { whole: true, medicines: [{ name: 'digoxin', saidBy: 'patient' }] });
    const chart = done(await doctor.get(`/v1/patients/${woman.id}/clinical-review?program=${PROGRAM}`));
    expect(chart.text).toContain('Mallow raises digoxin in the blood.');
    expect((await dispensed(woman, authorization, 'open')).body.outcome).toBe('allow');
    await audited(woman.id);
  });

  it('puts a person into the category that an added question gives', async () => {
    const enroll = (familyName: string, answers: object) =>
      doctor.post('/v1/patients', {
        givenName: 'Bo',
        familyName,
        birthDate: '1960-06-01',
        program: PROGRAM,
        agreement: AGREEMENT,
        answers,
      });
    const declared = [{ question: 'proof', choice: 'blood' }];
    const proved = done(await enroll('Ferrant', { ...FERTILE, declared }), 201);
    expect(proved.body['category']).toBe('closed');
    const strange = await enroll('Ostrow', { ...FERTILE, declared: [{ question: 'proof', choice: 'tea leaves' }] });
    expect(strange.status).toBe(400);
    const woman = { id: String(proved.body['patientId']), familyName: 'Ferrant', birthDate: '1960-06-01' };
    // Nothing but the counseling is asked of her.
    expect((await dispensed(woman, await prescribed(woman), 'closed')).body.outcome).toBe('allow');
  });

  it('takes in a patient of another program: what both accept counts, and a danger told to one ends what is open in the other', async () => {
    const [patient] = (await run.world.enroll(1, 'frp')) as [Patient];
    const woman = { id: patient.id, familyName: patient.familyName, birthDate: patient.birthDate };
    const enrolled = done(await doctor.post(`/v1/patients/${woman.id}/enrollments`, { program: PROGRAM, agreement: AGREEMENT }), 201);
    expect(enrolled.body).toMatchObject({ patientId: woman.id, program: PROGRAM, category: 'open' });

    const authorization = await prescribed(woman);
    // Her methods and her test of an hour ago are on record in the other program alone.
    const refused = await doctor.post(`/v1/authorizations/${authorization}/issue`);
    expect([refused.status, codesOf(refused).filter((code) => code.startsWith('CONTRACEPTION'))]).toEqual([409, []]);
    await tested(woman, 25 * DAY_MS);
    await fact(woman, 'menses', { on: day(3) });
    await surveyed(woman);
    const shown = await issued(woman, authorization, 'open');
    expect(done(await pharmacist.post('/v1/counter/verify', shown, { key: null })).body.outcome).toBe('allow');

    done(await doctor.post(`/v1/patients/${woman.id}/reports/pregnancy`, { program: OTHER }));
    const late = await pharmacist.post('/v1/counter/reserve', shown);
    // Why is not for the counter to know.
    expect([late.status, codesOf(late)]).toEqual([409, ['NOT_ACTIVE']]);
    await audited(woman.id);
  });

  it('is what knows it: without the folder the same request names no program', async () => {
    const plain = await run.start();
    const stranger = await run.caller('prescriber', plain.url);
    const answers = { ...UNKNOWN, sex: 'male' };
    const person = { givenName: 'Cy', familyName: 'Marrow', birthDate: '1970-06-01', program: PROGRAM, agreement: AGREEMENT, answers };
    const refused = await stranger.post('/v1/patients', person);
    expect([refused.status, refused.body.errors?.[0]?.pointer]).toEqual([400, '/program']);
    const { programs } = (await stranger.get('/v1/programs')).body as unknown as { programs: { program: string }[] };
    expect(programs.map(({ program }) => program)).not.toContain(PROGRAM);
  });
});

// A story of the second demo was once told in the first one's program, and then no demo started.
it('has people of its own in the demo, beside those of the other programs', async () => {
  const database = await openTestDatabase();
  const own = houseWith(PROGRAM, added);
  try {
    const demo = join(own.folder, 'programs', OTHER, 'demo.json');
    const { people, ...rest } = JSON.parse(readFileSync(demo, 'utf8')) as { people: object[] };
    writeFileSync(demo, JSON.stringify({ ...rest, people: people.slice(0, 1) }));
    const { status, stderr } = spawnSync(process.execPath, ['dist/cli.js', 'seed'], {
      cwd: own.folder,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, DATABASE_URL: database.serviceUrl, DATABASE_OWNER_URL: database.ownerUrl, REMS_DATA_DIR: own.folder },
    });
    expect([status, stderr]).toEqual([0, expect.stringContaining('2 invented people')]);
    const { rows } = await database.owner.query<{ told: string }>(
      `SELECT e.program || ' ' || p.family_name || ' ' || e.category AS told FROM enrollment e JOIN patient p ON p.id = e.patient_id ORDER BY 1`,
    );
    expect(rows.map(({ told }) => told)).toEqual([`${OTHER} Adeyemi frp-adult`, `${PROGRAM} Vantongeren closed`]);
  } finally {
    own.close();
    await database.close();
  }
});

/** The auditor sees what was decided, by which edition, refusals among it; and every decision can be taken again. */
async function audited(patient: string): Promise<void> {
  const found = done(await auditor.post('/v1/log/entries/search', { patient }));
  const { entries } = found.body as unknown as { entries: { id: string; command: string; outcome: string; edition: string | null }[] };
  const told = entries.map(({ command, outcome }) => `${command} ${outcome}`);
  expect(told).toEqual(expect.arrayContaining(['enroll-patient allow', 'issue-authorization deny', 'issue-authorization allow']));
  for (const { id } of entries) {
    const again = done(await auditor.get(`/v1/log/entries/${id}/replay`));
    expect([id, again.body['same']]).toEqual([id, true]);
  }
}
