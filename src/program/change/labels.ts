import { spelled, type Unit } from './words.js';

/** What the places of an edition are called, and in what their values are counted. */

export interface Label {
  readonly says: string;
  readonly unit: Unit;
}

/** Parts of the rules, in the order in which they are read. */
export const PARTS: readonly (readonly [section: string, title: string])[] = [
  ['title', 'The program'],
  ['jurisdiction', 'The program'],
  ['products', 'The program'],
  ['gate', 'The program'],
  ['zone', 'When it holds'],
  ['effectiveFrom', 'When it holds'],
  ['effectiveUntil', 'When it holds'],
  ['appliesToOpen', 'When it holds'],
  ['transition', 'When it holds'],
  ['categories', 'Categories of patients'],
  ['categoryRules', 'Categories of patients'],
  ['adulthoodAge', 'Categories of patients'],
  ['declaredAnswers', 'Categories of patients'],
  ['agreement', 'Agreement'],
  ['contraception', 'Contraception'],
  ['tests', 'Pregnancy tests'],
  ['holds', 'Dangers and holds'],
  ['clearing', 'Dangers and holds'],
  ['questionnaires', 'Surveys'],
  ['prescription', 'Prescription'],
  ['authorization', 'Authorization and pharmacy'],
  ['checklists', 'Authorization and pharmacy'],
  ['judged', 'What is judged when'],
  ['therapy', 'Therapy'],
  ['accommodations', 'Reliefs and exceptions'],
  ['exceptions', 'Reliefs and exceptions'],
  ['materials', 'Guides and forms'],
  ['duties', 'Duties and reports'],
  ['reports', 'Duties and reports'],
  ['entry', 'Records'],
];

export const partOf = (path: string): string => PARTS.find(([section]) => section === path.split('/')[1])?.[1] ?? 'Other';
export const placeOf = (path: string): number => {
  const place = PARTS.findIndex(([section]) => section === path.split('/')[1]);
  return place < 0 ? PARTS.length : place;
};

type Named = (groups: readonly string[], names: Names) => string;
/** What the edition itself calls its categories, test places and materials. */
export interface Names {
  readonly category: (code: string) => string;
  readonly place: (index: string) => string;
  readonly material: (code: string) => string;
}

const label = (pattern: string, says: string | Named, unit: Unit = null): readonly [RegExp, string | Named, Unit] => [
  new RegExp(`^/${pattern}$`),
  says,
  unit,
];
const ofCategory =
  (words: string): Named =>
  ([code = ''], names) =>
    `${names.category(code)}: ${words}`;
const ofMaterial =
  (words: string): Named =>
  ([code = ''], names) =>
    `“${names.material(code)}”: ${words}`;
const ofPlace =
  (words: string): Named =>
  ([index = ''], names) =>
    `${names.place(index)}: ${words}`;
const ofCode =
  (before: string, after = ''): Named =>
  ([code = '']) =>
    `${before}${spelled(code)}${after}`;

const LABELS = [
  label('title', 'Name of the program'),
  label('jurisdiction', 'Jurisdiction'),
  label('products/molecule', 'Molecule'),
  label('products/codes', 'Products, by code'),
  label('products/makers.*', 'Makers'),
  label('gate', 'How strongly the program stands before a fill'),
  label('zone', 'Time zone of the program'),
  label('effectiveFrom', 'Takes effect'),
  label('effectiveUntil', 'Ends'),
  label('transition/from', 'Follows on from the edition'),
  label('transition/sameCategories', 'Categories that go on as'),
  label('appliesToOpen', 'Judges authorizations that were issued before it too'),
  label('adulthoodAge', 'Age of adulthood', 'year'),
  label('categories/([^/]+)/title', ofCategory('name')),
  label('categories/([^/]+)/age', ofCategory('age group')),
  label('categories/([^/]+)/adultCode', ofCategory('becomes, at the birthday of adulthood')),
  label('categories/([^/]+)/reproductivePotential', ofCategory('can become pregnant')),
  label('categories/([^/]+)/enrolled', ofCategory('is in the program')),
  label('categories/([^/]+)/signers', ofCategory('who signs the agreement')),
  label('categories/([^/]+)/counseling', ofCategory('counseling is certified')),
  label('categories/([^/]+)/contraception', ofCategory('contraception is asked for')),
  label('categories/([^/]+)/tests', ofCategory('pregnancy tests are asked for')),
  label('categories/([^/]+)/survey', ofCategory('survey')),
  label('categories/([^/]+)/survey/kind', ofCategory('survey is due')),
  label('categories/([^/]+)/survey/first', ofCategory('survey before the first prescription')),
  label('categories/([^/]+)/survey/days', ofCategory('a survey stays good for'), 'day'),
  label('categories/([^/]+)/survey/months', ofCategory('a survey stays good for'), 'month'),
  label('categories/([^/]+)/survey/afterCounseling', ofCategory('survey only after the counseling')),
  label('categories/([^/]+)/window/anchor', ofCategory('the time to fill is counted from')),
  label('categories/([^/]+)/window/days', ofCategory('time to fill'), 'day'),
  label('categories/([^/]+)/window/firstDay', ofCategory('the day it is counted from is day')),
  label('categories/([^/]+)/maxSupplyDays', ofCategory('most that one fill may last'), 'day'),
  label('categories/([^/]+)/shipSameDay', ofCategory('shipped on the day of the reservation')),
  label('categories/([^/]+)/reportsHold', ofCategory('a report of hers holds the medicine')),
  label('agreement/required', 'An agreement is asked for'),
  label('agreement/validMonths', 'An agreement stays good for', 'month'),
  label('contraception/methodsNeeded', 'Methods of contraception at once', 'method'),
  label('contraception/highlyEffectiveNeeded', 'Of them highly effective', 'method'),
  label('contraception/lead', 'Contraception before the first capsule', 'day'),
  label('contraception/tail', 'Contraception after the last capsule', 'day'),
  label('contraception/exceptionFamilies', 'When these cannot be used, other methods may stand in for the highly effective one'),
  label('contraception/confirmationDays', 'The patient’s confirmation stays good for', 'day'),
  label('contraception/emergencyHours', 'Emergency contraception can still work for', 'hour'),
  label('contraception/methods/([^/]+)/tier', ofCode('Method ', ' counts as')),
  label('contraception/methods/([^/]+)/family', ofCode('Method ', ' is of the family')),
  label('contraception/methods/([^/]+)/warning', ofCode('Method ', ' warns of')),
  label('contraception/methods/([^/]+)/waivesTests', ofCode('Method ', ': no pregnancy tests are asked for')),
  label('tests/maxSensitivity', 'A test has to see at least', 'mIU/mL'),
  label('tests/signedSources', 'Whose tests count'),
  label('tests/methodSensitivity', 'What methods see', 'mIU/mL'),
  label('tests/onTherapy/settings', 'Where a test counts during therapy'),
  label('tests/onTherapy/settingAccommodations', 'Where a test counts while an accommodation is in force'),
  label('tests/places/(\\d+)/minAgeDays', ofPlace('at least so long before the prescription'), 'day'),
  label('tests/places/(\\d+)/maxAgeDays', ofPlace('at most so long before the prescription'), 'day'),
  label('tests/places/(\\d+)/maxAgeHours', ofPlace('at most so long before the prescription'), 'hour'),
  label('tests/places/(\\d+)/minDaysAfterEarlier', ofPlace('so long after the one before it'), 'day'),
  label('tests/places/(\\d+)/withinDaysOfMenses', ofPlace('within so many days of a period'), 'day'),
  label('tests/places/(\\d+)/settings', ofPlace('where it counts')),
  label('tests/places/(\\d+)/settingAccommodations', ofPlace('where it counts while an accommodation is in force')),
  label('tests/onTherapy/maxAgeDays', 'Oldest test for a later prescription', 'day'),
  label('tests/missedFirstWindow/nextTestNotBeforeDays', 'After a first authorization that ran out, wait before the next test', 'day'),
  label('tests/afterStart', 'Tests after the first fill, on days'),
  label('tests/afterEnd', 'Tests after the end of therapy, after'),
  label('tests/cadence/initialDays', 'Frequent testing at the beginning lasts', 'day'),
  label('tests/cadence/initialIntervalDays', 'Then a test every', 'day'),
  label('tests/cadence/intervalDaysByCycle', 'Later a test every, by cycle', 'day'),
  label('tests/cadence/intervalDaysUnknownCycle', 'Later a test every, cycle not known', 'day'),
  label('tests/cadence/initialAgainAfterDays', 'Frequent testing begins again after a break of', 'day'),
  label('tests/cadence/missedIntervalsAllowed', 'Tests that may be missed before it is a first prescription again', 'interval'),
  label('holds/([^/]+)/revokes', ofCode('', ' ends open authorizations')),
  label('holds/([^/]+)/liftedBy', ofCode('', ' is over with')),
  label('holds/([^/]+)/reason', ofCode('', ' is told as')),
  label('holds/([^/]+)/negativeAfterDays', ofCode('', ' needs a negative test so long after'), 'day'),
  label('clearing/tests', 'A clearing rests on', 'test'),
  label('clearing/method', 'made by'),
  label('clearing/source', 'signed by'),
  label('clearing/minHoursApart', 'Tests of a clearing are apart by', 'hour'),
  label('prescription/maxSupplyDays', 'Most that one prescription may last', 'day'),
  label('prescription/strengthsMg', 'Strengths', 'mg'),
  label('prescription/channels/([^/]+)/accommodation', ofCode('Prescription by ', ' only under the accommodation')),
  label('authorization/preparationDays', 'Time to prepare an authorization', 'day'),
  label('authorization/confirmationHours', 'A pharmacy’s reservation holds for', 'hour'),
  label('authorization/maxDaysLeft', 'Capsules left at a fill, at most for', 'day'),
  label('authorization/checklist', 'The pharmacist goes through a checklist'),
  label('authorization/medicationGuide', 'The pharmacy gives out the Medication Guide'),
  label('therapy/reenrollAfterMonths', 'An enrollment lapses after a break of', 'month'),
  label('therapy/tail', 'Duties go on after the end of therapy for', 'day'),
  label('entry/lateAfterHours', 'Evidence is marked late after', 'hour'),
  label('entry/futureToleranceMinutes', 'A written moment may lie ahead by', 'minute'),
  label('exceptions/([^/]+)/waives', ofCode('Exception ', ' waives')),
  label('exceptions/([^/]+)/extendsHours', ofCode('Exception ', ' gives more time'), 'hour'),
  label('accommodations/([^/]+)/from', ofCode('Accommodation ', ' begins')),
  label('accommodations/([^/]+)/until', ofCode('Accommodation ', ' ends')),
  label('materials/([^/]+)/categories', ofMaterial('who gets it')),
  label('materials/([^/]+)/audience', ofMaterial('whose it is')),
  label('questionnaires/([^/]+)/categories', ofCode('Survey ', ' is for')),
  label('questionnaires/([^/]+)/answeredBy', ofCode('Survey ', ' is answered by')),
  label('questionnaires/([^/]+)/minutes', ofCode('Survey ', ' takes'), 'minute'),
] as const;

/** What the value at that place is called. */
export function labelOf(path: string, names: Names): Label {
  for (const [pattern, says, unit] of LABELS) {
    const found = pattern.exec(path);
    if (found) return { says: typeof says === 'string' ? says : capital(says(found.slice(1), names)), unit };
  }
  return { says: capital(path.split('/').slice(1).map(spaced).join(', ')), unit: null };
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const spaced = (step: string): string =>
  spelled(step.replace(/([a-z])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`));
