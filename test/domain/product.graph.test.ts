import { describe, expect, test } from '@jest/globals';
import type { Given } from '../../src/case-file/world.js';
import { effectiveState } from '../../src/domain/authorization/deadline.js';
import { startOfDay } from '../../src/domain/calendar.js';
import type { AuthorizationState, Case, Evidence } from '../../src/domain/patient.js';
import { at, EDITION, type Words, world } from '../support/cases.js';
import { type Act, explore, type Point } from '../support/exploration.js';
import { wayBack } from '../support/way-back.js';
import { dateOf, objections } from '../support/witness.js';

// The machine together with the facts and the clock: every road of the steps, with one fact (by night: two) falling in at every point, and
// the clock moved to, and one millisecond past, each bound. A second judge, the witness, objects to what may never happen.

const FACTS = Number(process.env['EXPLORE_FACTS'] ?? 1);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const PREPARING: readonly AuthorizationState[] = ['counseling', 'contraception', 'pregnancyTest', 'ready'];
const OVER: readonly AuthorizationState[] = ['dispensed', 'returned', 'expired', 'cancelled', 'superseded', 'revoked'];

/** What the clock alone will change. */
function bounds(file: Case, now: number): number[] {
  const found: number[] = [];
  for (const { state, preparationEndsAt, expiresAt, reservation } of file.authorizations) {
    if (PREPARING.includes(state)) found.push(preparationEndsAt);
    if (state === 'authorized' || state === 'reserved') found.push(expiresAt ?? 0, reservation?.confirmationEndsAt ?? 0);
  }
  for (const fact of file.evidence)
    if (fact.kind === 'pregnancy-test' && fact.test.result === 'negative') found.push(fact.test.collected.at + DAY);
  // The last millisecond before seven days are left.
  const last = file.fills.at(-1);
  if (last) found.push(startOfDay(dateOf(last.handedOver.at + (last.supplyDays - 7) * DAY), EDITION.zone) - 1);
  return found.filter((bound) => bound >= now);
}

const acts = (list: Record<string, Words>, isFact: boolean): Act[] =>
  Object.entries(list).map(([name, words]) => ({ name, words, ...(isFact ? { fact: true } : {}) }));

const STEPS = acts(
  {
    start: { do: 'start-authorization' },
    counsel: { do: 'certify-counseling' },
    confirm: { do: 'confirm-contraception' },
    issue: { do: 'issue-authorization' },
    cancel: { do: 'cancel-authorization', reason: 'not needed' },
    'reserve at 1': { do: 'reserve' },
    'reserve at 2': { do: 'reserve', pharmacy: 'ph-2' },
    'transfer to 2': { do: 'transfer-reservation', to: 'ph-2' },
    'release at 1': { do: 'release' },
    'release at 2': { do: 'release', pharmacy: 'ph-2' },
    'dispense at 1': { do: 'dispense' },
    'dispense at 2': { do: 'dispense', pharmacy: 'ph-2' },
    return: { do: 'return' },
    sweep: { do: 'lapse', by: 'system' },
  },
  false,
);

const test_ = (id: string, result: string, more: object = {}): Words => ({
  do: 'record-pregnancy-test',
  id,
  collectedAt: '$at',
  result,
  ...more,
});
const agreed = (category: string) => ({ category, signedAt: '$at', signedBy: ['patient', 'guardian'] });
const FACTS_OF_ALL = {
  positive: test_('positive', 'positive'),
  pregnancy: { do: 'report-pregnancy', who: 'patient' },
  'partner pregnant': { do: 'report-pregnancy', who: 'partner' },
  withdraw: { do: 'withdraw-agreement', reason: 'no longer wanted' },
  'suspend the prescriber': { do: 'suspend-prescriber', participant: 'dr-1' },
  'suspend the pharmacy': { do: 'suspend-pharmacy', participant: 'ph-1' },
  'certify the pharmacy': { do: 'certify-pharmacy', participant: 'ph-1', until: '2027-01-16T12:00' },
  transfer: { do: 'transfer-patient', to: 'dr-2' },
  deactivate: { do: 'deactivate-patient', reason: 'moved away' },
  interrupt: { do: 'interrupt-therapy', on: '$on' },
  discrepant: { do: 'complete-survey', answers: 'discrepant' },
  'a second prescription': { do: 'prescribe', authorization: 'rx-2' },
  'reported hand-over': { do: 'dispense', handedOverAt: '$at' },
  'reported hand-over at 2': { do: 'dispense', pharmacy: 'ph-2', handedOverAt: '$at' },
  'a day more': { do: 'grant-exception', kind: 'administrative-window', reason: 'outage', by: ['ad-1', 'ad-2'] },
  lost: { do: 'grant-exception', kind: 'lost-supply', reason: 'lost', by: ['ad-1', 'ad-2'] },
  're-enroll': { do: 're-enroll-patient' },
} satisfies Record<string, Words>;
const FACTS_OF_FRP = {
  unclear: test_('unclear', 'indeterminate'),
  negative: test_('negative', 'negative'),
  'negative at home': test_('home', 'negative', { setting: 'home' }),
  'serum negative': test_('serum', 'negative', { method: 'serum-quantitative', value: 1, sensitivity: 5 }),
  missed: { do: 'report-missed-period', on: '$on' },
  contact: { do: 'report-unprotected-contact', on: '$on' },
  failure: { do: 'report-method-failure', on: '$on', method: 'male-condom' },
  hysterectomy: {
    do: 'change-category',
    category: 'female-not-frp-adult',
    grounds: 'hysterectomy',
    agreement: agreed('female-not-frp-adult'),
  },
  abstinence: { do: 'declare-abstinence', from: '$on' },
} satisfies Record<string, Words>;
const only = (facts: Record<string, Words>, ...names: string[]) => Object.fromEntries(names.map((name) => [name, facts[name] as Words]));
/** Those of them that a later prescription meets otherwise than the first. */
const LATER = only(
  { ...FACTS_OF_ALL, ...FACTS_OF_FRP },
  ...['positive', 'interrupt', 'lost', 'contact', 'unclear', 'hysterectomy', 'abstinence', 'serum negative', 'a second prescription'],
);
/** And those that somebody without tests does: the number lives by its issue, and a day more moves its end. */
const WITHOUT_TESTS = only(
  FACTS_OF_ALL,
  ...['positive', 'pregnancy', 'partner pregnant', 'withdraw', 'suspend the prescriber', 'suspend the pharmacy', 'certify the pharmacy'],
  ...['transfer', 'deactivate', 'a second prescription', 'reported hand-over', 'a day more'],
);
const AMENDED = (test: string, date: string) => ({
  retract: { do: 'retract-pregnancy-test', test, reason: 'mixed up' },
  'correct to unclear': { do: 'correct-pregnancy-test', test, result: 'indeterminate', reason: 'read wrongly' },
  'correct to positive': { do: 'correct-pregnancy-test', test, result: 'positive', reason: 'read wrongly' },
  'correct the date': { do: 'correct-pregnancy-test', test, collectedAt: date, reason: 'written wrongly' },
});

/** Where a second pharmacy has been looked at already, one is enough. */
const ONE_SITE = STEPS.filter(({ name }) => !name.endsWith('2'));

interface Land {
  readonly steps: readonly Act[];
  readonly like: string;
  readonly given?: Given;
  readonly from: string;
  readonly until: string;
  readonly facts: Record<string, Words>;
  /** So many points at least: fewer means that roads were lost. */
  readonly points: number;
}

const LANDS: Record<string, Land> = {
  'a first prescription with every step': {
    steps: STEPS,
    like: 'frp-first',
    from: '2027-01-15T15:00',
    until: '2027-01-24T12:00',
    facts: {
      ...FACTS_OF_ALL,
      ...FACTS_OF_FRP,
      ...AMENDED('t2', '2027-01-14T16:00'),
      'reported hand-over of before': { do: 'dispense', handedOverAt: '2027-01-15T14:00' },
    },
    points: 3_000,
  },
  'a later prescription, eight days of capsules in hand': {
    steps: ONE_SITE,
    like: 'frp-on',
    given: {
      tests: [{ id: 't-mar', collectedAt: '2027-03-07T08:00', result: 'negative' }],
      surveys: [{ completedAt: '2027-03-07T08:30' }],
    },
    from: '2027-03-07T15:00',
    until: '2027-03-16T12:00',
    facts: { ...LATER, ...AMENDED('t-mar', '2027-03-06T16:00') },
    points: 1_000,
  },
  'a first prescription without tests': {
    steps: ONE_SITE,
    like: 'male-first',
    from: '2027-01-15T15:00',
    until: '2027-03-01T12:00',
    facts: WITHOUT_TESTS,
    points: 500,
  },
  'a child who may come to need them': {
    steps: ONE_SITE,
    like: 'child-not-frp-on',
    from: '2027-05-04T15:00',
    until: '2027-06-20T12:00',
    facts: {
      ...WITHOUT_TESTS,
      'certify the pharmacy': { do: 'certify-pharmacy', participant: 'ph-1', until: '2027-05-06T12:00' },
      'first period': { do: 'report-menses', on: '$on' },
      menarche: { do: 'change-category', category: 'frp-child', grounds: 'menarche', agreement: agreed('frp-child') },
    },
    points: 500,
  },
};

/** What a fact is, apart from when and under which name it was written down. */
const sortOf = (fact: Evidence): string =>
  [fact.kind, 'hold' in fact && fact.hold, 'test' in fact && fact.test, 'answers' in fact && fact.answers]
    .map((part) => JSON.stringify(part))
    .join();

/** Whatever was left to do: by then every bound is past. */
const AT_LAST = 400 * DAY;
/** Longer than the four weeks of contraception, a clearing and the two tests together. */
const WAY_BACK_DAYS = 75;

describe.each(Object.entries(LANDS))('%s', (_, { like, given, from, until, steps, facts, points }) => {
  const objected: string[] = [];
  const endless: string[] = [];
  const lost: string[] = [];
  const seen = { states: new Set<string>(), allowed: new Set<string>(), refused: new Set<string>() };
  const asked = new Set<string>();
  const list = [...steps, ...acts(facts, true)];
  const start: Point = { file: world(like, from, given), at: at(from), history: [], facts: [], road: [] };

  const atPoint = ({ file, at: now, road }: Point): void => {
    for (const each of file.authorizations) {
      seen.states.add(effectiveState(each, file, now).state);
      const { state } = effectiveState(each, file, now + AT_LAST);
      if (!OVER.includes(state)) endless.push(`${state} for ever: ${road.join(', ')}`);
    }
    // The way back does not depend on how an earlier number ended, or on what was signed for it: of points that differ in that alone one is tried.
    const open = file.authorizations.flatMap((each) =>
      effectiveState(each, file, now).state === 'reserved' ? [each.reservation?.pharmacy] : [],
    );
    const known = file.evidence.filter((fact) => fact.kind !== 'counseling' && fact.kind !== 'contraception-confirmed').map(sortOf);
    const key = JSON.stringify([known, open, file.fills.length, file.enrollment, file.category, now - start.at > 7 * DAY]);
    if (asked.has(key)) return;
    asked.add(key);
    const back = wayBack(file, now);
    if (!back.found || back.days > WAY_BACK_DAYS)
      lost.push(`after ${back.days.toFixed(0)} days: ${road.join(', ')}: ${back.told.join(' / ')}`);
  };
  const counts = explore({
    start,
    acts: list,
    facts: FACTS,
    bounds,
    until: at(until),
    atPoint,
    atDecision: (said, point, name) => {
      (said.decision.outcome === 'deny' ? seen.refused : seen.allowed).add(name);
      for (const objection of objections(point.history, said)) objected.push(`${objection}: ${point.road.join(', ')}`);
    },
  });

  test('I1 to I7, I10: no road breaks what may never be broken', () => expect(objected.slice(0, 5)).toEqual([]));
  test('I24: from every point her prescriber and she can reach an authorization by doing what the reasons say', () =>
    expect(lost.slice(0, 5)).toEqual([]));
  test('I25: every authorization ends by the clock alone', () => expect(endless.slice(0, 5)).toEqual([]));

  test('and the roads were really walked: all states, every act done and most of them refused somewhere', () => {
    expect(counts.points).toBeGreaterThan(points);
    expect([...seen.states]).toEqual(expect.arrayContaining(['counseling', 'ready', 'authorized', 'reserved', ...OVER]));
    const unasked = like === 'male-first' ? ['confirm'] : [];
    expect(list.map((act) => act.name).filter((name) => !seen.allowed.has(name))).toEqual(unasked);
    expect(steps.map((act) => act.name).filter((name) => !seen.refused.has(name) && name !== 'start')).toEqual([]);
  });
});
