import { randomUUID } from 'node:crypto';
import { SYSTEM } from '../authorization/caller.js';
import type { CommandRunner } from '../authorization/command.runner.js';
import type { QueryPool } from '../database/pools.js';
import { effectiveState } from '../domain/authorization/deadline.js';
import { LeaseStore } from './lease.store.js';
import { type DueCursor, SweeperStore } from './sweeper.store.js';

export interface SweeperParts {
  readonly runner: CommandRunner;
  readonly pool: QueryPool;
  /** Told of what one pass could not write down; the next pass tries it again. */
  readonly warn: (line: string) => void;
  /** Names this process in the lease. */
  readonly holder?: string;
  /** Authorizations looked up at a time. */
  readonly page?: number;
}

export interface Swept {
  /** Expiries and lapses written down. */
  readonly lapsed: number;
  readonly repliesForgotten: number;
  readonly failed: number;
}

const JOB = 'sweeper';
const LEASE_SECONDS = 30;
const USUAL_PAGE = 50;
const FORGET_PAGE = 500;

/** The clock, or somebody else, has already been there. */
class NothingDue extends Error {}

/**
 * Writes down what the clock has decided: lapsed reservations, expired authorizations, reservations of sites that lost their certification.
 * Decisions never wait for it, for they judge the effective state (I25); it makes lists and counts true for those who read only rows.
 * Each is one small command of the system through the same guarded write as everybody's.
 */
export class Sweeper {
  private readonly lease = new LeaseStore();
  private readonly store = new SweeperStore();
  private readonly holder: string;
  private readonly page: number;
  private stopping = false;

  constructor(private readonly parts: SweeperParts) {
    this.holder = parts.holder ?? randomUUID();
    this.page = parts.page ?? USUAL_PAGE;
  }

  /** One pass; null when another process holds the lease. Ends early, after the command at hand, once `stop` was called. */
  async pass(): Promise<Swept | null> {
    if (!(await this.mine())) return null;
    const counts = { lapsed: 0, nothing: 0, repliesForgotten: 0, failed: 0 };
    const lapseAll = async (ids: readonly string[]) => {
      for (const id of ids) {
        if (this.stopping) return;
        counts[await this.lapse(id)] += 1;
      }
    };
    let after: DueCursor | null = null;
    for (;;) {
      const page: DueCursor[] = await this.store.due(this.parts.pool, after, this.page);
      await lapseAll(page.map(({ id }) => id));
      after = page.at(-1) ?? null;
      if (page.length < this.page || !(await this.mine())) break;
    }
    let last: string | null = null;
    for (;;) {
      const page: string[] = await this.store.heldByUncertified(this.parts.pool, last, this.page);
      await lapseAll(page);
      last = page.at(-1) ?? null;
      if (page.length < this.page || !(await this.mine())) break;
    }
    for (;;) {
      const forgotten = this.stopping ? 0 : await this.store.forgetReplies(this.parts.pool, FORGET_PAGE);
      counts.repliesForgotten += forgotten;
      if (forgotten < FORGET_PAGE || !(await this.mine())) break;
    }
    return { lapsed: counts.lapsed, repliesForgotten: counts.repliesForgotten, failed: counts.failed };
  }

  /** Lets the next process begin at once. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.lease.release(this.parts.pool, JOB, this.holder);
  }

  private async mine(): Promise<boolean> {
    return !this.stopping && (await this.lease.take(this.parts.pool, JOB, this.holder, LEASE_SECONDS)) !== null;
  }

  private async lapse(authorization: string): Promise<'lapsed' | 'nothing' | 'failed'> {
    try {
      await this.parts.runner.run({
        principal: SYSTEM,
        lane: this.parts.pool,
        target: { by: 'authorization', value: authorization },
        idempotency: null,
        mayTouch: () => true,
        command: ({ file, at }, id) => {
          const found = file.authorizations.find((each) => each.id === authorization);
          // Somebody was quicker: nothing is left to write down, and a refusal would be no news for the log.
          if (!found || effectiveState(found, file, at).state === found.state) throw new NothingDue();
          return { do: 'lapse', id, at, by: { role: 'system', id: 'system' }, authorization };
        },
        answer: () => ({ status: 200, body: {} }),
      });
      return 'lapsed';
    } catch (error) {
      if (error instanceof NothingDue) return 'nothing';
      this.parts.warn(`A deadline that has passed could not be written down: ${nameOf(error)}`);
      return 'failed';
    }
  }
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
