import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { Fill } from '../domain/patient.js';

/** A hand-over that happened. One permitted fill an authorization, over all pharmacies, for ever (I1); others stand beside it. */
@Entity('fill')
@Check('fill_outcome_check', "outcome IN ('permitted', 'deviation', 'violation')")
@Check('fill_supply_days_check', 'supply_days >= 0')
@Check('fill_not_in_advance', "outcome <> 'permitted' OR handed_over_at <= recorded_at + interval '5 minutes'")
@Index('fill_once', ['authorizationId'], { unique: true, where: "outcome = 'permitted'" })
@Index('fill_of_enrollment', ['enrollmentId'])
export class FillEntity {
  @PrimaryColumn('text')
  id!: string;

  @Column('uuid')
  @ForeignKey('prescription_authorization')
  authorizationId!: string;

  @Column('uuid')
  @ForeignKey('enrollment')
  enrollmentId!: string;

  @Column('uuid')
  patientId!: string;

  @Column('uuid')
  @ForeignKey('participant')
  pharmacyId!: string;

  /** permitted; deviation: recorded, with a finding; violation: there was no permission at all. */
  @Column('text')
  outcome!: Fill['outcome'];

  @Column({ type: 'timestamptz', precision: 3 })
  handedOverAt!: Date;

  /** The latest instant it can have been, where only a minute or a day is known. */
  @Column({ type: 'timestamptz', precision: 3 })
  handedOverUntil!: Date;

  /** Calendar day in the program's zone, `YYYY-MM-DD`, as it was when recorded. */
  @Column('date')
  handedOverOn!: string;

  /** When its authorization was issued. */
  @Column({ type: 'timestamptz', precision: 3 })
  issuedAt!: Date;

  /** Whole days handed over. */
  @Column('integer')
  supplyDays!: number;

  @Column({ type: 'timestamptz', precision: 3 })
  recordedAt!: Date;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  returnedAt!: Date | null;

  @Column('boolean', { nullable: true })
  returnedUnopened!: boolean | null;
}
