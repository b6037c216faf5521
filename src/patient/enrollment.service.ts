import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { OperationId } from '../auth/permission.js';
import type { Principal } from '../auth/principal.js';
import { actorOf, mayTouch } from '../authorization/access.js';
import { answerTo } from '../authorization/answer.js';
import { attest, type StatementId } from '../authorization/attestation.js';
import type { Keyed } from '../authorization/authorization.service.js';
import { POOLS } from '../authorization/authorization.tokens.js';
import { CaseStore, type LoadedCase } from '../authorization/case.store.js';
import { CommandRunner, type Sent } from '../authorization/command.runner.js';
import type { Newcomer } from '../authorization/newcomer.js';
import { Indeterminate, NotFound } from '../authorization/outcome.errors.js';
import type { Pools } from '../database/pools.js';
import type { Command } from '../domain/authorization/command.js';
import { dateAt } from '../domain/calendar.js';
import { categoryFromAnswers, registeredCategory } from '../domain/category.js';
import { type Answers, NO_ANSWERS } from '../domain/patient.js';
import type { Edition } from '../domain/program.js';
import { fieldsInvalid } from '../http/problem.js';
import { EditionCatalogue } from '../program/edition.catalogue.js';
import { agreementIn, type Base, categoryChange } from './enrollment.command.js';
import {
  answersOf,
  type ChangeCategoryRequest,
  type EnrollPatientRequest,
  type ReEnrollPatientRequest,
  type SignAgreementRequest,
} from './enrollment.dto.js';
import { audienceOf, enrolled, enrollmentAnswer } from './enrollment.view.js';
import { familyNameKey } from './family-name.js';
import { PersonStore, type Suspect } from './person.store.js';

/** A command from the case as read and the edition in force. */
type Making = (base: Base, loaded: LoadedCase, edition: Edition) => Command;

/** A patient into the program, and what becomes of the enrollment, in the order of work: read, decide, write, answer. */
@Injectable()
export class EnrollmentService {
  constructor(
    @Inject(CommandRunner) private readonly runner: CommandRunner,
    @Inject(CaseStore) private readonly cases: CaseStore,
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
    const making: Making = (base, { file }, edition) => {
      const answers = answersOf(request.answers ?? {});
      const category = request.category ?? this.categoryOf({ ...file.answers, ...answers }, base, edition);
      const agreement = agreementIn(request.agreement, category ?? '', edition);
      return { ...base, do: 're-enroll-patient', prescriber: base.by.id, category, answers, agreement };
    };
    return this.act(principal, 'reEnrollPatient', patient, request.program, keyed, making, { statement: 'enroll-patient.1' });
  }

  signAgreement(principal: Principal, patient: string, request: SignAgreementRequest, keyed: Keyed): Promise<Sent> {
    const making: Making = (base, { file }, edition) => {
      const registered = registeredCategory(file, dateAt(base.at, edition.zone), edition);
      return { ...base, do: 'sign-agreement', agreement: agreementIn(request, request.category ?? registered ?? '', edition) };
    };
    return this.act(principal, 'signAgreement', patient, request.program, keyed, making, { statement: 'sign-agreement.1' });
  }

  changeCategory(principal: Principal, patient: string, request: ChangeCategoryRequest, keyed: Keyed): Promise<Sent> {
    const making: Making = (base, loaded, edition) => categoryChange(base, loaded, edition, request);
    return this.act(principal, 'changeCategory', patient, request.program, keyed, making, { statement: 'change-category.1' });
  }

  withdrawAgreement(principal: Principal, patient: string, { program, reason }: { program: string; reason: string }, keyed: Keyed) {
    return this.act(principal, 'withdrawAgreement', patient, program, keyed, (base) => ({ ...base, do: 'withdraw-agreement', reason }));
  }

  transfer(principal: Principal, patient: string, { program, to }: { program: string; to: string }, keyed: Keyed): Promise<Sent> {
    return this.act(principal, 'transferPatient', patient, program, keyed, (base) => ({ ...base, do: 'transfer-patient', to }), {
      participants: [to],
    });
  }

  deactivate(principal: Principal, patient: string, { program, reason }: { program: string; reason: string }, keyed: Keyed): Promise<Sent> {
    return this.act(principal, 'deactivatePatient', patient, program, keyed, (base) => ({ ...base, do: 'deactivate-patient', reason }));
  }

  recordDeath(
    principal: Principal,
    patient: string,
    { program, reason }: { program: string; reason: string },
    keyed: Keyed,
  ): Promise<Sent> {
    return this.act(principal, 'recordDeath', patient, program, keyed, (base) => ({ ...base, do: 'record-death', reason }));
  }

  private async act(
    principal: Principal,
    operation: OperationId,
    patient: string,
    program: string,
    keyed: Keyed,
    making: Making,
    more: { readonly statement?: StatementId; readonly participants?: readonly string[] } = {},
  ): Promise<Sent> {
    const enrollment = await this.cases.enrollmentId(this.pools.rest, patient, program);
    if (enrollment === null) throw new NotFound();
    const { statement, participants } = more;
    return this.runner.run({
      principal,
      lane: this.pools.rest,
      target: { by: 'enrollment', value: enrollment },
      ...(participants ? { participants } : {}),
      idempotency: keyed,
      mayTouch: (loaded) => mayTouch(principal, operation, loaded),
      command: (loaded, id) => making({ id, at: loaded.at, by: actorOf(principal, patient) }, loaded, this.editionOf(loaded)),
      ...(statement ? { attestation: () => attest(statement, principal) } : {}),
      answer: (decided) => answerTo(decided, audienceOf(principal), (all) => enrollmentAnswer(all, audienceOf(principal))),
    });
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

  private categoryOf(answers: Answers, { at }: Pick<Base, 'at'>, edition: Edition): string | null {
    return categoryFromAnswers(answers, dateAt(at, edition.zone), edition);
  }

  private editionOf(loaded: Pick<LoadedCase, 'program' | 'at'>): Edition {
    const edition = this.catalogue.inForce(loaded.program, loaded.at);
    if (edition === undefined) throw new Indeterminate('edition-missing');
    return edition;
  }
}
