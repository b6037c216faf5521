import { HOUR_MS, type Instant, writeInstant } from '../../domain/calendar.js';
import type { Difference } from './difference.js';

const DAY_MS = 24 * HOUR_MS;

const COLUMNS = [
  'at',
  'patient',
  'authorization',
  'entry',
  'command',
  'category',
  'kind',
  'recorded outcome',
  'recorded reasons',
  'other outcome',
  'other reasons',
  'other referrals',
  'because',
  'follows',
  'wait',
  'wait days',
  'deadline',
  'deadline recorded',
  'deadline other',
] as const;

export const CSV_HEAD = `${COLUMNS.join(',')}\r\n`;

/** One difference as a line of RFC 4180. @param zone the program's, for its instants */
export function csvLine(difference: Difference, zone: string): string {
  const { recorded, other, wait, deadline } = difference;
  const instant = (at: Instant | null | undefined) => (at === null || at === undefined ? '' : writeInstant(at, zone));
  const cells: readonly (string | number | null)[] = [
    instant(difference.at),
    difference.patient,
    difference.authorization,
    difference.entry,
    difference.command,
    difference.category,
    difference.kind,
    recorded.outcome,
    recorded.reasons.join(' '),
    other?.outcome ?? 'indeterminate',
    (other?.reasons ?? []).join(' '),
    (other?.referrals ?? []).join(' '),
    difference.because.join(' '),
    difference.follows,
    wait?.way ?? null,
    wait === null || wait.ms === null ? null : Math.round((wait.ms / DAY_MS) * 100) / 100,
    deadline?.name ?? null,
    instant(deadline?.recorded),
    instant(deadline?.other),
  ];
  return `${cells.map(cell).join(',')}\r\n`;
}

/** A spreadsheet takes a text that begins like a formula for one; an apostrophe before it keeps it a text. */
export function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const safe = /^[\s\0]*[=+\-@|%\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
