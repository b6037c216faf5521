import { describe, expect, test } from '@jest/globals';
import type { Given } from '../../../src/case-file/world.js';
import { at, COMPLETE, Life, made } from '../../support/made-up.js';

// The tests before a first prescription, each in the place that the edition gives it. Every bound is turned to its edge and one step beyond.

const FIRST = { id: 't1', collectedAt: '2026-02-20T09:00', result: 'negative' } as const;
const SECOND = { id: 't2', collectedAt: '2026-03-19T09:00', result: 'negative' } as const;
const WHEN = '2026-03-20T15:00';

const issued = (changes: Given, when = WHEN, edition = made()) => new Life([edition], { ...COMPLETE, ...changes }, when).prescribed(when);
const answer = (changes: Given, when = WHEN, edition = made()) => {
  const { outcome, reasons, earliest } = issued(changes, when, edition);
  return outcome === 'allow' ? 'allow' : { reasons, earliest };
};
const on = (id: string, date: string) => ({ id, collectedAt: `${date}T09:00`, result: 'negative' as const });

describe('two places, the second some days after the first', () => {
  test('both in their places: issued, and counted from the last test as day 1', () => {
    const { outcome, authorization } = issued({});
    expect([outcome, authorization?.expiresAt]).toEqual(['allow', at('2026-03-25T23:59:59.999')]);
    expect(authorization?.restedOn.slice(0, 2)).toEqual(['t2', 't1']);
  });

  test('nineteen days apart is far enough, eighteen is not, and the answer says from when on', () => {
    expect(answer({ tests: [on('t1', '2026-02-28'), SECOND] })).toBe('allow');
    expect(answer({ tests: [on('t1', '2026-03-01'), SECOND] })).toEqual({
      reasons: ['FIRST_TEST_TOO_RECENT'],
      earliest: at('2026-03-20T15:00'),
    });
  });

  test('a lone test is the first; the second can be had nineteen days later', () => {
    expect(answer({ tests: [on('t1', '2026-03-19')] })).toEqual({ reasons: ['SECOND_TEST_MISSING'], earliest: at('2026-04-07T00:00') });
  });

  test('two tests too close to each other wait until nineteen days after the first', () => {
    expect(answer({ tests: [on('t1', '2026-03-10'), SECOND] })).toEqual({
      reasons: ['FIRST_TEST_TOO_RECENT'],
      earliest: at('2026-03-29T00:00'),
    });
  });

  test('none at all', () => {
    expect(answer({ tests: [] })).toEqual({ reasons: ['FIRST_TEST_MISSING', 'SECOND_TEST_MISSING'], earliest: at('2026-04-08T00:00') });
  });

  test('the second is six days old at the most', () => {
    const early = { tests: [FIRST, on('t2', '2026-03-17')] };
    expect(answer(early, '2026-03-23T15:00')).toBe('allow');
    expect(answer(early, '2026-03-24T15:00')).toMatchObject({ reasons: ['SECOND_TEST_TOO_OLD'] });
  });

  test('a second test from a home kit is not accepted before the therapy', () => {
    expect(answer({ tests: [FIRST, { ...SECOND, setting: 'home' }] })).toMatchObject({ reasons: ['TEST_SETTING'] });
  });
});

describe('the first days of a period', () => {
  const onDay = (menses: string, cycle: 'regular' | 'irregular' | 'none' | null = 'regular') =>
    answer({ menses: [{ on: menses, kind: 'menses' }], patient: { ...COMPLETE.patient, cycle } });

  test('with regular cycles the second test is taken on one of them, the first day being day 1', () => {
    expect([onDay('2026-03-15'), onDay('2026-03-19')]).toEqual(['allow', 'allow']);
    expect(onDay('2026-03-14')).toMatchObject({ reasons: ['SECOND_TEST_MISSING'] });
    expect(onDay('2026-03-20')).toMatchObject({ reasons: ['SECOND_TEST_MISSING'] });
  });

  test('not knowing her cycle is not knowing that she has no such days', () => {
    expect(onDay('2026-03-01', null)).toMatchObject({ reasons: ['SECOND_TEST_MISSING'] });
    expect([onDay('2026-03-01', 'irregular'), onDay('2026-03-01', 'none')]).toEqual(['allow', 'allow']);
  });
});

describe('one place only', () => {
  const one = made({ 'tests.places': [{ ...PLACE(), maxAgeDays: leaf(3) }] });
  test('a test of the last three days is enough', () => {
    expect(answer({ tests: [on('t', '2026-03-17')] }, WHEN, one)).toBe('allow');
    expect(answer({ tests: [on('t', '2026-03-16')] }, WHEN, one)).toEqual({ reasons: ['TEST_TOO_OLD'], earliest: at(WHEN) });
    expect(answer({ tests: [] }, WHEN, one)).toEqual({ reasons: ['TEST_MISSING'], earliest: at(WHEN) });
  });

  test('no place at all asks for no test before the first prescription', () => {
    const none = made({ 'tests.places': [], 'categories.open.window.anchor': 'issue' });
    expect(answer({ tests: [] }, WHEN, none)).toBe('allow');
  });
});

describe('a first authorization that ran out unfilled', () => {
  /** Issued on 20 March on the test of the 19th; its window ends with the 25th. */
  const missed = (edition = made()) => {
    const life = new Life([edition], COMPLETE, WHEN);
    life.prescribed(WHEN);
    return life;
  };
  const again = (life: Life, collected: string, when: string, place: 'clinical' | 'home' = 'clinical') => {
    life.says({ do: 'report-menses', on: collected }, `${collected}T08:00`);
    life.says(
      { do: 'record-pregnancy-test', id: `t-${collected}`, collectedAt: `${collected}T09:00`, result: 'negative', setting: place },
      `${collected}T10:00`,
    );
    const { outcome, reasons, earliest } = life.prescribed(when, `rx-${collected}`);
    return outcome === 'allow' ? 'allow' : { reasons, earliest };
  };

  test('no test counts before nineteen days have passed since the one it rested on', () => {
    expect(again(missed(), '2026-04-06', '2026-04-06T15:00')).toEqual({
      reasons: ['FIRST_TEST_TOO_RECENT'],
      earliest: at('2026-04-07T00:00'),
    });
    expect(again(missed(), '2026-04-07', '2026-04-07T15:00')).toBe('allow');
  });

  test('before it has run out a new one waits for nothing', () => {
    const life = missed();
    expect(life.prescribed('2026-03-24T15:00', 'rx-2').outcome).toBe('allow');
  });

  test('where the program has no such wait, a test at once is enough', () => {
    const none = made({ 'tests.missedFirstWindow.nextTestNotBeforeDays': 'none' });
    expect(again(missed(none), '2026-03-28', '2026-03-28T15:00')).toBe('allow');
  });

  test('where nobody knows whether it has one, the rule is missing', () => {
    const unknown = made({ 'tests.missedFirstWindow.nextTestNotBeforeDays': null });
    expect(again(missed(unknown), '2026-04-20', '2026-04-20T15:00')).toEqual({ reasons: ['RULE_MISSING'], earliest: null });
  });

  test('after a fill a missed window makes nobody wait', () => {
    const life = missed();
    life.says({ do: 'fill' }, '2026-03-21T10:00');
    life.says(
      { do: 'record-pregnancy-test', id: 't3', collectedAt: '2026-04-10T09:00', result: 'negative', setting: 'home' },
      '2026-04-10T10:00',
    );
    expect(life.prescribed('2026-04-10T15:00', 'rx-2').outcome).toBe('allow');
    life.says(
      { do: 'record-pregnancy-test', id: 't4', collectedAt: '2026-04-18T09:00', result: 'negative', setting: 'home' },
      '2026-04-18T10:00',
    );
    expect(life.prescribed('2026-04-18T15:00', 'rx-3').outcome).toBe('allow');
  });
});

describe('a repeat of the second test', () => {
  const late = (edition: ReturnType<typeof made>) => {
    const life = new Life([edition], { ...COMPLETE, menses: [{ on: '2026-03-17', kind: 'menses' }] }, WHEN);
    life.prescribed(WHEN);
    life.says({ do: 'record-pregnancy-test', id: 't3', collectedAt: '2026-03-29T09:00', result: 'negative' }, '2026-03-29T10:00');
    const { outcome, reasons } = life.prescribed('2026-03-29T15:00', 'rx-2');
    return outcome === 'allow' ? 'allow' : reasons;
  };

  test('may be taken on any day once the first window ran out, where the program names no wait', () => {
    expect(late(made({ 'tests.missedFirstWindow.nextTestNotBeforeDays': 'none' }))).toBe('allow');
  });

  test('keeps to the first days of a period where it names one', () => {
    expect(late(made({ 'tests.missedFirstWindow.nextTestNotBeforeDays': 5 }))).toEqual(['SECOND_TEST_MISSING']);
  });
});

describe('on therapy', () => {
  test('where no test is asked any more none is missed; where nobody knows, the rule is', () => {
    const later = (maxAgeDays: 'none' | null) => {
      const changes = { 'tests.onTherapy.maxAgeDays': maxAgeDays, 'categories.open.window.anchor': 'issue' };
      const fills = [{ dispensedAt: '2026-02-25T10:00' }];
      const { outcome, reasons } = new Life([made(changes)], { ...COMPLETE, fills, tests: [] }, WHEN).prescribed(WHEN);
      return outcome === 'allow' ? 'allow' : reasons;
    };
    expect(later(null)).toContain('RULE_MISSING');
    expect(later('none')).toBe('allow');
  });

  test('a home test counts, and is good for its own days', () => {
    const life = new Life([made()], COMPLETE, WHEN);
    life.prescribed(WHEN);
    life.says({ do: 'fill' }, '2026-03-21T10:00');
    life.says(
      { do: 'record-pregnancy-test', id: 't3', collectedAt: '2026-04-10T09:00', result: 'negative', setting: 'home' },
      '2026-04-10T10:00',
    );
    expect(life.prescribed('2026-04-16T15:00', 'rx-2').outcome).toBe('allow');
    expect(life.prescribed('2026-04-17T15:00', 'rx-3').reasons).toEqual(['TEST_TOO_OLD']);
  });
});

describe('a test that lifts a hold', () => {
  const lifted = (given: Given, setting: 'home' | 'clinical') => {
    const life = new Life([made()], given, WHEN);
    life.says({ do: 'report-missed-period', on: '2026-03-20' }, '2026-03-20T08:00');
    life.says({ do: 'record-pregnancy-test', id: 't9', collectedAt: '2026-03-20T09:00', result: 'negative', setting }, '2026-03-20T09:30');
    return !life.prescribed(WHEN).reasons.includes('MISSED_PERIOD');
  };

  test('is taken where her phase of the therapy asks: before it in a clinic, on it at home too', () => {
    expect([lifted(COMPLETE, 'clinical'), lifted(COMPLETE, 'home')]).toEqual([true, false]);
    expect(lifted({ ...COMPLETE, fills: [{ dispensedAt: '2026-02-22T10:00' }] }, 'home')).toBe(true);
  });
});

describe('I6: a bound that nobody knows', () => {
  test.each(['minAgeDays', 'maxAgeDays', 'maxAgeHours', 'minDaysAfterEarlier', 'withinDaysOfMenses', 'settings'])(
    '%s of a place',
    (bound) => {
      expect(answer({}, WHEN, made({ [`tests.places.1.${bound}`]: null }))).toEqual({ reasons: ['RULE_MISSING'], earliest: null });
    },
  );
});

function leaf(value: unknown) {
  return { value, source: 'made up', verified: false };
}
function PLACE() {
  const none = leaf('none');
  const bounds = { minAgeDays: none, maxAgeDays: none, maxAgeHours: none, minDaysAfterEarlier: none, withinDaysOfMenses: none };
  return { code: 'first', ...bounds, settings: leaf(['clinical']), settingAccommodations: leaf({}) };
}
