import { readFileSync } from 'node:fs';
import { endOfDay, type Instant, isLocalDate, startOfDay } from '../../domain/calendar.js';
import { type Edition, editionFrom } from '../../domain/program.js';
import { hashOfDocument, PROGRAMS_FOLDER } from '../../program/edition.catalogue.js';
import { EditionInvalid, schemaCheck } from '../../program/edition.schema.js';
import type { Asked } from './run.js';

/** Something asked for that cannot be: its message says what to change. */
export class NotAskable extends Error {}

export interface Words {
  readonly program: string;
  readonly document: unknown;
  /** A date in the program's zone, or an instant with its offset. */
  readonly from: string | null;
  readonly until: string | null;
  readonly sameCategories: Readonly<Record<string, string>>;
  readonly controlOneIn: number;
}

/** The edition in a file. @throws NotAskable naming the file and what is wrong with it */
export function documentIn(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new NotAskable(`${file} could not be read as JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Checks what is asked before anything is read. @throws NotAskable */
export function askedFrom({ program, document, from, until, sameCategories, controlOneIn }: Words, file: string): Asked {
  const flaws = schemaCheck(PROGRAMS_FOLDER)(document);
  if (flaws.length > 0) throw new NotAskable(new EditionInvalid(file, flaws).message);
  const checked = document as object;
  const hash = hashOfDocument(checked);
  const edition = editionFrom(checked, hash);
  if (edition.program !== program) throw new NotAskable(`${file} is an edition of ${edition.program}, not of ${program}.`);
  const asked: Asked = {
    program,
    document: checked,
    hash,
    from: from === null ? null : instantOf(from, edition.zone, 'from', false),
    until: until === null ? null : instantOf(until, edition.zone, 'to', true),
    sameCategories: { ...saidSame(edition), ...sameCategories },
    controlOneIn,
  };
  if (asked.from !== null && asked.until !== null && asked.from > asked.until) throw new NotAskable('The range ends before it begins.');
  for (const [old, now] of Object.entries(sameCategories))
    if (!Object.hasOwn(edition.categories, now)) throw new NotAskable(`${old}=${now}: the edition has no category "${now}".`);
  return asked;
}

/** What the edition itself says of its predecessor's categories. */
const saidSame = ({ transition }: Edition): Readonly<Record<string, string>> => transition?.sameCategories ?? {};

/** A bare date is its whole day: the range begins with its first millisecond and ends with its last. */
function instantOf(text: string, zone: string, name: string, end: boolean): Instant {
  if (isLocalDate(text)) return end ? endOfDay(text, zone) : startOfDay(text, zone);
  const at = /^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) throw new NotAskable(`${name}: "${text}" is neither a date such as 2026-11-15 nor an instant with its offset.`);
  return at;
}
