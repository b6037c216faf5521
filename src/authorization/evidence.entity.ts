import { Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import type { Evidence, EvidenceKind } from '../domain/patient.js';

/** One dated fact. Only ever added, and by grant: a correction or a retraction is a row of its own. */
@Entity('evidence')
@Unique(['enrollmentId', 'revision', 'ordinal'])
export class EvidenceEntity {
  @PrimaryColumn('uuid')
  @ForeignKey('enrollment')
  enrollmentId!: string;

  @PrimaryColumn('text')
  id!: string;

  @Column('uuid')
  patientId!: string;

  /** The enrollment's revision that recorded it. */
  @Column('integer')
  revision!: number;

  /** Its place among the facts of that command, from 0. */
  @Column('integer')
  ordinal!: number;

  @Column('text')
  kind!: EvidenceKind;

  @Column({ type: 'timestamptz', precision: 3 })
  recordedAt!: Date;

  /** The fact as decisions read it; instants in it are milliseconds since 1970, days `YYYY-MM-DD` in the program's zone. */
  @Column('jsonb')
  fact!: Evidence;
}
