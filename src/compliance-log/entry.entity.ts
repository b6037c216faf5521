import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { LogEntry } from '../domain/log-entry.js';

/** One line of the compliance log. `bytes` is the entry; the other columns only find it. Never changed, by grant. */
@Entity('entry')
@Check('entry_aggregate_check', "aggregate IN ('enrollment', 'participant', 'program', 'finding', 'unknown')")
@Check('entry_outcome_check', "outcome IN ('allow', 'deny', 'recorded-as-deviation')")
@Check('entry_signature_check', 'octet_length(signature) = 64')
@Index('entry_version', ['aggregateId', 'version'], { unique: true, where: 'version IS NOT NULL' })
@Index('entry_of_patient', ['patientId', 'recordedAt'])
@Index('entry_of_authorization', ['authorizationId', 'recordedAt'], { where: 'authorization_id IS NOT NULL' })
@Index('entry_by_time', ['recordedAt'])
export class EntryEntity {
  @PrimaryColumn('uuid')
  id!: string;

  /** The database's time of the decision. */
  @Column({ type: 'timestamptz', precision: 3 })
  recordedAt!: Date;

  @Column('text')
  aggregate!: LogEntry['aggregate']['kind'];

  @Column('text')
  aggregateId!: string;

  /** An accepted command's own version, unique and contiguous (I13); null for a refused one, a verify, a report on an unknown number. */
  @Column('integer', { nullable: true })
  version!: number | null;

  @Column('integer')
  sawVersion!: number;

  @Column('text')
  command!: string;

  @Column('text')
  outcome!: LogEntry['outcome'];

  /** Codes of domain/reason.ts. */
  @Column('text', { array: true })
  reasons!: string[];

  @Column('uuid', { nullable: true })
  patientId!: string | null;

  @Column('uuid', { nullable: true })
  authorizationId!: string | null;

  @Column('text')
  actor!: string;

  @Column('text', { nullable: true })
  organization!: string | null;

  /** RFC 8785 canonical JSON, exactly as signed. */
  @Column('bytea')
  bytes!: Buffer;

  /** Ed25519 over `bytes`, 64 bytes. */
  @Column('bytea')
  signature!: Buffer;

  @Column('text')
  keyId!: string;
}
