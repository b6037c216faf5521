import type { ChecklistQuestion, Edition } from './program.js';

/** The counseling checklist at the hand-over: questions of the edition, with an answer to each. */

export interface ChecklistAnswer {
  readonly question: string;
  readonly answer: 'yes' | 'no';
}

/** The questions for an authorization of that category; none when the edition has no list for it. */
export const checklistOf = (category: string | null, edition: Edition): readonly ChecklistQuestion[] =>
  (category === null ? undefined : edition.checklists[category]) ?? [];

/** The questions that are not answered as they need to be; a question answered both ways is not answered. */
const openQuestions = (questions: readonly ChecklistQuestion[], answers: readonly ChecklistAnswer[]): ChecklistQuestion[] =>
  questions.filter(({ id, needs }) => {
    const given = answers.filter(({ question }) => question === id);
    return given.length === 0 || given.some(({ answer }) => answer !== needs);
  });

/** Whether every question is answered as needed. Without questions nothing is done: a missing list never passes for a finished one (I6). */
export const checklistDone = (questions: readonly ChecklistQuestion[], answers: readonly ChecklistAnswer[]): boolean =>
  questions.length > 0 && openQuestions(questions, answers).length === 0;
