import type { Command } from '../domain/authorization/command.js';
import type { Others } from '../domain/authorization/decide.js';
import { judged } from '../domain/authorization/judged.js';
import { governing } from '../domain/category.js';
import type { Case } from '../domain/patient.js';
import type { Edition, JudgedAt } from '../domain/program.js';
import type { ReasonCode } from '../domain/reason.js';
import { REQUIREMENTS } from '../domain/requirement.js';
import { type Parameter, parametersOf } from './parameters.js';

/** One condition of the edition's list, judged again on the facts of that moment. */
export interface JudgedRequirement {
  readonly requirement: string;
  readonly met: boolean;
  readonly reasons: readonly ReasonCode[];
  readonly parameters: readonly Parameter[];
}

export interface Explanation {
  /** The edition's list it was judged by; null when the command is judged by no list. */
  readonly judgedAt: JudgedAt | null;
  readonly category: string | null;
  readonly requirements: readonly JudgedRequirement[];
  /** Recorded reasons that no requirement of the list gives: who may act, and what had ended. */
  readonly beside: readonly ReasonCode[];
}

/** Why it fell as it did: every requirement with its outcome, and the edition's parameters side by side. */
export function explain(
  file: Case,
  command: Command,
  { edition, others, document }: { readonly edition: Edition; readonly others: Others; readonly document: object },
  recorded: readonly ReasonCode[],
): Explanation {
  const found = judged(file, command, edition, others);
  if (found === null) return { judgedAt: null, category: null, requirements: [], beside: recorded };
  const { when, judgement } = found;
  // An issued authorization keeps the category it was issued for.
  const category = judgement.authorization.category ?? governing(judgement)?.code ?? null;
  const requirements = edition.judged[when].map((requirement): JudgedRequirement => {
    const reasons = REQUIREMENTS[requirement]?.(judgement) ?? ['RULE_MISSING'];
    return { requirement, met: reasons.length === 0, reasons, parameters: parametersOf(requirement, category, document) };
  });
  const given = new Set(requirements.flatMap(({ reasons }) => reasons));
  return { judgedAt: when, category, requirements, beside: recorded.filter((code) => !given.has(code)) };
}
