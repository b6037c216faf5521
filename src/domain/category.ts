import { addMonths, ageOn, endOfDateOrMonth, type LocalDate } from './calendar.js';
import type { Answers, Case, Declared } from './patient.js';
import type { Category, Edition, Predicate } from './program.js';

/** The risk category: what the answers say, what is registered, and which of them governs (rules §1.3). */

export const ageAt = (answers: Answers, on: LocalDate): number | null => (answers.birthDate === null ? null : ageOn(answers.birthDate, on));

function holds(predicate: Predicate, answers: Answers, on: LocalDate): boolean {
  if ('always' in predicate) return true;
  if ('all' in predicate) return predicate.all.every((part) => holds(part, answers, on));
  if ('any' in predicate) return predicate.any.some((part) => holds(part, answers, on));
  if ('unanswered' in predicate) return predicate.unanswered.every((name) => answers[name] === null);
  if ('answer' in predicate) return answers[predicate.answer] === predicate.is;
  if ('declared' in predicate) {
    const value = answers.declared?.[predicate.declared];
    if ('is' in predicate) return value === predicate.is;
    // Nor does a number that was not declared prove anything.
    return typeof value === 'number' && ('lessThan' in predicate ? value < predicate.lessThan : value >= predicate.notLessThan);
  }
  // An unknown age proves nothing either way, so no rule that leads out of the stricter category can match.
  const age = ageAt(answers, on);
  if ('youngerThan' in predicate) return age !== null && age < predicate.youngerThan;
  if ('notYoungerThan' in predicate) return age !== null && age >= predicate.notYoungerThan;
  return (
    answers.amenorrhea !== null &&
    answers.amenorrhea.cause === predicate.cause &&
    addMonths(endOfDateOrMonth(answers.amenorrhea.since), predicate.amenorrheaMonths) <= on
  );
}

/** What a category of the edition before is called in this one, where its transition says so. */
export const codeHere = (code: string, edition: Edition): string =>
  edition.categories[code] === undefined ? (edition.transition?.sameCategories?.[code] ?? code) : code;

/** Names among those answers that the edition does not ask, or does not ask so. */
export const undeclarable = (declared: Declared, edition: Edition): string[] =>
  Object.entries(declared).flatMap(([name, value]) => {
    const asked = edition.declaredAnswers?.[name];
    const fits = asked?.type === 'choice' ? asked.choices?.includes(value as string) === true : typeof value === asked?.type;
    return asked !== undefined && fits ? [] : [name];
  });

/** Whether that is a minor's age; not knowing it is not knowing that she is grown up. */
export function isMinorOn(answers: Answers, on: LocalDate, edition: Edition): boolean {
  const age = ageAt(answers, on);
  return age === null || edition.adulthoodAge === null || age < edition.adulthoodAge;
}

/** Whether a guardian speaks for a person of that category on that day. */
export const guardianSpeaks = (category: Category, answers: Answers, on: LocalDate, edition: Edition): boolean =>
  category.age === 'child' || (category.age === 'any' && isMinorOn(answers, on, edition));

/** The category that the answers give on that date; null when the edition has no rule or the birth date is not known. */
export function categoryFromAnswers(answers: Answers, on: LocalDate, edition: Edition): string | null {
  const age = ageAt(answers, on);
  if (age === null || edition.adulthoodAge === null) return null;
  const rule = edition.categoryRules.find((candidate) => holds(candidate.when, answers, on));
  return rule ? (age >= edition.adulthoodAge ? rule.adult : rule.child) : null;
}

/**
 * The registered category as it stands on that date: at adulthood it turns adult by itself, and one registered as adult too early is the
 * child's, so that the guardian is not passed over.
 */
export function registeredCategory(file: Case, on: LocalDate, edition: Edition): string | null {
  if (file.category === null) return null;
  const code = codeHere(file.category, edition);
  const category = edition.categories[code];
  const age = ageAt(file.answers, on);
  if (category === undefined || age === null || edition.adulthoodAge === null) return code;
  if (age >= edition.adulthoodAge) return category.adultCode ?? code;
  if (category.age !== 'adult') return code;
  return Object.entries(edition.categories).find(([, each]) => each.adultCode === code)?.[0] ?? code;
}

/** Whether the answers say reproductive potential while that category does not. */
export function contradicted(code: string, answers: Answers, on: LocalDate, edition: Edition): boolean {
  const byAnswers = categoryFromAnswers(answers, on, edition);
  return (
    byAnswers !== null &&
    edition.categories[byAnswers]?.reproductivePotential === true &&
    edition.categories[code]?.reproductivePotential !== true
  );
}

export const categoryOf = (code: string | null, edition: Edition): Category | null =>
  code === null ? null : (edition.categories[codeHere(code, edition)] ?? null);

/** Who is judged, on which day, under which edition: what the category that governs hangs on. */
export interface Governed {
  readonly file: Case;
  /** The program zone's date. */
  readonly on: LocalDate;
  readonly edition: Edition;
}

/** The category that governs on the day, with its code. */
export function governing({ file, on, edition }: Governed): { code: string; category: Category } | null {
  const code = registeredCategory(file, on, edition);
  const category = categoryOf(code, edition);
  return code === null || category === null ? null : { code, category };
}
