import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { DEMO_IDS } from '../../../src/demo/accounts.js';
import { enroll, issued, started } from '../../support/enrolled.js';
import { addPeople, type Caller, openRunning, type Running } from '../../support/running-service.js';

let running: Running;
let office: Caller;
beforeAll(async () => {
  running = await openRunning();
  await addPeople(running);
  office = await running.as('administrator');
}, 60_000);
afterAll(() => running?.close());

const rows = async <Row>(text: string, values: unknown[] = []) => (await running.database.owner.query(text, values)).rows as Row[];
const entriesOf = (aggregate: string) =>
  rows<{ version: number | null; command: string; outcome: string; bytes: Buffer }>(
    'SELECT version, command, outcome, bytes FROM entry WHERE aggregate_id = $1 ORDER BY recorded_at, id',
    [aggregate],
  );
const register = async (body: object): Promise<string> => {
  const reply = await office.post('/v1/participants', body);
  expect([reply.status, reply.text]).toEqual([201, expect.anything()]);
  return reply.body.participant.id;
};

describe('registering', () => {
  test('a prescriber is on record and not yet certified; his first entry is version 1', async () => {
    const reply = await office.post('/v1/participants', { kind: 'prescriber', name: 'Dr. New', phone: '555-0199' });
    expect(reply.status).toBe(201);
    expect(reply.body.participant).toMatchObject({
      kind: 'prescriber',
      name: 'Dr. New',
      certified: false,
      certifiedFrom: null,
      revision: 1,
    });
    expect(await entriesOf(reply.body.participant.id)).toMatchObject([{ version: 1, command: 'register-participant', outcome: 'allow' }]);
    expect((await office.get(`/v1/participants/${reply.body.participant.id}`)).body).toEqual(reply.body.participant);
  });

  test('the same key gives the same participant, byte for byte, and another body a conflict (I11)', async () => {
    const key = uuidv7();
    const first = await office.post('/v1/participants', { kind: 'administrator', name: 'Twice' }, key);
    const again = await office.post('/v1/participants', { kind: 'administrator', name: 'Twice' }, key);
    expect([again.status, again.text]).toEqual([201, first.text]);
    expect((await office.post('/v1/participants', { kind: 'administrator', name: 'Thrice' }, key)).status).toBe(409);
    expect(await rows("SELECT id FROM participant WHERE name IN ('Twice', 'Thrice')")).toHaveLength(1);
  });

  test.each([
    ['a delegate of nobody', { kind: 'delegate', name: 'Lost' }],
    ['a delegate of a pharmacy', { kind: 'delegate', name: 'Lost', actsFor: DEMO_IDS.site }],
    ['a prescriber with a chain', { kind: 'prescriber', name: 'Lost', chain: DEMO_IDS.chain }],
    ['a pharmacy with a licence', { kind: 'pharmacy', name: 'Lost', licence: 'NY 1' }],
    ['a prescriber with a zone', { kind: 'prescriber', name: 'Lost', zone: 'America/Denver' }],
  ])('%s is refused, with an entry and no row', async (_, body) => {
    const before = await rows("SELECT 1 FROM entry WHERE outcome = 'deny'");
    const reply = await office.post('/v1/participants', body);
    expect([reply.status, reply.body.reasons[0].code]).toEqual([409, 'FACT_UNKNOWN']);
    expect(await rows("SELECT 1 FROM participant WHERE name = 'Lost'")).toHaveLength(0);
    expect(await rows("SELECT 1 FROM entry WHERE outcome = 'deny'")).toHaveLength(before.length + 1);
  });

  test.each([
    ['an unknown kind', { kind: 'sponsor', name: 'X' }, '/kind'],
    ['a state of its own', { kind: 'prescriber', name: 'X', certifiedFrom: '2020-01-01T00:00:00Z' }, '/certifiedFrom'],
    ['no name', { kind: 'prescriber' }, '/name'],
  ])('%s is a 400 that names the field', async (_, body, pointer) => {
    const reply = await office.post('/v1/participants', body);
    expect([reply.status, reply.body.errors[0].pointer]).toEqual([400, pointer]);
  });
});

describe('listing', () => {
  test('by kind, page by page, each once', async () => {
    const found: string[] = [];
    let after: string | null = null;
    do {
      const page = await office.get(`/v1/participants?kind=pharmacy&limit=2${after ? `&after=${after}` : ''}`);
      expect(page.status).toBe(200);
      found.push(...page.body.participants.map((each: { id: string }) => each.id));
      after = page.body.next;
    } while (after);
    expect(found).toEqual([DEMO_IDS.site, DEMO_IDS.site2, DEMO_IDS.site3]);
  });

  test('is the office’s alone, and one’s own record one’s own', async () => {
    const doctor = await running.as('prescriber');
    expect((await doctor.get('/v1/participants')).status).toBe(403);
    expect((await doctor.get(`/v1/participants/${DEMO_IDS.prescriber}`)).status).toBe(200);
    expect((await doctor.get(`/v1/participants/${DEMO_IDS.prescriber2}`)).status).toBe(404);
    const pharmacist = await running.as('pharmacist');
    expect((await pharmacist.get(`/v1/participants/${DEMO_IDS.site}`)).status).toBe(200);
    expect((await pharmacist.get(`/v1/participants/${DEMO_IDS.site2}`)).status).toBe(404);
    expect(await entriesOf(DEMO_IDS.site2)).toMatchObject([{ command: 'access-denied', outcome: 'deny', version: null }]);
  });
});

describe('certifying and training', () => {
  test('the office certifies; the versions of the participant have no gap (I13)', async () => {
    const id = await register({ kind: 'pharmacy', name: 'New Pharmacy', chain: DEMO_IDS.chain });
    const certified = await office.post(`/v1/participants/pharmacies/${id}/certification`, { until: '2030-01-01T00:00:00-05:00' });
    expect([certified.status, certified.body.participant.certified, certified.body.participant.certifiedUntil]).toEqual([
      200,
      true,
      '2030-01-01T00:00:00.000-05:00',
    ]);
    const person = uuidv7();
    const trained = await office.post(`/v1/participants/pharmacies/${id}/training`, { person });
    expect(trained.body.participant.trained).toEqual([{ person, until: null }]);
    expect((await entriesOf(id)).map((each) => each.version)).toEqual([1, 2, 3]);
    const entry = JSON.parse((await entriesOf(id))[1]?.bytes.toString() ?? '{}');
    expect(entry.attestation).toMatchObject({ statement: 'certify-participant.1', signer: 'demo:administrator' });
  });

  test('a prescriber certifies himself and nobody else, and not while he is suspended', async () => {
    const doctor = await running.as('prescriber-2');
    expect((await doctor.post(`/v1/participants/prescribers/${DEMO_IDS.prescriber2}/certification`, {})).status).toBe(200);
    expect((await doctor.post(`/v1/participants/prescribers/${DEMO_IDS.prescriber}/certification`, {})).status).toBe(404);
    await office.post(`/v1/participants/prescribers/${DEMO_IDS.prescriber2}/suspension`, { reason: 'Signed for a colleague.' });
    const lifted = await doctor.post(`/v1/participants/prescribers/${DEMO_IDS.prescriber2}/certification`, {});
    expect([lifted.status, lifted.body.reasons[0].code]).toEqual([409, 'PRESCRIBER_NOT_CERTIFIED']);
    expect((await office.get(`/v1/participants/${DEMO_IDS.prescriber2}`)).body.certified).toBe(false);
    const back = await office.post(`/v1/participants/prescribers/${DEMO_IDS.prescriber2}/certification`, {});
    expect([back.status, back.body.participant.certified]).toEqual([200, true]);
  });

  test('a representative trains people of his own site only', async () => {
    const carla = await running.as('pharmacy-representative');
    const person = uuidv7();
    expect((await carla.post(`/v1/participants/pharmacies/${DEMO_IDS.site}/training`, { person })).status).toBe(200);
    expect((await carla.post(`/v1/participants/pharmacies/${DEMO_IDS.site2}/training`, { person })).status).toBe(404);
    const herself = await carla.post(`/v1/participants/pharmacies/${DEMO_IDS.site}/training`, { person: DEMO_IDS.representative });
    expect([herself.status, herself.body.reasons[0].code]).toEqual([409, 'SECOND_PERSON_REQUIRED']);
  });

  test('the office sets a site’s zone and changes it; the site renews and cannot move its own day', async () => {
    const { body } = await office.post('/v1/participants', { kind: 'pharmacy', name: 'Zoned', zone: 'America/Denver' });
    expect(body.participant.zone).toBe('America/Denver');
    const moved = await office.post(`/v1/participants/pharmacies/${body.participant.id}/certification`, { zone: 'America/Chicago' });
    expect([moved.status, moved.body.participant.zone]).toEqual([200, 'America/Chicago']);
    const kept = await office.post(`/v1/participants/pharmacies/${body.participant.id}/certification`, {});
    expect(kept.body.participant.zone).toBe('America/Chicago');

    const certification = `/v1/participants/pharmacies/${DEMO_IDS.site}/certification`;
    await office.post(certification, { zone: 'America/Los_Angeles' });
    const carla = await running.as('pharmacy-representative');
    const hers = await carla.post(certification, { zone: 'Pacific/Honolulu' });
    expect([hers.status, hers.body.reasons[0].code]).toEqual([409, 'MAY_NOT_ATTEST']);
    expect((await carla.post(certification, { zone: 'America/Los_Angeles' })).status).toBe(200);
    expect((await office.get(`/v1/participants/${DEMO_IDS.site}`)).body.zone).toBe('America/Los_Angeles');
    expect((await office.post(certification, { zone: 'Mars/Olympus' })).status).toBe(400);
  });

  test('a licence is the office’s to set: a prescriber renews without changing who he is', async () => {
    const url = `/v1/participants/prescribers/${DEMO_IDS.prescriber2}/certification`;
    expect((await office.post(url, { licence: 'NY 200302' })).body.participant.licence).toBe('NY 200302');
    const doctor = await running.as('prescriber-2');
    const other = await doctor.post(url, { licence: 'NY 999999' });
    expect([other.status, other.body.reasons[0].code]).toEqual([409, 'MAY_NOT_ATTEST']);
    expect((await doctor.post(url, {})).body.participant.licence).toBe('NY 200302');
  });

  test('a certification that has ended already is none', async () => {
    const url = `/v1/participants/prescribers/${DEMO_IDS.prescriber2}/certification`;
    const reply = await office.post(url, { until: new Date(Date.now() - 60_000).toISOString() });
    expect([reply.status, reply.body.reasons[0].code]).toEqual([409, 'WRONG_STATE']);
    expect((await office.get(`/v1/participants/${DEMO_IDS.prescriber2}`)).body.certified).toBe(true);
  });

  test('a prescriber is no pharmacy, whatever the address says', async () => {
    const reply = await office.post(`/v1/participants/pharmacies/${DEMO_IDS.prescriber}/certification`, {});
    expect([reply.status, reply.body.reasons[0].code]).toEqual([409, 'FACT_UNKNOWN']);
  });

  test('two changes in the same moment both count, one after the other', async () => {
    const people = [uuidv7(), uuidv7(), uuidv7(), uuidv7()];
    const replies = await Promise.all(
      people.map((person) => office.post(`/v1/participants/pharmacies/${DEMO_IDS.site3}/training`, { person })),
    );
    expect(replies.map((each) => each.status)).toEqual([200, 200, 200, 200]);
    const { trained } = (await office.get(`/v1/participants/${DEMO_IDS.site3}`)).body;
    expect(trained.map((each: { person: string }) => each.person)).toEqual(expect.arrayContaining(people));
  });
});

describe('I5: a prescriber’s suspension for cause', () => {
  test('ends every open authorization in the same transaction, each with an entry that names the suspension', async () => {
    const id = await register({ kind: 'prescriber', name: 'Dr. Other' });
    expect(id).toBeTruthy();
    const [first, second, third] = [await enroll(running), await enroll(running), await enroll(running)];
    const authorized = await issued(running, first);
    const draft = await started(running, second.patient);
    const other = await issued(running, third);
    const reply = await office.post(`/v1/participants/prescribers/${DEMO_IDS.prescriber}/suspension`, { reason: 'Issued without tests.' });
    expect(reply.status).toBe(200);
    const states = await rows<{ id: string; state: string }>('SELECT id, state FROM prescription_authorization WHERE id = ANY($1)', [
      [authorized.id, draft, other.id],
    ]);
    expect(states.map((each) => each.state)).toEqual(['revoked', 'revoked', 'revoked']);

    const suspension = (await entriesOf(DEMO_IDS.prescriber)).at(-1);
    const cause = JSON.parse(suspension?.bytes.toString() ?? '{}');
    for (const { enrollment } of [first, second, third]) {
      const last = JSON.parse((await entriesOf(enrollment)).at(-1)?.bytes.toString() ?? '{}');
      expect(last).toMatchObject({ command: 'revoke', causedBy: cause.id, actor: { role: 'system' }, aggregate: { id: enrollment } });
      expect(last.aggregate.version).toBe(last.aggregate.saw + 1);
    }
    const doctor = await running.as('prescriber');
    expect((await doctor.post(`/v1/authorizations/${draft}/issue`)).status).toBe(409);
  });

  test('revokes also what is issued while it is decided', async () => {
    await office.post(`/v1/participants/prescribers/${DEMO_IDS.prescriber}/certification`, {});
    const patients = await Promise.all(Array.from({ length: 6 }, () => enroll(running)));
    const drafts = await Promise.all(patients.map(({ patient }) => started(running, patient)));
    const doctor = await running.as('prescriber');
    for (const draft of drafts) await doctor.post(`/v1/authorizations/${draft}/counseling`, {});
    const [suspension] = await Promise.all([
      office.post(`/v1/participants/prescribers/${DEMO_IDS.prescriber}/suspension`, { reason: 'For cause.' }),
      ...drafts.map((draft) => doctor.post(`/v1/authorizations/${draft}/issue`)),
    ]);
    expect(suspension?.status).toBe(200);
    const states = await rows<{ state: string }>('SELECT state FROM prescription_authorization WHERE id = ANY($1)', [drafts]);
    expect(new Set(states.map((each) => each.state))).toEqual(new Set(['revoked']));
    await office.post(`/v1/participants/prescribers/${DEMO_IDS.prescriber}/certification`, {});
  });
});

describe('a delegation', () => {
  test('is ended by the prescriber acted for, and then opens no patient any more', async () => {
    const { patient } = await enroll(running);
    const ana = await running.as('delegate');
    const draft = { patientId: patient, program: 'lenalidomide-us', supplyDays: 28, channel: 'electronic' };
    const lines = [{ strengthMg: 25, capsules: 21, regimen: { perDay: 1, daysOn: 21, cycleDays: 28 } }];
    expect((await ana.post('/v1/authorizations', { ...draft, lines })).status).toBe(201);
    expect((await (await running.as('prescriber-2')).post(`/v1/participants/delegates/${DEMO_IDS.delegate}/end`)).status).toBe(404);
    const ended = await (await running.as('prescriber')).post(`/v1/participants/delegates/${DEMO_IDS.delegate}/end`);
    expect([ended.status, ended.body.participant.actsFor]).toEqual([200, null]);
    expect((await ana.post('/v1/authorizations', { ...draft, lines })).status).toBe(404);
  });
});
