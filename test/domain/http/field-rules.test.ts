import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import * as rules from '../../../src/http/field-rules.js';

const table = (rule: rules.FieldRule, good: readonly unknown[], bad: readonly unknown[]): void => {
  for (const value of good) expect([value, rule.holds(value)]).toEqual([value, true]);
  for (const value of [...bad, null, undefined, {}, [], Number.NaN]) expect([value, rule.holds(value)]).toEqual([value, false]);
};

describe('field rules', () => {
  it('a local date is a day the calendar has, in range', () => {
    table(
      rules.localDate,
      ['1900-01-01', '2200-12-31', '2024-02-29', '2000-02-29', '2026-12-31'],
      [
        '1899-12-31',
        '2201-01-01',
        '2023-02-29',
        '1900-02-29',
        '2100-02-29',
        '2026-04-31',
        '2026-00-10',
        '2026-13-01',
        '2026-01-00',
        '2026-1-1',
        '2026-01-01T00:00:00Z',
        ' 2026-01-01',
        '2026-01-01\n',
        '２０２６-01-01',
        20260101,
        '',
      ],
    );
  });

  it('every day that exists is taken and no other (against the engine)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1900, max: 2200 }), fc.integer({ min: 0, max: 13 }), fc.integer({ min: 0, max: 32 }), (y, m, d) => {
        const text = `${y}-${String(m).padStart(2, '0')}-${String(d).padStart(2, '0')}`;
        const parsed = new Date(`${text}T00:00:00Z`);
        const exists = !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text);
        expect(rules.isLocalDate(text)).toBe(exists);
      }),
      { numRuns: 2_000 },
    );
  });

  it('an instant says its offset and has milliseconds at most', () => {
    table(
      rules.instant,
      [
        '2026-03-09T14:05:00Z',
        '2026-03-09T14:05:00.1Z',
        '2026-03-09T14:05:00.123-05:00',
        '2026-03-09T23:59:59+14:00',
        '2024-02-29T00:00:00+05:45',
      ],
      [
        '2026-03-09T14:05:00',
        '2026-03-09 14:05:00Z',
        '2026-03-09T24:00:00Z',
        '2026-03-09T14:60:00Z',
        '2026-03-09T14:05:60Z',
        '2026-03-09T14:05:00.1234Z',
        '2026-03-09T14:05Z',
        '2026-03-09T14:05:00+15:00',
        '2026-03-09T14:05:00+14:01',
        '2026-03-09T14:05:00+05:60',
        '2023-02-29T00:00:00Z',
        '2026-03-09t14:05:00z',
        '+002026-03-09T14:05:00Z',
        1_773_000_000_000,
      ],
    );
  });

  it('an id is a UUID, a code a plain name', () => {
    table(
      rules.id,
      ['019a1b2c-3d4e-7f60-8a9b-0c1d2e3f4a5b', '019A1B2C-3D4E-7F60-8A9B-0C1D2E3F4A5B'],
      ['019a1b2c3d4e7f608a9b0c1d2e3f4a5b', '{019a1b2c-3d4e-7f60-8a9b-0c1d2e3f4a5b}', '1', '', 1],
    );
    table(rules.code(10), ['FRP', 'a.b-c_d', '1', 'x'.repeat(10)], ['', 'x'.repeat(11), '-a', 'a b', 'a/b', '../a', 'ä', 'a\n']);
  });

  it('text has no control, direction or half characters and is not blank', () => {
    table(
      rules.text({ max: 20 }),
      ['Zoë O’Brien-Łukasz', 'عائشة', '李雷', '👩‍⚕️', ' a ', 'x'.repeat(20)],
      [
        '',
        '   ',
        'x'.repeat(21),
        'a\u0000',
        'a\nb',
        'a\u007f',
        'a\u0085',
        'a\u202eb',
        'a\u2066b',
        'a\u200fb',
        'a\u2028b',
        '\ufeffa',
        '\ud83d',
        'a\ufffe',
        1,
      ],
    );
    table(rules.text({ max: 20, lines: true }), ['a\nb\tc\r\n'], ['a\u0000', '\n\n', 'a\u000b']);
    table(rules.text({ max: 5, min: 0 }), ['', ' '], ['x'.repeat(6)]);
  });

  it('numbers, flags, choices and lists take only their own type', () => {
    table(rules.number({ min: 1, max: 28 }), [1, 28], [0, 29, 1.5, '5', Number.POSITIVE_INFINITY, true]);
    table(rules.number({ min: 0, max: 1, integer: false }), [0.5, 0, 1], [1.01, '0.5']);
    table(rules.flag, [true, false], ['true', 0, 1]);
    table(rules.choice(['yes', 'no']), ['yes'], ['Yes', 'toString', '']);
    expect(rules.list(rules.code(3), { max: 2, min: 1, unique: true }).holds(['a', 'b'])).toBe(true);
    for (const bad of [[], ['a', 'a'], ['a', 'b', 'c'], ['abcd'], 'a', { 0: 'a', length: 1 }, [['a']]]) {
      expect(rules.list(rules.code(3), { max: 2, min: 1, unique: true }).holds(bad)).toBe(false);
    }
  });

  it('T21: 50 kB of anything is judged in less than 20 ms', () => {
    const all = [
      rules.localDate,
      rules.instant,
      rules.id,
      rules.code(40),
      rules.code(60_000),
      rules.text({ max: 60_000 }),
      rules.text({ max: 60_000, lines: true }),
    ];
    for (const part of ['a', '-', '2026-03-09T', '\u202e', ' ', '.', 'a-', '\ud83d', '0'.repeat(20)]) {
      const long = `${part.repeat(Math.ceil(50_000 / part.length))}!`;
      for (const rule of all) {
        const judge = (): number => {
          const start = performance.now();
          rule.holds(long);
          return performance.now() - start;
        };
        expect(Math.min(judge(), judge())).toBeLessThan(20);
      }
    }
  });
});
