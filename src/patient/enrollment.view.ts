import type { Principal } from '../auth/principal.js';
import { answerTo } from '../authorization/answer.js';
import type { Answer, Decided } from '../authorization/command.runner.js';
import { apply } from '../domain/authorization/effect.js';
import { dateAt } from '../domain/calendar.js';
import { registeredCategory } from '../domain/category.js';
import type { Audience } from '../wording/audience.js';
import type { Suspect } from './person.store.js';

/** What an accepted command left behind: the category as it now is, and the authorizations that ended with it. */
export function enrollmentAnswer({ loaded, decision, edition }: Decided, audience: Audience): object {
  const file = apply(loaded.file, decision.effects);
  const own = { patientId: file.patient, program: loaded.program };
  if (audience !== 'prescriber') return own;
  const category = registeredCategory(file, dateAt(loaded.at, edition.zone), edition);
  const ended = decision.effects.flatMap((effect) =>
    effect.kind === 'authorization' && effect.authorization.state === 'revoked' ? [effect.authorization.id] : [],
  );
  return { ...own, category, categoryTitle: category === null ? null : (edition.categories[category]?.title ?? null), ended };
}

/**
 * The answer to an enrollment. Where somebody on file may be the same person it asks back, and tells how many such records there are; which
 * they are is told only of the caller's own patients.
 */
export function enrolled(decided: Decided, suspects: readonly Suspect[], principal: Principal): Answer {
  const answer = answerTo(decided, 'prescriber', (all) => ({ ...enrollmentAnswer(all, 'prescriber'), linkedTo: suspects.length }), 201);
  const { reasons } = decided.decision;
  if (!reasons.includes('POSSIBLE_SAME_PERSON')) return answer;
  const yours = suspects.filter((each) => each.prescribers.some((id) => id === principal.participantId)).map((each) => each.patient);
  const alone = reasons.length === 1 ? { type: '/problems/possible-same-person' } : {};
  return { ...answer, body: { ...(answer.body as object), ...alone, candidates: suspects.length, yours } };
}
