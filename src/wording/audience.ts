import type { Mender, ReasonCode } from '../domain/reason.js';

/**
 * Who reads, and what a wording is made of. Words stand beside the domain, not in it: the domain decides without knowing how it is told, and
 * a text, a telephone number or a language can change without touching a decision. Like the domain, nothing here reads a clock or a file.
 */

/** `prescriber` also for her delegate; `patient` also for the phone desk that reads out to her; `guardian` of a child. */
export type Audience = 'prescriber' | 'pharmacist' | 'patient' | 'guardian' | 'auditor';

/** Answers that stand for several reasons, so that the reader cannot tell which. */
export type PharmacistBucket = 'NOT_ACTIVE' | 'NOT_MATCHED';
export type PatientBucket =
  | 'STOP_AND_CALL'
  | 'FORM_DUE'
  | 'TEST_DUE'
  | 'TALK_DUE'
  | 'BIRTH_CONTROL_PLAN'
  | 'SURVEY_DUE'
  | 'CARE_TEAM_AT_WORK'
  | 'NEW_CARE_TEAM'
  | 'NO_LONGER_IN_USE'
  | 'ASK_PHARMACY';
export type GuardianBucket = 'STOP_AND_CALL' | 'SIGN_FORM' | 'STEP_DUE' | 'ASK_PHARMACY' | 'CARE_TEAM_AT_WORK';
export type DisclosedCode = ReasonCode | PharmacistBucket | PatientBucket | GuardianBucket;

/** What a text may name, already in words. Only what the reader may know is handed to it. */
export interface Facts {
  /** The program's telephone desk, day and night. */
  readonly deskPhone: string;
  /** The prescriber's office. */
  readonly office?: { readonly name: string; readonly phone: string } | null;
  /** The first moment the same request can be allowed. */
  readonly earliest?: string | null;
  /** The end of the authorization's window. */
  readonly ends?: string | null;
  /** Of the reservation that stands in the way, while it still runs. */
  readonly reservedUntil?: string | null;
  readonly handOverBy?: string | null;
  readonly filledOn?: string | null;
  /** The pharmacy that filled it: for prescriber and patient. */
  readonly filledAt?: string | null;
  /** When the last test was collected, and from when on the next one counts. */
  readonly lastTestOn?: string | null;
  readonly testFrom?: string | null;
  /** The day by which the patient needs it done, so that she does not run out. */
  readonly neededBy?: string | null;
  readonly certificationEndedOn?: string | null;
  /** The prescription can be filled elsewhere: nothing but this site's certification stands in the way. */
  readonly goodElsewhere?: boolean;
}

export interface Wording {
  readonly text: string;
  readonly nextAct: string;
  /** Who can mend it. */
  readonly who: Mender;
  readonly phone: string;
}

export type Said = string | ((facts: Facts) => string);

/** One line of an audience's table: what is the case, what to do next, and the verdict when it is not the usual `Not yet.` */
export type Row = readonly [text: Said, nextAct: Said, verdict?: string];

export const say = (said: Said, facts: Facts): string => (typeof said === 'string' ? said : said(facts));

/** `before` and the value, when there is one. */
export const maybe = (before: string, value: string | null | undefined): string => (value ? `${before}${value}` : '');

export const officeOr = (facts: Facts, otherwise: string): string => (facts.office ? `${facts.office.name}’s office` : otherwise);
export const officePhone = (facts: Facts): string => facts.office?.phone ?? facts.deskPhone;
