import { text } from '../http/field-rules.js';
import type { FieldProblem } from '../http/problem.js';

export type Json = Readonly<Record<string, unknown>>;
export type Place = readonly (string | number)[];

/** Enough to mend a bundle by; the rest is named when it is sent again. */
const MAX_ERRORS = 20;
const NAME = text({ max: 200 });

/** Reads what somebody else's system has written, and gathers what is wrong with it, each by its place. */
export class BundleReader {
  readonly errors: FieldProblem[] = [];

  wrong(place: Place, message: string): void {
    if (this.errors.length < MAX_ERRORS) this.errors.push({ pointer: place.map((part) => `/${part}`).join(''), message });
  }

  object(value: unknown, place: Place): Json | null {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
    this.wrong(place, 'Send an object with fields.');
    return null;
  }

  list(value: unknown, place: Place, min: number, max: number): readonly unknown[] {
    if (Array.isArray(value) && value.length >= min && value.length <= max) return value;
    this.wrong(place, `Give a list of ${min} to ${max} entries.`);
    return [];
  }

  /** The field's value when it is one of those; null, with the place named, when it is not. */
  isOne(owner: Json, field: string, values: readonly string[], place: Place): string | null {
    const value = owner[field];
    if (typeof value === 'string' && values.includes(value)) return value;
    this.wrong([...place, field], `Give one of: ${values.join(', ')}.`);
    return null;
  }

  /** A name that may be shown and stored; null when it is none. */
  name(value: unknown): string | null {
    return NAME.holds(value) ? (value as string).trim() : null;
  }
}
