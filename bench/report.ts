// What was measured, against what was asked: a line a bound for people, an object for programs.
import { median, spread } from './numbers.js';

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** null: a figure without a bound, shown for what it explains. */
  readonly bound: { readonly least?: number; readonly most?: number } | null;
  /** Each round's value, in their order. */
  readonly rounds: readonly number[];
}

/** The median over rounds. */
export const figure = (name: string, rounds: readonly number[], unit: string, bound: Figure['bound'] = null): Figure => ({
  name,
  value: median(rounds),
  unit,
  bound,
  rounds,
});

export const isMet = ({ value, bound }: Figure): boolean =>
  bound === null || ((bound.least === undefined || value >= bound.least) && (bound.most === undefined || value <= bound.most));

const digitsOf = (value: number): number => (value >= 100 ? 0 : value >= 10 ? 1 : 2);

export function lineOf(each: Figure): string {
  const { name, value, unit, bound, rounds } = each;
  const digits = digitsOf(value);
  const asked = bound === null ? '' : bound.least !== undefined ? `≥ ${bound.least}` : `≤ ${bound.most}`;
  const verdict = bound === null ? '' : isMet(each) ? 'met' : 'MISSED';
  const range = rounds.length > 1 ? `(${spread(rounds, digits)})` : '';
  return `${name.padEnd(62)} ${`${value.toFixed(digits)} ${unit}`.padStart(14)}  ${range.padEnd(16)} ${asked.padEnd(9)} ${verdict}`.trimEnd();
}

/** Cores by process, as `load 0.31 · service 0.98 · postgres 0.55`. */
export const coresInWords = (cores: Readonly<Record<string, number>>): string =>
  Object.entries(cores)
    .map(([name, used]) => `${name} ${Number.isNaN(used) ? '?' : used.toFixed(2)}`)
    .join(' · ');
