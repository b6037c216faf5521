import type { Instant, LocalDate, LocalDateOrMonth, Moment } from '../calendar.js';
import type { ChecklistAnswer } from '../checklist.js';
import type { Actor, Participant } from '../participant.js';
import type { Answers, Given, ListedMedicine, PregnancyTest, Regimen, WarningAction } from '../patient.js';
import type { WarningCode } from '../reason.js';

/** What somebody asks for: the vocabulary of case files, API and log. `id` names the new fact it makes; `at` is the database's instant. */
export type Command = CommandBody & { readonly id: string; readonly at: Instant; readonly by: Actor };
export type CommandName = CommandBody['do'];
export type CommandOf<N extends CommandName> = BodyOf<N, CommandBody> & { readonly id: string; readonly at: Instant; readonly by: Actor };
type BodyOf<N extends CommandName, Body> = Body extends { readonly do: infer D }
  ? [N & D] extends [never]
    ? never
    : Body & { readonly do: N & D }
  : never;

export interface AgreementInput {
  readonly category: string;
  readonly signed: Moment;
  readonly signedBy: readonly ('patient' | 'guardian')[];
  readonly prescriber: string | null;
}

/** That somebody cannot become pregnant for another reason than an operation or her age: a specialist's word, which the prescriber attests to. */
export interface Determination {
  readonly by: string;
  readonly licence: string;
  /** The date of the specialist's document. */
  readonly on: LocalDate;
}

/** What a pharmacist reads from the prescription and from the bottle; absent means as issued. */
export interface Presented {
  readonly identifiersMatch: boolean;
  readonly shows: readonly ('number' | 'category')[];
  readonly showsCategory: string | null;
  readonly capsules: number | null;
  readonly strengthMg: number | null;
  readonly supplyDays: number | null;
  /** What lies on the counter, line by line, when that is known. */
  readonly lines?: readonly GivenLine[];
}

/** Capsules of one strength out of one package; product code and lot as printed on it. */
export interface GivenLine {
  readonly strengthMg: number;
  readonly capsules: number;
  readonly ndc: string;
  readonly lot: string;
}

type OnAuthorization = { readonly authorization: string };

type CommandBody =
  | {
      readonly do: 'certify-prescriber' | 'certify-pharmacy' | 'suspend-prescriber' | 'suspend-pharmacy';
      readonly participant: string;
      readonly until: Instant | null;
      /** Of a site's certification: its zone, when it is set or changed. */
      readonly zone?: string;
      /** Of a prescriber's, in the same way. */
      readonly licence?: string;
      /** Of a suspension: the cause. */
      readonly reason?: string;
    }
  | {
      readonly do: 'register-participant';
      readonly participant: string;
      readonly kind: Participant['kind'];
      readonly actsFor: string | null;
      readonly chain: string | null;
      /** Of a pharmacy site, when it is known. */
      readonly zone?: string;
      /** Of a prescriber, when it is known. */
      readonly licence?: string;
    }
  | { readonly do: 'end-delegation'; readonly participant: string }
  | { readonly do: 'train-person'; readonly participant: string; readonly person: string; readonly until: Instant | null }
  | {
      readonly do: 'enroll-patient' | 're-enroll-patient';
      readonly category: string | null;
      readonly answers: Partial<Answers>;
      readonly agreement: AgreementInput | null;
      readonly prescriber: string;
      readonly determination?: Determination;
      /** Records on file that may be the same person's, and whether the prescriber enrolls all the same. */
      readonly suspected?: { readonly patients: readonly string[]; readonly newPersonConfirmed: boolean };
    }
  | { readonly do: 'sign-agreement'; readonly agreement: AgreementInput }
  | { readonly do: 'withdraw-agreement' | 'deactivate-patient' | 'record-death'; readonly reason: string }
  | {
      readonly do: 'change-category';
      readonly category: string;
      readonly grounds: string;
      readonly answers: Partial<Answers>;
      readonly agreement: AgreementInput | null;
      readonly determination?: Determination;
    }
  | {
      readonly do: 'link-patients' | 'unlink-patients';
      readonly other: string;
      /** Who asked for it before, and waits for a second person; null when nobody did. */
      readonly askedBy: string | null;
      /** Two persons did it already. */
      readonly done: boolean;
    }
  | { readonly do: 'transfer-patient'; readonly to: string }
  | { readonly do: 'record-pregnancy-test'; readonly test: PregnancyTest }
  | {
      readonly do: 'correct-pregnancy-test';
      readonly test: string;
      readonly corrected: Partial<Omit<PregnancyTest, 'id'>>;
      readonly reason: string;
    }
  | { readonly do: 'retract-pregnancy-test'; readonly test: string; readonly reason: string }
  | { readonly do: 'record-contraception'; readonly method: string; readonly from: LocalDateOrMonth; readonly until: LocalDate | null }
  | { readonly do: 'declare-abstinence'; readonly from: LocalDateOrMonth | null; readonly until: LocalDate | null; readonly never: boolean }
  | { readonly do: 'state-contraindication'; readonly of: readonly string[] }
  | { readonly do: 'report-menses'; readonly on: LocalDate; readonly cycle: Answers['cycle'] }
  | { readonly do: 'report-missed-period'; readonly on: LocalDate; readonly kind: 'missed' | 'abnormal-bleeding' }
  | { readonly do: 'report-unprotected-contact'; readonly on: LocalDate }
  | { readonly do: 'report-method-failure'; readonly on: LocalDate; readonly method: string | null }
  | { readonly do: 'report-adverse-event'; readonly on: LocalDate; readonly what: string }
  | { readonly do: 'record-medications'; readonly whole: boolean; readonly medicines: readonly ListedMedicine[] }
  | { readonly do: 'state-indication'; readonly indication: string | null }
  | { readonly do: 'record-creatinine-clearance'; readonly mlPerMin: number; readonly dialysis: boolean; readonly on: LocalDate }
  | { readonly do: 'record-laboratory-work'; readonly what: string; readonly on: LocalDate }
  | (OnAuthorization & {
      readonly do: 'acknowledge-warning';
      readonly warnings: readonly WarningCode[];
      readonly action: WarningAction;
      readonly note: string | null;
    })
  /** Answers to the edition's questions are judged here; a survey that was judged elsewhere comes with its outcome. */
  | { readonly do: 'complete-survey'; readonly answers: 'consistent' | 'discrepant' | Given }
  | { readonly do: 'resolve-discrepancy'; readonly grounds: string }
  | { readonly do: 'report-pregnancy'; readonly who: 'patient' | 'partner' }
  | {
      readonly do: 'clear-pregnancy-hold';
      readonly grounds: string;
      readonly tests: readonly string[];
      readonly determinedBy: string;
      /** Of the one who determined it. */
      readonly licence?: string;
    }
  | { readonly do: 'record-told-of-result' }
  /** Somebody reads what is the patient's own, on her behalf: changes nothing, and leaves an entry. */
  | { readonly do: 'read-status' }
  /** Prescriber, delegate or pharmacist reads the list of other medicines and what follows from it: changes nothing, and leaves an entry. */
  | { readonly do: 'read-clinical-review' }
  | { readonly do: 'interrupt-therapy' | 'resume-therapy' | 'end-therapy'; readonly on: LocalDate }
  | { readonly do: 'change-dose'; readonly on: LocalDate; readonly regimen: Regimen | null; readonly earlierCapsulesStopped: boolean }
  | (OnAuthorization & { readonly do: 'start-authorization'; readonly prescription: PrescriptionInput })
  | (OnAuthorization & { readonly do: 'certify-counseling'; readonly topics: readonly string[] })
  | (OnAuthorization & { readonly do: 'confirm-contraception' | 'issue-authorization' })
  | (OnAuthorization & { readonly do: 'cancel-authorization'; readonly reason: string })
  | (OnAuthorization & { readonly do: 'verify'; readonly presented: Presented })
  | (OnAuthorization & { readonly do: 'reserve'; readonly presented: Presented; readonly confirmationNumber: string | null })
  | (OnAuthorization & { readonly do: 'release'; readonly notHandedOver: boolean })
  | (OnAuthorization & { readonly do: 'transfer-reservation'; readonly to: string })
  | (OnAuthorization & {
      readonly do: 'dispense';
      readonly method: 'handover' | 'ship';
      /** Where the site's own row names no zone: that of its days; null: the program's. */
      readonly siteZone: string | null;
      /** The answers to the edition's questions; or, from a source that keeps them itself, whether they are all as needed. */
      readonly checklist: boolean | readonly ChecklistAnswer[];
      readonly medicationGuide: boolean;
      /** Of a report that names the number: whether name and birth date were those on record. */
      readonly identifiersMatch: boolean;
      /** The hand-over that happened; null while she asks before it. */
      readonly handedOver: Moment | null;
      /** What is handed over; null and none: as reserved. */
      readonly capsules: number | null;
      readonly supplyDays: number | null;
      readonly lines: readonly GivenLine[];
    })
  | (OnAuthorization & { readonly do: 'correct-dispense'; readonly error: string; readonly patientContacted: boolean })
  | (OnAuthorization & { readonly do: 'return'; readonly unopened: boolean })
  | {
      readonly do: 'set-accommodation';
      readonly kind: string;
      readonly from: Instant;
      readonly until: Instant | null;
      /** Who allowed it: the regulator's letter, say. */
      readonly authority?: string;
    }
  | (OnAuthorization & {
      readonly do: 'request-exception';
      readonly kind: string;
      readonly reason: string;
      readonly evidence: string;
      /** The request it takes up has its answer already. */
      readonly answered?: boolean;
    })
  | (OnAuthorization & {
      readonly do: 'decline-exception';
      readonly request: string;
      readonly reason: string;
      readonly answered?: boolean;
    })
  | (OnAuthorization & {
      readonly do: 'grant-exception';
      readonly kind: string;
      readonly reason: string;
      readonly approvedBy: readonly string[];
      readonly answered?: boolean;
    })
  /** Written by the sweeper when nobody came: what the clock had already decided. */
  | (OnAuthorization & { readonly do: 'lapse' })
  /** Written by the system when something was recorded of the patient in another program: what that ends here. */
  | { readonly do: 'heed-elsewhere' }
  /** Written by the system, patient by patient, when a prescriber was suspended for cause. */
  | { readonly do: 'revoke'; readonly prescriber: string };

/** A prescription as written; null where it does not say. */
export interface PrescriptionInput {
  readonly lines: readonly { readonly strengthMg: number | null; readonly capsules: number | null; readonly regimen: Regimen | null }[];
  /** null: follows from the lines. */
  readonly supplyDays: number | null;
  readonly refills: number;
  readonly channel: string;
}
