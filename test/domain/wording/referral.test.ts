import { describe, expect, test } from '@jest/globals';
import type { Audience } from '../../../src/wording/audience.js';
import type { Context } from '../../../src/wording/disclose.js';
import { referralsFor } from '../../../src/wording/referral.js';

// What an advisory program lets pass is told to each in his own measure, and nowhere in words that stop a medicine.

const context: Context = { at: Date.UTC(2026, 2, 20), zone: 'Europe/London', deskPhone: '0800 000 000', office: null };
const codes = ['AGREEMENT_TOO_OLD', 'PREGNANCY_TEST_POSITIVE'] as const;
const told = (audience: Audience) => referralsFor(codes, audience, context);

describe('a referral', () => {
  test('names its causes to the prescriber and to the auditor', () => {
    for (const audience of ['prescriber', 'auditor'] as const)
      expect(
        told(audience)
          .map(({ code }) => code)
          .sort(),
      ).toEqual(codes);
    expect(told('prescriber').find(({ code }) => code === 'AGREEMENT_TOO_OLD')?.nextAct).toMatch(/signed/);
  });

  test('tells the counter and the patient that there is something, and not what', () => {
    for (const audience of ['pharmacist', 'patient', 'guardian'] as const) {
      expect(told(audience).map(({ code }) => code)).toEqual(['REFERRAL_DUE']);
      expect(JSON.stringify(told(audience))).not.toMatch(/pregnan|positive|test|agreement/i);
    }
  });

  test('moves nobody to leave off the medicine', () => {
    for (const audience of ['pharmacist', 'patient', 'guardian'] as const)
      expect(JSON.stringify(told(audience))).not.toMatch(/\b(?:do not|don’t|stop taking|return)\b/i);
    expect(told('pharmacist')[0]?.nextAct).toMatch(/^Dispense/);
    expect(told('patient')[0]?.nextAct).toMatch(/^Go on with the medicine/);
  });

  test('is nothing where there is nothing', () => {
    expect(referralsFor([], 'prescriber', context)).toEqual([]);
  });
});
