/**
 * The closed catalogue of reasons. A code is never reused for another meaning. `group` says what kind of condition it is; `mendedBy` who can
 * mend it; `judgement` marks the reasons that end only by somebody's judgement, for which no earliest instant can be promised.
 */
export type ReasonGroup =
  | 'people'
  | 'enrollment'
  | 'counseling'
  | 'contraception'
  | 'test'
  | 'danger'
  | 'survey'
  | 'prescription'
  | 'fill'
  | 'identity'
  | 'ended'
  | 'therapy'
  | 'data';
export type Mender = 'prescriber' | 'patient' | 'guardian' | 'pharmacy' | 'administrator' | 'time' | 'nobody';

interface ReasonInfo {
  readonly group: ReasonGroup;
  readonly mendedBy: Mender;
  readonly judgement: boolean;
}

const mendable = (group: ReasonGroup, mendedBy: Mender): ReasonInfo => ({ group, mendedBy, judgement: false });
const judged = (group: ReasonGroup, mendedBy: Mender): ReasonInfo => ({ group, mendedBy, judgement: true });

export const REASONS = {
  PRESCRIBER_NOT_CERTIFIED: mendable('people', 'administrator'),
  PHARMACY_NOT_CERTIFIED: mendable('identity', 'administrator'),
  MAY_NOT_ATTEST: judged('people', 'prescriber'),
  NOT_THIS_PATIENTS_PRESCRIBER: mendable('people', 'prescriber'),
  SECOND_PERSON_REQUIRED: judged('people', 'administrator'),
  NOT_ENROLLED: mendable('enrollment', 'prescriber'),
  PATIENT_DEACTIVATED: mendable('identity', 'prescriber'),
  ENROLLMENT_LAPSED: mendable('enrollment', 'prescriber'),
  AGREEMENT_MISSING: mendable('enrollment', 'prescriber'),
  AGREEMENT_WRONG_CATEGORY: mendable('enrollment', 'prescriber'),
  AGREEMENT_TOO_OLD: mendable('enrollment', 'prescriber'),
  GUARDIAN_SIGNATURE_MISSING: mendable('enrollment', 'guardian'),
  CATEGORY_UNKNOWN: mendable('enrollment', 'prescriber'),
  CATEGORY_CONTRADICTED: judged('enrollment', 'prescriber'),
  POSSIBLE_SAME_PERSON: judged('enrollment', 'prescriber'),
  COUNSELING_NOT_CERTIFIED: mendable('counseling', 'prescriber'),
  CONTRACEPTION_TOO_FEW_METHODS: mendable('contraception', 'patient'),
  CONTRACEPTION_NO_HIGHLY_EFFECTIVE: mendable('contraception', 'patient'),
  CONTRACEPTION_METHOD_NOT_ACCEPTED: mendable('contraception', 'patient'),
  CONTRACEPTION_TOO_RECENT: mendable('contraception', 'time'),
  CONTRACEPTION_NOT_CONFIRMED: mendable('contraception', 'patient'),
  FIRST_TEST_MISSING: mendable('test', 'prescriber'),
  FIRST_TEST_TOO_OLD: mendable('test', 'prescriber'),
  FIRST_TEST_TOO_RECENT: mendable('test', 'time'),
  SECOND_TEST_MISSING: mendable('test', 'prescriber'),
  SECOND_TEST_TOO_OLD: mendable('test', 'prescriber'),
  TEST_MISSING: mendable('test', 'prescriber'),
  TEST_TOO_OLD: mendable('test', 'prescriber'),
  TEST_SENSITIVITY: mendable('test', 'prescriber'),
  TEST_SETTING: mendable('test', 'prescriber'),
  TEST_NOT_SIGNED: mendable('test', 'prescriber'),
  TEST_RETRACTED: mendable('test', 'prescriber'),
  PREGNANCY_TEST_POSITIVE: judged('danger', 'prescriber'),
  PREGNANCY_TEST_INDETERMINATE: judged('danger', 'prescriber'),
  PREGNANCY_REPORTED: judged('danger', 'prescriber'),
  PARTNER_PREGNANCY_NOT_COUNSELED: mendable('counseling', 'prescriber'),
  MISSED_PERIOD: judged('danger', 'prescriber'),
  ABNORMAL_BLEEDING: judged('danger', 'prescriber'),
  UNPROTECTED_CONTACT: judged('danger', 'prescriber'),
  METHOD_FAILURE: judged('danger', 'prescriber'),
  SURVEY_MISSING: mendable('survey', 'patient'),
  SURVEY_TOO_OLD: mendable('survey', 'patient'),
  SURVEY_ALREADY_USED: mendable('survey', 'patient'),
  SURVEY_DISCREPANT: judged('survey', 'prescriber'),
  SUPPLY_TOO_LONG: judged('prescription', 'prescriber'),
  TELEPHONE_NOT_ALLOWED: judged('prescription', 'prescriber'),
  PRESCRIPTION_INCOMPLETE: judged('prescription', 'prescriber'),
  STRENGTH_UNKNOWN: judged('prescription', 'prescriber'),
  CLINICAL_STOP: judged('prescription', 'prescriber'),
  MORE_THAN_AUTHORIZED: judged('prescription', 'pharmacy'),
  WRONG_PRODUCT: judged('prescription', 'pharmacy'),
  AUTHORIZATION_UNKNOWN: judged('identity', 'pharmacy'),
  AUTHORIZATION_NOT_ISSUED: mendable('fill', 'prescriber'),
  AUTHORIZATION_EXPIRED: judged('ended', 'prescriber'),
  AUTHORIZATION_REVOKED: judged('ended', 'prescriber'),
  AUTHORIZATION_CANCELLED: judged('ended', 'prescriber'),
  AUTHORIZATION_SUPERSEDED: judged('ended', 'prescriber'),
  IDENTIFIERS_DO_NOT_MATCH: judged('identity', 'pharmacy'),
  ALREADY_DISPENSED: judged('ended', 'prescriber'),
  ALREADY_RESERVED: mendable('fill', 'pharmacy'),
  NOT_RESERVED: mendable('fill', 'pharmacy'),
  CONFIRMATION_EXPIRED: mendable('fill', 'pharmacy'),
  SHIP_SAME_DAY: mendable('fill', 'pharmacy'),
  TOO_EARLY_FOR_NEXT_FILL: mendable('fill', 'time'),
  CHECKLIST_MISSING: mendable('fill', 'pharmacy'),
  MEDICATION_GUIDE_MISSING: mendable('fill', 'pharmacy'),
  THERAPY_INTERRUPTED: mendable('therapy', 'prescriber'),
  THERAPY_ENDED: mendable('therapy', 'prescriber'),
  EXCEPTION_NOT_ALLOWED: judged('prescription', 'administrator'),
  RULE_MISSING: judged('data', 'administrator'),
  EDITION_NOT_SOUND: judged('data', 'administrator'),
  EDITION_TOO_LATE: judged('data', 'administrator'),
  FACT_UNKNOWN: mendable('data', 'prescriber'),
  FUTURE_DATE: judged('data', 'nobody'),
  WRONG_STATE: judged('data', 'nobody'),
} as const satisfies Record<string, ReasonInfo>;

export type ReasonCode = keyof typeof REASONS;
export const REASON_CODES = Object.keys(REASONS) as ReasonCode[];

export const WARNINGS = [
  'LATE_ENTRY',
  'REFILLS_STRUCK',
  'CAPSULES_AGAINST_DIRECTIONS',
  'HORMONAL_METHOD_WEAKENED',
  'ESTROGEN_THROMBOSIS',
  'DOSE_ABOVE_RENAL',
  'LABORATORY_DUE',
  'INTERACTION',
  'NOT_SCREENED',
  'HANDOVER_SOON',
  'DOSE_ABOVE_LABEL',
  'SCHEDULE_NOT_AS_LABELED',
] as const;
export type WarningCode = (typeof WARNINGS)[number];

/** Reasons in the catalogue's order, each once. */
export function inCatalogueOrder(codes: Iterable<ReasonCode>): ReasonCode[] {
  const present = new Set(codes);
  return REASON_CODES.filter((code) => present.has(code));
}
