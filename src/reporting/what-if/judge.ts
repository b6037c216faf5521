import { apply } from '../../domain/authorization/effect.js';
import type { Instant } from '../../domain/calendar.js';
import type { Case } from '../../domain/patient.js';
import { asSeen, beforeAnything, replay } from '../replay.js';
import { Course, type OnFile, othersOf, type Step, type Terms, withFacts } from './course.js';
import type { Difference } from './difference.js';
import { type History, type RecordedEntry, readRecorded } from './history.store.js';
import type { Counter } from './tally.js';

/** Where the differences of a patient go; none are made when nobody asks for a list. */
export type Sink = (differences: readonly Difference[]) => Promise<void>;

/**
 * One enrollment's history under the other edition, counted.
 * @param controlOneIn one patient in so many is judged again under the editions of the record too; 0: none
 * @returns its differences, in order
 */
export function judgeHistory(history: History, terms: Terms, counter: Counter, controlOneIn: number): readonly Difference[] {
  const entries = readable(history);
  const unread = history.entries.length - entries.length;
  if (unread > 0) counter.unreadable(unread);
  const differences: Difference[] = [];
  for (const step of stepsThrough(history.patient, entries, terms)) {
    counter.step(step);
    if (step.how === 'compared' && step.difference !== null) differences.push(step.difference);
  }
  if (controlOneIn > 0 && chosen(history.enrollment, controlOneIn)) controlled(history, entries, counter, terms.onFile);
  counter.patientDone();
  return differences;
}

/** Every step of one history, for a reader who wants to see it. */
export function stepsOf(history: History, terms: Terms): { readonly steps: readonly Step[]; readonly unread: number } {
  const entries = readable(history);
  return { steps: [...stepsThrough(history.patient, entries, terms)], unread: history.entries.length - entries.length };
}

/** One step after the other; an entry's values are read when its turn comes, and let go after it. */
function* stepsThrough(patient: string, entries: readonly RecordedEntry[], terms: Terms): Generator<Step> {
  const course = new Course(patient, terms);
  for (const [place, entry] of entries.entries()) yield course.next(readRecorded(entry), () => allowedAfter(entries, place));
}

/** When the record allowed the same step next. */
function allowedAfter(entries: readonly RecordedEntry[], place: number): Instant | null {
  const command = entries[place]?.line.command;
  for (let next = place + 1; next < entries.length; next += 1) {
    const line = entries[next]?.line;
    if (line?.command === command && line?.outcome === 'allow') return line.at;
  }
  return null;
}

/** Up to the first entry whose values are erased: what came after cannot be folded any more. */
function readable({ entries }: History): readonly RecordedEntry[] {
  const erased = entries.findIndex(({ values }) => values === null);
  return erased < 0 ? entries : entries.slice(0, erased);
}

/** The same patients in every run, spread over all. */
function chosen(enrollment: string, oneIn: number): boolean {
  return Number.parseInt(enrollment.replaceAll('-', '').slice(-6), 16) % oneIn === 0;
}

/** Each decision taken again under its own edition: that differs only if the record or the replay is broken. */
function controlled(history: History, entries: readonly RecordedEntry[], counter: Counter, onFile: OnFile): void {
  let file: Case = beforeAnything(history.patient);
  for (const entry of entries) {
    const read = readRecorded(entry);
    const edition = read.line.edition === null ? undefined : onFile.editionOf(read.line.edition.hash);
    if (edition !== undefined)
      counter.control(replay(read, asSeen(file, read), withFacts(edition, read, onFile), othersOf(read, onFile)).length === 0);
    if (read.line.aggregate.version !== null) file = apply(file, read.effects);
  }
}
