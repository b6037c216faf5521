import { Inject, Injectable } from '@nestjs/common';
import type { OperationId } from '../auth/permission.js';
import type { Principal } from '../auth/principal.js';
import { answerTo } from '../authorization/answer.js';
import { attest, type StatementId } from '../authorization/attestation.js';
import type { Keyed } from '../authorization/authorization.service.js';
import { POOLS } from '../authorization/authorization.tokens.js';
import { CaseStore, type LoadedCase } from '../authorization/case.store.js';
import { CommandRunner, type Decided, type Sent } from '../authorization/command.runner.js';
import { Indeterminate, NotFound } from '../authorization/outcome.errors.js';
import type { Pools } from '../database/pools.js';
import type { Command } from '../domain/authorization/command.js';
import type { Edition } from '../domain/program.js';
import { EditionCatalogue } from '../program/edition.catalogue.js';
import type { Audience } from '../wording/audience.js';
import { type NamedIdentity, speakerFor } from './speaker.js';

/** What every command about a patient has: a fresh id for the fact it makes, the database's time, and who acts. */
export type Base = Pick<Command, 'id' | 'at' | 'by'>;

/** What a request may look at while it becomes a command. */
export interface Given {
  readonly loaded: LoadedCase;
  readonly edition: Edition;
}

export interface AboutPatient {
  readonly caller: Principal;
  readonly operation: OperationId;
  readonly patient: string;
  readonly program: string;
  /** How the phone desk checked who is on the line. */
  readonly named?: NamedIdentity | undefined;
  /** null for a reading, which takes no key: asking again asks again. */
  readonly keyed: Keyed | null;
  /** Whether what the address names is there; false answers 404. */
  readonly exists?: (loaded: LoadedCase) => boolean;
  /** Participants the command names besides the actor. */
  readonly participants?: readonly string[];
  readonly command: (base: Base, given: Given) => Command;
  readonly statement?: StatementId;
  /** What the accepted command's answer holds besides outcome and reference. */
  readonly made: (decided: Decided, audience: Audience) => object;
}

/** Commands about one patient in one program, whoever brings them: read, decide, write, answer in the reader's words. */
@Injectable()
export class PatientCommands {
  constructor(
    @Inject(CommandRunner) private readonly runner: CommandRunner,
    @Inject(CaseStore) private readonly store: CaseStore,
    @Inject(EditionCatalogue) private readonly catalogue: EditionCatalogue,
    @Inject(POOLS) private readonly pools: Pools,
  ) {}

  async run(asked: AboutPatient): Promise<Sent> {
    const { caller, operation, patient, program, keyed, statement, participants } = asked;
    const lane = this.pools.rest.visit();
    const enrollment = await this.store.enrollmentId(lane, patient, program);
    if (enrollment === null) throw new NotFound();
    const speaker = speakerFor(caller, patient, asked.named, this.catalogue);
    return this.runner.run({
      principal: speaker.principal,
      lane,
      target: { by: 'enrollment', value: enrollment },
      ...(participants ? { participants } : {}),
      idempotency: keyed,
      operation,
      mayTouch: (loaded) => speaker.reaches(operation, loaded),
      ...(asked.exists ? { exists: asked.exists } : {}),
      command: (loaded, id) => asked.command({ id, at: loaded.at, by: speaker.actor(loaded) }, { loaded, edition: this.editionOf(loaded) }),
      ...(statement ? { attestation: () => attest(statement, caller) } : {}),
      answer: (decided) => answerTo(decided, speaker.audience, (each) => asked.made(each, speaker.audience)),
    });
  }

  private editionOf({ program, at }: LoadedCase): Edition {
    const edition = this.catalogue.inForce(program, at);
    if (edition === undefined) throw new Indeterminate('edition-missing');
    return edition;
  }
}
