import type { ReasonCode } from '../domain/reason.js';
import { type Facts, maybe, officeOr, officePhone, type PatientBucket, type Row } from './audience.js';

/**
 * What a patient learns of each reason: what she can do herself, and who does the rest. Dangers are one answer, `STOP_AND_CALL`, whichever it
 * is and whoever reported it, until the prescriber has told her: then they are her own record (`told`). Paperwork of others is one answer too.
 */
export const PATIENT_LEARNS = {
  PREGNANCY_TEST_POSITIVE: 'STOP_AND_CALL',
  PREGNANCY_TEST_INDETERMINATE: 'STOP_AND_CALL',
  PREGNANCY_REPORTED: 'STOP_AND_CALL',
  MISSED_PERIOD: 'STOP_AND_CALL',
  ABNORMAL_BLEEDING: 'STOP_AND_CALL',
  UNPROTECTED_CONTACT: 'STOP_AND_CALL',
  METHOD_FAILURE: 'STOP_AND_CALL',

  AGREEMENT_MISSING: 'FORM_DUE',
  AGREEMENT_WRONG_CATEGORY: 'FORM_DUE',
  AGREEMENT_TOO_OLD: 'FORM_DUE',
  NOT_ENROLLED: 'FORM_DUE',
  ENROLLMENT_LAPSED: 'FORM_DUE',
  GUARDIAN_SIGNATURE_MISSING: 'told',
  COUNSELING_NOT_CERTIFIED: 'TALK_DUE',
  PARTNER_PREGNANCY_NOT_COUNSELED: 'TALK_DUE',
  SURVEY_DISCREPANT: 'TALK_DUE',
  CATEGORY_UNKNOWN: 'TALK_DUE',
  CATEGORY_CONTRADICTED: 'TALK_DUE',
  POSSIBLE_SAME_PERSON: 'CARE_TEAM_AT_WORK',
  CONTRACEPTION_TOO_FEW_METHODS: 'BIRTH_CONTROL_PLAN',
  CONTRACEPTION_NO_HIGHLY_EFFECTIVE: 'BIRTH_CONTROL_PLAN',
  CONTRACEPTION_METHOD_NOT_ACCEPTED: 'BIRTH_CONTROL_PLAN',
  CONTRACEPTION_TOO_RECENT: 'told',
  CONTRACEPTION_NOT_CONFIRMED: 'told',
  FIRST_TEST_MISSING: 'TEST_DUE',
  FIRST_TEST_TOO_OLD: 'TEST_DUE',
  FIRST_TEST_TOO_RECENT: 'told',
  SECOND_TEST_MISSING: 'TEST_DUE',
  SECOND_TEST_TOO_OLD: 'TEST_DUE',
  TEST_MISSING: 'TEST_DUE',
  TEST_TOO_OLD: 'TEST_DUE',
  TEST_SENSITIVITY: 'TEST_DUE',
  TEST_SETTING: 'TEST_DUE',
  TEST_RETRACTED: 'TEST_DUE',
  SURVEY_MISSING: 'SURVEY_DUE',
  SURVEY_TOO_OLD: 'SURVEY_DUE',
  SURVEY_ALREADY_USED: 'SURVEY_DUE',

  AUTHORIZATION_EXPIRED: 'told',
  ALREADY_DISPENSED: 'told',
  ALREADY_RESERVED: 'told',
  TOO_EARLY_FOR_NEXT_FILL: 'told',
  PHARMACY_NOT_CERTIFIED: 'told',
  THERAPY_INTERRUPTED: 'told',
  THERAPY_ENDED: 'told',
  AUTHORIZATION_REVOKED: 'NO_LONGER_IN_USE',
  AUTHORIZATION_CANCELLED: 'NO_LONGER_IN_USE',
  AUTHORIZATION_SUPERSEDED: 'NO_LONGER_IN_USE',
  PRESCRIBER_NOT_CERTIFIED: 'NEW_CARE_TEAM',
  NOT_THIS_PATIENTS_PRESCRIBER: 'NEW_CARE_TEAM',
  PATIENT_DEACTIVATED: 'NEW_CARE_TEAM',

  NOT_RESERVED: 'ASK_PHARMACY',
  CONFIRMATION_EXPIRED: 'ASK_PHARMACY',
  SHIP_SAME_DAY: 'ASK_PHARMACY',
  CHECKLIST_MISSING: 'ASK_PHARMACY',
  MEDICATION_GUIDE_MISSING: 'ASK_PHARMACY',
  MORE_THAN_AUTHORIZED: 'ASK_PHARMACY',
  WRONG_PRODUCT: 'ASK_PHARMACY',
  AUTHORIZATION_UNKNOWN: 'ASK_PHARMACY',
  IDENTIFIERS_DO_NOT_MATCH: 'ASK_PHARMACY',

  AUTHORIZATION_NOT_ISSUED: 'CARE_TEAM_AT_WORK',
  TEST_NOT_SIGNED: 'CARE_TEAM_AT_WORK',
  SECOND_PERSON_REQUIRED: 'CARE_TEAM_AT_WORK',
  SUPPLY_TOO_LONG: 'CARE_TEAM_AT_WORK',
  TELEPHONE_NOT_ALLOWED: 'CARE_TEAM_AT_WORK',
  PRESCRIPTION_INCOMPLETE: 'CARE_TEAM_AT_WORK',
  STRENGTH_UNKNOWN: 'CARE_TEAM_AT_WORK',
  CLINICAL_STOP: 'CARE_TEAM_AT_WORK',
  EXCEPTION_NOT_ALLOWED: 'CARE_TEAM_AT_WORK',
  RULE_MISSING: 'CARE_TEAM_AT_WORK',
  EDITION_NOT_SOUND: 'CARE_TEAM_AT_WORK',
  EDITION_TOO_LATE: 'CARE_TEAM_AT_WORK',
  FACT_UNKNOWN: 'CARE_TEAM_AT_WORK',
  MAY_NOT_ATTEST: 'told',
  FUTURE_DATE: 'told',
  WRONG_STATE: 'told',
} as const satisfies Record<ReasonCode, 'told' | PatientBucket>;

export type PatientTold = { [Code in ReasonCode]: (typeof PATIENT_LEARNS)[Code] extends 'told' ? Code : never }[ReasonCode];
/** What is hers to read once the prescriber has told her. */
export type Danger = { [Code in ReasonCode]: (typeof PATIENT_LEARNS)[Code] extends 'STOP_AND_CALL' ? Code : never }[ReasonCode];
export type PatientCode = PatientTold | Danger | PatientBucket;

const team = (facts: Facts): string => officeOr(facts, 'your care team');
const call = (facts: Facts): string => `call ${team(facts)}: ${officePhone(facts)}`;
const Call = (facts: Facts): string => `Call ${team(facts)}: ${officePhone(facts)}`;
const stop = 'Please stop your medicine.';

export const PATIENT_ROWS: Readonly<Record<PatientCode, Row>> = {
  STOP_AND_CALL: [
    'Please do not take your medicine for now. You have done nothing wrong.',
    (facts) => `Call ${team(facts)} today: ${officePhone(facts)}. At night you can call ${facts.deskPhone}.`,
    stop,
  ],
  PREGNANCY_TEST_POSITIVE: [
    'Your last pregnancy test was positive. You have talked about it with your doctor. Please do not take your medicine.',
    (facts) => `${Call(facts)}. They help you with the next steps.`,
    stop,
  ],
  PREGNANCY_TEST_INDETERMINATE: [
    'Your last pregnancy test gave no clear answer. Please do not take your medicine until you have had a new one.',
    (facts) => `${Call(facts)}. Ask when and where to have the new test.`,
    stop,
  ],
  PREGNANCY_REPORTED: [
    'We have a note that you may be pregnant. Please do not take your medicine.',
    (facts) => `${Call(facts)}. They help you with the next steps.`,
    stop,
  ],
  MISSED_PERIOD: [
    'Your period is late or did not come. Please do not take your medicine until you have had a new test.',
    (facts) => `${Call(facts)}. Ask when to have the test.`,
    stop,
  ],
  ABNORMAL_BLEEDING: [
    'Your bleeding was not as it used to be. Please do not take your medicine until you have had a new test.',
    (facts) => `${Call(facts)}. Ask when to have the test.`,
    stop,
  ],
  UNPROTECTED_CONTACT: [
    'There was sex without birth control. Please do not take your medicine until you have had a new test.',
    (facts) => `Call today, as some help works only for a few days. ${Call(facts)}.`,
    stop,
  ],
  METHOD_FAILURE: [
    'Your birth control may not have worked. Please do not take your medicine until you have had a new test.',
    (facts) => `Call today, as some help works only for a few days. ${Call(facts)}.`,
    stop,
  ],
  FORM_DUE: [
    'We need a new form from you and your doctor before your next medicine. It takes about ten minutes.',
    (facts) => `Start the form here, or ${call(facts)}.`,
  ],
  GUARDIAN_SIGNATURE_MISSING: [
    'Your parent or guardian has to sign the form too.',
    (facts) => `Ask them to sign it here, or ${call(facts)}.`,
  ],
  TALK_DUE: [
    'Your doctor needs to talk with you before your next medicine. It may be a short call.',
    (facts) => `${Call(facts)}. Ask for a time to talk.`,
  ],
  BIRTH_CONTROL_PLAN: [
    'Your birth control plan needs a change before your next medicine.',
    (facts) => `Look at your plan here, or ${call(facts)}.`,
  ],
  CONTRACEPTION_TOO_RECENT: [
    'Your birth control has to be in use for some weeks before you start this medicine.',
    (facts) => `Keep using it${maybe('. You can go on from ', facts.earliest)}. If you have questions, ${call(facts)}.`,
  ],
  CONTRACEPTION_NOT_CONFIRMED: [
    'We need to hear from you that your birth control plan is still the same.',
    (facts) => `Answer here, or ${call(facts)}.`,
  ],
  TEST_DUE: [
    (facts) => `You need a pregnancy test before your next medicine${maybe('. Have it by ', facts.neededBy)}.`,
    (facts) => `Ask where to go for it: ${call(facts)}.`,
  ],
  FIRST_TEST_TOO_RECENT: [
    'There has to be some time between your two tests.',
    (facts) => `Plan the next test${maybe(' for ', facts.earliest)} with your care team: ${call(facts)}.`,
  ],
  SURVEY_DUE: [
    'A short set of questions is due before your next medicine. It takes three minutes.',
    ({ deskPhone }) => `Answer them here, or call ${deskPhone} and do it by phone.`,
  ],
  AUTHORIZATION_EXPIRED: [
    'The time to pick up this medicine is over. You did nothing wrong.',
    (facts) => `Your care team can renew it. ${Call(facts)}.`,
  ],
  ALREADY_DISPENSED: [
    ({ filledOn, filledAt }) => `Your medicine was filled${maybe(' on ', filledOn)}${maybe(' at ', filledAt)}.`,
    ({ deskPhone }) => `If you did not get it, call ${deskPhone} now.`,
    'Already filled.',
  ],
  ALREADY_RESERVED: [
    ({ reservedUntil }) => `A pharmacy is holding your medicine for you${maybe(' until ', reservedUntil)}.`,
    ({ deskPhone }) => `Pick it up there. If you want another pharmacy, ask the first one to let it go, or call ${deskPhone}.`,
  ],
  TOO_EARLY_FOR_NEXT_FILL: [
    'It is a little too soon. You still have some medicine.',
    (facts) =>
      `${facts.earliest ? `Your pharmacy can fill it from ${facts.earliest}.` : 'Try again when less is left.'} ` +
      `If you lost some, or your dose changed, ${call(facts)}.`,
    'Too soon.',
  ],
  PHARMACY_NOT_CERTIFIED: [
    ({ ends, goodElsewhere }) => `This pharmacy cannot fill it.${goodElsewhere ? ` Others can${maybe(' until ', ends)}.` : ''}`,
    ({ deskPhone }) => `Find another pharmacy here, or call ${deskPhone}.`,
  ],
  THERAPY_INTERRUPTED: ['Your medicine is on a break now.', (facts) => `When you want to go on, ${call(facts)}.`],
  THERAPY_ENDED: [
    'This medicine has ended for you.',
    (facts) => `Bring what is left back to your pharmacy. If this is not right, ${call(facts)}.`,
  ],
  NO_LONGER_IN_USE: ['This prescription is no longer in use.', (facts) => `Ask if there is a new one: ${call(facts)}.`],
  NEW_CARE_TEAM: ['Your care team is changing.', ({ deskPhone }) => `Call ${deskPhone} now, so that you do not miss a dose.`],
  ASK_PHARMACY: [
    'The pharmacy has a step to do first.',
    ({ deskPhone }) => `Ask the pharmacy, or call ${deskPhone} and we will sort it out with them.`,
  ],
  CARE_TEAM_AT_WORK: [
    'Your care team still has some steps to do for you.',
    (facts) => `You need not do a thing now. To ask how it is going, ${call(facts)}.`,
  ],
  MAY_NOT_ATTEST: ['Another person has to do this step.', ({ deskPhone }) => `If you think it is yours to do, call ${deskPhone}.`],
  FUTURE_DATE: ['The day you gave has not come yet.', ({ deskPhone }) => `Look at the day again, or call ${deskPhone}.`],
  WRONG_STATE: ['This step is not open now.', ({ deskPhone }) => `Go back and see what is next, or call ${deskPhone}.`],
};
