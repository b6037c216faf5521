import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { broughtBy, handOver } from '../support/at-the-counter.js';
import { testCollected } from '../support/at-the-practice.js';
import type { Answer, Caller } from '../support/caller.js';
import { findings } from '../support/oracle.js';
import { ServiceRun } from '../support/service-run.js';
import type { Issued, Patient } from '../support/world.js';

// T9, I19, rules §9.16: what happened cannot lie ahead; what is told late is taken, marked and looked at, and changes nothing that was decided.

jest.setTimeout(60_000);

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

let run: ServiceRun;
let delegate: Caller;
let prescriber: Caller;
let pharmacist: Caller;
beforeAll(async () => {
  run = await ServiceRun.open();
  delegate = await run.caller('delegate');
  prescriber = await run.caller('prescriber');
  pharmacist = await run.caller('pharmacist');
});
afterAll(() => run?.close());

const codes = ({ body }: Answer) => (body.reasons ?? []).map((reason) => reason.code);
const warnings = ({ body }: Answer) => (body.warnings as { code: string }[]).map((warning) => warning.code);

/** The same instant as a place so many hours east of Greenwich writes it. */
function written(at: number, offsetMinutes: number): string {
  const local = new Date(at + offsetMinutes * MINUTE_MS).toISOString().slice(0, -1);
  const sign = offsetMinutes < 0 ? '-' : '+';
  const [hours, minutes] = [Math.floor(Math.abs(offsetMinutes) / 60), Math.abs(offsetMinutes) % 60];
  return `${local}${sign}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
}
/** Greenwich, New York, Kathmandu, the Line Islands, Baker Island. */
const OFFSETS = [0, -300, 345, 840, -720];

const rows = async <Row>(text: string, values: unknown[]): Promise<Row[]> => (await run.database.owner.query(text, values)).rows as Row[];

describe('a test’s date', () => {
  let patient: Patient;
  beforeAll(async () => {
    [patient] = (await run.world.enroll(1, 'frp')) as [Patient];
  });
  const collected = (collectedAt: string) =>
    delegate.post(`/v1/patients/${patient.id}/pregnancy-tests`, { ...testCollected(Date.now(), 'negative'), collectedAt });

  it.each(OFFSETS)(
    'may lie five minutes ahead for a clock that is fast, and not more, wherever it is written (%i minutes from Greenwich)',
    async (offset) => {
      expect((await collected(written(Date.now() + 4.5 * MINUTE_MS, offset))).status).toBe(200);
      const ahead = await collected(written(Date.now() + 5.5 * MINUTE_MS, offset));
      expect([ahead.status, codes(ahead)]).toEqual([409, ['FUTURE_DATE']]);
    },
  );

  it('of tomorrow is refused', async () => {
    const tomorrow = await collected(new Date(Date.now() + 36 * HOUR_MS).toISOString().slice(0, 10));
    expect([tomorrow.status, codes(tomorrow)]).toEqual([409, ['FUTURE_DATE']]);
  });

  it('of more than 72 hours ago is taken, marked, and somebody has to look at it', async () => {
    const inTime = await collected(written(Date.now() - 71 * HOUR_MS, -300));
    const late = await collected(written(Date.now() - 73 * HOUR_MS, -300));
    expect([inTime.status, warnings(inTime)]).toEqual([200, []]);
    expect([late.status, warnings(late)]).toEqual([200, ['LATE_ENTRY']]);
    expect(await rows('SELECT code FROM finding WHERE patient_id = $1', [patient.id])).toContainEqual({ code: 'LATE_ENTRY' });
  });

  it('in the hour that a night has twice is the one its offset says', async () => {
    const answers = [
      await collected('2025-11-02T01:30:00-04:00'),
      await collected('2025-11-02T01:30:00-05:00'),
      await collected('2024-02-29T12:00:00Z'),
    ];
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
    const stored = await rows<{ at: string }>(
      `SELECT fact -> 'test' -> 'collected' ->> 'at' AS at FROM evidence WHERE enrollment_id = $1 AND kind = 'pregnancy-test' ORDER BY recorded_at DESC, revision DESC LIMIT 3`,
      [patient.enrollment],
    );
    expect(stored.map((row) => Number(row.at)).toSorted((a, b) => a - b)).toEqual([
      Date.parse('2024-02-29T12:00:00Z'),
      Date.parse('2025-11-02T05:30:00Z'),
      Date.parse('2025-11-02T06:30:00Z'),
    ]);
  });
});

describe('a hand-over’s date', () => {
  it('may lie five minutes ahead and not more, and one of days ago is taken and marked', async () => {
    const [early, soon, late] = (await run.world.issued(3)) as [Issued, Issued, Issued];
    const reported = async (issued: Issued, at: number) => {
      await pharmacist.post('/v1/counter/reserve', broughtBy(issued));
      return pharmacist.post(`/v1/reservations/${issued.authorization}/dispense`, { ...handOver(issued), handedOverAt: written(at, 345) });
    };
    const ahead = await reported(early, Date.now() + 5.5 * MINUTE_MS);
    expect([ahead.status, codes(ahead)]).toEqual([409, ['FUTURE_DATE']]);
    expect((await reported(soon, Date.now() + 4.5 * MINUTE_MS)).body.outcome).toBe('allow');
    const ago = await reported(late, Date.now() - 73 * HOUR_MS);
    // Before its own reservation: a fact, and outside the rules.
    expect([ago.body.outcome, warnings(ago)]).toEqual(['recorded-as-deviation', ['LATE_ENTRY']]);
  });
});

describe('what is told late', () => {
  it('does not turn a refusal of the past into an allowance: its entry stands, and the prescriber asks again', async () => {
    const [patient] = (await run.world.enroll(1, 'frp')) as [Patient];
    const { rows: tests } = await run.database.owner.query<{ id: string }>(
      `SELECT id FROM evidence WHERE enrollment_id = $1 AND kind = 'pregnancy-test' ORDER BY fact -> 'test' -> 'collected' ->> 'at'`,
      [patient.enrollment],
    );
    const authorization = await run.world.prepare(patient);
    const [earlier] = tests;
    await prescriber.post(`/v1/patients/${patient.id}/pregnancy-tests/${earlier?.id}/retraction`, {
      program: 'lenalidomide-us',
      reason: 'of another patient',
    });
    const refused = await prescriber.tell(`/v1/authorizations/${authorization}/issue`);
    expect(refused.answer?.status).toBe(409);

    const late = await prescriber.post(
      `/v1/patients/${patient.id}/pregnancy-tests`,
      testCollected(Date.now() - 12 * 24 * HOUR_MS, 'negative'),
    );
    expect([late.status, warnings(late)]).toEqual([200, ['LATE_ENTRY']]);
    // The refusal is what it was, also for whoever repeats it; a new question gets a new answer.
    expect((await prescriber.again(refused)).answer?.text).toBe(refused.answer?.text);
    expect((await prescriber.post(`/v1/authorizations/${authorization}/issue`)).status).toBe(200);
  });

  it('does not make a hand-over outside the rules a permitted one, nor a permitted one another', async () => {
    const [outside, permitted] = (await run.world.issued(2, 'frp')) as [Issued, Issued];
    const deviation = await pharmacist.post('/v1/counter/hand-overs', {
      number: outside.number,
      familyName: outside.familyName,
      birthDate: outside.birthDate,
      ...handOver(outside),
      handedOverAt: new Date(Date.now() - MINUTE_MS).toISOString(),
    });
    expect(deviation.body.outcome).toBe('recorded-as-deviation');
    await pharmacist.post('/v1/counter/reserve', broughtBy(permitted));
    expect((await pharmacist.post(`/v1/reservations/${permitted.authorization}/dispense`, handOver(permitted))).body.outcome).toBe('allow');
    const fills = () =>
      rows('SELECT * FROM fill WHERE authorization_id = ANY ($1) ORDER BY id', [[outside.authorization, permitted.authorization]]);
    const before = await fills();
    expect(before).toMatchObject([{ outcome: 'deviation' }, { outcome: 'permitted' }]);

    // A reservation is not made up afterwards, and a result that should have stopped the fill stops nothing that has happened.
    expect((await pharmacist.post('/v1/counter/reserve', broughtBy(outside))).status).toBe(409);
    const yesterday = testCollected(Date.now() - 26 * HOUR_MS, 'positive');
    for (const { id } of [outside, permitted])
      expect((await prescriber.post(`/v1/patients/${id}/pregnancy-tests`, yesterday)).status).toBe(200);
    expect(await fills()).toEqual(before);
    expect(await findings({ db: run.database.owner, dataDir: run.dataDir })).toEqual([]);
  });
});
