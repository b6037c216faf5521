// Plays timelines through the service's decision code and through the second opinion, and makes what they disagree about small.

import { playCase } from '../../src/case-file/play.js';
import { readCaseFile } from '../../src/case-file/read.js';
import type { EditionCatalogue } from '../../src/program/edition.catalogue.js';
import type { Fields } from './life.js';
import { withExpectations } from './opinion.js';
import type { Table } from './tables.js';

export interface Disagreement {
  /** What kind it is: the command, the field, and both answers; the same cause mostly gives the same words. */
  readonly kind: string;
  readonly expected: string;
  readonly actual: string;
  readonly file: Fields;
}

export class Differential {
  constructor(
    private readonly table: Table,
    private readonly catalogue: EditionCatalogue,
  ) {}

  /** The first thing they disagree about, or null. @throws CaseFileInvalid when the timeline is no case. */
  compare(timeline: Fields): Disagreement | null {
    const told = withExpectations(timeline, this.table);
    const file = { program: this.table.program, edition: this.table.edition, cases: [told] };
    const [readable] = readCaseFile(file, this.catalogue);
    const { difference } = playCase(readable!);
    if (!difference) return null;
    const index = Number(/events\/(\d+)/.exec(difference.path)?.[1] ?? -1);
    const command = (told['events'] as Fields[])[index]?.['do'] ?? '?';
    const { field, expected, actual } = difference;
    return { kind: `${command} ${field}: oracle ${expected} | service ${actual}`, expected, actual, file };
  }

  /** A shorter timeline with the same disagreement. */
  shrink(timeline: Fields, kind: string): Fields {
    const same = (candidate: Fields): boolean => {
      try {
        return this.compare(candidate)?.kind === kind;
      } catch {
        return false;
      }
    };
    let best = timeline;
    for (let changed = true; changed; ) {
      changed = false;
      for (const candidate of smaller(best))
        if (same(candidate)) {
          best = candidate;
          changed = true;
          break;
        }
    }
    return best;
  }
}

/** Every timeline that has one thing less: an event, a field of the world, an item or a field of one of its lists, a field of an event. */
function* smaller(timeline: Fields): Generator<Fields> {
  const events = timeline['events'] as Fields[];
  const given = timeline['given'] as Fields;
  for (let index = events.length - 1; index >= 0; index -= 1)
    if (events.length > 1) yield { ...timeline, events: events.filter((_, each) => each !== index) };
  for (const [field, value] of Object.entries(given)) {
    yield { ...timeline, given: without(given, field) };
    if (Array.isArray(value))
      for (let index = 0; index < value.length; index += 1) {
        yield { ...timeline, given: { ...given, [field]: value.filter((_, each) => each !== index) } };
        for (const part of Object.keys(value[index] as Fields))
          yield {
            ...timeline,
            given: { ...given, [field]: value.map((each, at) => (at === index ? without(each as Fields, part) : each)) },
          };
      }
    else if (value !== null && typeof value === 'object')
      for (const part of Object.keys(value as Fields)) yield { ...timeline, given: { ...given, [field]: without(value as Fields, part) } };
  }
  for (let index = 0; index < events.length; index += 1)
    for (const field of Object.keys(events[index]!))
      if (field !== 'at' && field !== 'do')
        yield { ...timeline, events: events.map((each, at) => (at === index ? without(each, field) : each)) };
}

const without = (fields: Fields, field: string): Fields => Object.fromEntries(Object.entries(fields).filter(([name]) => name !== field));
