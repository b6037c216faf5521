// What each edition asks, as a table of the second opinion's own, written from rules.md §1–§8 and never read from programs/.

export type Potential = 'can' | 'cannot' | 'male';

export interface CategoryRow {
  readonly potential: Potential;
  readonly age: 'adult' | 'child';
  /** How long a survey serves: one authorization within a month, or many through six months. */
  readonly survey: 'monthly' | 'six-monthly' | 'none';
  readonly surveyForFirst: boolean;
}

export interface Table {
  readonly program: string;
  readonly edition: string;
  readonly zone: string;
  readonly categories: Readonly<Record<string, CategoryRow>>;
  readonly adultAt: number;
  readonly menopause: { readonly fromAge: number; readonly months: number };
  readonly tests: {
    readonly firstNotBefore: number;
    readonly firstNotAfter: number;
    readonly secondWithinHours: number;
    readonly sensitivity: number;
    readonly freshDays: number;
    /** More than this many days without a test is out of tests, by the cadence in force when the gap began. */
    readonly outOfTests: { readonly weekly: number; readonly regular: number; readonly irregular: number };
    readonly weeklyDays: number;
    readonly weeklyAgainAfterGap: number;
  };
  readonly contraception: {
    readonly methods: number;
    readonly leadDays: number;
    readonly high: readonly string[];
    readonly effective: readonly string[];
  };
  readonly windowDays: { readonly can: number; readonly others: number };
  readonly reservationHours: number;
  readonly daysLeft: number;
  readonly maxSupply: number;
  readonly strengths: readonly number[];
  readonly preparationDays: number;
  readonly surveyDays: number;
  readonly lapseMonths: number;
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
  menopause: { fromAge: 50, months: 24 },
  tests: {
    firstNotBefore: 10,
    firstNotAfter: 14,
    secondWithinHours: 24,
    sensitivity: 50,
    freshDays: 7,
    outOfTests: { weekly: 14, regular: 56, irregular: 28 },
    weeklyDays: 28,
    weeklyAgainAfterGap: 28,
  },
  contraception: {
    methods: 2,
    leadDays: 28,
    high: ['tubal-ligation', 'iud-copper', 'iud-hormonal', 'implant', 'injection', 'combined-pill', 'patch', 'ring', 'partner-vasectomy'],
    effective: ['male-condom', 'diaphragm', 'cervical-cap'],
  },
  windowDays: { can: 7, others: 30 },
  reservationHours: 24,
  daysLeft: 7,
  maxSupply: 28,
  strengths: [2.5, 5, 10, 15, 20, 25],
  preparationDays: 30,
  surveyDays: 30,
  lapseMonths: 12,
  clearingHours: 48,
  contactDays: 21,
  lateAfterHours: 72,
  shipSameDay: ['can'],
};

export const TABLES: readonly Table[] = [LENALIDOMIDE_US];
