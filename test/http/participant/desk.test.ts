import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { DEMO_IDS } from '../../../src/demo/accounts.js';
import { enroll, issued, PROGRAM } from '../../support/enrolled.js';
import { addPeople, type Caller, openRunning, type Running } from '../../support/running-service.js';

let running: Running;
let office: Caller;
let second: Caller;
let doctor: Caller;
beforeAll(async () => {
  running = await openRunning();
  await addPeople(running);
  office = await running.as('administrator');
  second = await running.as('administrator-2');
  doctor = await running.as('prescriber');
}, 60_000);
afterAll(() => running?.close());

const rows = async <Row>(text: string, values: unknown[] = []) => (await running.database.owner.query(text, values)).rows as Row[];
const codes = (reply: { body: { reasons: { code: string }[] } }) => reply.body.reasons.map((each) => each.code);

describe('accommodations', () => {
  const letter = { program: PROGRAM, kind: 'home-tests', from: '2020-03-26T00:00:00-04:00', authority: 'Letter of 26 March 2020' };

  test('are set, shown in force, and given an end by setting them again; nothing is overwritten (I19)', async () => {
    const set = await office.post('/v1/accommodations', letter);
    expect([set.status, set.body.accommodation]).toEqual([
      200,
      expect.objectContaining({ kind: 'home-tests', until: null, inForce: true }),
    ]);
    const ended = await office.post('/v1/accommodations', { ...letter, until: '2021-01-01T00:00:00-05:00' });
    expect(ended.body.accommodation.inForce).toBe(false);
    const { accommodations } = (await office.get('/v1/accommodations')).body;
    expect(accommodations).toEqual([expect.objectContaining({ until: '2021-01-01T00:00:00.000-05:00', inForce: false })]);
    expect(await rows('SELECT superseded_at IS NULL AS counts FROM accommodation ORDER BY recorded_at')).toEqual([
      { counts: false },
      { counts: true },
    ]);
    const entries = await rows<{ version: number }>("SELECT version FROM entry WHERE aggregate = 'program' ORDER BY version");
    expect(entries.map((each) => each.version)).toEqual([1, 2]);
  });

  test('set in the same moment each take a version of their own (I13)', async () => {
    const replies = await Promise.all(
      ['telephone-prescription', 'electronic-signature', 'remote-enrollment'].map((kind) =>
        office.post('/v1/accommodations', { ...letter, kind }),
      ),
    );
    expect(replies.map((each) => each.status)).toEqual([200, 200, 200]);
    const entries = await rows<{ version: number }>("SELECT version FROM entry WHERE aggregate = 'program' ORDER BY version");
    expect(entries.map((each) => each.version)).toEqual([1, 2, 3, 4, 5]);
  });

  test.each([
    ['a program that is not on file', { program: 'other-us' }, '/program'],
    ['an end before the beginning', { until: '2019-01-01T00:00:00Z' }, '/until'],
    ['no authority', { authority: '' }, '/authority'],
  ])('%s is a 400 that names the field', async (_, change, pointer) => {
    const reply = await office.post('/v1/accommodations', { ...letter, ...change });
    expect([reply.status, reply.body.errors[0].pointer]).toEqual([400, pointer]);
  });
});

describe('exceptions by two persons', () => {
  const asked = { kind: 'lost-supply', reason: 'Left on the train.', evidence: 'Report of the transit police, 4 March' };
  const exceptionsOf = async (id: string) =>
    (
      await rows<{ exceptions: { kind: string; by: string[] }[] }>('SELECT exceptions FROM prescription_authorization WHERE id = $1', [id])
    )[0]?.exceptions;

  test('one administrator asks, the other grants; the answer is due in four hours', async () => {
    const { id } = await issued(running, await enroll(running));
    const request = await office.post(`/v1/authorizations/${id}/exceptions`, asked);
    expect(request.status).toBe(201);
    const { exception } = request.body;
    expect(Date.parse(exception.answerDueBy) - Date.parse(exception.requestedAt)).toBe(4 * 3_600_000);
    expect((await office.get('/v1/exceptions')).body.exceptions).toEqual([expect.objectContaining({ id: exception.id, late: false })]);

    const alone = await office.post(`/v1/exceptions/${exception.id}/grant`);
    expect([alone.status, codes(alone)]).toEqual([409, ['SECOND_PERSON_REQUIRED']]);
    expect(await exceptionsOf(id)).toEqual([]);

    const granted = await second.post(`/v1/exceptions/${exception.id}/grant`);
    expect([granted.status, granted.body.exception.answer]).toEqual([200, 'granted']);
    expect(await exceptionsOf(id)).toEqual([
      expect.objectContaining({ kind: 'lost-supply', by: [DEMO_IDS.administrator, DEMO_IDS.administrator2] }),
    ]);
    expect((await office.get('/v1/exceptions')).body.exceptions).toEqual([]);

    const again = await second.post(`/v1/exceptions/${exception.id}/refusal`, { reason: 'Too late.' });
    expect([again.status, codes(again)]).toEqual([409, ['WRONG_STATE']]);
  });

  test('the patient’s own prescriber may ask; two administrators answer', async () => {
    const { id } = await issued(running, await enroll(running));
    const { exception } = (await doctor.post(`/v1/authorizations/${id}/exceptions`, asked)).body;
    const concerned = await second.post(`/v1/exceptions/${exception.id}/grant`);
    expect([concerned.status, codes(concerned)]).toEqual([409, ['SECOND_PERSON_REQUIRED']]);
    const taken = await office.post(`/v1/authorizations/${id}/exceptions`, { ...asked, takesUp: exception.id });
    expect([taken.status, taken.body.exception.answerDueBy]).toEqual([201, exception.answerDueBy]);
    expect((await second.post(`/v1/exceptions/${taken.body.exception.id}/grant`)).status).toBe(200);
    const { exceptions } = (await office.get('/v1/exceptions?state=answered')).body;
    expect(
      exceptions.filter((each: { authorization: string }) => each.authorization === id).map((each: { answer: string }) => each.answer),
    ).toEqual(['taken-up', 'granted']);
  });

  test('of two answers in the same moment one counts, and the other is told', async () => {
    const { id } = await issued(running, await enroll(running));
    const { exception } = (await office.post(`/v1/authorizations/${id}/exceptions`, asked)).body;
    const replies = await Promise.all([
      second.post(`/v1/exceptions/${exception.id}/grant`),
      second.post(`/v1/exceptions/${exception.id}/refusal`, { reason: 'Not shown.' }),
    ]);
    expect(replies.map((each) => each.status).sort()).toEqual([200, 409]);
  });

  test('what is on no list, or ended, or another’s patient, cannot even be asked for', async () => {
    const { id } = await issued(running, await enroll(running));
    const unlisted = await office.post(`/v1/authorizations/${id}/exceptions`, { ...asked, kind: 'positive-test' });
    expect([unlisted.status, codes(unlisted)]).toEqual([409, ['EXCEPTION_NOT_ALLOWED']]);
    expect((await (await running.as('prescriber-2')).post(`/v1/authorizations/${id}/exceptions`, asked)).status).toBe(404);
    await doctor.post(`/v1/authorizations/${id}/cancellation`, { reason: 'Written twice.' });
    const ended = await office.post(`/v1/authorizations/${id}/exceptions`, asked);
    expect([ended.status, codes(ended)]).toEqual([409, expect.arrayContaining(['EXCEPTION_NOT_ALLOWED', 'AUTHORIZATION_CANCELLED'])]);
    expect(await rows('SELECT 1 FROM exception_request WHERE authorization_id = $1', [id])).toEqual([]);
  });
});

describe('findings', () => {
  const opened = async (organization: string): Promise<string> => {
    const { patient } = await enroll(running);
    const [entry] = await rows<{ id: string }>('SELECT id FROM entry WHERE patient_id = $1', [patient]);
    const id = uuidv7();
    await running.service.pools.rest.query(
      `INSERT INTO finding (id, code, patient_id, entry_id, opened_at, due_at) VALUES ($1, 'LATE_ENTRY', $2, $3, rems_now(), rems_now() + interval '72 hours')`,
      [id, patient, entry?.id],
    );
    expect(organization).toBe(DEMO_IDS.prescriber);
    return id;
  };

  test('get an owner and a due date, and are closed by another person', async () => {
    const id = await opened(DEMO_IDS.prescriber);
    const early = await office.post(`/v1/findings/${id}/closure`, { resolution: 'Looked at.' });
    expect([early.status, codes(early)]).toEqual([409, ['WRONG_STATE']]);
    const nobody = await office.post(`/v1/findings/${id}/owner`, { owner: DEMO_IDS.prescriber });
    expect([nobody.status, codes(nobody)]).toEqual([409, ['FACT_UNKNOWN']]);
    const assigned = await office.post(`/v1/findings/${id}/owner`, { owner: DEMO_IDS.administrator2, dueBy: '2031-01-01T00:00:00Z' });
    expect([assigned.status, assigned.body.finding.owner, assigned.body.finding.dueBy]).toEqual([
      200,
      DEMO_IDS.administrator2,
      '2030-12-31T19:00:00.000-05:00',
    ]);
    const { findings } = (await office.get('/v1/findings')).body;
    expect(findings).toEqual([expect.objectContaining({ id, ownerName: expect.stringContaining('administrator'), late: false })]);

    const own = await second.post(`/v1/findings/${id}/closure`, { resolution: 'All is well.' });
    expect([own.status, codes(own)]).toEqual([409, ['SECOND_PERSON_REQUIRED']]);
    const closed = await office.post(`/v1/findings/${id}/closure`, { resolution: 'The clinic’s clock was set.' });
    expect([closed.status, closed.body.finding.resolution]).toEqual([200, 'The clinic’s clock was set.']);
    expect((await office.get('/v1/findings')).body.findings).toEqual([]);
    expect((await office.get('/v1/findings?state=closed')).body.findings).toHaveLength(1);

    const entries = await rows<{ version: number | null; command: string; patient_id: string }>(
      'SELECT version, command, patient_id FROM entry WHERE aggregate_id = $1 ORDER BY recorded_at, id',
      [id],
    );
    expect(entries.filter((each) => each.version !== null).map((each) => [each.version, each.command])).toEqual([
      [1, 'assign-finding'],
      [2, 'close-finding'],
    ]);
    expect(entries).toHaveLength(5);
    expect(entries.every((each) => each.patient_id !== null)).toBe(true);
  });

  test('that nobody opened are a 404, and a cursor of somebody else’s making a 400', async () => {
    expect((await office.post(`/v1/findings/${uuidv7()}/owner`, { owner: DEMO_IDS.administrator })).status).toBe(404);
    expect((await office.get('/v1/findings?after=bm9uc2Vuc2U')).status).toBe(400);
  });
});
