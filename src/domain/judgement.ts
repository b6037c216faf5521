import type { Presented } from './authorization/command.js';
import type { Effective } from './authorization/deadline.js';
import type { Instant, LocalDate } from './calendar.js';
import type { Actor } from './participant.js';
import type { Authorization, Case } from './patient.js';
import type { Edition } from './program.js';
import type { ReasonCode } from './reason.js';

/** What a requirement is asked about: one case at one instant, under one edition, for one act of one person. */
export interface Judgement {
  readonly file: Case;
  readonly edition: Edition;
  /** At the counter: the edition that took effect since the issue and applies to open authorizations; then both must allow (rules §9.5). */
  readonly later?: Edition | null;
  readonly at: Instant;
  /** The program zone's date of `at`. */
  readonly on: LocalDate;
  readonly by: Actor;
  readonly authorization: Authorization;
  readonly effective: Effective;
  readonly presented: Presented | null;
  /** At hand-over. */
  readonly handover: {
    readonly ship: boolean;
    readonly siteZone: string;
    /** When custody passed: now, or when it is reported to have. */
    readonly handedOverAt: Instant;
    readonly checklist: boolean;
    readonly medicationGuide: boolean;
  } | null;
}

export type Requirement = (judgement: Judgement) => readonly ReasonCode[];

export const met: readonly ReasonCode[] = [];
export const unless = (condition: boolean, code: ReasonCode): readonly ReasonCode[] => (condition ? met : [code]);
