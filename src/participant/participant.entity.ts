import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { Participant } from '../domain/participant.js';

/** A person or site that takes part: prescriber, delegate, pharmacy site, administrator. */
@Entity('participant')
@Check('participant_kind_check', "kind IN ('prescriber', 'delegate', 'pharmacy', 'administrator')")
@Check('participant_revision_check', 'revision >= 0')
@Check('participant_acts_for', "acts_for IS NULL OR kind = 'delegate'")
@Check('participant_chain', "chain_id IS NULL OR kind = 'pharmacy'")
@Check('participant_zone', "zone IS NULL OR kind = 'pharmacy'")
@Check('participant_licence', "licence IS NULL OR kind = 'prescriber'")
@Index('participant_of_kind', ['kind', 'id'])
export class ParticipantEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  kind!: Participant['kind'];

  /** How it is called on screens and telephones. */
  @Column('text')
  name!: string;

  @Column('text', { nullable: true })
  phone!: string | null;

  /** Of a delegate: the prescriber it acts for; null when the delegation has ended. */
  @Column('uuid', { nullable: true })
  @ForeignKey('participant')
  actsFor!: string | null;

  /** Of a pharmacy site: the chain it belongs to. */
  @Column('uuid', { nullable: true })
  chainId!: string | null;

  /** Of a pharmacy site: the zone its days are counted in; null: the program's. */
  @Column('text', { nullable: true })
  zone!: string | null;

  /** Of a prescriber, as given by the state; null: not on record. */
  @Column('text', { nullable: true })
  licence!: string | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  certifiedFrom!: Date | null;

  /** The last millisecond of the certification; null while it has no end. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  certifiedUntil!: Date | null;

  /** Suspended for cause at. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  suspendedAt!: Date | null;

  /** The last millisecond of the suspension; null while it has no end. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  suspendedUntil!: Date | null;

  /** Of a pharmacy site: person id → the last instant of the training in milliseconds since 1970, or null for no end. */
  @Column('jsonb', { default: {} })
  trained!: Participant['trained'];

  /** Counts every change; a decision is written only while it is the one read. */
  @Column('integer')
  revision!: number;
}
