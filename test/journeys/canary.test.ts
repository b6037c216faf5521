import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { surveyOf } from '../../src/domain/survey.js';
import { handOver } from '../support/at-the-counter.js';
import { enrollWoman, prescriptionFor, testCollected } from '../support/at-the-practice.js';
import type { Answer, Caller } from '../support/caller.js';
import { type CrashableDatabase, openCrashableDatabase } from '../support/crashable-database.js';
import { ServiceRun } from '../support/service-run.js';
import { catalogue, PROGRAM } from '../support/world.js';

// T19: a patient with unmistakable values goes the whole way, errors included. Nothing of her is in a log, a metric, an address, a header or an
// answer to somebody who may not know it.

jest.setTimeout(120_000);

const DAY_MS = 86_400_000;
const CATEGORY = 'frp-adult';
const SECRET = {
  givenName: 'Quillabeth',
  familyName: 'Zzyzxwarren',
  birthDate: '1987-11-23',
  phone: '1-555-867-5309',
  recordNumber: 'QX7731904',
};
/** Two results nobody else has, mIU/mL, and a kidney function, mL/min. */
const VALUES = [3.90417, 271828.18, 41.80339];
/** What else she takes. */
const MEDICINE = 'Zyxoquillin';

let database: CrashableDatabase;
let run: ServiceRun;
const sent: { path: string; by: string; answer: Answer }[] = [];
let patientId = '';
let authorization = '';
const numbers: string[] = [];
const who = {} as Record<
  'prescriber' | 'other' | 'delegate' | 'pharmacist' | 'stranger' | 'agent' | 'administrator' | 'patient' | 'nobody',
  Caller
>;

/** Numbers as they are stored and as they are read aloud, names, dates, results. */
const canaries = (): string[] => [
  ...Object.values(SECRET),
  ...VALUES.map(String),
  MEDICINE,
  ...numbers.flatMap((number) => [number, number.replaceAll('-', '')]),
  'ZZYZXWARREN',
  'zzyzxwarren',
  patientId,
  authorization,
];
const hits = (text: string): string[] => canaries().filter((canary) => canary !== '' && text.includes(canary));

async function ask(by: keyof typeof who, method: string, path: string, body?: object | string): Promise<Answer> {
  const answer = await who[by].send(method, path, body === undefined ? {} : { body });
  sent.push({ path, by, answer });
  return answer;
}
const post = (by: keyof typeof who, path: string, body: object | string = {}) => ask(by, 'POST', path, body);
const done = async (answer: Promise<Answer>): Promise<Answer> => {
  const got = await answer;
  if (got.status >= 300) throw new Error(`${got.status} ${got.text}`);
  return got;
};

beforeAll(async () => {
  database = await openCrashableDatabase();
  run = await ServiceRun.open({ database, settings: { LOG_LEVEL: 'trace' } });
  const accounts = {
    prescriber: 'prescriber',
    other: 'prescriber-2',
    delegate: 'delegate',
    pharmacist: 'pharmacist',
    stranger: 'pharmacist-3',
    agent: 'program-agent',
    administrator: 'administrator',
  };
  for (const [name, key] of Object.entries(accounts)) who[name as keyof typeof accounts] = await run.caller(key);
  who.nobody = await run.caller(null);
});
afterAll(() => run?.close());

/** Enrolled, examined, counseled, confirmed, issued, reserved, handed over, returned. */
async function goesTheWholeWay(): Promise<void> {
  await done(post('prescriber', '/v1/patients', { ...enrollWoman(SECRET), postalCode: '89412' }));
  const { rows } = await database.owner.query<{ id: string }>('SELECT id FROM patient WHERE record_number = $1', [SECRET.recordNumber]);
  patientId = rows[0]?.id ?? '';
  who.patient = await run.caller({ role: 'patient', subject: 'canary:patient', patientId });
  const about = `/v1/patients/${patientId}`;
  const since = new Date(Date.now() - 60 * DAY_MS).toISOString().slice(0, 10);
  for (const method of ['iud-hormonal', 'male-condom'])
    await done(post('delegate', `${about}/contraception`, { program: PROGRAM, method, from: since }));
  for (const at of [Date.now() - 12 * DAY_MS, Date.now() - 3_600_000])
    await done(
      post('prescriber', `${about}/pregnancy-tests`, { ...testCollected(at, 'negative'), method: 'serum-quantitative', value: VALUES[0] }),
    );
  await done(
    post('delegate', `${about}/medications`, { program: PROGRAM, whole: true, medicines: [{ name: MEDICINE, saidBy: 'patient' }] }),
  );
  await done(post('prescriber', `${about}/creatinine-clearance`, { program: PROGRAM, mlPerMin: VALUES[2], dialysis: false, on: since }));
  const edition = catalogue.inForce(PROGRAM, Date.now());
  const questions = (edition && surveyOf(CATEGORY, edition)?.questionnaire.questions) ?? [];
  await done(
    post('patient', '/v1/me/survey', {
      program: PROGRAM,
      answers: questions.map(({ code, expected }) => ({ question: code, answer: expected })),
    }),
  );
  const started = await done(post('prescriber', '/v1/authorizations', prescriptionFor(patientId)));
  authorization = (started.body.authorization as { id: string }).id;
  await done(post('prescriber', `/v1/authorizations/${authorization}/counseling`));
  await done(post('patient', '/v1/me/contraception-confirmation', { program: PROGRAM }));
  const issued = await done(post('prescriber', `/v1/authorizations/${authorization}/issue`));
  numbers.push((issued.body.authorization as { number: string }).number);
  const reserved = await done(post('pharmacist', '/v1/counter/reserve', brought()));
  numbers.push(String(reserved.body.confirmationNumber));
  await done(ask('pharmacist', 'GET', '/v1/reservations'));
  await done(post('pharmacist', `/v1/reservations/${authorization}/dispense`, handOver({ category: CATEGORY })));
  await done(post('pharmacist', `/v1/reservations/${authorization}/return`, { unopened: true }));
  await done(
    post('prescriber', `${about}/pregnancy-tests`, {
      ...testCollected(Date.now() - 60_000, 'positive'),
      method: 'serum-quantitative',
      value: VALUES[1],
    }),
  );
}

const brought = (change: object = {}): object => ({
  number: numbers[0] ?? '',
  familyName: SECRET.familyName,
  birthDate: SECRET.birthDate,
  shows: { number: true, category: CATEGORY },
  ...change,
});

/**
 * Refusals, slips and failures, with her values in every place that somebody may put them. A field called by one plain word is named back to
 * its sender on purpose, or he could not find it; what looks like more than a field's name is not.
 */
async function goesWrong(): Promise<void> {
  const { familyName, birthDate, recordNumber } = SECRET;
  const about = `/v1/patients/${patientId}`;
  await post('stranger', '/v1/counter/verify', brought());
  await post('stranger', '/v1/counter/verify', brought({ birthDate: '1987-11-24' }));
  await post('stranger', '/v1/counter/reserve', brought({ familyName: `${familyName}x` }));
  await post('stranger', '/v1/counter/verify', brought({ number: `${numbers[0]?.slice(0, -1)}Z` }));
  await post('stranger', '/v1/counter/verify', brought({ birthDate: `${birthDate}T00:00`, shows: familyName }));
  await post('stranger', '/v1/counter/verify', { ...brought(), [`${familyName} ${birthDate}`]: recordNumber });
  await post('stranger', '/v1/counter/verify', `{"familyName":"${familyName}","birthDate":"${birthDate}"`);
  await post('stranger', '/v1/counter/verify', `{"${familyName} ${birthDate}":1,"${familyName} ${birthDate}":2}`);
  await post('other', `${about}/pregnancy-tests`, testCollected(Date.now(), 'positive'));
  await post('other', '/v1/patients', enrollWoman(SECRET));
  await post('prescriber', '/v1/patients', { ...enrollWoman(SECRET), birthDate: recordNumber, givenName: 7 });
  await post('other', `${about}/medications`, { program: PROGRAM, whole: false, medicines: [{ name: MEDICINE, saidBy: 'patient' }] });
  await post('prescriber', `${about}/medications`, {
    program: PROGRAM,
    whole: MEDICINE,
    medicines: [{ name: MEDICINE, saidBy: MEDICINE }],
  });
  await post('prescriber', `${about}/medications/import`, {
    program: PROGRAM,
    whole: true,
    bundle: { resourceType: 'Bundle', entry: [{ resource: MEDICINE }] },
  });
  await post('nobody', '/v1/counter/verify', brought());
  await ask('other', 'GET', `/v1/patients/${familyName}`);
  await ask('other', 'GET', `/v1/patients?familyName=${familyName}&birthDate=${birthDate}`);
  await ask('nobody', 'GET', `/${familyName}/${birthDate}`);
  await ask('stranger', 'DELETE', `/v1/reservations/${recordNumber}`);
  await who.stranger.send('POST', '/v1/counter/verify', {
    body: brought(),
    headers: { 'user-agent': familyName, 'x-request-id': recordNumber },
  });
  await who.stranger.send('POST', '/v1/counter/reserve', { body: brought(), key: `${familyName}-${recordNumber}` });
}

describe('a patient with unmistakable values', () => {
  it('goes the whole way, through errors too, and the database fails under her', async () => {
    await goesTheWholeWay();
    await goesWrong();
    await database.server.kill();
    for (const answer of [
      await post('pharmacist', '/v1/counter/verify', brought()),
      await post('prescriber', '/v1/patients', enrollWoman(SECRET)),
    ])
      expect(answer.status).toBe(503);
    await database.server.restart();
    // The search itself finds: her number is in the answer to those who may have it.
    expect(hits(sent.find((each) => each.path.endsWith('/issue'))?.answer.text ?? '')).toContain(numbers[0]);
    expect(canaries().filter((canary) => canary === '')).toEqual([]);
  });

  it('is in no line of the service’s log, at its most talkative', () => {
    const output = run.services[0]?.output() ?? '';
    expect(output.split('\n').filter((line) => line.includes('"message":"request"')).length).toBeGreaterThan(30);
    expect(output.split('\n').filter((line) => hits(line).length > 0)).toEqual([]);
  });

  it('is in no metric', async () => {
    const { text } = await who.administrator.get('/metrics');
    expect(text).toContain('http_request_duration_seconds');
    expect(hits(text)).toEqual([]);
  });

  it('is in no header of an answer', () => {
    expect(sent.filter(({ answer }) => hits(JSON.stringify(answer.headers)).length > 0).map(({ path }) => path)).toEqual([]);
  });

  it('is in no error, whoever gets it', () => {
    const personal = [...Object.values(SECRET), ...VALUES.map(String), MEDICINE, ...numbers];
    const errors = sent.filter(({ answer }) => answer.status >= 400);
    expect(errors.length).toBeGreaterThan(15);
    expect(
      errors.flatMap(({ by, path, answer }) =>
        personal.filter((each) => answer.text.includes(each)).map((each) => `${by} ${path}: ${each}`),
      ),
    ).toEqual([]);
  });

  it('is at the counter what is on the prescription, and nothing of her chart', () => {
    const atCounter = sent.filter(({ by }) => by === 'pharmacist' || by === 'stranger');
    const chart = [
      SECRET.givenName,
      SECRET.familyName,
      SECRET.birthDate,
      SECRET.phone,
      SECRET.recordNumber,
      ...VALUES.map(String),
      MEDICINE,
    ];
    expect(
      atCounter.flatMap(({ path, answer }) => chart.filter((each) => answer.text.includes(each)).map((each) => `${path}: ${each}`)),
    ).toEqual([]);
  });

  it('is in no address that the service gave out or asks for', async () => {
    const { body } = await who.administrator.get('/openapi.json');
    const names = Object.values(body.paths as object).flatMap((verbs: object) =>
      Object.values(verbs).flatMap((operation: { parameters?: { in: string; name: string }[] }) =>
        (operation.parameters ?? []).filter((each) => each.in !== 'header').map((each) => each.name),
      ),
    );
    expect(names.filter((name) => /name|birth|number|phone|result|record/i.test(name))).toEqual([]);
  });

  it('is not in the database server’s own log either', () => {
    const log = readFileSync(join(database.home, 'postgres.log'), 'utf8');
    expect(log.length).toBeGreaterThan(100);
    expect(log.split('\n').filter((line) => hits(line).length > 0)).toEqual([]);
  });
});
