import { type Mender, REASONS, type ReasonCode } from '../domain/reason.js';
import { type Audience, type DisclosedCode, type Facts, officePhone, type Row, say, type Wording } from './audience.js';
import { auditorRow } from './auditor.js';
import { GUARDIAN_ROWS, guardianLearns } from './guardian.js';
import { PATIENT_LEARNS, PATIENT_ROWS, type PatientCode } from './patient.js';
import { PHARMACIST_LEARNS, PHARMACIST_ROWS, type PharmacistCode } from './pharmacist.js';
import { PRESCRIBER_ROWS } from './prescriber.js';

/** One reason as one reader learns it: under which code, in which words, and whose turn it is. */
export interface Answer extends Wording {
  readonly code: DisclosedCode;
  readonly turn: Turn;
  readonly verdict: string;
}

/** In the order in which answers are shown. */
export const TURNS = ['stop', 'yours', 'others', 'time'] as const;
export type Turn = (typeof TURNS)[number];

const OWN: Readonly<Record<Audience, readonly Mender[]>> = {
  prescriber: ['prescriber'],
  pharmacist: ['pharmacy'],
  patient: ['patient'],
  guardian: ['guardian'],
  auditor: [],
};
/** Who can mend what a bucket stands for; never taken from the reason in it, which it would give away. */
const BUCKET_MENDER: Readonly<Record<Exclude<DisclosedCode, ReasonCode>, Mender>> = {
  NOT_MATCHED: 'pharmacy',
  NOT_ACTIVE: 'prescriber',
  STOP_AND_CALL: 'prescriber',
  FORM_DUE: 'patient',
  TEST_DUE: 'patient',
  TALK_DUE: 'prescriber',
  BIRTH_CONTROL_PLAN: 'patient',
  SURVEY_DUE: 'patient',
  CARE_TEAM_AT_WORK: 'prescriber',
  NEW_CARE_TEAM: 'administrator',
  NO_LONGER_IN_USE: 'prescriber',
  ASK_PHARMACY: 'pharmacy',
  SIGN_FORM: 'guardian',
  STEP_DUE: 'patient',
};
const STOPPING: readonly DisclosedCode[] = ['NOT_ACTIVE', 'STOP_AND_CALL'];

const isReason = (code: DisclosedCode): code is ReasonCode => code in REASONS;

export function pharmacistCode(code: ReasonCode): PharmacistCode {
  const learned = PHARMACIST_LEARNS[code];
  return learned === 'told' ? (code as PharmacistCode) : learned;
}

/** `told`: the prescriber has recorded that she told the patient about every danger that stands. */
export function patientCode(code: ReasonCode, told: boolean): PatientCode {
  const learned = PATIENT_LEARNS[code];
  return learned === 'told' || (learned === 'STOP_AND_CALL' && told) ? (code as PatientCode) : learned;
}

function found(code: ReasonCode, audience: Audience, told: boolean): { code: DisclosedCode; row: Row } {
  switch (audience) {
    case 'prescriber':
      return { code, row: PRESCRIBER_ROWS[code] };
    case 'auditor':
      return { code, row: auditorRow(code) };
    case 'pharmacist': {
      const learned = pharmacistCode(code);
      return { code: learned, row: PHARMACIST_ROWS[learned] };
    }
    case 'patient': {
      const learned = patientCode(code, told);
      return { code: learned, row: PATIENT_ROWS[learned] };
    }
    case 'guardian': {
      const learned = guardianLearns(code);
      return { code: learned, row: GUARDIAN_ROWS[learned] };
    }
  }
}

function turnOf(code: DisclosedCode, who: Mender, audience: Audience): Turn {
  if (STOPPING.includes(code) || (isReason(code) && REASONS[code].group === 'danger')) return 'stop';
  if (OWN[audience].includes(who)) return 'yours';
  return who === 'time' ? 'time' : 'others';
}

function phoneFor(code: DisclosedCode, audience: Audience, facts: Facts): string {
  // The office’s number is for the answers that send her there; never for one that must not show whether there is a case.
  if (audience === 'pharmacist') return code === 'NOT_ACTIVE' || code === 'AUTHORIZATION_EXPIRED' ? officePhone(facts) : facts.deskPhone;
  return audience === 'patient' || audience === 'guardian' ? officePhone(facts) : facts.deskPhone;
}

function dressed(code: DisclosedCode, row: Row, audience: Audience, facts: Facts): Answer {
  const who = isReason(code) ? REASONS[code].mendedBy : BUCKET_MENDER[code];
  return {
    code,
    turn: turnOf(code, who, audience),
    verdict: row[2] ?? 'Not yet.',
    text: say(row[0], facts),
    nextAct: say(row[1], facts),
    who,
    phone: phoneFor(code, audience, facts),
  };
}

/** The answer for one reason. Which reasons hide which others is the whole decision's matter: see `disclose`. */
export function answerFor(reason: ReasonCode, audience: Audience, facts: Facts, told = false): Answer {
  const { code, row } = found(reason, audience, told);
  return dressed(code, row, audience, facts);
}

/** The pharmacist's answer under a code of hers. */
export const counterAnswer = (code: PharmacistCode, facts: Facts): Answer => dressed(code, PHARMACIST_ROWS[code], 'pharmacist', facts);
