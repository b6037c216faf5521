import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEMO_IDS } from '../../../src/demo/accounts.js';
import { issued, started } from '../../support/enrolled.js';
import { addPeople, type Caller, openRunning, type Running } from '../../support/running-service.js';
import { enrolledBy, FERTILE, PROGRAM } from './newcomers.js';

const DAY_MS = 86_400_000;
const program = PROGRAM;
let running: Running;
let doctor: Caller;
let ids: Record<'bare' | 'draft' | 'open' | 'supplied' | 'low' | 'woman', string>;

beforeAll(async () => {
  running = await openRunning();
  await addPeople(running);
  doctor = await running.as('prescriber');
  const [bare, draft, open, supplied, low] = [
    await enrolledBy(doctor, { givenName: 'Jean-Luc Émile', familyName: 'Bare' }),
    await enrolledBy(doctor, { familyName: 'Draft' }),
    await enrolledBy(doctor, { familyName: 'Open' }),
    await enrolledBy(doctor, { familyName: 'Supplied' }),
    await enrolledBy(doctor, { familyName: 'Low' }),
  ];
  const woman = await enrolledBy(doctor, { familyName: 'Woman', answers: FERTILE, birthDate: '1990-11-23' });
  ids = { bare, draft, open, supplied, low, woman };
  await started(running, draft);
  await issued(running, { patient: open, enrollment: '' });
  await filled(supplied, 2);
  await filled(low, 23);
  const own = await enrolledBy(await running.as('prescriber-2'), { familyName: 'Another' });
  expect(own).toBeTruthy();
}, 60_000);
afterAll(() => running?.close());

/** A prescription handed over so many days ago. */
async function filled(patient: string, daysAgo: number): Promise<void> {
  const { id } = await issued(running, { patient, enrollment: '' });
  const at = new Date(Date.now() - daysAgo * DAY_MS);
  const { owner } = running.database;
  await owner.query(`UPDATE prescription_authorization SET state = 'dispensed', next_deadline_at = NULL WHERE id = $1`, [id]);
  await owner.query(
    `INSERT INTO fill (id, authorization_id, enrollment_id, patient_id, pharmacy_id, outcome, handed_over_at, handed_over_until, handed_over_on, issued_at,
      supply_days, recorded_at)
    SELECT $1::uuid::text, $1::uuid, enrollment_id, patient_id, $2, 'permitted', $3::timestamptz, $3::timestamptz, $4, $3::timestamptz, 28, rems_now()
    FROM prescription_authorization WHERE id = $1::uuid`,
    [id, DEMO_IDS.site, at.toISOString(), at.toISOString().slice(0, 10)],
  );
}

interface Row {
  patientId: string;
  name: string;
  state: string;
  turn: string;
  runningOut: boolean;
  daysLeft: number;
  closes: { at: string; words: string } | null;
  missing: { code: string; text: string; nextAct: string }[];
}
const list = async (who: Caller = doctor, more = '') => (await who.get(`/v1/worklist?program=${program}${more}`)).body;
const rowOf = async (id: string): Promise<Row> => (await list()).patients.find((row: Row) => row.patientId === id);

describe('the worklist', () => {
  it('puts those running out on top, then goes by the last moment to act', async () => {
    const { patients, complete, next } = await list();
    expect(patients.map((row: Row) => row.patientId)).toEqual([
      ids.low,
      ids.supplied,
      // Both end on the same day; then the older record comes first.
      ids.draft,
      ids.open,
      ...[ids.bare, ids.woman].toSorted(),
    ]);
    expect([complete, next]).toEqual([true, null]);
    expect(patients.map((row: Row) => row.runningOut)).toEqual([true, false, false, false, false, false]);
  });

  it('says what is missing, in words, whose turn it is, and when it closes', async () => {
    expect(await rowOf(ids.draft)).toMatchObject({ state: 'counseling', turn: 'mine', missing: [{ code: 'COUNSELING_NOT_CERTIFIED' }] });
    expect(await rowOf(ids.open)).toMatchObject({ state: 'authorized', turn: 'pharmacy', missing: [] });
    expect(await rowOf(ids.supplied)).toMatchObject({ state: 'supplied', turn: 'time', missing: [], daysLeft: 26 });
    expect(await rowOf(ids.low)).toMatchObject({ state: 'to-start', turn: 'staff', daysLeft: 5 });
    const woman = await rowOf(ids.woman);
    expect(woman.missing.map((each) => each.code)).toEqual(
      expect.arrayContaining(['CONTRACEPTION_TOO_FEW_METHODS', 'FIRST_TEST_MISSING', 'SURVEY_MISSING']),
    );
    for (const each of woman.missing) expect([each.text.length > 10, each.nextAct.length > 10]).toEqual([true, true]);
    expect((await rowOf(ids.open)).closes?.words).toMatch(/^\w{3} \d{1,2} \w+, 11:59 pm Eastern$/);
  });

  it('names a patient by initials and family name', async () => {
    expect((await rowOf(ids.bare)).name).toBe('J. L. É. Bare');
  });

  it('is filtered by whose turn it is, and counts the others all the same', async () => {
    const { patients, turns } = await list(doctor, '&turn=pharmacy');
    expect(patients.map((row: Row) => row.patientId)).toEqual([ids.open]);
    expect(turns).toEqual({ mine: 1, staff: 3, patient: 0, laboratory: 0, pharmacy: 1, time: 1 });
  });

  it('comes in pages that leave nobody out and show nobody twice', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: { patients: Row[]; next: string | null } = await list(doctor, `&limit=2${cursor === null ? '' : `&cursor=${cursor}`}`);
      seen.push(...page.patients.map((row) => row.patientId));
      cursor = page.next;
    } while (cursor !== null);
    expect(seen).toEqual((await list()).patients.map((row: Row) => row.patientId));
  });

  it('is the delegate’s too, for the prescriber he acts for, and never another’s', async () => {
    expect((await list(await running.as('delegate'))).patients).toHaveLength(6);
    expect((await list(await running.as('prescriber-2'))).patients.map((row: Row) => row.name)).toEqual([
      expect.stringMatching(/Another$/),
    ]);
    expect((await (await running.as('pharmacist')).get(`/v1/worklist?program=${program}`)).status).toBe(403);
  });

  it.each([
    ['a program that does not exist', '?program=aspirin-us', '/program'],
    ['no program', '', '/program'],
    ['a turn of nobody', `?program=${program}&turn=nurse`, '/turn'],
    ['a page of all', `?program=${program}&limit=100000`, '/limit'],
    ['a cursor that is none of ours', `?program=${program}&cursor=WzAsMV0`, '/cursor'],
    ['a cursor that is no text', `?program=${program}&cursor=%00`, '/cursor'],
  ])('refuses %s by name', async (_, query, pointer) => {
    const reply = await doctor.get(`/v1/worklist${query}`);
    expect([reply.status, reply.body.errors?.[0]?.pointer]).toEqual([400, pointer]);
  });
});

describe('a patient’s chart', () => {
  it('shows category, agreement, supply, what the next issue lacks and from when', async () => {
    const chart = (await doctor.get(`/v1/patients/${ids.low}?program=${program}`)).body;
    expect(chart).toMatchObject({
      person: { familyName: 'Low' },
      category: { code: 'male-adult', byAnswers: 'male-adult' },
      agreement: { category: 'male-adult', signedOn: '2026-01-05', signedBy: ['patient'] },
      supply: { daysLeft: 5, runningOut: true },
      testing: { nextDueOn: null, intervalDays: null },
      tests: [],
      holds: [],
      tail: null,
      turn: 'staff',
    });
    expect(chart.next.missing.map((each: { code: string }) => each.code)).toEqual(
      expect.arrayContaining(['COUNSELING_NOT_CERTIFIED', 'SURVEY_MISSING']),
    );
    expect(chart.next.earliest.at).toBe(chart.asOf);
  });

  it('tells from when, where only time is missing', async () => {
    const chart = (await doctor.get(`/v1/patients/${ids.woman}?program=${program}`)).body;
    expect(chart.next.earliest.at > chart.asOf).toBe(true);
    expect(chart.next.authorizationId).toBeNull();
  });

  it('shows the open authorization with its number', async () => {
    const { authorizations } = (await doctor.get(`/v1/patients/${ids.open}?program=${program}`)).body;
    expect(authorizations).toMatchObject([{ state: 'authorized', category: 'male-adult' }]);
    expect(authorizations[0].number).toMatch(/^\w{4}-\w{4}/);
  });

  it('is the practice’s and the program office’s, and nobody else’s', async () => {
    const url = `/v1/patients/${ids.low}?program=${program}`;
    const status = async (account: string) => (await (await running.as(account)).get(url)).status;
    expect(await Promise.all(['delegate', 'administrator', 'prescriber-2', 'pharmacist', 'auditor', 'patient'].map(status))).toEqual([
      200, 200, 404, 403, 403, 403,
    ]);
  });
});
