import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A relief that an authority allows everybody in a program for a time, such as tests at home during an emergency. */
@Entity('accommodation')
@Index('accommodation_of_program', ['program'])
export class AccommodationEntity {
  @PrimaryColumn('text')
  id!: string;

  @Column('text')
  program!: string;

  @Column('text')
  kind!: string;

  @Column({ type: 'timestamptz', precision: 3 })
  validFrom!: Date;

  /** The last millisecond; null while it has no end. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  validUntil!: Date | null;

  @Column({ type: 'timestamptz', precision: 3 })
  recordedAt!: Date;

  /** Who allowed it, and where that is written. */
  @Column('text', { nullable: true })
  authority!: string | null;

  /** When a later row for the same instant took this one's place; the row stays. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  supersededAt!: Date | null;
}
