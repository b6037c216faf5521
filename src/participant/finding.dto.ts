import { ApiProperty } from '@nestjs/swagger';
import { ChoiceField, IdField, InstantField, NumberField, TextField } from '../http/fields.js';

export class ListFindingsQuery {
  @ChoiceField(['open', 'closed'], { description: 'Open ones when left out', optional: true })
  state?: 'open' | 'closed';
  @TextField({ max: 100, description: 'The cursor of the page before', optional: true })
  after?: string;
  @NumberField({ min: 1, max: 100, fromQuery: true, optional: true, description: 'How many; 50 when left out' })
  limit?: number;
}

export class AssignFindingRequest {
  @IdField({ description: 'The administrator who works it off' })
  owner!: string;
  @InstantField({ description: 'Due by; left out: as it was', optional: true })
  dueBy?: string;
}

export class CloseFindingRequest {
  @TextField({ max: 2_000, lines: true, description: 'What was found and done, and what keeps it from happening again' })
  resolution!: string;
}

export class FindingView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ description: 'Which deviation' }) code!: string;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) patient!: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) authorization!: string | null;
  @ApiProperty({ format: 'uuid', description: 'The log entry that opened it' }) entry!: string;
  @ApiProperty({ description: 'ISO 8601' }) openedAt!: string;
  @ApiProperty({ description: 'ISO 8601' }) dueBy!: string;
  @ApiProperty({ description: 'Open, and past its due date' }) late!: boolean;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) owner!: string | null;
  @ApiProperty({ type: String, nullable: true }) ownerName!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'ISO 8601' }) closedAt!: string | null;
  @ApiProperty({ type: String, nullable: true }) closedBy!: string | null;
  @ApiProperty({ type: String, nullable: true }) resolution!: string | null;
}

export class FindingList {
  @ApiProperty({ type: [FindingView], description: 'The most urgent first' }) findings!: FindingView[];
  @ApiProperty({ type: String, nullable: true, description: 'Send it as `after` for the next page; null: this was the last' }) next!:
    | string
    | null;
}

export class FindingReply {
  @ApiProperty({ enum: ['allow'] }) outcome!: 'allow';
  @ApiProperty({ description: 'The verdict in one line' }) headline!: string;
  @ApiProperty({ description: 'Eight characters to read out when you call' }) reference!: string;
  @ApiProperty({ type: FindingView }) finding!: FindingView;
}
