import { createPublicKey, verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { DEMO_IDS } from '../../../src/demo/accounts.js';
import { type Enrolled, enroll, issued, started } from '../../support/enrolled.js';
import { addPeople, type Caller, openRunning, type Running } from '../../support/running-service.js';

let running: Running;
let auditor: Caller;
let doctor: Caller;
let he: Enrolled;
let authorization: string;
beforeAll(async () => {
  running = await openRunning();
  await addPeople(running);
  auditor = await running.as('auditor');
  doctor = await running.as('prescriber');
  he = await enroll(running);
  authorization = await started(running, he.patient);
  await doctor.post(`/v1/authorizations/${authorization}/issue`);
  await doctor.post(`/v1/authorizations/${authorization}/counseling`, {});
  await doctor.post(`/v1/authorizations/${authorization}/issue`);
}, 60_000);
afterAll(() => running?.close());

const search = async (body: object) => {
  const reply = await auditor.post('/v1/log/entries/search', body);
  expect([reply.status, reply.text]).toEqual([200, expect.anything()]);
  return reply.body;
};
const entryOf = async (command: string, outcome = 'allow'): Promise<string> => {
  const { entries } = await search({ authorization, command, outcome });
  return entries[0].id;
};
const owner = (text: string, values: unknown[]) => running.database.owner.query(text, values);

describe('searching', () => {
  test('finds refusals like allowances, newest first, with what a reason means and no name', async () => {
    const reply = await auditor.post('/v1/log/entries/search', { patient: he.patient });
    expect(reply.body.entries.map((each: { command: string; outcome: string }) => [each.command, each.outcome])).toEqual([
      ['issue-authorization', 'allow'],
      ['certify-counseling', 'allow'],
      ['issue-authorization', 'deny'],
      ['start-authorization', 'allow'],
      ['enroll-patient', 'allow'],
    ]);
    expect(reply.body.entries[2].reasons).toEqual([{ code: 'COUNSELING_NOT_CERTIFIED', text: expect.stringContaining('Counseling') }]);
    expect(reply.text).not.toMatch(/okonkwo|1960-01-01/i);
  });

  test.each([
    ['by outcome', { outcome: 'deny' }, 1],
    ['by reason', { reason: 'COUNSELING_NOT_CERTIFIED' }, 1],
    ['by another reason', { reason: 'PREGNANCY_TEST_POSITIVE' }, 0],
    ['by command', { command: 'issue-authorization' }, 2],
    ['by organization', { organization: DEMO_IDS.prescriber }, 5],
    ['by another organization', { organization: DEMO_IDS.site }, 0],
    ['by time', { until: '2020-01-01T00:00:00Z' }, 0],
  ])('%s', async (_, filter, count) => {
    expect((await search({ patient: he.patient, ...filter })).entries).toHaveLength(count);
  });

  test('pages neither skip nor repeat', async () => {
    const found: string[] = [];
    let after: string | undefined;
    do {
      const page = await search({ patient: he.patient, limit: 2, ...(after ? { after } : {}) });
      found.push(...page.entries.map((each: { id: string }) => each.id));
      after = page.next ?? undefined;
    } while (after);
    expect([found.length, new Set(found).size]).toEqual([5, 5]);
  });

  test('is for auditors, and writes nothing', async () => {
    const before = await owner('SELECT count(*) FROM entry', []);
    for (const account of ['prescriber', 'pharmacist', 'patient', 'administrator', 'steward'])
      expect((await (await running.as(account)).post('/v1/log/entries/search', {})).status).toBe(403);
    await search({});
    expect((await owner('SELECT count(*) FROM entry', [])).rows).toEqual(before.rows);
  });

  test.each([
    ['a command nobody knows', { command: 'reset-everything' }, '/command'],
    ['a name instead of a pseudonym', { patient: 'Okonkwo' }, '/patient'],
    ['a cursor of one’s own', { after: 'MS4y' }, '/after'],
  ])('%s is a 400 that names the field and repeats nothing', async (_, body, pointer) => {
    const reply = await auditor.post('/v1/log/entries/search', body);
    expect([reply.status, reply.body.errors[0].pointer]).toEqual([400, pointer]);
    expect(reply.text).not.toContain('Okonkwo');
  });
});

describe('one entry', () => {
  test('carries the exact signed bytes, which verify with the public key and nothing of ours', async () => {
    const id = await entryOf('issue-authorization');
    const { bytes, signature, keyId, line, verification } = (await auditor.get(`/v1/log/entries/${id}`)).body;
    const key = (await (await running.as('patient')).get('/v1/log/key')).body;
    expect(keyId).toBe(key.keyId);
    expect(verify(null, Buffer.from(bytes, 'base64'), createPublicKey(key.publicKeyPem), Buffer.from(signature, 'base64'))).toBe(true);
    expect(JSON.parse(Buffer.from(bytes, 'base64').toString())).toEqual(line);
    expect(verification).toEqual({ signature: 'valid', values: 'match', differingColumns: [] });
    expect(line.attestation).toMatchObject({ statement: 'issue-authorization.1', signer: 'demo:prescriber' });
  });

  test('of who asked about another’s patient names him and the operation, and nothing was decided (T10)', async () => {
    const stranger = await running.as('prescriber-2');
    const { patient } = he;
    expect((await stranger.get(`/v1/patients/${patient}?program=lenalidomide-us`)).status).toBe(404);
    expect((await stranger.post(`/v1/authorizations/${authorization}/issue`)).status).toBe(404);
    const found = (await auditor.post('/v1/log/entries/search', { patient, command: 'access-denied' })).body.entries;
    expect(found).toHaveLength(2);
    for (const each of found) {
      expect(each).toMatchObject({ outcome: 'deny', version: null, actor: { subject: 'demo:prescriber-2', role: 'prescriber' } });
      expect(each.reasons[0].code).toBe('NOT_THIS_PATIENTS_PRESCRIBER');
      const entry = (await auditor.get(`/v1/log/entries/${each.id}`)).body;
      expect(entry.verification).toEqual({ signature: 'valid', values: 'match', differingColumns: [] });
      expect(['getPatient', 'issueAuthorization']).toContain(entry.values.operation);
      for (const path of ['/explanation', '/replay']) {
        const reply = await auditor.get(`/v1/log/entries/${each.id}${path}`);
        expect([reply.status, reply.body.type]).toEqual([409, '/problems/nothing-decided']);
      }
    }
  });

  test('that does not exist is a 404', async () => {
    for (const path of ['', '/explanation', '/replay']) expect((await auditor.get(`/v1/log/entries/${uuidv7()}${path}`)).status).toBe(404);
  });
});

describe('a timeline', () => {
  test('of an authorization tells every step with the state before and after', async () => {
    const { steps, whole } = (await auditor.get(`/v1/log/authorizations/${authorization}/timeline`)).body;
    expect(whole).toBe(true);
    const told = steps.map((each: { command: string; outcome: string; changes: { before: string | null; after: string }[] }) => [
      each.command,
      each.outcome,
      ...each.changes.map(({ before, after }) => `${before} → ${after}`),
    ]);
    expect(told).toEqual([
      ['start-authorization', 'allow', 'null → counseling'],
      ['issue-authorization', 'deny'],
      ['certify-counseling', 'allow', 'counseling → ready'],
      ['issue-authorization', 'allow', 'ready → authorized'],
    ]);
  });

  test('of a patient begins with the enrollment; of nobody it is a 404', async () => {
    const { steps } = (await auditor.get(`/v1/log/patients/${he.patient}/timeline`)).body;
    expect(steps[0].command).toBe('enroll-patient');
    expect((await auditor.get(`/v1/log/patients/${uuidv7()}/timeline`)).status).toBe(404);
    expect((await auditor.get(`/v1/log/authorizations/${uuidv7()}/timeline`)).status).toBe(404);
  });

  test('of an authorization holds what changed it from outside: the prescriber’s suspension', async () => {
    const other = await enroll(running);
    const { id } = await issued(running, other);
    const office = await running.as('administrator');
    await office.post(`/v1/participants/prescribers/${DEMO_IDS.prescriber}/suspension`, { reason: 'For cause.' });
    await office.post(`/v1/participants/prescribers/${DEMO_IDS.prescriber}/certification`, {});
    const { steps } = (await auditor.get(`/v1/log/authorizations/${id}/timeline`)).body;
    expect(steps.at(-1)).toMatchObject({
      command: 'revoke',
      changes: [{ before: 'authorized', after: 'revoked' }],
      actor: { role: 'system' },
    });
    expect(steps.at(-1).causedBy).not.toBeNull();
    expect((await auditor.get(`/v1/log/entries/${steps.at(-1).id}/replay`)).body).toMatchObject({ same: true, differences: [] });
  });
});

describe('why', () => {
  test('a refusal names what was unmet, beside what was met and the edition’s own words', async () => {
    const id = await entryOf('issue-authorization', 'deny');
    const { judgedAt, category, requirements, beside } = (await auditor.get(`/v1/log/entries/${id}/explanation`)).body;
    expect([judgedAt, category, beside]).toEqual(['issue', 'male-adult', []]);
    const unmet = requirements.filter((each: { met: boolean }) => !each.met);
    expect(
      unmet.map((each: { requirement: string; reasons: { code: string }[] }) => [each.requirement, each.reasons.map(({ code }) => code)]),
    ).toEqual([['counseling', ['COUNSELING_NOT_CERTIFIED']]]);
    const prescription = requirements.find((each: { requirement: string }) => each.requirement === 'prescription');
    expect(prescription.parameters).toContainEqual(
      expect.objectContaining({ path: '/prescription/maxSupplyDays', value: 28, verified: true }),
    );
  });
});

describe('I21: any decision is taken again from the log alone', () => {
  const everything = async (filter: object = {}): Promise<string[]> => {
    const { entries } = await search({ limit: 200, ...filter });
    return entries.filter((each: { command: string }) => each.command !== 'access-denied').map((each: { id: string }) => each.id);
  };

  test('every entry of every kind replays bit for bit', async () => {
    const office = await running.as('administrator');
    await office.post('/v1/participants', { kind: 'delegate', name: 'Nobody’s' });
    await office.post('/v1/accommodations', {
      program: 'lenalidomide-us',
      kind: 'home-tests',
      from: '2020-03-26T00:00:00Z',
      authority: 'Letter',
    });
    const ids = await everything();
    expect(ids.length).toBeGreaterThan(10);
    for (const id of ids) {
      const { body } = await auditor.get(`/v1/log/entries/${id}/replay`);
      expect([id, body.same, body.differences, body.unsound]).toEqual([id, true, [], []]);
    }
  });

  test('it asks no table of the present: rows changed behind its back change nothing', async () => {
    const id = await entryOf('issue-authorization');
    await owner('UPDATE enrollment SET category = $2, answers = $3 WHERE id = $1', [he.enrollment, 'frp-adult', '{}']);
    await owner('UPDATE prescription_authorization SET supply_days = 1 WHERE id = $1', [authorization]);
    expect((await auditor.get(`/v1/log/entries/${id}/replay`)).body).toMatchObject({ same: true, unsound: [] });
  });

  test('side values that somebody changed are told, and the decision they lead to is another one', async () => {
    const id = await entryOf('issue-authorization', 'deny');
    const counseling = await entryOf('certify-counseling');
    const start = await entryOf('start-authorization');
    await owner(
      `UPDATE entry_values SET values = jsonb_set(values, '{effects,0,authorization,prescription,lines,0,strengthMg}', '7') WHERE entry_id = $1`,
      [start],
    );
    const { same, unsound, differences } = (await auditor.get(`/v1/log/entries/${id}/replay`)).body;
    expect([same, unsound]).toEqual([false, [start]]);
    expect(differences[0]).toEqual({
      field: 'reasons',
      recorded: ['COUNSELING_NOT_CERTIFIED'],
      replayed: ['COUNSELING_NOT_CERTIFIED', 'STRENGTH_UNKNOWN'],
    });
    expect((await auditor.get(`/v1/log/entries/${start}`)).body.verification.values).toBe('differ');
    await owner(
      `UPDATE entry_values SET values = jsonb_set(values, '{effects,0,authorization,prescription,lines,0,strengthMg}', '25') WHERE entry_id = $1`,
      [start],
    );
    expect((await auditor.get(`/v1/log/entries/${counseling}/replay`)).body).toMatchObject({ same: true, unsound: [] });
  });

  test('a changed column and a changed line are named', async () => {
    const id = await entryOf('issue-authorization', 'deny');
    await owner(`UPDATE entry SET outcome = 'allow' WHERE id = $1`, [id]);
    expect((await auditor.get(`/v1/log/entries/${id}`)).body.verification).toMatchObject({
      signature: 'valid',
      differingColumns: ['outcome'],
    });
    await owner(
      `UPDATE entry SET outcome = 'deny', bytes = convert_to(replace(convert_from(bytes, 'UTF8'), '"deny"', '"allow"'), 'UTF8') WHERE id = $1`,
      [id],
    );
    expect((await auditor.get(`/v1/log/entries/${id}`)).body.verification.signature).toBe('invalid');
    await owner(`UPDATE entry SET bytes = convert_to(replace(convert_from(bytes, 'UTF8'), '"allow"', '"deny"'), 'UTF8') WHERE id = $1`, [
      id,
    ]);
  });

  test('erased values leave the signed line, and the question unanswerable', async () => {
    const id = await entryOf('start-authorization');
    await owner('DELETE FROM entry_values WHERE entry_id = $1', [id]);
    const { values, verification } = (await auditor.get(`/v1/log/entries/${id}`)).body;
    expect([values, verification]).toEqual([null, { signature: 'valid', values: 'erased', differingColumns: [] }]);
    const reply = await auditor.get(`/v1/log/entries/${id}/replay`);
    expect([reply.status, reply.body.type]).toEqual([409, '/problems/values-erased']);
  });
});
