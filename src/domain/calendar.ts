import { Temporal } from 'temporal-polyfill';

/**
 * Instants, local dates and zones: the only place that knows a calendar. Instants are milliseconds since the epoch (UTC); local dates are
 * `YYYY-MM-DD` strings, which compare correctly as strings. Windows in days run on dates, windows in hours on instants (rules §9.1).
 */
export type Instant = number;
export type LocalDate = string;
/** A local date, or a month (`YYYY-MM`) when the day is not known; judged at the month's end (rules §9.9). */
export type LocalDateOrMonth = string;

const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** When something happened: the instants it may have happened at, and the date written at the place where it did. */
export interface Moment {
  /** The first instant it may have been. */
  readonly at: Instant;
  /** The last instant it may have been: equal to `at` unless only the date is known. */
  readonly until: Instant;
  /** The local date at the place, as written there. */
  readonly on: LocalDate;
}

// A decision compares the same few dates over and over; remembering their numbers took a tenth off an issue. Both are emptied before they grow.
const numbers = new Map<LocalDate, number>();
const dates = new Map<number, LocalDate>();
const REMEMBERED = 4_000;

function dayNumber(date: LocalDate): number {
  const known = numbers.get(date);
  if (known !== undefined) return known;
  const number = Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)) - 1, Number(date.slice(8, 10))) / DAY_MS;
  if (numbers.size >= REMEMBERED) numbers.clear();
  numbers.set(date, number);
  return number;
}

function dateOfDayNumber(day: number): LocalDate {
  const known = dates.get(day);
  if (known !== undefined) return known;
  // The time of day is cut off from the end: a year beyond 9999 is written with a sign and six digits, which `end of 9999-12-31` comes to.
  const date = new Date(day * DAY_MS).toISOString().slice(0, -'T00:00:00.000Z'.length);
  if (dates.size >= REMEMBERED) dates.clear();
  dates.set(day, date);
  return date;
}

/** Whole days from `earlier` to `later`; negative when they are the other way round. */
export const daysBetween = (earlier: LocalDate, later: LocalDate): number => dayNumber(later) - dayNumber(earlier);

export const addDays = (date: LocalDate, days: number): LocalDate => dateOfDayNumber(dayNumber(date) + days);

/** The same day of the month `months` later, or the last day of a shorter month. */
export const addMonths = (date: LocalDate, months: number): LocalDate => Temporal.PlainDate.from(date).add({ months }).toString();

/** A stretch of the calendar. */
export type Span = { readonly days: number } | { readonly months: number };

/** The date a stretch after that one; a month ends on the same day of the next, or on its last one. @throws RangeError of no length */
export const spanAfter = (date: LocalDate, span: Span): LocalDate => moved(date, span, 1);

/** The date a stretch before that one: what was so on it, and on every day since, has been so for that long. */
export const spanBefore = (date: LocalDate, span: Span): LocalDate => moved(date, span, -1);

function moved(date: LocalDate, span: Span, sign: 1 | -1): LocalDate {
  const count = 'days' in span ? span.days : span.months;
  if (!Number.isInteger(count)) throw new RangeError('a stretch of so many whole days or months');
  return 'days' in span ? addDays(date, sign * count) : addMonths(date, sign * count);
}

/** The birthday of that age; who was born on 29 February has it on 1 March in common years (rules §1.3). */
export function birthday(birthDate: LocalDate, age: number): LocalDate {
  const year = Number(birthDate.slice(0, 4)) + age;
  const candidate = `${String(year).padStart(4, '0')}${birthDate.slice(4)}`;
  return !birthDate.endsWith('-02-29') || isLocalDate(candidate) ? candidate : `${String(year).padStart(4, '0')}-03-01`;
}

/** Completed years on that date. */
export function ageOn(birthDate: LocalDate, date: LocalDate): number {
  const years = Number(date.slice(0, 4)) - Number(birthDate.slice(0, 4));
  return birthday(birthDate, years) <= date ? years : years - 1;
}

/** The last day that a date or month can mean. */
export function endOfDateOrMonth(value: LocalDateOrMonth): LocalDate {
  if (value.length !== 7) return value;
  return addDays(addMonths(`${value}-01`, 1), -1);
}

/** The first day that a date or month can mean. */
export const startOfDateOrMonth = (value: LocalDateOrMonth): LocalDate => (value.length === 7 ? `${value}-01` : value);

export function isLocalDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  return Number(text.slice(5, 7)) >= 1 && Number(text.slice(5, 7)) <= 12 && dateOfDayNumber(dayNumber(text)) === text;
}

/** A stretch of time in which a zone's clock is not changed: within it, local time is arithmetic. */
interface Stretch {
  readonly from: Instant;
  /** The last millisecond of it. */
  readonly until: Instant;
  readonly offsetMs: number;
}

// A conversion by the calendar costs 20–40 µs, and an answer at the counter needs half a dozen; the stretch around now answers nearly all.
const stretches = new Map<string, Stretch[]>();
const ZONES_REMEMBERED = 100;
/** Offsets of whole minutes, and few enough stretches to keep. */
const STRETCHES = { from: Date.UTC(1980, 0), until: Date.UTC(2200, 0) } as const;

const inZone = (at: Instant, zone: string) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);

/** How far local time in `zone` is ahead of UTC at that instant, milliseconds; null where only the calendar itself should say. */
function offsetAt(at: Instant, zone: string): number | null {
  if (!(at >= STRETCHES.from && at < STRETCHES.until)) return null;
  const known = stretches.get(zone)?.find((each) => each.from <= at && at <= each.until);
  if (known !== undefined) return known.offsetMs;
  const there = inZone(at, zone);
  const stretch: Stretch = {
    // One millisecond later, so that a change of the clock at this very instant counts as its beginning.
    from: inZone(at + 1, zone).getTimeZoneTransition('previous')?.epochMilliseconds ?? Number.MIN_SAFE_INTEGER,
    until: (there.getTimeZoneTransition('next')?.epochMilliseconds ?? Number.MAX_SAFE_INTEGER) - 1,
    offsetMs: there.offsetNanoseconds / 1e6,
  };
  if (stretches.size >= ZONES_REMEMBERED && !stretches.has(zone)) stretches.clear();
  stretches.set(zone, [stretch, ...(stretches.get(zone) ?? [])]);
  return stretch.offsetMs;
}

/** The calendar date in `zone` at that instant. */
export function dateAt(at: Instant, zone: string): LocalDate {
  const offset = offsetAt(at, zone);
  return offset === null ? inZone(at, zone).toPlainDate().toString() : dateOfDayNumber(Math.floor((at + offset) / DAY_MS));
}

const dayStarts = new Map<string, Instant>();

/** The first instant of that date in `zone`. */
export function startOfDay(date: LocalDate, zone: string): Instant {
  const key = `${zone} ${date}`;
  const known = dayStarts.get(key);
  if (known !== undefined) return known;
  const start = Temporal.PlainDate.from(date).toZonedDateTime(zone).epochMilliseconds;
  if (dayStarts.size >= REMEMBERED) dayStarts.clear();
  dayStarts.set(key, start);
  return start;
}

/** The last millisecond of that date in `zone`. */
export const endOfDay = (date: LocalDate, zone: string): Instant => startOfDay(addDays(date, 1), zone) - 1;

/** A moment known to the millisecond, dated in `zone`. */
export const momentAt = (at: Instant, zone: string): Moment => ({ at, until: at, on: dateAt(at, zone) });

/** A moment of which only the date is known. */
export const momentOn = (on: LocalDate, zone: string): Moment => ({ at: startOfDay(on, zone), until: endOfDay(on, zone), on });

export class TimeNotReadable extends Error {}

/**
 * Reads a written time: a date is that whole day, a local time is in `zone` (a skipped or doubled hour is refused: its offset must be
 * written), and with an offset the written date stays the local date at the place.
 * @throws TimeNotReadable
 */
export function readMoment(text: string, zone: string): Moment {
  if (isLocalDate(text)) return momentOn(text, zone);
  // A 60th second is refused here, because Temporal would read it as the 59th.
  const parts = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})(?::([0-5]\d)(?:\.(\d{1,3}))?)?(Z|[+-]\d{2}:\d{2})?$/.exec(text);
  const date = parts?.[1];
  if (!parts || !date || !isLocalDate(date)) throw new TimeNotReadable('not a date, a local time or an instant');
  try {
    if (parts[6]) {
      const at = Temporal.Instant.from(text).epochMilliseconds;
      return { at, until: at, on: date };
    }
    const at = Temporal.PlainDateTime.from(text, { overflow: 'reject' }).toZonedDateTime(zone, {
      disambiguation: 'reject',
    }).epochMilliseconds;
    return { at, until: at, on: date };
  } catch {
    throw new TimeNotReadable('a local time that does not exist, or exists twice, in the program’s zone: write it with its offset');
  }
}

export function isZone(zone: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    return true;
  } catch {
    return false;
  }
}

/** ISO text of an instant in `zone`, with offset: what people and case files read. */
export function writeInstant(at: Instant, zone: string): string {
  const offset = offsetAt(at, zone);
  if (offset === null) return inZone(at, zone).toString({ timeZoneName: 'never', smallestUnit: 'millisecond' });
  const minutes = Math.abs(offset) / MINUTE_MS;
  const two = (value: number) => String(value).padStart(2, '0');
  return `${new Date(at + offset).toISOString().slice(0, -1)}${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
