import { ApiProperty } from '@nestjs/swagger';
import type { Decided } from '../authorization/command.runner.js';
import { evidenceOf } from '../domain/patient.js';
import { CallView, reportReply } from '../report/report.view.js';
import type { Audience } from '../wording/audience.js';

/** The answer to an answer of the patient's: that it has arrived, and what comes next. */
export class AnswerReply {
  @ApiProperty({ enum: ['allow'] }) outcome!: 'allow';
  @ApiProperty({ description: 'Thanks, and the next act' }) headline!: string;
  @ApiProperty({ description: 'Eight characters to read out when you call' }) reference!: string;
  @ApiProperty({ type: [Object], description: 'Always empty for an accepted answer' }) reasons!: object[];
  @ApiProperty({ type: [Object], description: 'What to look at, without being refused' }) warnings!: object[];
  @ApiProperty({ type: [String], description: 'What to do now, in order' }) now!: readonly string[];
  @ApiProperty({ type: [String], description: 'What happens next' }) next!: readonly string[];
  @ApiProperty({ type: CallView }) call!: CallView;
}

type Told = Pick<AnswerReply, 'headline' | 'now' | 'next' | 'call'>;

const callOf = ({ loaded: { office }, deskPhone }: Decided): CallView => ({
  name: office?.name ?? null,
  office: office?.phone ?? null,
  desk: deskPhone,
});

export const afterConfirmation = (decided: Decided): Told => ({
  headline: 'Thank you. Your answer is in.',
  now: [],
  next: [
    'Your care team goes on with your prescription.',
    'If anything about your birth control changes, tell us, and we start from there.',
  ],
  call: callOf(decided),
});

export function afterSurvey(decided: Decided, audience: Audience): Told {
  const facts = decided.decision.effects.flatMap((effect) => (effect.kind === 'evidence' ? [effect.evidence] : []));
  // What she told us in passing is answered like a report of it: calmly, and first.
  if (facts.some((fact) => fact.kind === 'danger' || fact.kind === 'partner-pregnancy')) {
    const { headline, now, next, call } = reportReply(decided, audience);
    return { headline, now, next, call };
  }
  const call = callOf(decided);
  if (evidenceOf({ evidence: facts }, 'survey').some((fact) => fact.answers === 'consistent'))
    return { headline: 'Thank you. Your answers are in.', now: [], next: ['Your care team goes on with your prescription.'], call };
  return {
    headline: 'Thank you. Your care team would like to talk with you before your next medicine.',
    now: [call.office === null ? `Call us: ${call.desk}.` : `Call ${call.name}’s office: ${call.office}. Or call us: ${call.desk}.`],
    next: ['They see your answers and may call you first. After the talk your answers count; you need not answer again.'],
    call,
  };
}
