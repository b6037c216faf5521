import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { DEMO_IDS } from '../../../src/demo/accounts.js';
import type { PregnancyTest } from '../../../src/domain/patient.js';
import type { Caller, Running } from '../../support/running-service.js';
import { ago, type Chart, DAY, daysAgo, entriesOf, openChart, openClinic, PROGRAM, prepared, test } from './chart.js';

let running: Running;
let doctor: Caller;
let delegate: Caller;
let chart: Chart;

beforeAll(async () => {
  running = await openClinic();
  doctor = await running.as('prescriber');
  delegate = await running.as('delegate');
  chart = await openChart(running);
}, 60_000);
afterAll(() => running?.close());

const record = (who: Caller, more: object = {}, url = chart.url) => who.post(`${url}/pregnancy-tests`, test(more));
interface Fact {
  readonly id: string;
  readonly test: PregnancyTest;
}
const facts = async (patient: string, kind: string): Promise<Fact[]> =>
  (
    await running.service.pools.rest.query<{ fact: Fact }>(
      'SELECT fact FROM evidence WHERE patient_id = $1 AND kind = $2 ORDER BY revision',
      [patient, kind],
    )
  ).rows.map(({ fact }) => fact);

describe('recording a test', () => {
  it('takes an instant with the laboratory’s own offset, whose written date stays the local date', async () => {
    const reply = await record(doctor, { collectedAt: '2026-03-09T23:30:00-10:00', value: 2.5 });
    expect(reply.status).toBe(200);
    const stored = (await facts(chart.patient, 'pregnancy-test')).find((fact) => fact.id === reply.body.id);
    expect(stored?.test).toMatchObject({
      id: reply.body.id,
      collected: { on: '2026-03-09', at: Date.parse('2026-03-10T09:30:00Z'), until: Date.parse('2026-03-10T09:30:00Z') },
      result: 'negative',
      value: 2.5,
      sensitivity: 5,
      source: 'laboratory',
    });
    expect(reply.body).toMatchObject({ outcome: 'allow', headline: 'Recorded.', standing: [], closed: [] });
  });

  it('asks again when a value is no negative’s, also in a correction', async () => {
    const before = (await facts(chart.patient, 'pregnancy-test')).length;
    const reply = await record(doctor, { result: 'negative', value: 120_000 });
    expect([reply.status, reply.body.errors[0].pointer]).toEqual([400, '/value']);
    expect(await facts(chart.patient, 'pregnancy-test')).toHaveLength(before);
    const recorded = await record(doctor, { result: 'negative' });
    const correction = { program: PROGRAM, value: 120_000, reason: 'read again' };
    const corrected = await doctor.post(`${chart.url}/pregnancy-tests/${recorded.body.id}/correction`, correction);
    expect([corrected.status, corrected.body.errors[0].pointer]).toEqual([400, '/value']);
  });

  it('takes a date alone as the whole day', async () => {
    const reply = await record(doctor, { collectedAt: '2026-03-09' });
    const stored = (await facts(chart.patient, 'pregnancy-test')).find((fact) => fact.id === reply.body.id);
    const { at = 0, until = 0 } = stored?.test.collected ?? {};
    expect(until - at).toBe(DAY - 1);
  });

  it('asks a home kit what it sees, and takes a laboratory method’s from the program', async () => {
    const kit = await record(doctor, { setting: 'home', method: 'urine' });
    expect(kit.status).toBe(400);
    expect(kit.body.errors).toEqual([{ pointer: '/sensitivity', message: expect.stringContaining('package') }]);
    expect((await record(doctor, { setting: 'home', method: 'urine', sensitivity: 25 })).status).toBe(200);
    expect((await record(doctor, { method: 'urine' })).status).toBe(200);
  });

  it.each([
    ['/method', { method: 'crystal-ball' }],
    ['/method', { method: 'constructor' }],
    ['/setting', { setting: 'toString', sensitivity: 25 }],
    ['/collectedAt', { collectedAt: '2026-02-30' }],
    ['/collectedAt', { collectedAt: '2026-03-09T10:00:00' }],
    ['/result', { result: 'maybe' }],
    ['/value', { value: -1 }],
    ['/state', { state: 'authorized' }],
  ])('names %s when it cannot be read, and changes nothing', async (pointer, more) => {
    const before = await entriesOf(running, chart.patient);
    const reply = await record(doctor, more);
    expect(reply.status).toBe(400);
    expect(reply.body.errors.map((each: { pointer: string }) => each.pointer)).toContain(pointer);
    expect(await entriesOf(running, chart.patient)).toHaveLength(before.length);
  });

  it('refuses a test of tomorrow, with an entry', async () => {
    const reply = await record(doctor, { collectedAt: ago(-DAY) });
    expect(reply.status).toBe(409);
    expect(reply.body.reasons.map((each: { code: string }) => each.code)).toEqual(['FUTURE_DATE']);
    expect((await entriesOf(running, chart.patient)).at(-1)).toMatchObject({ outcome: 'deny', version: null });
  });

  it('I2, T2: what a delegate enters is marked as hers, whatever she says of its source, and the prescriber signs by correcting it', async () => {
    const reply = await record(delegate, { source: 'laboratory' });
    expect(reply.status).toBe(200);
    expect(reply.body.next[0]).toContain('signed');
    const last = async () => (await facts(chart.patient, 'pregnancy-test')).find((fact) => fact.id === reply.body.id);
    expect((await last())?.test.source).toBe('delegate-unsigned');
    const signed = await doctor.post(`${chart.url}/pregnancy-tests/${reply.body.id}/correction`, {
      program: PROGRAM,
      source: 'prescriber',
      reason: 'Seen and signed',
    });
    expect(signed.status).toBe(200);
    const entry = (await entriesOf(running, chart.patient)).at(-1);
    expect(entry?.entry.attestation).toMatchObject({ statement: 'correct-pregnancy-test.1' });
  });

  it('tells nobody else’s prescriber, and no pharmacist, that she exists', async () => {
    const colleague = await running.as('prescriber-2');
    const strange = await record(doctor, {}, `/v1/patients/${uuidv7()}`);
    const hidden = await record(colleague);
    expect([strange.status, hidden.status]).toEqual([404, 404]);
    expect(hidden.body.title).toBe(strange.body.title);
    expect((await record(await running.as('pharmacist'))).status).toBe(403);
    expect((await record(doctor, { program: 'another-program' })).status).toBe(404);
  });

  it('answers the same key with the same words, and another body under it with a conflict', async () => {
    const key = uuidv7();
    const body = test({ collectedAt: '2026-03-11' });
    const first = await doctor.post(`${chart.url}/pregnancy-tests`, body, key);
    const again = await doctor.post(`${chart.url}/pregnancy-tests`, body, key);
    expect(again.text).toBe(first.text);
    expect((await doctor.post(`${chart.url}/pregnancy-tests`, { ...body, result: 'positive' }, key)).status).toBe(409);
    expect((await facts(chart.patient, 'pregnancy-test')).filter((fact) => fact.id === first.body.id)).toHaveLength(1);
  });
});

describe('I5: a positive test', () => {
  it('closes what is open at once, says STOP, stays hidden from her until she was told, and needs a clearing', async () => {
    const hers = await openChart(running);
    const open = await prepared(running, hers);
    const positive = await record(delegate, { result: 'positive', value: 120 }, hers.url);
    expect(positive.status).toBe(200);
    expect(positive.body.closed).toEqual([open]);
    expect(positive.body.headline).toMatch(/^Stop/);
    expect(positive.body.standing.map((each: { code: string }) => each.code)).toEqual(['PREGNANCY_TEST_POSITIVE']);
    const { rows } = await running.service.pools.rest.query('SELECT state FROM prescription_authorization WHERE id = $1', [open]);
    expect(rows).toEqual([{ state: 'revoked' }]);

    const before = await hers.her.get(`/v1/me/status?program=${PROGRAM}`);
    expect(before.body.state).toBe('waiting-for-you');
    expect(before.text).not.toMatch(/pregnan|positive|test/i);

    // Correcting it away does not undo it.
    const corrected = await doctor.post(`${hers.url}/pregnancy-tests/${positive.body.id}/correction`, {
      program: PROGRAM,
      result: 'negative',
      value: 2,
      reason: 'Specimens mixed up',
    });
    expect(corrected.body.standing.map((each: { code: string }) => each.code)).toEqual(['PREGNANCY_TEST_POSITIVE']);

    const early = await hers.her.get(`/v1/me/status?program=${PROGRAM}`);
    expect(early.text).not.toMatch(/pregnan|positive|test/i);
    expect((await delegate.post(`${hers.url}/told-of-result`, { program: PROGRAM })).status).toBe(403);
    const told = await doctor.post(`${hers.url}/told-of-result`, { program: PROGRAM });
    expect(told.status).toBe(200);
    expect((await entriesOf(running, hers.patient)).at(-1)).toMatchObject({ command: 'record-told-of-result', outcome: 'allow' });
    const after = await hers.her.get(`/v1/me/status?program=${PROGRAM}`);
    expect(after.text).toContain('Your last pregnancy test was positive');

    // A later danger is not among those she was told of.
    await record(delegate, { result: 'indeterminate' }, hers.url);
    const later = await hers.her.get(`/v1/me/status?program=${PROGRAM}`);
    expect(later.text).not.toMatch(/pregnan|positive|test/i);
    const refused = await hers.her.post(`/v1/authorizations/${open}/contraception-confirmation`, {});
    expect(refused.status).toBe(409);
    expect(refused.text).not.toMatch(/pregnan|positive|test/i);
  });

  it('is cleared by two falling values 48 hours apart and another person’s determination, and by nothing less', async () => {
    const hers = await openChart(running);
    await record(doctor, { result: 'positive', value: 30, collectedAt: ago(9 * DAY) }, hers.url);
    const ids: string[] = [];
    for (const [value, days] of [
      [4, 6],
      [2, 3],
    ] as const)
      ids.push((await record(doctor, { value, collectedAt: ago(days * DAY) }, hers.url)).body.id);
    const clearing = (more: object = {}) =>
      doctor.post(`${hers.url}/pregnancy-clearing`, {
        program: PROGRAM,
        tests: ids,
        grounds: 'false-positive',
        determinedBy: { name: 'Dr. Ada Brook', licence: 'NY 123456' },
        ...more,
      });
    const self = await clearing({ determinedBy: { name: '101, PRESCRIBER', licence: 'NY 1' } });
    expect(self.status).toBe(409);
    expect(self.body.reasons.map((each: { code: string }) => each.code)).toContain('SECOND_PERSON_REQUIRED');
    await running.database.owner.query("UPDATE participant SET licence = 'NY 200301', revision = revision + 1 WHERE id = $1", [
      DEMO_IDS.prescriber,
    ]);
    const initials = await clearing({ determinedBy: { name: 'M. L.', licence: '200301, New York' } });
    expect([initials.status, initials.body.reasons.map((each: { code: string }) => each.code)]).toEqual([409, ['SECOND_PERSON_REQUIRED']]);
    expect((await clearing({ tests: [ids[0]] })).status).toBe(400);
    expect((await clearing({ determinedBy: { name: 'Dr. Ada Brook' } })).status).toBe(400);
    const cleared = await clearing();
    expect(cleared.status).toBe(200);
    expect(cleared.body.standing).toEqual([]);
  });

  it('nothing to tell, nothing told', async () => {
    const hers = await openChart(running);
    await record(doctor, {}, hers.url);
    const reply = await doctor.post(`${hers.url}/told-of-result`, { program: PROGRAM });
    expect(reply.status).toBe(409);
    expect((await facts(hers.patient, 'result-told')).length).toBe(0);
  });
});

describe('correcting and taking back', () => {
  it('does not let an assumed sensitivity outlive the method it belongs to', async () => {
    const { body } = await record(doctor, { method: 'urine' });
    const url = `${chart.url}/pregnancy-tests/${body.id}/correction`;
    const home = await doctor.post(url, { program: PROGRAM, setting: 'home', reason: 'It was done at home' });
    expect(home.status).toBe(400);
    expect(home.body.errors[0].pointer).toBe('/sensitivity');
    expect((await doctor.post(url, { program: PROGRAM, reason: 'Nothing named' })).status).toBe(400);
    expect((await doctor.post(url, { program: PROGRAM, setting: 'home', sensitivity: 20, reason: 'It was done at home' })).status).toBe(
      200,
    );
  });

  it('takes a test back once, and finds only tests of this patient', async () => {
    const { body } = await record(doctor, { collectedAt: daysAgo(2) });
    const url = (patient: string, id: string) => `${patient}/pregnancy-tests/${id}/retraction`;
    const reason = { program: PROGRAM, reason: 'Another patient’s' };
    const other = await openChart(running);
    expect((await doctor.post(url(other.url, body.id), reason)).status).toBe(404);
    expect((await doctor.post(url(chart.url, uuidv7()), reason)).status).toBe(404);
    expect((await doctor.post(url(chart.url, 'no-id'), reason)).status).toBe(404);
    expect((await doctor.post(url(chart.url, body.id), reason)).status).toBe(200);
    expect((await doctor.post(url(chart.url, body.id), reason)).status).toBe(409);
  });
});
