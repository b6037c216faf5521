// The two doors to the database: `counter` for the pharmacy counter, `rest` for everything else, so that no portal rush can starve a fill.
//
// Each door has a short queue of its own. pg's pool would let callers wait without number; a caller who cannot be served within
// `poolWaitMs` hears so at once, while his own client still listens.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Config } from '../config.js';
import type { Log } from './embedded-postgres.js';
import { asksForRetry, breaksConnection, DatabaseUnavailable, messageOf, OutcomeUnknown, Overloaded } from './errors.js';
import { sqlTypes } from './sql-types.js';
import { Lease, type NamedStatement, type Result, runOnce, type Tx } from './transaction.js';
import { WaitBudget, type Waits } from './wait-budget.js';

export { DatabaseUnavailable, OutcomeUnknown, Overloaded } from './errors.js';
export { toTimestamptz } from './sql-types.js';
export type { NamedStatement, Result, Tx } from './transaction.js';

export type PoolSettings = Pick<
  Config,
  | 'counterPoolSize'
  | 'restPoolSize'
  | 'poolQueueLimit'
  | 'poolWaitMs'
  | 'statementTimeoutMs'
  | 'lockTimeoutMs'
  | 'idleInTransactionTimeoutMs'
>;

export interface PoolStats {
  readonly size: number;
  /** Connections in somebody's hands. */
  readonly busy: number;
  readonly waiting: number;
  /** Callers refused since the start. */
  readonly refused: number;
}

export interface Pools {
  readonly counter: QueryPool;
  readonly rest: QueryPool;
  /** For readers of the whole record, who need connections of their own. */
  readonly serviceUrl: string;
  /**
   * How far the database's clock is ahead of ours, in milliseconds, half the round trip taken off; the quickest of three readings.
   * A demo clock counts as the database's clock.
   */
  clockSkew(serviceNow?: () => number): Promise<number>;
  /** Opens all connections of both; call it before taking requests. */
  warm(): Promise<void>;
  close(): Promise<void>;
}

const tries = 5;
/** How much longer than the server's own limit we wait before we give a silent server up. */
const silenceMs = 1_000;

/** How long statements that share a transaction wait for a row that one of them needs and somebody else holds, before each goes alone. */
const togetherLockMs = 100;

/**
 * At the counter every statement finds its rows by key, and is planned once a connection. A plan made while a table was small must not outlive
 * that: one that read all of a few dozen idempotency rows was kept for a minute, while they became thousands (1,950 instead of 1,390 µs of
 * Postgres a fill).
 */
export const COUNTER_SESSION = '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off';

/** Both pools as the role of `serviceUrl`. Connections are opened when needed, or by `warm()`. */
export function openPools(settings: PoolSettings, serviceUrl: string, log: Log): Pools {
  const counter = new QueryPool('counter', settings.counterPoolSize, settings, serviceUrl, log, COUNTER_SESSION);
  const rest = new QueryPool('rest', settings.restPoolSize, settings, serviceUrl, log);
  return {
    counter,
    rest,
    serviceUrl,
    clockSkew: (serviceNow = Date.now) => readClockSkew(rest, serviceNow),
    warm: async () => {
      await Promise.all([counter.warm(), rest.warm()]);
    },
    close: async () => {
      await Promise.all([counter.close(), rest.close()]);
    },
  };
}

export class QueryPool {
  private readonly pool: pg.Pool;
  private readonly queue: { admit: () => void }[] = [];
  private busy = 0;
  private refused = 0;

  constructor(
    readonly label: string,
    private readonly size: number,
    private readonly settings: PoolSettings,
    url: string,
    log: Log,
    session = '',
  ) {
    this.pool = new pg.Pool({
      connectionString: url,
      max: size,
      application_name: `rems-${label}`,
      statement_timeout: settings.statementTimeoutMs,
      lock_timeout: settings.lockTimeoutMs,
      idle_in_transaction_session_timeout: settings.idleInTransactionTimeoutMs,
      // A server that is frozen or unreachable ends no statement by itself.
      query_timeout: settings.statementTimeoutMs + silenceMs,
      connectionTimeoutMillis: 5_000,
      // Kept open: opening one under load can cost a caller all the time he has.
      idleTimeoutMillis: 0,
      // After a failover the connections come back to a new server one by one.
      maxLifetimeSeconds: 3_600,
      keepAlive: true,
      options: `-c TimeZone=UTC -c DateStyle=ISO ${session}`,
      types: sqlTypes,
      // Statements are sent as they come, also while others are under way on the same connection (`together`).
      pipeline: true,
    } as pg.PoolConfig);
    // A connection that breaks while nobody uses it, or between two statements of a transaction, is no reason to end the process.
    // One that breaks while we say goodbye to it (pg's pool does not wait for the sockets) is no news at all.
    this.pool.on('error', (error) => {
      if (!this.pool.ending) log.warn(`A ${label} connection to the database was lost: ${error.message}`);
    });
    this.pool.on('connect', (client) => client.on('error', () => {}));
  }

  /**
   * One statement in its own transaction.
   * @param name prepares the statement under this name on each connection; use one for every statement of the hot path
   * @param budget what the caller may wait for his turn; left out: `poolWaitMs` for this one
   * @throws Overloaded, DatabaseUnavailable: nothing was written · OutcomeUnknown: perhaps · pg.DatabaseError: Postgres refused it
   */
  async query<Row = Record<string, unknown>>(
    text: string,
    values: readonly unknown[] = [],
    name?: string,
    budget?: Waits,
  ): Promise<Result<Row>> {
    const lease = await this.lease(budget);
    try {
      return await lease.run<Row>(text, values, name);
    } catch (error) {
      if (!breaksConnection(error)) throw error;
      lease.broken = true;
      throw new OutcomeUnknown(`The database did not say how it ended: ${messageOf(error)}`, { cause: error });
    } finally {
      lease.release();
    }
  }

  /**
   * Several statements in one transaction: one commit for all of them, and one way to the server and back.
   * @param budget as of `query`
   * @returns a result each, in their order; null when one failed, or waited too long for a row, and nothing at all was written
   * @throws Overloaded, DatabaseUnavailable: nothing was written · OutcomeUnknown: perhaps
   */
  async together<Row = Record<string, unknown>>(statements: readonly NamedStatement[], budget?: Waits): Promise<Result<Row>[] | null> {
    const lease = await this.lease(budget);
    try {
      return await lease.runTogether<Row>(statements, Math.min(togetherLockMs, this.settings.lockTimeoutMs));
    } catch (error) {
      lease.broken = true;
      throw new OutcomeUnknown(`The database did not say how they ended: ${messageOf(error)}`, { cause: error });
    } finally {
      lease.release();
    }
  }

  /**
   * Runs `work` in a READ COMMITTED transaction and commits. When Postgres asks for a retry (40001, 40P01) the whole of it runs again, at most
   * five times in all, so `work` must do nothing outside the database that it would not do twice.
   * @param budget as of `query`
   * @throws as `query`, and whatever `work` throws, after a rollback
   */
  async transaction<T>(work: (tx: Tx) => Promise<T>, budget?: Waits): Promise<T> {
    const lease = await this.lease(budget);
    try {
      for (let attempt = 1; ; attempt++) {
        try {
          return await runOnce(lease, work);
        } catch (error) {
          if (lease.broken || !asksForRetry(error)) throw error;
          if (attempt === tries) {
            throw new Overloaded('Others kept changing the same records; nothing was written. Try again in a moment.', { cause: error });
          }
        }
        await sleep(Math.random() * 10 * 2 ** attempt);
      }
    } finally {
      lease.release();
    }
  }

  /** The longest that a caller may wait for his turn, milliseconds. */
  get waitMs(): number {
    return this.settings.poolWaitMs;
  }

  /** The door for one command: all its waits come out of one `poolWaitMs`. */
  visit(): Visit {
    return new Visit(this);
  }

  stats(): PoolStats {
    return { size: this.size, busy: this.busy, waiting: this.queue.length, refused: this.refused };
  }

  /** Opens all connections, so that the first callers do not wait for it. @throws DatabaseUnavailable */
  async warm(): Promise<void> {
    const opening = Array.from({ length: this.size }, async () => (await this.pool.connect()).release());
    await Promise.all(opening).catch((error: unknown) => {
      throw new DatabaseUnavailable(`No connection to the database: ${messageOf(error)}`, { cause: error });
    });
  }

  /** Waits for running work and closes all connections. */
  async close(): Promise<void> {
    if (!this.pool.ending) await this.pool.end();
  }

  /** Waits for a turn, then for a connection, together no longer than the budget has left. */
  private async lease(budget: Waits = new WaitBudget(this.settings.poolWaitMs)): Promise<Lease> {
    const until = performance.now() + budget.leftMs;
    const waited = budget.wait();
    try {
      return await this.leaseUntil(until);
    } finally {
      waited();
    }
  }

  private async leaseUntil(until: number): Promise<Lease> {
    await this.turn(until);
    const connecting = this.pool.connect();
    const client = await within(until, connecting).catch((error: unknown) => {
      this.giveTurn();
      throw new DatabaseUnavailable(`No connection to the database: ${messageOf(error)}`, { cause: error });
    });
    if (client) return new Lease(client, () => this.giveTurn());
    // The turn stays taken until the late connection is there, so that a slow server never meets more attempts than the pool has places.
    connecting
      .then(
        (late) => late.release(),
        () => {},
      )
      .finally(() => this.giveTurn());
    this.refused++;
    throw new Overloaded(`The database gave no connection within ${this.settings.poolWaitMs} ms. Try again in a moment.`);
  }

  private turn(until: number): Promise<void> {
    if (this.busy < this.size) {
      this.busy++;
      return Promise.resolve();
    }
    if (this.queue.length >= this.settings.poolQueueLimit) {
      this.refused++;
      return Promise.reject(new Overloaded(`${this.queue.length} callers wait already. Try again in a moment.`));
    }
    return new Promise((resolve, reject) => {
      const place = {
        admit: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        this.queue.splice(this.queue.indexOf(place), 1);
        this.refused++;
        reject(new Overloaded(`No connection became free within ${this.settings.poolWaitMs} ms. Try again in a moment.`));
      }, until - performance.now());
      this.queue.push(place);
    });
  }

  /** Hands the turn to whoever has waited longest. */
  private giveTurn(): void {
    const next = this.queue.shift();
    if (next) next.admit();
    else this.busy--;
  }
}

/** A door as one command sees it, however many connections it needs one after the other. */
export class Visit {
  readonly budget: WaitBudget;

  constructor(readonly pool: QueryPool) {
    this.budget = new WaitBudget(pool.waitMs);
  }

  /** As `QueryPool.query`. */
  query<Row = Record<string, unknown>>(text: string, values: readonly unknown[] = [], name?: string): Promise<Result<Row>> {
    return this.pool.query<Row>(text, values, name, this.budget);
  }

  /** As `QueryPool.transaction`. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.pool.transaction(work, this.budget);
  }

  /** It is the same visit. */
  visit(): this {
    return this;
  }
}

/** The value, or undefined when it is not there in time. */
async function within<T>(until: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, until - performance.now()), undefined);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

async function readClockSkew(pool: QueryPool, serviceNow: () => number): Promise<number> {
  let best = { roundTrip: Number.POSITIVE_INFINITY, skew: 0 };
  for (let reading = 0; reading < 3; reading++) {
    const before = serviceNow();
    const startedAt = performance.now();
    const { rows } = await pool.query<{ now: number }>('SELECT rems_now() AS now');
    const roundTrip = performance.now() - startedAt;
    const now = rows[0]?.now ?? Number.NaN;
    if (roundTrip < best.roundTrip) best = { roundTrip, skew: Math.round(now - (before + roundTrip / 2)) };
  }
  return best.skew;
}
