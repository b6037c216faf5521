// Days as whole numbers and instants as milliseconds: the second opinion's own arithmetic. The zone comes from Intl alone; nothing of src/ is used.

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** A number of days since 1970-01-01, in whatever zone the date was written. */
export type Day = number;
/** Milliseconds since 1970-01-01T00:00Z. */
export type Ms = number;

/** Days since the epoch of a civil date, by counting from 1 March so that a leap day is the last of its year. */
export function dayOf(year: number, month: number, day: number): Day {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
}

export interface Civil {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

export function civilOf(days: Day): Civil {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

export function readDay(text: string): Day {
  return dayOf(Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8, 10)));
}

const two = (value: number): string => String(value).padStart(2, '0');

export function writeDay(days: Day): string {
  const { year, month, day } = civilOf(days);
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}

const lengthOf = (year: number, month: number): number =>
  dayOf(month === 12 ? year + 1 : year, (month % 12) + 1, 1) - dayOf(year, month, 1);
export const lastOfMonth = (text: string): Day => {
  const [year, month] = [Number(text.slice(0, 4)), Number(text.slice(5, 7))];
  return dayOf(year, month, lengthOf(year, month));
};

/** The same day so many months on, or the last day of a shorter month. */
export function plusMonths(from: Day, months: number): Day {
  const { year, month, day } = civilOf(from);
  const index = year * 12 + (month - 1) + months;
  const [y, m] = [Math.floor(index / 12), (index % 12) + 1];
  return dayOf(y, m, Math.min(day, lengthOf(y, m)));
}

/** The day somebody born on `birth` turns `age`; a leap day's birthday counts on 1 March of other years. */
export function birthdayOf(birth: Day, age: number): Day {
  const { year, month, day } = civilOf(birth);
  return day > lengthOf(year + age, month) ? dayOf(year + age, month + 1, 1) : dayOf(year + age, month, day);
}

const formats = new Map<string, Intl.DateTimeFormat>();
const known = new Map<string, number>();

/** Local time minus UTC at that instant; asked of Intl once a quarter of an hour, for zones change on no finer step. */
function offsetAt(at: Ms, zone: string): number {
  const slot = Math.floor(at / (15 * MINUTE));
  const key = `${zone}/${slot}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  const parts: Record<string, number> = {};
  const start = slot * 15 * MINUTE;
  for (const { type, value } of format.formatToParts(start)) parts[type] = Number(value);
  const local =
    dayOf(parts['year']!, parts['month']!, parts['day']!) * DAY +
    parts['hour']! * HOUR +
    parts['minute']! * MINUTE +
    parts['second']! * 1000;
  known.set(key, local - start);
  return local - start;
}

export const dayAt = (at: Ms, zone: string): Day => Math.floor((at + offsetAt(at, zone)) / DAY);

/** The instant a wall clock of the zone shows that local reading; the earlier one if it shows it twice. */
function instantOf(local: number, zone: string): Ms {
  const tries = [local - offsetAt(local - DAY, zone), local - offsetAt(local + DAY, zone)].sort((a, b) => a - b);
  for (const at of tries) if (at + offsetAt(at, zone) === local) return at;
  return tries[1]!;
}

const starts = new Map<string, Ms>();
export function startOf(day: Day, zone: string): Ms {
  const key = `${zone}/${day}`;
  let at = starts.get(key);
  if (at === undefined) {
    at = instantOf(day * DAY, zone);
    starts.set(key, at);
  }
  return at;
}
export const endOf = (day: Day, zone: string): Ms => startOf(day + 1, zone) - 1;

/** A written time: an instant is `first === last`; a bare date is its whole day. `day` is the date as written. */
export interface Written {
  readonly first: Ms;
  readonly last: Ms;
  readonly day: Day;
}

export function readTime(text: string, zone: string): Written {
  const day = readDay(text);
  if (text.length === 10) return { first: startOf(day, zone), last: endOf(day, zone), day };
  const [, clock, offset] = /T([\d:.]+)(Z|[+-]\d\d:\d\d)?$/.exec(text) as unknown as [string, string, string | undefined];
  const [hours, minutes, seconds] = clock.split(':').map(Number) as [number, number, number | undefined];
  const local = day * DAY + hours * HOUR + minutes * MINUTE + Math.round((seconds ?? 0) * 1000);
  let at: Ms;
  if (offset === undefined) at = instantOf(local, zone);
  else if (offset === 'Z') at = local;
  else at = local - (offset.startsWith('-') ? -1 : 1) * (Number(offset.slice(1, 3)) * HOUR + Number(offset.slice(4, 6)) * MINUTE);
  return { first: at, last: at, day };
}

/** The instant as a zone's clock shows it, with its offset. */
export function writeTime(at: Ms, zone: string): string {
  const offset = offsetAt(at, zone);
  const local = at + offset;
  const inDay = local - Math.floor(local / DAY) * DAY;
  const clock = `${two(Math.floor(inDay / HOUR))}:${two(Math.floor(inDay / MINUTE) % 60)}:${two(Math.floor(inDay / 1000) % 60)}.${String(inDay % 1000).padStart(3, '0')}`;
  const minutes = Math.abs(offset) / MINUTE;
  return `${writeDay(Math.floor(local / DAY))}T${clock}${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
