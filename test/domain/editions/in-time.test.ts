import { describe, expect, test } from '@jest/globals';
import { at, CLOSED, COMPLETE, Life, made } from '../../support/made-up.js';

// Editions have dates: an authorization keeps the one it was issued under, and a later one that applies to open ones judges beside it.

const WHEN = '2026-03-20T15:00';
const before = made({ effectiveUntil: { value: '2026-03-21', source: 'made up', verified: false } });
const later = (changes: Record<string, unknown>) => made({ edition: '2026-03-22', effectiveFrom: '2026-03-22T00:00', ...changes });
const issuedBefore = (next: ReturnType<typeof made>, given = COMPLETE) => {
  const life = new Life([before, next], given, WHEN);
  expect(life.prescribed(WHEN).outcome).toBe('allow');
  return life;
};

describe('an edition that applies to open authorizations', () => {
  const applies = { appliesToOpen: { value: true, source: 'made up', verified: false } };
  const strict = { 'authorization.maxDaysLeft': 7 };
  const supplied = { ...CLOSED, counseled: [{ at: '2026-01-06T10:00' }], fills: [{ dispensedAt: '2026-03-20T10:00' }] };

  test('judges beside the one it was issued under from its own instant on: both must allow', () => {
    const life = issuedBefore(later({ ...applies, ...strict }), supplied);
    expect(life.says({ do: 'verify' }, '2026-03-21T23:59:59.999').outcome).toBe('allow');
    expect(life.says({ do: 'verify' }, '2026-03-22T00:00')).toMatchObject({
      reasons: ['TOO_EARLY_FOR_NEXT_FILL'],
      earliest: at('2026-04-10T00:00'),
    });
    expect(life.says({ do: 'reserve' }, '2026-03-22T00:00').reasons).toEqual(['TOO_EARLY_FOR_NEXT_FILL']);
  });

  test('judges the hand-over of what was reserved before it', () => {
    const life = issuedBefore(later({ ...applies, ...strict }), supplied);
    life.says({ do: 'reserve' }, '2026-03-21T12:00');
    expect(life.says({ do: 'dispense' }, '2026-03-22T12:00').reasons).toEqual(['TOO_EARLY_FOR_NEXT_FILL']);
  });

  test('lets nothing pass that the earlier one refuses', () => {
    const strictBefore = made({ ...strict, effectiveUntil: { value: '2026-03-21', source: 'made up', verified: false } });
    const life = new Life([strictBefore, later({ ...applies, gate: 'none' })], supplied, WHEN);
    life.prescribed(WHEN);
    expect(life.says({ do: 'verify' }, '2026-03-23T12:00').reasons).toEqual(['TOO_EARLY_FOR_NEXT_FILL']);
  });

  test('that does not say so leaves them to the edition they were issued under', () => {
    const life = issuedBefore(later(strict), supplied);
    expect(life.says({ do: 'verify' }, '2026-03-23T12:00').outcome).toBe('allow');
    expect(life.says({ do: 'reserve' }, '2026-03-23T12:00').outcome).toBe('allow');
  });
});

describe('a new edition', () => {
  test('without the wait after a missed window lets a test at once count, from its first instant', () => {
    const without = made({
      edition: '2026-03-28',
      effectiveFrom: '2026-03-28T00:00',
      'tests.missedFirstWindow.nextTestNotBeforeDays': 'none',
    });
    const life = new Life([made(), without], COMPLETE, WHEN);
    life.prescribed(WHEN);
    life.says({ do: 'report-menses', on: '2026-03-27' }, '2026-03-27T09:00');
    life.says({ do: 'record-pregnancy-test', id: 't3', collectedAt: '2026-03-27T10:00', result: 'negative' }, '2026-03-27T11:00');
    expect(life.prescribed('2026-03-27T23:59:59.999', 'rx-2').reasons).toEqual(['FIRST_TEST_TOO_RECENT']);
    expect(life.prescribed('2026-03-28T00:00', 'rx-3').outcome).toBe('allow');
  });

  test('may call a category otherwise: who was in it stays in it, and her agreement stands', () => {
    const renamed = structuredCloneOf(later({}), 'open', 'can');
    const told = { ...renamed, transition: { from: '2025-01-01', sameCategories: { open: 'can' } } };
    const unknown = { ...renamed, transition: { from: '2025-01-01', sameCategories: null } };
    for (const [edition, outcome] of [
      [told, 'allow'],
      [unknown, 'deny'],
    ] as const) {
      const life = new Life([before, edition], COMPLETE, WHEN);
      const decision = life.prescribed('2026-03-22T10:00');
      expect([decision.outcome, decision.authorization?.category ?? null]).toEqual([outcome, outcome === 'allow' ? 'can' : null]);
      if (outcome === 'deny') expect(decision.reasons).toContain('CATEGORY_UNKNOWN');
    }
  });
});

describe('an accommodation that the edition itself carries', () => {
  const announced = (until: string | null) =>
    made({
      'tests.places.1.settingAccommodations': { home: 'home-tests' },
      accommodations: {
        'home-tests': {
          title: 'Tests at home',
          from: { value: '2026-03-19', source: 'made up', verified: false },
          until: { value: until, source: 'made up', verified: false },
        },
      },
    });
  const withHomeTest = (edition: ReturnType<typeof made>, collectedAt: string) => {
    const tests = [COMPLETE.tests?.[0], { id: 't2', collectedAt, result: 'negative', setting: 'home' }];
    return new Life([edition], { ...COMPLETE, tests } as never, WHEN).prescribed(WHEN).reasons;
  };

  test('is in force from its day on, without an end or through its last day', () => {
    expect(withHomeTest(announced(null), '2026-03-19T09:00')).toEqual([]);
    expect(withHomeTest(announced(null), '2026-03-18T23:59')).toEqual(['TEST_SETTING']);
    expect(withHomeTest(announced('2026-03-19'), '2026-03-19T23:59')).toEqual([]);
    expect(withHomeTest(announced('2026-03-18'), '2026-03-19T09:00')).toEqual(['TEST_SETTING']);
  });
});

/** The edition with one category under another name. */
function structuredCloneOf(edition: ReturnType<typeof made>, old: string, fresh: string): ReturnType<typeof made> {
  const { [old]: category, ...rest } = edition.categories;
  const categoryRules = edition.categoryRules.map((rule) => ({
    ...rule,
    adult: rule.adult === old ? fresh : rule.adult,
    child: rule.child === old ? fresh : rule.child,
  }));
  return {
    ...edition,
    hash: `${edition.hash}-${fresh}`,
    categories: { ...rest, [fresh]: category as NonNullable<typeof category> },
    categoryRules,
  };
}
