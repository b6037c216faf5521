import { ApiProperty } from '@nestjs/swagger';

/** What a patient, her guardian or the phone desk reads of where she stands. */

export class StepView {
  @ApiProperty({
    enum: ['you', 'child', 'care-team', 'pharmacy', 'time'],
    description: 'Whose turn it is; `child` for a guardian’s reading',
  })
  whose!: 'you' | 'child' | 'care-team' | 'pharmacy' | 'time';
  @ApiProperty({ description: 'What is the case' }) text!: string;
  @ApiProperty({ description: 'What to do about it' }) nextAct!: string;
  @ApiProperty({ description: 'Whom to call about it' }) phone!: string;
  @ApiProperty({ type: String, nullable: true, format: 'date', description: 'The day by which it is needed' }) by!: string | null;
  @ApiProperty({ enum: ['survey', 'contraception-confirmation'], nullable: true, type: String, description: 'What can be done right here' })
  task!: 'survey' | 'contraception-confirmation' | null;
}

export class WhenView {
  @ApiProperty({ enum: ['from', 'by'] }) kind!: 'from' | 'by';
  @ApiProperty({ description: 'ISO 8601, with the offset of the program’s zone' }) at!: string;
  @ApiProperty({ description: 'The same in words' }) words!: string;
}

export class QuestionView {
  @ApiProperty() code!: string;
  @ApiProperty({ description: 'To be shown before the question' }) why!: string;
  @ApiProperty({ description: 'The question' }) asks!: string;
  @ApiProperty({ type: [String], description: 'The answers there are; the last two mean that somebody will call' })
  answers!: readonly string[];
}

export class SurveyView {
  @ApiProperty({ description: 'Whether it is due now' }) due!: boolean;
  @ApiProperty({ description: 'How long it takes' }) minutes!: number;
  @ApiProperty({ type: [QuestionView] }) questions!: QuestionView[];
}

export class ContactView {
  @ApiProperty({ type: String, nullable: true, description: 'The prescriber' }) name!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'The practice, by day' }) office!: string | null;
  @ApiProperty({ description: 'The program’s desk, day and night' }) desk!: string;
}

export class MyStatusView {
  @ApiProperty({ enum: ['ready', 'waiting-for-you', 'waiting-for-care-team'] })
  state!: 'ready' | 'waiting-for-you' | 'waiting-for-care-team';
  @ApiProperty({ description: 'The first line of the screen' }) headline!: string;
  @ApiProperty({ type: WhenView, nullable: true, description: 'The date that matters; null when nobody can know it yet' })
  when!: WhenView | null;
  @ApiProperty({ type: String, nullable: true, format: 'date', description: 'The last day that the medicine at home lasts' })
  medicineThrough!: string | null;
  @ApiProperty({ type: [StepView], description: 'What comes next, the most urgent first' }) steps!: StepView[];
  @ApiProperty({ type: SurveyView, nullable: true, description: 'The questions, for whoever may answer them' }) survey!: SurveyView | null;
  @ApiProperty({ type: ContactView }) contact!: ContactView;
}

/** The phone desk's own: the reading leaves an entry, and this is its reference. */
export class DeskStatusReply extends MyStatusView {
  @ApiProperty({ enum: ['allow'] }) outcome!: 'allow';
  @ApiProperty({ description: 'Eight characters to read out' }) reference!: string;
}
