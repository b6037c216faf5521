import { dispenseBy, effectiveState } from '../domain/authorization/deadline.js';
import { type Decision, decide } from '../domain/authorization/decide.js';
import { apply } from '../domain/authorization/effect.js';
import { type Instant, writeInstant } from '../domain/calendar.js';
import type { Case } from '../domain/patient.js';
import type { Edition } from '../domain/program.js';
import { type EditionsOnFile, editionsFor } from '../program/edition.choice.js';
import { commandsOf } from './events.js';
import { timeAt } from './invalid.js';
import type { ReadableCase, WrittenExpectation } from './read.js';

/** Plays a case through the very decision code the service runs, with the clock that the events carry. */

export interface Difference {
  readonly path: string;
  readonly field: string;
  readonly expected: string;
  readonly actual: string;
}

export interface Played {
  readonly id: string;
  readonly title: string;
  readonly passed: boolean;
  /** The first difference; null when the case passed. */
  readonly difference: Difference | null;
}

type Answer = Decision | { readonly outcome: 'indeterminate'; readonly fault: string };

export function playCase(readable: ReadableCase): Played {
  let file = readable.world;
  for (const { written, at, edition, path } of readable.events) {
    let answer: Answer | null = null;
    let named = '';
    for (const command of commandsOf(written, { at, edition, path, file })) {
      try {
        const chosen = editionsFor(command, file, readable.program, at, editionsOf(readable, edition));
        if (chosen === undefined) throw new Error('no edition on file');
        const decision = decide(file, command, chosen.edition, chosen.others);
        file = apply(file, decision.effects);
        answer = decision;
      } catch (error) {
        answer = { outcome: 'indeterminate', fault: String(error) };
      }
      named = 'authorization' in command ? command.authorization : 'rx-1';
      if (answer.outcome === 'deny' || answer.outcome === 'indeterminate') break;
    }
    if (answer === null) continue;
    const difference = written.expect
      ? compare(written.expect, answer, { file, at, edition, path, authorization: written.authorization ?? named })
      : unexpected(answer, path);
    if (difference) return { id: readable.id, title: readable.title, passed: false, difference };
  }
  return { id: readable.id, title: readable.title, passed: true, difference: null };
}

/** The case's own editions come first: who plays it under others puts them into its events. */
function editionsOf({ program, events, editions }: ReadableCase, edition: Edition): EditionsOnFile {
  return {
    inForce: (named, at) => (named === program ? edition : editions.inForce(named, at)),
    withHash: (hash) => events.find((each) => each.edition.hash === hash)?.edition ?? editions.withHash(hash),
  };
}

const reasonsOf = (answer: Answer): readonly string[] => (answer.outcome === 'indeterminate' ? [] : answer.reasons);
const shown = (answer: Answer): string => {
  if (answer.outcome === 'indeterminate') return `indeterminate (${answer.fault})`;
  return answer.reasons.length > 0 ? `${answer.outcome}: ${answer.reasons.join(', ')}` : answer.outcome;
};

function unexpected(answer: Answer, path: string): Difference | null {
  return answer.outcome === 'allow' || answer.outcome === 'recorded-as-deviation'
    ? null
    : { path, field: 'outcome', expected: 'allow (nothing else was said)', actual: shown(answer) };
}

interface Scene {
  readonly file: Case;
  readonly at: Instant;
  readonly edition: Edition;
  readonly path: string;
  readonly authorization: string;
}

function compare(expected: WrittenExpectation, answer: Answer, scene: Scene): Difference | null {
  const path = `${scene.path}/expect`;
  const differs = (field: string, wanted: unknown, actual: unknown): Difference => ({
    path,
    field,
    expected: String(wanted),
    actual: String(actual),
  });
  if (expected.outcome !== undefined && expected.outcome !== answer.outcome) return differs('outcome', expected.outcome, shown(answer));
  const reasons = reasonsOf(answer);
  const missing = (expected.reasons ?? []).filter((code) => !reasons.includes(code));
  if (missing.length > 0) return differs('reasons', expected.reasons?.join(', '), reasons.join(', ') || 'none');
  if (expected.exactly && reasons.length !== new Set(expected.reasons).size)
    return differs('reasons, exactly', expected.reasons?.join(', ') ?? 'none', reasons.join(', ') || 'none');
  const forbidden = (expected.notReasons ?? []).filter((code) => reasons.includes(code));
  if (forbidden.length > 0) return differs('notReasons', `without ${forbidden.join(', ')}`, reasons.join(', '));
  const referrals: readonly string[] = answer.outcome === 'indeterminate' ? [] : answer.referrals;
  if ((expected.referrals ?? []).some((code) => !referrals.includes(code)))
    return differs('referrals', expected.referrals?.join(', '), referrals.join(', ') || 'none');
  const notReferred = (expected.notReferrals ?? []).filter((code) => referrals.includes(code));
  if (notReferred.length > 0) return differs('notReferrals', `without ${notReferred.join(', ')}`, referrals.join(', '));
  const warnings: readonly string[] = answer.outcome === 'indeterminate' ? [] : answer.warnings;
  if ((expected.warnings ?? []).some((code) => !warnings.includes(code)))
    return differs('warnings', expected.warnings?.join(', '), warnings.join(', ') || 'none');
  const unwanted = (expected.notWarnings ?? []).filter((code) => warnings.includes(code));
  if (unwanted.length > 0) return differs('notWarnings', `without ${unwanted.join(', ')}`, warnings.join(', '));

  const { zone } = scene.edition;
  const instant = (at: Instant | null) => (at === null ? 'null' : writeInstant(at, zone));
  const sameInstant = (field: 'earliest' | 'expiresAt' | 'dispenseBy', actual: Instant | null): Difference | null => {
    const text = expected[field];
    if (text === undefined) return null;
    const wanted = text === null ? null : timeAt(`${path}/${field}`, text, zone).at;
    return wanted === actual ? null : differs(field, instant(wanted), instant(actual));
  };
  const earliest = answer.outcome === 'indeterminate' ? null : answer.earliest;
  const target = scene.file.authorizations.find((each) => each.id === scene.authorization) ?? null;
  const effective = target && effectiveState(target, scene.file, scene.at);
  const held = target?.reservation ?? null;
  const handOverBy = target && held && (effective?.live || target.state === 'dispensed') ? dispenseBy(target, held) : null;
  const late =
    sameInstant('earliest', earliest) ?? sameInstant('expiresAt', target?.expiresAt ?? null) ?? sameInstant('dispenseBy', handOverBy);
  if (late) return late;
  if (expected.state !== undefined && expected.state !== effective?.state)
    return differs('state', expected.state, effective?.state ?? 'no such authorization');
  return null;
}
