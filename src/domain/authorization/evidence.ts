import {
  dateAt,
  endOfDateOrMonth,
  endOfDay,
  HOUR_MS,
  type Instant,
  type LocalDateOrMonth,
  MINUTE_MS,
  startOfDateOrMonth,
} from '../calendar.js';
import { governing } from '../category.js';
import { reasonOf, standingDangers } from '../danger.js';
import { gateOf } from '../gate.js';
import { isCertified, sameLicence } from '../participant.js';
import type { Answers, Authorization, Case, Evidence, PregnancyTest } from '../patient.js';
import { type StandingTest, standingTests } from '../pregnancy-test.js';
import type { HoldKind } from '../program.js';
import type { ReasonCode, WarningCode } from '../reason.js';
import { against } from '../requirement.js';
import { enrollmentLapsed, therapyStatus } from '../therapy.js';
import { attestingReasons, roleReasons } from './attester.js';
import type { CommandName } from './command.js';
import { authorizationEnd, effectiveState } from './deadline.js';
import { apply, type Effect } from './effect.js';
import { revokeIfContradicted, revokeOpen } from './enrolling.js';
import { judgementOf } from './prescribing.js';
import { accepted, type Handlers, type Ruling, refused, type Situation } from './ruling.js';
import { nextState } from './versions.js';

/** Dated facts: tests, contraception, reports, surveys, therapy. Facts are added and never overwritten; danger acts in the same command. */

type Named =
  | 'record-pregnancy-test'
  | 'correct-pregnancy-test'
  | 'retract-pregnancy-test'
  | 'record-contraception'
  | 'declare-abstinence'
  | 'state-contraindication'
  | 'report-menses'
  | 'report-missed-period'
  | 'report-unprotected-contact'
  | 'report-method-failure'
  | 'report-adverse-event'
  | 'record-told-of-result'
  | 'report-pregnancy'
  | 'clear-pregnancy-hold'
  | 'interrupt-therapy'
  | 'resume-therapy'
  | 'end-therapy'
  | 'change-dose';

const fact = (evidence: Evidence): Effect => ({ kind: 'evidence', evidence });
const inFuture = (happened: Instant, { at, edition }: Situation): boolean =>
  happened > at + (edition.entry.futureToleranceMinutes ?? 0) * MINUTE_MS;
const dateInFuture = (date: LocalDateOrMonth, { on }: Situation): boolean => startOfDateOrMonth(date) > on;

function lateness(happened: Instant, { at, edition }: Situation): WarningCode[] {
  const { lateAfterHours } = edition.entry;
  return lateAfterHours !== null && at - happened > lateAfterHours * HOUR_MS ? ['LATE_ENTRY'] : [];
}

const lateFinding = (warnings: readonly WarningCode[]): Effect[] => (warnings.length > 0 ? [{ kind: 'finding', code: 'LATE_ENTRY' }] : []);
const dateLateness = (date: string, situation: Situation): WarningCode[] => lateness(endOfDay(date, situation.edition.zone), situation);

function recordTest(situation: Situation<'record-pregnancy-test'>): Ruling {
  const { file, command, at, edition } = situation;
  const who = roleReasons(command.by, ['prescriber', 'delegate', 'laboratory', 'system', 'patient', 'guardian']);
  if (who.length > 0) return refused(who);
  if (standingTests(file).some((each) => each.id === command.test.id)) return refused(['WRONG_STATE']);
  if (inFuture(command.test.collected.at, situation)) return refused(['FUTURE_DATE']);
  const test: PregnancyTest = { ...command.test, source: sourceOf(situation) };
  const warnings = lateness(test.collected.until, situation);
  const effects = [fact({ kind: 'pregnancy-test', id: test.id, recordedAt: at, test }), ...lateFinding(warnings)];
  if (test.result === 'positive') effects.push(...revokeOpen(file, at, edition), { kind: 'finding', code: 'PREGNANCY_TEST_POSITIVE' });
  return accepted(effects, { warnings });
}

/**
 * What a delegate or the patient enters counts as evidence only once the prescriber has signed it; as danger it counts at once. A prescriber
 * who is not certified at that moment, or suspended, signs nothing (I8): his entry waits for a signature like the delegate's.
 */
function sourceOf({ file, command, at }: Situation<'record-pregnancy-test'>): PregnancyTest['source'] {
  const { role, id } = command.by;
  if (role === 'patient' || role === 'guardian') return 'patient';
  const signs = role !== 'delegate' && (role !== 'prescriber' || isCertified(file.participants[id], at));
  return signs ? command.test.source : 'delegate-unsigned';
}

/** The open authorizations that rested on a test which no longer reads as it did: revoked when they would not have been issued, else shortened. */
export function rejudged(situation: Situation, testId: string, after: Case, corrected: Pick<StandingTest, 'result'>): Effect[] {
  const { file, edition, at } = situation;
  return file.authorizations.flatMap((authorization): Effect[] => {
    const { state } = effectiveState(authorization, file, at);
    const { issuedAt } = authorization;
    if ((state !== 'authorized' && state !== 'reserved') || issuedAt === null || !authorization.restedOn.includes(testId)) return [];
    const then = asKnownAt(after, issuedAt, authorization);
    const judgement = judgementOf({ ...situation, file: then, at: issuedAt, on: dateAt(issuedAt, edition.zone) }, authorization);
    const stands = (corrected.result !== 'indeterminate' || gateOf(judgement) !== 'hard') && against('tests', judgement).length === 0;
    const governed = governing(judgement);
    const end = governed && stands ? authorizationEnd(then, governed.category, issuedAt, edition) : null;
    if (end === null) {
      const revoked = nextState(authorization.machineVersion, state, { type: 'revoke' });
      return revoked === null ? [] : [{ kind: 'authorization', authorization: { ...authorization, state: revoked } }];
    }
    // A correction may shorten a window, never lengthen it (rules §9.10).
    return authorization.expiresAt !== null && end < authorization.expiresAt
      ? [{ kind: 'authorization', authorization: { ...authorization, expiresAt: end } }]
      : [];
  });
}

/**
 * The case as it was at the issue, its category too, but with later corrections of its facts: what the issue is judged on again. A test
 * written down in the very millisecond of the issue counts only if the issue rested on it; the others came after.
 */
function asKnownAt(file: Case, at: Instant, { category, restedOn }: Authorization): Case {
  const known = (each: Evidence): boolean => {
    if (each.kind === 'test-correction' || each.kind === 'test-retraction') return true;
    return each.kind === 'pregnancy-test' && each.recordedAt === at ? restedOn.includes(each.id) : each.recordedAt <= at;
  };
  return {
    ...file,
    category: category ?? file.category,
    categorySince: file.categorySince !== null && file.categorySince > at ? null : file.categorySince,
    evidence: file.evidence.filter(known),
    fills: file.fills.filter((fill) => fill.handedOver.at < at),
  };
}

/** A prescriber's change of a result is his signature: the patient's own, certified. What only adds a danger is taken from any prescriber. */
function amendingReasons(situation: Situation<'correct-pregnancy-test' | 'retract-pregnancy-test'>): ReasonCode[] {
  const { command } = situation;
  if (command.by.role !== 'prescriber') return roleReasons(command.by, ['laboratory', 'administrator', 'system']);
  const result = command.do === 'correct-pregnancy-test' ? command.corrected.result : undefined;
  return result === 'positive' || result === 'indeterminate' ? [] : attestingReasons(situation);
}

function correctTest(situation: Situation<'correct-pregnancy-test'>): Ruling {
  const { file, command, at, edition } = situation;
  const who = amendingReasons(situation);
  if (who.length > 0) return refused(who);
  const test = standingTests(file).find((each) => each.id === command.test);
  if (!test) return refused(['FACT_UNKNOWN']);
  if (command.corrected.collected && inFuture(command.corrected.collected.at, situation)) return refused(['FUTURE_DATE']);
  const change = fact({
    kind: 'test-correction',
    id: command.id,
    recordedAt: at,
    test: test.id,
    corrected: command.corrected,
    reason: command.reason,
  });
  if (command.corrected.result === 'positive')
    return accepted([change, ...revokeOpen(file, at, edition), { kind: 'finding', code: 'PREGNANCY_TEST_POSITIVE' }]);
  return accepted([change, ...rejudged(situation, test.id, apply(file, [change]), { ...test, ...command.corrected })]);
}

function retractTest(situation: Situation<'retract-pregnancy-test'>): Ruling {
  const { file, command, at } = situation;
  const who = amendingReasons(situation);
  if (who.length > 0) return refused(who);
  const test = standingTests(file).find((each) => each.id === command.test);
  if (!test) return refused(['FACT_UNKNOWN']);
  if (test.retracted) return refused(['WRONG_STATE']);
  const change = fact({ kind: 'test-retraction', id: command.id, recordedAt: at, test: test.id, reason: command.reason });
  return accepted([change, ...rejudged(situation, test.id, apply(file, [change]), test)]);
}

function recordContraception(situation: Situation<'record-contraception'>): Ruling {
  const { command, at, edition } = situation;
  const reasons = roleReasons(command.by, ['patient', 'guardian', 'prescriber', 'delegate', 'system']);
  if (edition.contraception.methods[command.method] === undefined) reasons.push('FACT_UNKNOWN');
  if (dateInFuture(command.from, situation)) reasons.push('FUTURE_DATE');
  if (reasons.length > 0) return refused(reasons);
  const { id, method, from, until, by } = command;
  const confirmed = by.role === 'prescriber' ? { confirmedBy: by.id } : {};
  return accepted([fact({ kind: 'contraception', id, recordedAt: at, method, from, until, ...confirmed })]);
}

function declareAbstinence(situation: Situation<'declare-abstinence'>): Ruling {
  const { command, at } = situation;
  const reasons = roleReasons(command.by, ['patient', 'guardian', 'prescriber', 'system']);
  if (command.from !== null && dateInFuture(command.from, situation)) reasons.push('FUTURE_DATE');
  if (command.from === null && !command.never) reasons.push('FACT_UNKNOWN');
  if (reasons.length > 0) return refused(reasons);
  return accepted([
    fact({ kind: 'abstinence', id: command.id, recordedAt: at, from: command.from, until: command.until, never: command.never }),
  ]);
}

function stateContraindication(situation: Situation<'state-contraindication'>): Ruling {
  const reasons = attestingReasons(situation);
  const { command, at } = situation;
  if (command.of.length === 0) reasons.push('FACT_UNKNOWN');
  if (reasons.length > 0) return refused(reasons);
  return accepted(command.of.map((of, index) => fact({ kind: 'contraindication', id: `${command.id}/${index}`, recordedAt: at, of })));
}

const REPORTERS = ['patient', 'guardian', 'prescriber', 'delegate', 'system', 'pharmacy', 'administrator'] as const;

function reportMenses(situation: Situation<'report-menses'>): Ruling {
  const { file, command, at } = situation;
  const reasons = roleReasons(command.by, REPORTERS);
  if (dateInFuture(command.on, situation)) reasons.push('FUTURE_DATE');
  if (reasons.length > 0) return refused(reasons);
  // A period is an answer: she menstruates, and an earlier amenorrhea is over.
  const amenorrhea =
    file.answers.amenorrhea !== null && endOfDateOrMonth(file.answers.amenorrhea.since) <= command.on ? null : file.answers.amenorrhea;
  const answers: Answers = { ...file.answers, menarche: true, amenorrhea, cycle: command.cycle ?? file.answers.cycle };
  const period = fact({ kind: 'menses', id: command.id, recordedAt: at, on: command.on, cycle: command.cycle, before: file.answers.cycle });
  return accepted([period, { kind: 'answers', answers }, ...revokeIfContradicted(situation, answers)]);
}

/** A report that holds for categories whose edition says so, and advises the others. */
function report(situation: Situation<CommandName>, hold: HoldKind, on: string, method: string | null): Ruling {
  const { command, at } = situation;
  const reasons = roleReasons(command.by, REPORTERS);
  if (dateInFuture(on, situation)) reasons.push('FUTURE_DATE');
  if (reasons.length > 0) return refused(reasons);
  const holds = governing(situation)?.category.reportsHold !== false;
  const warnings = dateLateness(on, situation);
  return accepted(
    [fact({ kind: 'danger', id: command.id, recordedAt: at, hold, since: at, on, method, holds }), ...lateFinding(warnings)],
    { warnings },
  );
}

function reportPregnancy({ file, command, at, on, edition }: Situation<'report-pregnancy'>): Ruling {
  const who = roleReasons(command.by, REPORTERS);
  if (who.length > 0) return refused(who);
  if (command.who === 'partner')
    return accepted([
      fact({ kind: 'partner-pregnancy', id: command.id, recordedAt: at }),
      { kind: 'finding', code: 'PARTNER_PREGNANCY_REPORTED' },
    ]);
  return accepted([
    fact({ kind: 'danger', id: command.id, recordedAt: at, hold: 'pregnancy', since: at, on, method: null, holds: true }),
    ...revokeOpen(file, at, edition),
    { kind: 'finding', code: 'PREGNANCY_REPORTED' },
  ]);
}

function reportAdverseEvent(situation: Situation<'report-adverse-event'>): Ruling {
  const { command, at } = situation;
  const reasons = roleReasons(command.by, REPORTERS);
  if (dateInFuture(command.on, situation)) reasons.push('FUTURE_DATE');
  if (reasons.length > 0) return refused(reasons);
  return accepted([
    fact({ kind: 'adverse-event', id: command.id, recordedAt: at, on: command.on, what: command.what }),
    { kind: 'finding', code: 'ADVERSE_EVENT' },
  ]);
}

/** From then on the result is hers to read; there must be one that was not negative, or a danger somebody else reported. */
function recordToldOfResult({ file, command, at, edition }: Situation<'record-told-of-result'>): Ruling {
  const who = roleReasons(command.by, ['prescriber']);
  if (who.length > 0) return refused(who);
  const something = standingTests(file).some((test) => test.everPositive || test.result !== 'negative');
  if (!something && standingDangers(file, at, edition).length === 0) return refused(['WRONG_STATE']);
  return accepted([fact({ kind: 'result-told', id: command.id, recordedAt: at })]);
}

/** Two quantitative results far enough apart and not rising, collected after what they clear, and as sensitive (rules §9.10). Values decide, not labels. */
function clearingPair(situation: Situation<'clear-pregnancy-hold'>): { through: Instant } | null {
  const { file, command, at, edition } = situation;
  const { tests, method, source, minHoursApart } = edition.clearing;
  if (tests === null || minHoursApart === null || new Set(command.tests).size !== tests) return null;
  const pair = standingTests(file).filter((test) => command.tests.includes(test.id) && !test.retracted);
  if (
    pair.length !== tests ||
    pair.some((test) => test.method !== method || test.source !== source || test.value === null || test.collected.at > at)
  )
    return null;
  const apart = pair.every((test, index) => {
    const next = pair[index + 1];
    return (
      next === undefined || (next.collected.at - test.collected.until >= minHoursApart * HOUR_MS && (next.value ?? 0) <= (test.value ?? 0))
    );
  });
  const cleared = standingDangers(file, at, edition).filter((danger) => danger.test === null || !command.tests.includes(danger.test.id));
  const answersAll = cleared
    .filter(
      (danger) => edition.holds[danger.hold].liftedBy === 'clearing' || edition.holds[danger.hold].liftedBy === 'quantitative-negative',
    )
    .every((danger) =>
      pair.every((test) => {
        const after = test.collected.at > (danger.test?.collected.until ?? danger.since);
        const bound = danger.test?.sensitivity ?? null;
        return after && (bound === null || (test.sensitivity !== null && test.sensitivity <= bound));
      }),
    );
  const last = pair.at(-1);
  return apart && answersAll && last ? { through: last.collected.at } : null;
}

function clearHold(situation: Situation<'clear-pregnancy-hold'>): Ruling {
  const { file, command, at, edition } = situation;
  const who = attestingReasons(situation);
  const clearable = standingDangers(file, at, edition).filter((danger) =>
    ['clearing', 'quantitative-negative'].includes(edition.holds[danger.hold].liftedBy),
  );
  if (clearable.length === 0) return refused(who.length > 0 ? who : ['WRONG_STATE']);
  const reasons: ReasonCode[] = [...who];
  const own = file.participants[command.by.id]?.licence;
  const same =
    command.determinedBy === command.by.id || (own !== undefined && command.licence !== undefined && sameLicence(own, command.licence));
  if (command.determinedBy === '' || same) reasons.push('SECOND_PERSON_REQUIRED');
  const pair = clearingPair(situation);
  if (pair === null) reasons.push(...clearable.map((danger) => reasonOf(danger, edition)));
  if (reasons.length > 0 || pair === null) return refused(reasons);
  return accepted([
    fact({
      kind: 'clearing',
      id: command.id,
      recordedAt: at,
      tests: command.tests,
      through: pair.through,
      grounds: command.grounds,
      determinedBy: command.determinedBy,
    }),
  ]);
}

function changeTherapy(situation: Situation<'interrupt-therapy' | 'resume-therapy' | 'end-therapy'>): Ruling {
  const { file, command, at, on, edition } = situation;
  const reasons = attestingReasons(situation);
  if (dateInFuture(command.on, situation)) reasons.push('FUTURE_DATE');
  const { interruptedOn, endedOn } = therapyStatus(file);
  const change = command.do === 'interrupt-therapy' ? 'interrupted' : command.do === 'resume-therapy' ? 'resumed' : 'ended';
  const paused = interruptedOn !== null || endedOn !== null;
  if (change === 'resumed' ? !paused : change === 'interrupted' ? paused : endedOn !== null) reasons.push('WRONG_STATE');
  if (change === 'resumed' && enrollmentLapsed(file, on, edition)) reasons.push('ENROLLMENT_LAPSED');
  if (reasons.length > 0) return refused(reasons);
  return accepted([fact({ kind: 'therapy', id: command.id, recordedAt: at, change, on: command.on })]);
}

function changeDose(situation: Situation<'change-dose'>): Ruling {
  const { command, at } = situation;
  const reasons = attestingReasons(situation);
  if (dateInFuture(command.on, situation)) reasons.push('FUTURE_DATE');
  // The days left become none only because the prescriber attests that the earlier capsules are not taken any more.
  if (!command.earlierCapsulesStopped) reasons.push('FACT_UNKNOWN');
  if (reasons.length > 0) return refused(reasons);
  return accepted([fact({ kind: 'dose-change', id: command.id, recordedAt: at, on: command.on, regimen: command.regimen })]);
}

export const EVIDENCE: Handlers<Named> = {
  'record-pregnancy-test': recordTest,
  'correct-pregnancy-test': correctTest,
  'retract-pregnancy-test': retractTest,
  'record-contraception': recordContraception,
  'declare-abstinence': declareAbstinence,
  'state-contraindication': stateContraindication,
  'report-menses': reportMenses,
  'report-missed-period': (situation) =>
    report(situation, situation.command.kind === 'missed' ? 'missed-period' : 'abnormal-bleeding', situation.command.on, null),
  'report-unprotected-contact': (situation) => report(situation, 'unprotected-contact', situation.command.on, null),
  'report-method-failure': (situation) => report(situation, 'method-failure', situation.command.on, situation.command.method),
  'report-adverse-event': reportAdverseEvent,
  'record-told-of-result': recordToldOfResult,
  'report-pregnancy': reportPregnancy,
  'clear-pregnancy-hold': clearHold,
  'interrupt-therapy': changeTherapy,
  'resume-therapy': changeTherapy,
  'end-therapy': changeTherapy,
  'change-dose': changeDose,
};
