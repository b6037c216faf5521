import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addPeople, type Caller, openRunning, type Running } from '../../support/running-service.js';
import { AGREEMENT, codesOf, enrolledBy, FERTILE, PROGRAM, person } from './newcomers.js';

const SECOND = 'isotretinoin-us';

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

const inProgram = (who: Caller, patient: string, program: string, more: object = {}) =>
  who.post(`/v1/patients/${patient}/enrollments`, { program, agreement: AGREEMENT, ...more });
const missingOf = async (patient: string, program: string): Promise<string[]> => {
  const chart = await doctor.get(`/v1/patients/${patient}?program=${program}`);
  expect(chart.status).toBe(200);
  return chart.body.next.missing.map((each: { code: string }) => each.code);
};

describe('a patient of one program who is enrolled in another', () => {
  it('keeps her record and her answers, and gets the other program’s category', async () => {
    const patient = await enrolledBy(doctor, { answers: FERTILE, birthDate: '1990-05-14' });
    const reply = await inProgram(doctor, patient, SECOND);
    expect([reply.status, reply.text]).toEqual([201, expect.anything()]);
    expect(reply.body).toMatchObject({ outcome: 'allow', patientId: patient, program: SECOND, category: 'can-get-pregnant' });
    const { rows } = await running.service.pools.rest.query('SELECT program FROM enrollment WHERE patient_id = $1', [patient]);
    expect(rows).toHaveLength(2);
  });

  it('has her contraception and her tests counted there, and her chart says so', async () => {
    const patient = await enrolledBy(doctor, { answers: FERTILE, birthDate: '1991-05-14' });
    const enrolled = await inProgram(doctor, patient, SECOND);
    expect([enrolled.status, enrolled.text]).toEqual([201, expect.anything()]);
    expect(await missingOf(patient, SECOND)).toEqual(expect.arrayContaining(['CONTRACEPTION_TOO_FEW_METHODS', 'SECOND_TEST_MISSING']));
    for (const method of ['iud-hormonal', 'male-condom']) {
      const reply = await doctor.post(`/v1/patients/${patient}/contraception`, { program: PROGRAM, method, from: '2020-01-01' });
      expect([reply.status, reply.text]).toEqual([200, expect.anything()]);
    }
    expect(await missingOf(patient, SECOND)).not.toContain('CONTRACEPTION_TOO_FEW_METHODS');
  });

  it('is a stranger to a prescriber who treats her in neither, and unknown is unknown', async () => {
    const patient = await enrolledBy(doctor);
    expect((await inProgram(colleague, patient, SECOND)).status).toBe(404);
    expect((await inProgram(doctor, '01890000-0000-7000-8000-000000000000', SECOND)).status).toBe(404);
    const nowhere = await inProgram(doctor, patient, 'no-such-program');
    expect([nowhere.status, nowhere.text]).toEqual([400, expect.stringContaining('/program')]);
  });

  it('is refused where she is enrolled already', async () => {
    const patient = await enrolledBy(doctor);
    const again = await inProgram(doctor, patient, PROGRAM);
    expect([again.status, codesOf(again)]).toEqual([409, ['WRONG_STATE']]);
  });
});

describe('questions that a program adds', () => {
  const declared = (...answers: object[]) =>
    doctor.post(
      '/v1/patients',
      person({ program: SECOND, birthDate: '1960-05-14', answers: { ...FERTILE, sex: 'female', declared: answers } }),
    );

  it('are answered in the way they are asked, and give the category', async () => {
    const reply = await declared({ question: 'postMenopausal', yes: true }, { question: 'elevatedFsh', yes: true });
    expect([reply.status, reply.text]).toEqual([201, expect.anything()]);
    expect(reply.body.category).toBe('cannot-get-pregnant');
  });

  it('are refused by name when they are not asked, asked otherwise, or answered twice', async () => {
    for (const answers of [
      [{ question: 'the-moon', yes: true }],
      [{ question: 'postMenopausal', number: 3 }],
      [{ question: 'postMenopausal' }],
      [
        { question: 'elevatedFsh', yes: true },
        { question: 'elevatedFsh', yes: false },
      ],
    ]) {
      const reply = await declared(...answers);
      expect([reply.status, reply.text]).toEqual([400, expect.stringContaining('/answers/declared/')]);
    }
  });
});
