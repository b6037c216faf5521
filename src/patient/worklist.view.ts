import { ApiProperty } from '@nestjs/swagger';
import { TURNS } from '../domain/outlook.js';
import { ChoiceField, CodeField, NumberField, TextField } from '../http/fields.js';
import { ReasonView, WhenView } from './chart.view.js';

export class ProgramQuery {
  @CodeField(60, { description: 'The program' })
  program!: string;
}

export class WorklistQuery extends ProgramQuery {
  @ChoiceField(TURNS, { optional: true, description: 'Only patients for whom it is this one’s turn; `mine` is the prescriber’s' })
  turn?: (typeof TURNS)[number];
  @NumberField({ min: 1, max: 100, fromQuery: true, optional: true, description: 'Rows of one page; 50 unless said' })
  limit?: number;
  @TextField({ max: 200, optional: true, description: '`next` of the page before' })
  cursor?: string;
}

export class WorklistRow {
  @ApiProperty({ format: 'uuid' }) patientId!: string;
  @ApiProperty({ description: 'Initials and family name' }) name!: string;
  @ApiProperty({ type: String, nullable: true, format: 'uuid', description: 'The prescription under way' }) authorizationId!: string | null;
  @ApiProperty({
    description: 'The prescription’s state; without one `to-start`, `supplied`, `interrupted` or `ended`',
    example: 'pregnancyTest',
  })
  state!: string;
  @ApiProperty({ type: [ReasonView], description: 'What can be done now and is not' }) missing!: ReasonView[];
  @ApiProperty({ enum: TURNS, description: 'Whose act comes first; `mine` is the prescriber’s' }) turn!: string;
  @ApiProperty({ type: WhenView, nullable: true, description: 'Last moment to act' }) closes!: WhenView | null;
  @ApiProperty({ description: 'Capsules for seven days or fewer' }) runningOut!: boolean;
  @ApiProperty({ description: 'Days of therapy left, today included' }) daysLeft!: number;
  @ApiProperty({ type: String, nullable: true, format: 'date' }) nextTestBy!: string | null;
}

export class WorklistPage {
  @ApiProperty({ description: 'ISO 8601: the moment this list is of' }) asOf!: string;
  @ApiProperty({ type: [WorklistRow], description: 'Those running out first, then by the last moment to act' }) patients!: WorklistRow[];
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    description: 'Patients by whose turn it is, the filter left aside',
  })
  turns!: Record<string, number>;
  @ApiProperty({ type: String, nullable: true, description: 'Send it as `cursor` for the next page; null: this was the last' }) next!:
    | string
    | null;
  @ApiProperty({ description: 'false: the practice has more patients than this list holds; the first to be enrolled are on it' })
  complete!: boolean;
}
