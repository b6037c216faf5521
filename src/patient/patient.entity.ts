import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A person as the program knows her: the only table with a name, a birth date or a telephone number of a patient. */
@Entity('patient')
@Index('patient_same_person', ['birthDate', 'familyNameKey'])
@Index('patient_same_record', ['recordNumber'], { where: 'record_number IS NOT NULL' })
export class PatientEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  givenName!: string;

  @Column('text')
  familyName!: string;

  /** Calendar day, `YYYY-MM-DD`. */
  @Column('date')
  birthDate!: string;

  @Column('text', { nullable: true })
  phone!: string | null;

  @Column('text', { nullable: true })
  postalCode!: string | null;

  /** The number of her record at the prescriber's, as one more sign that two records are one person. */
  @Column('text', { nullable: true })
  recordNumber!: string | null;

  /** The family name as compared: letters only, folded (family-name.ts). */
  @Column('text')
  familyNameKey!: string;

  @Column({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;
}
