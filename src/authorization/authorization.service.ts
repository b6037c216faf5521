import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { OperationId } from '../auth/permission.js';
import type { Principal } from '../auth/principal.js';
import type { Pools } from '../database/pools.js';
import type { Command, PrescriptionInput } from '../domain/authorization/command.js';
import type { Audience } from '../wording/audience.js';
import { actorOf, mayTouch } from './access.js';
import { answerTo } from './answer.js';
import { attest, type StatementId } from './attestation.js';
import { POOLS } from './authorization.tokens.js';
import { CaseStore, type Db, type LoadedCase } from './case.store.js';
import { CommandRunner, type Decided, type Sent } from './command.runner.js';
import { NotFound } from './outcome.errors.js';
import { authorizationView } from './view.js';

/** A key and the body it came with: what makes a command the same command. */
export interface Keyed {
  readonly key: string;
  readonly body: unknown;
}

/** The prescription's road to its number, in the order of work: read, decide, write, answer. */
@Injectable()
export class AuthorizationService {
  constructor(
    @Inject(CommandRunner) private readonly runner: CommandRunner,
    @Inject(CaseStore) private readonly store: CaseStore,
    @Inject(POOLS) private readonly pools: Pools,
  ) {}

  async start(
    principal: Principal,
    enrollment: { patientId: string; program: string },
    prescription: PrescriptionInput,
    keyed: Keyed,
  ): Promise<Sent> {
    const id = uuidv7();
    const lane = this.pools.rest.visit();
    return this.runner.run({
      principal,
      lane,
      target: await this.enrollmentOf(lane, enrollment),
      idempotency: keyed,
      operation: 'startAuthorization',
      mayTouch: (loaded) => mayTouch(principal, 'startAuthorization', loaded),
      command: (loaded, fact) => ({
        do: 'start-authorization',
        id: fact,
        at: loaded.at,
        by: actorOf(principal, loaded.file.patient),
        authorization: id,
        prescription,
      }),
      answer: (decided) => answerTo(decided, 'prescriber', shown, 201),
    });
  }

  certifyCounseling(principal: Principal, authorization: string, topics: readonly string[], keyed: Keyed): Promise<Sent> {
    return this.step(
      principal,
      'certifyCounseling',
      authorization,
      keyed,
      'prescriber',
      (base) => ({ ...base, do: 'certify-counseling', authorization, topics }),
      'certify-counseling.1',
    );
  }

  confirmContraception(principal: Principal, authorization: string, keyed: Keyed): Promise<Sent> {
    return this.step(principal, 'confirmContraception', authorization, keyed, 'patient', (base) => ({
      ...base,
      do: 'confirm-contraception',
      authorization,
    }));
  }

  issue(principal: Principal, authorization: string, keyed: Keyed): Promise<Sent> {
    return this.step(
      principal,
      'issueAuthorization',
      authorization,
      keyed,
      'prescriber',
      (base) => ({ ...base, do: 'issue-authorization', authorization }),
      'issue-authorization.1',
    );
  }

  cancel(principal: Principal, authorization: string, reason: string, keyed: Keyed): Promise<Sent> {
    return this.step(principal, 'cancelAuthorization', authorization, keyed, 'prescriber', (base) => ({
      ...base,
      do: 'cancel-authorization',
      authorization,
      reason,
    }));
  }

  private step(
    principal: Principal,
    operation: OperationId,
    authorization: string,
    keyed: Keyed,
    audience: Audience,
    command: (base: Pick<Command, 'id' | 'at' | 'by'>) => Command,
    statement?: StatementId,
  ): Promise<Sent> {
    return this.runner.run({
      principal,
      lane: this.pools.rest,
      target: { by: 'authorization', value: authorization },
      idempotency: keyed,
      operation,
      mayTouch: (loaded) => mayTouch(principal, operation, loaded),
      command: (loaded, id) => command({ id, at: loaded.at, by: actorOf(principal, loaded.file.patient) }),
      ...(statement ? { attestation: () => attest(statement, principal) } : {}),
      answer: (decided) => answerTo(decided, audience, audience === 'patient' ? () => ({}) : shown),
    });
  }

  /** How the runner finds the enrollment of that patient in that program. */
  private async enrollmentOf(
    db: Db,
    { patientId, program }: { patientId: string; program: string },
  ): Promise<{ by: 'enrollment'; value: string }> {
    const id = await this.store.enrollmentId(db, patientId, program);
    if (id === null) throw new NotFound();
    return { by: 'enrollment', value: id };
  }
}

/** The authorization as it is after the decision, for its prescriber. */
function shown({ decision, loaded, number, edition }: Decided): object {
  const { authorization } = decision;
  if (authorization === null) return {};
  const file: LoadedCase['file'] = { ...loaded.file, authorizations: [authorization] };
  return { authorization: authorizationView(authorization, number, file, loaded.at, edition.zone) };
}
