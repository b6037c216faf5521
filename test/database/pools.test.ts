import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { loadConfig } from '../../src/config.js';
import {
  DatabaseUnavailable,
  OutcomeUnknown,
  Overloaded,
  openPools,
  type PoolSettings,
  type Pools,
  toTimestamptz,
} from '../../src/database/pools.js';
import { openTestDatabase, quietLog, type TestDatabase } from '../support/database.js';

let db: TestDatabase;
let opened: { close(): unknown }[] = [];

beforeAll(async () => {
  db = await openTestDatabase();
  await db.owner.query('CREATE TABLE note (id int PRIMARY KEY, text text NOT NULL); GRANT SELECT, INSERT, UPDATE ON note TO PUBLIC');
});
afterEach(async () => {
  await Promise.all(opened.map((each) => each.close()));
  opened = [];
});
afterAll(() => db.close());

function poolsWith(settings: Partial<PoolSettings>, url = db.serviceUrl): Pools {
  const pools = openPools({ ...loadConfig({}), poolWaitMs: 10_000, ...settings }, url, quietLog);
  opened.push(pools);
  return pools;
}

async function failureOf(promise: Promise<unknown>): Promise<{ error: unknown; ms: number }> {
  const startedAt = performance.now();
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  return { error, ms: performance.now() - startedAt };
}

// Times are the better of two, since the machine that runs the tests may be busy with others.
describe('a full pool', () => {
  const { poolWaitMs } = loadConfig({});

  test('refuses the caller who cannot be served within 250 ms, and serves again afterwards (F4)', async () => {
    const { rest } = poolsWith({ restPoolSize: 2, poolQueueLimit: 10, poolWaitMs });
    await rest.warm();
    const holders = [rest.query('SELECT pg_sleep(0.6)'), rest.query('SELECT pg_sleep(0.6)')];
    const callers = await Promise.all([failureOf(rest.query('SELECT 1')), failureOf(rest.query('SELECT 1'))]);
    expect(callers.map(({ error }) => error)).toEqual([expect.any(Overloaded), expect.any(Overloaded)]);
    expect(Math.min(...callers.map(({ ms }) => ms))).toBeLessThan(250);
    expect(rest.stats()).toEqual({ size: 2, busy: 2, waiting: 0, refused: 2 });
    await Promise.all(holders);
    await expect(rest.query('SELECT 1 AS one')).resolves.toMatchObject({ rows: [{ one: 1 }] });
  });

  test('refuses at once when too many wait already, and serves those who wait in their order', async () => {
    const { rest } = poolsWith({ restPoolSize: 1, poolQueueLimit: 3 });
    const holder = rest.query('SELECT pg_sleep(0.05)');
    const served: number[] = [];
    const waiting = [1, 2, 3].map((n) => rest.query('SELECT 1').then(() => served.push(n)));
    const { error, ms } = await failureOf(rest.query('SELECT 1'));
    expect(error).toBeInstanceOf(Overloaded);
    expect(ms).toBeLessThan(20);
    await Promise.all([holder, ...waiting]);
    expect(served).toEqual([1, 2, 3]);
    expect(rest.stats()).toMatchObject({ busy: 0, waiting: 0 });
  });

  test('leaves the counter alone when the rest is full', async () => {
    const pools = poolsWith({ restPoolSize: 1 });
    const holder = pools.rest.query('SELECT pg_sleep(0.3)');
    await expect(pools.counter.query('SELECT 1 AS one')).resolves.toMatchObject({ rowCount: 1 });
    await holder;
  });

  test('does not wait for a server that accepts and says nothing', async () => {
    const mute = await listen(() => {});
    const { counter } = poolsWith({ counterPoolSize: 1, poolWaitMs }, db.serviceUrl.replace(/:\d+\//, `:${mute.port}/`));
    const first = await failureOf(counter.query('SELECT 1'));
    const second = await failureOf(counter.query('SELECT 1'));
    expect([first.error, second.error]).toEqual([expect.any(Overloaded), expect.any(Overloaded)]);
    expect(Math.min(first.ms, second.ms)).toBeLessThan(250);
  });

  test('says "unavailable" when nobody listens at all', async () => {
    const { counter } = poolsWith({}, db.serviceUrl.replace(/:\d+\//, ':1/'));
    expect((await failureOf(counter.query('SELECT 1'))).error).toBeInstanceOf(DatabaseUnavailable);
    expect(counter.stats().busy).toBe(0);
  });
});

describe('a transaction', () => {
  const raise = (state: string) => `DO $$ BEGIN RAISE EXCEPTION 'as asked' USING ERRCODE = '${state}'; END $$`;

  test('runs as a whole again after 40001, and only its last run counts (F5)', async () => {
    let runs = 0;
    const result = await db.pools.rest.transaction(async (tx) => {
      runs++;
      await tx.query('INSERT INTO note VALUES ($1, $2)', [1, `run ${runs}`]);
      if (runs < 3) await tx.query(raise('40001'));
      return runs;
    });
    expect(result).toBe(3);
    expect((await db.owner.query('SELECT text FROM note WHERE id = 1')).rows).toEqual([{ text: 'run 3' }]);
  });

  test('gives up after five runs and says that nothing was written', async () => {
    let runs = 0;
    const { error } = await failureOf(
      db.pools.rest.transaction(async (tx) => {
        runs++;
        await tx.query(raise('40P01'));
      }),
    );
    expect(runs).toBe(5);
    expect(error).toBeInstanceOf(Overloaded);
  });

  test('runs again after a real deadlock, so that both sides end', async () => {
    const { rest } = poolsWith({ lockTimeoutMs: 5_000, statementTimeoutMs: 8_000 });
    await db.owner.query("INSERT INTO note VALUES (10, ''), (11, '')");
    const append = 'UPDATE note SET text = text || $2 WHERE id = $1';
    const cross = (own: number, other: number, mark: string) =>
      rest.transaction(async (tx) => {
        await tx.query(append, [own, mark]);
        await new Promise((resolve) => setTimeout(resolve, 60));
        await tx.query(append, [other, mark]);
      });
    await Promise.all([cross(10, 11, 'a'), cross(11, 10, 'b')]);
    const { rows } = await db.owner.query<{ text: string }>('SELECT text FROM note WHERE id IN (10, 11)');
    expect(rows.map(({ text }) => [...text].sort().join(''))).toEqual(['ab', 'ab']);
  });

  test('is not run again for any other error, and is rolled back', async () => {
    let runs = 0;
    const failing = db.pools.rest.transaction(async (tx) => {
      runs++;
      await tx.query("INSERT INTO note VALUES (2, 'gone')");
      await tx.query(raise('23505'));
    });
    await expect(failing).rejects.toMatchObject({ code: '23505' });
    expect(runs).toBe(1);
    expect((await db.owner.query('SELECT 1 FROM note WHERE id = 2')).rowCount).toBe(0);
  });

  test('does not pass for committed when an error inside it was caught and forgotten', async () => {
    const careless = db.pools.rest.transaction(async (tx) => {
      await tx.query("INSERT INTO note VALUES (3, 'lost')");
      await tx.query(raise('23514')).catch(() => {});
    });
    await expect(careless).rejects.toThrow(/rolled all of it back/);
  });

  test('takes no statement after its end', async () => {
    const late = await db.pools.rest.transaction(async (tx) => tx);
    await expect(late.query('SELECT 1')).rejects.toThrow(/has ended/);
  });

  test('reads committed data, under the limits of the configuration', async () => {
    const { rows } = await db.pools.counter.transaction((tx) =>
      tx.query(
        `SELECT current_setting('transaction_isolation') AS isolation, current_setting('statement_timeout') AS statement,
                current_setting('lock_timeout') AS lock, current_setting('idle_in_transaction_session_timeout') AS idle,
                current_setting('application_name') AS who`,
      ),
    );
    expect(rows).toEqual([{ isolation: 'read committed', statement: '3s', lock: '1s', idle: '5s', who: 'rems-counter' }]);
  });
});

describe('a connection', () => {
  const backend = 'SELECT pg_backend_pid() AS pid';

  test('outlives an error of one statement', async () => {
    const { rest } = poolsWith({ restPoolSize: 1 });
    const { rows: before } = await rest.query(backend);
    await expect(rest.query('SELECT 1/0')).rejects.toBeInstanceOf(pg.DatabaseError);
    expect((await rest.query(backend)).rows).toEqual(before);
  });

  test('that is cut while nobody uses it does not end the process', async () => {
    const { rest } = poolsWith({ restPoolSize: 1 });
    const { rows } = await rest.query<{ pid: number }>(backend);
    await rest.query('SELECT 1');
    await cut(rows[0]!.pid);
    await expect(rest.query(backend)).resolves.toMatchObject({ rowCount: 1 });
  });

  test('that is cut during a statement leaves the outcome unknown', async () => {
    const { rest } = poolsWith({ restPoolSize: 1 });
    const { rows } = await rest.query<{ pid: number }>(backend);
    const cutting = failureOf(rest.query('SELECT pg_sleep(5)'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await cut(rows[0]!.pid);
    expect((await cutting).error).toBeInstanceOf(OutcomeUnknown);
    await expect(rest.query(backend)).resolves.toMatchObject({ rowCount: 1 });
  });

  test('that is cut between two statements of a transaction has certainly written nothing', async () => {
    const { rest } = poolsWith({ restPoolSize: 1 });
    const { error } = await failureOf(
      rest.transaction(async (tx) => {
        const { rows } = await tx.query<{ pid: number }>(backend);
        await tx.query("INSERT INTO note VALUES (4, 'gone')");
        await cut(rows[0]!.pid);
        await tx.query('SELECT 1');
      }),
    );
    expect(error).toBeInstanceOf(DatabaseUnavailable);
    expect((await db.owner.query('SELECT 1 FROM note WHERE id = 4')).rowCount).toBe(0);
  });

  test('whose answer to COMMIT is lost leaves the outcome unknown, and it was in fact committed (F3)', async () => {
    const proxy = await commitLosingProxy();
    const { rest } = poolsWith({ restPoolSize: 1 }, db.serviceUrl.replace(/:\d+\//, `:${proxy.port}/`));
    const { error } = await failureOf(rest.transaction((tx) => tx.query("INSERT INTO note VALUES (5, 'kept')")));
    expect(error).toBeInstanceOf(OutcomeUnknown);
    await expect(eventually(async () => (await db.owner.query('SELECT 1 FROM note WHERE id = 5')).rowCount === 1)).resolves.toBe(true);
  });

  test('that falls silent is given up a second after its statement should have ended', async () => {
    const { rest } = poolsWith({ restPoolSize: 1, statementTimeoutMs: 100 });
    let abandoned = 0;
    const { error, ms } = await failureOf(
      rest.transaction(async (tx) => {
        abandoned = (await tx.query<{ pid: number }>(backend)).rows[0]!.pid;
        await tx.query('SET LOCAL statement_timeout = 0');
        await tx.query('SELECT pg_sleep(4)');
      }),
    );
    expect(error).toBeInstanceOf(DatabaseUnavailable);
    expect(ms).toBeLessThan(2_500);
    await expect(rest.query('SELECT 1')).resolves.toMatchObject({ rowCount: 1 });
    await cut(abandoned);
  });

  async function cut(pid: number): Promise<void> {
    // As the service role itself: a role may end its own sessions.
    const client = new pg.Client({ connectionString: db.serviceUrl });
    await client.connect();
    await client.query('SELECT pg_terminate_backend($1, 2000)', [pid]);
    await client.end();
  }
});

describe('values', () => {
  test('come as milliseconds, days and numbers, and instants go back unchanged', async () => {
    const instant = Date.parse('2026-10-25T00:30:00.123Z');
    const { rows } = await db.pools.counter.query(
      `SELECT $1::timestamptz AS at, $2::date AS day, 9007199254740991::int8 AS big, count(*) AS n, NULL::timestamptz AS never,
              ARRAY[$1::timestamptz] AS ats, ARRAY[$2::date, NULL] AS days, 'infinity'::timestamptz AS always, '1.50'::numeric AS exact`,
      [toTimestamptz(instant), '2026-10-25'],
    );
    expect(rows).toEqual([
      {
        at: instant,
        day: '2026-10-25',
        big: 9007199254740991,
        n: 1,
        never: null,
        ats: [instant],
        days: ['2026-10-25', null],
        always: Number.POSITIVE_INFINITY,
        exact: '1.50',
      },
    ]);
  });

  test('that JavaScript cannot hold are an error and not another number', async () => {
    await expect(db.pools.rest.query('SELECT 9007199254740993::int8')).rejects.toThrow(/cannot hold/);
  });

  test('are read as ever by other users of pg in the process', async () => {
    const client = new pg.Client({ connectionString: db.serviceUrl });
    await client.connect();
    const { rows } = await client.query('SELECT now() AS at, 1::int8 AS big');
    await client.end();
    expect(rows).toEqual([{ at: expect.any(Date), big: '1' }]);
  });
});

/** Speaks no Postgres: holds every connection open and calls back with it. */
async function listen(onConnection: (socket: Socket) => void): Promise<{ port: number }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push({
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  });
  const address = server.address();
  return { port: typeof address === 'object' && address ? address.port : 0 };
}

/** Passes everything on until COMMIT, passes that on too, and hangs up instead of answering. */
function commitLosingProxy(): Promise<{ port: number }> {
  const { hostname, port } = new URL(db.serviceUrl);
  return listen((client) => {
    const server = connect(Number(port), hostname).on('error', () => {});
    let committing = false;
    client.on('data', (bytes) => {
      committing ||= bytes.includes('COMMIT\0');
      server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (committing) client.destroy();
      else client.write(bytes);
    });
    client.on('close', () => server.destroy());
  });
}

async function eventually(check: () => Promise<boolean>): Promise<boolean> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await check()) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}
