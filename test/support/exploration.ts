import { decide } from '../../src/domain/authorization/decide.js';
import { apply } from '../../src/domain/authorization/effect.js';
import type { Case, Evidence } from '../../src/domain/patient.js';
import { commands, deepFreeze, EDITION, type Words } from './cases.js';
import type { Said } from './witness.js';

// Walks every road a case can take: at each point every act is tried, and the clock is moved to just before, at, and just after whatever
// changes by the clock. Two points that differ only in when a fact was written down count as one.

export interface Act {
  readonly name: string;
  readonly words: Words;
  /** A fact about the patient or the people: done once on a road at most, and only so many of them together. */
  readonly fact?: boolean;
}

export interface Point {
  readonly file: Case;
  readonly at: number;
  readonly history: readonly Said[];
  readonly facts: readonly string[];
  /** How one gets here, for whoever reads a failure. */
  readonly road: readonly string[];
}

/** The facts of a case without the instants at which they were written down. */
const content = ({ id: _, recordedAt: __, ...fact }: Evidence): string =>
  fact.kind === 'pregnancy-test' ? `${fact.test.id} ${fact.test.result}` : JSON.stringify({ ...fact, since: null, completed: null });

/**
 * What a point has in common with others that go on alike. Of the clock only the order counts: which bounds are past, which is now, in what
 * order the others come, and whether a day is left before an end (a reservation made now then ends before it, or is cut by it).
 */
function keyOf({ file, at, facts }: Point, bounds: readonly number[]): string {
  const ahead = [...new Set(bounds.filter((bound) => bound > at))].sort((a, b) => a - b);
  const when = (instant: number | null | undefined): string | number => {
    if (instant === null || instant === undefined) return '-';
    return instant < at ? 'past' : instant === at ? 'now' : ahead.indexOf(instant);
  };
  const authorizations = file.authorizations.map(
    ({ id, state, expiresAt, preparationEndsAt, reservation, restedOn, exceptions, category }) => [
      ...[id, state, category, when(expiresAt), when(preparationEndsAt), (expiresAt ?? at) - at >= 86_400_000],
      ...[reservation?.pharmacy, when(reservation?.confirmationEndsAt), exceptions.length, restedOn.join()],
    ],
  );
  const tests = file.evidence.flatMap((fact) => (fact.kind === 'pregnancy-test' ? [when(fact.test.collected.at + 86_400_000)] : []));
  const clock = [ahead.length, bounds.includes(at)];
  const people = Object.values(file.participants).map((each) => each.suspendedAt !== null);
  return JSON.stringify([
    ...[
      clock,
      authorizations,
      tests,
      [...new Set(file.evidence.map(content))].sort(),
      people,
      file.category,
      file.answers,
      [...facts].sort(),
    ],
    ...[file.enrollment?.prescriber, file.enrollment?.deactivatedAt !== null, file.enrollment?.reEnrolledAt !== null],
    file.fills.map((fill) => [fill.authorization, fill.pharmacy, fill.outcome, fill.returnedUnopened]),
  ]);
}

export interface Exploration {
  readonly start: Point;
  readonly acts: readonly Act[];
  /** So many facts on one road. */
  readonly facts: number;
  /** The instants after `at` at which something changes by the clock alone; each is visited, and the millisecond after it. */
  readonly bounds: (file: Case, at: number) => readonly number[];
  readonly until: number;
  readonly atPoint: (point: Point) => void;
  readonly atDecision: (said: Said, point: Point, act: string) => void;
}

/** @returns how many points were visited, and how many decisions taken */
export function explore({ start, acts, facts, bounds, until, atPoint, atDecision }: Exploration): { points: number; decisions: number } {
  const seen = new Set<string>();
  const waiting: Point[] = [];
  let decisions = 0;
  const visit = (point: Point): void => {
    const key = keyOf(point, bounds(point.file, point.at));
    if (seen.has(key)) return;
    seen.add(key);
    waiting.push(point);
  };
  visit(start);
  for (let point = waiting.shift(); point; point = waiting.shift()) {
    const { file, at, road } = point;
    atPoint(point);
    for (const { name, words, fact } of acts) {
      const used = point.facts.includes(name);
      if (fact && (used || point.facts.length >= facts)) continue;
      let now: Point = { ...point, facts: fact ? [...point.facts, name] : point.facts, road: [...road, name] };
      let refused = false;
      for (const command of commands(words, at, file, EDITION, `/${road.length}`)) {
        const decision = decide(now.file, command, EDITION);
        const after = decision.effects.length === 0 ? now.file : deepFreeze(apply(now.file, decision.effects));
        const said: Said = { command, decision, before: now.file, after };
        decisions += 1;
        atDecision(said, now, name);
        refused = decision.outcome === 'deny';
        if (refused) break;
        now = { ...now, file: after, history: [...now.history, said] };
      }
      if (!refused && now.file !== file) visit(now);
    }
    const next = Math.min(
      ...bounds(file, at)
        .flatMap((bound) => [bound, bound + 1])
        .filter((instant) => instant > at),
    );
    if (next <= until) visit({ ...point, at: next, road: [...road, new Date(next).toISOString()] });
  }
  return { points: seen.size, decisions };
}
