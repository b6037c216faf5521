import { endOfDay, type Instant, isLocalDate, type LocalDate, type Moment, startOfDateOrMonth, startOfDay } from '../domain/calendar.js';
import { codeHere, undeclarable } from '../domain/category.js';
import type { Participant } from '../domain/participant.js';
import {
  type Answers,
  type Case,
  type ElsewhereRecord,
  type Evidence,
  type EvidenceOfKind,
  type Fill,
  NO_ANSWERS,
  type PregnancyTest,
} from '../domain/patient.js';
import type { Edition, HoldKind } from '../domain/program.js';
import { clinicalFacts, type GivenClinical, listed, type WrittenMedicine } from './clinical.js';
import { CaseFileInvalid, timeAt } from './invalid.js';

/** The world before the first event: facts recorded in time and by the right person, never judged on entry. */
export interface Given {
  readonly like?: string;
  readonly category?: string | null;
  readonly categorySince?: string;
  readonly patient?: Partial<Answers>;
  readonly participants?: readonly {
    readonly id: string;
    readonly kind: 'prescriber' | 'delegate' | 'pharmacy';
    readonly certifiedFrom?: string | null;
    readonly certifiedUntil?: string | null;
    readonly suspendedAt?: string;
    readonly actsFor?: string;
  }[];
  readonly enrollment?: { readonly enrolledAt: string; readonly prescriber?: string; readonly deactivatedAt?: string };
  readonly agreement?: WrittenAgreement;
  readonly contraception?: readonly { readonly method: string; readonly from: string; readonly until?: string }[];
  readonly abstinence?: { readonly from?: string; readonly until?: string; readonly never?: boolean };
  readonly contraindicated?: readonly string[];
  readonly medications?: readonly WrittenMedicine[];
  readonly clinical?: GivenClinical;
  readonly tests?: readonly WrittenTest[];
  readonly surveys?: readonly {
    readonly completedAt: string;
    readonly by?: 'patient' | 'guardian';
    readonly for?: string;
    readonly answers?: 'consistent' | 'discrepant';
  }[];
  readonly menses?: readonly { readonly on: string; readonly kind: 'menses' | 'missed' | 'abnormal-bleeding' }[];
  readonly fills?: readonly {
    readonly dispensedAt: string;
    readonly issuedAt?: string;
    readonly daysSupply?: number;
    readonly pharmacy?: string;
  }[];
  readonly therapy?: { readonly interruptedAt?: string; readonly resumedAt?: string; readonly endedAt?: string };
  readonly holds?: readonly { readonly kind: HoldKind; readonly since: string }[];
  readonly accommodations?: readonly { readonly kind: string; readonly from: string; readonly until?: string | null }[];
  /** Counseling certified before, for a prescription that is not part of the case. */
  readonly counseled?: readonly { readonly at: string; readonly by?: string; readonly topics?: readonly string[] }[];
  /** The same person in other programs. */
  readonly elsewhere?: readonly WrittenElsewhere[];
}

export type WrittenElsewhere = { readonly program: string } & Pick<
  Given,
  'category' | 'categorySince' | 'patient' | 'contraception' | 'abstinence' | 'contraindicated' | 'tests' | 'menses' | 'holds'
>;

export interface WrittenAgreement {
  readonly category: string;
  readonly signedAt: string;
  readonly signedBy: readonly ('patient' | 'guardian')[];
  readonly prescriber?: string;
  readonly withdrawnAt?: string;
}

export interface WrittenTest {
  readonly id: string;
  readonly collectedAt: string;
  readonly result: PregnancyTest['result'];
  readonly method?: PregnancyTest['method'];
  readonly value?: number | null;
  readonly sensitivity?: number | null;
  readonly setting?: PregnancyTest['setting'];
  readonly source?: PregnancyTest['source'];
  readonly recordedAt?: string;
  readonly retractedAt?: string;
}

/** A written test with the defaults of the contract. */
export function testOf(written: WrittenTest, collected: Moment): PregnancyTest {
  return {
    id: written.id,
    collected,
    result: written.result,
    method: written.method ?? 'urine',
    value: written.value ?? null,
    sensitivity: written.sensitivity === undefined ? 25 : written.sensitivity,
    setting: written.setting === undefined ? 'clinical' : written.setting,
    source: written.source ?? 'laboratory',
  };
}

const LONG_AGO = Date.UTC(2020, 0, 1, 5);

const participant = (id: string, kind: Participant['kind'], more: Partial<Participant> = {}): Participant => ({
  id,
  kind,
  certifiedFrom: LONG_AGO,
  certifiedUntil: null,
  suspendedAt: null,
  suspendedUntil: null,
  actsFor: null,
  chain: kind === 'pharmacy' ? 'one chain' : null,
  revision: 1,
  trained: {},
  ...more,
});

const USUAL = [
  participant('dr-1', 'prescriber'),
  participant('dr-2', 'prescriber'),
  participant('ph-1', 'pharmacy'),
  participant('ph-2', 'pharmacy'),
  participant('de-1', 'delegate', { actsFor: 'dr-1' }),
];
const ADMINISTRATORS = [participant('ad-1', 'administrator'), participant('ad-2', 'administrator')];

interface Frame {
  readonly path: string;
  readonly worlds: Readonly<Record<string, Given>>;
  readonly edition: Edition;
  readonly firstEventAt: Instant;
  /** The edition of another program that is in force then. */
  readonly elsewhere?: (program: string) => Edition | undefined;
}

function resolved(given: Given, frame: Frame): Given {
  if (given.like === undefined) return given;
  const base = frame.worlds[given.like];
  if (base === undefined) throw new CaseFileInvalid(`${frame.path}/like`, `there is no world "${given.like}"`);
  const { like: _, ...own } = given;
  return { ...resolved(base, frame), ...own };
}

/** The case before the first event. @throws CaseFileInvalid */
export function worldOf(written: Given, frame: Frame): Case {
  const given = resolved(written, frame);
  const { edition, firstEventAt, path } = frame;
  const { zone } = edition;
  const notLater = (where: string, at: Instant): void => {
    if (at > firstEventAt) throw new CaseFileInvalid(`${path}/${where}`, 'begins after the first event');
  };
  /** The beginning of a fact: it cannot be later than the first event. */
  const began = (where: string, text: string): Moment => {
    const moment = timeAt(`${path}/${where}`, text, zone);
    notLater(where, moment.at);
    return moment;
  };
  const beganOn = (where: string, date: string): LocalDate => {
    notLater(where, startOfDay(startOfDateOrMonth(date), zone));
    return date;
  };
  /** The end of something: a bare date is its whole last day, and may lie ahead. */
  const ends = (where: string, text: string): Instant => {
    const moment = timeAt(`${path}/${where}`, text, zone);
    return isLocalDate(text) ? endOfDay(text, zone) : moment.at;
  };
  const known = (where: string, code: string | null | undefined, codes: object): void => {
    if (typeof code === 'string' && !(code in codes)) throw new CaseFileInvalid(`${path}/${where}`, `the edition does not know "${code}"`);
  };
  const knownCategory = (where: string, code: string | null | undefined): void =>
    known(where, typeof code === 'string' ? codeHere(code, edition) : code, edition.categories);
  knownCategory('category', given.category);
  knownCategory('agreement/category', given.agreement?.category);
  for (const name of undeclarable(given.patient?.declared ?? {}, edition))
    throw new CaseFileInvalid(`${path}/patient/declared/${name}`, 'is no question of the edition, or no answer to it');

  const evidence: Evidence[] = [];
  const enrolledAt = given.enrollment ? began('enrollment/enrolledAt', given.enrollment.enrolledAt).at : null;
  if (given.agreement) {
    const signed = began('agreement/signedAt', given.agreement.signedAt);
    const { category, signedBy } = given.agreement;
    evidence.push({
      kind: 'agreement',
      id: 'agreement',
      recordedAt: signed.at,
      category,
      signed,
      signedBy,
      prescriber: given.agreement.prescriber ?? 'dr-1',
    });
    if (given.agreement.withdrawnAt) {
      const withdrawn = began('agreement/withdrawnAt', given.agreement.withdrawnAt);
      evidence.push({ kind: 'agreement-withdrawn', id: 'agreement/withdrawn', recordedAt: withdrawn.at });
    }
  }
  (given.contraception ?? []).forEach((each, index) => {
    known(`contraception/${index}/method`, each.method, edition.contraception.methods);
    const from = beganOn(`contraception/${index}/from`, each.from);
    evidence.push({
      kind: 'contraception',
      id: `contraception/${index}`,
      recordedAt: LONG_AGO,
      method: each.method,
      from,
      until: each.until ?? null,
      // What is given was recorded by the right person.
      confirmedBy: 'dr-1',
    });
  });
  if (given.abstinence) {
    const { from, until, never } = given.abstinence;
    if (from !== undefined) beganOn('abstinence/from', from);
    evidence.push({
      kind: 'abstinence',
      id: 'abstinence',
      recordedAt: LONG_AGO,
      from: from ?? null,
      until: until ?? null,
      never: never ?? false,
    });
  }
  for (const of of given.contraindicated ?? [])
    evidence.push({ kind: 'contraindication', id: `contraindication/${of}`, recordedAt: LONG_AGO, of });
  (given.medications ?? []).forEach((each, index) => {
    if (each.from !== undefined) beganOn(`medications/${index}/from`, each.from);
    evidence.push(listed(`medication/${index}`, each, LONG_AGO));
  });
  evidence.push(...clinicalFacts(given.clinical ?? {}, beganOn, LONG_AGO));
  const testIds = new Set<string>();
  (given.tests ?? []).forEach((each, index) => {
    const where = `tests/${index}`;
    if (testIds.has(each.id)) throw new CaseFileInvalid(`${path}/${where}/id`, `"${each.id}" is the id of an earlier test`);
    testIds.add(each.id);
    const collected = began(`${where}/collectedAt`, each.collectedAt);
    const recordedAt = each.recordedAt === undefined ? collected.at : began(`${where}/recordedAt`, each.recordedAt).at;
    evidence.push({ kind: 'pregnancy-test', id: each.id, recordedAt, test: testOf(each, collected) });
    if (each.retractedAt) {
      const retractedAt = began(`${where}/retractedAt`, each.retractedAt).at;
      evidence.push({ kind: 'test-retraction', id: `${each.id}/retraction`, recordedAt: retractedAt, test: each.id, reason: '' });
    }
  });
  (given.surveys ?? []).forEach((each, index) => {
    const completed = began(`surveys/${index}/completedAt`, each.completedAt);
    const survey: EvidenceOfKind<'survey'> = {
      kind: 'survey',
      id: `survey/${index}`,
      recordedAt: completed.at,
      completed,
      by: each.by ?? 'patient',
      answers: each.answers ?? 'consistent',
      served: each.for ?? null,
    };
    evidence.push(survey);
  });
  (given.counseled ?? []).forEach((each, index) => {
    const { at: recordedAt } = began(`counseled/${index}/at`, each.at);
    const id = `counseled/${index}`;
    evidence.push({ kind: 'counseling', id, recordedAt, authorization: 'earlier', by: each.by ?? 'dr-1', topics: each.topics ?? [] });
  });
  const heldBefore = (hold: HoldKind, where: string, since: Instant, on: LocalDate) =>
    evidence.push({ kind: 'danger', id: `danger/${where}`, recordedAt: since, hold, since, on, method: null, holds: true });
  (given.menses ?? []).forEach((each, index) => {
    const where = `menses/${index}/on`;
    const on = beganOn(where, each.on);
    const since = startOfDay(on, zone);
    if (each.kind === 'menses') evidence.push({ kind: 'menses', id: `menses/${index}`, recordedAt: since, on, cycle: null, before: null });
    else heldBefore(each.kind === 'missed' ? 'missed-period' : 'abnormal-bleeding', where, since, on);
  });
  (given.holds ?? []).forEach((each, index) => {
    const since = began(`holds/${index}/since`, each.since);
    heldBefore(each.kind, `holds/${index}`, since.at, since.on);
  });
  const { interruptedAt, resumedAt, endedAt } = given.therapy ?? {};
  const changes = [
    { change: 'interrupted' as const, text: interruptedAt },
    { change: 'resumed' as const, text: resumedAt },
    { change: 'ended' as const, text: endedAt },
  ].flatMap(({ change, text }) => (text === undefined ? [] : [{ change, moment: began(`therapy/${change}At`, text) }]));
  for (const { change, moment } of changes.sort((a, b) => a.moment.at - b.moment.at))
    evidence.push({ kind: 'therapy', id: `therapy/${change}`, recordedAt: moment.at, change, on: moment.on });

  const fills = (given.fills ?? []).map((each, index): Fill => {
    const handedOver = began(`fills/${index}/dispensedAt`, each.dispensedAt);
    return {
      id: `fill/${index}`,
      authorization: null,
      pharmacy: each.pharmacy ?? 'ph-1',
      handedOver,
      issuedAt: each.issuedAt === undefined ? handedOver.at : began(`fills/${index}/issuedAt`, each.issuedAt).at,
      supplyDays: each.daysSupply ?? 28,
      outcome: 'permitted',
      returnedAt: null,
      returnedUnopened: null,
    };
  });
  const people = given.participants?.map((each, index): Participant => {
    const where = `participants/${index}`;
    return participant(each.id, each.kind, {
      certifiedFrom:
        each.certifiedFrom === null
          ? null
          : each.certifiedFrom === undefined
            ? LONG_AGO
            : began(`${where}/certifiedFrom`, each.certifiedFrom).at,
      certifiedUntil: typeof each.certifiedUntil === 'string' ? ends(`${where}/certifiedUntil`, each.certifiedUntil) : null,
      suspendedAt: each.suspendedAt === undefined ? null : began(`${where}/suspendedAt`, each.suspendedAt).at,
      actsFor: each.actsFor ?? null,
    });
  });
  return {
    patient: 'patient',
    enrollment:
      given.enrollment && enrolledAt !== null
        ? {
            id: 'enrollment',
            enrolledAt,
            reEnrolledAt: null,
            prescriber: given.enrollment.prescriber ?? 'dr-1',
            deactivatedAt:
              given.enrollment.deactivatedAt === undefined ? null : began('enrollment/deactivatedAt', given.enrollment.deactivatedAt).at,
            deceasedAt: null,
            revision: 1,
          }
        : null,
    answers: { ...NO_ANSWERS, ...given.patient },
    category: given.category ?? null,
    categorySince: given.categorySince === undefined ? null : began('categorySince', given.categorySince).at,
    evidence: evidence.sort((a, b) => a.recordedAt - b.recordedAt),
    fills,
    authorizations: [],
    participants: Object.fromEntries([...(people ?? USUAL), ...ADMINISTRATORS].map((each) => [each.id, each])),
    accommodations: (given.accommodations ?? []).map((each, index) => ({
      kind: each.kind,
      from: began(`accommodations/${index}/from`, each.from).at,
      until: typeof each.until === 'string' ? ends(`accommodations/${index}/until`, each.until) : null,
    })),
    linked: [],
    ...(given.elsewhere === undefined ? {} : { elsewhere: given.elsewhere.map((each, index) => elsewhereOf(each, given, index, frame)) }),
  };
}

/** What is on file of her in another program: read as a world of that program's. */
function elsewhereOf({ program, ...written }: WrittenElsewhere, here: Given, index: number, frame: Frame): ElsewhereRecord {
  const path = `${frame.path}/elsewhere/${index}`;
  const edition = frame.elsewhere?.(program);
  if (edition === undefined) throw new CaseFileInvalid(`${path}/program`, `no edition of a program "${program}" is in force then`);
  const { category, categorySince, answers, evidence } = worldOf(
    { patient: { ...here.patient, declared: {} }, ...written },
    { ...frame, path, edition },
  );
  // Its facts have names of their own: a test t1 there is another than a test t1 here.
  return { program, category, categorySince, answers, evidence: evidence.map((fact) => renamed(fact, program)) };
}

function renamed(fact: Evidence, program: string): Evidence {
  const id = `${program}/${fact.id}`;
  if (fact.kind === 'pregnancy-test') return { ...fact, id, test: { ...fact.test, id } };
  if (fact.kind === 'test-correction' || fact.kind === 'test-retraction') return { ...fact, id, test: `${program}/${fact.test}` };
  return { ...fact, id };
}
