import type { ObjectRule } from './object-rule.js';
import { type Principal, ROLES, type Role } from './principal.js';

/**
 * The one table of who may call what. The names are the operation ids of the OpenAPI document. What is not listed is refused, and a role
 * without a rule in a row may not call it. It says only who may *ask*: whether the act is permitted now is the decision's to say.
 */
export interface Permission {
  readonly allow: Readonly<Partial<Record<Role, ObjectRule>>> | 'public';
  /** Signed by the caller: nobody may do it for another, and the sign-in must be fresh. */
  readonly attestation: boolean;
}

type Allow = Readonly<Partial<Record<Role, ObjectRule>>>;
const row = (allow: Allow): Permission => ({ allow, attestation: false });
const attested = (allow: Allow): Permission => ({ allow, attestation: true });
const open: Permission = { allow: 'public', attestation: false };

const everyRole = (rule: ObjectRule): Allow => Object.fromEntries(ROLES.map((role) => [role, rule]));

const prescriber: Allow = { prescriber: 'own-patient' };
/** Who issued an authorization that is still open may stop it, and tell of a danger, wherever the patient has gone since. */
const issuer: Allow = { prescriber: 'own-or-open-issue' };
const prescriberOrOffice: Allow = { prescriber: 'own-patient', administrator: 'any' };
/** The chart, as the practice keeps it: the delegate writes facts and drafts, never a signature. */
const practice: Allow = { prescriber: 'own-patient', delegate: 'delegated-patient' };
/** What the patient says of herself. The phone desk writes down what she answers. */
const patient: Allow = { patient: 'self', 'program-agent': 'answering-patient' };
/** A danger is taken from whoever knows of it: refusing the messenger would leave the drug in use. */
const danger: Allow = { ...practice, ...issuer, ...patient, guardian: 'own-ward', administrator: 'any' };
/** Her own screen: herself, or the guardian of a child. */
const ownScreen: Allow = { patient: 'self', guardian: 'own-ward' };
const phoneDesk: Allow = { 'program-agent': 'answering-patient' };
const atOwnSite: Allow = { pharmacist: 'own-site' };
/** The rules as they are being made. */
const readsRules: Allow = { steward: 'any', administrator: 'any', auditor: 'any' };
const atOwnReservation: Allow = { pharmacist: 'own-reservation' };

const TABLE = {
  // participants
  certifyPrescriber: attested({ prescriber: 'self', administrator: 'any' }),
  suspendPrescriber: attested({ administrator: 'any' }),
  certifyPharmacy: attested({ 'pharmacy-representative': 'own-site', administrator: 'any' }),
  suspendPharmacy: attested({ administrator: 'any' }),
  trainPerson: attested({ 'pharmacy-representative': 'own-site', administrator: 'any' }),
  registerParticipant: row({ administrator: 'any' }),
  // Ends access to patients, so it asks for no fresh sign-in.
  endDelegation: row({ prescriber: 'self', delegate: 'self', administrator: 'any' }),

  // enrollment
  enrollPatient: attested(prescriber),
  // One's own patient, in another program: the object rule is asked of her enrollment there.
  enrollInProgram: attested(prescriber),
  reEnrollPatient: attested(prescriber),
  signAgreement: attested({ prescriber: 'own-patient', patient: 'self', guardian: 'own-ward' }),
  // Withdrawing stops the drug, so it asks for no fresh sign-in.
  withdrawAgreement: row({ prescriber: 'own-patient', ...patient, guardian: 'own-ward', administrator: 'any' }),
  changeCategory: attested(prescriber),
  previewCategory: row(practice),
  transferPatient: row(prescriberOrOffice),
  deactivatePatient: row(prescriberOrOffice),
  recordDeath: row(prescriberOrOffice),
  linkPatients: attested(prescriberOrOffice),
  unlinkPatients: attested(prescriberOrOffice),

  // evidence
  recordPregnancyTest: row({ ...practice, ...patient }),
  // A corrected or retracted result changes what was true, so a prescriber signs it; it is also how he takes over a delegate's entry.
  correctPregnancyTest: attested(prescriber),
  retractPregnancyTest: attested(prescriber),
  recordContraception: row({ ...practice, ...patient }),
  stateContraindication: attested(prescriber),
  // Minors answer these in private: no guardian here.
  declareAbstinence: row({ prescriber: 'own-patient', ...patient }),
  confirmContraception: row({ patient: 'self' }),
  confirmMyContraception: row({ patient: 'self' }),
  // Which surveys a guardian may answer for a child is the edition's to say.
  completeSurvey: row(ownScreen),
  reportMenses: row(danger),
  reportMissedPeriod: row(danger),
  reportUnprotectedContact: row(danger),
  reportMethodFailure: row(danger),
  reportPregnancy: row(danger),
  reportPartnerPregnancy: row(danger),
  reportAdverseEvent: row(danger),
  resolveDiscrepancy: attested(prescriberOrOffice),
  clearPregnancyHold: attested(prescriber),
  // It opens the result to the patient.
  recordToldOfResult: attested(prescriber),

  // the same reports from the patient's own screen
  reportMyMissedPeriod: row(ownScreen),
  reportMyUnprotectedContact: row(ownScreen),
  reportMyMethodFailure: row(ownScreen),
  reportMyPregnancy: row(ownScreen),
  reportMyPartnersPregnancy: row(ownScreen),
  reportMySideEffect: row(ownScreen),

  // the phone desk: the patient's own acts, named after them, with the identity check of the one on the line
  deskMyStatus: row(phoneDesk),
  deskConfirmContraception: row(phoneDesk),
  deskCompleteSurvey: row(phoneDesk),
  deskReportMissedPeriod: row(phoneDesk),
  deskReportUnprotectedContact: row(phoneDesk),
  deskReportMethodFailure: row(phoneDesk),
  deskReportPregnancy: row(phoneDesk),
  deskReportPartnerPregnancy: row(phoneDesk),
  deskReportAdverseEvent: row(phoneDesk),

  // therapy
  interruptTherapy: row(practice),
  resumeTherapy: attested(prescriber),
  changeDose: attested(prescriber),
  endTherapy: row(prescriber),

  // the clinical look: warnings only. The pharmacist reaches the list by the prescription that her site holds.
  recordMedications: row(practice),
  importMedications: row(practice),
  recordLaboratoryWork: row(practice),
  // What a dose is compared with, the prescriber says himself.
  stateIndication: row(prescriber),
  recordCreatinineClearance: row(prescriber),
  acknowledgeWarning: row(prescriber),
  recordMedicationsAtSite: row(atOwnReservation),
  importMedicationsAtSite: row(atOwnReservation),
  acknowledgeWarningAtSite: row(atOwnReservation),

  // one prescription
  startAuthorization: row(practice),
  certifyCounseling: attested(prescriber),
  issueAuthorization: attested(prescriber),
  cancelAuthorization: row({ ...prescriberOrOffice, ...issuer }),

  // the counter. None asks for a fresh sign-in: a hand-over that happened must always be recordable.
  verifyAuthorization: row(atOwnSite),
  reserve: row(atOwnSite),
  transferReservation: row(atOwnReservation),
  release: row(atOwnReservation),
  dispense: row(atOwnSite),
  reportHandOver: row(atOwnSite),
  correctDispense: row(atOwnReservation),
  return: row(atOwnReservation),

  // exceptions: requester and approver differ, which the decision judges
  setAccommodation: attested({ administrator: 'any' }),
  requestException: row({ ...issuer, pharmacist: 'own-reservation', administrator: 'any' }),
  grantException: attested({ administrator: 'any' }),
  declineException: row({ administrator: 'any' }),

  // deviations to be worked off
  assignFinding: row({ administrator: 'any' }),
  closeFinding: row({ administrator: 'any' }),

  // the life of an edition: drafted and approved by two persons, which the decision judges
  draftEdition: row({ steward: 'any' }),
  checkEdition: row({ steward: 'any' }),
  approveEdition: attested({ steward: 'any' }),
  // Before it takes effect only, and nothing is judged by it until then: it asks for no fresh sign-in.
  withdrawEdition: row({ steward: 'any' }),
  listEditions: row(readsRules),
  getEdition: row(readsRules),
  compareEditions: row(readsRules),
  // No patient is in these: whoever has signed in may know which rules hold.
  listPrograms: row(everyRole('any')),
  findProgram: row(everyRole('any')),
  getMaterial: row(everyRole('any')),

  // reading
  getCommand: row(everyRole('own-command')),
  myStatus: row(ownScreen),
  worklist: row(practice),
  getPatient: row({ ...practice, administrator: 'any' }),
  listReservations: row(atOwnSite),
  clinicalReview: row(practice),
  clinicalReviewAtSite: row(atOwnReservation),
  getParticipant: row({
    prescriber: 'self',
    delegate: 'self',
    pharmacist: 'own-site',
    'pharmacy-representative': 'own-site',
    administrator: 'any',
    auditor: 'any',
  }),
  listParticipants: row({ administrator: 'any' }),
  listAccommodations: row({ administrator: 'any', auditor: 'any' }),
  listExceptions: row({ administrator: 'any', auditor: 'any' }),
  listDiscrepancies: row({ administrator: 'any', auditor: 'any' }),
  searchEntries: row({ auditor: 'any' }),
  getEntry: row({ auditor: 'any' }),
  getTimeline: row({ auditor: 'any' }),
  getPatientTimeline: row({ auditor: 'any' }),
  explainDecision: row({ auditor: 'any' }),
  replayDecision: row({ auditor: 'any' }),
  getLogKey: row(everyRole('any')),
  // Over the whole record, and by pseudonyms only.
  whatIf: row({ steward: 'any' }),
  whatIfTimeline: row({ steward: 'any' }),

  // the service itself
  health: open,
  ready: open,
  metrics: open,
  openapi: open,
} as const satisfies Record<string, Permission>;

export type OperationId = keyof typeof TABLE;

/** Every operation id of the table, in its order. */
export const OPERATIONS = Object.keys(TABLE) as readonly OperationId[];

/** The row of an operation, or null when it is not listed (and so refused). */
export function permissionOf(operation: string): Permission | null {
  return Object.hasOwn(TABLE, operation) ? TABLE[operation as OperationId] : null;
}

/** How old a sign-in may be when something is attested: 15 minutes, the last millisecond included. */
export const STEP_UP_MS = 15 * 60_000;

export type CallVerdict =
  | { readonly may: true; readonly rule: ObjectRule }
  | { readonly may: false; readonly because: 'not-listed' | 'not-signed-in' | 'role' | 'step-up' };

/**
 * May this caller ask for this operation at `at` (milliseconds)? Pure. The answer names the object rule that the service has to apply.
 * The role is judged before the freshness of the sign-in: nobody is sent to sign in again for something that stays refused.
 */
export function mayCall(principal: Principal | null, operation: string, at: number): CallVerdict {
  const permission = permissionOf(operation);
  if (!permission) return { may: false, because: 'not-listed' };
  if (permission.allow === 'public') return { may: true, rule: 'public' };
  if (!principal) return { may: false, because: 'not-signed-in' };
  const rule = Object.hasOwn(permission.allow, principal.role) ? permission.allow[principal.role] : undefined;
  if (!rule) return { may: false, because: 'role' };
  // Written so that a NaN refuses.
  if (permission.attestation && !(at - principal.authenticatedAt <= STEP_UP_MS)) return { may: false, because: 'step-up' };
  return { may: true, rule };
}

/** Operation ids of `found` (an OpenAPI document, say) that the table does not list. A test keeps this empty. */
export function unlistedOperations(found: Iterable<string>): string[] {
  return [...found].filter((operation) => permissionOf(operation) === null);
}
