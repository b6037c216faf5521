import { describe, expect, test } from '@jest/globals';
import { startOfDay } from '../../../src/domain/calendar.js';
import type { Authorization, AuthorizationState } from '../../../src/domain/patient.js';
import { inCatalogueOrder, REASON_CODES, REASONS, type ReasonCode } from '../../../src/domain/reason.js';
import type { Audience } from '../../../src/wording/audience.js';
import { type Context, type Disclosable, type Disclosed, disclose } from '../../../src/wording/disclose.js';
import { PHARMACIST_LEARNS } from '../../../src/wording/pharmacist.js';

const ZONE = 'America/New_York';
const day = (date: string) => startOfDay(date, ZONE);
const ISSUED = day('2027-03-08');
const EXPIRES = day('2027-03-16') - 1;
const DURING = day('2027-03-10') + 10 * 3_600_000;
const AFTER = EXPIRES + 1;

function authorization(state: AuthorizationState, reserved = false): Authorization {
  return {
    id: 'a1',
    machineVersion: 1,
    state,
    edition: '2021-08-05',
    editionHash: 'h',
    prescription: { lines: [], supplyDays: 28, refillsAsked: 0, channel: 'electronic' },
    startedAt: ISSUED,
    preparationEndsAt: EXPIRES,
    issuedAt: ISSUED,
    issuedBy: 'dr-lee',
    category: 'c',
    expiresAt: EXPIRES,
    restedOn: [],
    reservation: reserved
      ? {
          pharmacy: 'site-2',
          reservedAt: DURING,
          confirmationEndsAt: DURING + 86_400_000,
          confirmationNumber: null,
          given: { capsules: null, supplyDays: null },
        }
      : null,
    exceptions: [],
  };
}

function decision(reasons: readonly ReasonCode[], more: Partial<Disclosable> = {}): Disclosable {
  return {
    outcome: reasons.length > 0 ? 'deny' : 'allow',
    reasons: inCatalogueOrder(reasons),
    warnings: [],
    earliest: reasons.some((code) => REASONS[code].judgement) ? null : DURING,
    authorization: authorization('authorized'),
    ...more,
  };
}

const CONTEXT: Context = {
  at: DURING,
  zone: ZONE,
  deskPhone: '1-800-555-0100',
  office: { name: 'Dr. Lee', phone: '212-555-0142' },
  filledOn: 'Tue 9 March',
  certificationEndedOn: 'Wed 10 March',
};

const told = (reasons: readonly ReasonCode[], audience: Audience = 'pharmacist', context: Partial<Context> = {}): Disclosed =>
  disclose(decision(reasons), audience, { ...CONTEXT, ...context });
const codes = (disclosed: Disclosed) => disclosed.reasons.map(({ code }) => code);
const bytes = (disclosed: Disclosed): string => JSON.stringify(disclosed);

const hidden = REASON_CODES.filter((code) => PHARMACIST_LEARNS[code] === 'NOT_ACTIVE');
const tellable = REASON_CODES.filter((code) => PHARMACIST_LEARNS[code] === 'told');
/** Those that stand beside others; the rest of the tellable ones stand alone. */
const together = tellable.filter((code) => !['ALREADY_DISPENSED', 'AUTHORIZATION_EXPIRED', 'PHARMACY_NOT_CERTIFIED'].includes(code));

describe('what the pharmacist learns (I20)', () => {
  test('is told of these reasons, by name; every other one is about the patient or her prescriber, and hers to keep', () => {
    expect(tellable).toEqual([
      'PHARMACY_NOT_CERTIFIED',
      'MAY_NOT_ATTEST',
      'PRESCRIPTION_INCOMPLETE',
      'MORE_THAN_AUTHORIZED',
      'WRONG_PRODUCT',
      'AUTHORIZATION_EXPIRED',
      'ALREADY_DISPENSED',
      'ALREADY_RESERVED',
      'NOT_RESERVED',
      'CONFIRMATION_EXPIRED',
      'SHIP_SAME_DAY',
      'TOO_EARLY_FOR_NEXT_FILL',
      'CHECKLIST_MISSING',
      'MEDICATION_GUIDE_MISSING',
      'FUTURE_DATE',
      'WRONG_STATE',
    ]);
    expect(REASON_CODES.filter((code) => PHARMACIST_LEARNS[code] === 'NOT_MATCHED')).toEqual([
      'AUTHORIZATION_UNKNOWN',
      'IDENTIFIERS_DO_NOT_MATCH',
    ]);
  });

  test('"not active" is the prescriber’s to mend, whoever could mend the cause: who, whose turn and which telephone', () => {
    for (const cause of hidden) {
      const [answer] = told([cause]).reasons;
      expect([cause, answer?.code, answer?.who, answer?.turn, answer?.phone]).toEqual([
        cause,
        'NOT_ACTIVE',
        'prescriber',
        'stop',
        '212-555-0142',
      ]);
    }
  });

  test('the four everyday causes of "not active" are the same bytes', () => {
    const cancelled = disclose(decision(['AUTHORIZATION_CANCELLED'], { authorization: authorization('cancelled') }), 'pharmacist', CONTEXT);
    const replaced = disclose(
      decision(['AUTHORIZATION_SUPERSEDED'], { authorization: authorization('superseded') }),
      'pharmacist',
      CONTEXT,
    );
    const changed = disclose(decision(['PATIENT_DEACTIVATED', 'AGREEMENT_WRONG_CATEGORY']), 'pharmacist', CONTEXT);
    const stopped = disclose(
      decision(['PREGNANCY_TEST_POSITIVE', 'AUTHORIZATION_REVOKED'], { authorization: authorization('revoked', true) }),
      'pharmacist',
      CONTEXT,
    );
    expect(codes(cancelled)).toEqual(['NOT_ACTIVE']);
    for (const other of [replaced, changed, stopped]) expect(bytes(other)).toBe(bytes(cancelled));
  });

  test('whatever else stands beside a hidden cause, the answer is the same bytes and names no earliest moment', () => {
    const expected = bytes(told(['AUTHORIZATION_REVOKED']));
    for (const cause of hidden) {
      expect(bytes(told([cause]))).toBe(expected);
      for (const other of [...hidden, ...together]) {
        const answer = disclose(
          decision([cause, other], { earliest: DURING, warnings: ['HANDOVER_SOON', 'INTERACTION'] }),
          'pharmacist',
          CONTEXT,
        );
        expect(bytes(answer)).toBe(expected);
        expect(answer).not.toHaveProperty('earliest');
      }
    }
  });

  test('an unknown number and identifiers that do not match are the same bytes, whatever the number is', () => {
    const expected = bytes(disclose(decision(['AUTHORIZATION_UNKNOWN'], { authorization: null }), 'pharmacist', CONTEXT));
    for (const other of REASON_CODES) {
      const known = decision(['IDENTIFIERS_DO_NOT_MATCH', other], { earliest: DURING, authorization: authorization('reserved', true) });
      expect(bytes(disclose(known, 'pharmacist', CONTEXT))).toBe(expected);
    }
    expect(expected).not.toMatch(/Lee|212-555|March|earliest/);
  });

  test('neither the desk’s facts nor the clock of the case show in an answer to somebody who cannot name the patient', () => {
    const poor: Context = { at: AFTER, zone: ZONE, deskPhone: CONTEXT.deskPhone };
    const known = decision(['IDENTIFIERS_DO_NOT_MATCH', 'ALREADY_DISPENSED']);
    expect(bytes(disclose(known, 'pharmacist', poor))).toBe(bytes(disclose(known, 'pharmacist', CONTEXT)));
  });

  test('a filled number reads as filled for ever: danger that comes later changes nothing', () => {
    const filled = bytes(told(['ALREADY_DISPENSED']));
    for (const later of [...hidden, 'AUTHORIZATION_EXPIRED'] as const)
      for (const at of [DURING, AFTER]) expect(bytes(told(['ALREADY_DISPENSED', later], 'pharmacist', { at }))).toBe(filled);
  });

  test('once the window is over, every number that was not filled reads as ended, however it came to its end', () => {
    const ended = bytes(told(['AUTHORIZATION_EXPIRED'], 'pharmacist', { at: AFTER }));
    expect(ended).toContain('Mon 15 March, 11:59 pm Eastern');
    for (const cause of hidden) {
      expect(bytes(told([cause], 'pharmacist', { at: AFTER }))).toBe(ended);
      expect(bytes(told([cause, 'AUTHORIZATION_EXPIRED'], 'pharmacist', { at: AFTER }))).toBe(ended);
      expect(codes(told([cause], 'pharmacist', { at: EXPIRES }))).toEqual(['NOT_ACTIVE']);
    }
  });

  test('a site that is not certified learns that, and nothing of the prescription but that it is good elsewhere', () => {
    expect(told(['PHARMACY_NOT_CERTIFIED']).reasons[0]?.text).toContain('still good at another certified pharmacy until Mon 15 March');
    const expected = bytes(told(['PHARMACY_NOT_CERTIFIED', 'AUTHORIZATION_REVOKED']));
    expect(expected).not.toMatch(/still good|Lee/);
    for (const other of [...hidden, ...tellable.filter((code) => code !== 'PHARMACY_NOT_CERTIFIED')])
      expect(bytes(told(['PHARMACY_NOT_CERTIFIED', other]))).toBe(expected);
  });

  test('every cause that is hers to mend is told beside the others', () => {
    expect(codes(told(['CHECKLIST_MISSING', 'MEDICATION_GUIDE_MISSING', 'TOO_EARLY_FOR_NEXT_FILL']))).toEqual([
      'CHECKLIST_MISSING',
      'MEDICATION_GUIDE_MISSING',
      'TOO_EARLY_FOR_NEXT_FILL',
    ]);
    expect(codes(told(together))).toHaveLength(together.length);
  });

  test('a category on paper that differs is told; one that the record contradicts is not', () => {
    expect(codes(told(['CATEGORY_CONTRADICTED'], 'pharmacist', { paperShowsOtherCategory: true }))).toEqual(['CATEGORY_CONTRADICTED']);
    expect(codes(told(['CATEGORY_CONTRADICTED']))).toEqual(['NOT_ACTIVE']);
  });

  test('a reservation elsewhere is told with its end while it runs, and without once it lapsed', () => {
    const held = (at: number) =>
      disclose(decision(['ALREADY_RESERVED'], { authorization: authorization('reserved', true) }), 'pharmacist', { ...CONTEXT, at });
    expect(held(DURING).reasons[0]?.text).toContain('until Thu 11 March, 10:00 am Eastern');
    expect(held(DURING + 86_400_001).reasons[0]?.text).toBe('Another pharmacy holds this prescription.');
  });

  test('a hand-over that happened against a hidden cause is recorded in one line for all', () => {
    const lines = hidden.map((cause) => bytes(disclose(decision([cause], { outcome: 'recorded-as-deviation' }), 'pharmacist', CONTEXT)));
    expect(new Set(lines).size).toBe(1);
    expect(lines[0]).toContain('Call 1-800-555-0100 now');
  });

  test('nothing of the decision but the reader’s own part is in the answer', () => {
    expect(Object.keys(told(['AUTHORIZATION_REVOKED'])).sort()).toEqual(['count', 'headline', 'outcome', 'reasons', 'warnings']);
    expect(Object.keys(told(['AUTHORIZATION_REVOKED']).reasons[0] ?? {}).sort()).toEqual([
      'code',
      'nextAct',
      'phone',
      'text',
      'turn',
      'who',
    ]);
  });
});

describe('what the patient learns (I20)', () => {
  const dangers = REASON_CODES.filter((code) => REASONS[code].group === 'danger');

  test('until she has been told, a danger is one answer, alone: the test that is due beside it would name it', () => {
    const expected = bytes(told(['MISSED_PERIOD'], 'patient'));
    for (const danger of dangers) for (const other of REASON_CODES) expect(bytes(told([danger, other], 'patient'))).toBe(expected);
    expect(expected).not.toMatch(/pregnan|positive|PREGNAN|TEST/);
  });

  test('once she has been told she reads her own record, and the guardian still does not', () => {
    const reasons: ReasonCode[] = ['PREGNANCY_TEST_POSITIVE', 'TEST_TOO_OLD'];
    expect(codes(told(reasons, 'patient', { told: true }))).toEqual(['PREGNANCY_TEST_POSITIVE', 'TEST_DUE']);
    expect(codes(told(reasons, 'guardian', { told: true }))).toEqual(['STOP_AND_CALL']);
  });

  test('reasons that ask the same of her are said once', () => {
    expect(codes(told(['FIRST_TEST_MISSING', 'SECOND_TEST_MISSING', 'SURVEY_MISSING', 'RULE_MISSING'], 'patient'))).toEqual([
      'TEST_DUE',
      'SURVEY_DUE',
      'CARE_TEAM_AT_WORK',
    ]);
  });
});

describe('order, headline and count', () => {
  test('stop-now, then yours, then others’, then time', () => {
    const reasons: ReasonCode[] = ['TOO_EARLY_FOR_NEXT_FILL', 'SURVEY_MISSING', 'COUNSELING_NOT_CERTIFIED', 'MISSED_PERIOD'];
    const answer = told(reasons, 'prescriber');
    expect(answer.reasons.map(({ turn }) => turn)).toEqual(['stop', 'yours', 'others', 'time']);
    expect(codes(answer)).toEqual(['MISSED_PERIOD', 'COUNSELING_NOT_CERTIFIED', 'SURVEY_MISSING', 'TOO_EARLY_FOR_NEXT_FILL']);
    expect(answer.headline).toMatch(/^Stop\. Call the patient today/);
    expect(answer.count).toBe('4 things to do, 1 of them yours');
  });

  test('the first line is the verdict and the next act', () => {
    expect(told(['AUTHORIZATION_REVOKED']).headline).toBe('Not active. Do not hand over or ship. Call Dr. Lee’s office on 212-555-0142.');
    expect(told(['CHECKLIST_MISSING']).headline).toMatch(/^Not yet\. Go through the questions/);
    expect(told(['CHECKLIST_MISSING']).count).toBe('1 thing to do');
    expect(told([], 'pharmacist', { asked: 'verify' })).toMatchObject({ count: '', reasons: [] });
    expect(told([], 'pharmacist', { asked: 'verify' }).headline).toMatch(/^Active\. Reserve it/);
  });

  test('the earliest moment is said in words beside the instant', () => {
    const early = disclose(decision(['TOO_EARLY_FOR_NEXT_FILL'], { earliest: day('2027-03-12') + 9 * 3_600_000 }), 'pharmacist', {
      ...CONTEXT,
      hereZone: 'America/Los_Angeles',
    });
    expect(early.earliest?.words).toBe('Fri 12 March, 9:00 am Eastern (6:00 am here)');
    expect(early.reasons[0]?.nextAct).toContain('Fri 12 March');
  });

  test('another prescriber’s patient: only that it is another’s', () => {
    const answer = told(['NOT_THIS_PATIENTS_PRESCRIBER', 'PREGNANCY_TEST_POSITIVE', 'SURVEY_MISSING'], 'prescriber');
    expect(codes(answer)).toEqual(['NOT_THIS_PATIENTS_PRESCRIBER']);
    expect(answer).not.toHaveProperty('earliest');
  });

  test('prescriber and auditor are told every reason', () => {
    const all = REASON_CODES.filter((code) => code !== 'NOT_THIS_PATIENTS_PRESCRIBER');
    expect(new Set(codes(told(all, 'prescriber')))).toEqual(new Set(all));
    expect(new Set(codes(told(REASON_CODES, 'auditor')))).toEqual(new Set(REASON_CODES));
  });

  test('clinical warnings reach the desk that can weigh them: the dose the counter too, contraception the prescriber alone', () => {
    const allowed = decision([], { warnings: ['ESTROGEN_THROMBOSIS', 'HORMONAL_METHOD_WEAKENED', 'DOSE_ABOVE_RENAL', 'HANDOVER_SOON'] });
    const warned = (audience: Audience) => disclose(allowed, audience, CONTEXT).warnings.map(({ code }) => code);
    expect(warned('prescriber')).toHaveLength(4);
    expect(warned('pharmacist')).toEqual(['DOSE_ABOVE_RENAL', 'HANDOVER_SOON']);
    expect(warned('guardian')).toEqual(['HANDOVER_SOON']);
  });
});
