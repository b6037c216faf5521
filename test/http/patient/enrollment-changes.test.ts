import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { DEMO_IDS } from '../../../src/demo/accounts.js';
import { issued, started } from '../../support/enrolled.js';
import { addPeople, type Caller, openRunning, type Running } from '../../support/running-service.js';
import { AGREEMENT, codesOf, enrolledBy, FERTILE, PROGRAM, UNKNOWN } from './newcomers.js';

let running: Running;
let doctor: Caller;
let colleague: Caller;
let office: Caller;

beforeAll(async () => {
  running = await openRunning();
  await addPeople(running);
  doctor = await running.as('prescriber');
  colleague = await running.as('prescriber-2');
  office = await running.as('administrator');
}, 60_000);
afterAll(() => running?.close());

const program = PROGRAM;
const rows = async <Row>(text: string, values: unknown[]): Promise<Row[]> =>
  (await running.service.pools.rest.query<Row>(text, values)).rows as Row[];
const states = async (patient: string): Promise<string[]> =>
  (await rows<{ state: string }>('SELECT state FROM prescription_authorization WHERE patient_id = $1 ORDER BY started_at', [patient])).map(
    (row) => row.state,
  );
const versions = async (patient: string): Promise<(number | null)[]> =>
  (
    await rows<{ version: number | null }>(
      "SELECT version FROM entry WHERE patient_id = $1 AND command <> 'access-denied' ORDER BY recorded_at, id",
      [patient],
    )
  ).map((row) => row.version);
const fertile = { grounds: 'correction', answers: FERTILE };

describe('the category', () => {
  it('shows what a stricter one would end before it is saved, and saves nothing', async () => {
    const patient = await enrolledBy(doctor, { birthDate: '1985-02-20' });
    const open = await issued(running, { patient, enrollment: '' });
    const preview = await doctor.post(`/v1/patients/${patient}/category-preview`, { program, ...fertile });
    expect(preview.status).toBe(200);
    expect(preview.body).toMatchObject({
      accepted: true,
      from: 'male-adult',
      to: 'frp-adult',
      ends: [{ id: open.id, state: 'authorized', heldByPharmacy: false }],
    });
    expect(preview.body.nextMissing.map((each: { code: string }) => each.code)).toContain('AGREEMENT_WRONG_CATEGORY');
    expect(await states(patient)).toEqual(['authorized']);
    const delegate = await running.as('delegate');
    expect((await delegate.post(`/v1/patients/${patient}/category-preview`, { program, ...fertile })).body.to).toBe('frp-adult');
    expect((await colleague.post(`/v1/patients/${patient}/category-preview`, { program, ...fertile })).status).toBe(404);
  });

  it('I5: a stricter one ends every open authorization in the same transaction', async () => {
    const patient = await enrolledBy(doctor, { birthDate: '1985-02-20', familyName: 'Ifive' });
    const open = await issued(running, { patient, enrollment: '' });
    const draft = await started(running, patient);
    const reply = await doctor.post(`/v1/patients/${patient}/category`, { program, ...fertile });
    expect([reply.status, reply.body.category]).toEqual([200, 'frp-adult']);
    expect(reply.body.ended.toSorted()).toEqual([open.id, draft].toSorted());
    expect(await states(patient)).toEqual(['revoked', 'revoked']);
  });

  it('follows from the answers: a laxer one that they do not give is refused, with an entry', async () => {
    const patient = await enrolledBy(doctor, { birthDate: '1985-02-20', answers: FERTILE, familyName: 'Laxer' });
    const reply = await doctor.post(`/v1/patients/${patient}/category`, {
      program,
      grounds: 'menopause',
      category: 'female-not-frp-adult',
    });
    expect([reply.status, codesOf(reply)]).toEqual([409, ['CATEGORY_CONTRADICTED']]);
    expect(await versions(patient)).toEqual([1, null]);
  });

  it('becomes laxer by an operation, and wants the agreement of the new category', async () => {
    const patient = await enrolledBy(doctor, { birthDate: '1985-02-20', answers: FERTILE, familyName: 'Operated' });
    const change = await doctor.post(`/v1/patients/${patient}/category`, { program, grounds: 'hysterectomy' });
    expect([change.status, change.body.category]).toEqual([200, 'female-not-frp-adult']);
    const missing = async () =>
      (await doctor.get(`/v1/patients/${patient}?program=${program}`)).body.next.missing.map((each: { code: string }) => each.code);
    expect(await missing()).toContain('AGREEMENT_WRONG_CATEGORY');
    expect((await doctor.post(`/v1/patients/${patient}/agreement`, { program, ...AGREEMENT })).status).toBe(200);
    expect(await missing()).not.toContain('AGREEMENT_WRONG_CATEGORY');
  });
});

describe('determined not to be fertile', () => {
  it('takes a specialist’s document, another person’s than the one who signs', async () => {
    await running.database.owner.query("UPDATE participant SET licence = 'NY 200301', revision = revision + 1 WHERE id = $1", [
      DEMO_IDS.prescriber,
    ]);
    const patient = await enrolledBy(doctor, { birthDate: '1985-02-20', answers: FERTILE, familyName: 'Determined' });
    const change = (more: object) =>
      doctor.post(`/v1/patients/${patient}/category`, { program, grounds: 'correction', answers: { determinedNotFertile: true }, ...more });
    const alone = await change({});
    expect([alone.status, codesOf(alone)]).toEqual([409, ['SECOND_PERSON_REQUIRED']]);
    const document = { name: 'Dr. Ada Brook', licence: '200301, New York', on: '2026-01-05' };
    expect(codesOf(await change({ determination: document }))).toEqual(['SECOND_PERSON_REQUIRED']);
    expect((await change({ determination: { ...document, licence: '' } })).status).toBe(400);
    const changed = await change({ determination: { ...document, licence: 'NY 123456' } });
    expect([changed.status, changed.body.category]).toEqual([200, 'female-not-frp-adult']);
  });
});

describe('ends and new beginnings', () => {
  it.each([
    ['agreement-withdrawal', 'withdraw-agreement'],
    ['deactivation', 'deactivate-patient'],
    ['death', 'record-death'],
  ])('I5: %s ends open authorizations, and is one entry however often it is sent', async (path, command) => {
    const patient = await enrolledBy(doctor);
    const open = await issued(running, { patient, enrollment: '' });
    const key = uuidv7();
    const body = { program, reason: 'As the patient wished.' };
    const first = await doctor.post(`/v1/patients/${patient}/${path}`, body, key);
    const again = await doctor.post(`/v1/patients/${patient}/${path}`, body, key);
    expect([first.status, first.body.ended, again.text]).toEqual([200, [open.id], first.text]);
    expect(await states(patient)).toEqual(['revoked']);
    expect(await rows('SELECT outcome FROM entry WHERE patient_id = $1 AND command = $2', [patient, command])).toEqual([
      { outcome: 'allow' },
    ]);
  });

  it('an agreement is taken back by the patient’s own word, her guardian’s while she is a minor, and by telephone once it is known who calls', async () => {
    const patient = await enrolledBy(doctor, { familyName: 'Caller', birthDate: '1951-05-28' });
    const desk = await running.as('program-agent');
    const say = (identity?: object) =>
      desk.post(`/v1/patients/${patient}/agreement-withdrawal`, { program, reason: 'By telephone.', ...(identity ? { identity } : {}) });
    expect((await say()).status).toBe(404);
    expect((await say({ familyName: 'Caller', birthDate: '1951-05-29' })).status).toBe(404);
    const done = await say({ familyName: 'caller', birthDate: '1951-05-28' });
    expect([done.status, done.body.category]).toEqual([200, undefined]);
    expect(
      (await (await running.as('guardian')).post(`/v1/patients/${patient}/agreement-withdrawal`, { program, reason: 'x' })).status,
    ).toBe(404);
  });

  it('a closed enrollment begins again with a new agreement', async () => {
    const patient = await enrolledBy(doctor);
    await doctor.post(`/v1/patients/${patient}/deactivation`, { program, reason: 'Moved away.' });
    const again = await doctor.post(`/v1/patients/${patient}/re-enrollment`, { program, agreement: AGREEMENT });
    expect([again.status, again.body.category]).toEqual([200, 'male-adult']);
    expect(await rows('SELECT deactivated_at FROM enrollment WHERE patient_id = $1', [patient])).toEqual([{ deactivated_at: null }]);
    expect(await versions(patient)).toEqual([1, 2, 3]);
  });

  it('a patient handed over is the other prescriber’s from then on', async () => {
    const patient = await enrolledBy(doctor);
    const transfer = await doctor.post(`/v1/patients/${patient}/transfer`, { program, to: DEMO_IDS.prescriber2 });
    expect(transfer.status).toBe(200);
    expect((await doctor.get(`/v1/patients/${patient}?program=${program}`)).status).toBe(404);
    expect((await colleague.get(`/v1/patients/${patient}?program=${program}`)).status).toBe(200);
    const nobody = await office.post(`/v1/patients/${patient}/transfer`, { program, to: uuidv7() });
    expect([nobody.status, codesOf(nobody)]).toEqual([409, ['PRESCRIBER_NOT_CERTIFIED']]);
  });

  it('of the one handed over, the earlier prescriber keeps only to stop what he issued, and to tell of a danger', async () => {
    const patient = await enrolledBy(doctor, { familyName: 'Handover' });
    const open = await issued(running, { patient, enrollment: '' });
    expect((await doctor.post(`/v1/patients/${patient}/transfer`, { program, to: DEMO_IDS.prescriber2 })).status).toBe(200);
    const seen = await versions(patient);
    const negative = { collectedAt: AGREEMENT.signedAt, result: 'negative', method: 'urine', setting: 'clinical', source: 'laboratory' };
    for (const [path, body] of [
      ['pregnancy-tests', negative],
      ['discrepancy-resolution', { grounds: 'x' }],
      ['abstinence', { never: true }],
      ['contraception', { method: 'male-condom', from: '2026-01-01' }],
      ['category-preview', fertile],
      ['death', { reason: 'x' }],
    ] as const)
      expect([path, (await doctor.post(`/v1/patients/${patient}/${path}`, { program, ...body })).status]).toEqual([path, 404]);
    expect((await doctor.get(`/v1/patients/${patient}?program=${program}`)).status).toBe(404);
    expect(await versions(patient)).toEqual(seen);
    const adverse = { program, on: '2026-01-01', what: 'a rash' };
    expect((await doctor.post(`/v1/patients/${patient}/adverse-events`, adverse)).status).toBe(200);
    expect((await doctor.post(`/v1/authorizations/${open.id}/cancellation`, { reason: 'treated elsewhere' })).status).toBe(200);
    expect((await doctor.post(`/v1/patients/${patient}/adverse-events`, adverse)).status).toBe(404);
  });
});

describe('objects of others', () => {
  const commands: [string, object][] = [
    ['re-enrollment', { agreement: AGREEMENT }],
    ['agreement', AGREEMENT],
    ['agreement-withdrawal', { reason: 'x' }],
    ['category', fertile],
    ['transfer', { to: DEMO_IDS.prescriber2 }],
    ['deactivation', { reason: 'x' }],
    ['death', { reason: 'x' }],
  ];

  it('answer 404, as what does not exist, and nothing changes', async () => {
    const patient = await enrolledBy(doctor);
    for (const [path, body] of commands) {
      const others = await colleague.post(`/v1/patients/${patient}/${path}`, { program, ...body });
      const nobodys = await colleague.post(`/v1/patients/${uuidv7()}/${path}`, { program, ...body });
      const elsewhere = await doctor.post(`/v1/patients/${patient}/${path}`, { ...body, program: 'thalidomide-us' });
      expect([path, others.status, nobodys.status, elsewhere.status]).toEqual([path, 404, 404, 404]);
    }
    expect(await versions(patient)).toEqual([1]);
    // T10: the log knows who asked; whose program it was not, nobody's record was touched.
    const asked = await rows<{ actor: string }>("SELECT actor FROM entry WHERE patient_id = $1 AND command = 'access-denied'", [patient]);
    expect(asked).toEqual(commands.map(() => ({ actor: 'demo:prescriber-2' })));
  });

  it('are not reached with fields of ours', async () => {
    const patient = await enrolledBy(doctor, { answers: UNKNOWN });
    for (const [path, body] of commands) {
      const reply = await doctor.post(`/v1/patients/${patient}/${path}`, { program, ...body, prescriber: DEMO_IDS.prescriber2 });
      expect([path, reply.status, reply.body.errors[0].pointer]).toEqual([path, 400, '/prescriber']);
    }
  });
});
