import { Inject, Injectable } from '@nestjs/common';
import type { OperationId } from '../auth/permission.js';
import type { Principal } from '../auth/principal.js';
import { actorOf, mayTouch } from '../authorization/access.js';
import { answerTo } from '../authorization/answer.js';
import { POOLS, RUNNER_PARTS } from '../authorization/authorization.tokens.js';
import type { LoadedCase } from '../authorization/case.store.js';
import { type Answer, CommandRunner, type Decided, type RunnerParts, type Sent } from '../authorization/command.runner.js';
import { Indeterminate, NotFound } from '../authorization/outcome.errors.js';
import type { Pools } from '../database/pools.js';
import type { Command } from '../domain/authorization/command.js';
import { effectiveState, isOpen } from '../domain/authorization/deadline.js';
import { apply } from '../domain/authorization/effect.js';
import { dateAt } from '../domain/calendar.js';
import type { Authorization } from '../domain/patient.js';
import type { Edition } from '../domain/program.js';
import { type Base, PatientCommands } from '../speaker/patient.commands.js';
import type { BundleRequest, LeftView } from './medication.dto.js';
import { reviewView } from './review.view.js';

/** A command of the practice about one patient. */
export interface OfPractice {
  readonly caller: Principal;
  readonly operation: OperationId;
  readonly patient: string;
  readonly program: string;
  readonly key: string;
  readonly request: object;
}

/** A command of a site about a prescription that it holds, or has handed over. */
export interface OfSite {
  readonly caller: Principal;
  readonly operation: OperationId;
  readonly authorization: string;
  readonly key: string;
  readonly request: object;
}

/** The medication list and what follows from it. Prescribers reach it by the patient, pharmacists by the prescription that their site holds. */
@Injectable()
export class MedicationService {
  constructor(
    @Inject(PatientCommands) private readonly commands: PatientCommands,
    @Inject(CommandRunner) private readonly runner: CommandRunner,
    @Inject(POOLS) private readonly pools: Pools,
    @Inject(RUNNER_PARTS) private readonly parts: RunnerParts,
  ) {}

  fromPractice(asked: OfPractice, command: (base: Base, edition: Edition) => Command): Promise<Sent> {
    return this.practice(
      asked,
      (base, { edition }) => command(base, edition),
      () => ({}),
    );
  }

  importFromPractice(asked: OfPractice, request: BundleRequest): Promise<Sent> {
    let left: readonly LeftView[] = [];
    return this.practice(
      asked,
      (base, { loaded, edition }) => {
        const read = request.toCommand(base, bundleOf(loaded, edition));
        left = read.left;
        return read.command;
      },
      () => ({ left }),
    );
  }

  fromSite(asked: OfSite, command: (base: Base) => Command): Promise<Sent> {
    return this.site(
      asked,
      (base) => command(base),
      () => ({}),
    );
  }

  importFromSite(asked: OfSite, request: BundleRequest): Promise<Sent> {
    let left: readonly LeftView[] = [];
    return this.site(
      asked,
      (base, loaded) => {
        const read = request.toCommand(base, bundleOf(loaded, this.editionOf(loaded)));
        left = read.left;
        return read.command;
      },
      () => ({ left }),
    );
  }

  /** Reading it leaves an entry: who looked, and when. The open prescription, or the one in preparation, is what the dose is looked at on. */
  async reviewForPractice(caller: Principal, patient: string, program: string): Promise<Sent> {
    const lane = this.pools.rest.visit();
    const enrollment = await this.parts.store.enrollmentId(lane, patient, program);
    if (enrollment === null) throw new NotFound();
    return this.runner.run({
      principal: caller,
      lane,
      target: { by: 'enrollment', value: enrollment },
      operation: 'clinicalReview',
      idempotency: null,
      mayTouch: (loaded) => mayTouch(caller, 'clinicalReview', loaded),
      command: (loaded, id) => ({ id, at: loaded.at, by: actorOf(caller, loaded.file.patient), do: 'read-clinical-review' }),
      answer: (decided) => read(decided, openOf(decided.loaded), 'prescriber'),
    });
  }

  reviewForSite(caller: Principal, authorization: string): Promise<Sent> {
    return this.runner.run({
      principal: caller,
      lane: this.pools.counter,
      target: { by: 'authorization', value: authorization },
      operation: 'clinicalReviewAtSite',
      idempotency: null,
      mayTouch: (loaded) => atSite(caller, 'clinicalReviewAtSite', authorization, loaded),
      command: (loaded, id) => ({ id, at: loaded.at, by: actorOf(caller, loaded.file.patient), do: 'read-clinical-review' }),
      answer: (decided) => read(decided, named(decided.loaded, authorization), 'pharmacist'),
    });
  }

  private practice(
    { caller, operation, patient, program, key, request }: OfPractice,
    command: (base: Base, given: { loaded: LoadedCase; edition: Edition }) => Command,
    more: () => object,
  ): Promise<Sent> {
    return this.commands.run({
      caller,
      operation,
      patient,
      program,
      keyed: { key, body: [operation, patient, request] },
      command,
      made: (decided) => ({ review: after(decided, decided.decision.authorization ?? openOf(decided.loaded), 'prescriber'), ...more() }),
    });
  }

  private site(
    { caller, operation, authorization, key, request }: OfSite,
    command: (base: Base, loaded: LoadedCase) => Command,
    more: () => object,
  ): Promise<Sent> {
    return this.runner.run({
      principal: caller,
      lane: this.pools.counter,
      target: { by: 'authorization', value: authorization },
      idempotency: { key, body: [operation, authorization, request] },
      operation,
      mayTouch: (loaded) => atSite(caller, operation, authorization, loaded),
      command: (loaded, id) => command({ id, at: loaded.at, by: actorOf(caller, loaded.file.patient) }, loaded),
      answer: (decided) =>
        answerTo(decided, 'pharmacist', (each) => ({ review: after(each, named(each.loaded, authorization), 'pharmacist'), ...more() })),
    });
  }

  private editionOf({ program, at }: LoadedCase): Edition {
    const edition = this.parts.catalogue.inForce(program, at);
    if (edition === undefined) throw new Indeterminate('edition-missing');
    return edition;
  }
}

const bundleOf = ({ person, at }: LoadedCase, { zone }: Edition) => ({ birthDate: person.birthDate, today: dateAt(at, zone) });

const named = ({ file }: LoadedCase, authorization: string): Authorization | null =>
  file.authorizations.find((each) => each.id === authorization) ?? null;

const openOf = ({ file, at }: LoadedCase): Authorization | null =>
  file.authorizations.findLast((each) => isOpen(effectiveState(each, file, at).state)) ?? null;

/** The very prescription: of another one of the same patient that it does not hold, a site learns nothing. */
function atSite(caller: Principal, operation: OperationId, authorization: string, loaded: LoadedCase): boolean {
  const { file } = loaded;
  const site = caller.siteId;
  return (
    mayTouch(caller, operation, loaded) &&
    site !== null &&
    (named(loaded, authorization)?.reservation?.pharmacy === site ||
      file.fills.some((fill) => fill.authorization === authorization && fill.pharmacy === site))
  );
}

/** The look as it is once the command is done. */
const after = (
  { loaded, decision, edition, deskPhone }: Decided,
  authorization: Authorization | null,
  audience: 'prescriber' | 'pharmacist',
) => reviewView({ loaded, file: apply(loaded.file, decision.effects), edition, authorization, deskPhone }, audience);

/** The look itself; a refusal, as every refusal. */
const read = (decided: Decided, authorization: Authorization | null, audience: 'prescriber' | 'pharmacist'): Answer =>
  decided.decision.outcome === 'deny'
    ? answerTo(decided, audience, () => ({}))
    : { status: 200, body: after(decided, authorization, audience) };
