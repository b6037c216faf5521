import { ApiProperty } from '@nestjs/swagger';
import type { Decided } from '../authorization/command.runner.js';
import { said } from '../authorization/view.js';
import { type Evidence, evidenceOf } from '../domain/patient.js';
import { emergencyContraceptionBy } from '../domain/patient-status.js';
import type { HoldKind } from '../domain/program.js';
import { closedBy } from '../evidence/closed.js';
import type { Audience } from '../wording/audience.js';
import { sayWhen } from '../wording/say-when.js';
import { afterReport, type Reported } from './after-report.js';

export class EmergencyView {
  @ApiProperty({ description: 'Until about when it can help, ISO 8601; counted from the first instant of the day named' })
  helpsUntil!: string;
  @ApiProperty({ description: 'The same in words' }) words!: string;
}

export class CallView {
  @ApiProperty({ type: String, nullable: true, description: 'The prescriber' }) name!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'The practice by day' }) office!: string | null;
  @ApiProperty({ description: 'The program’s desk, day and night' }) desk!: string;
}

/** The answer to a report: that it has arrived, what to do now, and what happens next. */
export class ReportReply {
  @ApiProperty({ enum: ['allow'] }) outcome!: 'allow';
  @ApiProperty({ description: 'Thanks, and the next act' }) headline!: string;
  @ApiProperty({ description: 'Eight characters to read out when you call' }) reference!: string;
  @ApiProperty({ type: [Object], description: 'Always empty for an accepted report' }) reasons!: object[];
  @ApiProperty({ type: [Object], description: 'What to look at, without being refused' }) warnings!: object[];
  @ApiProperty({ type: [String], description: 'What to do now, in order' }) now!: readonly string[];
  @ApiProperty({ type: [String], description: 'What happens next' }) next!: readonly string[];
  @ApiProperty({ type: EmergencyView, nullable: true, description: 'Emergency contraception, where it can matter' })
  emergencyContraception!: EmergencyView | null;
  @ApiProperty({ type: CallView }) call!: CallView;
  @ApiProperty({ type: [String], required: false, description: 'For the practice: authorizations that ended with this report' })
  closed?: readonly string[];
}

const NEEDS_HELP_SOON: readonly HoldKind[] = ['unprotected-contact', 'method-failure'];

interface WhatHappened {
  readonly reported: Reported;
  readonly holds: boolean;
  readonly on: string | null;
  readonly hold: HoldKind | null;
}

/** The most pressing first: one answer to all that came in one message. */
const PRESSING: readonly HoldKind[] = ['pregnancy', 'unprotected-contact', 'method-failure', 'missed-period', 'abnormal-bleeding'];

function happened(facts: readonly Evidence[]): WhatHappened {
  const danger = PRESSING.flatMap((hold) => evidenceOf({ evidence: facts }, 'danger').filter((fact) => fact.hold === hold))[0];
  if (danger) return { reported: danger.hold as Reported, holds: danger.holds, on: danger.on, hold: danger.hold };
  const event = evidenceOf({ evidence: facts }, 'adverse-event')[0];
  if (event) return { reported: 'side-effect', holds: false, on: event.on, hold: null };
  return { reported: 'partner-pregnancy', holds: false, on: null, hold: null };
}

export function reportReply(
  decided: Decided,
  audience: Audience,
): Pick<ReportReply, 'headline' | 'now' | 'next' | 'emergencyContraception' | 'call'> {
  const { decision, loaded, edition, command, deskPhone } = decided;
  const { reported, holds, on, hold } = happened(
    decision.effects.flatMap((effect) => (effect.kind === 'evidence' ? [effect.evidence] : [])),
  );
  const helpSoon = hold !== null && holds && NEEDS_HELP_SOON.includes(hold);
  // A survey does not ask for the day: then no limit is named, which could only be too late.
  const dayKnown = on !== null && command.do !== 'complete-survey';
  const helpsUntil = helpSoon && dayKnown ? emergencyContraceptionBy(loaded.file, command.at, on, edition) : null;
  const emergencyBy = helpsUntil === null ? null : { at: helpsUntil, words: sayWhen(helpsUntil, edition.zone) };
  const { office } = loaded;
  const advice = afterReport(
    {
      reported,
      holds,
      on: on ?? '',
      at: command.at,
      emergencyBy,
      helpSoon,
      testAfterDays: hold === null ? null : edition.holds[hold].negativeAfterDays,
      office,
      deskPhone,
    },
    audience,
  );
  return {
    ...advice,
    emergencyContraception:
      emergencyBy === null ? null : { helpsUntil: said(emergencyBy.at, edition.zone) ?? '', words: emergencyBy.words },
    call: { name: office?.name ?? null, office: office?.phone ?? null, desk: deskPhone },
    ...(audience === 'prescriber' ? { closed: closedBy(decided) } : {}),
  };
}
