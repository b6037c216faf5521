import { Inject, Injectable } from '@nestjs/common';
import { SYSTEM } from '../authorization/caller.js';
import { CommandRunner } from '../authorization/command.runner.js';
import type { Tx } from '../database/pools.js';
import { openWith } from '../domain/authorization/people.js';
import { ParticipantStore } from './participant.store.js';

/** Nothing hangs on that prescriber in this case any more. */
class NothingOpen extends Error {}

/**
 * What a prescriber's suspension for cause does to the patients in his care (rules §9.6): every open authorization that he issued, or that is
 * in preparation with him, ends in the transaction of the suspension itself, patient by patient, each with an entry of its own. Where the
 * edition's gate ends nothing, nothing is written about the patient: he may not issue, and every decision of the counter knows that.
 */
@Injectable()
export class SuspensionService {
  constructor(
    @Inject(CommandRunner) private readonly runner: CommandRunner,
    @Inject(ParticipantStore) private readonly store: ParticipantStore,
  ) {}

  /** @param causedBy the suspension's entry */
  async endOpenWith(tx: Tx, prescriber: string, causedBy: string): Promise<void> {
    for (const enrollment of await this.store.enrollmentsOpenWith(tx, prescriber)) {
      // Held first and read afterwards: what was written while this waited is in the case that is decided on.
      await this.store.hold(tx, enrollment);
      const ended = this.runner.runWithin(tx, {
        principal: SYSTEM,
        target: { by: 'enrollment', value: enrollment },
        participants: [prescriber],
        mayTouch: () => true,
        command: ({ file, at }, id) => {
          if (openWith(prescriber, file, at).length === 0) throw new NothingOpen();
          return { do: 'revoke', id, at, by: { role: 'system', id: 'system' }, prescriber };
        },
        answer: () => ({ status: 200, body: {} }),
        causedBy,
      });
      await ended.catch((error: unknown) => {
        if (!(error instanceof NothingOpen)) throw error;
      });
    }
  }
}
