import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { broughtBy, handOver } from '../support/at-the-counter.js';
import type { Answer, Caller } from '../support/caller.js';
import { sized } from '../support/full-size.js';
import { findings } from '../support/oracle.js';
import { ServiceRun } from '../support/service-run.js';
import { type DatabaseProxy, proxyTo } from '../support/tcp-proxy.js';
import { removeGuard, UNIQUE_INDEXES } from '../support/walls.js';
import { type Issued, inParallel } from '../support/world.js';

// T4, I1, I2: three pharmacies, two service processes, one database.

jest.setTimeout(sized(120_000, 1_200_000));

const PHARMACISTS = ['pharmacist', 'pharmacist-2', 'pharmacist-3'];
const ROUNDS = sized(2, 20);
const AUTHORIZATIONS = 300;
/** Of the controls, which need not be large to show what they show. */
const FEW = 40;

/** Asks again, with the same key, as long as the service says that it is too busy: nothing was decided then. */
async function untilDecided(caller: Caller, path: string, body: object): Promise<Answer> {
  for (let told = await caller.tell(path, body); ; told = await caller.again(told)) if (told.answer) return told.answer;
}

/** The counters of the three pharmacies, each at another process in turn. */
async function counters(run: ServiceRun): Promise<Caller[]> {
  return Promise.all(PHARMACISTS.flatMap((key) => run.services.map((service) => run.caller(key, service.url))));
}

/** All three pharmacies reserve each authorization in the same moment. Answers by authorization, in the order of the pharmacies. */
const reserveRace = (all: readonly Caller[], authorizations: readonly Issued[]): Promise<Answer[][]> =>
  inParallel(authorizations, 12, (issued, index) =>
    Promise.all(
      PHARMACISTS.map((_, pharmacy) => {
        const processes = all.length / PHARMACISTS.length;
        const caller = all[pharmacy * processes + ((pharmacy + index) % processes)] as Caller;
        return untilDecided(caller, '/v1/counter/reserve', broughtBy(issued));
      }),
    ),
  );

/** The pharmacy that won (in a control: each that did) hands over at two counters, and so at two processes, at once. */
const dispenseRace = (all: readonly Caller[], authorizations: readonly Issued[], reserved: readonly Answer[][]): Promise<Answer[][]> =>
  inParallel(authorizations, 12, (issued, index) => {
    const processes = all.length / PHARMACISTS.length;
    const own = (reserved[index] ?? []).flatMap((answer, pharmacy) =>
      answer.status === 200 ? [0, 1].map((n) => all[pharmacy * processes + (n % processes)] as Caller) : [],
    );
    return Promise.all(own.map((caller) => untilDecided(caller, `/v1/reservations/${issued.authorization}/dispense`, handOver(issued))));
  });

const won = (answers: readonly Answer[]) => answers.filter((answer) => answer.status === 200).length;
const codes = (answer: Answer): string[] => (answer.body.reasons ?? []).map((reason) => reason.code);

async function count(run: ServiceRun, sql: string): Promise<number> {
  const { rows } = await run.database.owner.query<{ n: string }>(`SELECT count(*) AS n FROM ${sql}`);
  return Number(rows[0]?.n);
}

describe('three pharmacies at one number', () => {
  let run: ServiceRun;
  let all: Caller[];
  beforeAll(async () => {
    run = await ServiceRun.open({ processes: 2 });
    all = await counters(run);
  });
  afterAll(() => run.close());

  it.each(Array.from({ length: ROUNDS }, (_, round) => round + 1))(
    `round ${'%i'} of ${ROUNDS}: exactly one of three gets each of ${AUTHORIZATIONS} reservations, every other is told why, and one hand-over follows (T4, I1)`,
    async (round) => {
      const issued = await run.world.issued(AUTHORIZATIONS);
      const reserved = await reserveRace(all, issued);
      expect(reserved.map(won)).toEqual(issued.map(() => 1));
      expect(await count(run, `prescription_authorization WHERE state = 'reserved'`)).toBe(AUTHORIZATIONS);
      for (const loser of reserved.flat().filter((answer) => answer.status !== 200)) {
        expect([loser.status, codes(loser)]).toEqual([409, ['ALREADY_RESERVED']]);
        expect(loser.body.reasons?.[0]?.text).toMatch(/Another pharmacy holds this prescription until/);
      }
      const handed = await dispenseRace(all, issued, reserved);
      expect(handed.map(won)).toEqual(issued.map(() => 1));
      for (const loser of handed.flat().filter((answer) => answer.status !== 200))
        expect([loser.status, codes(loser)]).toEqual([409, ['ALREADY_DISPENSED']]);
      expect(await count(run, `fill WHERE outcome = 'permitted'`)).toBe(round * AUTHORIZATIONS);
      expect(await count(run, `entry WHERE command = 'reserve' AND outcome = 'allow'`)).toBe(round * AUTHORIZATIONS);
      expect(await count(run, `entry WHERE command = 'reserve' AND outcome = 'deny'`)).toBe(2 * round * AUTHORIZATIONS);
    },
  );

  it('leaves every row with its entry and every entry with its rows (I13–I15)', async () => {
    expect(await findings({ db: run.database.owner, dataDir: run.dataDir })).toEqual([]);
  });
});

// The real service, with a wall taken out of the statement on its way to the database, or out of the database itself.
describe.each([
  { title: 'the guard alone', guard: true, indexes: false, holds: true },
  { title: 'the unique indexes alone', guard: false, indexes: true, holds: true },
  { title: 'neither guard nor index (the control: this test can fail)', guard: false, indexes: false, holds: false },
])('with $title', ({ guard, indexes, holds }) => {
  let run: ServiceRun;
  let proxy: DatabaseProxy;
  let removed = () => 1;
  beforeAll(async () => {
    const through = async (url: string) => {
      proxy = await proxyTo(url);
      if (!guard) removed = removeGuard(proxy);
      return proxy.url;
    };
    run = await ServiceRun.open({ processes: 2, through });
    if (!indexes) await run.database.owner.query(`DROP INDEX ${UNIQUE_INDEXES.join(', ')}`);
  });
  afterAll(async () => {
    await run?.close();
    await proxy?.close();
  });

  it(holds ? 'each number is reserved and filled once' : 'numbers are reserved twice and filled twice', async () => {
    const all = await counters(run);
    const issued = await run.world.issued(FEW);
    const reserved = await reserveRace(all, issued);
    const handed = await dispenseRace(all, issued, reserved);
    expect(removed()).toBeGreaterThan(0);
    const reservedTwice = reserved.map(won).filter((n) => n > 1).length;
    const { rows } = await run.database.owner.query(
      `SELECT authorization_id FROM fill WHERE outcome = 'permitted' GROUP BY 1 HAVING count(*) > 1`,
    );
    if (holds) {
      expect([reserved.map(won), handed.map(won), rows]).toEqual([issued.map(() => 1), issued.map(() => 1), []]);
    } else {
      expect(reservedTwice).toBeGreaterThan(0);
      expect(rows.length).toBeGreaterThan(0);
    }
  });
});
