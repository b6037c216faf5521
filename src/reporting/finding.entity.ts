import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A deviation that somebody has to work off. */
@Entity('finding')
@Check('finding_revision_check', 'revision >= 0')
@Check('finding_closed_whole', '(closed_at IS NULL) = (closed_by IS NULL) AND (closed_at IS NULL) = (resolution IS NULL)')
@Index('finding_open', ['dueAt'], { where: 'closed_at IS NULL' })
export class FindingEntity {
  @PrimaryColumn('uuid')
  id!: string;

  /** A code of domain/reason.ts. */
  @Column('text')
  code!: string;

  @Column('uuid', { nullable: true })
  patientId!: string | null;

  @Column('uuid', { nullable: true })
  authorizationId!: string | null;

  /** The entry of the decision that opened it. */
  @Column('uuid')
  entryId!: string;

  @Column({ type: 'timestamptz', precision: 3 })
  openedAt!: Date;

  @Column({ type: 'timestamptz', precision: 3 })
  dueAt!: Date;

  /** Whose turn it is; null while nobody has taken it. */
  @Column('text', { nullable: true })
  owner!: string | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  closedAt!: Date | null;

  @Column('text', { nullable: true })
  closedBy!: string | null;

  @Column('text', { nullable: true })
  resolution!: string | null;

  /** Counts its own entries (assigned, closed); 0 is what the decision's entry opened. */
  @Column('integer', { default: 0 })
  revision!: number;
}
