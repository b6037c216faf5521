// How this service reads Postgres values, for its own pools only: other users of `pg` in the process (TypeORM) keep their habits.
// Instants are whole milliseconds since 1970, calendar days are 'YYYY-MM-DD', counts are numbers: what the pure domain computes with.
import pg from 'pg';

const oid = { int8: 20, int8Array: 1016, date: 1082, dateArray: 1182, timestamptz: 1184, timestamptzArray: 1185 } as const;

/** `2026-11-23 09:00:00.123+00` → milliseconds since 1970. The pools' sessions run in UTC, so the offset is always +00. */
function readInstant(text: string): number {
  if (text === 'infinity') return Number.POSITIVE_INFINITY;
  if (text === '-infinity') return Number.NEGATIVE_INFINITY;
  const instant = Date.parse(text.replace(' ', 'T').replace(/\+00$/, 'Z'));
  if (Number.isNaN(instant)) throw new Error(`The database sent an instant that is out of range: ${text}`);
  return instant;
}

function readWhole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`The database sent a whole number that JavaScript cannot hold: ${text}`);
  return value;
}

function readDay(text: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) throw new Error(`The database sent a day that is out of range: ${text}`);
  return text;
}

type Reader = (text: string) => unknown;

// pg's own array reader, which its type declarations leave out.
const { arrayParser } = pg.types as unknown as { arrayParser: { create(text: string, entry: Reader): { parse(): unknown[] } } };
const arrayOf =
  (entry: Reader): Reader =>
  (text) =>
    arrayParser.create(text, entry).parse();

const readers = new Map<number, Reader>([
  [oid.int8, readWhole],
  [oid.int8Array, arrayOf(readWhole)],
  [oid.date, readDay],
  [oid.dateArray, arrayOf(readDay)],
  [oid.timestamptz, readInstant],
  [oid.timestamptzArray, arrayOf(readInstant)],
]);

/** For the `types` option of a pool or client whose sessions run with TimeZone=UTC and DateStyle=ISO. */
export const sqlTypes: pg.CustomTypesConfig = {
  getTypeParser(id: number, format?: 'text' | 'binary') {
    const reader = format === 'binary' ? undefined : readers.get(id);
    return reader ?? pg.types.getTypeParser(id, format);
  },
} as pg.CustomTypesConfig;

/** An instant as a parameter of a statement. @param instant whole milliseconds since 1970 */
export function toTimestamptz(instant: number): string {
  return new Date(instant).toISOString();
}
