import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  addDays,
  addMonths,
  ageOn,
  birthday,
  dateAt,
  daysBetween,
  endOfDateOrMonth,
  endOfDay,
  isLocalDate,
  momentOn,
  readMoment,
  startOfDateOrMonth,
  startOfDay,
  TimeNotReadable,
  writeInstant,
} from '../../src/domain/calendar.js';

// The one calendar against plain counting, and against what the platform's own formatter says of zones. New York, Los Angeles and London
// change their clocks at night, Lord Howe by half an hour, São Paulo once did at midnight itself, and Apia left out a whole day.

const ZONES = [
  'America/New_York',
  'America/Los_Angeles',
  'Europe/London',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'America/Sao_Paulo',
  'Pacific/Apia',
];
const RUNS = { numRuns: 400, seed: 20_261_123 };

const isLeap = (year: number) => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
const lengthOf = (year: number, month: number) => [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
const two = (value: number) => String(value).padStart(2, '0');
const written = (year: number, month: number, day: number) => `${year}-${two(month)}-${two(day)}`;
const parts = (date: string) => date.split('-').map(Number) as [number, number, number];
/** The day after, by counting. */
function next(date: string): string {
  const [year, month, day] = parts(date);
  if (day < lengthOf(year, month)) return written(year, month, day + 1);
  return month < 12 ? written(year, month + 1, 1) : written(year + 1, 1, 1);
}

const dates = fc
  .tuple(fc.integer({ min: 1931, max: 2120 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 31 }))
  .map(([year, month, day]) => written(year, month, Math.min(day, lengthOf(year, month))));
/** Any instant of thirty years, and as often one within two hours of a change of clocks in some zone. */
const CHANGES = [
  '2027-03-14T07:00Z',
  '2026-11-01T06:00Z',
  '2027-03-14T10:00Z',
  '2027-03-28T01:00Z',
  '2026-10-03T15:30Z',
  '2018-11-04T03:00Z',
  '2011-12-30T10:00Z',
  '2028-02-29T05:00Z',
].map(Date.parse);
const instants = fc.oneof(
  fc.integer({ min: Date.UTC(2005, 0), max: Date.UTC(2035, 0) }),
  fc.tuple(fc.constantFrom(...CHANGES), fc.integer({ min: -7_200_000, max: 7_200_000 })).map(([change, off]) => change + off),
  fc.constantFrom(...CHANGES.flatMap((change) => [change - 1, change, change + 1])),
);
const zones = fc.constantFrom(...ZONES);

const formatters = new Map(
  ZONES.map((zone) => [
    zone,
    new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      fractionalSecondDigits: 3,
    }),
  ]),
);
/** What a clock on the wall of that zone shows. */
function wall(at: number, zone: string): { date: string; time: string } {
  const shown = Object.fromEntries((formatters.get(zone)?.formatToParts(at) ?? []).map((part) => [part.type, part.value]));
  return {
    date: `${shown['year']}-${shown['month']}-${shown['day']}`,
    time: `${shown['hour']}:${shown['minute']}:${shown['second']}.${shown['fractionalSecond']}`,
  };
}

describe('dates by counting', () => {
  test('a hundred and fifty years of days follow one another as a calendar on the wall has them', () => {
    let date = '1970-01-01';
    for (let day = 0; day < 54_000; day += 1) {
      if (addDays('1970-01-01', day) !== date || daysBetween('1970-01-01', date) !== day || !isLocalDate(date))
        throw new Error(`${day} ${date}`);
      date = next(date);
    }
    expect(date > '2117-01-01').toBe(true);
  });

  test('adding days and counting them are each other’s opposite, both ways', () => {
    fc.assert(
      fc.property(dates, fc.integer({ min: -40_000, max: 40_000 }), (date, days) => {
        expect(daysBetween(date, addDays(date, days))).toBe(days);
        expect(addDays(addDays(date, days), -days)).toBe(date);
      }),
      RUNS,
    );
  });

  test('months later is the same day of the month, or the last day of a shorter one', () => {
    fc.assert(
      fc.property(dates, fc.integer({ min: 0, max: 60 }), (date, months) => {
        const [year, month, day] = parts(date);
        const count = year * 12 + month - 1 + months;
        const [thenYear, thenMonth] = [Math.floor(count / 12), (count % 12) + 1];
        expect(addMonths(date, months)).toBe(written(thenYear, thenMonth, Math.min(day, lengthOf(thenYear, thenMonth))));
      }),
      RUNS,
    );
  });

  test('an age is the birthdays that have been, and 29 February has its own on 1 March in common years', () => {
    fc.assert(
      fc.property(dates, fc.integer({ min: 0, max: 40_000 }), (born, days) => {
        const today = addDays(born, days);
        const [year, month, day] = parts(born);
        let birthdays = 0;
        for (let each = year + 1; each <= parts(today)[0]; each += 1) {
          const on = month === 2 && day === 29 && !isLeap(each) ? `${each}-03-01` : written(each, month, day);
          if (on <= today) birthdays += 1;
        }
        expect(ageOn(born, today)).toBe(birthdays);
      }),
      RUNS,
    );
    expect([birthday('2008-02-29', 18), birthday('2008-02-29', 20), ageOn('2009-03-01', '2027-02-28')]).toEqual([
      '2026-03-01',
      '2028-02-29',
      17,
    ]);
  });

  test('a month means its first day where it begins and its last where it is judged', () => {
    expect(['2028-02', '2027-02', '2026-12', '2027-04-09'].map(endOfDateOrMonth)).toEqual([
      '2028-02-29',
      '2027-02-28',
      '2026-12-31',
      '2027-04-09',
    ]);
    expect(['2028-02', '2027-04-09'].map(startOfDateOrMonth)).toEqual(['2028-02-01', '2027-04-09']);
  });

  test('what is no day of the calendar is not taken for one', () => {
    for (const text of [
      '2027-02-29',
      '2100-02-29',
      '2027-00-01',
      '2027-13-01',
      '2027-04-31',
      '2027-1-1',
      '27-01-01',
      '2027-01-01T',
      ' 2027-01-01',
      '2027-01-32',
    ])
      expect([text, isLocalDate(text)]).toEqual([text, false]);
    expect(['2000-02-29', '2028-02-29', '9999-12-31'].map(isLocalDate)).toEqual([true, true, true]);
  });
});

describe('instants and zones', () => {
  test('the date at an instant is the one on the wall there', () => {
    fc.assert(
      fc.property(instants, zones, (at, zone) => {
        expect(dateAt(at, zone)).toBe(wall(at, zone).date);
        // Asked again, and for its neighbours, the remembered answer is still the right one.
        expect([dateAt(at + 1, zone), dateAt(at, zone), dateAt(at, 'UTC')]).toEqual([
          wall(at + 1, zone).date,
          wall(at, zone).date,
          new Date(at).toISOString().slice(0, 10),
        ]);
      }),
      RUNS,
    );
  });

  test('a day begins with its first instant and ends with the last before the next one’s, however long it is', () => {
    fc.assert(
      fc.property(instants, zones, (at, zone) => {
        const date = dateAt(at, zone);
        const [start, end] = [startOfDay(date, zone), endOfDay(date, zone)];
        expect(wall(start, zone).date).toBe(date);
        expect(wall(start - 1, zone).date < date).toBe(true);
        expect(wall(end + 1, zone).date > date).toBe(true);
        expect(start <= at && at <= end).toBe(true);
        expect(momentOn(date, zone)).toEqual({ at: start, until: end, on: date });
      }),
      RUNS,
    );
  });

  test('the days of both clock changes have 23 and 25 hours, and elapsed hours do not care', () => {
    const hours = (date: string) => (endOfDay(date, 'America/New_York') + 1 - startOfDay(date, 'America/New_York')) / 3_600_000;
    expect(['2027-03-13', '2027-03-14', '2026-11-01', '2028-02-29'].map(hours)).toEqual([24, 23, 25, 24]);
  });

  test('a local time reads as the one instant at which the wall shows it, and is refused where it shows it never or twice', () => {
    const last = fc.constantFrom(0, 1, 999);
    fc.assert(
      fc.property(instants, zones, last, (near, zone, milliseconds) => {
        const at = near - (((near % 1000) + 1000) % 1000) + milliseconds;
        const { date, time } = wall(at, zone);
        const same = [-3_600_000, -1_800_000, 1_800_000, 3_600_000].filter((off) => {
          const other = wall(at + off, zone);
          return other.date === date && other.time === time;
        });
        const read = () => readMoment(`${date}T${time}`, zone);
        if (same.length > 0) expect(read).toThrow(TimeNotReadable);
        else expect(read()).toEqual({ at, until: at, on: date });
        expect(readMoment(writeInstant(at, zone), 'UTC').at).toBe(at);
      }),
      RUNS,
    );
    expect(() => readMoment('2027-03-14T02:30', 'America/New_York')).toThrow(TimeNotReadable);
    expect(() => readMoment('2011-12-30T12:00', 'Pacific/Apia')).toThrow(TimeNotReadable);
  });

  test('with an offset the written date stays the date at the place', () => {
    fc.assert(
      fc.property(instants, fc.integer({ min: -14 * 4, max: 14 * 4 }), (near, quarters) => {
        const at = near - (((near % 1000) + 1000) % 1000);
        const local = new Date(at + quarters * 900_000).toISOString().slice(0, 19);
        const offset = `${quarters < 0 ? '-' : '+'}${two(Math.floor(Math.abs(quarters) / 4))}:${two((Math.abs(quarters) % 4) * 15)}`;
        expect(readMoment(`${local}${offset}`, 'America/New_York')).toEqual({ at, until: at, on: local.slice(0, 10) });
      }),
      RUNS,
    );
  });

  test('nothing here looks at the zone of the machine', () => {
    const machine = new Intl.DateTimeFormat().resolvedOptions().timeZone;
    expect([
      machine,
      dateAt(Date.UTC(2027, 0, 16, 4, 59, 59, 999), 'America/New_York'),
      startOfDay('2027-07-01', 'America/New_York'),
    ]).toEqual([machine, '2027-01-15', Date.UTC(2027, 6, 1, 4)]);
  });
});
