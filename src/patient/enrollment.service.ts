import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { OperationId } from '../auth/permission.js';
import type { Principal } from '../auth/principal.js';
import { actorOf } from '../authorization/access.js';
import { attest } from '../authorization/attestation.js';
import type { Keyed } from '../authorization/authorization.service.js';
import { POOLS } from '../authorization/authorization.tokens.js';
import type { LoadedCase } from '../authorization/case.store.js';
import { CommandRunner, type Sent } from '../authorization/command.runner.js';
import type { Newcomer } from '../authorization/newcomer.js';
import { Indeterminate } from '../authorization/outcome.errors.js';
import type { Pools } from '../database/pools.js';
import { dateAt } from '../domain/calendar.js';
import { categoryFromAnswers, registeredCategory } from '../domain/category.js';
import { type Answers, NO_ANSWERS } from '../domain/patient.js';
import type { Edition } from '../domain/program.js';
import { fieldsInvalid } from '../http/problem.js';
import { EditionCatalogue } from '../program/edition.catalogue.js';
import { type AboutPatient, PatientCommands } from '../speaker/patient.commands.js';
import { agreementIn, categoryChange, determinationIn } from './enrollment.command.js';
import {
  answersOf,
  type ChangeCategoryRequest,
  type EnrollPatientRequest,
  type InProgramRequest,
  type ReasonRequest,
  type ReEnrollPatientRequest,
  type SignAgreementRequest,
  type TransferPatientRequest,
  type WithdrawAgreementRequest,
} from './enrollment.dto.js';
import { enrolled, enrollmentAnswer } from './enrollment.view.js';
import { familyNameKey } from './family-name.js';
import { PersonStore, type Suspect } from './person.store.js';

type Making = AboutPatient['command'];

/** A patient into the program, and what becomes of the enrollment, in the order of work: read, decide, write, answer. */
@Injectable()
export class EnrollmentService {
  constructor(
    @Inject(CommandRunner) private readonly runner: CommandRunner,
    @Inject(PatientCommands) private readonly commands: PatientCommands,
    @Inject(PersonStore) private readonly people: PersonStore,
    @Inject(EditionCatalogue) private readonly catalogue: EditionCatalogue,
    @Inject(POOLS) private readonly pools: Pools,
  ) {}

  async enroll(principal: Principal, request: EnrollPatientRequest, keyed: Keyed): Promise<Sent> {
    const newcomer = this.newcomer(request);
    let suspects: Suspect[] = [];
    const answers: Answers = { ...NO_ANSWERS, ...answersOf(request.answers), birthDate: request.birthDate };
    const dismissed = (each: Suspect) => request.notTheSamePersonAs?.includes(each.patient) === true;
    return this.runner.run({
      principal,
      lane: this.pools.rest,
      target: { by: 'enrollment', value: newcomer.patient },
      newcomer,
      idempotency: keyed,
      mayTouch: () => principal.participantId !== null,
      reads: async (db) => {
        suspects = await this.people.suspects(db, newcomer);
      },
      command: (loaded, id) => {
        const edition = this.editionOf(loaded);
        const on = dateAt(loaded.at, edition.zone);
        const category = request.category ?? categoryFromAnswers(answers, on, edition);
        return {
          do: 'enroll-patient',
          id,
          at: loaded.at,
          by: actorOf(principal, newcomer.patient),
          prescriber: principal.participantId ?? '',
          category,
          answers,
          agreement: agreementIn(request.agreement, category ?? '', edition),
          ...determinationIn(request.determination),
          suspected: {
            patients: suspects.map((each) => each.patient),
            newPersonConfirmed: request.confirmNewPerson === true || suspects.every(dismissed),
          },
        };
      },
      first: async (tx) => {
        await this.people.oneAtATime(tx);
        const now = await this.people.suspects(tx, newcomer);
        return now.every((each) => suspects.some((known) => known.patient === each.patient));
      },
      alongside: async (tx, { decision, loaded }) => {
        await this.people.record(tx, newcomer.patient, decision.effects, loaded.at);
        return true;
      },
      attestation: () => attest('enroll-patient.1', principal),
      answer: (decided) => enrolled(decided, suspects, principal),
    });
  }

  reEnroll(principal: Principal, patient: string, request: ReEnrollPatientRequest, keyed: Keyed): Promise<Sent> {
    const command: Making = (base, { loaded, edition }) => {
      const answers = answersOf(request.answers ?? {});
      const on = dateAt(base.at, edition.zone);
      const category = request.category ?? categoryFromAnswers({ ...loaded.file.answers, ...answers }, on, edition);
      const agreement = agreementIn(request.agreement, category ?? '', edition);
      const determination = determinationIn(request.determination);
      return { ...base, do: 're-enroll-patient', prescriber: base.by.id, category, answers, agreement, ...determination };
    };
    return this.act(principal, 'reEnrollPatient', patient, request, keyed, { command, statement: 'enroll-patient.1' });
  }

  signAgreement(principal: Principal, patient: string, request: SignAgreementRequest, keyed: Keyed): Promise<Sent> {
    const command: Making = (base, { loaded, edition }) => {
      const registered = registeredCategory(loaded.file, dateAt(base.at, edition.zone), edition);
      return { ...base, do: 'sign-agreement', agreement: agreementIn(request, request.category ?? registered ?? '', edition) };
    };
    return this.act(principal, 'signAgreement', patient, request, keyed, { command, statement: 'sign-agreement.1' });
  }

  changeCategory(principal: Principal, patient: string, request: ChangeCategoryRequest, keyed: Keyed): Promise<Sent> {
    const command: Making = (base, { loaded, edition }) => categoryChange(base, loaded, edition, request);
    return this.act(principal, 'changeCategory', patient, request, keyed, { command, statement: 'change-category.1' });
  }

  withdrawAgreement(principal: Principal, patient: string, request: WithdrawAgreementRequest, keyed: Keyed): Promise<Sent> {
    const { reason, identity } = request;
    const command: Making = (base) => ({ ...base, do: 'withdraw-agreement', reason });
    return this.act(principal, 'withdrawAgreement', patient, request, keyed, { command, named: identity });
  }

  transfer(principal: Principal, patient: string, request: TransferPatientRequest, keyed: Keyed): Promise<Sent> {
    const { to } = request;
    const command: Making = (base) => ({ ...base, do: 'transfer-patient', to });
    return this.act(principal, 'transferPatient', patient, request, keyed, { command, participants: [to] });
  }

  deactivate(principal: Principal, patient: string, request: ReasonRequest, keyed: Keyed): Promise<Sent> {
    const command: Making = (base) => ({ ...base, do: 'deactivate-patient', reason: request.reason });
    return this.act(principal, 'deactivatePatient', patient, request, keyed, { command });
  }

  recordDeath(principal: Principal, patient: string, request: ReasonRequest, keyed: Keyed): Promise<Sent> {
    const command: Making = (base) => ({ ...base, do: 'record-death', reason: request.reason });
    return this.act(principal, 'recordDeath', patient, request, keyed, { command });
  }

  private act(
    caller: Principal,
    operation: OperationId,
    patient: string,
    { program }: InProgramRequest,
    keyed: Keyed,
    asked: Pick<AboutPatient, 'command' | 'statement' | 'participants' | 'named'>,
  ): Promise<Sent> {
    return this.commands.run({ caller, operation, patient, program, keyed, made: enrollmentAnswer, ...asked });
  }

  private newcomer(request: EnrollPatientRequest): Newcomer {
    if (!this.catalogue.programs().includes(request.program))
      throw fieldsInvalid([{ pointer: '/program', message: 'There is no such program here.' }]);
    const key = familyNameKey(request.familyName);
    if (key === '') throw fieldsInvalid([{ pointer: '/familyName', message: 'Give a name with at least one letter.' }]);
    return {
      patient: uuidv7(),
      program: request.program,
      givenName: request.givenName.trim(),
      familyName: request.familyName.trim(),
      familyNameKey: key,
      birthDate: request.birthDate,
      phone: request.phone?.trim() ?? null,
      postalCode: request.postalCode?.trim() ?? null,
      recordNumber: request.recordNumber?.trim() ?? null,
    };
  }

  private editionOf(loaded: Pick<LoadedCase, 'program' | 'at'>): Edition {
    const edition = this.catalogue.inForce(loaded.program, loaded.at);
    if (edition === undefined) throw new Indeterminate('edition-missing');
    return edition;
  }
}
