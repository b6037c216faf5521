// The tables as TypeORM entities, for the control only. Properties carry the columns' names, so that the rows read like those of the service.
import { Column, Entity, PrimaryColumn, type ValueTransformer } from 'typeorm';

/** Instants are milliseconds, as in the domain. */
const instant: ValueTransformer = {
  from: (value: Date | null) => value?.getTime() ?? null,
  to: (value: number | null | undefined) => (typeof value === 'number' ? new Date(value) : value),
};
const at = (name: string, nullable = true) => Column('timestamptz', { name, nullable, transformer: instant });
const text = (nullable = false) => Column('text', { nullable });
const uuid = (nullable = false) => Column('uuid', { nullable });
const whole = (nullable = false) => Column('integer', { nullable });
const json = (nullable = false) => Column('jsonb', { nullable });

@Entity('participant')
export class ParticipantEntity {
  @PrimaryColumn('uuid') id!: string;
  @text() kind!: 'prescriber' | 'delegate' | 'pharmacy' | 'administrator';
  @text() name!: string;
  @at('certified_from') certified_from!: number | null;
  @at('certified_until') certified_until!: number | null;
  @at('suspended_at') suspended_at!: number | null;
  @at('suspended_until') suspended_until!: number | null;
  @uuid(true) acts_for!: string | null;
  @uuid(true) chain_id!: string | null;
  @text(true) zone!: string | null;
  @text(true) licence!: string | null;
  @json() trained!: Record<string, number | null>;
  @whole() revision!: number;
}

@Entity('patient')
export class PatientEntity {
  @PrimaryColumn('uuid') id!: string;
  @text() given_name!: string;
  @text() family_name!: string;
  @Column('date') birth_date!: string;
  @text() family_name_key!: string;
}

@Entity('enrollment')
export class EnrollmentEntity {
  @PrimaryColumn('uuid') id!: string;
  @uuid() patient_id!: string;
  @text() program!: string;
  @uuid() prescriber_id!: string;
  @at('enrolled_at', false) enrolled_at!: number;
  @at('re_enrolled_at') re_enrolled_at!: number | null;
  @at('deactivated_at') deactivated_at!: number | null;
  @at('deceased_at') deceased_at!: number | null;
  @json() answers!: object;
  @text(true) category!: string | null;
  @at('category_since') category_since!: number | null;
  @whole() revision!: number;
}

@Entity('evidence')
export class EvidenceEntity {
  @PrimaryColumn('uuid') enrollment_id!: string;
  @PrimaryColumn('text') id!: string;
  @whole() revision!: number;
  @whole() ordinal!: number;
  @json() fact!: object;
}

@Entity('prescription_authorization')
export class AuthorizationEntity {
  @PrimaryColumn('uuid') id!: string;
  @uuid() enrollment_id!: string;
  @uuid() patient_id!: string;
  @text() program!: string;
  @text(true) number!: string | null;
  @whole() machine_version!: number;
  @text() state!: string;
  @at('next_deadline_at') next_deadline_at!: number | null;
  @text() edition!: string;
  @text() edition_hash!: string;
  @json() prescription!: object;
  @at('started_at', false) started_at!: number;
  @at('preparation_ends_at', false) preparation_ends_at!: number;
  @at('issued_at') issued_at!: number | null;
  @uuid(true) issued_by!: string | null;
  @text(true) category!: string | null;
  @at('expires_at') expires_at!: number | null;
  @Column('text', { array: true }) rested_on!: string[];
  @uuid(true) reserved_by!: string | null;
  @at('reserved_at') reserved_at!: number | null;
  @at('confirmation_ends_at') confirmation_ends_at!: number | null;
  @text(true) confirmation_number!: string | null;
  @json(true) given!: object | null;
  @json() exceptions!: object[];
}

@Entity('fill')
export class FillEntity {
  @PrimaryColumn('text') id!: string;
  @uuid() authorization_id!: string;
  @uuid() enrollment_id!: string;
  @uuid() patient_id!: string;
  @uuid() pharmacy_id!: string;
  @text() outcome!: string;
  @at('handed_over_at', false) handed_over_at!: number;
  @at('handed_over_until', false) handed_over_until!: number;
  @Column('date') handed_over_on!: string;
  @at('issued_at', false) issued_at!: number;
  @whole() supply_days!: number;
  @at('recorded_at', false) recorded_at!: number;
  @at('returned_at') returned_at!: number | null;
  @Column('boolean', { nullable: true }) returned_unopened!: boolean | null;
}

@Entity('accommodation')
export class AccommodationEntity {
  @PrimaryColumn('text') id!: string;
  @text() program!: string;
  @text() kind!: string;
  @at('valid_from', false) valid_from!: number;
  @at('valid_until') valid_until!: number | null;
}

@Entity('patient_link')
export class PatientLinkEntity {
  @PrimaryColumn('uuid') id!: string;
  @uuid() patient_id!: string;
  @uuid() other_patient_id!: string;
  @at('unlinked_at') unlinked_at!: number | null;
}

@Entity('entry')
export class EntryEntity {
  @PrimaryColumn('uuid') id!: string;
  @at('recorded_at', false) recorded_at!: number;
  @text() aggregate!: string;
  @text() aggregate_id!: string;
  @whole(true) version!: number | null;
  @whole() saw_version!: number;
  @text() command!: string;
  @text() outcome!: string;
  @Column('text', { array: true }) reasons!: string[];
  @uuid(true) patient_id!: string | null;
  @uuid(true) authorization_id!: string | null;
  @text() actor!: string;
  @text(true) organization!: string | null;
  @Column('bytea') bytes!: Buffer;
  @Column('bytea') signature!: Buffer;
  @text() key_id!: string;
}

@Entity('entry_values')
export class EntryValuesEntity {
  @PrimaryColumn('uuid') entry_id!: string;
  @json() salts!: object;
  @json() values!: object;
}

@Entity('entry_pending')
export class EntryPendingEntity {
  @PrimaryColumn('uuid') entry_id!: string;
}

@Entity('idempotency')
export class IdempotencyEntity {
  @PrimaryColumn('text') caller!: string;
  @PrimaryColumn('text') key!: string;
  @text() body_hash!: string;
  @whole() status!: number;
  @text() reply!: string;
  @text() content_type!: string;
  @uuid(true) authorization_id!: string | null;
  @at('recorded_at', false) recorded_at!: number;
}

export const ENTITIES = [
  ParticipantEntity,
  PatientEntity,
  EnrollmentEntity,
  EvidenceEntity,
  AuthorizationEntity,
  FillEntity,
  AccommodationEntity,
  PatientLinkEntity,
  EntryEntity,
  EntryValuesEntity,
  EntryPendingEntity,
  IdempotencyEntity,
];
