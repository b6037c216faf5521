import { createHash } from 'node:crypto';
import type { Instant } from '../domain/calendar.js';

/** Statements that are put together from parts: what a decision does not need is left out of the text. */
export interface Statement {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
  /** The row that it locks; null when it locks none. */
  readonly locks: string | null;
}

/** An instant as Postgres reads it. */
export const iso = (at: Instant | null): string | null => (at === null ? null : new Date(at).toISOString());

/** Postgres keeps 63 characters of a prepared statement's name; the text's own hash can never stand for another text. */
const names = new Map<string, string>();
function nameOf(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = `decision-${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
  names.set(text, name);
  return name;
}

export class Parts {
  readonly values: unknown[] = [];
  readonly ctes: string[] = [];

  /** The placeholder of a value. */
  bind(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  add(name: string, sql: string): void {
    this.ctes.push(`${name} AS (${sql})`);
  }

  statement(select: string, locks: string | null = null): Statement {
    const text = `WITH ${this.ctes.join(',\n')}\n${select}`;
    return { name: nameOf(text), text, values: this.values, locks };
  }
}
