import { type Caller, type Reply } from '../../support/running-service.js';

export const PROGRAM = 'lenalidomide-us';

/** Every category question, none of them answered. */
export const UNKNOWN = {
  sex: null,
  menarche: null,
  amenorrhea: null,
  hysterectomy: null,
  bilateralOophorectomy: null,
  cycle: null,
  neverHadUterusOrOvaries: null,
  determinedNotFertile: null,
};
export const FERTILE = { ...UNKNOWN, sex: 'female', menarche: true, hysterectomy: false, bilateralOophorectomy: false, cycle: 'regular' };
export const AGREEMENT = { signedAt: '2026-01-05', signedBy: ['patient'] };

let people = 0;
const letters = (count: number): string => [...String(count)].map((digit) => 'abcdefghij'[Number(digit)]).join('');

/** An enrollment of a man whom nobody else is like, unless asked otherwise. */
export function person(changed: object = {}) {
  people += 1;
  return {
    givenName: `Given${letters(people)}`,
    familyName: `Family${letters(people)}zzz`,
    birthDate: `19${40 + (people % 20)}-01-${String(13 + (people % 15)).padStart(2, '0')}`,
    program: PROGRAM,
    answers: { ...UNKNOWN, sex: 'male' },
    agreement: AGREEMENT,
    ...changed,
  };
}

/** Enrolled over HTTP; the id of the record. */
export async function enrolledBy(doctor: Caller, changed: object = {}): Promise<string> {
  const reply = await doctor.post('/v1/patients', person(changed));
  if (reply.status !== 201) throw new Error(`Not enrolled: ${reply.text}`);
  return reply.body.patientId;
}

export const codesOf = (reply: Reply): string[] => (reply.body.reasons ?? []).map((each: { code: string }) => each.code);
