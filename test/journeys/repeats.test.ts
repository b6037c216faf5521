import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { DEMO_IDS } from '../../src/demo/accounts.js';
import { broughtBy, handOver } from '../support/at-the-counter.js';
import type { Answer, Caller, Told } from '../support/caller.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { sized } from '../support/full-size.js';
import { resolved } from '../support/load.js';
import { findings } from '../support/oracle.js';
import { ServiceRun } from '../support/service-run.js';
import { type Issued, inParallel } from '../support/world.js';

// F7, T5, I1, I10, I11: requests come twice and thrice, late and out of order, from two pharmacies and the practice, at two processes.

jest.setTimeout(sized(60_000, 300_000));

const AUTHORIZATIONS = sized(40, 300);
const DAY_MS = 86_400_000;

let database: TestDatabase;
let run: ServiceRun;
beforeAll(async () => {
  database = await openTestDatabase();
  run = await ServiceRun.open({ database, processes: 2 });
});
afterAll(() => run?.close());

const shuffled = <T>(items: readonly T[]): T[] =>
  items
    .map((item) => ({ item, order: Math.random() }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ item }) => item);

const count = async (sql: string): Promise<number> =>
  Number((await database.owner.query<{ n: string }>(`SELECT count(*) AS n FROM ${sql}`)).rows[0]?.n);

/** What an answer to a decided command is: stored under its key, and the same for ever. */
const decided = (answer: Answer | null): answer is Answer => answer !== null && [200, 201, 409].includes(answer.status);

interface Command {
  readonly by: readonly Caller[];
  readonly key: string;
  readonly path: string;
  readonly body: object;
}

/** A life of one number, with two pharmacies and a prescriber who changes his mind; each command is known to both processes. */
function commandsFor(issued: Issued, a: readonly Caller[], b: readonly Caller[], practice: readonly Caller[]): Command[] {
  const at = `/v1/reservations/${issued.authorization}`;
  const command = (by: readonly Caller[], path: string, body: object): Command => ({ by, key: uuidv7(), path, body });
  return [
    command(a, '/v1/counter/reserve', broughtBy(issued)),
    command(b, '/v1/counter/reserve', broughtBy(issued)),
    command(a, `${at}/release`, { notHandedOver: true }),
    command(b, '/v1/counter/reserve', broughtBy(issued)),
    command(a, `${at}/dispense`, handOver(issued)),
    command(b, `${at}/dispense`, handOver(issued)),
    command(a, `${at}/return`, { unopened: true }),
    command(b, `${at}/return`, { unopened: true }),
    ...(Math.random() < 0.3
      ? [command(practice, `/v1/authorizations/${issued.authorization}/cancellation`, { reason: 'another dose' })]
      : []),
  ];
}

/** The counter's rules in a few lines of another hand: where a number stands, who holds it, who filled it. */
class Model {
  state = 'authorized';
  holder: string | null = null;
  filledBy: string | null = null;

  allows(command: string, by: string): boolean {
    switch (command) {
      case 'reserve':
        return this.state === 'authorized' || (this.state === 'reserved' && this.holder === by);
      case 'release':
      case 'dispense':
        return this.state === 'reserved' && this.holder === by;
      case 'return':
        return this.state === 'dispensed' && this.filledBy === by;
      default:
        return this.state === 'authorized' || this.state === 'reserved';
    }
  }

  does(command: string, by: string): void {
    const next: Record<string, string> = { reserve: 'reserved', release: 'authorized', dispense: 'dispensed', return: 'returned' };
    this.state = next[command] ?? 'cancelled';
    if (command === 'reserve') this.holder = by;
    if (command === 'release') this.holder = null;
    if (command === 'dispense') this.filledBy = by;
  }
}

describe('requests that come more than once and in no order (F7)', () => {
  it(`${AUTHORIZATIONS} numbers: one answer a key, one serial order of all of it, and one fill at most`, async () => {
    const issued = await run.world.issued(AUTHORIZATIONS);
    const both = (key: string) => Promise.all(run.services.map((service) => run.caller(key, service.url)));
    const [a, b, practice] = await Promise.all([both('pharmacist'), both('pharmacist-3'), both('prescriber')]);
    const told: Told[] = [];
    await inParallel(issued, 6, async (each) => {
      const sent = commandsFor(each, a, b, practice).flatMap((command) =>
        Array.from({ length: 1 + Math.floor(Math.random() * 3) }, (_, n) => ({ ...command, caller: command.by[n % 2] as Caller })),
      );
      const answers = await inParallel(shuffled(sent), 5, ({ caller, key, path, body }) =>
        resolved({ caller: caller.subject, key, path, body, answer: null }, caller),
      );
      told.push(...answers);
    });

    // One key, one answer, byte for byte, whenever it was decided.
    const texts = new Map<string, Set<string>>();
    for (const { caller, key, answer } of told) {
      if (!decided(answer)) continue;
      const name = `${caller} ${key}`;
      texts.set(name, (texts.get(name) ?? new Set()).add(`${answer.status} ${answer.text}`));
    }
    expect([...texts.values()].filter((some) => some.size > 1)).toEqual([]);
    expect(new Set(told.map((each) => each.answer?.status))).toEqual(new Set([200, 409, 404]));

    expect(await count(`(SELECT 1 FROM fill WHERE outcome = 'permitted' GROUP BY authorization_id HAVING count(*) > 1) twice`)).toBe(0);
    expect(await disorder()).toEqual([]);
    expect(await findings({ db: database.owner, dataDir: run.dataDir, told })).toEqual([]);
  });
});

/** Where the log's own order and the model disagree: an accepted command stands at its version, a refused one at the version it saw. */
async function disorder(): Promise<string[]> {
  const { rows } = await database.owner.query<{
    aggregate: string;
    id: string;
    command: string;
    outcome: string;
    organization: string;
    at: number;
  }>(
    `SELECT e.aggregate_id AS aggregate, e.id, e.command, e.outcome, e.organization, coalesce(e.version, e.saw_version + 0.5)::float8 AS at
       FROM entry e WHERE e.command IN ('reserve', 'release', 'dispense', 'return', 'cancel-authorization') ORDER BY e.aggregate_id, at, e.id`,
  );
  const wrong: string[] = [];
  let aggregate = '';
  let model = new Model();
  for (const entry of rows) {
    if (entry.aggregate !== aggregate) model = new Model();
    aggregate = entry.aggregate;
    const allowed = model.allows(entry.command, entry.organization);
    if (allowed !== (entry.outcome === 'allow')) wrong.push(`${entry.id}: ${entry.command} was ${entry.outcome}, in state ${model.state}`);
    if (entry.outcome === 'allow') model.does(entry.command, entry.organization);
  }
  return wrong;
}

describe('a captured request, sent again (T5)', () => {
  const codes = ({ body }: Answer) => (body.reasons ?? []).map((reason) => reason.code);

  it('a second later, a day later, from elsewhere, under another key, with another body: never a second fill', async () => {
    const [issued] = (await run.world.issued(1)) as [Issued];
    const own = await run.caller('pharmacist');
    // Somebody else of the same site, and another site that got hold of the request.
    const colleague = await run.caller({
      role: 'pharmacist',
      subject: 'test:colleague',
      siteId: DEMO_IDS.site,
      personId: DEMO_IDS.representative,
      chainId: DEMO_IDS.chain,
    });
    const thief = await run.caller('pharmacist-3');
    const fills = () => count(`fill WHERE authorization_id = '${issued.authorization}'`);

    const reserve = await own.tell('/v1/counter/reserve', broughtBy(issued));
    const dispense = await own.tell(`/v1/reservations/${issued.authorization}/dispense`, handOver(issued));
    expect([reserve.answer?.status, dispense.answer?.status, await fills()]).toEqual([200, 200, 1]);

    for (const wait of [0, 1_000, DAY_MS]) {
      await database.advanceClock(wait);
      for (const captured of [reserve, dispense]) {
        const again = await own.again(captured);
        expect([again.answer?.status, again.answer?.text]).toEqual([captured.answer?.status, captured.answer?.text]);
      }
    }
    await database.setClock(Date.now());

    // The same key means nothing for another caller: his request is his own, and refused for what it is.
    const stolen = await thief.post(dispense.path, dispense.body, { key: dispense.key });
    expect(stolen.status).toBe(404);
    const brought = await thief.post(reserve.path, reserve.body, { key: reserve.key });
    expect([brought.status, codes(brought)]).toEqual([409, ['ALREADY_DISPENSED']]);
    const shared = await colleague.post(dispense.path, dispense.body, { key: dispense.key });
    expect([shared.status, codes(shared)]).toEqual([409, ['ALREADY_DISPENSED']]);

    const fresh = await own.post(dispense.path, dispense.body);
    expect([fresh.status, codes(fresh)]).toEqual([409, ['ALREADY_DISPENSED']]);
    const changed = await own.post(dispense.path, { ...dispense.body, method: 'ship' }, { key: dispense.key });
    expect([changed.status, changed.body.type]).toEqual([409, '/problems/idempotency-key-reused']);
    const elsewhere = await own.post(reserve.path, reserve.body, { key: dispense.key });
    expect([elsewhere.status, elsewhere.body.type]).toEqual([409, '/problems/idempotency-key-reused']);
    expect(await fills()).toBe(1);
  });

  it('a number that was returned stays used up', async () => {
    const [issued] = (await run.world.issued(1)) as [Issued];
    const own = await run.caller('pharmacist');
    await own.post('/v1/counter/reserve', broughtBy(issued));
    await own.post(`/v1/reservations/${issued.authorization}/dispense`, handOver(issued));
    expect((await own.post(`/v1/reservations/${issued.authorization}/return`, { unopened: true })).status).toBe(200);
    const again = await own.post('/v1/counter/reserve', broughtBy(issued));
    expect([again.status, codes(again)]).toEqual([409, ['ALREADY_DISPENSED']]);
  });
});
