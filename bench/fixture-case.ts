// One patient of each kind, on therapy for a month, with an issued authorization and the evidence it rests on: what a pharmacy sees on an
// ordinary day. Written as domain facts; the rows of thousands of them are made from these.
import { v7 as uuidv7 } from 'uuid';
import { CURRENT_MACHINE_VERSION } from '../src/domain/authorization/versions.js';
import { authorizationNumberFrom } from '../src/domain/authorization-number.js';
import { addDays, dateAt, endOfDay, HOUR_MS, type Instant, momentAt } from '../src/domain/calendar.js';
import { categoryFromAnswers } from '../src/domain/category.js';
import { type Answers, type Authorization, type Evidence, type Fill, NO_ANSWERS, type PregnancyTest } from '../src/domain/patient.js';
import type { Edition } from '../src/domain/program.js';

export type Kind = 'male' | 'reproductive-potential';
export const KINDS: readonly Kind[] = ['male', 'reproductive-potential'];

const DAY_MS = 24 * HOUR_MS;

/** Ids that stand in the facts of every patient of a kind, to be replaced by her own. */
export const PLACE_OF = {
  authorization: '00000000-0000-7000-8000-00000000000a',
  previous: '00000000-0000-7000-8000-00000000000b',
} as const;

export interface FixtureCase {
  readonly answers: Answers;
  readonly category: string;
  readonly evidence: readonly Evidence[];
  readonly authorization: Authorization;
  readonly previous: Authorization;
  readonly fill: Omit<Fill, 'id' | 'authorization'>;
  /** The enrollment's revision after all of this. */
  readonly revision: number;
}

const ANSWERS: Readonly<Record<Kind, Answers>> = {
  male: { ...NO_ANSWERS, sex: 'male', birthDate: '1958-06-02', neverHadUterusOrOvaries: true },
  'reproductive-potential': {
    ...NO_ANSWERS,
    sex: 'female',
    birthDate: '1988-03-17',
    menarche: true,
    hysterectomy: false,
    bilateralOophorectomy: false,
    cycle: 'regular',
    neverHadUterusOrOvaries: false,
    determinedNotFertile: false,
  },
};

/** @param now the database's time @param prescriber who enrolled, counseled and issued @param site where the last fill was */
export function fixtureCase(kind: Kind, now: Instant, edition: Edition, prescriber: string, site: string): FixtureCase {
  const answers = ANSWERS[kind];
  const today = dateAt(now, edition.zone);
  const category = categoryFromAnswers(answers, today, edition);
  if (category === null) throw new Error(`The edition ${edition.edition} gives ${kind} patients no category.`);
  const issuedAt = now - 3 * HOUR_MS;
  const previousIssuedAt = now - 24 * DAY_MS;
  const authorization = (id: string, issued: Instant, state: Authorization['state']): Authorization => ({
    id,
    machineVersion: CURRENT_MACHINE_VERSION,
    state,
    edition: edition.edition,
    editionHash: edition.hash,
    prescription: {
      lines: [{ strengthMg: 25, capsules: 21, regimen: { perDay: 1, daysOn: 21, cycleDays: 28 } }],
      supplyDays: 28,
      refillsAsked: 0,
      channel: 'electronic',
    },
    startedAt: issued - 2 * DAY_MS,
    preparationEndsAt: endOfDay(addDays(dateAt(issued, edition.zone), 30), edition.zone),
    issuedAt: issued,
    issuedBy: prescriber,
    category,
    expiresAt: endOfDay(addDays(dateAt(issued, edition.zone), 6), edition.zone),
    restedOn: [],
    reservation: null,
    exceptions: [],
  });
  return {
    answers,
    category,
    evidence: evidenceOf(kind, now, edition, prescriber, category),
    authorization: authorization(PLACE_OF.authorization, issuedAt, 'authorized'),
    previous: authorization(PLACE_OF.previous, previousIssuedAt, 'dispensed'),
    fill: {
      pharmacy: site,
      handedOver: momentAt(previousIssuedAt + 5 * HOUR_MS, edition.zone),
      issuedAt: previousIssuedAt,
      supplyDays: 28,
      outcome: 'permitted',
      returnedAt: null,
      returnedUnopened: null,
    },
    revision: 18,
  };
}

/** Some twelve facts: agreement, two rounds of counseling, confirmation, survey, and tests where the category asks for them. */
function evidenceOf(kind: Kind, now: Instant, edition: Edition, prescriber: string, category: string): Evidence[] {
  const ago = (days: number) => now - days * DAY_MS;
  const moment = (days: number) => momentAt(ago(days), edition.zone);
  const on = (days: number) => dateAt(ago(days), edition.zone);
  const fact = (days: number) => ({ id: uuidv7(), recordedAt: ago(days) });
  const round = (authorization: string, days: number): Evidence[] => [
    { kind: 'counseling', ...fact(days + 2), authorization, by: prescriber, topics: ['blood-donation', 'sharing', 'partner-pregnancy'] },
    { kind: 'contraception-confirmed', ...fact(days + 1), authorization, by: 'patient' },
    { kind: 'survey', ...fact(days + 1), completed: moment(days + 1), by: 'patient', answers: 'consistent', served: authorization },
  ];
  const agreement: Evidence = { kind: 'agreement', ...fact(40), category, signed: moment(40), signedBy: ['patient'], prescriber };
  const rounds = [...round(PLACE_OF.previous, 25), ...round(PLACE_OF.authorization, 0.2)];
  if (kind === 'male') {
    const complaints = [22, 15, 8, 3].map(
      (days): Evidence => ({ kind: 'adverse-event', ...fact(days), on: on(days), what: 'Tiredness after the evening capsule, no fever.' }),
    );
    return [agreement, ...rounds.slice(0, 3), ...complaints, ...rounds.slice(3)];
  }
  const methods = Object.entries(edition.contraception.methods);
  const method = (tier: string) => methods.find(([, each]) => each.tier === tier)?.[0] ?? 'unknown';
  const uses = ['highly-effective', 'effective'].map(
    (tier): Evidence => ({ kind: 'contraception', ...fact(39), method: method(tier), from: on(80), until: null }),
  );
  const tests = [38, 25, 17, 10, 3, 0.5].map((days): Evidence => {
    const test: PregnancyTest = {
      id: uuidv7(),
      collected: moment(days),
      result: 'negative',
      method: 'serum-quantitative',
      value: 1,
      sensitivity: 5,
      setting: 'clinical',
      source: 'laboratory',
    };
    return { kind: 'pregnancy-test', ...fact(days), test };
  });
  return [agreement, ...uses, ...tests.slice(0, 2), ...rounds.slice(0, 3), ...tests.slice(2), ...rounds.slice(3)];
}

const FAMILY_NAMES = [
  'Okonkwo',
  'O’Neill',
  'Núñez',
  'Lindqvist',
  'Park',
  'Haddad',
  'Kowalska',
  'van der Berg',
  'Mbeki',
  'Tanaka',
  'Rossi',
  'Silva',
];

/** One patient of thousands: her own ids, number and identifiers. */
export interface FixturePatient {
  readonly kind: Kind;
  /** As her prescription shows it. */
  readonly category: string;
  readonly patient: string;
  readonly enrollment: string;
  readonly authorization: string;
  readonly previous: string;
  readonly number: string;
  readonly previousNumber: string;
  readonly familyName: string;
  readonly birthDate: string;
}

/** @param nth her place, which decides name and birth date @param random bytes for the two numbers, NUMBER_BYTES each */
export function fixturePatient(kind: Kind, category: string, nth: number, random: readonly [Uint8Array, Uint8Array]): FixturePatient {
  return {
    kind,
    category,
    patient: uuidv7(),
    enrollment: uuidv7(),
    authorization: uuidv7(),
    previous: uuidv7(),
    number: authorizationNumberFrom(random[0]),
    previousNumber: authorizationNumberFrom(random[1]),
    familyName: FAMILY_NAMES[nth % FAMILY_NAMES.length] ?? 'Doe',
    birthDate: `19${60 + (nth % 40)}-${String(1 + (nth % 12)).padStart(2, '0')}-${String(1 + (nth % 28)).padStart(2, '0')}`,
  };
}
