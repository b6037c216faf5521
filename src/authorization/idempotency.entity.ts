import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The first answer to a command, replayed byte for byte when the same caller sends the same key again. */
@Entity('idempotency')
@Index('idempotency_age', ['recordedAt'], { where: 'authorization_id IS NULL' })
export class IdempotencyEntity {
  /** The token's subject. */
  @PrimaryColumn('text')
  caller!: string;

  @PrimaryColumn('text')
  key!: string;

  /** SHA-256, hex, of what was asked: the same key with another body is refused. */
  @Column('text')
  bodyHash!: string;

  /** HTTP status. */
  @Column('integer')
  status!: number;

  @Column('text')
  reply!: string;

  @Column('text')
  contentType!: string;

  /** Rows with one live as long as that authorization, others 30 days. */
  @Column('uuid', { nullable: true })
  authorizationId!: string | null;

  @Column({ type: 'timestamptz', precision: 3 })
  recordedAt!: Date;
}
