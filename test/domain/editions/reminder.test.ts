import { expect, test } from '@jest/globals';
import type { Given } from '../../../src/case-file/world.js';
import { outlook } from '../../../src/domain/outlook.js';
import { at, CLOSED, COMPLETE, Life, made } from '../../support/made-up.js';

// Tests that gate nothing: they show with their dates until one on record answers them.

const edition = made();
const shown = (given: Given, when = '2026-03-20T15:00') => outlook(new Life([edition], given, when).file, at(when), edition).reminders;
const test9 = (date: string, result: 'negative' | 'invalid' = 'negative') => ({ id: `t-${date}`, collectedAt: `${date}T09:00`, result });
const STARTED = { ...COMPLETE, fills: [{ dispensedAt: '2026-03-01T10:00' }] };

test('eight to ten days after the first fill', () => {
  const due = [{ after: 'start', from: '2026-03-09', until: '2026-03-11' }];
  expect(shown(COMPLETE)).toEqual([]);
  expect(shown({ ...STARTED, tests: [] })).toEqual(due);
  expect(shown({ ...STARTED, tests: [test9('2026-03-08'), test9('2026-03-12'), test9('2026-03-10', 'invalid')] })).toEqual(due);
  expect(shown({ ...STARTED, tests: [test9('2026-03-09')] })).toEqual([]);
  expect(shown({ ...STARTED, tests: [test9('2026-03-11')] })).toEqual([]);
});

test('at the end of therapy and a month after it', () => {
  const ended = { ...STARTED, therapy: { endedAt: '2026-03-15T10:00' } };
  expect(shown({ ...ended, tests: [] })).toEqual([
    { after: 'end', from: '2026-03-15', until: null },
    { after: 'end', from: '2026-04-15', until: null },
  ]);
  expect(shown({ ...ended, tests: [test9('2026-03-15')] })).toEqual([{ after: 'end', from: '2026-04-15', until: null }]);
  expect(shown({ ...ended, tests: [test9('2026-03-15'), test9('2026-04-15')] }, '2026-04-16T15:00')).toEqual([]);
});

test('of nobody whom the program does not test', () => {
  expect(shown({ ...CLOSED, fills: [{ dispensedAt: '2026-03-01T10:00' }] })).toEqual([]);
});
