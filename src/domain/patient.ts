import type { Instant, LocalDate, LocalDateOrMonth, Moment } from './calendar.js';
import type { Participant } from './participant.js';
import type { HoldKind } from './program.js';
import type { WarningCode } from './reason.js';

/** The patient's answers about organs and periods: the category comes from these, never from a sex field alone. null: not known. */
export interface Answers {
  readonly birthDate: LocalDate | null;
  readonly sex: 'female' | 'male' | null;
  readonly menarche: boolean | null;
  readonly amenorrhea: { readonly since: LocalDateOrMonth; readonly cause: 'natural' | 'medical-treatment' | 'breast-feeding' } | null;
  readonly hysterectomy: boolean | null;
  readonly bilateralOophorectomy: boolean | null;
  readonly cycle: 'regular' | 'irregular' | 'none' | null;
  readonly neverHadUterusOrOvaries: boolean | null;
  /** A specialist's determination, documented by two persons (ovarian failure, Turner, XY, uterine agenesis). */
  readonly determinedNotFertile: boolean | null;
  /** Answers to the questions that an edition adds, by name; one that is not there is not known. */
  readonly declared?: Declared;
}

export type Declared = Readonly<Record<string, string | number | boolean>>;

/** Answers after new ones: each takes the place of its own earlier one, an added question's too. */
export function withAnswers(before: Answers, given: Partial<Answers>): Answers {
  const after = { ...before, ...given };
  return given.declared === undefined ? after : { ...after, declared: { ...before.declared, ...given.declared } };
}

export const NO_ANSWERS: Answers = {
  birthDate: null,
  sex: null,
  menarche: null,
  amenorrhea: null,
  hysterectomy: null,
  bilateralOophorectomy: null,
  cycle: null,
  neverHadUterusOrOvaries: null,
  determinedNotFertile: null,
};

export interface PregnancyTest {
  readonly id: string;
  readonly collected: Moment;
  readonly result: 'negative' | 'positive' | 'indeterminate' | 'invalid';
  readonly method: 'urine' | 'serum-quantitative';
  /** mIU/mL, of a quantitative result. */
  readonly value: number | null;
  /** The smallest amount the method sees, mIU/mL. */
  readonly sensitivity: number | null;
  readonly setting: 'clinical' | 'home' | null;
  readonly source: 'laboratory' | 'prescriber' | 'delegate-unsigned' | 'patient';
}

/** Who named a medicine; `record`: another system's record of it. */
export type SaidBy = 'patient' | 'guardian' | 'prescriber' | 'pharmacist' | 'record';

export interface ListedMedicine {
  readonly name: string;
  /** RxNorm, where the list had one. */
  readonly rxnorm: string | null;
  readonly from: LocalDateOrMonth | null;
  readonly until: LocalDate | null;
  readonly saidBy: SaidBy;
}

/** What was done about a warning. */
export type WarningAction = 'acknowledged' | 'acted-on';

/** Answers to a survey's questions, by question. */
export type Given = Readonly<Record<string, string>>;

/** One dated fact. Evidence is only ever added: a correction or a retraction is a fact of its own. */
export type Evidence = EvidenceOf & { readonly id: string; readonly recordedAt: Instant };

type EvidenceOf =
  | {
      readonly kind: 'agreement';
      readonly category: string;
      readonly signed: Moment;
      readonly signedBy: readonly ('patient' | 'guardian')[];
      readonly prescriber: string;
    }
  | { readonly kind: 'agreement-withdrawn' }
  | {
      readonly kind: 'contraception';
      readonly method: string;
      readonly from: LocalDateOrMonth;
      readonly until: LocalDate | null;
      /** The prescriber who recorded it; absent where the patient or a delegate did. */
      readonly confirmedBy?: string;
    }
  | { readonly kind: 'abstinence'; readonly from: LocalDateOrMonth | null; readonly until: LocalDate | null; readonly never: boolean }
  | { readonly kind: 'contraindication'; readonly of: string }
  /** What else she takes, as somebody said and somebody wrote down; `whole`: nothing else. */
  | {
      readonly kind: 'medication-list';
      readonly whole: boolean;
      readonly medicines: readonly ListedMedicine[];
      readonly enteredBy: { readonly role: string; readonly id: string };
      readonly on: LocalDate;
    }
  /** What the drug is given for, by the code of its facts; null: something that they do not name. */
  | { readonly kind: 'indication'; readonly indication: string | null }
  | { readonly kind: 'creatinine-clearance'; readonly mlPerMin: number; readonly dialysis: boolean; readonly on: LocalDate }
  /** That the work was done, never what it showed. */
  | { readonly kind: 'laboratory-work'; readonly what: string; readonly on: LocalDate }
  | {
      readonly kind: 'warning-acknowledged';
      readonly authorization: string;
      readonly warnings: readonly WarningCode[];
      readonly action: WarningAction;
      readonly note: string | null;
      readonly by: { readonly role: string; readonly id: string };
    }
  | { readonly kind: 'pregnancy-test'; readonly test: PregnancyTest }
  | {
      readonly kind: 'test-correction';
      readonly test: string;
      readonly corrected: Partial<Omit<PregnancyTest, 'id'>>;
      readonly reason: string;
    }
  | { readonly kind: 'test-retraction'; readonly test: string; readonly reason: string }
  | {
      readonly kind: 'survey';
      readonly completed: Moment;
      readonly by: 'patient' | 'guardian';
      readonly answers: 'consistent' | 'discrepant';
      /** What was answered, by question, where the survey was taken here. */
      readonly given?: Given;
      readonly served: string | null;
    }
  | {
      readonly kind: 'menses';
      readonly on: LocalDate;
      readonly cycle: Answers['cycle'];
      /** The cycle on record until this report. */
      readonly before: Answers['cycle'];
    }
  | {
      readonly kind: 'danger';
      readonly hold: HoldKind;
      readonly since: Instant;
      readonly on: LocalDate;
      readonly method: string | null /** false: reported by somebody whose category it only advises. */;
      readonly holds: boolean;
    }
  | { readonly kind: 'partner-pregnancy' }
  /** The prescriber has told her of a result that was not negative: from then on it is hers to read. */
  | { readonly kind: 'result-told' }
  | {
      readonly kind: 'clearing';
      readonly tests: readonly string[];
      readonly through: Instant;
      readonly grounds: string;
      readonly determinedBy: string;
    }
  | { readonly kind: 'discrepancy-resolved'; readonly grounds: string }
  | { readonly kind: 'therapy'; readonly change: 'interrupted' | 'resumed' | 'ended'; readonly on: LocalDate }
  | { readonly kind: 'dose-change'; readonly on: LocalDate; readonly regimen: Regimen | null }
  | { readonly kind: 'counseling'; readonly authorization: string; readonly by: string; readonly topics: readonly string[] }
  | { readonly kind: 'contraception-confirmed'; readonly authorization: string; readonly by: 'patient' | 'guardian' }
  | { readonly kind: 'adverse-event'; readonly on: LocalDate; readonly what: string };

export type EvidenceKind = Evidence['kind'];
export type EvidenceOfKind<K extends EvidenceKind> = Extract<Evidence, { kind: K }>;

/** How capsules are taken: so many a day on the first `daysOn` days of each cycle. */
export interface Regimen {
  readonly perDay: number;
  readonly daysOn: number;
  readonly cycleDays: number;
}

export interface PrescriptionLine {
  readonly strengthMg: number;
  readonly capsules: number;
  readonly regimen: Regimen;
}

export interface Prescription {
  readonly lines: readonly PrescriptionLine[];
  readonly supplyDays: number;
  readonly refillsAsked: number;
  readonly channel: string;
}

/** A hand-over that happened: permitted, or outside the rules and recorded all the same (rules §9.4). */
export interface Fill {
  readonly id: string;
  /** null for fills that were before this service's time. */
  readonly authorization: string | null;
  readonly pharmacy: string;
  readonly handedOver: Moment;
  /** When its authorization was issued. */
  readonly issuedAt: Instant;
  readonly supplyDays: number;
  readonly outcome: 'permitted' | 'deviation' | 'violation';
  readonly returnedAt: Instant | null;
  readonly returnedUnopened: boolean | null;
}

export interface Enrollment {
  readonly id: string;
  readonly enrolledAt: Instant;
  /** The instant of the last re-enrollment: fills before it make nothing a later prescription. */
  readonly reEnrolledAt: Instant | null;
  readonly prescriber: string;
  readonly deactivatedAt: Instant | null;
  readonly deceasedAt: Instant | null;
  /** Counts every accepted command about this patient. */
  readonly revision: number;
}

export type AuthorizationState =
  | 'counseling'
  | 'contraception'
  | 'pregnancyTest'
  | 'ready'
  | 'authorized'
  | 'reserved'
  | 'dispensed'
  | 'returned'
  | 'expired'
  | 'cancelled'
  | 'superseded'
  | 'revoked';

export interface Reservation {
  readonly pharmacy: string;
  readonly reservedAt: Instant;
  /** The last instant at which the confirmation number holds. */
  readonly confirmationEndsAt: Instant;
  readonly confirmationNumber: string | null;
  /** What the site said it will hand over, when that is less than authorized. */
  readonly given: { readonly capsules: number | null; readonly supplyDays: number | null };
}

export interface GrantedException {
  readonly kind: string;
  readonly grantedAt: Instant;
  readonly by: readonly string[];
  readonly reason: string;
}

export interface Authorization {
  readonly id: string;
  readonly machineVersion: number;
  readonly state: AuthorizationState;
  readonly edition: string;
  readonly editionHash: string;
  readonly prescription: Prescription;
  readonly startedAt: Instant;
  readonly preparationEndsAt: Instant;
  /** Set at issue. */
  readonly issuedAt: Instant | null;
  readonly issuedBy: string | null;
  readonly category: string | null;
  readonly expiresAt: Instant | null;
  /** Evidence ids the issue rested on: what a correction re-judges. */
  readonly restedOn: readonly string[];
  /** The live reservation, or the lapsed one of the site that may take it up again. */
  readonly reservation: Reservation | null;
  readonly exceptions: readonly GrantedException[];
}

export interface Accommodation {
  readonly kind: string;
  readonly from: Instant;
  readonly until: Instant | null;
}

/** What the suspected double of a patient adds: her dangers and her days of supply count on both records (rules §9.15). */
export interface LinkedRecord {
  readonly patient: string;
  readonly category: string | null;
  readonly evidence: readonly Evidence[];
  readonly fills: readonly Fill[];
}

/** The same person in another program: her dangers stand here too, and so does what both editions accept (elsewhere.ts). */
export interface ElsewhereRecord {
  readonly program: string;
  readonly category: string | null;
  readonly categorySince: Instant | null;
  readonly answers: Answers;
  readonly evidence: readonly Evidence[];
}

/** Everything a decision looks at: one patient in one program, her authorizations, and the participants they name. */
export interface Case {
  readonly patient: string;
  readonly enrollment: Enrollment | null;
  readonly answers: Answers;
  readonly category: string | null;
  readonly categorySince: Instant | null;
  readonly evidence: readonly Evidence[];
  readonly fills: readonly Fill[];
  readonly authorizations: readonly Authorization[];
  readonly participants: Readonly<Record<string, Participant>>;
  readonly accommodations: readonly Accommodation[];
  readonly linked: readonly LinkedRecord[];
  readonly elsewhere?: readonly ElsewhereRecord[];
}

export function evidenceOf<K extends EvidenceKind>(file: { readonly evidence: readonly Evidence[] }, kind: K): EvidenceOfKind<K>[] {
  return file.evidence.filter((fact): fact is EvidenceOfKind<K> => fact.kind === kind);
}
