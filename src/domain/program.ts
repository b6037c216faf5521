import { type Instant, readMoment, type Span } from './calendar.js';
import type { DrugFacts } from './clinical/drug.js';
import { unwrap } from './leaf.js';
import type { ReasonCode, WarningCode } from './reason.js';

/** A number the edition sets; `"none"` where the program asks for no such bound, and null where nobody knows whether it does. */
export type Bound = number | 'none' | null;
export type SpanBound = Span | 'none' | null;

/** `hard` refuses; `advisory` never blocks and refers to a person instead; `none`: nothing is judged, acts are only recorded. */
export type Gate = 'hard' | 'advisory' | 'none';

/**
 * An edition is one dated version of a program's rules, written as data in `programs/<code>/<edition>.json`. In the document every value
 * that a regulator set, or that we read into a silence, is a leaf `{value, source, verified}`; here the leaves are unwrapped. A value that no
 * source gives is `null` there and here, and a rule that needs it answers RULE_MISSING: nothing is invented. What a program does not ask has
 * a word of its own, `"none"`, so that not asked and not known are never the same.
 */
export interface Edition {
  readonly program: string;
  readonly edition: string;
  /** SHA-256 of the document's canonical form, hex; every decision names it. */
  readonly hash: string;
  readonly title: string;
  readonly jurisdiction: string;
  readonly products: Products;
  /** How strongly it stands before a fill; unknown is as hard as any. */
  readonly gate: Gate | null;
  readonly zone: string;
  readonly effectiveFrom: Instant;
  /** The last instant it governs new authorizations; null while it is the newest. */
  readonly effectiveUntil: Instant | null;
  /** Whether it judges authorizations issued before it too; then both editions must allow (rules §9.5). */
  readonly appliesToOpen: boolean;
  /** What of the edition before goes on meaning something under this one. */
  readonly transition?: Transition;
  readonly categories: Readonly<Record<string, Category>>;
  readonly adulthoodAge: number | null;
  /** First match wins; answers, never a sex field, decide (rules §1.3). */
  readonly categoryRules: readonly CategoryRule[];
  /** Questions about the patient that this program adds to the fixed ones, by name. */
  readonly declaredAnswers?: Readonly<Record<string, DeclaredAnswer>>;
  readonly agreement: AgreementRules;
  readonly contraception: ContraceptionRules;
  readonly tests: TestRules;
  readonly holds: Readonly<Record<HoldKind, HoldRule>>;
  readonly clearing: ClearingRules;
  readonly prescription: PrescriptionRules;
  readonly authorization: AuthorizationRules;
  readonly therapy: TherapyRules;
  readonly entry: EntryRules;
  /** Reliefs that an authority announced for the whole program, by kind; an administrator's stand beside them. */
  readonly accommodations: Readonly<Record<string, AnnouncedAccommodation>>;
  readonly exceptions: Readonly<Record<string, ExceptionRule>>;
  /** How often an exception of one kind may be granted. Where an edition does not say it, none is. */
  readonly exceptionLimits?: ExceptionLimits;
  /** The patients' surveys, by code. */
  readonly questionnaires?: Readonly<Record<string, Questionnaire>>;
  /** Names of requirements (requirement.ts), in the order a reader is told; the list is the program's "judged when". */
  readonly judged: Readonly<Record<JudgedAt, readonly string[]>>;
  /** The clinical warnings that stop here (requirement `clinical`); absent: none, they only warn. null: not known. */
  readonly clinicalStops?: readonly ClinicalStop[] | null;
  /** What a pharmacist goes through with the patient before a hand-over, by category. */
  readonly checklists: Readonly<Record<string, readonly ChecklistQuestion[]>>;
  /** Forms and guides of this edition, versioned files beside it, by code. */
  readonly materials?: Readonly<Record<string, Material>>;
  /** What the program asks of somebody that no decision here depends on. */
  readonly duties?: readonly Duty[];
  /** Who is told of a pregnancy. */
  readonly reports?: readonly ReportRecipient[];
  /** The drug's label facts, for warnings; they are no rule of the edition and change without it. null or absent: none on file. */
  readonly drug?: DrugFacts | null;
}

export interface ClinicalStop {
  readonly warning: WarningCode;
  /** Whether the prescriber's word that it was seen lifts the stop; otherwise only the end of its cause does. */
  readonly untilAcknowledged: boolean;
}

export interface Products {
  readonly molecule: string;
  /** null: not known; a program is chosen by these and its jurisdiction, never by the molecule alone. */
  readonly codes: readonly { readonly system: 'ndc' | 'rxnorm' | 'din' | 'other'; readonly code: string; readonly title?: string }[] | null;
  readonly makers?: readonly string[];
}

export interface Transition {
  readonly from: string;
  /** Category codes of that edition and what they are called here; null: not known, and nothing carries over. */
  readonly sameCategories: Readonly<Record<string, string>> | null;
}

export interface DeclaredAnswer {
  readonly title: string;
  readonly type: 'boolean' | 'number' | 'choice';
  readonly choices?: readonly string[];
}

export interface AgreementRules {
  readonly required: true | 'none' | null;
  /** Calendar months for which a signature is good. */
  readonly validMonths: Bound;
}

export interface AnnouncedAccommodation {
  readonly title: string;
  readonly from: Instant;
  /** null: no end was announced. */
  readonly until: Instant | null;
}

export interface Material {
  readonly title: string;
  /** Beside the edition, `materials/…`; null while the text is not on file. */
  readonly file: string | null;
  readonly sha256: string | null;
  /** null: everybody's. */
  readonly categories: readonly string[] | null;
  readonly audience: 'patient' | 'prescriber' | 'pharmacy';
}

export interface Duty {
  readonly who: string;
  readonly what: string;
}

export interface ReportRecipient {
  readonly to: string;
  readonly within: string | null;
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
  readonly age: 'adult' | 'child' | 'any';
  /** The category this one becomes by itself on the birthday of adulthood. */
  readonly adultCode: string | null;
  readonly reproductivePotential: boolean;
  /** false: persons of this category are not in the program, and its gate is none for them. */
  readonly enrolled: boolean;
  /** `guardian-of-minor`: the guardian while she is under the age of adulthood. */
  readonly signers: 'patient' | 'guardian' | 'guardian-of-minor';
  /** Certified anew for each prescription, once since (re-)enrollment, or never. */
  readonly counseling: 'each-prescription' | 'enrollment' | 'none' | null;
  readonly contraception: boolean;
  readonly tests: boolean;
  readonly survey: SurveyRule | 'none' | null;
  readonly window: WindowRule;
  /** Of this category's own; `none`: the prescription's applies. */
  readonly maxSupplyDays: Bound;
  readonly shipSameDay: boolean;
  /** Whether a report of missed period, contact or failed method holds, or only advises. */
  readonly reportsHold: boolean;
}

export interface WindowRule {
  /** `none`: the program has no window, and `days` is ours, because every authorization ends (I25). Counted from the issue then. */
  readonly anchor: 'last-test' | 'issue' | 'none';
  readonly days: number | null;
  /** Whether the anchor's own date counts as day 0 or as day 1. */
  readonly firstDay: 0 | 1 | null;
}

export type SurveyRule =
  | {
      readonly kind: 'per-authorization';
      readonly first: boolean;
      readonly days: number | null;
      /** The patient answers only after the prescriber has counseled for this prescription. */
      readonly afterCounseling: boolean | null;
    }
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
  | { readonly amenorrheaMonths: number; readonly cause: string }
  | { readonly declared: string; readonly is: string | number | boolean }
  | { readonly declared: string; readonly lessThan: number }
  | { readonly declared: string; readonly notLessThan: number };

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
        /** Who uses it needs no pregnancy tests. */
        readonly waivesTests: boolean;
      }
    >
  >;
  /** The edition's own names of the tiers, for people. */
  readonly tiers?: Readonly<Record<string, string>>;
  readonly methodsNeeded: number | null;
  readonly highlyEffectiveNeeded: number | null;
  /** So many accepted methods together stand in for the highly effective ones. */
  readonly standIn?: Bound;
  readonly lead: SpanBound;
  readonly tail: SpanBound;
  /** When every family named is contraindicated (or in use), other accepted methods may stand in for the highly effective one. */
  readonly exceptionFamilies: readonly string[];
  /** How long the patient's own confirmation stays good; `none`: she is not asked for one. */
  readonly confirmationDays: Bound;
  /** How long after a contact emergency contraception can still work. */
  readonly emergencyHours?: number | null;
}

/** Where a test may be taken, in one phase of the therapy. */
export interface SettingRules {
  readonly settings: readonly string[] | null;
  /** Settings that only an accommodation in force at collection allows. */
  readonly settingAccommodations: Readonly<Record<string, string>>;
}

/** One of the tests before the first prescription. Ages are counted back from the issue. */
export interface TestPlace extends SettingRules {
  readonly code: 'first' | 'second';
  readonly minAgeDays: Bound;
  readonly maxAgeDays: Bound;
  readonly maxAgeHours: Bound;
  /** Days after the test in the place before. */
  readonly minDaysAfterEarlier: Bound;
  /** Of a patient with regular cycles: within so many days of a period's first day, that day being the first. */
  readonly withinDaysOfMenses: Bound;
}

export interface TestRules {
  readonly maxSensitivity: number | null;
  readonly signedSources: readonly string[];
  /** What a laboratory's method can see, mIU/mL; asked only of home kits (rules §9.9). */
  readonly methodSensitivity: Readonly<Record<string, number>>;
  /** In their order: one, or two. */
  readonly places: readonly TestPlace[];
  readonly onTherapy: SettingRules & { readonly maxAgeDays: Bound };
  /** A first authorization that ran out unfilled: from the collection of its test, so long does no other test count. */
  readonly missedFirstWindow: { readonly nextTestNotBeforeDays: Bound };
  /** Reminders that gate nothing: days after the first fill, from and to; spans after the end of therapy. */
  readonly afterStart: readonly { readonly days: readonly [number, number] }[] | null;
  readonly afterEnd: readonly Span[] | null;
  readonly cadence: {
    readonly initialDays: Bound;
    readonly initialIntervalDays: Bound;
    readonly intervalDaysByCycle: Readonly<Record<string, number>>;
    readonly intervalDaysUnknownCycle: number | null;
    /** Weekly testing begins again after this long without medicine. */
    readonly initialAgainAfterDays: Bound;
    /** More missed intervals than this, and the first-prescription rules apply again. */
    readonly missedIntervalsAllowed: Bound;
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
  readonly maxSupplyDays: Bound;
  readonly strengthsMg: readonly number[] | null;
  readonly channels: Readonly<Record<string, { readonly accommodation: string | null }>>;
}

export interface AuthorizationRules {
  readonly preparationDays: number | null;
  /** `with-authorization`: there is no second number, and a reservation holds to the authorization's end. */
  readonly confirmationHours: number | 'with-authorization' | null;
  readonly maxDaysLeft: Bound;
  /** Asked of the pharmacy at hand-over. */
  readonly checklist: boolean;
  readonly medicationGuide: boolean;
}

export interface TherapyRules {
  readonly reenrollAfterMonths: Bound;
  readonly tail: SpanBound;
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

export interface ExceptionLimits {
  readonly ofOneKindPerAuthorization: number | null;
  readonly ofOneKindPerPatient: number | null;
  readonly perPatientDays: number | null;
}

export class EditionNotReadable extends Error {}

/** The edition in a checked document; `hash` is that of its canonical bytes. The shape itself is checked by the JSON Schema beside it. */
export function editionFrom(document: object, hash: string): Edition {
  const plain = unwrap(document) as Edition & { effectiveFrom: unknown; effectiveUntil: unknown };
  const instant = (text: unknown) => readMoment(text as string, plain.zone).at;
  const ends = (text: unknown): Instant | null => (text === null ? null : readMoment(text as string, plain.zone).until);
  const announced = Object.create(null) as Record<string, AnnouncedAccommodation>;
  for (const [kind, each] of Object.entries(plain.accommodations)) {
    announced[kind] = Object.freeze({ ...each, from: instant(each.from), until: ends(each.until) });
  }
  return Object.freeze({
    ...plain,
    hash,
    effectiveFrom: instant(plain.effectiveFrom),
    effectiveUntil: ends(plain.effectiveUntil),
    accommodations: Object.freeze(announced),
  });
}
