import { describe, expect, test } from '@jest/globals';
import { changedValues } from '../../../src/reporting/what-if/changed-values.js';
import { CSV_HEAD, cell, csvLine } from '../../../src/reporting/what-if/csv.js';
import type { Difference } from '../../../src/reporting/what-if/difference.js';
import { progressBar, progressText } from '../../../src/reporting/what-if/progress-bar.js';
import { reportOf } from '../../../src/reporting/what-if/report.js';
import { reportText } from '../../../src/reporting/what-if/table.js';
import { addTally, emptyTally } from '../../../src/reporting/what-if/tally.js';
import { otherEdition } from '../../support/other-edition.js';
import { catalogue, PROGRAM } from '../../support/world.js';

const recorded = catalogue.named(PROGRAM, '2021-08-05')!;

const difference: Difference = {
  entry: '019a0000-0000-7000-8000-000000000001',
  at: Date.UTC(2026, 0, 20, 15),
  patient: '019a0000-0000-7000-8000-000000000002',
  authorization: null,
  command: 'reserve',
  category: '=cmd|calc',
  kind: 'refused',
  recorded: { outcome: 'allow', reasons: [], referrals: [], earliest: null },
  other: { outcome: 'deny', reasons: ['TEST_TOO_OLD', 'SURVEY_MISSING'], referrals: [], earliest: null },
  because: ['TEST_TOO_OLD'],
  follows: null,
  wait: { way: 'longer', ms: 36 * 3_600_000 },
  deadline: null,
};

describe('CSV', () => {
  test.each(['=1+1', '+1', '-1', '@x', '|x', '%x', ' =1', '\t=1', '\r=1', '\n-1'])('%j is no formula for a spreadsheet', (text) => {
    expect(cell(text).replace(/^"/, '')).toMatch(/^'/);
  });

  test('numbers stay numbers, quotes and commas stay inside their cell', () => {
    expect([cell(-1.5), cell(null), cell('a,b'), cell('say "x"'), cell('plain')]).toEqual(['-1.5', '', '"a,b"', '"say ""x"""', 'plain']);
  });

  test('a line has as many cells as the head', () => {
    const line = csvLine(difference, 'America/New_York');
    expect(line.split(',').length).toBe(CSV_HEAD.split(',').length);
    expect(line).toBe(
      "2026-01-20T10:00:00.000-05:00,019a0000-0000-7000-8000-000000000002,,019a0000-0000-7000-8000-000000000001,reserve,'=cmd|calc,refused,allow,,deny,TEST_TOO_OLD SURVEY_MISSING,,TEST_TOO_OLD,,longer,1.5,,,\r\n",
    );
  });
});

describe('the tally of several threads', () => {
  test('is the sum of theirs, leaf by leaf', () => {
    const [one, two] = [emptyTally(), emptyTally()];
    one.kinds = { refused: 2 };
    two.kinds = { refused: 3, allowed: 1 };
    two.longer = { patients: 4, times: 5, undated: 1, days: { '3': 2 } };
    expect(addTally(one, two)).toMatchObject({ kinds: { refused: 5, allowed: 1 }, longer: { patients: 4, days: { '3': 2 } } });
  });
});

describe('the report', () => {
  const other = otherEdition({ '/tests/onTherapy/maxAgeDays': 5, '/contraception/lead': { days: 14 } });

  test('names exactly the values that the edition sets otherwise', () => {
    expect(changedValues(recorded, other)).toEqual([
      { path: '/contraception/lead/days', before: 28, after: 14 },
      { path: '/tests/onTherapy/maxAgeDays', before: 7, after: 5 },
    ]);
    expect(changedValues(recorded, recorded)).toEqual([]);
  });

  test('reads as a table, with the median and the longest wait', () => {
    const tally = emptyTally();
    Object.assign(tally, {
      patients: 1_234,
      decisions: 10_000,
      differing: 12,
      patientsDiffering: 5,
      editions: { [`2021-08-05 ${recorded.hash}`]: 10_000 },
    });
    tally.kinds = { refused: 12 };
    tally.longer = { patients: 5, times: 6, undated: 1, days: { '1': 1, '2': 2, '9': 1 } };
    const ran = {
      tally,
      asOf: 0,
      from: null,
      until: 0,
      elapsedMs: 1_000,
      threads: 2,
      editionOf: (hash: string) => catalogue.withHash(hash),
    };
    const report = reportOf(PROGRAM, other, ran);
    expect(report.waits.longer).toMatchObject({ medianDays: 2, longestDays: 9 });
    const text = reportText(report);
    for (const each of [
      '12 decisions would differ (0.12 %)',
      '1,234 patients, 10,000 decisions',
      'median 2 days, longest 9 days',
      '/tests/onTherapy/maxAgeDays  7 → 5',
    ])
      expect(text).toContain(each);
  });
});

describe('progress', () => {
  const half = { decisions: 21_000, slicesDone: 5, slices: 10, elapsedMs: 2_000 };

  test('says the rate and the time left', () => {
    expect(progressText(half)).toBe('[############------------]  50 % · 21,000 decisions · 10,500/s · 0:02 left');
    expect(progressText({ decisions: 0, slicesDone: 0, slices: 10, elapsedMs: 0 })).toContain('time left unknown');
  });

  test('redraws on a terminal and writes lines elsewhere, not too often', () => {
    const drawn = (isTTY: boolean) => {
      const written: string[] = [];
      const bar = progressBar({ write: (text: string) => written.push(text), isTTY });
      for (let elapsedMs = 0; elapsedMs < 6_000; elapsedMs += 100) bar.tell({ ...half, elapsedMs });
      bar.done();
      return written;
    };
    expect(drawn(false).every((line) => line.endsWith('\n'))).toBe(true);
    expect(drawn(false).length).toBe(3);
    expect(drawn(true)[0]).toMatch(/^\r/);
    expect(drawn(true).length).toBeLessThan(40);
  });
});
