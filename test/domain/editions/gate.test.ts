import { describe, expect, test } from '@jest/globals';
import { CLOSED, COMPLETE, Life, made } from '../../support/made-up.js';

// How strongly an edition stands: a hard gate refuses, an advisory one refers and never blocks, none judges nothing.

const WHEN = '2026-03-20T15:00';
const OLD_FORM = { ...CLOSED, agreement: { category: 'closed', signedAt: '2025-01-15T09:00', signedBy: ['patient'] as const } };
const write = { do: 'start-authorization', strengthMg: 25 };
const findings = (decision: { effects: readonly { kind: string; code?: string }[] }) =>
  decision.effects.flatMap((effect) => (effect.kind === 'finding' ? [effect.code] : []));

describe('an advisory gate', () => {
  const advisory = made({ gate: 'advisory' });

  test('a form fourteen months old: the prescription and the fill go on, and somebody has to look at it', () => {
    const life = new Life([advisory], { ...OLD_FORM, enrollment: { enrolledAt: '2025-01-15T09:00' } }, WHEN);
    expect(life.says(write, WHEN).state).not.toBe('counseling');
    const issue = life.says({ do: 'issue-authorization' }, WHEN);
    expect([issue.outcome, issue.reasons, issue.referrals]).toEqual(['allow', [], ['AGREEMENT_TOO_OLD', 'COUNSELING_NOT_CERTIFIED']]);
    expect(findings(issue)).toEqual(['REFERRAL_DUE']);
    expect(life.says({ do: 'reserve' }, WHEN).outcome).toBe('allow');
    const fill = life.says({ do: 'dispense', checklist: false }, WHEN);
    expect([fill.outcome, fill.referrals, fill.state, findings(fill)]).toEqual([
      'allow',
      ['CHECKLIST_MISSING'],
      'dispensed',
      ['REFERRAL_DUE'],
    ]);
  });

  test('the program’s limits on a prescription are referred when it is written; what cannot be read is refused', () => {
    const life = new Life([advisory], CLOSED, WHEN);
    const written = life.says({ ...write, strengthMg: 7, daysSupply: 300, channel: 'telephone' }, WHEN);
    expect([written.outcome, written.referrals]).toEqual(['allow', ['SUPPLY_TOO_LONG', 'TELEPHONE_NOT_ALLOWED', 'STRENGTH_UNKNOWN']]);
    expect(life.says({ ...write, authorization: 'rx-2', capsules: 0 }, WHEN).reasons).toEqual(['PRESCRIPTION_INCOMPLETE']);
  });

  test('with nothing wanting nothing is referred', () => {
    const life = new Life([made({ gate: 'advisory', 'categories.closed.counseling': 'none' })], CLOSED, WHEN);
    life.says(write, WHEN);
    const issue = life.says({ do: 'issue-authorization' }, WHEN);
    expect([issue.referrals, findings(issue)]).toEqual([[], []]);
  });

  test('danger is referred and revokes nothing', () => {
    const life = new Life([advisory], COMPLETE, WHEN);
    life.says(write, WHEN);
    expect(life.says({ do: 'issue-authorization' }, WHEN).outcome).toBe('allow');
    life.says({ do: 'record-pregnancy-test', id: 't9', collectedAt: WHEN, result: 'positive' }, '2026-03-20T16:00');
    life.says({ do: 'report-pregnancy' }, '2026-03-20T16:10');
    life.says({ do: 'withdraw-agreement', reason: 'asked' }, '2026-03-20T16:15');
    const verified = life.says({ do: 'verify' }, '2026-03-20T16:20');
    expect([verified.outcome, verified.referrals]).toEqual(['allow', ['PREGNANCY_TEST_POSITIVE', 'PREGNANCY_REPORTED']]);
    life.says({ do: 'reserve' }, '2026-03-20T16:30');
    expect(life.says({ do: 'dispense' }, '2026-03-20T16:40').outcome).toBe('allow');
  });

  test('what protects "once" refuses all the same, and so does an uncertified site', () => {
    const life = new Life(
      [advisory],
      { ...CLOSED, participants: [...people, { id: 'ph-9', kind: 'pharmacy', certifiedFrom: null }] },
      WHEN,
    );
    life.says(write, WHEN);
    expect(life.says({ do: 'verify' }, WHEN).reasons).toEqual(['AUTHORIZATION_NOT_ISSUED']);
    life.says({ do: 'issue-authorization' }, WHEN);
    expect(life.says({ do: 'verify', identifiers: 'mismatch' }, WHEN).reasons).toEqual(['IDENTIFIERS_DO_NOT_MATCH']);
    expect(life.says({ do: 'verify', pharmacy: 'ph-9' }, WHEN).reasons).toEqual(['PHARMACY_NOT_CERTIFIED']);
    expect(life.says({ do: 'verify', authorization: 'unknown' }, WHEN).reasons).toEqual(['AUTHORIZATION_UNKNOWN']);
    expect(life.says({ do: 'dispense' }, WHEN).reasons).toEqual(['NOT_RESERVED']);
    life.says({ do: 'reserve' }, WHEN);
    expect(life.says({ do: 'reserve', pharmacy: 'ph-2' }, WHEN).reasons).toEqual(['ALREADY_RESERVED']);
    expect(life.says({ do: 'reserve', capsules: 99 }, WHEN).reasons).toEqual(['MORE_THAN_AUTHORIZED']);
    life.says({ do: 'dispense' }, WHEN);
    expect(life.says({ do: 'verify', pharmacy: 'ph-2' }, WHEN).reasons).toEqual(['ALREADY_DISPENSED']);
    expect(life.says({ do: 'issue-authorization', by: 'de-1' }, WHEN).outcome).toBe('deny');
  });

  test('an ended window ends it', () => {
    const life = new Life([advisory], CLOSED, WHEN);
    life.says(write, WHEN);
    life.says({ do: 'issue-authorization' }, WHEN);
    expect(life.says({ do: 'verify' }, '2026-04-20T00:00').reasons).toEqual(['AUTHORIZATION_EXPIRED']);
  });
});

describe('no gate', () => {
  test('a retired program judges nothing and refers nothing, and a number is still filled only once', () => {
    const retired = made({ gate: 'none' });
    const life = new Life([retired], { category: 'open', patient: { birthDate: '1990-06-01' } }, WHEN);
    life.says({ ...write, strengthMg: 7, daysSupply: 300 }, WHEN);
    const issue = life.says({ do: 'issue-authorization' }, WHEN);
    expect([issue.outcome, issue.referrals, findings(issue)]).toEqual(['allow', [], []]);
    life.says({ do: 'record-pregnancy-test', id: 't9', collectedAt: WHEN, result: 'positive' }, WHEN);
    life.says({ do: 'reserve', pharmacy: 'ph-2' }, WHEN);
    expect(life.says({ do: 'dispense', pharmacy: 'ph-2' }, WHEN).outcome).toBe('allow');
    expect(life.says({ do: 'dispense', pharmacy: 'ph-2' }, WHEN).reasons).toEqual(['ALREADY_DISPENSED']);
  });

  test('persons whose category is not in the program pass without enrollment', () => {
    const life = new Life([made()], { category: 'beside', patient: { birthDate: '1970-01-01', sex: 'male' } }, WHEN);
    life.says(write, WHEN);
    expect(life.says({ do: 'issue-authorization' }, WHEN).outcome).toBe('allow');
    life.says({ do: 'reserve' }, WHEN);
    expect(life.says({ do: 'dispense', checklist: false, medicationGuide: false }, WHEN).outcome).toBe('allow');
  });

  test('a category outside the program leads nobody out of it whose answers say that she belongs in it', () => {
    const registered = { category: 'beside', patient: { ...COMPLETE.patient, birthDate: '1990-06-01' } };
    for (const act of ['hard', 'advisory'] as const) {
      const life = new Life([made({ gate: act })], registered, WHEN);
      life.says(write, WHEN);
      const issue = life.says({ do: 'issue-authorization' }, WHEN);
      expect([issue.outcome, act === 'hard' ? issue.reasons : issue.referrals]).toEqual([
        act === 'hard' ? 'deny' : 'allow',
        expect.arrayContaining(['CATEGORY_CONTRADICTED']),
      ]);
    }
  });

  test('the same program refuses a person who is in it and not enrolled', () => {
    const life = new Life([made()], { category: 'closed', patient: { birthDate: '1960-01-01', hysterectomy: true } }, WHEN);
    const decision = life.prescribed(WHEN);
    expect(decision.reasons).toEqual(['NOT_ENROLLED', 'AGREEMENT_MISSING', 'COUNSELING_NOT_CERTIFIED']);
  });
});

test('I6: not knowing how strong a gate is makes it a hard one', () => {
  const life = new Life([made({ gate: null })], OLD_FORM, WHEN);
  expect(life.prescribed(WHEN).reasons).toEqual(['AGREEMENT_TOO_OLD']);
});

const people = [
  { id: 'dr-1', kind: 'prescriber' as const },
  { id: 'de-1', kind: 'delegate' as const, actsFor: 'dr-1' },
  { id: 'ph-1', kind: 'pharmacy' as const },
  { id: 'ph-2', kind: 'pharmacy' as const },
];
