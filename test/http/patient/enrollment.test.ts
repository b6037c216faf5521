import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { DEMO_IDS } from '../../../src/demo/accounts.js';
import { addPeople, type Caller, openRunning, type Running } from '../../support/running-service.js';
import { FERTILE, PROGRAM, person, UNKNOWN } from './newcomers.js';

const LINE = { strengthMg: 25, capsules: 21, regimen: { perDay: 1, daysOn: 21, cycleDays: 28 } };

let running: Running;
let doctor: Caller;
let colleague: Caller;

beforeAll(async () => {
  running = await openRunning();
  await addPeople(running);
  doctor = await running.as('prescriber');
  colleague = await running.as('prescriber-2');
}, 60_000);
afterAll(() => running?.close());

const rows = async <Row>(text: string, values: unknown[]): Promise<Row[]> =>
  (await running.service.pools.rest.query<Row>(text, values)).rows as Row[];

describe('enrolling a patient', () => {
  it('works the category out from the answers, and writes person, enrollment, evidence and entry as version 1', async () => {
    const reply = await doctor.post('/v1/patients', person({ answers: FERTILE, birthDate: '1990-05-14' }));
    expect(reply.status).toBe(201);
    expect(reply.body).toMatchObject({ outcome: 'allow', program: PROGRAM, category: 'frp-adult', ended: [], linkedTo: 0 });
    const patient = reply.body.patientId as string;
    const [enrollment] = await rows<{ id: string; revision: number; category: string; prescriber_id: string; answers: object }>(
      'SELECT * FROM enrollment WHERE patient_id = $1',
      [patient],
    );
    expect(enrollment).toMatchObject({ revision: 1, category: 'frp-adult', prescriber_id: DEMO_IDS.prescriber });
    expect(enrollment?.answers).toEqual({ ...FERTILE, birthDate: '1990-05-14' });
    expect(await rows('SELECT kind, revision FROM evidence WHERE patient_id = $1', [patient])).toEqual([
      { kind: 'agreement', revision: 1 },
    ]);
    expect(
      await rows('SELECT aggregate, aggregate_id, version, saw_version, command, outcome FROM entry WHERE patient_id = $1', [patient]),
    ).toEqual([
      { aggregate: 'enrollment', aggregate_id: enrollment?.id, version: 1, saw_version: 0, command: 'enroll-patient', outcome: 'allow' },
    ]);
  });

  it('keeps who it is out of the entry’s bytes', async () => {
    const named = person({ familyName: 'Canarywood', phone: '+1 212 555 0199', recordNumber: 'MRN-77' });
    const reply = await doctor.post('/v1/patients', named);
    const [entry] = await rows<{ bytes: Buffer; signed: boolean }>(
      'SELECT bytes, EXISTS (SELECT 1 FROM entry_pending p WHERE p.entry_id = e.id) AS signed FROM entry e WHERE patient_id = $1',
      [reply.body.patientId],
    );
    expect(entry?.signed).toBe(true);
    for (const secret of ['Canarywood', 'canarywood', named.birthDate, '555 0199', 'MRN-77'])
      expect(entry?.bytes.toString('utf8')).not.toContain(secret);
  });

  it('asks for every category question by name: null is an answer, leaving one out is not', async () => {
    const { cycle: _, ...forgotten } = UNKNOWN;
    const reply = await doctor.post('/v1/patients', person({ answers: forgotten }));
    expect(reply.status).toBe(400);
    expect(reply.body.errors.map((each: { pointer: string }) => each.pointer)).toEqual(['/answers/cycle']);
  });

  it('takes unknown answers as the strictest', async () => {
    expect((await doctor.post('/v1/patients', person({ answers: UNKNOWN }))).body.category).toBe('frp-adult');
  });

  it('takes a stricter category, refuses a laxer one, and has somebody look at one that is merely another', async () => {
    const stricter = await doctor.post('/v1/patients', person({ category: 'frp-adult' }));
    expect(stricter.body.category).toBe('frp-adult');
    const laxer = await doctor.post('/v1/patients', person({ answers: FERTILE, birthDate: '1991-05-14', category: 'male-adult' }));
    expect([laxer.status, laxer.body.reasons[0].code]).toEqual([409, 'CATEGORY_CONTRADICTED']);
    const other = await doctor.post('/v1/patients', person({ category: 'female-not-frp-adult' }));
    expect(other.status).toBe(201);
    expect(await rows('SELECT count(*)::int AS count FROM finding WHERE patient_id = $1', [other.body.patientId])).toEqual([{ count: 1 }]);
  });

  it('never passes over the guardian of a child who is called an adult', async () => {
    const reply = await doctor.post('/v1/patients', person({ birthDate: '2015-04-19', answers: FERTILE, category: 'frp-adult' }));
    expect(reply.body.category).toBe('frp-child');
  });

  it('leaves an entry of a refusal, of nobody, and makes nothing', async () => {
    const before = await rows<{ count: number }>('SELECT count(*)::int AS count FROM patient', []);
    const reply = await doctor.post('/v1/patients', person({ birthDate: '2150-01-13' }));
    expect([reply.status, reply.body.reasons[0].code]).toEqual([409, 'FUTURE_DATE']);
    expect(await rows('SELECT count(*)::int AS count FROM patient', [])).toEqual(before);
    const [entry] = await rows('SELECT aggregate, version, patient_id, outcome FROM entry ORDER BY recorded_at DESC, id DESC LIMIT 1', []);
    expect(entry).toEqual({ aggregate: 'unknown', version: null, patient_id: null, outcome: 'deny' });
  });

  it('is one enrollment however often it is sent', async () => {
    const body = person();
    const key = uuidv7();
    const [first, second] = await Promise.all([doctor.post('/v1/patients', body, key), doctor.post('/v1/patients', body, key)]);
    const third = await doctor.post('/v1/patients', body, key);
    expect(new Set([first.text, second.text, third.text]).size).toBe(1);
    expect(await rows('SELECT id FROM patient WHERE family_name = $1', [body.familyName])).toHaveLength(1);
  });

  it.each([
    ['a program that does not exist', { program: 'aspirin-us' }, '/program'],
    ['a name without a letter', { familyName: '—' }, '/familyName'],
    ['a field of ours', { state: 'authorized' }, '/state'],
    ['a day the calendar does not have', { birthDate: '1961-02-30' }, '/birthDate'],
    ['null for a list', { notTheSamePersonAs: null }, '/notTheSamePersonAs'],
    ['an unknown cause', { answers: { ...UNKNOWN, amenorrhea: { since: '2020-01', cause: 'luck' } } }, '/answers/amenorrhea/cause'],
  ])('refuses %s by the name of its field', async (_, changed, pointer) => {
    const reply = await doctor.post('/v1/patients', person(changed));
    expect([reply.status, reply.body.errors?.[0]?.pointer]).toEqual([400, pointer]);
  });

  it('is the prescriber’s own act, with a fresh sign-in', async () => {
    for (const account of ['delegate', 'administrator', 'pharmacist', 'patient', 'auditor'])
      expect((await (await running.as(account)).post('/v1/patients', person())).status).toBe(403);
  });
});

describe('the same person twice (rules §9.15)', () => {
  it('asks first, tells how many, and names only the caller’s own', async () => {
    const body = person({ familyName: 'Núñez-Ortega', birthDate: '1957-03-14' });
    const own = (await doctor.post('/v1/patients', body)).body.patientId;
    const again = { ...person(), familyName: 'NUNEZ ORTEGA', birthDate: '1957-03-14' };
    const mine = await doctor.post('/v1/patients', again);
    expect([mine.status, mine.body.type, mine.body.candidates, mine.body.yours]).toEqual([409, '/problems/possible-same-person', 1, [own]]);
    const theirs = await colleague.post('/v1/patients', again);
    expect([theirs.status, theirs.body.candidates, theirs.body.yours]).toEqual([409, 1, []]);
    expect(theirs.text).not.toContain(own);
    expect(theirs.text.toLowerCase()).not.toContain('ortega');
  });

  it('links the records from the moment a new one is made all the same, and opens a finding', async () => {
    const body = person({ familyName: 'Twice', birthDate: '1958-07-21' });
    const first = (await doctor.post('/v1/patients', body)).body.patientId;
    const second = await doctor.post('/v1/patients', { ...body, givenName: 'Other', notTheSamePersonAs: [first] });
    expect([second.status, second.body.linkedTo]).toEqual([201, 1]);
    expect(
      await rows('SELECT other_patient_id, linked_by, unlinked_at FROM patient_link WHERE patient_id = $1', [second.body.patientId]),
    ).toEqual([{ other_patient_id: first, linked_by: ['suspicion'], unlinked_at: null }]);
    expect(await rows('SELECT code FROM finding WHERE patient_id = $1', [second.body.patientId])).toEqual([
      { code: 'POSSIBLE_SAME_PERSON' },
    ]);
  });

  it('is not silenced by naming somebody else', async () => {
    const body = person({ familyName: 'Thrice', birthDate: '1959-07-21' });
    await doctor.post('/v1/patients', body);
    expect((await doctor.post('/v1/patients', { ...body, notTheSamePersonAs: [uuidv7()] })).status).toBe(409);
  });

  it('lets one of two offices through that enroll the same person in the same moment', async () => {
    const body = person({ familyName: 'Simultaneous', birthDate: '1960-08-25' });
    const replies = await Promise.all([0, 1, 2, 3].map((each) => (each % 2 ? doctor : colleague).post('/v1/patients', body)));
    expect(replies.map((reply) => reply.status).sort()).toEqual([201, 409, 409, 409]);
  });

  it('stops both when the stricter of the two categories is the other’s', async () => {
    const man = person({ familyName: 'Stricter', birthDate: '1988-10-17' });
    const first = (await doctor.post('/v1/patients', man)).body.patientId;
    const { id } = (await doctor.post('/v1/authorizations', prescription(first))).body.authorization;
    await doctor.post(`/v1/authorizations/${id}/counseling`, {});
    const double = await colleague.post('/v1/patients', { ...man, answers: FERTILE, confirmNewPerson: true });
    expect(double.body).toMatchObject({ category: 'frp-adult', linkedTo: 1 });
    const issue = await doctor.post(`/v1/authorizations/${id}/issue`);
    expect([issue.status, issue.body.reasons[0].code]).toEqual([409, 'CATEGORY_CONTRADICTED']);
  });
});

const prescription = (patientId: string) => ({ patientId, program: PROGRAM, lines: [LINE], supplyDays: 28, channel: 'electronic' });
