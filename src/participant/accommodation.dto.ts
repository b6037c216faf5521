import { ApiProperty } from '@nestjs/swagger';
import { CodeField, InstantField, TextField } from '../http/fields.js';

export class SetAccommodationRequest {
  @CodeField(60, { description: 'The program' })
  program!: string;
  @CodeField(60, { description: 'What is allowed meanwhile, as the edition names it, for example home-tests' })
  kind!: string;
  @InstantField({ description: 'The first instant. Set again from the same instant, it takes the earlier one’s place' })
  from!: string;
  @InstantField({ description: 'The last instant; left out: until further notice', optional: true })
  until?: string;
  @TextField({ max: 300, description: 'Who allowed it: the letter or order, with its date' })
  authority!: string;
}

export class AccommodationView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty() program!: string;
  @ApiProperty() kind!: string;
  @ApiProperty({ description: 'ISO 8601' }) from!: string;
  @ApiProperty({ type: String, nullable: true, description: 'Last instant, ISO 8601; null: until further notice' }) until!: string | null;
  @ApiProperty({ type: String, nullable: true }) authority!: string | null;
  @ApiProperty({ description: 'In force at the moment of this answer' }) inForce!: boolean;
}

export class AccommodationList {
  @ApiProperty({ type: [AccommodationView] }) accommodations!: AccommodationView[];
}

export class AccommodationReply {
  @ApiProperty({ enum: ['allow'] }) outcome!: 'allow';
  @ApiProperty({ description: 'The verdict in one line' }) headline!: string;
  @ApiProperty({ description: 'Eight characters to read out when you call' }) reference!: string;
  @ApiProperty({ type: AccommodationView }) accommodation!: AccommodationView;
}
