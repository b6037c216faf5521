import { isZone } from '../domain/calendar.js';

// What a request field may hold, as plain functions: the decorators, the API description and the tests all use these.
// Every pattern is linear (no nested repetition) and every text has its length checked first (T21).

/** One rule: a test, the sentence for the person who has to correct it, and its JSON schema. */
export interface FieldRule {
  readonly name: string;
  readonly holds: (value: unknown) => boolean;
  readonly message: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

const FIRST_YEAR = 1900;
const LAST_YEAR = 2200;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const INSTANT = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d{1,3})?(?:Z|[+-](\d{2}):(\d{2}))$/;

/** A day that the calendar has, from 1900-01-01 to 2200-12-31. */
export function isLocalDate(value: unknown): value is string {
  if (typeof value !== 'string' || value.length !== 10) return false;
  const parts = DATE.exec(value);
  if (!parts) return false;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  if (year < FIRST_YEAR || year > LAST_YEAR || month < 1 || month > 12 || day < 1) return false;
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate(); // day 0 of the next month
}

/** Date, time with seconds, at most three decimals, and `Z` or an offset. No leap seconds: the database has none. */
export function isInstant(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > 29) return false;
  const parts = INSTANT.exec(value);
  if (!parts || !isLocalDate(parts[1])) return false;
  const offsetMinutes = Number(parts[5] ?? 0) * 60 + Number(parts[6] ?? 0);
  return (
    Number(parts[2]) <= 23 && Number(parts[3]) <= 59 && Number(parts[4]) <= 59 && Number(parts[6] ?? 0) <= 59 && offsetMinutes <= 14 * 60
  );
}

// Controls, bidi marks, line separators, overrides and isolates, byte order mark, noncharacters.
const UNSAFE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/u;

export interface TextLimits {
  /** UTF-16 units. */
  readonly max: number;
  readonly min?: number;
  /** Line breaks and tabs allowed. */
  readonly lines?: boolean;
}

export const localDate: FieldRule = {
  name: 'localDate',
  holds: isLocalDate,
  message: 'Give a calendar date as YYYY-MM-DD, from 1900 to 2200, for example 2026-03-09.',
  schema: { type: 'string', format: 'date', example: '2026-03-09' },
};

export const instant: FieldRule = {
  name: 'instant',
  holds: isInstant,
  message: 'Give a date and time with offset, for example 2026-03-09T14:05:00-05:00 or 2026-03-09T19:05:00.250Z.',
  schema: { type: 'string', format: 'date-time', example: '2026-03-09T14:05:00-05:00' },
};

/** When something happened, as exactly as it is known. */
export const moment: FieldRule = {
  name: 'moment',
  holds: (value) => isInstant(value) || isLocalDate(value),
  message:
    'Give a date and time with the offset of the place, for example 2026-03-09T14:05:00-05:00, or the date alone, for example 2026-03-09.',
  schema: { type: 'string', maxLength: 29, example: '2026-03-09T14:05:00-05:00' },
};

/** Since when, where people remember no more than the month. */
export const dateOrMonth: FieldRule = {
  name: 'dateOrMonth',
  holds: (value) => isLocalDate(value) || (typeof value === 'string' && value.length === 7 && isLocalDate(`${value}-01`)),
  message: 'Give a date as YYYY-MM-DD, or the month as YYYY-MM, from 1900 to 2200.',
  schema: { type: 'string', pattern: '^\\d{4}-\\d{2}(-\\d{2})?$', maxLength: 10, example: '2026-03' },
};

/** A name of the time zone data. */
export const zone: FieldRule = {
  name: 'zone',
  holds: (value) => typeof value === 'string' && value.length <= 60 && /^[A-Za-z][A-Za-z0-9_+/-]*$/.test(value) && isZone(value),
  message: 'Give the site’s time zone by its name, for example America/Chicago.',
  schema: { type: 'string', maxLength: 60, example: 'America/Chicago' },
};

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export const id: FieldRule = {
  name: 'id',
  holds: (value) => typeof value === 'string' && value.length === 36 && UUID.test(value),
  message: 'Give the id exactly as this service issued it (a UUID).',
  schema: { type: 'string', format: 'uuid', example: '019a1b2c-3d4e-7f60-8a9b-0c1d2e3f4a5b' },
};

/** A name from a list kept elsewhere (edition data): letters, digits, `-`, `_`, `.`. */
export function code(max: number): FieldRule {
  return {
    name: 'code',
    holds: (value) => typeof value === 'string' && value.length <= max && /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(value),
    message: `Give a code of letters, digits, dots, dashes and underscores, ${max} characters at most.`,
    schema: { type: 'string', minLength: 1, maxLength: max, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' },
  };
}

export function text({ max, min = 1, lines = false }: TextLimits): FieldRule {
  return {
    name: 'text',
    holds: (value) =>
      typeof value === 'string' &&
      value.length <= max &&
      value.length >= min &&
      (min === 0 || value.trim() !== '') &&
      value.isWellFormed() &&
      !UNSAFE.test(lines ? value.replace(/[\n\r\t]/g, ' ') : value),
    message: `Give text of ${min} to ${max} characters, without control or direction characters${lines ? '' : ' or line breaks'}.`,
    schema: { type: 'string', minLength: min, maxLength: max },
  };
}

export function number({ min, max, integer = true }: { min: number; max: number; integer?: boolean }): FieldRule {
  return {
    name: 'number',
    holds: (value) =>
      typeof value === 'number' && Number.isFinite(value) && value >= min && value <= max && (!integer || Number.isInteger(value)),
    message: `Give a ${integer ? 'whole ' : ''}number from ${min} to ${max}.`,
    schema: { type: integer ? 'integer' : 'number', minimum: min, maximum: max },
  };
}

/** The rule, or null for what was asked and is not known: leaving the field out is something else, and stays refused. */
export const nullable = (rule: FieldRule): FieldRule => ({
  name: rule.name,
  holds: (value) => value === null || rule.holds(value),
  message: `${rule.message} Give null when it is not known.`,
  schema: { ...rule.schema, nullable: true },
});

export const flag: FieldRule = {
  name: 'flag',
  holds: (value) => typeof value === 'boolean',
  message: 'Give true or false.',
  schema: { type: 'boolean' },
};

/** One of a closed list that belongs to the code, not to an edition. */
export function choice(values: readonly string[]): FieldRule {
  return {
    name: 'choice',
    holds: (value) => typeof value === 'string' && values.includes(value),
    message: `Give one of: ${values.join(', ')}.`,
    schema: { type: 'string', enum: [...values] },
  };
}

/** A list whose every entry keeps `entry`; `unique` refuses repeats. */
export function list(entry: FieldRule, { max, min = 0, unique = false }: { max: number; min?: number; unique?: boolean }): FieldRule {
  return {
    name: 'list',
    holds: (value) =>
      Array.isArray(value) &&
      value.length >= min &&
      value.length <= max &&
      value.every((item) => entry.holds(item)) &&
      (!unique || new Set(value).size === value.length),
    message: `Give a list of ${min} to ${max} entries${unique ? ' without repeats' : ''}. Each entry: ${entry.message}`,
    schema: { type: 'array', items: { ...entry.schema }, minItems: min, maxItems: max, ...(unique ? { uniqueItems: true } : {}) },
  };
}
