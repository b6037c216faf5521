import { randomBytes } from 'node:crypto';
import type { DataSource, EntityManager, FindOptionsWhere } from 'typeorm';
import { In, IsNull } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { Principal } from '../../src/auth/principal.js';
import {
  type AuthorizationRow,
  type FillRow,
  type ParticipantRow,
  toAuthorization,
  toFill,
  toParticipant,
} from '../../src/authorization/case.rows.js';
import type { LoadedCase } from '../../src/authorization/case.store.js';
import { type Answer, checkClock, type Decided, hashOfBody, replayOf, type Sent } from '../../src/authorization/command.runner.js';
import { sealedEntry } from '../../src/authorization/entry.js';
import { NotFound } from '../../src/authorization/outcome.errors.js';
import type { SealedEntry } from '../../src/compliance-log/seal.js';
import type { EntrySigner } from '../../src/compliance-log/signer.js';
import type { Config } from '../../src/config.js';
import type { Command } from '../../src/domain/authorization/command.js';
import { nextDeadline } from '../../src/domain/authorization/deadline.js';
import { decide } from '../../src/domain/authorization/decide.js';
import type { Effect } from '../../src/domain/authorization/effect.js';
import { confirmationNumberFrom, NUMBER_BYTES } from '../../src/domain/authorization-number.js';
import type { Case } from '../../src/domain/patient.js';
import type { EditionCatalogue } from '../../src/program/edition.catalogue.js';
import {
  AccommodationEntity,
  AuthorizationEntity,
  EnrollmentEntity,
  EntryEntity,
  EntryPendingEntity,
  EntryValuesEntity,
  EvidenceEntity,
  FillEntity,
  IdempotencyEntity,
  ParticipantEntity,
  PatientEntity,
  PatientLinkEntity,
} from './entities.js';

export interface ControlRequest {
  readonly principal: Principal;
  readonly find: FindOptionsWhere<AuthorizationEntity>;
  readonly keyed: { readonly key: string; readonly body: unknown };
  readonly command: (loaded: LoadedCase, id: string) => Command;
  readonly answer: (decided: Decided) => Answer;
}

/**
 * A command as one would write it without thinking about cost: a transaction that locks the enrollment, reads each table through its
 * repository, decides, and saves each entity. Same decision, same rows, same durability.
 */
export class ControlService {
  constructor(
    private readonly source: DataSource,
    private readonly catalogue: EditionCatalogue,
    private readonly signer: EntrySigner,
    private readonly config: Pick<Config, 'maxClockSkewMs' | 'deskPhone'>,
  ) {}

  run(request: ControlRequest): Promise<Sent> {
    const { principal, keyed } = request;
    const bodyHash = hashOfBody(principal, keyed.body);
    return this.source.transaction(async (manager) => {
      const earlier = await manager.findOneBy(IdempotencyEntity, { caller: principal.subject, key: keyed.key });
      if (earlier) return replayOf(earlier, bodyHash);
      const { loaded, rows } = await this.load(manager, request);
      checkClock(loaded, { maxClockSkewMs: this.config.maxClockSkewMs, alarm: () => {} });
      const asked = request.command(loaded, uuidv7());
      const command: Command =
        asked.do === 'reserve' ? { ...asked, confirmationNumber: confirmationNumberFrom(randomBytes(NUMBER_BYTES)) } : asked;
      const target = loaded.file.authorizations.find((each) => 'authorization' in command && each.id === command.authorization);
      const edition = this.catalogue.withHash(target?.editionHash ?? '');
      if (!edition) throw new Error('The control knows no edition for this authorization.');
      const decision = decide(loaded.file, command, edition);
      const entry = uuidv7();
      const about = decision.authorization;
      const number = about === null ? null : (loaded.numbers[about.id] ?? null);
      const answer = request.answer({ loaded, command, decision, edition, entry, number, deskPhone: this.config.deskPhone });
      const accepted = decision.outcome !== 'deny';
      const { participants, accommodations, linked } = loaded.file;
      const sealed = sealedEntry(
        {
          id: entry,
          at: loaded.at,
          caller: principal,
          command,
          decision,
          aggregate: { kind: 'enrollment', id: loaded.enrollmentId, version: accepted ? loaded.revision + 1 : null, saw: loaded.revision },
          patient: loaded.file.patient,
          authorization: target?.id ?? null,
          edition,
          attestation: null,
          causedBy: null,
          values: { numbers: {}, basis: { participants, accommodations, linked } },
        },
        this.signer,
      );
      if (accepted) {
        rows.enrollment.revision += 1;
        await manager.save(EnrollmentEntity, rows.enrollment);
        for (const effect of decision.effects) await this.saveEffect(manager, effect, loaded, rows.authorizations);
      }
      await saveEntry(manager, sealed, principal);
      const sent: Sent = {
        status: answer.status,
        text: JSON.stringify(answer.body),
        contentType: answer.contentType ?? 'application/json; charset=utf-8',
        replayed: false,
      };
      await manager.save(IdempotencyEntity, {
        caller: principal.subject,
        key: keyed.key,
        body_hash: bodyHash,
        status: sent.status,
        reply: sent.text,
        content_type: sent.contentType,
        authorization_id: about?.id ?? null,
        recorded_at: loaded.at,
      });
      return sent;
    });
  }

  private async load(manager: EntityManager, { find, principal }: ControlRequest) {
    const found = await manager.findOneBy(AuthorizationEntity, find);
    if (!found) throw new NotFound();
    // The lock comes first: what is read after it stays as it is until the commit.
    const enrollment = await manager.findOneOrFail(EnrollmentEntity, {
      where: { id: found.enrollment_id },
      lock: { mode: 'pessimistic_write' },
    });
    const [time] = await manager.query<{ at: Date; machine_at: Date }[]>('SELECT rems_now() AS at, clock_timestamp() AS machine_at');
    const of = { enrollment_id: enrollment.id };
    const patient = await manager.findOneByOrFail(PatientEntity, { id: enrollment.patient_id });
    const evidence = await manager.find(EvidenceEntity, { where: of, order: { revision: 'ASC', ordinal: 'ASC' } });
    const authorizations = await manager.find(AuthorizationEntity, { where: of, order: { started_at: 'ASC', id: 'ASC' } });
    const fills = await manager.find(FillEntity, { where: of, order: { handed_over_at: 'ASC', id: 'ASC' } });
    const named = [enrollment.prescriber_id, principal.siteId, ...authorizations.flatMap((each) => [each.issued_by, each.reserved_by])];
    const participants = await manager.findBy(ParticipantEntity, { id: In([...new Set(named.filter((id) => id !== null))]) });
    const accommodations = await manager.findBy(AccommodationEntity, { program: enrollment.program });
    const links = await manager.find(PatientLinkEntity, {
      where: [
        { patient_id: patient.id, unlinked_at: IsNull() },
        { other_patient_id: patient.id, unlinked_at: IsNull() },
      ],
    });
    if (links.length > 0) throw new Error('The control knows no linked records.');
    const file: Case = {
      patient: patient.id,
      enrollment: {
        id: enrollment.id,
        enrolledAt: enrollment.enrolled_at,
        reEnrolledAt: enrollment.re_enrolled_at,
        prescriber: enrollment.prescriber_id,
        deactivatedAt: enrollment.deactivated_at,
        deceasedAt: enrollment.deceased_at,
        revision: enrollment.revision,
      },
      answers: enrollment.answers as Case['answers'],
      category: enrollment.category,
      categorySince: enrollment.category_since,
      evidence: evidence.map((each) => each.fact) as Case['evidence'],
      fills: fills.map((each) => toFill(each as FillRow)),
      authorizations: authorizations.map((each) => toAuthorization(each as unknown as AuthorizationRow)),
      participants: Object.fromEntries(participants.map((each) => [each.id, toParticipant(each as ParticipantRow)])),
      accommodations: accommodations.map((each) => ({ kind: each.kind, from: each.valid_from, until: each.valid_until })),
      linked: [],
    };
    const loaded: LoadedCase = {
      file,
      at: time?.at.getTime() ?? Number.NaN,
      machineAt: time?.machine_at.getTime() ?? Number.NaN,
      enrollmentId: enrollment.id,
      revision: enrollment.revision,
      program: enrollment.program,
      person: { familyNameKey: patient.family_name_key, birthDate: patient.birth_date },
      office: { name: participants.find((each) => each.id === enrollment.prescriber_id)?.name ?? '', phone: '' },
      numbers: Object.fromEntries(authorizations.flatMap((each) => (each.number === null ? [] : [[each.id, each.number]]))),
      doubles: [],
      otherPrograms: [],
      earlier: null,
    };
    return { loaded, rows: { enrollment, authorizations } };
  }

  private async saveEffect(
    manager: EntityManager,
    effect: Effect,
    loaded: LoadedCase,
    authorizations: AuthorizationEntity[],
  ): Promise<void> {
    if (effect.kind === 'authorization') {
      const row = authorizations.find((each) => each.id === effect.authorization.id);
      if (!row) throw new Error('The control starts no authorizations.');
      const { state, reservation } = effect.authorization;
      row.state = state;
      row.next_deadline_at = nextDeadline(effect.authorization);
      row.reserved_by = reservation?.pharmacy ?? null;
      row.reserved_at = reservation?.reservedAt ?? null;
      row.confirmation_ends_at = reservation?.confirmationEndsAt ?? null;
      row.confirmation_number = reservation?.confirmationNumber ?? null;
      row.given = reservation?.given ?? null;
      await manager.save(AuthorizationEntity, row);
    } else if (effect.kind === 'fill') {
      const { fill } = effect;
      await manager.save(FillEntity, {
        id: fill.id,
        authorization_id: fill.authorization ?? '',
        enrollment_id: loaded.enrollmentId,
        patient_id: loaded.file.patient,
        pharmacy_id: fill.pharmacy,
        outcome: fill.outcome,
        handed_over_at: fill.handedOver.at,
        handed_over_until: fill.handedOver.until,
        handed_over_on: fill.handedOver.on,
        issued_at: fill.issuedAt,
        supply_days: fill.supplyDays,
        recorded_at: loaded.at,
        returned_at: null,
        returned_unopened: null,
      });
    } else {
      throw new Error(`The control writes no ${effect.kind}.`);
    }
  }
}

async function saveEntry(manager: EntityManager, sealed: SealedEntry, principal: Principal): Promise<void> {
  const { entry } = sealed;
  await manager.save(EntryEntity, {
    id: entry.id,
    recorded_at: entry.at,
    aggregate: entry.aggregate.kind,
    aggregate_id: entry.aggregate.id,
    version: entry.aggregate.version,
    saw_version: entry.aggregate.saw,
    command: entry.command,
    outcome: entry.outcome,
    reasons: [...entry.reasons],
    patient_id: entry.patient,
    authorization_id: entry.authorization,
    actor: principal.subject,
    organization: principal.siteId,
    bytes: sealed.bytes,
    signature: sealed.signature,
    key_id: sealed.keyId,
  });
  await manager.save(EntryValuesEntity, { entry_id: entry.id, salts: sealed.salts, values: sealed.values });
  await manager.save(EntryPendingEntity, { entry_id: entry.id });
}
