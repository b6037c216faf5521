import type { LogEntry } from '../domain/log-entry.js';
import type { StoredEntry } from './log.store.js';
import { lineOf } from './verification.js';

/** One entry in the course of things, with what it did to the authorizations. */
export interface TimelineStep {
  readonly line: LogEntry;
  /** State of each authorization that it changed, before and after; null before it was started. */
  readonly changes: readonly { readonly authorization: string; readonly before: string | null; readonly after: string }[];
}

/** Entries in their order, each with the states it led from and to. Read from the signed lines, not from the rows of today. */
export function timelineOf(entries: readonly StoredEntry[]): TimelineStep[] {
  const states = new Map<string, string>();
  return entries.map((stored) => {
    const line = lineOf(stored);
    const before = new Map(states);
    const touched = line.effects.flatMap((effect) => (effect.kind === 'authorization' ? [effect] : []));
    for (const { id, state } of touched) if (state !== undefined) states.set(id, state);
    const ids = [...new Set(touched.map(({ id }) => id))];
    return {
      line,
      changes: ids.map((id) => ({ authorization: id, before: before.get(id) ?? null, after: states.get(id) ?? 'unknown' })),
    };
  });
}

/** The steps about one authorization: those that spoke of it, and those about the patient that changed it. */
export const about = (steps: readonly TimelineStep[], authorization: string): TimelineStep[] =>
  steps
    .filter(({ line, changes }) => line.authorization === authorization || changes.some((each) => each.authorization === authorization))
    .map(({ line, changes }) => ({ line, changes: changes.filter((each) => each.authorization === authorization) }));
