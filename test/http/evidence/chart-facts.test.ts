import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mintToken } from '../../../src/demo/issuer/access-token.js';
import { type Caller, caller, type Running } from '../../support/running-service.js';
import { type Chart, daysAgo, entriesOf, guardianOf, onTheLine, openChart, openClinic, PROGRAM, prepared, today } from './chart.js';

let running: Running;
let doctor: Caller;
let delegate: Caller;
let agent: Caller;
let chart: Chart;

beforeAll(async () => {
  running = await openClinic();
  doctor = await running.as('prescriber');
  delegate = await running.as('delegate');
  agent = await running.as('program-agent');
  chart = await openChart(running);
}, 60_000);
afterAll(() => running?.close());

const post = (who: Caller, path: string, body: object, url = chart.url) => who.post(`${url}/${path}`, { program: PROGRAM, ...body });
const codes = (reply: { body: { reasons: { code: string }[] } }) => reply.body.reasons.map(({ code }) => code);
const pointers = (reply: { body: { errors: { pointer: string }[] } }) => reply.body.errors.map(({ pointer }) => pointer);

describe('contraception', () => {
  it('takes a day or a month, and an end', async () => {
    expect((await post(doctor, 'contraception', { method: 'implant', from: '2026-03' })).status).toBe(200);
    expect((await post(delegate, 'contraception', { method: 'injection', from: daysAgo(10), until: daysAgo(1) })).status).toBe(200);
    expect((await post(chart.her, 'contraception', { method: 'male-condom', from: daysAgo(30) })).status).toBe(200);
  });

  it.each([
    ['/method', { method: 'wishing', from: '2026-03' }],
    ['/method', { method: 'constructor', from: '2026-03' }],
    ['/from', { method: 'implant', from: '2026-13' }],
    ['/until', { method: 'implant', from: '2026-03-02', until: '2026-03-01' }],
  ])('names %s when it is no fact', async (pointer, body) => {
    const reply = await post(doctor, 'contraception', body);
    expect(reply.status).toBe(400);
    expect(pointers(reply)).toEqual([pointer]);
  });

  it('a beginning in the future is refused with an entry', async () => {
    expect(codes(await post(doctor, 'contraception', { method: 'implant', from: daysAgo(-2) }))).toEqual(['FUTURE_DATE']);
  });

  it('abstinence is dated or for ever, not both and not neither', async () => {
    expect((await post(doctor, 'abstinence', { from: daysAgo(40) })).status).toBe(200);
    expect((await post(chart.her, 'abstinence', { never: true })).status).toBe(200);
    for (const body of [{}, { never: false }, { never: true, from: daysAgo(40) }])
      expect(pointers(await post(doctor, 'abstinence', body))).toEqual(['/from']);
  });

  it('a contraindication is signed, and names a family that the program knows', async () => {
    expect((await post(doctor, 'contraindications', { of: ['hormonal', 'iud'] })).status).toBe(200);
    expect((await entriesOf(running, chart.patient)).at(-1)?.entry.attestation).toMatchObject({ statement: 'state-contraindication.1' });
    expect(pointers(await post(doctor, 'contraindications', { of: ['hormonal', 'garlic'] }))).toEqual(['/of/1']);
    expect((await post(delegate, 'contraindications', { of: ['iud'] })).status).toBe(403);
  });

  it('I19: a guardian neither enters nor learns a minor’s contraception', async () => {
    const minor = await openChart(running, {
      category: 'frp-child',
      birthDate: `${Number(today().slice(0, 4)) - 15}-02-11`,
      answers: { sex: 'female', menarche: true, cycle: 'regular', birthDate: `${Number(today().slice(0, 4)) - 15}-02-11` },
    });
    const mother = await guardianOf(running, minor);
    for (const [path, body] of [
      ['contraception', { method: 'implant', from: '2026-03' }],
      ['abstinence', { never: true }],
    ] as const)
      expect((await post(mother, path, body, minor.url)).status).toBe(403);
  });
});

describe('the phone desk', () => {
  it('writes down only for whom it has identified, and the entry names both', async () => {
    const body = { method: 'ring', from: daysAgo(20) };
    const { identity } = onTheLine(chart) as { identity: { familyName: string; birthDate: string } };
    expect((await post(agent, 'contraception', body)).status).toBe(404);
    expect((await post(agent, 'contraception', { ...body, identity: { ...identity, familyName: 'Somebody' } })).status).toBe(404);
    expect((await post(agent, 'contraception', { ...body, identity: { ...identity, birthDate: '1990-03-08' } })).status).toBe(404);
    expect((await post(agent, 'contraception', { ...body, identity })).status).toBe(200);
    const entry = (await entriesOf(running, chart.patient)).at(-1);
    expect(entry).toMatchObject({ actor: 'demo:program-agent', entry: { actor: { role: 'program-agent', onBehalfOf: chart.patient } } });
    expect(entry?.values.command).toMatchObject({ by: { role: 'patient', identifiedBy: ['family-name', 'birth-date'] } });
  });
});

describe('therapy', () => {
  it('is interrupted, resumed and ended on dates, each by its prescriber', async () => {
    const hers = await openChart(running);
    const on = { on: today() };
    expect(codes(await post(doctor, 'therapy/resumption', on, hers.url))).toEqual(['WRONG_STATE']);
    const paused = await post(doctor, 'therapy/interruption', on, hers.url);
    expect(paused.status).toBe(200);
    expect(paused.body.next.join(' ')).toContain('tests go on');
    expect((await post(doctor, 'therapy/resumption', on, hers.url)).status).toBe(200);
    const ended = await post(doctor, 'therapy/end', on, hers.url);
    expect(ended.body.next[0]).toContain('28 days');
    expect(pointers(await post(doctor, 'therapy/end', { on: '2026-02-29' }, hers.url))).toEqual(['/on']);
  });

  it('a dose changes only with the word that the earlier capsules are stopped', async () => {
    const regimen = { perDay: 1, daysOn: 21, cycleDays: 28 };
    const change = (earlierCapsulesStopped: boolean) => post(doctor, 'dose-change', { on: today(), regimen, earlierCapsulesStopped });
    expect(codes(await change(false))).toEqual(['FACT_UNKNOWN']);
    expect((await change(true)).status).toBe(200);
    expect(pointers(await post(doctor, 'dose-change', { on: today(), regimen: { perDay: 1 }, earlierCapsulesStopped: true }))).toContain(
      '/regimen/daysOn',
    );
  });
});

describe('a period', () => {
  it('of somebody registered as past it closes what is open, because another category has come to light', async () => {
    const hers = await openChart(running, {
      category: 'female-not-frp-adult',
      birthDate: '1960-01-01',
      answers: { sex: 'female', menarche: true, amenorrhea: { since: '2015-01', cause: 'natural' }, birthDate: '1960-01-01' },
    });
    const started = await doctor.post('/v1/authorizations', {
      patientId: hers.patient,
      program: PROGRAM,
      lines: [{ strengthMg: 25, capsules: 21, regimen: { perDay: 1, daysOn: 21, cycleDays: 28 } }],
      supplyDays: 28,
      channel: 'electronic',
    });
    const reply = await post(doctor, 'menses', { on: daysAgo(1), cycle: 'irregular' }, hers.url);
    expect(reply.status).toBe(200);
    expect(reply.body.closed).toEqual([started.body.authorization.id]);
  });
});

describe('a discrepancy', () => {
  it('is resolved by a signed talk, and only when there is one', async () => {
    const grounds = { grounds: 'We talked on the telephone.' };
    const hers = await openChart(running);
    expect(codes(await post(doctor, 'discrepancy-resolution', grounds, hers.url))).toEqual(['WRONG_STATE']);
    expect((await post(delegate, 'discrepancy-resolution', grounds, hers.url)).status).toBe(403);
    const stale = caller(
      running.service,
      await mintToken({ as: 'prescriber', dataDir: running.dataDir, authenticatedAt: Date.now() - 16 * 60_000 }),
    );
    expect((await post(stale, 'discrepancy-resolution', grounds, hers.url)).status).toBe(401);
  });
});

describe('I5: a report by the practice', () => {
  it('of a missed period holds an issue that was ready, and says what to do', async () => {
    const hers = await openChart(running);
    const id = await prepared(running, hers);
    const reply = await post(delegate, 'reports/missed-period', { on: daysAgo(3) }, hers.url);
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({ closed: [], emergencyContraception: null });
    expect(reply.body.headline).toContain('stop taking');
    const issue = await doctor.post(`/v1/authorizations/${id}/issue`, {});
    expect(issue.status).toBe(409);
    expect(codes(issue)).toContain('MISSED_PERIOD');
  });

  it('of a pregnancy closes everything open', async () => {
    const hers = await openChart(running);
    const id = await prepared(running, hers);
    const reply = await post(doctor, 'reports/pregnancy', {}, hers.url);
    expect(reply.body.closed).toEqual([id]);
    expect(reply.body.now.join(' ')).toContain('obstetrician');
  });

  it('of an adverse event is passed on with a finding, and nothing of it stands in the log’s open part', async () => {
    const what = 'A rash on both forearms';
    const reply = await post(delegate, 'adverse-events', { on: daysAgo(1), what });
    expect(reply.status).toBe(200);
    const { rows } = await running.service.pools.rest.query(
      "SELECT code, convert_from(e.bytes, 'UTF8') AS bytes FROM finding f JOIN entry e ON e.id = f.entry_id WHERE f.patient_id = $1 AND f.code = 'ADVERSE_EVENT'",
      [chart.patient],
    );
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain('rash');
  });
});
