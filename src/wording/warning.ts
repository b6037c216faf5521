import type { WarningCode } from '../domain/reason.js';
import { type Audience, type Facts, maybe, officeOr, officePhone, type Said, say } from './audience.js';

/** Warnings stand beside an allowance and stop nothing. No wording may move anybody to leave off a medicine without asking. */

export interface WarningWording {
  readonly text: string;
  readonly nextAct: string;
  readonly phone: string;
}

type WarningRow = readonly [text: Said, nextAct: Said];

const PRESCRIBER: Readonly<Record<WarningCode, WarningRow>> = {
  LATE_ENTRY: ['This was entered later than the program asks for.', 'Enter things on the day they happen; add a note on why it was late.'],
  REFILLS_STRUCK: ['Refills were struck: this medicine has none.', 'Start a new authorization for each fill.'],
  CAPSULES_AGAINST_DIRECTIONS: [
    'Capsules, directions and days of supply do not add up.',
    'Compare them, and correct the prescription if one is a slip.',
  ],
  HORMONAL_METHOD_WEAKENED: [
    'A medicine on the list can weaken the hormonal contraception that this patient relies on.',
    'Agree with the patient on a method without hormones before the next authorization.',
  ],
  ESTROGEN_THROMBOSIS: [
    'Estrogen adds to the risk of clots that this medicine has.',
    'Weigh a method without estrogen with the patient. Prophylaxis stays as it is.',
  ],
  DOSE_ABOVE_RENAL: ['The dose is above what the label gives for this kidney function.', 'Check creatinine clearance and dose.'],
  LABORATORY_DUE: ['Laboratory work is due.', 'Order it, or record the result if it is in.'],
  INTERACTION: ['A medicine on the list may interact with this one.', 'Review the list with the pharmacist or the patient.'],
  NOT_SCREENED: [
    'A medicine on the list could not be looked up. That says nothing about whether it is safe.',
    'Check it by hand, or correct its name on the list.',
  ],
  DOSE_ABOVE_LABEL: ['The dose is above what the label gives.', 'Check strength, directions and indication.'],
  SCHEDULE_NOT_AS_LABELED: ['There are more dosing days in the cycle than the label gives for this indication.', 'Check the directions.'],
  HANDOVER_SOON: [
    ({ handOverBy }) => `Little time is left to hand this over${maybe(': until ', handOverBy)}.`,
    'Tell the patient, and call the pharmacy if in doubt.',
  ],
};

/** The dose and the other medicines are the pharmacist's to review; contraception is not the counter's to know, nor what somebody measured. */
const PHARMACIST: Partial<Record<WarningCode, WarningRow>> = {
  LATE_ENTRY: ['This was entered later than the program asks for.', 'Enter hand-overs when they happen; add a note on why it was late.'],
  REFILLS_STRUCK: ['The prescription has no refills, whatever it says.', 'Ask for a new number at the next fill.'],
  CAPSULES_AGAINST_DIRECTIONS: [
    'Capsules, directions and days of supply do not add up.',
    (facts) => `Compare them with ${officeOr(facts, 'the prescriber’s office')} before you hand over.`,
  ],
  INTERACTION: ['A medicine on the patient’s list may interact with this one.', 'Review the list with the patient before you hand over.'],
  NOT_SCREENED: [
    'A medicine on the patient’s list could not be looked up. That says nothing about whether it is safe.',
    'Review it by hand before you hand over.',
  ],
  DOSE_ABOVE_RENAL: [
    'The dose is above what the label gives for the kidney function that the prescriber recorded.',
    (facts) => `Ask ${officeOr(facts, 'the prescriber’s office')} to confirm it before you hand over.`,
  ],
  DOSE_ABOVE_LABEL: [
    'The dose is above what the label gives.',
    (facts) => `Ask ${officeOr(facts, 'the prescriber’s office')} to confirm it before you hand over.`,
  ],
  SCHEDULE_NOT_AS_LABELED: [
    'There are more dosing days in the cycle than the label gives for what it is prescribed for.',
    (facts) => `Ask ${officeOr(facts, 'the prescriber’s office')} to confirm the directions.`,
  ],
  LABORATORY_DUE: [
    'Blood work for this medicine is due.',
    (facts) => `Tell the patient, and ${officeOr(facts, 'the prescriber’s office')}.`,
  ],
  HANDOVER_SOON: [
    ({ handOverBy }) => `Little time is left${maybe(': hand over by ', handOverBy)}.`,
    'Reserve only if the medicine is in stock and the patient can come in time.',
  ],
};

const team = (facts: Facts): string => `${officeOr(facts, 'your care team')}: ${officePhone(facts)}`;
const PATIENT: Partial<Record<WarningCode, WarningRow>> = {
  HORMONAL_METHOD_WEAKENED: [
    'One of your other medicines can make your birth control weaker.',
    (facts) => `Keep taking both, and call ${team(facts)}.`,
  ],
  ESTROGEN_THROMBOSIS: ['Your birth control may add to your risk of blood clots.', (facts) => `Keep taking it, and call ${team(facts)}.`],
  LABORATORY_DUE: ['A blood test is due.', (facts) => `Ask when and where: ${team(facts)}.`],
  INTERACTION: ['One of your other medicines may not go well with this one.', (facts) => `Keep taking both, and ask ${team(facts)}.`],
  HANDOVER_SOON: [
    ({ handOverBy }) => `There is not much time left to pick up your medicine${maybe('. Pick it up by ', handOverBy)}.`,
    (facts) => `If you cannot, call ${team(facts)}.`,
  ],
};

const AUDITOR: Readonly<Record<WarningCode, string>> = {
  LATE_ENTRY: 'The fact was entered later than the edition allows, and a finding was opened.',
  REFILLS_STRUCK: 'Refills were asked for and struck.',
  CAPSULES_AGAINST_DIRECTIONS: 'Capsules, directions and days of supply did not add up.',
  HORMONAL_METHOD_WEAKENED: 'A medicine on the list can weaken hormonal contraception.',
  ESTROGEN_THROMBOSIS: 'Estrogen was in use beside a medicine that adds to the risk of clots.',
  DOSE_ABOVE_RENAL: 'The dose was above the label’s for the kidney function on record.',
  LABORATORY_DUE: 'Laboratory work was due.',
  INTERACTION: 'A medicine on the list may interact.',
  NOT_SCREENED: 'A medicine on the list could not be looked up.',
  DOSE_ABOVE_LABEL: 'The dose was above what the label gives.',
  SCHEDULE_NOT_AS_LABELED: 'There were more dosing days than the label gives for the indication.',
  HANDOVER_SOON: 'The authorization was to end before the confirmation number.',
};

function rowOf(code: WarningCode, audience: Audience): WarningRow | undefined {
  switch (audience) {
    case 'prescriber':
      return PRESCRIBER[code];
    case 'pharmacist':
      return PHARMACIST[code];
    case 'patient':
      return PATIENT[code];
    // A child’s birth control and blood are the child’s; the time to pick up is the guardian’s too.
    case 'guardian':
      return code === 'HANDOVER_SOON' ? PATIENT[code] : undefined;
    case 'auditor':
      return [`${code}: ${AUDITOR[code]}`, 'Open the entry and see whether the warning was acknowledged.'];
  }
}

/** The warning in that reader's words; null when it is not the reader's to know. */
export function warningFor(code: WarningCode, audience: Audience, facts: Facts): WarningWording | null {
  const row = rowOf(code, audience);
  if (row === undefined) return null;
  const phone = audience === 'patient' || audience === 'guardian' ? officePhone(facts) : facts.deskPhone;
  return { text: say(row[0], facts), nextAct: say(row[1], facts), phone };
}
