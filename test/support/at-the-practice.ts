// What a practice types in: forms with everything right, so that only what a test is about decides.
import { LINES, PROGRAM } from './world.js';

const UNKNOWN = {
  menarche: null,
  amenorrhea: null,
  hysterectomy: null,
  bilateralOophorectomy: null,
  cycle: null,
  neverHadUterusOrOvaries: null,
  determinedNotFertile: null,
};

export interface Person {
  readonly givenName: string;
  readonly familyName: string;
  readonly birthDate: string;
  readonly phone?: string;
  readonly recordNumber?: string;
}

const agreement = () => ({ signedAt: new Date(Date.now() - 3_600_000).toISOString(), signedBy: ['patient'] });

export const enrollMan = (person: Person): object => ({
  ...person,
  program: PROGRAM,
  answers: { sex: 'male', ...UNKNOWN },
  agreement: agreement(),
});

export const enrollWoman = (person: Person): object => ({
  ...person,
  program: PROGRAM,
  answers: { ...UNKNOWN, sex: 'female', menarche: true, hysterectomy: false, bilateralOophorectomy: false, cycle: 'regular' },
  agreement: agreement(),
});

export const prescriptionFor = (patientId: string): object => ({
  patientId,
  program: PROGRAM,
  lines: LINES,
  supplyDays: 28,
  channel: 'electronic',
});

export const testCollected = (at: number, result: string): object => ({
  program: PROGRAM,
  collectedAt: new Date(at).toISOString(),
  result,
  method: 'urine',
  setting: 'clinical',
  source: 'laboratory',
});
