import type { Command } from '../../domain/authorization/command.js';
import type { Effect } from '../../domain/authorization/effect.js';
import { dateAt, type LocalDate } from '../../domain/calendar.js';
import { categoryFromAnswers } from '../../domain/category.js';
import { type Answers, NO_ANSWERS } from '../../domain/patient.js';
import type { Edition } from '../../domain/program.js';

/** Recorded commands and effects in the words of an edition that knows other categories. */
export interface OtherWords {
  command(command: Command, answers: Answers): Command;
  effects(effects: readonly Effect[], answers: Answers, on: LocalDate): readonly Effect[];
}

/**
 * A code that the edition has stays; else the code it says is the same; else the category that the patient's answers give under it, as on the
 * day on which everybody is classified anew.
 */
export function inOtherWords(edition: Edition, same: Readonly<Record<string, string>>): OtherWords {
  const known = (code: string): boolean => Object.hasOwn(edition.categories, code);
  const renamed = (code: string, answers: Answers, on: LocalDate): string =>
    known(code) ? code : (same[code] ?? categoryFromAnswers(answers, on, edition) ?? code);
  // Only when a code is met that the edition does not know is anything rewritten.
  const anyUnknown = (codes: readonly (string | null | undefined)[]): boolean =>
    codes.some((code) => typeof code === 'string' && !known(code));
  return {
    command(command, answers) {
      const agreement = 'agreement' in command ? command.agreement : null;
      const category = 'category' in command ? command.category : null;
      const shows = 'presented' in command ? command.presented.showsCategory : null;
      if (!anyUnknown([agreement?.category, category, shows])) return command;
      const on = dateAt(command.at, edition.zone);
      const told: Answers = {
        ...NO_ANSWERS,
        ...answers,
        ...('answers' in command && typeof command.answers === 'object' ? command.answers : {}),
      };
      return {
        ...command,
        ...(category === null ? {} : { category: renamed(category, told, on) }),
        ...(agreement === null ? {} : { agreement: { ...agreement, category: renamed(agreement.category, told, on) } }),
        ...('presented' in command && shows !== null
          ? { presented: { ...command.presented, showsCategory: renamed(shows, told, on) } }
          : {}),
      } as Command;
    },
    effects(effects, before, on) {
      const codes = effects.map(categoryIn);
      if (!anyUnknown(codes)) return effects;
      const answers = effects.find((effect) => effect.kind === 'answers')?.answers ?? before;
      return effects.map((effect): Effect => {
        if (effect.kind === 'category') return { ...effect, category: renamed(effect.category, answers, on) };
        if (effect.kind === 'evidence' && effect.evidence.kind === 'agreement')
          return { ...effect, evidence: { ...effect.evidence, category: renamed(effect.evidence.category, answers, on) } };
        if (effect.kind === 'authorization' && effect.authorization.category !== null)
          return { ...effect, authorization: { ...effect.authorization, category: renamed(effect.authorization.category, answers, on) } };
        return effect;
      });
    },
  };
}

function categoryIn(effect: Effect): string | null {
  if (effect.kind === 'category') return effect.category;
  if (effect.kind === 'authorization') return effect.authorization.category;
  return effect.kind === 'evidence' && effect.evidence.kind === 'agreement' ? effect.evidence.category : null;
}
