import { ApiProperty } from '@nestjs/swagger';
import { said } from '../authorization/view.js';
import type { Instant } from '../domain/calendar.js';
import { isCertified, type Participant } from '../domain/participant.js';
import type { Contact } from './participant.store.js';

export const KINDS = ['prescriber', 'delegate', 'pharmacy', 'administrator'] as const satisfies readonly Participant['kind'][];

export class TrainingView {
  @ApiProperty({ format: 'uuid', description: 'The person at the site' }) person!: string;
  @ApiProperty({ type: String, nullable: true, description: 'Last instant of the training, ISO 8601; null: no end' }) until!: string | null;
}

export class ParticipantView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ enum: KINDS }) kind!: Participant['kind'];
  @ApiProperty() name!: string;
  @ApiProperty({ type: String, nullable: true }) phone!: string | null;
  @ApiProperty({ description: 'Certified, in date and not suspended at the moment of this answer' }) certified!: boolean;
  @ApiProperty({ type: String, nullable: true, description: 'ISO 8601' }) certifiedFrom!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Last instant, ISO 8601; null: no end' }) certifiedUntil!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Suspended for cause at, ISO 8601' }) suspendedAt!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Last instant, ISO 8601; null: no end' }) suspendedUntil!: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Of a delegate: the prescriber acted for' }) actsFor!:
    | string
    | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Of a pharmacy site: its chain' }) chain!: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Of a pharmacy site: the zone of its days; null: none on record, the program’s counts',
  })
  zone!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Of a prescriber: the licence; null: none on record' }) licence!: string | null;
  @ApiProperty({ type: [TrainingView], description: 'Of a pharmacy site: its trained people' }) trained!: TrainingView[];
  @ApiProperty({ description: 'Counts every change' }) revision!: number;
}

export function participantView(participant: Participant, contact: Contact, at: Instant, zone: string): ParticipantView {
  return {
    id: participant.id,
    kind: participant.kind,
    name: contact.name,
    phone: contact.phone,
    certified: isCertified(participant, at),
    certifiedFrom: said(participant.certifiedFrom, zone),
    certifiedUntil: said(participant.certifiedUntil, zone),
    suspendedAt: said(participant.suspendedAt, zone),
    suspendedUntil: said(participant.suspendedUntil, zone),
    actsFor: participant.actsFor,
    chain: participant.chain,
    zone: participant.zone ?? null,
    licence: participant.licence ?? null,
    trained: Object.entries(participant.trained).map(([person, until]) => ({ person, until: said(until, zone) })),
    revision: participant.revision,
  };
}
