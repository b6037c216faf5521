import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** Two records that may be one person (rules §9.15): linked by two persons, unlinked by two, never deleted. */
@Entity('patient_link')
@Check('patient_link_of_two', 'patient_id <> other_patient_id')
@Index('patient_link_of', ['patientId'], { where: 'unlinked_at IS NULL' })
@Index('patient_link_to', ['otherPatientId'], { where: 'unlinked_at IS NULL' })
export class PatientLinkEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid')
  @ForeignKey('patient')
  patientId!: string;

  @Column('uuid')
  @ForeignKey('patient')
  otherPatientId!: string;

  @Column({ type: 'timestamptz', precision: 3 })
  linkedAt!: Date;

  /** The two who said so. */
  @Column('text', { array: true })
  linkedBy!: string[];

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  unlinkedAt!: Date | null;

  @Column('text', { array: true, nullable: true })
  unlinkedBy!: string[] | null;
}
