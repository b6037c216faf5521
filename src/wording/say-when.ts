import { HOUR_MS, type Instant, type LocalDate, MINUTE_MS } from '../domain/calendar.js';

/** Instants in words: weekday, day and clock time with the zone's name, so that nobody has to count days or guess which midnight is meant. */

interface Clock {
  readonly day: string;
  readonly time: string;
}

// Making a formatter costs some 50 µs; a reader's own zone comes from outside, so the number that is kept has a bound.
const MAX_KEPT = 100;
const kept = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string, name: 'longGeneric' | 'long'): Intl.DateTimeFormat {
  const key = `${name} ${zone}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    timeZoneName: name,
    weekday: 'short',
    day: 'numeric',
    month: 'long',
    hour: 'numeric',
    minute: '2-digit',
    hour12: true,
  });
  if (kept.size >= MAX_KEPT) kept.clear();
  kept.set(key, made);
  return made;
}

type Parts = Partial<Record<Intl.DateTimeFormatPartTypes, string>>;
const partsOf = (at: Instant, zone: string, name: 'longGeneric' | 'long' = 'longGeneric'): Parts =>
  Object.fromEntries(
    formatter(zone, name)
      .formatToParts(at)
      .map((part) => [part.type, part.value]),
  );

function clock(at: Instant, zone: string): Clock {
  const { weekday, day, month, hour, minute, dayPeriod } = partsOf(at, zone);
  return { day: `${weekday} ${day} ${month}`, time: timeInWords(Number(hour), minute ?? '', dayPeriod?.toLowerCase() ?? '') };
}

/** 12:00 am and 12:00 pm are read both ways: midnight is the start of the day that is named with it, and noon is noon. */
function timeInWords(hour: number, minute: string, half: string): string {
  if (hour === 12 && minute === '00') return half === 'am' ? 'start of the day' : 'noon';
  return `${hour}:${minute} ${half}`;
}

/** `Eastern`; `Eastern Daylight` or `Eastern Standard` in the hour that the clock shows twice. */
function zoneName(at: Instant, zone: string): string {
  if (zone === 'UTC') return 'UTC';
  const shown = clock(at, zone).time;
  const twice = [at - HOUR_MS, at + HOUR_MS].some((other) => clock(other, zone).time === shown);
  const name = partsOf(at, zone, twice ? 'long' : 'longGeneric').timeZoneName ?? zone;
  return name.replace(/ Time$/, '');
}

// Formatting one costs 120 to 170 µs, a tenth of a whole answer at the counter. Words show no seconds, so all instants of a minute share theirs; so does a day.
const MAX_SAID = 4_000;
const alreadySaid = new Map<string, string>();

/**
 * `Mon 15 March, 11:59 pm Eastern`, and where the reader's own clock shows something else, `(8:59 pm here)` after it. Seconds are dropped:
 * a deadline is never said later than it is.
 * @throws RangeError when a zone is none
 */
export function sayWhen(at: Instant, zone: string, hereZone: string | null = null): string {
  const key = `${Math.floor(at / MINUTE_MS)} ${zone} ${hereZone ?? ''}`;
  return alreadySaid.get(key) ?? remembered(key, inWords(at, zone, hereZone));
}

function inWords(at: Instant, zone: string, hereZone: string | null): string {
  const there = clock(at, zone);
  const said = `${there.day}, ${there.time} ${zoneName(at, zone)}`;
  if (hereZone === null) return said;
  const here = clock(at, hereZone);
  if (here.day === there.day) return here.time === there.time ? said : `${said} (${here.time} here)`;
  return `${said} (${here.day}, ${here.time} here)`;
}

/** A date in words: `Mon 15 March`. */
export function sayDay(date: LocalDate): string {
  const known = alreadySaid.get(date);
  return known ?? remembered(date, clock(Date.parse(`${date}T12:00:00Z`), 'UTC').day);
}

function remembered(key: string, words: string): string {
  if (alreadySaid.size >= MAX_SAID) alreadySaid.clear();
  alreadySaid.set(key, words);
  return words;
}
