import type { ReasonCode } from '../domain/reason.js';
import { maybe, type Row } from './audience.js';

const STOP = 'Stop.';
const ENDED = 'Ended.';
const referAndReport =
  'Call the patient today: stop the medicine. Refer to obstetrics, and finish the report that is started for you. Only the tests and the ' +
  'specialist’s note that the program asks for can clear it.';
const newTest = ({ testFrom, neededBy }: { readonly testFrom?: string | null; readonly neededBy?: string | null }): string =>
  `Order a test now${maybe(', to be collected on or after ', testFrom)}${maybe(', by ', neededBy)}. You can issue as soon as a negative result is in.`;

/** What a prescriber reads about her own patient: everything, with what she can do about it. */
export const PRESCRIBER_ROWS: Readonly<Record<ReasonCode, Row>> = {
  PRESCRIBER_NOT_CERTIFIED: [
    ({ certificationEndedOn }) => `Your certification is not in force${maybe(' since ', certificationEndedOn)}.`,
    ({ deskPhone }) => `Call ${deskPhone} to renew it or to name a colleague who covers your patients meanwhile.`,
  ],
  PHARMACY_NOT_CERTIFIED: [
    'The pharmacy, or the person at it, is not certified for this medicine.',
    'Help the patient find a certified pharmacy; the same number is good there.',
  ],
  MAY_NOT_ATTEST: ['Only the prescriber can sign this.', 'Leave it as a draft and ask the prescriber to read and sign it.'],
  NOT_THIS_PATIENTS_PRESCRIBER: [
    'You are not the prescriber of this patient in the program.',
    'Ask for the patient to be transferred to you, or ask the prescriber on record to act.',
  ],
  SECOND_PERSON_REQUIRED: ['A second person has to agree to this.', 'Ask a colleague who was not involved to review and approve it.'],
  NOT_ENROLLED: ['The patient is not enrolled yet.', 'Enroll the patient: answers, category and agreement, about ten minutes.'],
  PATIENT_DEACTIVATED: ['This enrollment was closed.', 'If treatment goes on, enroll the patient again.'],
  ENROLLMENT_LAPSED: ['The enrollment lapsed after a long time without the medicine.', 'Enroll the patient again with a new agreement.'],
  AGREEMENT_MISSING: [
    'No agreement with you, signed by the patient, is in force.',
    'Go through the agreement with the patient and have it signed.',
  ],
  AGREEMENT_WRONG_CATEGORY: [
    'The signed agreement is for another category than the patient has now.',
    'Go through the agreement for the present category with the patient and have it signed.',
  ],
  AGREEMENT_TOO_OLD: [
    'The agreement was signed too long ago. The program asks for a new one from time to time.',
    'Go through the agreement with the patient again and have it signed.',
  ],
  GUARDIAN_SIGNATURE_MISSING: [
    'A parent or guardian has not signed the agreement.',
    'Send the agreement to the parent or guardian to sign.',
  ],
  CATEGORY_UNKNOWN: [
    'The answers do not settle the patient’s category.',
    'Ask the patient the open category questions and record the answers.',
  ],
  CATEGORY_CONTRADICTED: [
    'The answers on record and the category do not agree.',
    'Go through the category questions with the patient again and record what is right.',
  ],
  POSSIBLE_SAME_PERSON: [
    'This may be a person who is enrolled already.',
    ({ deskPhone }) =>
      `Look for the patient among your own, and ask whether someone else has prescribed this medicine. If this is another person, say so and enroll; both records then follow the stricter rules until two people have looked at them. If the record is another office’s, call ${deskPhone}.`,
  ],
  COUNSELING_NOT_CERTIFIED: ['Counseling for this prescription is not signed yet.', 'Counsel the patient and sign that you did.'],
  CONTRACEPTION_TOO_FEW_METHODS: [
    'The patient needs more contraceptive methods at the same time than are on record.',
    'Agree on a further method with the patient, or record abstinence, and enter from when it is used.',
  ],
  CONTRACEPTION_NO_HIGHLY_EFFECTIVE: [
    'None of the contraceptive methods on record is a highly effective one.',
    'Agree on a highly effective method, or record why the patient cannot use any.',
  ],
  CONTRACEPTION_METHOD_NOT_ACCEPTED: [
    'A contraceptive method on record does not count in this program.',
    'Agree on a method from the program’s list with the patient and record it.',
  ],
  CONTRACEPTION_TOO_RECENT: [
    'Contraception has not been used long enough before the first prescription.',
    ({ earliest }) => `Have the patient keep using it${maybe('; issue from ', earliest)}.`,
  ],
  CONTRACEPTION_NOT_CONFIRMED: [
    'The patient has not confirmed contraception for this prescription.',
    ({ deskPhone }) => `Send the patient a reminder. It can be done online or by phone on ${deskPhone}.`,
  ],
  FIRST_TEST_MISSING: ['The earlier of the two pregnancy tests before a first prescription is missing.', newTest],
  FIRST_TEST_TOO_OLD: [({ lastTestOn }) => `The earlier pregnancy test is too long ago${maybe(': collected ', lastTestOn)}.`, newTest],
  FIRST_TEST_TOO_RECENT: [
    'The two pregnancy tests before a first prescription are too close together.',
    ({ earliest }) => `Plan the second test for the end of the wait${maybe(', and issue from ', earliest)}.`,
  ],
  SECOND_TEST_MISSING: ['The pregnancy test right before a first prescription is missing.', newTest],
  SECOND_TEST_TOO_OLD: [({ lastTestOn }) => `The latest pregnancy test is too long ago${maybe(': collected ', lastTestOn)}.`, newTest],
  TEST_MISSING: ['No pregnancy test is on record for this prescription.', newTest],
  TEST_TOO_OLD: [({ lastTestOn }) => `The last pregnancy test is too long ago${maybe(': collected ', lastTestOn)}.`, newTest],
  TEST_SENSITIVITY: ['The pregnancy test on record is not sensitive enough, or its sensitivity is not stated.', newTest],
  TEST_SETTING: ['The pregnancy test on record was not done where the program asks for it.', newTest],
  TEST_NOT_SIGNED: ['A pregnancy test was entered and waits for your signature.', 'Compare it with the report and sign it.'],
  TEST_RETRACTED: ['The pregnancy test this rests on was withdrawn.', newTest],
  PREGNANCY_TEST_POSITIVE: ['A pregnancy test is positive. Open authorizations are closed.', referAndReport, STOP],
  PREGNANCY_TEST_INDETERMINATE: [
    'A pregnancy test gave no clear result. Open authorizations wait.',
    'Call the patient today: stop the medicine, and have a quantitative serum test. A negative one ends the wait.',
    STOP,
  ],
  PREGNANCY_REPORTED: ['A pregnancy was reported. Open authorizations are closed.', referAndReport, STOP],
  PARTNER_PREGNANCY_NOT_COUNSELED: [
    'A pregnancy of the patient’s partner was reported.',
    'Counsel the patient about it, name it in the counseling record, and refer the partner to obstetrics.',
  ],
  MISSED_PERIOD: [
    'A missed period was reported. Open authorizations wait.',
    'Call the patient today: stop the medicine until a new test, collected after the report, is negative.',
    STOP,
  ],
  ABNORMAL_BLEEDING: [
    'Unusual bleeding was reported. Open authorizations wait.',
    'Call the patient today: stop the medicine until a new test, collected after the report, is negative.',
    STOP,
  ],
  UNPROTECTED_CONTACT: [
    'Contact without contraception was reported. Open authorizations wait.',
    'Call the patient today: stop the medicine, talk about emergency contraception, and order a test for when it can show.',
    STOP,
  ],
  METHOD_FAILURE: [
    'A contraceptive method may not have worked. Open authorizations wait.',
    'Call the patient today: stop the medicine, talk about emergency contraception, and order a test for when it can show.',
    STOP,
  ],
  SURVEY_MISSING: [
    'The patient’s survey is still open.',
    ({ deskPhone }) => `Send the patient a reminder. It takes three minutes online or on ${deskPhone}.`,
  ],
  SURVEY_TOO_OLD: [
    'The patient’s survey is from too long ago.',
    ({ deskPhone }) => `Ask the patient for a new one: three minutes online or on ${deskPhone}.`,
  ],
  SURVEY_ALREADY_USED: [
    'The patient’s last survey has served an earlier fill.',
    ({ deskPhone }) => `Ask the patient for a new one: three minutes online or on ${deskPhone}.`,
  ],
  SURVEY_DISCREPANT: [
    'An answer in the patient’s survey does not go together with what is on record.',
    'Talk it over with the patient and record how it was resolved.',
  ],
  SUPPLY_TOO_LONG: ['The prescription covers more days than one fill may.', 'Shorten the supply and start it again.'],
  TELEPHONE_NOT_ALLOWED: ['This medicine cannot be prescribed by telephone.', 'Prescribe it in writing or electronically.'],
  PRESCRIPTION_INCOMPLETE: [
    'The prescription does not say strength, capsules and directions in full.',
    'Complete these lines and start it again.',
  ],
  STRENGTH_UNKNOWN: ['The medicine does not come in this strength.', 'Choose a strength that exists.'],
  CLINICAL_STOP: [
    'A clinical warning stands that this program does not let pass.',
    'Open the clinical review, and look at each warning before you issue or change the prescription.',
  ],
  MORE_THAN_AUTHORIZED: [
    'The pharmacy asked for more than you authorized.',
    'Compare the quantity with the pharmacy; if the dose changed, record that and issue a new authorization.',
  ],
  WRONG_PRODUCT: [
    'The pharmacy asked for a strength that you did not prescribe.',
    'Compare the strength with the pharmacy; if it changed, issue a new authorization.',
  ],
  AUTHORIZATION_UNKNOWN: ['We do not find this authorization.', 'Open it from the patient’s list.'],
  AUTHORIZATION_NOT_ISSUED: ['This authorization has no number yet.', 'Complete its open steps and issue it.'],
  AUTHORIZATION_EXPIRED: [
    ({ ends }) => (ends ? `The authorization ended ${ends}.` : 'The time to complete this authorization is over.'),
    'Start a new one: certify counseling, and record a new pregnancy test if one is due. A survey that no fill has used still counts.',
    ENDED,
  ],
  AUTHORIZATION_REVOKED: [
    'This authorization was closed for the patient’s safety or because the conditions for it ended.',
    'Clear what closed it, then start a new authorization.',
    ENDED,
  ],
  AUTHORIZATION_CANCELLED: ['This authorization was cancelled.', 'Start a new one if the patient still needs the medicine.', ENDED],
  AUTHORIZATION_SUPERSEDED: ['A newer authorization has taken the place of this one.', 'Use the newer one from the patient’s list.', ENDED],
  IDENTIFIERS_DO_NOT_MATCH: [
    'The pharmacy’s family name or date of birth is not the one on record.',
    'Compare both with the patient and correct the record or the prescription.',
  ],
  ALREADY_DISPENSED: [
    ({ filledOn, filledAt }) => `This authorization was filled${maybe(' on ', filledOn)} at ${filledAt ?? 'a certified pharmacy'}.`,
    'Start a new authorization for the next cycle.',
    'Already filled.',
  ],
  ALREADY_RESERVED: [
    ({ reservedUntil }) => `A pharmacy holds an authorization of this patient${maybe(' until ', reservedUntil)}.`,
    'Ask that pharmacy to fill it or give it back, or cancel it.',
  ],
  NOT_RESERVED: ['The pharmacy has not reserved this authorization.', 'Ask the pharmacy to reserve it before it hands over.'],
  CONFIRMATION_EXPIRED: ['The pharmacy’s confirmation number has run out.', 'Ask the pharmacy to reserve again.'],
  SHIP_SAME_DAY: [
    'The pharmacy wanted to ship on another day than it reserved.',
    'Ask the pharmacy to reserve on the day it ships, or to hand over.',
  ],
  TOO_EARLY_FOR_NEXT_FILL: [
    ({ earliest }) => `The patient still has capsules for longer than a refill may wait${maybe('. The earliest fill is ', earliest)}.`,
    'If the dose changed, record it; if capsules were lost, ask for an exception.',
  ],
  CHECKLIST_MISSING: [
    'The pharmacy has not completed its checklist.',
    'The pharmacy completes it with the patient; nothing is needed from you.',
  ],
  MEDICATION_GUIDE_MISSING: [
    'The pharmacy has not given out the Medication Guide.',
    'The pharmacy gives it out; nothing is needed from you.',
  ],
  THERAPY_INTERRUPTED: ['Therapy is recorded as interrupted.', 'Record that it goes on, and from when.'],
  THERAPY_ENDED: ['Therapy is recorded as ended.', 'If it starts again, record that first.'],
  EXCEPTION_NOT_ALLOWED: [
    'There is no exception for this in the program.',
    ({ deskPhone }) => `Call ${deskPhone} to talk over what else can be done.`,
  ],
  RULE_MISSING: [
    'The program’s rules lack a value that this decision needs.',
    ({ deskPhone }) => `Call ${deskPhone} now; the program has to complete its rules. Nothing is wrong with your entries.`,
  ],
  EDITION_NOT_SOUND: [
    'The new rules contradict themselves or lack something.',
    ({ deskPhone }) => `The program mends them; call ${deskPhone} with any question. Nothing is wrong with your entries.`,
  ],
  EDITION_TOO_LATE: [
    'The new rules come too late for the day they name.',
    ({ deskPhone }) => `The program gives them a later day; call ${deskPhone} with any question.`,
  ],
  FACT_UNKNOWN: ['Something this decision needs is not on record.', 'Complete the open answers in the patient’s record.'],
  FUTURE_DATE: ['The date entered lies ahead.', 'Enter the date on which it happened.'],
  WRONG_STATE: ['This step does not fit where things stand now.', 'Open the record again to see which step is next.'],
};
