import { describe, expect, test } from '@jest/globals';
import { endOfDay, readMoment, startOfDay } from '../../../src/domain/calendar.js';
import { sayDay, sayWhen } from '../../../src/wording/say-when.js';

const EASTERN = 'America/New_York';
const PACIFIC = 'America/Los_Angeles';
const at = (text: string, zone = EASTERN) => readMoment(text, zone).at;

describe('instants in words', () => {
  test('the end of a day is said with weekday, time and zone, and as the reader’s own clock shows it', () => {
    const ends = endOfDay('2027-03-15', EASTERN);
    expect(sayWhen(ends, EASTERN)).toBe('Mon 15 March, 11:59 pm Eastern');
    expect(sayWhen(ends, EASTERN, PACIFIC)).toBe('Mon 15 March, 11:59 pm Eastern (8:59 pm here)');
  });

  test('where it is another day there, that day is said too', () => {
    expect(sayWhen(endOfDay('2027-03-15', EASTERN), EASTERN, 'America/Halifax')).toBe(
      'Mon 15 March, 11:59 pm Eastern (Tue 16 March, 12:59 am here)',
    );
  });

  test('a reader whose clock shows the same reads it once', () => {
    expect(sayWhen(at('2027-03-10T14:10'), EASTERN, 'America/Toronto')).toBe('Wed 10 March, 2:10 pm Eastern');
  });

  test('midnight and noon are never 12:00', () => {
    expect(sayWhen(startOfDay('2027-02-22', EASTERN), EASTERN)).toBe('Mon 22 February, start of the day Eastern');
    expect(sayWhen(startOfDay('2027-02-22', EASTERN), EASTERN, PACIFIC)).toBe(
      'Mon 22 February, start of the day Eastern (Sun 21 February, 9:00 pm here)',
    );
    expect(sayWhen(at('2027-02-22T12:00'), EASTERN)).toBe('Mon 22 February, noon Eastern');
    expect(sayWhen(at('2027-02-22T12:01'), EASTERN)).toBe('Mon 22 February, 12:01 pm Eastern');
    expect(sayWhen(at('2027-02-22T00:01'), EASTERN)).toBe('Mon 22 February, 12:01 am Eastern');
  });

  test('in the hour that the clock shows twice, the zone tells which one', () => {
    expect(sayWhen(at('2027-11-07T01:30:00-04:00'), EASTERN)).toBe('Sun 7 November, 1:30 am Eastern Daylight');
    expect(sayWhen(at('2027-11-07T01:30:00-05:00'), EASTERN)).toBe('Sun 7 November, 1:30 am Eastern Standard');
    expect(sayWhen(at('2027-11-07T02:30:00-05:00'), EASTERN)).toBe('Sun 7 November, 2:30 am Eastern');
    expect(sayWhen(at('2027-03-14T03:30:00-04:00'), EASTERN)).toBe('Sun 14 March, 3:30 am Eastern');
  });

  test('a deadline is never said later than it is', () => {
    expect(sayWhen(at('2027-03-10T14:10:59.999'), EASTERN)).toBe('Wed 10 March, 2:10 pm Eastern');
  });

  test('zones without summer time keep their own name, and UTC is UTC', () => {
    expect(sayWhen(at('2027-07-01T09:00', 'America/Phoenix'), 'America/Phoenix')).toBe('Thu 1 July, 9:00 am Mountain Standard');
    expect(sayWhen(at('2027-07-01T09:00Z'), 'UTC')).toBe('Thu 1 July, 9:00 am UTC');
    expect(() => sayWhen(0, 'Mars/Olympus')).toThrow(RangeError);
  });

  test('a date is said without a time', () => {
    expect(sayDay('2028-02-29')).toBe('Tue 29 February');
  });
});
