import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '../auth/principal.js';
import type { Pools } from '../database/pools.js';
import { isIdempotencyKey } from '../http/idempotency-key.js';
import { Problem } from '../http/problem.js';
import { POOLS } from './authorization.tokens.js';
import { CaseStore } from './case.store.js';
import type { Sent } from './command.runner.js';

/** Nothing is on record under this key: it was refused before a decision, never arrived, or is still on its way. */
class NoSuchCommand extends Problem {
  constructor() {
    super({
      status: 404,
      code: 'command-unknown',
      title: 'No command of yours is on record under this key',
      detail: 'It may still be on its way. Send the command again with the same Idempotency-Key: it is done once at most.',
    });
  }
}

/** For a client who lost the answer: what was decided under a key of his (threats F3). */
@Injectable()
export class CommandLookup {
  constructor(
    @Inject(CaseStore) private readonly store: CaseStore,
    @Inject(POOLS) private readonly pools: Pools,
  ) {}

  /** The stored reply, its body exactly as it was sent the first time. @throws Problem 404 */
  async find(principal: Principal, key: string): Promise<Sent> {
    // What is no key at all cannot have been sent, and Postgres keeps no NUL.
    if (!isIdempotencyKey(key)) throw new NoSuchCommand();
    const reply = await this.store.earlierReply(this.pools.rest, principal.subject, key);
    if (reply === null) throw new NoSuchCommand();
    const { status, content_type: contentType, reply: body } = reply;
    return {
      status: 200,
      text: `{"status":${status},"contentType":${JSON.stringify(contentType)},"body":${body}}`,
      contentType: 'application/json; charset=utf-8',
      replayed: false,
    };
  }
}
