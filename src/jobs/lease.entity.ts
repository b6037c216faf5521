import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Which process does a job now. A row and not a lock, so that it survives pools, failovers and other databases (design §7). */
@Entity('lease')
export class LeaseEntity {
  /** The job. */
  @PrimaryColumn('text')
  name!: string;

  @Column('text')
  holder!: string;

  /** Counts holders: work written under an older epoch is refused. */
  @Column('integer')
  epoch!: number;

  @Column({ type: 'timestamptz', precision: 3 })
  expiresAt!: Date;
}
