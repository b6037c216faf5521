import { describe, expect, test } from '@jest/globals';
import type { Given, WrittenElsewhere } from '../../../src/case-file/world.js';
import { apply } from '../../../src/domain/authorization/effect.js';
import { CLOSED, COMPLETE, Life, made } from '../../support/made-up.js';

// One person in two programs: what both editions accept counts in both, and a danger stands in both.

const WHEN = '2026-03-20T15:00';
const OTHER = { program: 'thistle-xx' };
const { contraception, tests, menses, ...BARE } = COMPLETE;
const record = (changed: Partial<WrittenElsewhere> = {}): WrittenElsewhere => ({
  program: 'thistle-xx',
  category: 'open',
  categorySince: '2026-01-04T09:00',
  ...(contraception ? { contraception } : {}),
  ...(tests ? { tests } : {}),
  ...(menses ? { menses } : {}),
  ...changed,
});
const life = (given: Given, other: Record<string, unknown> = {}, own: Record<string, unknown> = {}) =>
  new Life([made(own)], given, WHEN, [made({ ...OTHER, ...other })]);
const reasons = (elsewhere: WrittenElsewhere, other: Record<string, unknown> = {}, own: Record<string, unknown> = {}) =>
  life({ ...BARE, elsewhere: [elsewhere] }, other, own).prescribed(WHEN).reasons;

describe('evidence of another program', () => {
  test('counts here where both editions accept it: no second wait for the same unbroken contraception', () => {
    expect(reasons(record())).toEqual([]);
    expect(new Life([made()], BARE, WHEN).prescribed(WHEN).reasons).toEqual([
      'CONTRACEPTION_TOO_FEW_METHODS',
      'FIRST_TEST_MISSING',
      'SECOND_TEST_MISSING',
    ]);
  });

  test('counts for nothing where one of the two does not accept the test', () => {
    const home = record({ tests: (tests ?? []).map((each) => ({ ...each, setting: 'home' as const })) });
    expect(reasons(home)).toContain('TEST_SETTING');
    const blind = (of: 'own' | 'other') =>
      reasons(record(), of === 'other' ? { 'tests.maxSensitivity': 20 } : {}, of === 'own' ? { 'tests.maxSensitivity': 20 } : {});
    expect(blind('other')).toEqual(['FIRST_TEST_MISSING', 'SECOND_TEST_MISSING']);
    expect(blind('own')).toEqual(['FIRST_TEST_MISSING', 'SECOND_TEST_MISSING']);
  });

  test('nor where one of the two does not accept the method', () => {
    const refused = { 'contraception.methods.male-condom.tier': 'not-accepted' };
    expect(reasons(record(), refused)).toEqual(['CONTRACEPTION_TOO_FEW_METHODS']);
    expect(reasons(record(), {}, refused)).toEqual(['CONTRACEPTION_TOO_FEW_METHODS']);
  });

  test('nor under a program whose edition is not on file', () => {
    const own = life({ ...BARE, elsewhere: [record()] });
    const alone = new Life([made()], BARE, WHEN);
    alone.file = own.file;
    expect(alone.prescribed(WHEN).reasons).toEqual(['CONTRACEPTION_TOO_FEW_METHODS', 'FIRST_TEST_MISSING', 'SECOND_TEST_MISSING']);
  });

  test('a retracted test there is none here', () => {
    const retracted = record({
      tests: (tests ?? []).map((each, index) => (index === 1 ? { ...each, retractedAt: '2026-03-20T10:00' } : each)),
    });
    expect(reasons(retracted)).toEqual(['SECOND_TEST_MISSING']);
  });

  test('agreement, survey and counseling are each program’s own', () => {
    const { agreement: _, ...unsigned } = BARE;
    expect(life({ ...unsigned, elsewhere: [record()] }).prescribed(WHEN).reasons).toEqual(['AGREEMENT_MISSING']);
  });
});

describe('danger of another program', () => {
  test.each([
    ['positive-test', 'PREGNANCY_TEST_POSITIVE'],
    ['pregnancy', 'PREGNANCY_REPORTED'],
    ['missed-period', 'MISSED_PERIOD'],
    ['unprotected-contact', 'UNPROTECTED_CONTACT'],
  ] as const)('%s stands here too', (kind, code) => {
    expect(reasons(record({ holds: [{ kind, since: '2026-03-19T20:00' }] }))).toEqual([code]);
  });

  test('a survey that did not agree is the other program’s to settle', () => {
    expect(reasons(record({ holds: [{ kind: 'survey-discrepancy', since: '2026-03-19T20:00' }] }))).toEqual([]);
  });

  test('a positive test there is one here, under whatever edition', () => {
    const positive = { id: 't9', collectedAt: '2026-03-19T12:00', result: 'positive' as const };
    expect(reasons(record({ tests: [...(tests ?? []), positive] }), { 'tests.maxSensitivity': 1 })).toContain('PREGNANCY_TEST_POSITIVE');
  });
});

describe('what is recorded there while an authorization is open here', () => {
  const issued = (elsewhere: WrittenElsewhere, given: Given = BARE) => {
    const one = life({ ...given, elsewhere: [elsewhere] });
    expect(one.prescribed(WHEN).outcome).toBe('allow');
    return one;
  };
  const happened = (one: Life, changed: WrittenElsewhere) => {
    const after = life({ ...BARE, elsewhere: [changed] }).file.elsewhere;
    one.file = { ...one.file, ...(after ? { elsewhere: after } : {}) };
    return one.says({ do: 'heed-elsewhere', by: 'system' }, '2026-03-20T16:00');
  };
  const states = (one: Life) => one.file.authorizations.map(({ state }) => state);

  test('a positive test ends it', () => {
    const one = issued(record());
    expect(happened(one, record({ holds: [{ kind: 'positive-test', since: WHEN }] })).outcome).toBe('allow');
    expect(states(one)).toEqual(['revoked']);
  });

  test('a stricter category that those answers mean here too ends it', () => {
    const one = issued(record({ category: 'closed' }), CLOSED);
    const grown = record({ categorySince: '2026-03-20T14:00', patient: { birthDate: '1990-06-01', hysterectomy: false } });
    const decision = happened(one, grown);
    expect([decision.outcome, states(one)]).toEqual(['allow', ['revoked']]);
    expect(decision.effects.at(-1)).toEqual({ kind: 'finding', code: 'CATEGORY_CONTRADICTED' });
    expect(one.prescribed('2026-03-20T17:00', 'rx-2').reasons).toContain('CATEGORY_CONTRADICTED');
  });

  test('a period there, of somebody who has none by the answers here, ends it', () => {
    const girl = { birthDate: '2014-01-01', sex: 'female' as const, menarche: false, declared: { stage: 2 } };
    const given = {
      ...CLOSED,
      patient: girl,
      agreement: { category: 'closed', signedAt: '2026-01-05T09:00', signedBy: ['guardian' as const] },
    };
    const one = issued(record({ patient: girl, menses: [] }), given);
    const grown = { ...girl, menarche: true, declared: { stage: 4 } };
    const file = one.file.elsewhere?.[0];
    if (!file) throw new Error('There is no other record.');
    const period = {
      kind: 'menses',
      id: 'm1',
      recordedAt: one.file.categorySince as number,
      on: '2026-03-20',
      cycle: null,
      before: null,
    } as const;
    const record2 = { ...file, answers: { ...file.answers, ...grown }, evidence: [{ ...period, recordedAt: period.recordedAt + 1 }] };
    one.file = { ...one.file, elsewhere: [record2] };
    expect(one.says({ do: 'heed-elsewhere', by: 'system' }, '2026-03-20T16:00').outcome).toBe('allow');
    expect(states(one)).toEqual(['revoked']);
  });

  test('older answers there do not take back what was found here since', () => {
    const one = issued(
      record({
        category: 'open',
        menses: [],
        categorySince: '2026-01-04T09:00',
        patient: { birthDate: '1960-06-01', hysterectomy: false },
      }),
      CLOSED,
    );
    expect(one.says({ do: 'heed-elsewhere', by: 'system' }, '2026-03-20T16:00').reasons).toEqual(['WRONG_STATE']);
  });

  test('a test it rested on that was retracted there ends it', () => {
    const one = issued(record());
    const retracted = record({
      tests: (tests ?? []).map((each, index) => (index === 1 ? { ...each, retractedAt: '2026-03-20T15:00' } : each)),
    });
    happened(one, retracted);
    expect(states(one)).toEqual(['revoked']);
  });

  test('a report that holds stands at the counter and ends nothing', () => {
    const one = issued(record());
    expect(happened(one, record({ holds: [{ kind: 'missed-period', since: WHEN }] })).reasons).toEqual(['WRONG_STATE']);
    expect(one.says({ do: 'verify' }, '2026-03-20T16:10').reasons).toEqual(['MISSED_PERIOD']);
  });

  test('nobody but the service says so', () => {
    const one = issued(record());
    expect(one.says({ do: 'heed-elsewhere', by: 'dr-1' }, '2026-03-20T16:00').reasons).toEqual(['MAY_NOT_ATTEST']);
  });
});

test('what is carried over is judged and never written down here', () => {
  const one = life({ ...BARE, elsewhere: [record()] });
  const decision = one.prescribed(WHEN);
  expect(decision.effects.filter((effect) => effect.kind === 'evidence' && effect.evidence.kind === 'pregnancy-test')).toEqual([]);
  expect(apply(one.file, []).evidence.some((fact) => fact.kind === 'pregnancy-test')).toBe(false);
});
