import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { CommandRunner } from '../../../src/authorization/command.runner.js';
import { DEMO_IDS } from '../../../src/demo/accounts.js';
import { atCounter, enroll, issued } from '../../support/enrolled.js';
import { addPeople, type Caller, openRunning, type Running } from '../../support/running-service.js';
import { principalOf } from '../../support/world.js';
import { codesOf, enrolledBy, FERTILE, PROGRAM } from './newcomers.js';

let running: Running;
let doctor: Caller;
let colleague: Caller;
let office: Caller;
let secondOffice: Caller;

beforeAll(async () => {
  running = await openRunning();
  await addPeople(running);
  doctor = await running.as('prescriber');
  colleague = await running.as('prescriber-2');
  office = await running.as('administrator');
  secondOffice = await running.as('administrator-2');
}, 60_000);
afterAll(() => running?.close());

const program = PROGRAM;
const join = (who: Caller, patientId: string, otherPatientId: string) =>
  who.post('/v1/patient-links', { program, patientId, otherPatientId });
const linksOf = async (patient: string) => (await office.get(`/v1/patients/${patient}?program=${program}`)).body.samePerson;
const part = (who: Caller, link: string) => who.post(`/v1/patient-links/${link}/removal`, { program });
const LOOKALIKE = { familyName: 'Lookalike', birthDate: '1966-12-31' };
const count = async (table: string): Promise<number> =>
  (await running.service.pools.rest.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`)).rows[0]?.count ?? -1;

describe('two records of one person (rules §9.15)', () => {
  it('takes two persons, and counts from the first', async () => {
    const one = await enrolledBy(doctor);
    const other = await enrolledBy(colleague);
    const first = await join(office, one, other);
    expect([first.status, first.body.secondPersonNeeded]).toEqual([200, true]);
    expect(await linksOf(one)).toMatchObject([{ patientId: other, established: false }]);
    const alone = await join(office, other, one);
    expect([alone.status, codesOf(alone)]).toEqual([409, ['SECOND_PERSON_REQUIRED']]);
    const second = await join(secondOffice, other, one);
    expect([second.status, second.body.secondPersonNeeded]).toEqual([200, false]);
    expect((await linksOf(other)).some((each: { established: boolean }) => each.established)).toBe(true);
    expect(codesOf(await join(office, one, other))).toEqual(['WRONG_STATE']);
  });

  it('once it is one person, what was issued under the laxer category ends in the same transaction', async () => {
    const man = await enrolledBy(doctor);
    const open = await issued(running, { patient: man, enrollment: '' });
    const woman = await enrolledBy(colleague, { answers: FERTILE, birthDate: '1989-06-30' });
    expect((await join(office, woman, man)).body.ended).toEqual([]);
    expect((await join(secondOffice, woman, man)).body.ended).toEqual([open.id]);
  });

  it('is parted by two persons, one of whom may be the prescriber of either; nothing is deleted', async () => {
    const one = await enrolledBy(doctor);
    const other = await enrolledBy(colleague);
    await join(office, one, other);
    const [{ linkId }] = await linksOf(one);
    const before = await count('patient_link');
    const asked = await part(doctor, linkId);
    expect([asked.status, asked.body.secondPersonNeeded]).toEqual([200, true]);
    expect(asked.text).not.toContain(other);
    expect(await linksOf(other)).toMatchObject([{ removalAsked: true }]);
    expect(codesOf(await part(doctor, linkId))).toEqual(['SECOND_PERSON_REQUIRED']);
    expect((await part(colleague, linkId)).body.secondPersonNeeded).toBe(false);
    expect(await linksOf(one)).toEqual([]);
    expect(codesOf(await part(office, linkId))).toEqual(['WRONG_STATE']);
    expect(await count('patient_link')).toBe(before);
  });

  it('tells a prescriber that there is another record, and not which', async () => {
    const one = await enrolledBy(doctor);
    const other = await enrolledBy(colleague);
    await join(office, one, other);
    const chart = await doctor.get(`/v1/patients/${one}?program=${program}`);
    expect(chart.body.samePerson).toMatchObject([{ patientId: null }]);
    expect(chart.text).not.toContain(other);
  });

  it.each<[string, (one: string, other: string) => Promise<unknown>]>([
    ['changes', (_, other) => colleague.post(`/v1/patients/${other}/agreement-withdrawal`, { program, reason: 'x' })],
    ['is enrolled', () => enrolledBy(colleague, { ...LOOKALIKE, confirmNewPerson: true })],
  ])('a record that %s between the reading and the writing of a decision on the other makes it another decision', async (_, meanwhile) => {
    const one = await enrolledBy(doctor, { ...LOOKALIKE, confirmNewPerson: true });
    const open = await issued(running, { patient: one, enrollment: '' });
    const other = await enrolledBy(colleague);
    await join(office, one, other);
    let read = 0;
    const sent = await running.service.app.get(CommandRunner).run({
      principal: principalOf('prescriber'),
      lane: running.service.pools.rest,
      target: { by: 'authorization', value: open.id },
      idempotency: { key: uuidv7(), body: open.id },
      mayTouch: () => true,
      reads: async () => {
        read += 1;
        if (read === 1) await meanwhile(one, other);
      },
      command: (loaded, id) => ({
        do: 'cancel-authorization',
        id,
        at: loaded.at,
        by: { role: 'prescriber', id: DEMO_IDS.prescriber },
        authorization: open.id,
        reason: 'x',
      }),
      answer: (decided) => ({ status: 200, body: { outcome: decided.decision.outcome } }),
    });
    expect([sent.text, read]).toEqual(['{"outcome":"allow"}', 2]);
  });

  it('two fills for one person in the same instant, one on each record: one is permitted, the other comes too early', async () => {
    const { counter, rest } = running.service.pools;
    const counters = [
      { account: 'pharmacist', lane: counter },
      // Another pool, so that the two are never written in one transaction.
      { account: 'pharmacist-3', lane: rest },
    ];
    for (let round = 0; round < 6; round += 1) {
      const held: string[] = [];
      const records = [await enroll(running), await enroll(running)];
      for (const [place, record] of records.entries()) {
        const { id, number } = await issued(running, record);
        const reserved = await (await running.as(counters[place]?.account ?? '')).post('/v1/counter/reserve', atCounter(number));
        expect(reserved.status).toBe(200);
        held.push(id);
      }
      await join(office, records[0]?.patient ?? '', records[1]?.patient ?? '');
      // Both have read before either writes.
      let reading = 2;
      let bothHaveRead = (): void => {};
      const read = new Promise<void>((resolve) => {
        bothHaveRead = resolve;
      });
      const fill = ({ account, lane }: (typeof counters)[number], authorization: string) => {
        const principal = principalOf(account);
        return running.service.app.get(CommandRunner).run({
          principal,
          lane,
          target: { by: 'authorization', value: authorization },
          idempotency: { key: uuidv7(), body: authorization },
          mayTouch: () => true,
          reads: async () => {
            reading -= 1;
            if (reading === 0) bothHaveRead();
            await read;
          },
          command: (loaded, id) => ({
            do: 'dispense',
            id,
            at: loaded.at,
            by: { role: 'pharmacy', id: principal.siteId ?? '', person: principal.personId },
            authorization,
            method: 'handover',
            siteZone: null,
            checklist: true,
            medicationGuide: true,
            identifiersMatch: true,
            handedOver: null,
            capsules: 21,
            supplyDays: null,
            lines: [{ ndc: '59572-425-21', lot: 'A1234', strengthMg: 25, capsules: 21 }],
          }),
          answer: ({ decision }) => ({ status: 200, body: [decision.outcome, ...decision.reasons] }),
        });
      };
      const answers = await Promise.all(counters.map((each, place) => fill(each, held[place] ?? '')));
      expect(answers.map(({ text }) => text).sort()).toEqual(['["allow"]', '["deny","TOO_EARLY_FOR_NEXT_FILL"]']);
    }
  }, 60_000);

  it('is not open to those who have neither', async () => {
    const one = await enrolledBy(doctor);
    const other = await enrolledBy(doctor);
    expect((await join(colleague, one, other)).status).toBe(404);
    expect((await join(doctor, one, uuidv7())).status).toBe(404);
    expect(codesOf(await join(doctor, one, one))).toEqual(['WRONG_STATE']);
    await join(office, one, other);
    const [{ linkId }] = await linksOf(one);
    expect((await part(colleague, linkId)).status).toBe(404);
    expect((await part(colleague, uuidv7())).status).toBe(404);
    expect((await join(await running.as('delegate'), one, other)).status).toBe(403);
  });
});
