import { describe, expect, test } from '@jest/globals';
import type { DrugHashes } from '../../../src/domain/clinical/drug.js';
import type { Edition } from '../../../src/domain/program.js';
import type { Difference } from '../../../src/reporting/what-if/difference.js';
import { judgeHistory } from '../../../src/reporting/what-if/judge.js';
import { Counter, type Tally } from '../../../src/reporting/what-if/tally.js';
import { DAY_MS, HOUR_MS } from '../../support/durations.js';
import { historyOf, livesOf, Person, START } from '../../support/lives.js';
import { otherEdition } from '../../support/other-edition.js';
import { catalogue, PROGRAM } from '../../support/world.js';

const recorded = catalogue.named(PROGRAM, '2021-08-05') as Edition;
const onFile = {
  editionOf: (hash: string) => catalogue.withHash(hash),
  factsOf: (hashes: DrugHashes) => catalogue.drugs.withHashes(hashes),
};

/** Judges those people's record under the other edition. */
function whatIf(other: Edition, people: readonly Person[], from = Number.NEGATIVE_INFINITY): { tally: Tally; differences: Difference[] } {
  const counter = new Counter();
  const differences = people.flatMap(({ life }) => [
    ...judgeHistory(historyOf(life), { other, from, sameCategories: {}, onFile }, counter, 1),
  ]);
  return { tally: counter.tally, differences };
}

const told = (differences: readonly Difference[]) => differences.map(({ command, kind }) => `${command}: ${kind}`);

/** A man who comes for his capsules on the fifteenth day after the issue. */
function lateMan(): Person {
  const he = Person.man(recorded);
  const authorization = he.starts();
  expect(he.issues(authorization).outcome).toBe('allow');
  he.at('2026-01-20T10:00');
  expect(he.fills(authorization).map((each) => each.outcome)).toEqual(['allow', 'allow']);
  return he;
}

/** A woman on therapy, whose second prescription rests on a test of six days before its issue. */
function testedSixDaysBefore(): Person {
  const she = Person.woman(recorded, 60).at('2026-01-05T10:30');
  she.tests();
  she.at('2026-01-17T09:00').tests();
  const first = she.starts();
  she.at('2026-01-17T10:00');
  expect(she.issues(first).outcome).toBe('allow');
  expect(she.fills(first)[1].outcome).toBe('allow');
  for (const day of ['2026-01-24', '2026-01-31', '2026-02-05']) she.at(`${day}T09:00`).tests();
  she.at('2026-02-11T09:00');
  const second = she.starts();
  expect(she.issues(second).outcome).toBe('allow');
  expect(she.fills(second).map((each) => each.outcome)).toEqual(['allow', 'allow']);
  return she;
}

describe('the same edition', () => {
  test('differs in nothing, over lives of every kind, and the control agrees', () => {
    const lives = livesOf(recorded, 60);
    const counter = new Counter();
    for (const life of lives)
      judgeHistory(historyOf(life), { other: recorded, from: Number.NEGATIVE_INFINITY, sameCategories: {}, onFile }, counter, 1);
    const { tally } = counter;
    expect(tally).toMatchObject({ patients: 60, patientsDiffering: 0, differing: 0, kinds: {}, reasons: {} });
    expect(tally.decisions).toBe(lives.reduce((sum, { acts }) => sum + acts.length, 0));
    expect(tally.control).toEqual({ decisions: tally.decisions, differing: 0 });
    // A history without refusals, fills and waits would show nothing.
    const outcomes = new Set(lives.flatMap(({ acts }) => acts.map(({ command, decision }) => `${command.do} ${decision.outcome}`)));
    for (const each of ['issue-authorization deny', 'issue-authorization allow', 'reserve deny', 'dispense allow', 'dispense deny'])
      expect(outcomes).toContain(each);
  });
});

describe('each kind of difference', () => {
  test('a shorter window: another deadline, a reserve refused, and the fill that follows from it', () => {
    const other = otherEdition({ '/categories/male-adult/window/days': 10 });
    const { tally, differences } = whatIf(other, [lateMan()]);
    expect(told(differences)).toEqual(['issue-authorization: deadline', 'reserve: refused', 'dispense: refused']);
    const [issue, reserve, dispense] = differences as [Difference, Difference, Difference];
    expect(issue.deadline).toMatchObject({ name: 'expiresAt' });
    expect((issue.deadline?.recorded ?? 0) - (issue.deadline?.other ?? 0)).toBe(20 * DAY_MS);
    expect(reserve.other?.reasons).toEqual(['AUTHORIZATION_EXPIRED']);
    expect(reserve.wait).toEqual({ way: 'longer', ms: null });
    expect(dispense).toMatchObject({ follows: reserve.entry, because: ['AUTHORIZATION_EXPIRED'], wait: null });
    expect(tally).toMatchObject({
      patients: 1,
      patientsDiffering: 1,
      differing: 3,
      following: 1,
      kinds: { deadline: 1, refused: 2 },
      fills: { permitted: 1, refused: 1, allowed: 0, refusedBecause: { AUTHORIZATION_EXPIRED: 1 }, refusedByCategory: { 'male-adult': 1 } },
      longer: { patients: 1, times: 1, undated: 1, days: {} },
      deadlines: { expiresAt: { earlier: 1, later: 0, days: { '-20': 1 } } },
      control: { differing: 0 },
    });
    expect(tally.reasons).toEqual({ AUTHORIZATION_EXPIRED: { added: 1, gone: 0 } });
  });

  test('a test that may be five days old instead of seven: the issue is refused at once, and so is what rests on it', () => {
    const { tally, differences } = whatIf(otherEdition({ '/tests/onTherapy/maxAgeDays': 5 }), [testedSixDaysBefore()]);
    expect(told(differences)).toEqual(['issue-authorization: refused', 'reserve: refused', 'dispense: refused']);
    expect(differences[0]?.other).toMatchObject({ outcome: 'deny', reasons: ['TEST_TOO_OLD'] });
    // A test made the same minute would have done.
    expect(differences[0]?.wait).toEqual({ way: 'longer', ms: 0 });
    expect(differences[2]).toMatchObject({ other: { reasons: ['AUTHORIZATION_NOT_ISSUED'] }, because: ['TEST_TOO_OLD'] });
    expect(tally.fills).toMatchObject({ permitted: 2, refused: 1, refusedBecause: { TEST_TOO_OLD: 1 } });
    expect(tally.longer).toEqual({ patients: 1, times: 1, undated: 0, days: { '0': 1 } });
    expect(tally.reasons).toEqual({ TEST_TOO_OLD: { added: 1, gone: 0 } });
    // At six days the bound of six still lets it pass, so the bound is reported to the day.
    expect(whatIf(otherEdition({ '/tests/onTherapy/maxAgeDays': 6 }), [testedSixDaysBefore()]).tally.differing).toBe(0);
  });

  test('two weeks of contraception instead of four: allowed sooner, by the days that the record shows', () => {
    const she = Person.woman(recorded, 16).at('2026-01-05T10:30');
    she.tests();
    she.at('2026-01-05T11:00').starts();
    const authorization = she.life.file.authorizations[0]?.id ?? '';
    she.at('2026-01-16T09:00').tests();
    she.at('2026-01-16T10:00');
    expect(she.issues(authorization)).toMatchObject({ outcome: 'deny', reasons: ['CONTRACEPTION_TOO_RECENT'] });
    she.at('2026-01-19T09:00').tests();
    she.at('2026-01-19T10:00');
    expect(she.issues(authorization).outcome).toBe('allow');
    const { tally, differences } = whatIf(otherEdition({ '/contraception/lead': { days: 14 } }), [she]);
    expect(told(differences)).toEqual(['issue-authorization: allowed']);
    expect(differences[0]?.wait).toEqual({ way: 'shorter', ms: 3 * DAY_MS });
    expect(tally).toMatchObject({ shorter: { patients: 1, times: 1, undated: 0, days: { '3': 1 } }, longer: { patients: 0 } });
    expect(tally.reasons).toEqual({ CONTRACEPTION_TOO_RECENT: { added: 0, gone: 1 } });
  });

  test('fewer days left before the next fill: a wait of exactly the days between, and a refusal until another day', () => {
    const he = Person.man(recorded);
    const first = he.starts();
    he.issues(first);
    expect(he.fills(first)[1].outcome).toBe('allow');
    he.at('2026-01-20T10:00');
    const second = he.starts();
    expect(he.issues(second).outcome).toBe('allow');
    // Fourteen days left: too early under both.
    expect(he.reserves(second)).toMatchObject({ outcome: 'deny', reasons: ['TOO_EARLY_FOR_NEXT_FILL'] });
    // Five left of 28 from the fifth of January on.
    he.at('2026-01-28T10:00');
    expect(he.reserves(second).outcome).toBe('allow');
    const { tally, differences } = whatIf(otherEdition({ '/authorization/maxDaysLeft': 3 }), [he]);
    expect(told(differences)).toEqual(['reserve: earliest', 'reserve: refused']);
    expect(differences[0]?.wait).toEqual({ way: 'longer', ms: 4 * DAY_MS });
    // The thirtieth begins 38 hours after ten o'clock of the twenty-eighth.
    expect(differences[1]?.wait).toEqual({ way: 'longer', ms: 38 * HOUR_MS });
    expect(tally.longer).toEqual({ patients: 1, times: 2, undated: 0, days: { '4': 1 } });
  });

  test('a reported hand-over: outside the rules of one edition, within those of the other, and the other way round', () => {
    const wider = otherEdition({ '/categories/male-adult/window/days': 60 });
    const he = Person.man(recorded);
    const authorization = he.starts();
    he.issues(authorization);
    he.at('2026-02-20T10:00');
    // Over, by the record; handed over all the same, and reported.
    expect(he.dispenses(authorization, he.life.at).outcome).toBe('recorded-as-deviation');
    const within = Person.man(recorded);
    const other = within.starts();
    within.issues(other);
    within.at('2026-01-20T10:00').reserves(other);
    expect(within.dispenses(other, within.life.at + 1).outcome).toBe('allow');
    expect(told(whatIf(wider, [he]).differences)).toEqual(['issue-authorization: deadline', 'dispense: reasons']);
    const shorter = whatIf(otherEdition({ '/categories/male-adult/window/days': 10 }), [within]);
    expect(told(shorter.differences)).toEqual(['issue-authorization: deadline', 'reserve: refused', 'dispense: outside']);
    expect(shorter.tally.fills).toMatchObject({ permitted: 1, refused: 1, refusedBecause: { AUTHORIZATION_EXPIRED: 1 } });
  });

  test('within the rules of the other edition: a hand-over too early by the record', () => {
    const he = Person.man(recorded);
    const first = he.starts();
    he.issues(first);
    he.fills(first);
    he.at('2026-01-20T10:00');
    const second = he.starts();
    he.issues(second);
    he.at('2026-01-26T10:00');
    expect(he.reserves(second).outcome).toBe('allow');
    he.life.passes(1_000);
    const stricter = otherEdition({ '/authorization/maxDaysLeft': 5 });
    expect(he.dispenses(second, he.life.at).outcome).toBe('allow');
    expect(told(whatIf(stricter, [he]).differences)).toEqual(['reserve: refused', 'dispense: outside']);
  });

  test('other effects: a period that revokes under one edition, and under the other says nothing', () => {
    const she = Person.olderWoman(recorded);
    const authorization = she.starts();
    expect(she.issues(authorization).outcome).toBe('allow');
    she.at('2026-01-07T10:00');
    she.life.does({ do: 'report-menses', on: '2026-01-06', cycle: 'regular' }, she.life.herself);
    expect(she.life.file.authorizations[0]?.state).toBe('revoked');
    const rules = [...recorded.categoryRules.slice(0, -1), { when: { always: true }, adult: 'female-not-frp-adult', child: 'frp-child' }];
    const other = { ...recorded, hash: 'f'.repeat(64), categoryRules: rules } as Edition;
    expect(told(whatIf(other, [she]).differences)).toEqual(['report-menses: effects']);
  });

  test('other warnings, and nothing else', () => {
    const he = Person.man(recorded);
    const authorization = he.starts();
    he.issues(authorization);
    he.at('2026-01-07T10:00').reserves(authorization);
    const handedOver = he.life.at + HOUR_MS;
    he.at('2026-01-07T23:00');
    expect(he.dispenses(authorization, handedOver).outcome).toBe('allow');
    const other = { ...recorded, hash: 'f'.repeat(64), entry: { ...recorded.entry, lateAfterHours: 6 } } as Edition;
    expect(told(whatIf(other, [he]).differences)).toEqual(['dispense: warnings']);
  });

  test('an advisory gate: what was refused is allowed and referred, and what was referred may be referred no more', () => {
    const early = (edition: Edition): Person => {
      const she = Person.woman(edition, 60).at('2026-01-05T10:30');
      const authorization = she.starts();
      she.issues(authorization);
      return she;
    };
    const advisory = otherEdition({ '/gate': 'advisory' });
    const opened = whatIf(advisory, [early(recorded)]);
    expect(told(opened.differences)).toEqual(['issue-authorization: allowed']);
    expect(opened.differences[0]?.other).toMatchObject({ outcome: 'allow', reasons: [] });
    const [{ referrals } = { referrals: [] }] = opened.differences.map(({ other }) => ({ referrals: other?.referrals ?? [] }));
    expect(referrals.length).toBeGreaterThan(0);
    expect(opened.tally.referrals).toEqual(Object.fromEntries(referrals.map((code) => [code, { added: 1, gone: 0 }])));
    const untested = otherEdition({ '/gate': 'advisory', '/categories/frp-adult/tests': false });
    const fewer = whatIf(untested, [early(advisory)]);
    expect(told(fewer.differences)).toContain('issue-authorization: referred');
    expect(Object.values(fewer.tally.referrals).every(({ added, gone }) => added === 0 && gone === 1)).toBe(true);
  });

  test('what cannot be decided is no refusal', () => {
    const broken = { ...recorded, hash: 'f'.repeat(64), judged: undefined } as unknown as Edition;
    const { tally, differences } = whatIf(broken, [lateMan()]);
    expect(new Set(differences.map(({ kind, other, wait }) => [kind, other, wait].join()))).toEqual(new Set(['indeterminate,,']));
    expect(differences.map(({ command }) => command)).toContain('issue-authorization');
    expect(tally).toMatchObject({ reasons: {}, longer: { patients: 0 }, fills: { permitted: 1, refused: 1, refusedBecause: {} } });
  });
});

describe('the range', () => {
  test('what was issued before it keeps its edition; what was decided before it is taken as it was', () => {
    const other = otherEdition({ '/categories/male-adult/window/days': 10 });
    const { tally, differences } = whatIf(other, [lateMan()], START + 5 * DAY_MS);
    expect(differences).toEqual([]);
    expect(tally).toMatchObject({ decisions: 0, before: 5, kept: 2 });
  });

  test('an edition that applies to open authorizations is asked about them too', () => {
    const other = { ...otherEdition({ '/authorization/maxDaysLeft': 3 }), appliesToOpen: true };
    const { tally } = whatIf(other, [lateMan()], START + 5 * DAY_MS);
    expect(tally).toMatchObject({ decisions: 2, before: 5, kept: 0 });
  });
});

describe('categories that the other edition calls otherwise', () => {
  const { 'male-adult': men, ...rest } = recorded.categories;
  const renamed = {
    ...recorded,
    hash: 'f'.repeat(64),
    categories: { ...rest, gentlemen: men },
    categoryRules: recorded.categoryRules.map((rule) => (rule.adult === 'male-adult' ? { ...rule, adult: 'gentlemen' } : rule)),
    checklists: { ...recorded.checklists, gentlemen: recorded.checklists['male-adult'] ?? [] },
  } as unknown as Edition;

  test('are found by the patient’s own answers', () => {
    const { tally, differences } = whatIf(renamed, [lateMan()]);
    expect(told(differences)).toEqual(['enroll-patient: effects']);
    expect(Object.keys(tally.categories)).toEqual(['gentlemen']);
  });
});
