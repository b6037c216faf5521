import { describe, expect, test } from '@jest/globals';
import type { EditionStepName } from '../../src/domain/authorization/effect.js';
import {
  decideEdition,
  EDITION_NOTICE_MS,
  type EditionCommand,
  type EditionDraft,
  type EditionTerm,
  editionState,
} from '../../src/domain/edition-life.js';

const FROM = Date.parse('2027-01-01T05:00:00Z');
const LAST = FROM - EDITION_NOTICE_MS;
const [author, other] = ['author', 'other'];

function draftAfter(...steps: EditionStepName[]): EditionDraft {
  const by = (step: EditionStepName) => (step === 'approved' ? other : author);
  return {
    program: 'p',
    edition: 'e',
    hash: 'h',
    effectiveFrom: FROM,
    shipped: false,
    steps: steps.map((step) => ({ step, by: by(step), at: 1 })),
  };
}

const command = (what: EditionCommand['do'], by = author, at = LAST): EditionCommand =>
  ({
    do: what,
    id: 'i',
    at,
    by: { role: 'steward', id: by },
    edition: 'h',
    ...(what === 'withdraw-edition' ? { reason: 'r' } : {}),
  }) as EditionCommand;

const reasonsOf = (draft: EditionDraft, asked: EditionCommand, sound = true) => decideEdition(draft, asked, sound).reasons;

describe('an edition is drafted, checked and approved, in that order and once', () => {
  const may: Record<EditionCommand['do'], EditionStepName[][]> = {
    'draft-edition': [[]],
    'check-edition': [['drafted']],
    'approve-edition': [['drafted', 'checked']],
    'withdraw-edition': [['drafted'], ['drafted', 'checked'], ['drafted', 'checked', 'approved']],
  };
  const lives: EditionStepName[][] = [
    [],
    ['drafted'],
    ['drafted', 'checked'],
    ['drafted', 'checked', 'approved'],
    ['drafted', 'withdrawn'],
    ['drafted', 'checked', 'approved', 'withdrawn'],
  ];
  for (const [what, allowed] of Object.entries(may) as [EditionCommand['do'], EditionStepName[][]][]) {
    test.each(lives)(`${what} after %s %s %s %s`, (...life) => {
      const steps = life.filter((step) => step !== undefined);
      const expected = allowed.some((each) => each.join() === steps.join()) ? [] : ['WRONG_STATE'];
      expect(reasonsOf(draftAfter(...steps), command(what, other))).toEqual(expected);
    });
  }

  test('what came with a release is not decided about again', () => {
    const shipped = { ...draftAfter(), shipped: true };
    for (const what of Object.keys(may) as EditionCommand['do'][])
      expect(reasonsOf(shipped, command(what, other))).toContain('WRONG_STATE');
  });
});

describe('an approval', () => {
  const checked = draftAfter('drafted', 'checked');

  test('is a second person’s', () => {
    expect(reasonsOf(checked, command('approve-edition', author))).toEqual(['SECOND_PERSON_REQUIRED']);
    expect(reasonsOf(checked, command('approve-edition', other))).toEqual([]);
  });

  test('comes five minutes before the edition takes effect, and is good until then and no longer', () => {
    const inTime = decideEdition(checked, command('approve-edition', other, LAST), true);
    expect([inTime.outcome, inTime.validThrough]).toEqual(['allow', LAST]);
    expect(reasonsOf(checked, command('approve-edition', other, LAST + 1))).toEqual(['EDITION_TOO_LATE']);
  });

  test('asks for the check once more', () => {
    expect(reasonsOf(checked, command('approve-edition', other), false)).toEqual(['EDITION_NOT_SOUND']);
    expect(reasonsOf(draftAfter('drafted'), command('check-edition'), false)).toEqual(['EDITION_NOT_SOUND']);
  });

  test('is a steward’s', () => {
    const asked = { ...command('approve-edition', other), by: { role: 'administrator' as const, id: other } };
    expect(reasonsOf(checked, asked)).toEqual(['MAY_NOT_ATTEST']);
  });
});

test('a draft may be withdrawn at any time, an approved edition only while it governs nothing', () => {
  const late = command('withdraw-edition', author, LAST + 1);
  expect(reasonsOf(draftAfter('drafted', 'checked'), late)).toEqual([]);
  expect(reasonsOf(draftAfter('drafted', 'checked', 'approved'), late)).toEqual(['EDITION_TOO_LATE']);
});

test('a refusal changes nothing, an acceptance is one step', () => {
  expect(decideEdition(draftAfter(), command('check-edition'), true).effects).toEqual([]);
  expect(decideEdition(draftAfter(), command('draft-edition'), true).effects).toEqual([{ kind: 'edition', edition: 'h', step: 'drafted' }]);
});

describe('the clock alone makes it effective, superseded and retired', () => {
  const term: EditionTerm = { last: 'approved', effectiveFrom: 100, effectiveUntil: null, nextFrom: 200, open: true };
  test.each([
    ['approved', 99, term],
    ['effective', 100, term],
    ['effective', 199, term],
    ['superseded', 200, term],
    ['retired', 200, { ...term, open: false }],
    ['effective', 10_000, { ...term, nextFrom: null }],
    ['effective', 150, { ...term, nextFrom: null, effectiveUntil: 150 }],
    ['superseded', 151, { ...term, nextFrom: null, effectiveUntil: 150 }],
    ['draft', 150, { ...term, last: 'drafted' }],
    ['checked', 150, { ...term, last: 'checked' }],
    ['withdrawn', 50, { ...term, last: 'withdrawn' }],
  ] as const)('%s at %i', (state, at, given) => {
    expect(editionState(given, at)).toBe(state);
  });
});
