import { governing } from '../category.js';
import { standingDangers } from '../danger.js';
import { changedElsewhere, contradictedElsewhere } from '../elsewhere.js';
import { standingTests } from '../pregnancy-test.js';
import { roleReasons } from './attester.js';
import type { Effect } from './effect.js';
import { revokeOpen } from './enrolling.js';
import { rejudged } from './evidence.js';
import { accepted, type Handlers, type Ruling, refused, type Situation } from './ruling.js';

/** What was recorded of the same person in another program acts here too, in the same transaction (I5). */
function heed(situation: Situation<'heed-elsewhere'>): Ruling {
  const { file, command, at, on, edition } = situation;
  const who = roleReasons(command.by, ['system']);
  if (who.length > 0) return refused(who);
  const code = governing(situation)?.code;
  const stricter = code !== undefined && contradictedElsewhere(file, code, on, edition);
  const danger = standingDangers(file, at, edition).some((each) => edition.holds[each.hold].revokes);
  const effects: Effect[] = stricter || danger ? revokeOpen(file, at, edition) : corrected(situation);
  if (effects.length === 0) return refused(['WRONG_STATE']);
  return accepted(stricter ? [...effects, { kind: 'finding', code: 'CATEGORY_CONTRADICTED' }] : effects);
}

/** Authorizations that rested on a test which reads otherwise now are judged again, as if it had been corrected here. */
function corrected(situation: Situation): Effect[] {
  const { file } = situation;
  const record = { evidence: (file.elsewhere ?? []).flatMap((each) => each.evidence) };
  const changed = changedElsewhere(file);
  return standingTests(record)
    .filter((test) => changed.has(test.id))
    .flatMap((test) => rejudged(situation, test.id, file, test));
}

/** Whether a change may end something in her other programs: everything but what only adds to her side. */
export const actsElsewhere = (effects: readonly Effect[]): boolean =>
  effects.some((effect) => {
    if (effect.kind !== 'evidence') return effect.kind === 'category' || effect.kind === 'answers';
    const { evidence } = effect;
    if (evidence.kind === 'pregnancy-test') return evidence.test.result !== 'negative';
    return evidence.kind === 'danger' || evidence.kind === 'test-correction' || evidence.kind === 'test-retraction';
  });

export const HEEDING: Handlers<'heed-elsewhere'> = { 'heed-elsewhere': heed };
