// What each edition asks, as a table of the second opinion's own, written from rules.md §1–§8; never read from programs/ while it runs.

export type Potential = 'can' | 'cannot' | 'male';

export interface CategoryRow {
  readonly potential: Potential;
  readonly age: 'adult' | 'child' | 'any';
  /** How long a survey serves: one authorization within a month, or many through six months. */
  readonly survey: 'monthly' | 'six-monthly' | 'none';
  readonly surveyForFirst: boolean;
}

export type HomeRule = 'never' | 'accommodation' | 'always';

export interface Table {
  readonly program: string;
  readonly edition: string;
  readonly zone: string;
  readonly categories: Readonly<Record<string, CategoryRow>>;
  readonly adultAt: number;
  /** Menopause shown by time without a period, or only by laboratory results. */
  readonly answers: 'by-time' | 'by-laboratory';
  readonly menopause: { readonly fromAge: number; readonly months: number };
  readonly tests: {
    readonly firstNotBefore: number;
    readonly firstNotAfter: number;
    readonly secondWithinHours: number;
    /** Where the second place is bound to the first test and to the period instead (rules §3.3); null where it is not. */
    readonly second: { readonly withinDays: number; readonly afterFirst: number; readonly periodDays: number } | null;
    /** After a first window that ran out unfilled, from the collection of its test. */
    readonly lockoutDays: number | null;
    /** One fresh test before the first prescription as before any other. */
    readonly single: boolean;
    /** Methods that spare her the tests. */
    readonly waivedBy: readonly string[];
    readonly home: { readonly before: HomeRule; readonly after: HomeRule; readonly since: string | null };
    readonly sensitivity: number;
    readonly freshDays: number;
    /** More than this many days without a test is out of tests, by the cadence in force when the gap began. */
    readonly outOfTests: { readonly weekly: number; readonly regular: number; readonly irregular: number };
    readonly weeklyDays: number;
    readonly weeklyAgainAfterGap: number;
  };
  readonly contraception: {
    readonly methods: number;
    readonly lead: { readonly days: number } | { readonly months: number };
    readonly high: readonly string[];
    readonly effective: readonly string[];
    /** Two effective methods where hormones and an IUD are contraindicated. */
    readonly medicalException: boolean;
    readonly highNeeded: boolean;
  };
  /** `firstDay` is 1 where the anchor's own day counts. */
  readonly windowDays: {
    readonly can: number;
    readonly others: number;
    readonly firstDay: number;
    readonly othersHaveNone: boolean;
    readonly canFrom: 'test' | 'issue';
  };
  /** Null: as long as the authorization. */
  readonly reservationHours: number | null;
  readonly daysLeft: number | null;
  readonly prescriptionShows: boolean;
  readonly checklist: boolean;
  readonly telephoneByAccommodation: boolean;
  readonly earlyExceptions: readonly string[];
  readonly surveyAfterCounseling: boolean;
  /** Counseled once since enrollment, not for each prescription. */
  readonly counseledOnce: readonly Potential[];
  readonly usualStrength: number;
  readonly maxSupply: number;
  readonly maxSupplyOthers: number;
  readonly medicationGuide: boolean;
  /** A confirmation given back serves so long. */
  readonly confirmationDays: number;
  /** A girl before her first period is one who cannot. */
  readonly girlsCannot: boolean;
  readonly strengths: readonly number[];
  readonly preparationDays: number;
  readonly surveyDays: number;
  readonly lapseMonths: number | null;
  readonly clearingHours: number;
  readonly contactDays: number;
  readonly lateAfterHours: number;
  readonly shipSameDay: readonly Potential[];
}

const SIX: Table['categories'] = {
  'frp-adult': { potential: 'can', age: 'adult', survey: 'monthly', surveyForFirst: true },
  'frp-child': { potential: 'can', age: 'child', survey: 'monthly', surveyForFirst: true },
  'female-not-frp-adult': { potential: 'cannot', age: 'adult', survey: 'six-monthly', surveyForFirst: true },
  'female-not-frp-child': { potential: 'cannot', age: 'child', survey: 'monthly', surveyForFirst: true },
  'male-adult': { potential: 'male', age: 'adult', survey: 'monthly', surveyForFirst: false },
  'male-child': { potential: 'male', age: 'child', survey: 'monthly', surveyForFirst: false },
};

/** rules.md §1 and §9. */
export const LENALIDOMIDE_US: Table = {
  program: 'lenalidomide-us',
  edition: '2021-08-05',
  zone: 'America/New_York',
  categories: SIX,
  adultAt: 18,
  answers: 'by-time',
  menopause: { fromAge: 50, months: 24 },
  tests: {
    firstNotBefore: 10,
    firstNotAfter: 14,
    secondWithinHours: 24,
    second: null,
    lockoutDays: null,
    single: false,
    waivedBy: [],
    home: { before: 'accommodation', after: 'accommodation', since: null },
    sensitivity: 50,
    freshDays: 7,
    outOfTests: { weekly: 14, regular: 56, irregular: 28 },
    weeklyDays: 28,
    weeklyAgainAfterGap: 28,
  },
  contraception: {
    methods: 2,
    lead: { days: 28 },
    high: ['tubal-ligation', 'iud-copper', 'iud-hormonal', 'implant', 'injection', 'combined-pill', 'patch', 'ring', 'partner-vasectomy'],
    effective: ['male-condom', 'diaphragm', 'cervical-cap'],
    medicalException: true,
    highNeeded: true,
  },
  windowDays: { can: 7, others: 30, firstDay: 0, othersHaveNone: false, canFrom: 'test' },
  reservationHours: 24,
  daysLeft: 7,
  prescriptionShows: true,
  checklist: true,
  telephoneByAccommodation: true,
  earlyExceptions: ['lost-supply', 'dispensing-error', 'travel', 'holiday-closure'],
  surveyAfterCounseling: false,
  counseledOnce: [],
  usualStrength: 25,
  maxSupply: 28,
  maxSupplyOthers: 28,
  medicationGuide: true,
  confirmationDays: 30,
  girlsCannot: true,
  strengths: [2.5, 5, 10, 15, 20, 25],
  preparationDays: 30,
  surveyDays: 30,
  lapseMonths: 12,
  clearingHours: 48,
  contactDays: 21,
  lateAfterHours: 72,
  shipSameDay: ['can'],
};

/** rules §2: the same skeleton; the numbers expected the same, the strengths the products' own. */
export const THALIDOMIDE_US: Table = {
  ...LENALIDOMIDE_US,
  program: 'thalidomide-us',
  edition: '2023-04-27',
  strengths: [50, 100, 150, 200],
  usualStrength: 100,
};
export const POMALIDOMIDE_US: Table = {
  ...LENALIDOMIDE_US,
  program: 'pomalidomide-us',
  edition: '2025-01-01',
  strengths: [1, 2, 3, 4],
  usualStrength: 4,
};

/** rules §3. What they do not say (strengths, holds, how a gap is measured) is read as §9 reads it for lenalidomide. */
export const ISOTRETINOIN_2021: Table = {
  ...LENALIDOMIDE_US,
  program: 'isotretinoin-us',
  edition: '2021-12-13',
  categories: {
    'can-get-pregnant': { potential: 'can', age: 'any', survey: 'monthly', surveyForFirst: true },
    'cannot-get-pregnant': { potential: 'cannot', age: 'any', survey: 'none', surveyForFirst: false },
  },
  answers: 'by-laboratory',
  menopause: { fromAge: 55, months: 0 },
  tests: {
    ...LENALIDOMIDE_US.tests,
    second: { withinDays: 6, afterFirst: 19, periodDays: 5 },
    lockoutDays: 19,
    home: { before: 'never', after: 'accommodation', since: '2023-10-03' },
    sensitivity: 25,
    freshDays: 6,
    outOfTests: { weekly: 60, regular: 60, irregular: 60 },
    weeklyDays: 0,
  },
  contraception: { ...LENALIDOMIDE_US.contraception, lead: { months: 1 }, medicalException: false },
  windowDays: { can: 7, others: 30, firstDay: 1, othersHaveNone: false, canFrom: 'test' },
  reservationHours: null,
  daysLeft: null,
  prescriptionShows: false,
  checklist: false,
  telephoneByAccommodation: false,
  earlyExceptions: [],
  surveyAfterCounseling: true,
  maxSupply: 30,
  maxSupplyOthers: 30,
  strengths: [10, 20, 25, 30, 35, 40],
  lapseMonths: null,
  shipSameDay: [],
};

/** rules §3.1: home tests during and after, no wait after a missed window, no window and no monthly counseling for who cannot. */
export const ISOTRETINOIN_2026: Table = {
  ...ISOTRETINOIN_2021,
  edition: '2026-11-15',
  tests: { ...ISOTRETINOIN_2021.tests, lockoutDays: null, home: { before: 'never', after: 'always', since: null } },
  windowDays: { can: 7, others: 366, firstDay: 1, othersHaveNone: true, canFrom: 'test' },
  counseledOnce: ['cannot'],
};

/** rules §5.1. */
export const LENALIDOMIDE_EU: Table = {
  ...LENALIDOMIDE_US,
  program: 'lenalidomide-eu',
  edition: '2022-01-01',
  zone: 'Europe/London',
  categories: {
    'childbearing-potential': { potential: 'can', age: 'any', survey: 'none', surveyForFirst: false },
    'not-childbearing-potential': { potential: 'cannot', age: 'any', survey: 'none', surveyForFirst: false },
    'male-patient': { potential: 'male', age: 'any', survey: 'none', surveyForFirst: false },
  },
  menopause: { fromAge: 50, months: 12 },
  girlsCannot: false,
  tests: {
    ...LENALIDOMIDE_US.tests,
    single: true,
    waivedBy: ['tubal-ligation'],
    sensitivity: 25,
    freshDays: 3,
    outOfTests: { weekly: 56, regular: 56, irregular: 56 },
    weeklyDays: 0,
  },
  contraception: {
    methods: 1,
    lead: { days: 28 },
    high: [],
    effective: ['implant', 'iud-hormonal', 'injection', 'tubal-ligation', 'partner-vasectomy', 'progestin-only-pill'],
    medicalException: false,
    highNeeded: false,
  },
  windowDays: { can: 7, others: 84, firstDay: 0, othersHaveNone: true, canFrom: 'issue' },
  reservationHours: null,
  daysLeft: null,
  checklist: false,
  medicationGuide: false,
  telephoneByAccommodation: false,
  earlyExceptions: [],
  maxSupplyOthers: 84,
  confirmationDays: 28,
  strengths: [2.5, 5, 7.5, 10, 15, 20, 25],
  lapseMonths: null,
  shipSameDay: [],
};

export const TABLES: readonly Table[] = [
  LENALIDOMIDE_US,
  ISOTRETINOIN_2021,
  ISOTRETINOIN_2026,
  THALIDOMIDE_US,
  POMALIDOMIDE_US,
  LENALIDOMIDE_EU,
];
