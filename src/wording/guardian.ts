import type { ReasonCode } from '../domain/reason.js';
import { type GuardianBucket, officeOr, officePhone, type Row } from './audience.js';
import { PATIENT_LEARNS, type PatientCode, type PatientTold } from './patient.js';

/** What a child’s guardian learns of a patient's answer: done or due. What is private between the child and the care team stays so. */
const GUARDIAN_LEARNS: Partial<Record<PatientCode, GuardianBucket>> = {
  STOP_AND_CALL: 'STOP_AND_CALL',
  FORM_DUE: 'SIGN_FORM',
  GUARDIAN_SIGNATURE_MISSING: 'SIGN_FORM',
  TALK_DUE: 'STEP_DUE',
  BIRTH_CONTROL_PLAN: 'STEP_DUE',
  CONTRACEPTION_TOO_RECENT: 'STEP_DUE',
  CONTRACEPTION_NOT_CONFIRMED: 'STEP_DUE',
  TEST_DUE: 'STEP_DUE',
  FIRST_TEST_TOO_RECENT: 'STEP_DUE',
  SURVEY_DUE: 'STEP_DUE',
  ASK_PHARMACY: 'ASK_PHARMACY',
  ALREADY_DISPENSED: 'ASK_PHARMACY',
  ALREADY_RESERVED: 'ASK_PHARMACY',
  TOO_EARLY_FOR_NEXT_FILL: 'ASK_PHARMACY',
  PHARMACY_NOT_CERTIFIED: 'ASK_PHARMACY',
};

export const guardianLearns = (code: ReasonCode): GuardianBucket => {
  const learned = PATIENT_LEARNS[code];
  return GUARDIAN_LEARNS[learned === 'told' ? (code as PatientTold) : learned] ?? 'CARE_TEAM_AT_WORK';
};

export const GUARDIAN_ROWS: Readonly<Record<GuardianBucket, Row>> = {
  STOP_AND_CALL: [
    'Please see to it that the medicine is not taken for now. Nobody has done anything wrong.',
    (facts) => `Call ${officeOr(facts, 'the care team')} today: ${officePhone(facts)}. At night you can call ${facts.deskPhone}.`,
    'Please stop the medicine.',
  ],
  SIGN_FORM: [
    'A form needs to be signed before the next medicine. It takes about ten minutes.',
    (facts) => `Sign it here, or call ${officeOr(facts, 'the care team')}: ${officePhone(facts)}.`,
  ],
  STEP_DUE: [
    'A step is due before the next medicine. Your child does it with the care team, and it stays between them.',
    (facts) => `Tell your child to sign in, or call ${officeOr(facts, 'the care team')}: ${officePhone(facts)}.`,
  ],
  ASK_PHARMACY: [
    'The pharmacy can tell you when the medicine is ready.',
    ({ deskPhone }) => `Ask the pharmacy, or call ${deskPhone} if it cannot help.`,
  ],
  CARE_TEAM_AT_WORK: [
    'The care team still has some steps to do.',
    (facts) => `You need not do a thing now. To ask how it is going, call ${officeOr(facts, 'the care team')}: ${officePhone(facts)}.`,
  ],
};
