import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sayDay, sayWhen } from '../../../src/wording/say-when.js';
import type { Caller, Running } from '../../support/running-service.js';
import { daysAgo, entriesOf, guardianOf, onTheLine, openChart, openClinic, PROGRAM, prepared, today, ZONE } from '../evidence/chart.js';

let running: Running;
let doctor: Caller;
let agent: Caller;

beforeAll(async () => {
  running = await openClinic();
  doctor = await running.as('prescriber');
  agent = await running.as('program-agent');
}, 60_000);
afterAll(() => running?.close());

const MAN = { category: 'male-adult', birthDate: '1960-05-17', answers: { sex: 'male', birthDate: '1960-05-17' } } as const;
const REPORTS = [
  ['missed-period', { on: daysAgo(2) }],
  ['unprotected-contact', { on: daysAgo(1) }],
  ['method-failure', { on: daysAgo(1), method: 'male-condom' }],
  ['pregnancy', {}],
  ['partner-pregnancy', {}],
  ['side-effect', { on: daysAgo(1), what: 'A rash' }],
] as const;
const told = ({ body }: { body: { headline: string; now: string[]; next: string[] } }): string =>
  [body.headline, ...body.now, ...body.next].join(' ');

describe.each(REPORTS)('a report of %s', (kind, body) => {
  it('is taken by all three doors, answered calmly with what to do and whom to call, and ends no treatment', async () => {
    const hers = await openChart(running);
    const own = await hers.her.post(`/v1/me/reports/${kind}`, { program: PROGRAM, ...body });
    const other = await openChart(running);
    const byPhone = await agent.post(`/v1/desk/reports/${kind}`, { ...onTheLine(other), ...body });
    const third = await openChart(running);
    const path = kind === 'side-effect' ? 'adverse-events' : `reports/${kind}`;
    const practice = await doctor.post(`${third.url}/${path}`, { program: PROGRAM, ...body });
    expect([own.status, byPhone.status, practice.status]).toEqual([200, 200, 200]);
    expect(told(byPhone)).toBe(told(own));
    expect(own.body).toMatchObject({ outcome: 'allow', reasons: [], call: { office: '555-0100', desk: '1-800-000-0000' } });
    expect(own.body.headline).toMatch(/^Thank you/);
    expect(told(own)).toContain('Telling us does not end your treatment.');
    expect(told(own)).toContain('555-0100');
    expect(told(own)).not.toMatch(/fail|non-compli|violation|invalid|sure\?/i);
    expect(own.body.now.length * own.body.next.length).toBeGreaterThan(0);
    expect(own.body).not.toHaveProperty('closed');
    expect(practice.body.closed).toEqual([]);
    for (const { patient } of [hers, other, third])
      expect((await entriesOf(running, patient)).filter(({ command }) => command.startsWith('report-'))).toHaveLength(1);
    expect((await entriesOf(running, other.patient)).at(-1)).toMatchObject({ actor: 'demo:program-agent' });
  });
});

describe('emergency contraception', () => {
  it('is offered with its limit, counted from the beginning of the day and never said later', async () => {
    const hers = await openChart(running);
    const { body } = await hers.her.post('/v1/me/reports/unprotected-contact', { program: PROGRAM, on: daysAgo(1) });
    const helpsUntil = Date.parse(body.emergencyContraception.helpsUntil);
    expect(body.emergencyContraception.words).toBe(sayWhen(helpsUntil, ZONE));
    expect(helpsUntil).toBeGreaterThan(Date.parse(`${daysAgo(1)}T00:00:00Z`) + 119 * 3_600_000);
    expect(helpsUntil).toBeLessThanOrEqual(Date.parse(`${daysAgo(1)}T05:00:00Z`) + 120 * 3_600_000);
    expect(body.now.join(' ')).toContain(body.emergencyContraception.words);
    expect(body.next.join(' ')).toContain(sayDay(daysAgo(-20)));
  });

  it('is not promised when the days for it are over', async () => {
    const hers = await openChart(running);
    const { body } = await hers.her.post('/v1/me/reports/method-failure', { program: PROGRAM, on: daysAgo(9) });
    expect(body.now.join(' ')).toContain('may be too late');
  });

  it('is no matter of a missed period, nor of a man, who is told what helps his partner', async () => {
    const hers = await openChart(running);
    const missed = await hers.her.post('/v1/me/reports/missed-period', { program: PROGRAM, on: daysAgo(2) });
    expect(missed.body.emergencyContraception).toBeNull();
    const man = await openChart(running, MAN);
    const his = await man.her.post('/v1/me/reports/unprotected-contact', { program: PROGRAM, on: today() });
    expect(his.status).toBe(200);
    expect(his.body.emergencyContraception).toBeNull();
    expect(told(his)).toContain('your partner');
    expect(told(his)).not.toContain('stop your medicine');
  });
});

describe('I5: danger wins', () => {
  it('a report from her own screen holds an issue, and a pregnancy closes what is open', async () => {
    const hers = await openChart(running);
    const id = await prepared(running, hers);
    await hers.her.post('/v1/me/reports/method-failure', { program: PROGRAM, on: daysAgo(1) });
    const held = await doctor.post(`/v1/authorizations/${id}/issue`, {});
    expect(held.body.reasons.map(({ code }: { code: string }) => code)).toContain('METHOD_FAILURE');
    const reply = await hers.her.post('/v1/me/reports/pregnancy', { program: PROGRAM });
    expect(reply.text).not.toContain(id);
    const { rows } = await running.service.pools.rest.query('SELECT state FROM prescription_authorization WHERE id = $1', [id]);
    expect(rows).toEqual([{ state: 'revoked' }]);
  });

  it('a guardian may report for a child, and no longer for somebody grown up', async () => {
    const birthDate = `${Number(today().slice(0, 4)) - 14}-01-02`;
    const minor = await openChart(running, {
      category: 'frp-child',
      birthDate,
      answers: { sex: 'female', menarche: true, cycle: 'regular', birthDate },
    });
    const mother = await guardianOf(running, minor);
    const reply = await mother.post('/v1/me/reports/missed-period', { program: PROGRAM, on: daysAgo(4) });
    expect(reply.status).toBe(200);
    expect(told(reply)).toContain('is not taken');
    const grown = await openChart(running);
    const hers = await guardianOf(running, grown);
    expect((await hers.post('/v1/me/reports/missed-period', { program: PROGRAM, on: daysAgo(4) })).status).toBe(404);
  });
});

describe('what is no report', () => {
  it.each([
    ['missed-period', '/on', { on: '2026-02-30' }],
    ['missed-period', '/kind', { on: today(), kind: 'heavy' }],
    ['method-failure', '/method', { on: today(), method: 'toString' }],
    ['side-effect', '/what', { on: today(), what: ' ' }],
    ['pregnancy', '/who', { who: 'partner' }],
  ])('%s names %s, and nothing is recorded', async (kind, pointer, body) => {
    const hers = await openChart(running);
    const reply = await hers.her.post(`/v1/me/reports/${kind}`, { program: PROGRAM, ...body });
    expect(reply.status).toBe(400);
    expect(reply.body.errors.map((each: { pointer: string }) => each.pointer)).toEqual([pointer]);
    expect(await entriesOf(running, hers.patient)).toHaveLength(1);
  });

  it('a day that has not come is refused in her words, with an entry', async () => {
    const hers = await openChart(running);
    const reply = await hers.her.post('/v1/me/reports/missed-period', { program: PROGRAM, on: daysAgo(-2) });
    expect(reply.status).toBe(409);
    expect(reply.body.title).toContain('Look at the day again');
    expect((await entriesOf(running, hers.patient)).at(-1)).toMatchObject({ outcome: 'deny', reasons: ['FUTURE_DATE'] });
  });

  it('the phone desk without, or with a wrong, identity reports for nobody', async () => {
    const hers = await openChart(running);
    const { identity: _, ...line } = onTheLine(hers) as { identity: object };
    expect((await agent.post('/v1/desk/reports/pregnancy', line)).status).toBe(400);
    const wrong = { ...line, identity: { familyName: 'Else', birthDate: '1990-03-09' } };
    expect((await agent.post('/v1/desk/reports/pregnancy', wrong)).status).toBe(404);
    expect((await agent.post(`${hers.url}/reports/pregnancy`, { program: PROGRAM })).status).toBe(404);
    expect((await agent.post('/v1/me/reports/pregnancy', { program: PROGRAM })).status).toBe(403);
    // What was tried is on record (T10); nothing was reported.
    const commands = (await entriesOf(running, hers.patient)).map(({ command }) => command);
    expect(commands).toEqual(['enroll-patient', 'access-denied', 'access-denied']);
  });
});
