import { standardTitle } from './answer.words.js';
import type { Answer, Decided } from './command.runner.js';
import { referenceOf, said } from './view.js';

/** The reader's kind: which words, and how much. */
export type Audience = 'prescriber' | 'pharmacist' | 'patient' | 'auditor';

/**
 * The answer to a command: what the accepted one made, or a problem with every reason in the reader's words. A hand-over recorded outside the
 * rules is told as recorded, with the reasons why it was outside them.
 */
export function answerTo(decided: Decided, audience: Audience, made: (decided: Decided) => object, status = 200): Answer {
  const { decision, edition } = decided;
  const reference = referenceOf(decided);
  if (decision.outcome !== 'deny') {
    const told = standardTitle(decided, audience);
    return {
      status,
      body: {
        outcome: decision.outcome,
        reference,
        ...(decision.outcome === 'allow' ? {} : { reasons: told.reasons }),
        warnings: told.warnings,
        ...made(decided),
      },
    };
  }
  const told = standardTitle(decided, audience);
  return {
    status: 409,
    contentType: 'application/problem+json; charset=utf-8',
    body: {
      type: '/problems/refused',
      title: told.headline,
      status: 409,
      detail: told.detail,
      reference,
      outcome: 'deny',
      reasons: told.reasons,
      warnings: told.warnings,
      earliest: told.tellsEarliest ? said(decision.earliest, edition.zone) : null,
    },
  };
}
