import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import type { Answers } from '../domain/patient.js';

/** A patient in a program. The unit of consistency: every accepted command about her, or any of her authorizations, counts its revision. */
@Entity('enrollment')
@Unique(['patientId', 'program'])
@Check('enrollment_revision_check', 'revision >= 1')
@Index('enrollment_of_prescriber', ['prescriberId'])
export class EnrollmentEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid')
  @ForeignKey('patient')
  patientId!: string;

  /** The program's code, as in programs/. */
  @Column('text')
  program!: string;

  @Column('uuid')
  @ForeignKey('participant')
  prescriberId!: string;

  @Column({ type: 'timestamptz', precision: 3 })
  enrolledAt!: Date;

  /** The last re-enrollment: fills before it make nothing a later prescription. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  reEnrolledAt!: Date | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  deactivatedAt!: Date | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  deceasedAt!: Date | null;

  /** About organs and periods: the category comes from these, never from a sex field alone. */
  @Column('jsonb')
  answers!: Answers;

  /** A category code of the edition; null while the answers do not give one. */
  @Column('text', { nullable: true })
  category!: string | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  categorySince!: Date | null;

  /** Counts accepted commands from 1; the version of their entries. */
  @Column('integer')
  revision!: number;
}
