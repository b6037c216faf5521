// Everything that is judged at issue, as one table of rows (rules §9.12): each row names its code or codes, or nothing.

import { contraceptionCode, testsWaived } from './contraception.js';
import { type Day, endOf, type Ms, plusMonths } from './days.js';
import {
  type Authorization,
  type Confirmation,
  certifiedAt,
  EVER,
  effective,
  type Life,
  reservationOf,
  rowOf,
  type Survey,
  today,
} from './life.js';
import { categoryNow, contradicted, judged } from './people.js';
import { dangerCodes, freshNegative, type TestsJudged, twoTests } from './pregnancy-tests.js';
import { fillsThatCount, isFirst, lapsed } from './therapy.js';

/** An authorization that has ended without a fill gives back what its patient did for it. */
function unfilled(life: Life, label: string, at: Ms): boolean {
  const authorization = life.authorizations[label];
  if (!authorization || authorization.handedOver) return false;
  const state = effective(life, authorization, at);
  return state !== 'dispensed' && state !== 'returned';
}

export interface SurveyJudged {
  readonly code: string | null;
  readonly survey: Survey | null;
}

export function judgeSurvey(life: Life, label: string, by: string, at: Ms): SurveyJudged {
  const none = { code: null, survey: null };
  const row = rowOf(life, categoryNow(life, today(life, at)));
  if (!row || row.survey === 'none') return none;
  if (isFirst(life, at).prescription && !row.surveyForFirst) return none;
  const done = life.surveys.filter((each) => each.at <= at);
  const newest = done[done.length - 1];
  if (!newest) return { code: 'SURVEY_MISSING', survey: null };
  const day = today(life, at);
  if (row.survey === 'six-monthly') {
    const serves = done.filter((each) => day <= plusMonths(each.day, 6));
    return serves.length > 0 ? { code: null, survey: serves[serves.length - 1]! } : { code: 'SURVEY_TOO_OLD', survey: null };
  }
  const free = done.filter((each) => each.servedBy === null || each.servedBy === label || unfilled(life, each.servedBy, at));
  const issued = Math.max(-EVER, ...fillsThatCount(life).map((each) => each.issuedAt));
  const counseled = life.counselings.filter((each) => each.label === label && each.by === principalOf(life, by));
  const after = life.table.surveyAfterCounseling ? Math.min(EVER, ...counseled.map((each) => each.at)) : -EVER;
  const serves = free.filter((each) => day - each.day <= life.table.surveyDays && each.at > issued && each.at >= after);
  if (serves.length > 0) return { code: null, survey: serves[serves.length - 1]! };
  const last = free[free.length - 1];
  return { code: newest === last || (last && last.at > newest.at) ? 'SURVEY_TOO_OLD' : 'SURVEY_ALREADY_USED', survey: null };
}

export const unresolvedDiscrepancy = (life: Life): boolean =>
  // A program that asks no survey asks nothing of its answers.
  Object.values(life.table.categories).some((each) => each.survey !== 'none') &&
  life.holds.some((each) => each.kind === 'survey-discrepancy');

export function judgeTests(life: Life, at: Ms): TestsJudged {
  const { rules, prescription } = isFirst(life, at);
  const afterClearing = prescription && life.clearedAt !== null && life.clearedAt >= Math.max(life.enrolledAt ?? 0, life.canSince?.at ?? 0);
  return rules && !afterClearing && !life.table.tests.single ? twoTests(life, at) : freshNegative(life, at);
}

/** The prescriber in whose name somebody acts. */
const principalOf = (life: Life, by: string): string => life.participants[by]?.actsFor ?? by;

/** What `by` may not do to her prescription as its prescriber. */
export function personCodes(life: Life, by: string, at: Ms): string[] {
  const participant = life.participants[by];
  if (participant && participant.kind !== 'prescriber') return ['MAY_NOT_ATTEST'];
  const codes: string[] = [];
  if (!certifiedAt(participant, at)) codes.push('PRESCRIBER_NOT_CERTIFIED');
  if (life.prescriber !== null && life.prescriber !== by) codes.push('NOT_THIS_PATIENTS_PRESCRIBER');
  return codes;
}

function agreementCodes(life: Life, day: Day): string[] {
  const { agreement } = life;
  if (!agreement || agreement.prescriber !== life.prescriber) return ['AGREEMENT_MISSING'];
  const category = categoryNow(life, day);
  const child = judged(life, day).child ?? rowOf(life)?.age !== 'adult';
  if (category !== null && agreement.category !== category) return ['AGREEMENT_WRONG_CATEGORY'];
  if (child && !agreement.signedBy.includes('guardian')) return ['GUARDIAN_SIGNATURE_MISSING'];
  if (!child && !agreement.signedBy.includes('patient')) return ['AGREEMENT_MISSING'];
  return [];
}

/** Her confirmation serves one authorization: this one's own, or one that is free and still in date. */
export function confirmationFor(life: Life, label: string, at: Ms): Confirmation | null {
  const free = life.confirmations.filter((each) => each.servedBy === null || each.servedBy === label || unfilled(life, each.servedBy, at));
  const day = today(life, at);
  const inDate = free.filter((each) => day - today(life, each.at) <= life.table.confirmationDays);
  const own = inDate.find((each) => each.label === label);
  return own ?? inDate.find((each) => unfilled(life, each.label, at) && each.at >= life.answerChangedAt) ?? null;
}

const heldElsewhere = (life: Life, label: string, at: Ms): boolean =>
  Object.values(life.authorizations).some(
    (each) => each.label !== label && effective(life, each, at) === 'reserved' && reservationOf(life, each, at) === 'live',
  );

/** Each row: what it is about, and the codes it gives. */
type Row = (life: Life, at: Ms, day: Day, authorization: Authorization, by: string) => readonly (string | null)[];

const ROWS: readonly (readonly [string, Row])[] = [
  ['enrolled', (life) => [life.enrolledAt === null ? 'NOT_ENROLLED' : life.deactivated ? 'PATIENT_DEACTIVATED' : null]],
  ['lapsed', (life, at) => [lapsed(life, at) ? 'ENROLLMENT_LAPSED' : null]],
  ['category', (life, _, day) => [life.category === null ? 'CATEGORY_UNKNOWN' : contradicted(life, day) ? 'CATEGORY_CONTRADICTED' : null]],
  ['birth date', (life) => [(life.answers['birthDate'] ?? null) === null ? 'FACT_UNKNOWN' : null]],
  ['agreement', (life, _, day) => agreementCodes(life, day)],
  ['partner', (life) => [partnerNotCounseled(life) ? 'PARTNER_PREGNANCY_NOT_COUNSELED' : null]],
  ['danger', (life, at) => dangerCodes(life, at)],
  [
    'survey',
    (life, at, _, authorization, by) => [
      unresolvedDiscrepancy(life) ? 'SURVEY_DISCREPANT' : judgeSurvey(life, authorization.label, by, at).code,
    ],
  ],
  ['tests', (life, at, day) => (rowOf(life)?.potential === 'can' && !testsWaived(life, day) ? judgeTests(life, at).codes : [])],
  [
    'contraception',
    (life, at, day, authorization) =>
      rowOf(life)?.potential === 'can'
        ? [
            contraceptionCode(life, day, isFirst(life, at).rules),
            confirmationFor(life, authorization.label, at) ? null : 'CONTRACEPTION_NOT_CONFIRMED',
          ]
        : [],
  ],
  [
    'therapy',
    (life) => {
      const open = life.pauses.filter((each) => each.until === EVER);
      if (open.length === 0) return [];
      return [open.some((each) => each.ended) ? 'THERAPY_ENDED' : 'THERAPY_INTERRUPTED'];
    },
  ],
  ['one at a time', (life, at, _, authorization) => [heldElsewhere(life, authorization.label, at) ? 'ALREADY_RESERVED' : null]],
];

const partnerNotCounseled = (life: Life): boolean => {
  const reported = life.partnerReports[life.partnerReports.length - 1];
  return reported !== undefined && !life.counselings.some((each) => each.at >= reported && each.topics.includes('partner-pregnancy'));
};

/** Every code that stands against issuing that draft now, whoever asks. */
export function issueCodes(life: Life, authorization: Authorization, by: string, at: Ms): string[] {
  const day = today(life, at);
  const potential = rowOf(life)?.potential;
  const once = potential !== undefined && life.table.counseledOnce.includes(potential);
  const sinceEnrolled = life.counselings.some((each) => life.enrolledAt !== null && each.at >= life.enrolledAt);
  const counseled = once ? sinceEnrolled : authorization.counseledBy.includes(principalOf(life, by));
  const codes = [...(counseled ? [] : ['COUNSELING_NOT_CERTIFIED'])];
  const behind = life.participants[by]?.actsFor;
  if (behind) codes.push(...personCodes(life, behind, at));
  codes.push(...ROWS.flatMap(([, row]) => row(life, at, day, authorization, by)).filter((each): each is string => each !== null));
  return [...new Set(codes)];
}

/** The last millisecond of the window (rules §1.8). */
export function windowEnd(life: Life, at: Ms): Ms {
  const { windowDays, zone } = life.table;
  if (rowOf(life)?.potential === 'can' && windowDays.canFrom === 'issue')
    return endOf(today(life, at) + windowDays.can - windowDays.firstDay, zone);
  if (rowOf(life)?.potential !== 'can') return endOf(today(life, at) + windowDays.others - windowDays.firstDay, zone);
  return endOf((judgeTests(life, at).anchor?.collected.day ?? today(life, at)) + windowDays.can - windowDays.firstDay, zone);
}
