import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { OperationId } from '../auth/permission.js';
import type { Principal } from '../auth/principal.js';
import { actorOf, mayTouch } from '../authorization/access.js';
import { attest } from '../authorization/attestation.js';
import type { Keyed } from '../authorization/authorization.service.js';
import { POOLS } from '../authorization/authorization.tokens.js';
import { CaseStore, type LoadedCase } from '../authorization/case.store.js';
import { CommandRunner, type Sent } from '../authorization/command.runner.js';
import type { Newcomer } from '../authorization/newcomer.js';
import { Indeterminate, NotFound } from '../authorization/outcome.errors.js';
import type { Pools } from '../database/pools.js';
import { dateAt } from '../domain/calendar.js';
import { categoryFromAnswers, registeredCategory, undeclarable } from '../domain/category.js';
import { type Answers, NO_ANSWERS, withAnswers } from '../domain/patient.js';
import type { Edition } from '../domain/program.js';
import { fieldsInvalid } from '../http/problem.js';
import { EditionCatalogue } from '../program/edition.catalogue.js';
import { type AboutPatient, PatientCommands } from '../speaker/patient.commands.js';
import { agreementIn, categoryChange, determinationIn } from './enrollment.command.js';
import {
  answersOf,
  type ChangeCategoryRequest,
  checkDeclared,
  type EnrollInProgramRequest,
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
    @Inject(CaseStore) private readonly cases: CaseStore,
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
        checkDeclared(request.answers, edition);
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

  /** A patient of one's own, in another program: her record, her answers and what both editions accept of her evidence come with her. */
  async enrollInProgram(principal: Principal, patient: string, request: EnrollInProgramRequest, keyed: Keyed): Promise<Sent> {
    this.checkProgram(request.program);
    const rest = this.pools.rest.visit();
    const [person, enrollments] = await Promise.all([this.people.person(rest, patient), this.people.enrollments(rest, patient)]);
    const participants = principal.participantId === null ? [] : [principal.participantId];
    const read = await Promise.all(
      enrollments.map(({ id: value }) => this.cases.load(rest, { by: 'enrollment', value, participants, caller: '', key: '' })),
    );
    const cases = read.filter((each) => each !== null);
    const [of] = cases;
    if (person === null || of === undefined) throw new NotFound();
    const known = cases.find((each) => mayTouch(principal, 'enrollInProgram', each));
    if (known === undefined) throw await this.runner.notTheirs({ principal, lane: rest, operation: 'enrollInProgram' }, of);
    const already = enrollments.find(({ program }) => program === request.program);
    const newcomer: Newcomer = { ...person, program: request.program, familyNameKey: known.person.familyNameKey, onFile: true };
    return this.runner.run({
      principal,
      lane: rest,
      // Who is in the program already is refused like any other who is enrolled twice.
      target: { by: 'enrollment', value: already?.id ?? patient },
      ...(already ? {} : { newcomer }),
      idempotency: keyed,
      mayTouch: () => true,
      command: (loaded, id) => {
        const edition = this.editionOf(loaded);
        checkDeclared(request.answers, edition);
        const answers = withAnswers(known.file.answers, answersOf(request.answers ?? {}));
        const category = request.category ?? categoryFromAnswers(answers, dateAt(loaded.at, edition.zone), edition);
        return {
          do: 'enroll-patient',
          id,
          at: loaded.at,
          by: actorOf(principal, patient),
          prescriber: principal.participantId ?? '',
          category,
          answers: onlyAsked(answers, edition),
          ...determinationIn(request.determination),
          agreement: agreementIn(request.agreement, category ?? '', edition),
        };
      },
      first: async (tx) => {
        await this.people.holdEnrollments(tx, patient);
        return true;
      },
      attestation: () => attest('enroll-patient.1', principal),
      answer: (decided) => enrolled(decided, [], principal),
    });
  }

  reEnroll(principal: Principal, patient: string, request: ReEnrollPatientRequest, keyed: Keyed): Promise<Sent> {
    const command: Making = (base, { loaded, edition }) => {
      checkDeclared(request.answers, edition);
      const answers = answersOf(request.answers ?? {});
      const on = dateAt(base.at, edition.zone);
      const category = request.category ?? categoryFromAnswers(withAnswers(loaded.file.answers, answers), on, edition);
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

  private checkProgram(program: string): void {
    if (!this.catalogue.programs().includes(program))
      throw fieldsInvalid([{ pointer: '/program', message: 'There is no such program here.' }]);
  }

  private newcomer(request: EnrollPatientRequest): Newcomer {
    this.checkProgram(request.program);
    const key = familyNameKey(request.familyName);
    if (key === '') throw fieldsInvalid([{ pointer: '/familyName', message: 'Give a name with at least one letter.' }]);
    return {
      patient: uuidv7(),
      onFile: false,
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

/** Answers to questions that another program adds stay with that program. */
function onlyAsked({ declared, ...answers }: Answers, edition: Edition): Answers {
  const strange = undeclarable(declared ?? {}, edition);
  const kept = Object.entries(declared ?? {}).filter(([name]) => !strange.includes(name));
  return kept.length === 0 ? answers : { ...answers, declared: Object.fromEntries(kept) };
}
