import type { ReasonCode } from '../domain/reason.js';
import { type Facts, maybe, officeOr, type PharmacistBucket, type Row } from './audience.js';

/**
 * What a pharmacist learns of each reason. Told is what her own papers, her own stock and her own acts show, and how a number came to its end
 * by use or by the calendar. All else is `NOT_ACTIVE`: how the prescription ended otherwise, and whatever is about the patient or her
 * prescriber. A new reason has to be placed here before it compiles.
 */
export const PHARMACIST_LEARNS = {
  AUTHORIZATION_UNKNOWN: 'NOT_MATCHED',
  IDENTIFIERS_DO_NOT_MATCH: 'NOT_MATCHED',

  ALREADY_DISPENSED: 'told',
  AUTHORIZATION_EXPIRED: 'told',
  ALREADY_RESERVED: 'told',
  NOT_RESERVED: 'told',
  CONFIRMATION_EXPIRED: 'told',
  SHIP_SAME_DAY: 'told',
  TOO_EARLY_FOR_NEXT_FILL: 'told',
  CHECKLIST_MISSING: 'told',
  MEDICATION_GUIDE_MISSING: 'told',
  MORE_THAN_AUTHORIZED: 'told',
  WRONG_PRODUCT: 'told',
  PRESCRIPTION_INCOMPLETE: 'told',
  PHARMACY_NOT_CERTIFIED: 'told',
  // About her own entry, not about the prescription.
  FUTURE_DATE: 'told',
  WRONG_STATE: 'told',
  MAY_NOT_ATTEST: 'told',

  AUTHORIZATION_NOT_ISSUED: 'NOT_ACTIVE',
  AUTHORIZATION_REVOKED: 'NOT_ACTIVE',
  AUTHORIZATION_CANCELLED: 'NOT_ACTIVE',
  AUTHORIZATION_SUPERSEDED: 'NOT_ACTIVE',
  PRESCRIBER_NOT_CERTIFIED: 'NOT_ACTIVE',
  NOT_THIS_PATIENTS_PRESCRIBER: 'NOT_ACTIVE',
  SECOND_PERSON_REQUIRED: 'NOT_ACTIVE',
  NOT_ENROLLED: 'NOT_ACTIVE',
  PATIENT_DEACTIVATED: 'NOT_ACTIVE',
  ENROLLMENT_LAPSED: 'NOT_ACTIVE',
  AGREEMENT_MISSING: 'NOT_ACTIVE',
  AGREEMENT_WRONG_CATEGORY: 'NOT_ACTIVE',
  AGREEMENT_TOO_OLD: 'NOT_ACTIVE',
  GUARDIAN_SIGNATURE_MISSING: 'NOT_ACTIVE',
  CATEGORY_UNKNOWN: 'NOT_ACTIVE',
  // Told only when the prescription she holds shows it: see `disclose`.
  CATEGORY_CONTRADICTED: 'NOT_ACTIVE',
  POSSIBLE_SAME_PERSON: 'NOT_ACTIVE',
  COUNSELING_NOT_CERTIFIED: 'NOT_ACTIVE',
  CONTRACEPTION_TOO_FEW_METHODS: 'NOT_ACTIVE',
  CONTRACEPTION_NO_HIGHLY_EFFECTIVE: 'NOT_ACTIVE',
  CONTRACEPTION_METHOD_NOT_ACCEPTED: 'NOT_ACTIVE',
  CONTRACEPTION_TOO_RECENT: 'NOT_ACTIVE',
  CONTRACEPTION_NOT_CONFIRMED: 'NOT_ACTIVE',
  FIRST_TEST_MISSING: 'NOT_ACTIVE',
  FIRST_TEST_TOO_OLD: 'NOT_ACTIVE',
  FIRST_TEST_TOO_RECENT: 'NOT_ACTIVE',
  SECOND_TEST_MISSING: 'NOT_ACTIVE',
  SECOND_TEST_TOO_OLD: 'NOT_ACTIVE',
  TEST_MISSING: 'NOT_ACTIVE',
  TEST_TOO_OLD: 'NOT_ACTIVE',
  TEST_SENSITIVITY: 'NOT_ACTIVE',
  TEST_SETTING: 'NOT_ACTIVE',
  TEST_NOT_SIGNED: 'NOT_ACTIVE',
  TEST_RETRACTED: 'NOT_ACTIVE',
  PREGNANCY_TEST_POSITIVE: 'NOT_ACTIVE',
  PREGNANCY_TEST_INDETERMINATE: 'NOT_ACTIVE',
  PREGNANCY_REPORTED: 'NOT_ACTIVE',
  PARTNER_PREGNANCY_NOT_COUNSELED: 'NOT_ACTIVE',
  MISSED_PERIOD: 'NOT_ACTIVE',
  ABNORMAL_BLEEDING: 'NOT_ACTIVE',
  UNPROTECTED_CONTACT: 'NOT_ACTIVE',
  METHOD_FAILURE: 'NOT_ACTIVE',
  SURVEY_MISSING: 'NOT_ACTIVE',
  SURVEY_TOO_OLD: 'NOT_ACTIVE',
  SURVEY_ALREADY_USED: 'NOT_ACTIVE',
  SURVEY_DISCREPANT: 'NOT_ACTIVE',
  SUPPLY_TOO_LONG: 'NOT_ACTIVE',
  TELEPHONE_NOT_ALLOWED: 'NOT_ACTIVE',
  STRENGTH_UNKNOWN: 'NOT_ACTIVE',
  // Which warning it is can be about her contraception.
  CLINICAL_STOP: 'NOT_ACTIVE',
  THERAPY_INTERRUPTED: 'NOT_ACTIVE',
  THERAPY_ENDED: 'NOT_ACTIVE',
  EXCEPTION_NOT_ALLOWED: 'NOT_ACTIVE',
  // Which rule or fact is missing can give the patient's category away.
  RULE_MISSING: 'NOT_ACTIVE',
  EDITION_NOT_SOUND: 'NOT_ACTIVE',
  EDITION_TOO_LATE: 'NOT_ACTIVE',
  FACT_UNKNOWN: 'NOT_ACTIVE',
} as const satisfies Record<ReasonCode, 'told' | PharmacistBucket>;

type Told = { [Code in ReasonCode]: (typeof PHARMACIST_LEARNS)[Code] extends 'told' ? Code : never }[ReasonCode];
export type PharmacistCode = Told | PharmacistBucket | 'CATEGORY_CONTRADICTED';

const office = (facts: Facts): string => `${officeOr(facts, 'the prescriber’s office')}${maybe(' on ', facts.office?.phone)}`;
const ifItLeft = (facts: Facts): string => `If the medicine has already left, call ${facts.deskPhone} now.`;

export const PHARMACIST_ROWS: Readonly<Record<PharmacistCode, Row>> = {
  // Nothing of the case goes into this one, not even whose office to call: there may be no case.
  NOT_MATCHED: [
    'We find no prescription that has this number, family name and date of birth together.',
    ({ deskPhone }) =>
      `Read all three again from the prescription. If they are right, call the prescriber who wrote it, or our desk on ${deskPhone}.`,
    'No match.',
  ],
  NOT_ACTIVE: [
    (facts) => `Nothing can be filled on this number. ${ifItLeft(facts)}`,
    (facts) => `Do not hand over or ship. Call ${office(facts)}.`,
    'Not active.',
  ],
  ALREADY_DISPENSED: [
    ({ filledOn }) => `This number has been filled${maybe(' on ', filledOn)}. It is good for one fill only.`,
    ({ deskPhone }) =>
      `Do not dispense again. Tell the patient that it was filled; if it did not arrive or is still on its way, call ${deskPhone}.`,
    'Already filled.',
  ],
  AUTHORIZATION_EXPIRED: [
    // It may have been closed for safety before: see `disclose`. So this has to call a shipment back as well.
    (facts) => `The time to fill this number ${facts.ends ? `ended ${facts.ends}` : 'is over'}. ${ifItLeft(facts)}`,
    (facts) => `Do not dispense. Ask ${office(facts)} for a new number: often it can be had the same day.`,
    'Ended.',
  ],
  ALREADY_RESERVED: [
    ({ reservedUntil }) => `Another pharmacy holds this prescription${maybe(' until ', reservedUntil)}.`,
    'Ask the patient which pharmacy it is. Once that pharmacy has given it back, you can reserve it.',
  ],
  NOT_RESERVED: ['Your pharmacy does not hold this prescription now.', 'Verify the number and reserve it before you hand over.'],
  CONFIRMATION_EXPIRED: ['The time of your confirmation number is over.', 'Reserve again and hand over under the new confirmation number.'],
  SHIP_SAME_DAY: [
    'This medicine leaves on the very day it is reserved, or not by mail.',
    'Release it, and reserve it again on the day you can ship; or let the patient pick it up.',
  ],
  TOO_EARLY_FOR_NEXT_FILL: [
    'The patient still has capsules for longer than a refill may wait.',
    ({ earliest }) =>
      `${earliest ? `Fill it from ${earliest}` : 'Fill it nearer to the end of that supply'}. ` +
      'If the dose changed or capsules were lost, the prescriber can record that or ask for an exception.',
    'Too early.',
  ],
  CHECKLIST_MISSING: [
    'The counseling checklist has no answers yet.',
    'Go through the questions with the patient, enter the answers, then hand over.',
  ],
  MEDICATION_GUIDE_MISSING: [
    'The Medication Guide has not gone out with it yet.',
    'Give the guide to the patient, say so here, then hand over.',
  ],
  MORE_THAN_AUTHORIZED: [
    'This is more than the prescriber authorized.',
    'Compare capsules and days with the prescription, and hand over no more than it says.',
  ],
  WRONG_PRODUCT: ['This strength is not on the prescription.', 'Compare the bottle with the prescription, and take the strength it names.'],
  PRESCRIPTION_INCOMPLETE: [
    'The prescription has to show the authorization number and the risk category.',
    (facts) => `Look for both again. If one is not there, ask ${office(facts)} to send a complete prescription.`,
  ],
  CATEGORY_CONTRADICTED: [
    'Your prescription shows another risk category than this number was given for.',
    (facts) => `Read it again. If it stays different, do not fill it, and call ${office(facts)}.`,
  ],
  PHARMACY_NOT_CERTIFIED: [
    ({ certificationEndedOn, goodElsewhere, ends }) =>
      `The site, or the person at it, is not certified${maybe(': the certification ended ', certificationEndedOn)}.` +
      (goodElsewhere ? ` The prescription is still good at another certified pharmacy${maybe(' until ', ends)}.` : ''),
    (facts) =>
      `Do not hand over or ship. Renew certification or training, or help the patient find another certified pharmacy. ${ifItLeft(facts)}`,
    'Not at this site.',
  ],
  FUTURE_DATE: ['The time you entered has not come yet.', 'Enter the time at which it happened.'],
  WRONG_STATE: ['This step does not fit where the prescription stands now.', 'Verify the number again to see which step is next.'],
  MAY_NOT_ATTEST: ['This step belongs to another person.', 'Ask the authorized representative of your pharmacy to do it.'],
};
