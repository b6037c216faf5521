import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '../auth/principal.js';
import { accessDenied, deniedCase } from '../authorization/access.denied.js';
import { actorOf, mayTouch } from '../authorization/access.js';
import { answerTo } from '../authorization/answer.js';
import { attest } from '../authorization/attestation.js';
import type { Keyed } from '../authorization/authorization.service.js';
import { POOLS, RUNNER_PARTS } from '../authorization/authorization.tokens.js';
import type { LoadedCase } from '../authorization/case.store.js';
import { CommandRunner, type Decided, type RunnerParts, type Sent } from '../authorization/command.runner.js';
import { Indeterminate, NotFound } from '../authorization/outcome.errors.js';
import type { Pools, Visit } from '../database/pools.js';
import type { Command } from '../domain/authorization/command.js';
import { laxer } from '../domain/authorization/doubles.js';
import { dateAt } from '../domain/calendar.js';
import { PersonStore, type StandingLink } from './person.store.js';

type Work = 'link-patients' | 'unlink-patients';
const STATEMENT = { 'link-patients': 'link-patients.1', 'unlink-patients': 'unlink-patients.1' } as const;

/**
 * Two records of one person. The first call joins them on suspicion, or asks to part them; the same call by a second person settles it. The
 * command belongs to the record on which something may have to end, so that it ends in the same statement.
 */
@Injectable()
export class PatientLinkService {
  constructor(
    @Inject(CommandRunner) private readonly runner: CommandRunner,
    @Inject(PersonStore) private readonly people: PersonStore,
    @Inject(RUNNER_PARTS) private readonly parts: RunnerParts,
    @Inject(POOLS) private readonly pools: Pools,
  ) {}

  async link(principal: Principal, { patientId, otherPatientId, program }: Joined, keyed: Keyed): Promise<Sent> {
    const lane = this.pools.rest.visit();
    const pair = await this.both(lane, principal, [patientId, otherPatientId], program);
    const others = pair.find((each) => !mayTouch(principal, 'linkPatients', each));
    if (others) throw await accessDenied(this.parts, lane, principal, deniedCase('linkPatients', others));
    return this.settle(lane, principal, 'link-patients', pair, keyed);
  }

  /** Whoever treats one of the two may ask to part them; of the other he learns nothing. */
  async unlink(principal: Principal, link: string, program: string, keyed: Keyed): Promise<Sent> {
    const lane = this.pools.rest.visit();
    const records = await this.people.linked(lane, link);
    if (records === null) throw new NotFound();
    const pair = await this.both(lane, principal, records, program);
    if (!pair.some((each) => mayTouch(principal, 'unlinkPatients', each)))
      throw await accessDenied(this.parts, lane, principal, deniedCase('unlinkPatients', pair[0]));
    return this.settle(lane, principal, 'unlink-patients', pair, keyed);
  }

  private settle(
    lane: Visit,
    principal: Principal,
    work: Work,
    [one, second]: readonly [LoadedCase, LoadedCase],
    keyed: Keyed,
  ): Promise<Sent> {
    const edition = this.parts.catalogue.inForce(one.program, one.at);
    if (edition === undefined) throw new Indeterminate('edition-missing');
    const first = laxer(one.file, second.file, dateAt(one.at, edition.zone), edition) === second.file ? second : one;
    const other = (first === one ? second : one).file.patient;
    let links: StandingLink[] = [];
    return this.runner.run({
      principal,
      lane,
      target: { by: 'enrollment', value: first.enrollmentId },
      idempotency: keyed,
      // Asked of both above.
      mayTouch: () => true,
      reads: async (db, loaded) => {
        links = (await this.people.links(db, loaded.file.patient)).filter((each) => each.other === other);
      },
      command: (loaded, id) => ({ id, at: loaded.at, by: actorOf(principal, loaded.file.patient), other, ...standing(work, links) }),
      alongside: async (tx, { decision, loaded }) => {
        await this.people.record(tx, loaded.file.patient, decision.effects, loaded.at);
        return true;
      },
      attestation: () => attest(STATEMENT[work], principal),
      answer: (decided) => answerTo(decided, 'prescriber', settled),
    });
  }

  private async both(
    lane: Visit,
    principal: Principal,
    records: readonly [string, string],
    program: string,
  ): Promise<readonly [LoadedCase, LoadedCase]> {
    const participants = principal.participantId === null ? [] : [principal.participantId];
    const load = async (patient: string): Promise<LoadedCase> => {
      const value = await this.parts.store.enrollmentId(lane, patient, program);
      const loaded =
        value === null ? null : await this.parts.store.load(lane, { by: 'enrollment', value, participants, caller: '', key: '' });
      if (loaded === null) throw new NotFound();
      return loaded;
    };
    return Promise.all([load(records[0]), load(records[1])]);
  }
}

interface Joined {
  readonly patientId: string;
  readonly otherPatientId: string;
  readonly program: string;
}

/** Who asked before, and whether it is done: from the rows that are in force. */
function standing(work: Work, links: readonly StandingLink[]): Pick<Extract<Command, { do: Work }>, 'do' | 'askedBy' | 'done'> {
  if (work === 'unlink-patients')
    return { do: work, askedBy: links.find((each) => each.unlinkAskedBy !== null)?.unlinkAskedBy ?? null, done: links.length === 0 };
  const asked = links.find((each) => each.linkedBy.length === 1 && each.linkedBy[0] !== 'suspicion');
  return { do: work, askedBy: asked?.linkedBy[0] ?? null, done: links.some((each) => each.linkedBy.length > 1) };
}

/** Whether a second person is still needed, and what ended with it. */
function settled({ decision }: Decided): object {
  const by = decision.effects.flatMap((effect) => (effect.kind === 'link' || effect.kind === 'unlink' ? [effect.by.length] : []));
  const ended = decision.effects.flatMap((effect) =>
    effect.kind === 'authorization' && effect.authorization.state === 'revoked' ? [effect.authorization.id] : [],
  );
  return { secondPersonNeeded: by[0] === 1, ended };
}
