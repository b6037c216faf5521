import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { broughtBy, handOver } from '../support/at-the-counter.js';
import type { Caller } from '../support/caller.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import type { ServiceProcess } from '../support/processes.js';
import { ServiceRun } from '../support/service-run.js';
import { type DatabaseProxy, proxyTo } from '../support/tcp-proxy.js';
import type { Issued } from '../support/world.js';

// I18, T24, F6: decisions are taken on the database's time; a service whose own clock is off decides nothing and says so.

jest.setTimeout(90_000);

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const shiftedBy = (ms: number) => [`${new URL('../support/shifted-clock.mjs', import.meta.url).href}?ms=${ms}`];
const alarmsOf = (service: ServiceProcess) =>
  service
    .output()
    .split('\n')
    .filter((line) => line.includes('"event":"indeterminate"'));
const codes = (body: { reasons?: readonly { code: string }[] }) => (body.reasons ?? []).map((reason) => reason.code);

let database: TestDatabase;
let proxy: DatabaseProxy;
let run: ServiceRun;
beforeAll(async () => {
  database = await openTestDatabase();
  const through = async (url: string) => {
    proxy = await proxyTo(url);
    return proxy.url;
  };
  run = await ServiceRun.open({ database, through });
});
afterAll(async () => {
  await run?.close();
  await proxy?.close();
});

const rowsFor = async (key: string): Promise<number> => {
  const { rows } = await database.owner.query<{ n: number }>('SELECT count(*)::integer AS n FROM idempotency WHERE key = $1', [key]);
  return rows[0]?.n ?? 0;
};
const entries = async (): Promise<number> => {
  const { rows } = await database.owner.query<{ n: number }>('SELECT count(*)::integer AS n FROM entry');
  return rows[0]?.n ?? 0;
};

describe('a service whose clock is off (T24)', () => {
  it.each([3_000, -3_000])(
    'by %i ms: nothing is decided, nothing is recorded, and it raises the alarm; the same key is good afterwards',
    async (ms) => {
      const skewed = await run.start({ imports: shiftedBy(ms) });
      const [issued] = (await run.world.issued(1)) as [Issued];
      const pharmacist = await run.caller('pharmacist', skewed.url);
      const key = uuidv7();
      const before = await entries();

      const verify = await pharmacist.post('/v1/counter/verify', broughtBy(issued), { key: null });
      const reserve = await pharmacist.post('/v1/counter/reserve', broughtBy(issued), { key });
      for (const answer of [verify, reserve]) {
        expect([answer.status, answer.body.type]).toEqual([503, '/problems/indeterminate']);
        expect(answer.headers['retry-after']).toMatch(/^[1-9]\d*$/);
        // Never told as a refusal.
        expect(answer.body.outcome).toBeUndefined();
      }
      expect([await entries(), await rowsFor(key)]).toEqual([before, 0]);

      const metrics = await pharmacist.get('/metrics');
      expect(metrics.text).toMatch(/http_problems_total\{code="indeterminate"\} 2/);
      // A line may reach us a moment after its answer.
      let alarms = alarmsOf(skewed);
      for (let waited = 0; alarms.length < 2 && waited < 5_000; waited += 50) {
        await sleep(50);
        alarms = alarmsOf(skewed);
      }
      expect(alarms).toHaveLength(2);
      expect(alarms[0]).toMatch(/"level":"error".*"code":"clock-skew"/);

      // Another process, whose clock is right, takes the same command.
      const right = await run.caller('pharmacist');
      expect((await right.post('/v1/counter/reserve', broughtBy(issued), { key })).status).toBe(200);
      await skewed.stop();
    },
  );

  it.each([1_500, -1_500])('by %i ms, which is within the bound, it serves', async (ms) => {
    const service = await run.start({ imports: shiftedBy(ms) });
    const [issued] = (await run.world.issued(1)) as [Issued];
    const pharmacist = await run.caller('pharmacist', service.url);
    expect((await pharmacist.post('/v1/counter/reserve', broughtBy(issued))).status).toBe(200);
    await service.stop();
  });
});

describe('the database’s clock decides (I18, F6)', () => {
  let pharmacist: Caller;
  beforeAll(async () => {
    pharmacist = await run.caller('pharmacist');
  });
  afterAll(() => database.setClock(Date.now()));

  it('an authorization is good to its last moment and not after, and a step back makes it good again', async () => {
    const [issued] = (await run.world.issued(1)) as [Issued];
    const { rows } = await database.owner.query<{ at: number }>('SELECT expires_at AS at FROM prescription_authorization WHERE id = $1', [
      issued.authorization,
    ]);
    const expiresAt = rows[0]?.at ?? 0;
    const verify = async (at: number) => {
      await database.setClock(at);
      return pharmacist.post('/v1/counter/verify', broughtBy(issued), { key: null });
    };
    expect((await verify(expiresAt - 5_000)).body.outcome).toBe('allow');
    const after = await verify(expiresAt + 1);
    expect([after.body.outcome, codes(after.body)]).toEqual(['deny', ['AUTHORIZATION_EXPIRED']]);
    expect((await verify(expiresAt - HOUR_MS)).body.outcome).toBe('allow');
    await database.setClock(Date.now());
  });

  it('a reservation holds its hours and not longer', async () => {
    const [issued] = (await run.world.issued(1)) as [Issued];
    expect((await pharmacist.post('/v1/counter/reserve', broughtBy(issued))).status).toBe(200);
    await database.advanceClock(DAY_MS + 1_000);
    const late = await pharmacist.post(`/v1/reservations/${issued.authorization}/dispense`, handOver(issued));
    expect([late.status, codes(late.body)]).toEqual([409, ['CONFIRMATION_EXPIRED']]);
    await database.setClock(Date.now());
  });

  it('an allowance whose time ends between the read and the write is none: it is decided again', async () => {
    const [issued] = (await run.world.issued(1)) as [Issued];
    proxy.holdNext(
      (statement) => /INSERT INTO entry \(/.test(statement),
      () => database.advanceClock(40 * DAY_MS),
    );
    const answer = await pharmacist.post('/v1/counter/reserve', broughtBy(issued));
    expect([answer.status, codes(answer.body)]).toEqual([409, ['AUTHORIZATION_EXPIRED']]);
    const { rows } = await database.owner.query('SELECT outcome FROM entry WHERE authorization_id = $1 AND command = $2', [
      issued.authorization,
      'reserve',
    ]);
    expect(rows).toEqual([{ outcome: 'deny' }]);
    await database.setClock(Date.now());
  });
});
