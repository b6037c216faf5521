import { ApiProperty } from '@nestjs/swagger';
import { ChoiceField, CodeField, IdField, NumberField, TextField } from '../http/fields.js';

export class RequestExceptionRequest {
  @CodeField(60, { description: 'A kind of the edition’s closed list, for example lost-supply' })
  kind!: string;
  @TextField({ max: 1_000, lines: true, description: 'Why it is needed' })
  reason!: string;
  @TextField({ max: 1_000, lines: true, description: 'What shows it: the document, who saw it, when' })
  evidence!: string;
  @IdField({
    description:
      'Of an administrator: the request of a prescriber or pharmacy that he takes up in his own name, so that another administrator can grant it',
    optional: true,
  })
  takesUp?: string;
}

export class DeclineExceptionRequest {
  @TextField({ max: 1_000, lines: true, description: 'Why not, and what helps instead' })
  reason!: string;
}

export class ListExceptionsQuery {
  @ChoiceField(['open', 'answered'], { description: 'Open ones when left out', optional: true })
  state?: 'open' | 'answered';
  @TextField({ max: 100, description: 'The cursor of the page before', optional: true })
  after?: string;
  @NumberField({ min: 1, max: 100, fromQuery: true, optional: true, description: 'How many; 50 when left out' })
  limit?: number;
}

export class ExceptionView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ format: 'uuid' }) authorization!: string;
  @ApiProperty() kind!: string;
  @ApiProperty() reason!: string;
  @ApiProperty() evidence!: string;
  @ApiProperty({ format: 'uuid', description: 'Who asked' }) requestedBy!: string;
  @ApiProperty({ type: String, nullable: true }) requesterName!: string | null;
  @ApiProperty({ description: 'ISO 8601' }) requestedAt!: string;
  @ApiProperty({ description: 'An answer is due by, ISO 8601' }) answerDueBy!: string;
  @ApiProperty({ description: 'Unanswered, and past that' }) late!: boolean;
  @ApiProperty({ enum: ['granted', 'declined', 'taken-up'], nullable: true }) answer!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'ISO 8601' }) answeredAt!: string | null;
  @ApiProperty({ type: String, nullable: true }) answerReason!: string | null;
}

export class ExceptionList {
  @ApiProperty({ type: [ExceptionView], description: 'The most urgent first' }) exceptions!: ExceptionView[];
  @ApiProperty({ type: String, nullable: true, description: 'Send it as `after` for the next page; null: this was the last' }) next!:
    | string
    | null;
}

export class ExceptionReply {
  @ApiProperty({ enum: ['allow'] }) outcome!: 'allow';
  @ApiProperty({ description: 'The verdict in one line' }) headline!: string;
  @ApiProperty({ description: 'Eight characters to read out when you call' }) reference!: string;
  @ApiProperty({ type: ExceptionView }) exception!: ExceptionView;
}
