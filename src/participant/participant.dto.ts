import { ApiProperty } from '@nestjs/swagger';
import type { Instant } from '../domain/calendar.js';
import type { Participant } from '../domain/participant.js';
import { ChoiceField, IdField, InstantField, NumberField, OptionalField, TextField, ZoneField } from '../http/fields.js';
import { KINDS, ParticipantView } from './participant.view.js';

export const instantOf = (written: string | undefined): Instant | null => (written === undefined ? null : Date.parse(written));

const LICENCE = 'Of a prescriber: the licence, with the state that gave it';

export class ListParticipantsQuery {
  @ChoiceField(KINDS, { description: 'Only these', optional: true })
  kind?: Participant['kind'];
  @IdField({ description: 'The last id of the page before', optional: true })
  after?: string;
  @NumberField({ min: 1, max: 100, fromQuery: true, optional: true, description: 'How many; 50 when left out' })
  limit?: number;
}

export class ParticipantList {
  @ApiProperty({ type: [ParticipantView] }) participants!: ParticipantView[];
  @ApiProperty({ type: String, nullable: true, description: 'Send it as `after` for the next page; null: this was the last' }) next!:
    | string
    | null;
}

export class RegisterParticipantRequest {
  @ChoiceField(KINDS, { description: 'Who takes part' })
  kind!: Participant['kind'];
  @TextField({ max: 200, description: 'Name of the person or site, as on letters' })
  name!: string;
  @OptionalField()
  @TextField({ max: 40, description: 'Telephone, for the one who has to call' })
  phone?: string;
  @IdField({ description: 'Of a pharmacy site: its chain', optional: true })
  chain?: string;
  @OptionalField()
  @ZoneField('Of a pharmacy site: its time zone; the day of shipping is a day of it')
  zone?: string;
  @OptionalField()
  @TextField({ max: 60, description: LICENCE })
  licence?: string;
  @IdField({ description: 'Of a delegate: the prescriber acted for', optional: true })
  actsFor?: string;
}

export class CertifyRequest {
  @InstantField({ description: 'Last instant of the certification; left out: no end', optional: true })
  until?: string;
}

export class CertifyPrescriberRequest extends CertifyRequest {
  @OptionalField()
  @TextField({ max: 60, description: `${LICENCE}, set or changed by the office; left out: as it is` })
  licence?: string;
}

export class CertifyPharmacyRequest extends CertifyRequest {
  @OptionalField()
  @ZoneField('The site’s time zone, set or changed by the office; left out: as it is')
  zone?: string;
}

export class SuspendRequest {
  @TextField({ max: 500, description: 'The cause' })
  reason!: string;
  @InstantField({ description: 'Last instant of the suspension; left out: until certified again', optional: true })
  until?: string;
}

export class TrainPersonRequest {
  @IdField({ description: 'The person at the site' })
  person!: string;
  @InstantField({ description: 'Last instant of the training; left out: no end', optional: true })
  until?: string;
}

export class ParticipantReply {
  @ApiProperty({ enum: ['allow'] }) outcome!: 'allow';
  @ApiProperty({ description: 'The verdict in one line' }) headline!: string;
  @ApiProperty({ description: 'Eight characters to read out when you call' }) reference!: string;
  @ApiProperty({ type: ParticipantView }) participant!: ParticipantView;
}
