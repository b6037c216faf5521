import { ApiProperty } from '@nestjs/swagger';
import { CodeField, ObjectListField, OptionalField, TextField } from '../http/fields.js';

/** Several times the longest edition there is. */
export const LONGEST_DOCUMENT = 400_000;
const LONGEST_MATERIAL = 60_000;

export class MaterialText {
  @TextField({ max: 100, description: 'As the edition names it, for example materials/patient-guide.md' })
  file!: string;
  @TextField({ max: LONGEST_MATERIAL, lines: true, description: 'The whole text; its SHA-256 is the one that the edition names' })
  text!: string;
}

export class DraftEditionRequest {
  @TextField({
    max: LONGEST_DOCUMENT,
    lines: true,
    description: 'The edition’s file, as text: the JSON document of programs/program.schema.json',
  })
  document!: string;
  @OptionalField()
  @ObjectListField(() => MaterialText, {
    max: 20,
    description: 'Guides and forms that the edition names and this service does not have yet',
  })
  materials?: MaterialText[];
}

export class WithdrawEditionRequest {
  @TextField({ max: 1_000, lines: true, description: 'Why it is not to take effect' })
  reason!: string;
}

export class ListEditionsQuery {
  @CodeField(60, { description: 'Only this program', optional: true })
  program?: string;
}

export class CompareEditionsQuery {
  @TextField({ max: 64, min: 64, description: 'Hash of the edition to compare with; the one before it when left out', optional: true })
  from?: string;
}

export const STATES = ['draft', 'checked', 'approved', 'effective', 'superseded', 'retired', 'withdrawn'] as const;

export class StepView {
  @ApiProperty({ enum: ['drafted', 'checked', 'approved', 'withdrawn'] }) step!: string;
  @ApiProperty({ format: 'uuid', description: 'The steward' }) by!: string;
  @ApiProperty({ description: 'ISO 8601' }) at!: string;
  @ApiProperty({ type: String, nullable: true }) reason!: string | null;
}

export class FlawView {
  @ApiProperty({ description: 'JSON pointer into the document' }) path!: string;
  @ApiProperty({ description: 'What is wrong or doubtful there' }) says!: string;
  @ApiProperty({ enum: ['refusal', 'warning'], description: 'A warning does not keep it from taking effect' }) weight!: string;
}

export class EditionView {
  @ApiProperty({ description: 'SHA-256 of the document’s RFC 8785 form: what every decision names' }) hash!: string;
  @ApiProperty() program!: string;
  @ApiProperty() edition!: string;
  @ApiProperty() title!: string;
  @ApiProperty({ enum: STATES, description: 'By the clock of this answer' }) state!: string;
  @ApiProperty({ enum: ['shipped', 'drafted'], description: 'Brought by a release, or drafted here' }) origin!: string;
  @ApiProperty({ description: 'ISO 8601' }) effectiveFrom!: string;
  @ApiProperty({ type: String, nullable: true, description: 'Last instant by its own words, ISO 8601' }) effectiveUntil!: string | null;
  @ApiProperty({ type: [StepView] }) steps!: StepView[];
}

export class EditionList {
  @ApiProperty({ type: [EditionView], description: 'By program, the newest first' }) editions!: EditionView[];
}

export class EditionDetail extends EditionView {
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'The document as it was drafted or shipped' }) document!: object;
  @ApiProperty({ type: [FlawView], description: 'What the check says of it beside the editions of this moment' }) flaws!: FlawView[];
}

export class EditionReply {
  @ApiProperty({ enum: ['allow'] }) outcome!: 'allow';
  @ApiProperty({ description: 'The verdict and the next act, in one line' }) headline!: string;
  @ApiProperty({ description: 'Eight characters to read out when you call' }) reference!: string;
  @ApiProperty({ type: EditionView }) edition!: EditionView;
  @ApiProperty({ type: [FlawView], description: 'What the check says of it' }) flaws!: FlawView[];
}

export class ChangeView {
  @ApiProperty({ description: 'Part of the rules' }) part!: string;
  @ApiProperty({ description: 'The change in words' }) says!: string;
  @ApiProperty({ description: 'Its place in the document' }) path!: string;
}

export class ComparisonView {
  @ApiProperty({ description: 'Hash' }) from!: string;
  @ApiProperty({ description: 'Hash' }) to!: string;
  @ApiProperty({ type: [ChangeView] }) changes!: ChangeView[];
}
