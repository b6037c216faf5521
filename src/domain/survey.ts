import type { Given } from './patient.js';
import type { Edition, Question, Questionnaire } from './program.js';

/** The edition's surveys: which one a category answers, and whether the answers are those the program expects. */

/** Ways out that stand beside every question. Neither counts as a yes or a no: somebody talks with the patient. */
const OPEN_ANSWERS = ['not-sure', 'talk'] as const;
export const SURVEY_ANSWERS = ['yes', 'no', ...OPEN_ANSWERS] as const;

export interface SurveyOf {
  readonly code: string;
  readonly questionnaire: Questionnaire;
}

/** The survey that patients of that category answer; null when the edition has none for them. */
export function surveyOf(category: string | null, edition: Edition): SurveyOf | null {
  if (category === null) return null;
  const found = Object.entries(edition.questionnaires ?? {}).find(([, each]) => each.categories.includes(category));
  return found ? { code: found[0], questionnaire: found[1] } : null;
}

/** Questions that have no answer, or one that is none. */
export const unanswered = ({ questions }: Questionnaire, given: Given): string[] =>
  questions.filter(({ code }) => !(SURVEY_ANSWERS as readonly string[]).includes(given[code] ?? '')).map(({ code }) => code);

/** Answers to questions that the survey does not ask. */
export const notAsked = ({ questions }: Questionnaire, given: Given): string[] =>
  Object.keys(given).filter((code) => !questions.some((question) => question.code === code));

/** Consistent only when every answer is the expected one; "not sure" and "I prefer to talk" are not. */
export const judgeSurvey = ({ questions }: Questionnaire, given: Given): 'consistent' | 'discrepant' =>
  questions.every(({ code, expected }) => given[code] === expected) ? 'consistent' : 'discrepant';

/** Questions whose plain opposite answer tells of something that is a report by itself. */
export const reportedBy = ({ questions }: Questionnaire, given: Given): Question[] =>
  questions.filter(({ code, expected, reports }) => reports !== null && given[code] === (expected === 'yes' ? 'no' : 'yes'));
