import type { ReasonCode } from '../domain/reason.js';
import type { Audience } from './audience.js';
import { type Context, disclose } from './disclose.js';

/** What an advisory program let pass, for somebody to look at. It stops nothing, and no wording of it may. */
export interface ReferralWording {
  readonly code: ReasonCode | 'REFERRAL_DUE';
  readonly text: string;
  readonly nextAct: string;
}

/** Whose patient it is reads each cause; the counter and the patient that there is something, and whose turn it is. */
export function referralsFor(codes: readonly ReasonCode[], audience: Audience, context: Context): readonly ReferralWording[] {
  if (codes.length === 0) return [];
  const told = { outcome: 'deny', reasons: codes, warnings: [], earliest: null, authorization: null } as const;
  switch (audience) {
    case 'prescriber':
    case 'auditor':
      return disclose(told, audience, context).reasons.map(({ code, text, nextAct }) => ({ code: code as ReasonCode, text, nextAct }));
    case 'pharmacist':
      return [
        {
          code: 'REFERRAL_DUE',
          text: 'Something that the program asks for this patient is not in order. This program does not stop the fill.',
          nextAct: 'Dispense, and tell the prescriber’s office today that the program’s steps for this patient need a look.',
        },
      ];
    default:
      return [
        {
          code: 'REFERRAL_DUE',
          text: 'A step of the safety program is due.',
          nextAct: 'Go on with the medicine as agreed, and ask your practice for an appointment about the program.',
        },
      ];
  }
}
