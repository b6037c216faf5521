import type { Audience } from './answer.js';
import type { Decided } from './command.runner.js';

/** Until the wording by audience is in: codes for those who may see codes. */
export function standardTitle(
  decided: Decided,
  audience: Audience,
): { headline: string; detail: string; reasons: unknown[]; warnings: unknown[]; tellsEarliest: boolean } {
  const plain = audience === 'prescriber' || audience === 'auditor';
  return {
    headline: 'Not yet',
    detail: 'Nothing was changed.',
    reasons: decided.decision.reasons.map((code) => ({ code: plain ? code : 'NOT_ACTIVE' })),
    warnings: decided.decision.warnings.map((code) => ({ code })),
    tellsEarliest: plain,
  };
}
