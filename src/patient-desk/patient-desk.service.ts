import { Inject, Injectable } from '@nestjs/common';
import type { OperationId } from '../auth/permission.js';
import type { Principal } from '../auth/principal.js';
import { accessDenied, deniedCase } from '../authorization/access.denied.js';
import { POOLS, RUNNER_PARTS } from '../authorization/authorization.tokens.js';
import type { Decided, RunnerParts, Sent } from '../authorization/command.runner.js';
import { Indeterminate, NotFound } from '../authorization/outcome.errors.js';
import type { Pools } from '../database/pools.js';
import { withElsewhere } from '../domain/elsewhere.js';
import { answerable } from '../domain/patient-status.js';
import { asDecided } from '../program/edition.choice.js';
import { PatientCommands } from '../speaker/patient.commands.js';
import { type NamedIdentity, ownPatient, speakerFor } from '../speaker/speaker.js';
import type { Audience } from '../wording/audience.js';
import { afterConfirmation, afterSurvey } from './after-answer.js';
import { statusView } from './status.js';
import type { MyStatusView } from './status.view.js';
import type { SurveyRequest } from './survey.dto.js';

/** About whom: from the token of her own screen, or as the phone desk names her. */
export interface About {
  readonly patient: string;
  readonly named?: NamedIdentity;
}

/** The patient's own side: where she stands, and the answers that only she can give. */
@Injectable()
export class PatientDeskService {
  constructor(
    @Inject(PatientCommands) private readonly commands: PatientCommands,
    @Inject(POOLS) private readonly pools: Pools,
    @Inject(RUNNER_PARTS) private readonly parts: RunnerParts,
  ) {}

  /** For her own screen. It changes nothing and leaves no entry. */
  async status(caller: Principal, program: string): Promise<MyStatusView> {
    const patient = ownPatient(caller);
    const lane = this.pools.rest.visit();
    const enrollment = await this.parts.store.enrollmentId(lane, patient, program);
    const query = { by: 'enrollment', value: enrollment ?? '', participants: [], caller: caller.subject, key: '' } as const;
    const loaded = enrollment === null ? null : await this.parts.store.load(lane, query);
    const speaker = speakerFor(caller, patient, undefined, this.parts.catalogue);
    if (loaded === null) throw new NotFound();
    if (!speaker.reaches('myStatus', loaded)) throw await accessDenied(this.parts, lane, caller, deniedCase('myStatus', loaded));
    const edition = this.parts.catalogue.inForce(program, loaded.at);
    if (edition === undefined) throw new Indeterminate('edition-missing');
    const file = asDecided(loaded.file, edition, loaded.at, this.parts.catalogue);
    return statusView({ loaded: { ...loaded, file }, edition, deskPhone: this.parts.deskPhone, audience: readerOf(speaker.audience) });
  }

  /** For the phone desk, which reads it out: whoever looked, and for whom, stays in an entry. */
  deskStatus(caller: Principal, about: About, program: string): Promise<Sent> {
    return this.commands.run({
      caller,
      operation: 'deskMyStatus',
      ...about,
      program,
      keyed: null,
      command: (base) => ({ ...base, do: 'read-status' }),
      made: (decided, audience) => shown(decided, audience),
    });
  }

  confirmContraception(caller: Principal, operation: OperationId, about: About, program: string, key: string): Promise<Sent> {
    return this.commands.run({
      caller,
      operation,
      ...about,
      program,
      keyed: { key, body: [operation, about, program] },
      exists: ({ file, at }) => answerable(file, at) !== null,
      command: (base, { loaded }) => ({
        ...base,
        do: 'confirm-contraception',
        authorization: answerable(loaded.file, loaded.at)?.id ?? '',
      }),
      made: afterConfirmation,
    });
  }

  completeSurvey(caller: Principal, operation: OperationId, about: About, survey: SurveyRequest, key: string): Promise<Sent> {
    return this.commands.run({
      caller,
      operation,
      ...about,
      program: survey.program,
      keyed: { key, body: [operation, about, survey] },
      command: (base, given) => survey.toCommand(base, given),
      made: afterSurvey,
    });
  }
}

const readerOf = (audience: Audience): 'patient' | 'guardian' => (audience === 'guardian' ? 'guardian' : 'patient');
const shown = ({ loaded, edition, others, deskPhone }: Decided, audience: Audience): MyStatusView => {
  const file = withElsewhere(loaded.file, edition, others?.elsewhere ?? {});
  return statusView({ loaded: { ...loaded, file }, edition, deskPhone, audience: readerOf(audience) });
};
