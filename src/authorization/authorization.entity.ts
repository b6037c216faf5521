import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { AuthorizationState, GrantedException, Prescription, Reservation } from '../domain/patient.js';

/** One prescription on its way to one fill. ("authorization" alone is a reserved word of SQL.) */
@Entity('prescription_authorization')
@Check(
  'prescription_authorization_state_check',
  `state IN ('counseling', 'contraception', 'pregnancyTest', 'ready', 'authorized', 'reserved', 'dispensed', 'returned', 'expired', 'cancelled',
    'superseded', 'revoked')`,
)
@Check('prescription_authorization_edition_hash_check', "edition_hash ~ '^[0-9a-f]{64}$'")
@Check('authorization_within_cap', 'supply_days BETWEEN 1 AND supply_days_max')
@Check(
  'issued_whole',
  `(issued_at IS NULL) = (number IS NULL) AND (issued_at IS NULL) = (issued_by IS NULL) AND (issued_at IS NULL) = (category IS NULL)
    AND (issued_at IS NULL) = (expires_at IS NULL)`,
)
@Check('issued_before_use', "state NOT IN ('authorized', 'reserved', 'superseded') OR issued_at IS NOT NULL")
@Check(
  'reserved_whole',
  `state <> 'reserved' OR (reserved_by IS NOT NULL AND reserved_at IS NOT NULL AND confirmation_ends_at IS NOT NULL
    AND confirmation_number IS NOT NULL)`,
)
@Index('authorization_of_enrollment', ['enrollmentId'])
@Index('authorization_due', ['nextDeadlineAt'], { where: 'next_deadline_at IS NOT NULL' })
@Index('authorization_one_open', ['patientId', 'program'], { unique: true, where: "state IN ('authorized', 'reserved')" })
@Index('authorization_reserved_by', ['reservedBy'], { where: "state = 'reserved'" })
export class AuthorizationEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid')
  @ForeignKey('enrollment')
  enrollmentId!: string;

  @Column('uuid')
  patientId!: string;

  @Column('text')
  program!: string;

  /** Given at issue, unique for ever, never reused (I12). */
  @Column('text', { nullable: true, unique: true })
  number!: string | null;

  /** The machine that `state` is a state of. */
  @Column('integer')
  machineVersion!: number;

  /** As written: past its window it is expired, past its hours a reservation is over, whether or not this says so yet. */
  @Column('text')
  state!: AuthorizationState;

  /** What the machine keeps besides; repeats no column. */
  @Column('jsonb', { default: {} })
  context!: Readonly<Record<string, unknown>>;

  /** When the clock alone changes the state next, for the sweeper and the worklist; null when it never does. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  nextDeadlineAt!: Date | null;

  /** The dated version of the rules it was written under, and that document's SHA-256 in hex. */
  @Column('text')
  edition!: string;

  @Column('text')
  editionHash!: string;

  @Column('jsonb')
  prescription!: Prescription;

  /** Whole days. */
  @Column('integer')
  supplyDays!: number;

  /** Whole days; the edition's cap, which no exception lifts (rules §9.14). */
  @Column('integer')
  supplyDaysMax!: number;

  @Column({ type: 'timestamptz', precision: 3 })
  startedAt!: Date;

  /** Not issued by then, it ends. */
  @Column({ type: 'timestamptz', precision: 3 })
  preparationEndsAt!: Date;

  /** The moment of prescribing; number, prescriber, category and window come with it (I3). */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  issuedAt!: Date | null;

  @Column('uuid', { nullable: true })
  @ForeignKey('participant')
  issuedBy!: string | null;

  /** The category at issue. */
  @Column('text', { nullable: true })
  category!: string | null;

  /** The last millisecond of the window. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  expiresAt!: Date | null;

  /** Ids of the evidence that the issue rested on: what a correction judges again. */
  @Column('text', { array: true, default: [] })
  restedOn!: string[];

  @Column('uuid', { nullable: true })
  @ForeignKey('participant')
  reservedBy!: string | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  reservedAt!: Date | null;

  /** The last millisecond at which the confirmation number holds. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  confirmationEndsAt!: Date | null;

  @Column('text', { nullable: true, unique: true })
  confirmationNumber!: string | null;

  /** What the site said it will hand over, when that is less than authorized. */
  @Column('jsonb', { nullable: true })
  given!: Reservation['given'] | null;

  @Column('jsonb', { default: [] })
  exceptions!: readonly GrantedException[];
}
