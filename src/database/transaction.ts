// One transaction on one connection: what may be said about its outcome when something breaks on the way.
import type { Socket } from 'node:net';
import type pg from 'pg';
import { breaksConnection, DatabaseUnavailable, messageOf, OutcomeUnknown } from './errors.js';

export interface Result<Row> {
  readonly rows: Row[];
  /** Rows returned or changed. */
  readonly rowCount: number;
}

/** One open transaction; passed on as the first argument of everything that takes part in it. */
export interface Tx {
  query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[], name?: string): Promise<Result<Row>>;
}

/** A statement that is prepared once a connection. */
export interface NamedStatement {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** A connection in somebody's hands. */
export class Lease {
  broken = false;

  constructor(
    private readonly client: pg.PoolClient,
    private readonly giveTurn: () => void,
  ) {}

  async run<Row>(text: string, values: readonly unknown[] = [], name?: string): Promise<Result<Row>> {
    const { rows, rowCount } = await this.client.query({ text, values: [...values], ...(name ? { name } : {}) });
    return { rows: rows as Row[], rowCount: rowCount ?? 0 };
  }

  /**
   * Several statements in one transaction, sent in one breath and committed once. `waitForLockMs` is how long one may wait for a row that somebody
   * else holds: the others wait with it.
   * @returns a result each, or null when one failed and Postgres rolled all of them back
   * @throws whatever broke the connection: they may or may not have been committed
   */
  async runTogether<Row>(statements: readonly NamedStatement[], waitForLockMs: number): Promise<Result<Row>[] | null> {
    const { client } = this;
    // One write to the socket instead of one a statement.
    const { stream } = (client as unknown as { readonly connection: { readonly stream: Socket } }).connection;
    stream.cork();
    const begun = client.query(`BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = ${waitForLockMs}`);
    const asked = statements.map(({ name, text, values }) => client.query<object>({ name, text, values: [...values] }));
    const ended = client.query('COMMIT');
    stream.uncork();
    const [beginning, ending, ...results] = await Promise.allSettled([begun, ended, ...asked]);
    for (const each of [beginning, ending]) if (each.status === 'rejected') throw each.reason;
    if (ending.status === 'fulfilled' && ending.value.command !== 'COMMIT') return null;
    return results.map((each) => {
      if (each.status === 'rejected') throw new Error('Postgres committed a transaction of which a statement had failed.');
      return { rows: each.value.rows as Row[], rowCount: each.value.rowCount ?? 0 };
    });
  }

  /** @returns what Postgres did, which is ROLLBACK when a statement before had failed */
  async commit(): Promise<string> {
    return (await this.client.query('COMMIT')).command;
  }

  release(): void {
    this.client.release(this.broken);
    this.giveTurn();
  }
}

/** BEGIN, the work, COMMIT; ROLLBACK when the work throws. */
export async function runOnce<T>(lease: Lease, work: (tx: Tx) => Promise<T>): Promise<T> {
  let open = true;
  const tx: Tx = {
    query: async <Row>(text: string, values?: readonly unknown[], name?: string) => {
      if (!open) throw new Error('This transaction has ended; a statement came after it.');
      try {
        return await lease.run<Row>(text, values, name);
      } catch (error) {
        if (!breaksConnection(error)) throw error;
        lease.broken = true;
        throw new DatabaseUnavailable(`The connection broke before the commit, so nothing was written: ${messageOf(error)}`, {
          cause: error,
        });
      }
    },
  };
  try {
    await tx.query('BEGIN ISOLATION LEVEL READ COMMITTED');
    const result = await work(tx);
    open = false;
    await commit(lease);
    return result;
  } catch (error) {
    open = false;
    if (!lease.broken) {
      await lease.run('ROLLBACK').catch(() => {
        lease.broken = true;
      });
    }
    throw error;
  }
}

async function commit(lease: Lease): Promise<void> {
  let done: string;
  try {
    done = await lease.commit();
  } catch (error) {
    if (!breaksConnection(error)) throw error;
    lease.broken = true;
    throw new OutcomeUnknown(`The database did not answer the commit: ${messageOf(error)}`, { cause: error });
  }
  // A caught and forgotten error inside the transaction: Postgres answers COMMIT with a rollback, and without an error.
  if (done !== 'COMMIT') throw new Error('A statement of this transaction failed and was passed over, so Postgres rolled all of it back.');
}
