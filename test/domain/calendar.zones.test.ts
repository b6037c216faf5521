import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { dateAt, writeInstant } from '../../src/domain/calendar.js';

/** The calendar itself, asked each time: what the remembered stretches of a zone must not differ from. */
const slow = (at: number, zone: string) => {
  const there = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  return { on: there.toPlainDate().toString(), text: there.toString({ timeZoneName: 'never', smallestUnit: 'millisecond' }) };
};
const quick = (at: number, zone: string) => ({ on: dateAt(at, zone), text: writeInstant(at, zone) });

const ZONES = [
  ...[
    'America/New_York',
    'America/Phoenix',
    'America/St_Johns',
    'America/Sao_Paulo',
    'Africa/Casablanca',
    'Africa/Monrovia',
    'Asia/Kolkata',
  ],
  ...['Asia/Kathmandu', 'Asia/Tehran', 'Asia/Tokyo', 'Australia/Lord_Howe', 'Europe/Dublin', 'Pacific/Apia', 'Pacific/Chatham', 'UTC'],
];
const YEARS = fc.integer({ min: Date.UTC(1960, 0), max: Date.UTC(2220, 0) });

it('gives date and text of any instant in any zone as the calendar does', () => {
  fc.assert(
    fc.property(YEARS, fc.constantFrom(...ZONES), (at, zone) => {
      expect(quick(at, zone)).toEqual(slow(at, zone));
    }),
    { numRuns: 2_000 },
  );
});

it('gives them to the millisecond where a clock is changed, whichever side of it was asked for first', () => {
  for (const zone of ZONES) {
    let there = Temporal.Instant.from('1979-06-01T00:00Z').toZonedDateTimeISO(zone);
    for (let change = 0; change < 60; change++) {
      const next = there.getTimeZoneTransition('next');
      if (next === null) break;
      const at = next.epochMilliseconds;
      const around = change % 2 === 0 ? [at, at - 1, at + 1] : [at - 1, at, at + 1];
      for (const instant of around) expect([zone, quick(instant, zone)]).toEqual([zone, slow(instant, zone)]);
      there = next;
    }
  }
});

it('has no date for what is no instant', () => {
  expect(() => dateAt(Number.NaN, 'UTC')).toThrow();
  expect(() => dateAt(0, 'Nowhere/Land')).toThrow();
});
