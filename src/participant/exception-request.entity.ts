import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** Asked by whoever needs it, answered by two persons who are not concerned (rules §9.14); never deleted. */
@Entity('exception_request')
@Check('exception_request_answer_check', "answer IN ('granted', 'declined', 'taken-up')")
@Check('exception_request_check', '(answer IS NULL) = (answered_at IS NULL) AND (answer IS NULL) = (answered_by IS NULL)')
@Check('exception_request_check1', "answer IS DISTINCT FROM 'granted' OR answered_by <> requested_by")
@Index('exception_request_open', ['answerDueAt', 'id'], { where: 'answer IS NULL' })
@Index('exception_request_of_authorization', ['authorizationId'])
export class ExceptionRequestEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid')
  @ForeignKey('prescription_authorization')
  authorizationId!: string;

  @Column('uuid')
  patientId!: string;

  /** A kind of the edition's closed list. */
  @Column('text')
  kind!: string;

  @Column('text')
  reason!: string;

  @Column('text')
  evidence!: string;

  @Column('uuid')
  @ForeignKey('participant')
  requestedBy!: string;

  /** At a pharmacy site: its person. */
  @Column('uuid', { nullable: true })
  requestedByPerson!: string | null;

  @Column({ type: 'timestamptz', precision: 3 })
  requestedAt!: Date;

  @Column({ type: 'timestamptz', precision: 3 })
  answerDueAt!: Date;

  /** taken-up: an administrator asks in his own name instead, so that another one can grant it. null: open. */
  @Column('text', { nullable: true })
  answer!: 'granted' | 'declined' | 'taken-up' | null;

  @Column('uuid', { nullable: true })
  @ForeignKey('participant')
  answeredBy!: string | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  answeredAt!: Date | null;

  @Column('text', { nullable: true })
  answerReason!: string | null;
}
