import { describe, expect, test } from '@jest/globals';
import type { Given } from '../../../src/case-file/world.js';
import { at, CLOSED, COMPLETE, Life, made } from '../../support/made-up.js';

// What one edition asks of one category and another does not: each spelling of the format by itself, at its edge and one step beyond.

const WHEN = '2026-03-20T15:00';
const write = { do: 'start-authorization', strengthMg: 25 };
const issued = (given: Given, changes: Record<string, unknown> = {}, when = WHEN) =>
  new Life([made(changes)], given, when).prescribed(when);
const open = (changed: Given = {}, changes: Record<string, unknown> = {}) => {
  const { outcome, reasons } = issued({ ...COMPLETE, ...changed }, changes);
  return outcome === 'allow' ? 'allow' : reasons;
};

describe('the agreement', () => {
  const signed = (signedAt: string, changes = {}) => open({ agreement: { category: 'open', signedAt, signedBy: ['patient'] } }, changes);

  test('is good through the same day of the twelfth month, and a new one mends it at once', () => {
    expect(signed('2025-03-20T09:00')).toBe('allow');
    expect(signed('2025-03-19T09:00')).toEqual(['AGREEMENT_TOO_OLD']);
    const life = new Life(
      [made()],
      { ...COMPLETE, agreement: { category: 'open', signedAt: '2025-03-19T09:00', signedBy: ['patient'] } },
      WHEN,
    );
    expect(life.prescribed(WHEN).earliest).toBe(at(WHEN));
    life.says({ do: 'sign-agreement', category: 'open', signedBy: ['patient'] }, WHEN);
    expect(life.says({ do: 'issue-authorization' }, WHEN).outcome).toBe('allow');
  });

  test('that no program asks for is not missed; whether one is asked, and for how long it is good, must be known', () => {
    const none = { ...COMPLETE, agreement: undefined } as unknown as Given;
    expect(issued(none).reasons).toEqual(['AGREEMENT_MISSING']);
    expect(issued(none, { 'agreement.required': 'none' }).outcome).toBe('allow');
    expect(open({}, { 'agreement.required': null })).toEqual(['RULE_MISSING']);
    expect(open({}, { 'agreement.validMonths': null })).toEqual(['RULE_MISSING']);
    expect(signed('2020-01-01T09:00', { 'agreement.validMonths': 'none' })).toBe('allow');
  });

  test('of a minor is the guardian’s to sign, in a category for every age', () => {
    const of = (birthDate: string, signedBy: ('patient' | 'guardian')[]) =>
      open({ patient: { ...COMPLETE.patient, birthDate }, agreement: { category: 'open', signedAt: '2026-01-05T09:00', signedBy } });
    expect(of('2008-03-21', ['patient'])).toEqual(['GUARDIAN_SIGNATURE_MISSING']);
    expect(of('2008-03-21', ['guardian'])).toBe('allow');
    expect(of('2008-03-20', ['patient'])).toBe('allow');
    expect(of('2008-03-20', ['guardian'])).toEqual(['AGREEMENT_MISSING']);
  });
});

describe('contraception by one method or two', () => {
  const using = (methods: readonly string[], standIn: number | 'none' | null = 2) =>
    open(
      { contraception: methods.map((method) => ({ method, from: '2025-12-01' })) },
      { 'contraception.methodsNeeded': 1, 'contraception.highlyEffectiveNeeded': 1, 'contraception.standIn': standIn },
    );

  test('one highly effective method is enough, or two others', () => {
    expect([using(['iud-hormonal']), using(['male-condom', 'diaphragm'])]).toEqual(['allow', 'allow']);
    expect(using(['male-condom'])).toEqual(['CONTRACEPTION_NO_HIGHLY_EFFECTIVE']);
  });

  test('others stand in only where the program says so', () => {
    expect(using(['male-condom', 'diaphragm'], 'none')).toEqual(['CONTRACEPTION_NO_HIGHLY_EFFECTIVE']);
    expect(using(['male-condom', 'diaphragm'], null)).toEqual(['RULE_MISSING']);
  });
});

describe('counseling', () => {
  test('once since the enrollment is enough where the program says so, and none is asked where it asks for none', () => {
    const life = new Life([made()], CLOSED, WHEN);
    expect(life.says(write, WHEN).state).toBe('counseling');
    expect(life.says({ do: 'issue-authorization' }, WHEN).reasons).toEqual(['COUNSELING_NOT_CERTIFIED']);
    expect(life.says({ do: 'certify-counseling' }, WHEN).state).toBe('ready');
    expect(life.says({ do: 'issue-authorization' }, WHEN).outcome).toBe('allow');
    expect(life.says({ ...write, authorization: 'rx-2' }, '2026-04-10T15:00').state).toBe('ready');
    expect(life.says({ do: 'issue-authorization', authorization: 'rx-2' }, '2026-04-10T15:00').outcome).toBe('allow');

    const none = new Life([made({ 'categories.closed.counseling': 'none' })], CLOSED, WHEN);
    none.says(write, WHEN);
    expect(none.says({ do: 'issue-authorization' }, WHEN).outcome).toBe('allow');
  });

  test('of an earlier enrollment does not count', () => {
    const before: Given = { ...CLOSED, counseled: [{ at: '2026-01-04T10:00' }] };
    expect(new Life([made()], before, WHEN).says(write, WHEN).state).toBe('counseling');
    expect(new Life([made()], { ...before, counseled: [{ at: '2026-01-05T10:00' }] }, WHEN).says(write, WHEN).state).toBe('ready');
  });

  test('is certified for each prescription where the program says that, and a program that does not say waits', () => {
    const life = new Life(
      [made({ 'categories.closed.counseling': 'each-prescription' })],
      { ...CLOSED, counseled: [{ at: '2026-02-01T10:00' }] },
      WHEN,
    );
    expect(life.says(write, WHEN).state).toBe('counseling');
    expect(life.says({ do: 'issue-authorization' }, WHEN).reasons).toEqual(['COUNSELING_NOT_CERTIFIED']);
    expect(issued(CLOSED, { 'categories.closed.counseling': null }).reasons).toEqual(['RULE_MISSING']);
  });
});

describe('the survey', () => {
  test('is answered after the counseling for this prescription, not before it', () => {
    const life = new Life([made()], COMPLETE, WHEN);
    life.says({ do: 'complete-survey' }, '2026-03-20T14:00');
    life.says(write, WHEN);
    life.says({ do: 'certify-counseling' }, '2026-03-20T15:00');
    expect(life.says({ do: 'issue-authorization' }, '2026-03-20T15:01').reasons).toEqual(['SURVEY_TOO_OLD']);
    life.says({ do: 'complete-survey' }, '2026-03-20T15:02');
    expect(life.says({ do: 'issue-authorization' }, '2026-03-20T15:03').outcome).toBe('allow');
  });

  test('may come first where the program does not mind, and a program that does not say waits', () => {
    const before = { ...COMPLETE, surveys: [{ completedAt: '2026-03-19T10:00' }] };
    const without = (changes: Record<string, unknown>) => {
      const life = new Life([made(changes)], before, WHEN);
      life.says(write, WHEN);
      life.says({ do: 'certify-counseling' }, WHEN);
      return life.says({ do: 'issue-authorization' }, WHEN).reasons;
    };
    expect(without({ 'categories.open.survey.afterCounseling': false })).toEqual([]);
    expect(without({})).toEqual(['SURVEY_TOO_OLD']);
    expect(without({ 'categories.open.survey': { value: 'none', source: 'made up', verified: false } })).toEqual([]);
  });
});

describe('contraception', () => {
  test('has held for a whole calendar month before the first prescription', () => {
    const since = (from: string) => open({ contraception: ['iud-hormonal', 'male-condom'].map((method) => ({ method, from })) });
    expect([since('2026-02-20'), since('2026-02-21')]).toEqual(['allow', ['CONTRACEPTION_TOO_RECENT']]);
  });

  test('needs no lead where the program asks for none; not knowing the lead is no lead known', () => {
    const today = { contraception: ['iud-hormonal', 'male-condom'].map((method) => ({ method, from: '2026-03-20' })) };
    expect([open(today, { 'contraception.lead': 'none' }), open(today, { 'contraception.lead': null })]).toEqual([
      'allow',
      ['RULE_MISSING'],
    ]);
    expect([open(today, { 'contraception.lead': { days: 0 } }), open(today, { 'contraception.lead': { days: 1 } })]).toEqual([
      'allow',
      ['CONTRACEPTION_TOO_RECENT'],
    ]);
  });

  test('is confirmed by the patient only where the program asks her', () => {
    expect(open({}, { 'contraception.confirmationDays': 30 })).toEqual(['CONTRACEPTION_NOT_CONFIRMED']);
    expect(open()).toBe('allow');
    const life = new Life([made()], COMPLETE, WHEN);
    life.says(write, WHEN);
    expect(life.says({ do: 'certify-counseling' }, WHEN).state).toBe('ready');
    expect(life.says({ do: 'confirm-contraception' }, WHEN).reasons).toEqual(['WRONG_STATE']);
  });

  test('by a method that spares her the tests, where the program says so', () => {
    const tubal = { tests: [], contraception: ['tubal-ligation', 'male-condom'].map((method) => ({ method, from: '2026-01-10' })) };
    expect(open(tubal)).toEqual(['FIRST_TEST_MISSING', 'SECOND_TEST_MISSING']);
    const life = new Life([made({ 'contraception.methods.tubal-ligation.waivesTests': true })], { ...COMPLETE, ...tubal }, WHEN);
    const decision = life.prescribed(WHEN);
    // Who has no test to count from is given the window from the issue.
    expect([decision.outcome, decision.authorization?.expiresAt]).toEqual(['allow', at('2026-03-26T23:59:59.999')]);
    const said = new Life([made({ 'contraception.methods.tubal-ligation.waivesTests': true })], { ...COMPLETE, tests: [] }, WHEN);
    const says = { do: 'record-contraception', method: 'tubal-ligation', from: '2026-01-10' };
    for (const by of ['patient', 'de-1']) {
      said.says({ ...says, by }, WHEN);
      expect(said.prescribed(WHEN, `rx-${by}`).reasons).toEqual(['FIRST_TEST_MISSING', 'SECOND_TEST_MISSING']);
    }
    said.says({ ...says, by: 'dr-1' }, WHEN);
    expect(said.prescribed(WHEN, 'rx-9').outcome).toBe('allow');
    const ended = { ...tubal, contraception: [...tubal.contraception.slice(1), { method: 'iud-hormonal', from: '2026-01-10' }] };
    expect(issued({ ...COMPLETE, ...ended }, { 'contraception.methods.tubal-ligation.waivesTests': true }).reasons).toEqual([
      'FIRST_TEST_MISSING',
      'SECOND_TEST_MISSING',
    ]);
  });
});

describe('supply', () => {
  const asked = (given: Given, daysSupply: number, changes = {}) =>
    new Life([made(changes)], given, WHEN).says(
      { ...write, capsules: daysSupply, daysSupply, regimen: { perDay: 1, daysOn: 28, cycleDays: 28 } },
      WHEN,
    ).reasons;

  test('is as long as the program and the category allow, whichever is less', () => {
    expect([asked(COMPLETE, 30), asked(COMPLETE, 31)]).toEqual([[], ['SUPPLY_TOO_LONG']]);
    expect([asked(CLOSED, 84), asked(CLOSED, 85)]).toEqual([[], ['SUPPLY_TOO_LONG']]);
    expect(asked(CLOSED, 300, { 'prescription.maxSupplyDays': 'none' })).toEqual([]);
  });

  test('without a known limit is not prescribed', () => {
    expect(asked(COMPLETE, 10, { 'categories.open.maxSupplyDays': null })).toEqual(['RULE_MISSING']);
    expect(asked(COMPLETE, 10, { 'prescription.maxSupplyDays': null })).toEqual(['RULE_MISSING']);
    expect(asked(COMPLETE, 10, { 'prescription.strengthsMg': null })).toEqual(['RULE_MISSING']);
  });
});

describe('the window', () => {
  test('counts its anchor as day 1 or as day 0, from the test, from the issue, or for our own end of it', () => {
    const ends = (changes: Record<string, unknown>) => issued(COMPLETE, changes).authorization?.expiresAt;
    expect(ends({})).toBe(at('2026-03-25T23:59:59.999'));
    expect(ends({ 'categories.open.window.firstDay': 0 })).toBe(at('2026-03-26T23:59:59.999'));
    expect(ends({ 'categories.open.window.anchor': 'issue' })).toBe(at('2026-03-26T23:59:59.999'));
    expect(ends({ 'categories.open.window.anchor': 'none', 'categories.open.window.days': 90 })).toBe(at('2026-06-17T23:59:59.999'));
    expect(issued(COMPLETE, { 'categories.open.window.firstDay': null }).reasons).toEqual(['RULE_MISSING']);
  });

  test('holds a reservation to its end where there is no second number', () => {
    const life = new Life([made()], COMPLETE, WHEN);
    life.prescribed(WHEN);
    const reserved = life.says({ do: 'reserve' }, '2026-03-21T10:00');
    expect(reserved.authorization?.reservation?.confirmationEndsAt).toBe(at('2026-03-25T23:59:59.999'));
    expect(life.says({ do: 'dispense' }, '2026-03-25T23:59').outcome).toBe('allow');
  });

  test('hours of a confirmation that nobody knows hold nothing', () => {
    const life = new Life([made({ 'authorization.confirmationHours': null })], COMPLETE, WHEN);
    life.prescribed(WHEN);
    expect(life.says({ do: 'reserve' }, '2026-03-21T10:00').reasons).toEqual(['RULE_MISSING']);
  });
});

describe('what a program never asks', () => {
  test('days left, and enrollment anew', () => {
    const supplied = { ...CLOSED, counseled: [{ at: '2026-01-06T10:00' }], fills: [{ dispensedAt: '2026-03-19T10:00' }] };
    const life = new Life([made()], supplied, WHEN);
    life.says(write, WHEN);
    life.says({ do: 'issue-authorization' }, WHEN);
    expect(life.says({ do: 'verify' }, WHEN).outcome).toBe('allow');
    for (const [max, reasons] of [
      [7, ['TOO_EARLY_FOR_NEXT_FILL']],
      [null, ['RULE_MISSING']],
    ] as const) {
      const other = new Life([made({ 'authorization.maxDaysLeft': max })], supplied, WHEN);
      other.says(write, WHEN);
      other.says({ do: 'issue-authorization' }, WHEN);
      expect(other.says({ do: 'verify' }, WHEN).reasons).toEqual(reasons);
    }
    const longAgo = {
      ...CLOSED,
      enrollment: { enrolledAt: '2020-01-05T09:00' },
      counseled: [{ at: '2021-01-06T10:00' }],
      fills: [{ dispensedAt: '2021-03-19T10:00' }],
    };
    expect(issued(longAgo).outcome).toBe('allow');
    expect(issued(longAgo, { 'therapy.reenrollAfterMonths': 12 }).reasons).toEqual(['ENROLLMENT_LAPSED']);
    expect(issued(longAgo, { 'therapy.reenrollAfterMonths': null }).reasons).toEqual(['RULE_MISSING']);
  });
});

describe('answers that a program adds', () => {
  const enrolled = (patient: object, category: string) => {
    const life = new Life([made()], {}, WHEN);
    return life.says(
      {
        do: 'enroll-patient',
        birthDate: '2014-01-01',
        sex: 'female',
        category,
        ...patient,
        agreement: { category, signedAt: WHEN, signedBy: ['guardian'] },
      },
      WHEN,
    );
  };

  test('give the category: a number below a bound, or one of some choices', () => {
    expect(enrolled({ declared: { stage: 2 } }, 'closed').outcome).toBe('allow');
    expect(enrolled({ declared: { stage: 3 } }, 'closed').reasons).toEqual(['CATEGORY_CONTRADICTED']);
    expect(enrolled({}, 'closed').reasons).toEqual(['CATEGORY_CONTRADICTED']);
    expect(enrolled({ declared: { proof: 'blood' } }, 'closed').outcome).toBe('allow');
    expect(enrolled({ declared: { proof: 'surgery' } }, 'closed').reasons).toEqual(['CATEGORY_CONTRADICTED']);
  });

  test('that the edition does not ask, or not so, are refused', () => {
    for (const declared of [{ moon: true }, { stage: '2' }, { proof: 'rumour' }])
      expect(enrolled({ declared }, 'closed').reasons).toContain('FACT_UNKNOWN');
  });

  test('stand until they are answered anew, each by itself', () => {
    const patient = { birthDate: '2014-01-01', sex: 'female' as const, declared: { stage: 2, proof: 'surgery' } };
    const life = new Life([made()], { ...CLOSED, patient }, WHEN);
    expect(
      life.says({ do: 'change-category', category: 'closed', grounds: 'correction', declared: { proof: 'blood' } }, WHEN).outcome,
    ).toBe('allow');
    expect(life.file.answers.declared).toEqual({ stage: 2, proof: 'blood' });
    const stricter = life.says(
      { do: 'change-category', category: 'closed', grounds: 'correction', declared: { stage: 4, proof: 'surgery' } },
      WHEN,
    );
    expect(stricter.reasons).toEqual(['CATEGORY_CONTRADICTED']);
  });
});
