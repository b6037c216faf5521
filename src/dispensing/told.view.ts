import { ApiProperty } from '@nestjs/swagger';

/** Parts that every answer at the counter has, for the API description: what `disclose` leaves of a decision for a pharmacist. */

export class ReasonView {
  @ApiProperty({ description: 'Stable name of what the pharmacist is told; several causes share one' }) code!: string;
  @ApiProperty({ enum: ['stop', 'yours', 'others', 'time'], description: 'Whose turn it is' }) turn!: string;
  @ApiProperty({ description: 'What is the case' }) text!: string;
  @ApiProperty({ description: 'What to do next' }) nextAct!: string;
  @ApiProperty({ description: 'Who can mend it' }) who!: string;
  @ApiProperty({ description: 'The telephone that helps' }) phone!: string;
}

export class WarningView {
  @ApiProperty() code!: string;
  @ApiProperty() text!: string;
  @ApiProperty() nextAct!: string;
  @ApiProperty() phone!: string;
}

export class WhenView {
  @ApiProperty({ format: 'date-time', description: 'ISO 8601 in the program’s zone' }) at!: string;
  @ApiProperty({
    description: 'In words, in the program’s zone and, where it differs, by the site’s clock',
    example: 'Mon 15 March, 11:59 pm Eastern (8:59 pm here)',
  })
  words!: string;
}

export class ReferralView {
  @ApiProperty() code!: string;
  @ApiProperty({ description: 'What is not in order; it stops nothing' }) text!: string;
  @ApiProperty({ description: 'What to do beside dispensing' }) nextAct!: string;
}

export class ToldReply {
  @ApiProperty({ enum: ['allow', 'deny', 'recorded-as-deviation'] }) outcome!: string;
  @ApiProperty({ description: 'The verdict and the next act' }) headline!: string;
  @ApiProperty({ description: 'Eight characters to read out when you call' }) reference!: string;
  @ApiProperty({ type: [ReasonView] }) reasons!: ReasonView[];
  @ApiProperty({ type: [WarningView], description: 'What to look at, without being refused' }) warnings!: WarningView[];
  @ApiProperty({
    type: [ReferralView],
    required: false,
    description: 'Of an advisory program: what it does not stop and somebody has to look at',
  })
  referrals?: ReferralView[];
}
