import { type Instant, readMoment } from './calendar.js';
import type { ReasonCode, WarningCode } from './reason.js';

/**
 * An edition is one dated version of a program's rules, written as data in `programs/<code>/<edition>.json`. In the document every value
 * that a regulator set, or that we read into a silence, is a leaf `{value, source, verified}`; here the leaves are unwrapped. A value that no
 * source gives is `null` there and here, and a rule that needs it answers RULE_MISSING: nothing is invented.
 */
export interface Edition {
  readonly program: string;
  readonly edition: string;
  /** SHA-256 of the document's canonical form, hex; every decision names it. */
  readonly hash: string;
  readonly title: string;
  readonly zone: string;
  readonly effectiveFrom: Instant;
  /** The last instant it governs new authorizations; null while it is the newest. */
  readonly effectiveUntil: Instant | null;
  readonly appliesToOpen: boolean;
  readonly categories: Readonly<Record<string, Category>>;
  readonly adulthoodAge: number | null;
  /** First match wins; answers, never a sex field, decide (rules §1.3). */
  readonly categoryRules: readonly CategoryRule[];
  readonly contraception: ContraceptionRules;
  readonly tests: TestRules;
  readonly holds: Readonly<Record<HoldKind, HoldRule>>;
  readonly clearing: ClearingRules;
  readonly prescription: PrescriptionRules;
  readonly authorization: AuthorizationRules;
  readonly therapy: TherapyRules;
  readonly entry: EntryRules;
  readonly exceptions: Readonly<Record<string, ExceptionRule>>;
  /** The patients' surveys, by code. */
  readonly questionnaires?: Readonly<Record<string, Questionnaire>>;
  /** Names of requirements (requirement.ts), in the order a reader is told; the list is the program's "judged when". */
  readonly judged: Readonly<Record<JudgedAt, readonly string[]>>;
  /** What a pharmacist goes through with the patient before a hand-over, by category. */
  readonly checklists: Readonly<Record<string, readonly ChecklistQuestion[]>>;
}

export interface ChecklistQuestion {
  readonly id: string;
  /** As asked of the pharmacist. */
  readonly question: string;
  readonly needs: 'yes' | 'no';
}

export type JudgedAt = 'issue' | 'verify' | 'reserve' | 'dispense';

export interface Category {
  readonly title: string;
  readonly age: 'adult' | 'child';
  /** The category this one becomes by itself on the birthday of adulthood. */
  readonly adultCode: string | null;
  readonly reproductivePotential: boolean;
  readonly signers: 'patient' | 'guardian';
  readonly contraception: boolean;
  readonly tests: boolean;
  readonly survey: SurveyRule | null;
  readonly window: { readonly anchor: 'last-test' | 'issue'; readonly days: number | null };
  readonly shipSameDay: boolean;
  /** Whether a report of missed period, contact or failed method holds, or only advises. */
  readonly reportsHold: boolean;
}

export type SurveyRule =
  | { readonly kind: 'per-authorization'; readonly first: boolean; readonly days: number | null }
  | { readonly kind: 'calendar'; readonly first: boolean; readonly months: number | null };

export interface Questionnaire {
  readonly categories: readonly string[];
  /** Whose answers count: a survey that a minor answers in private is not the guardian's. */
  readonly answeredBy: readonly ('patient' | 'guardian')[];
  readonly minutes: number;
  readonly questions: readonly Question[];
}

export interface Question {
  readonly code: string;
  readonly asks: string;
  /** Told before it is asked. */
  readonly why: string;
  readonly expected: 'yes' | 'no';
  /** What the opposite answer reports by itself. */
  readonly reports: ReportKind | null;
}

export type ReportKind = 'missed-period' | 'unprotected-contact' | 'method-failure' | 'pregnancy' | 'partner-pregnancy';

export interface CategoryRule {
  readonly when: Predicate;
  readonly adult: string;
  readonly child: string;
}

/** A small closed language over the patient's answers. */
export type Predicate =
  | { readonly always: true }
  | { readonly all: readonly Predicate[] }
  | { readonly any: readonly Predicate[] }
  | { readonly answer: AnswerName; readonly is: string | boolean }
  | { readonly unanswered: readonly AnswerName[] }
  | { readonly youngerThan: number }
  | { readonly notYoungerThan: number }
  | { readonly amenorrheaMonths: number; readonly cause: string };

export type AnswerName =
  | 'sex'
  | 'menarche'
  | 'amenorrhea'
  | 'hysterectomy'
  | 'bilateralOophorectomy'
  | 'cycle'
  | 'neverHadUterusOrOvaries'
  | 'determinedNotFertile';

export interface ContraceptionRules {
  readonly methods: Readonly<
    Record<
      string,
      {
        readonly tier: 'highly-effective' | 'effective' | 'not-accepted';
        readonly family: string | null;
        readonly warning: WarningCode | null;
      }
    >
  >;
  readonly methodsNeeded: number | null;
  readonly highlyEffectiveNeeded: number | null;
  readonly leadDays: number | null;
  readonly tailDays: number | null;
  /** When every family named is contraindicated (or in use), other accepted methods may stand in for the highly effective one. */
  readonly exceptionFamilies: readonly string[];
  readonly confirmationDays: number | null;
  /** How long after a contact emergency contraception can still work. */
  readonly emergencyHours?: number | null;
}

export interface TestRules {
  readonly maxSensitivity: number | null;
  readonly settings: readonly string[];
  /** Settings that only an accommodation in force at collection allows. */
  readonly settingAccommodations: Readonly<Record<string, string>>;
  readonly signedSources: readonly string[];
  /** What a laboratory's method can see, mIU/mL; asked only of home kits (rules §9.9). */
  readonly methodSensitivity: Readonly<Record<string, number>>;
  readonly first: {
    readonly earlierMinDays: number | null;
    readonly earlierMaxDays: number | null;
    readonly laterMaxHours: number | null;
  };
  readonly onTherapyMaxDays: number | null;
  readonly cadence: {
    readonly initialDays: number | null;
    readonly initialIntervalDays: number | null;
    readonly intervalDaysByCycle: Readonly<Record<string, number>>;
    readonly intervalDaysUnknownCycle: number | null;
    /** Weekly testing begins again after this long without medicine. */
    readonly initialAgainAfterDays: number | null;
    /** More missed intervals than this, and the first-prescription rules apply again. */
    readonly missedIntervalsAllowed: number | null;
  };
}

export type HoldKind =
  | 'positive-test'
  | 'indeterminate-test'
  | 'pregnancy'
  | 'missed-period'
  | 'abnormal-bleeding'
  | 'unprotected-contact'
  | 'method-failure'
  | 'survey-discrepancy';

export interface HoldRule {
  readonly reason: ReasonCode;
  readonly revokes: boolean;
  readonly liftedBy: 'clearing' | 'quantitative-negative' | 'negative' | 'resolution';
  /** For `negative`: a negative this many days after the contact is needed as well. */
  readonly negativeAfterDays: number | null;
}

export interface ClearingRules {
  readonly tests: number | null;
  readonly method: string;
  readonly source: string;
  readonly minHoursApart: number | null;
}

export interface PrescriptionRules {
  readonly maxSupplyDays: number | null;
  readonly strengthsMg: readonly number[];
  readonly channels: Readonly<Record<string, { readonly accommodation: string | null }>>;
}

export interface AuthorizationRules {
  readonly preparationDays: number | null;
  readonly confirmationHours: number | null;
  readonly maxDaysLeft: number | null;
  /** Asked of the pharmacy at hand-over. */
  readonly checklist: boolean;
  readonly medicationGuide: boolean;
}

export interface TherapyRules {
  readonly reenrollAfterMonths: number | null;
  readonly tailDays: number | null;
}

export interface EntryRules {
  /** Evidence recorded more than this long after its moment is marked late. */
  readonly lateAfterHours: number | null;
  /** How far ahead of the database's clock a written moment may be. */
  readonly futureToleranceMinutes: number | null;
}

export interface ExceptionRule {
  readonly waives: readonly ReasonCode[];
  /** Extra hours on administrative windows only. */
  readonly extendsHours: number | null;
}

export class EditionNotReadable extends Error {}

function unwrap(node: unknown): unknown {
  if (Array.isArray(node)) return Object.freeze(node.map(unwrap));
  if (node === null || typeof node !== 'object') return node;
  const record = node as Record<string, unknown>;
  if ('value' in record && 'source' in record) return unwrap(record['value']);
  // Without a prototype: codes from requests are looked up here, and `constructor` must not be found as a method of contraception.
  const plain = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of Object.entries(record)) plain[key] = unwrap(value);
  return Object.freeze(plain);
}

/** The edition in a checked document; `hash` is that of its canonical bytes. The shape itself is checked by the JSON Schema beside it. */
export function editionFrom(document: object, hash: string): Edition {
  const plain = unwrap(document) as Record<string, unknown> & { zone: string; effectiveFrom: string; effectiveUntil: string | null };
  const instant = (text: string) => readMoment(text, plain.zone).at;
  return Object.freeze({
    ...(plain as unknown as Edition),
    hash,
    effectiveFrom: instant(plain.effectiveFrom),
    effectiveUntil: plain.effectiveUntil === null ? null : instant(plain.effectiveUntil),
  });
}
