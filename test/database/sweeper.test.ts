import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { CommandRunner } from '../../src/authorization/command.runner.js';
import { DEMO_IDS } from '../../src/demo/accounts.js';
import { Sweeper } from '../../src/jobs/sweeper.js';
import { DAY_MS, HOUR_MS } from '../support/durations.js';
import { atCounter, enroll, issued, started } from '../support/enrolled.js';
import { addPeople, type Caller, openRunning, type Running } from '../support/running-service.js';

let running: Running;
let pharmacist: Caller;
let other: Caller;
let office: Caller;
const warnings: string[] = [];
beforeAll(async () => {
  running = await openRunning();
  await addPeople(running);
  pharmacist = await running.as('pharmacist');
  other = await running.as('pharmacist-3');
  office = await running.as('administrator');
}, 60_000);
beforeEach(async () => {
  // What the test before left due is no business of this one.
  await running.database.owner.query('DELETE FROM lease');
  await sweeper().pass();
  await running.database.owner.query('DELETE FROM lease');
  warnings.length = 0;
});
afterAll(() => running?.close());

const sweeper = (holder = 'this process') =>
  new Sweeper({
    runner: running.service.app.get(CommandRunner),
    pool: running.service.pools.rest,
    warn: (line) => warnings.push(line),
    holder,
    page: 1,
  });
const rows = async <Row>(text: string, values: unknown[] = []) => (await running.database.owner.query(text, values)).rows as Row[];
const stateOf = async (id: string) =>
  (await rows<{ state: string }>('SELECT state FROM prescription_authorization WHERE id = $1', [id]))[0]?.state;
const lastEntry = async (id: string) =>
  (
    await rows<{ command: string; actor: string; outcome: string }>(
      'SELECT command, actor, outcome FROM entry WHERE authorization_id = $1 ORDER BY recorded_at DESC, id DESC LIMIT 1',
      [id],
    )
  )[0];

async function reserved(): Promise<{ id: string; number: string }> {
  const authorization = await issued(running, await enroll(running));
  const reply = await pharmacist.post('/v1/counter/reserve', atCounter(authorization.number));
  expect([reply.status, reply.body.outcome]).toEqual([200, 'allow']);
  return authorization;
}

describe('the sweeper writes down what the clock has decided', () => {
  test('the end of a preparation, and of an authorization’s window, once', async () => {
    const { patient } = await enroll(running);
    const draft = await started(running, patient);
    const { id } = await issued(running, await enroll(running));
    expect(await sweeper().pass()).toEqual({ lapsed: 0, repliesForgotten: 0, failed: 0 });
    await running.database.advanceClock(32 * DAY_MS);
    expect(await sweeper().pass()).toMatchObject({ lapsed: 2, failed: 0 });
    expect([await stateOf(draft), await stateOf(id)]).toEqual(['expired', 'expired']);
    expect(await lastEntry(id)).toEqual({ command: 'lapse', actor: 'system', outcome: 'allow' });
    expect(await sweeper().pass()).toMatchObject({ lapsed: 0, failed: 0 });
  });

  test('the end of a reservation; the holder’s claim stays, as with the clock alone (rules §9.4)', async () => {
    const { id, number } = await reserved();
    expect(await sweeper().pass()).toMatchObject({ lapsed: 0 });
    await running.database.advanceClock(24 * HOUR_MS + 1_000);
    const before = await other.post('/v1/counter/verify', atCounter(number));
    expect(await sweeper().pass()).toMatchObject({ lapsed: expect.any(Number), failed: 0 });
    expect(await stateOf(id)).toBe('authorized');
    const after = await other.post('/v1/counter/verify', atCounter(number));
    expect([after.body.outcome, after.body.reasons]).toEqual([before.body.outcome, before.body.reasons]);
    expect((await pharmacist.post('/v1/counter/reserve', atCounter(number))).body.outcome).toBe('allow');
  });

  test('the reservations of a site that lost its certification: the prescription is free for others, before and after', async () => {
    const { id, number } = await reserved();
    await office.post(`/v1/participants/pharmacies/${DEMO_IDS.site}/suspension`, { reason: 'Records missing.' });
    // At once, by decision alone (I25).
    expect((await other.post('/v1/counter/verify', atCounter(number))).body.outcome).toBe('allow');
    expect(await sweeper().pass()).toMatchObject({ lapsed: expect.any(Number), failed: 0 });
    const [row] = await rows('SELECT state, reserved_by, confirmation_number FROM prescription_authorization WHERE id = $1', [id]);
    expect(row).toEqual({ state: 'authorized', reserved_by: null, confirmation_number: null });
    expect((await other.post('/v1/counter/reserve', atCounter(number))).body.outcome).toBe('allow');
    await office.post(`/v1/participants/pharmacies/${DEMO_IDS.site}/certification`, {});
  });

  test('nothing else: replies of authorizations and younger than 30 days stay', async () => {
    const key = 'kept-for-thirty-days';
    await office.post('/v1/participants', { kind: 'administrator', name: 'Somebody' }, key);
    const kept = await rows('SELECT 1 FROM idempotency WHERE authorization_id IS NOT NULL');
    expect(kept.length).toBeGreaterThan(0);
    await running.database.advanceClock(29 * DAY_MS);
    await sweeper().pass();
    expect(await rows('SELECT 1 FROM idempotency WHERE key = $1', [key])).toHaveLength(1);
    await running.database.advanceClock(DAY_MS + 1_000);
    expect(await sweeper().pass()).toMatchObject({ repliesForgotten: expect.any(Number) });
    expect(await rows('SELECT 1 FROM idempotency WHERE key = $1', [key])).toHaveLength(0);
    expect(await rows('SELECT 1 FROM idempotency WHERE authorization_id IS NOT NULL')).toHaveLength(kept.length);
  });

  test('one that cannot be written down keeps no other waiting', async () => {
    const stuck = await issued(running, await enroll(running));
    const fine = await started(running, (await enroll(running)).patient);
    // An edition that is on file nowhere: no decision about this one can be taken.
    await rows("UPDATE prescription_authorization SET edition_hash = repeat('0', 64) WHERE id = $1", [stuck.id]);
    await running.database.advanceClock(40 * DAY_MS);
    expect(await sweeper().pass()).toMatchObject({ failed: 1 });
    expect([await stateOf(stuck.id), await stateOf(fine)]).toEqual(['authorized', 'expired']);
    expect(warnings).toHaveLength(1);
  });
});

describe('its lease', () => {
  test('lets one process work; the other takes over at once when the first stops, and later when it died', async () => {
    const [first, second] = [sweeper('first'), sweeper('second')];
    expect(await first.pass()).not.toBeNull();
    expect(await second.pass()).toBeNull();
    await first.stop();
    expect(await second.pass()).not.toBeNull();
    expect(await first.pass()).toBeNull();
    await rows("UPDATE lease SET expires_at = clock_timestamp() - interval '1 second'");
    expect(await sweeper('third').pass()).not.toBeNull();
    expect(await rows('SELECT holder, epoch FROM lease')).toEqual([{ holder: 'third', epoch: 3 }]);
  });

  test('two at once write each end once (the guard, not the lease, is what keeps it so)', async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, async () => started(running, (await enroll(running)).patient)));
    await running.database.advanceClock(40 * DAY_MS);
    const [one, two] = [sweeper('one'), sweeper('two')];
    const passes = [
      one.pass(),
      (async () => {
        await rows('DELETE FROM lease');
        return two.pass();
      })(),
    ];
    await Promise.all(passes);
    const entries = await rows<{ count: string }>(
      "SELECT count(*) FROM entry WHERE command = 'lapse' AND authorization_id = ANY($1) GROUP BY authorization_id",
      [ids],
    );
    expect(entries.map(({ count }) => Number(count))).toEqual([1, 1, 1, 1, 1]);
  });
});

test('the service runs it by itself, and stops without leaving anything under way', async () => {
  const alone = await openRunning({ REMS_SWEEP_SECONDS: '1' });
  try {
    await addPeople(alone);
    const draft = await started(alone, (await enroll(alone)).patient);
    await alone.database.advanceClock(40 * DAY_MS);
    let state: string | undefined;
    for (let waited = 0; waited < 100 && state !== 'expired'; waited += 1) {
      await sleep(100);
      const { rows: found } = await alone.database.owner.query('SELECT state FROM prescription_authorization WHERE id = $1', [draft]);
      state = found[0]?.state;
    }
    expect(state).toBe('expired');
  } finally {
    await alone.close();
  }
}, 60_000);
