import { ApiProperty } from '@nestjs/swagger';
import { ChoiceField, CodeField, FlagField, IdField, MomentField, TextField } from '../../http/fields.js';

export class WhatIfRequest {
  @CodeField(60, { description: 'The program whose record is read' })
  program!: string;
  @TextField({ max: 64, description: 'The other edition, on file: its date, or the hash of its document, a draft’s too' })
  edition!: string;
  @MomentField({
    description: 'Compare decisions from here on; authorizations issued before it keep their edition. Left out: from the beginning',
    optional: true,
  })
  from?: string;
  @MomentField({ description: 'And up to here; left out: now', optional: true })
  to?: string;
  @FlagField({ description: 'Send every decision that would differ, too, a line each', optional: true })
  list?: boolean;
  @ChoiceField(['ndjson', 'csv'], {
    description: '`csv`: only the decisions that would differ, for a spreadsheet. Left out: `ndjson`',
    optional: true,
  })
  as?: 'ndjson' | 'csv';
}

export class WhatIfTimelineRequest {
  @CodeField(60, { description: 'The program' })
  program!: string;
  @TextField({ max: 64, description: 'The other edition, on file: its date, or the hash of its document, a draft’s too' })
  edition!: string;
  @IdField({ description: 'The patient’s pseudonym, or an authorization or an entry of hers' })
  of!: string;
  @MomentField({ description: 'Compare decisions from here on', optional: true })
  from?: string;
}

class SaidView {
  @ApiProperty({ enum: ['allow', 'deny', 'recorded-as-deviation'] }) outcome!: string;
  @ApiProperty({ type: [String] }) reasons!: readonly string[];
  @ApiProperty({ type: [String], description: 'Of an advisory program: what it refers instead of refusing it' })
  referrals!: readonly string[];
  @ApiProperty({ type: Number, nullable: true, description: 'Milliseconds since 1970' }) earliest!: number | null;
}

class WhatIfStepView {
  @ApiProperty({ description: 'In the program’s zone' }) at!: string;
  @ApiProperty({ format: 'uuid' }) entry!: string;
  @ApiProperty() command!: string;
  @ApiProperty({ type: String, nullable: true }) authorization!: string | null;
  @ApiProperty({ enum: ['compared', 'before', 'kept'], description: '`before` the range; `kept`: its authorization keeps its edition' })
  how!: string;
  @ApiProperty({ type: SaidView }) recorded!: SaidView;
  @ApiProperty({ type: SaidView, nullable: true, description: 'null: not judged again, or it could not be decided' })
  other!: SaidView | null;
  @ApiProperty({ type: Object, nullable: true, description: 'null: it would have been the same' }) difference!: object | null;
}

export class WhatIfTimelineView {
  @ApiProperty() program!: string;
  @ApiProperty() edition!: string;
  @ApiProperty({ format: 'uuid', description: 'Pseudonym' }) patient!: string;
  @ApiProperty({ type: [WhatIfStepView] }) steps!: readonly WhatIfStepView[];
  @ApiProperty({ description: 'Entries at the end whose values are erased' }) unreadable!: number;
}
