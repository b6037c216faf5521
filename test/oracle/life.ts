// What has been told of one patient, as plain lists of facts. Nothing is judged on entry: every decision reads the lists anew.

import { type Day, dayAt, endOf, lastOfMonth, type Ms, readDay, readTime, startOf, type Written } from './days.js';
import type { CategoryRow, Table } from './tables.js';

/** Fields as JSON gives them; the schema of case files has checked them. */
export type Fields = Record<string, ReturnType<typeof JSON.parse>>;

export interface Test {
  readonly id: string;
  readonly collected: Written;
  readonly result: string;
  readonly quantitative: boolean;
  readonly value: number | null;
  readonly sensitivity: number | null;
  readonly setting: string | null;
  readonly source: string;
  /** By whoever recorded it, or corrected its source. */
  readonly signed: boolean;
  readonly recordedAt: Ms;
  readonly changedAt: Ms;
  readonly retracted: boolean;
}

/** A result that stops everything until it is cleared: it stays one whatever the test is corrected to. */
export interface Danger {
  readonly kind: 'test' | 'report';
  /** The clearing results are collected after this. */
  readonly after: Ms;
  readonly sensitivity: number | null;
  readonly cleared: boolean;
  readonly test: string | null;
}

export interface Hold {
  readonly kind: string;
  readonly at: Ms;
  readonly on: Day;
}

export interface Survey {
  readonly at: Ms;
  readonly day: Day;
  readonly discrepant: boolean;
  /** The authorization it serves or served. */
  readonly servedBy: string | null;
}

export interface Counseling {
  readonly at: Ms;
  readonly topics: readonly string[];
  readonly label: string | null;
  readonly by: string;
}

export interface Confirmation {
  readonly at: Ms;
  /** The authorization it was given for, and the one it served. */
  readonly label: string;
  readonly servedBy: string | null;
}

export interface Fill {
  readonly at: Ms;
  readonly issuedAt: Ms;
  readonly days: number;
  readonly label: string | null;
  readonly returned: boolean;
}

export interface Span {
  readonly from: Ms;
  readonly until: Ms;
}

export interface Participant {
  readonly kind: string;
  readonly certified: readonly Span[];
  readonly suspended: readonly Span[];
  readonly actsFor: string | null;
}

export interface Prescription {
  readonly lines: readonly { readonly strengthMg: number | null; readonly capsules: number | null }[];
  readonly days: number | null;
}

export type Stored = 'draft' | 'authorized' | 'reserved' | 'dispensed' | 'returned' | 'cancelled' | 'superseded' | 'revoked';

export interface Authorization {
  readonly label: string;
  readonly state: Stored;
  readonly prescriber: string;
  readonly startedDay: Day;
  readonly prescription: Prescription;
  /** Prescribers who certified counseling for it. */
  readonly counseledBy: readonly string[];
  readonly issuedAt: Ms;
  readonly expiresAt: Ms;
  /** The date of the test that began its window. */
  readonly anchorDay: Day | null;
  /** The category it was issued for, which stands on the prescription. */
  readonly category: string;
  /** All that was known when it was issued, so that a correction can judge it again. */
  readonly knownAtIssue: Life | null;
  readonly reservation: { readonly by: string; readonly at: Ms; readonly until: Ms; readonly days: number | null } | null;
  readonly dispensedBy: string | null;
  readonly handedOver: boolean;
  readonly exceptions: readonly { readonly kind: string; readonly at: Ms }[];
}

export interface Life {
  readonly table: Table;
  readonly participants: Readonly<Record<string, Participant>>;
  readonly category: string | null;
  /** Since when she is one who can conceive: first-prescription rules begin anew there. */
  readonly canSince: { readonly at: Ms } | null;
  readonly answers: Fields;
  readonly enrolledAt: Ms | null;
  readonly prescriber: string | null;
  readonly deactivated: boolean;
  readonly agreement: { readonly category: string; readonly signedBy: readonly string[]; readonly prescriber: string } | null;
  /** A signature of the very instant of a withdrawal counts as withdrawn. */
  readonly withdrawnAt: Ms | null;
  /** `confirmed`: by a prescriber, not by her own word or a delegate's. */
  readonly methods: readonly { readonly method: string; readonly from: Day; readonly until: Day; readonly confirmed: boolean }[];
  readonly abstinence: readonly { readonly from: Day; readonly until: Day }[];
  readonly contraindicated: readonly string[];
  readonly tests: readonly Test[];
  readonly dangers: readonly Danger[];
  readonly clearedAt: Ms | null;
  readonly holds: readonly Hold[];
  readonly surveys: readonly Survey[];
  /** The days on which a period began. */
  readonly periods: readonly Day[];
  readonly cycles: readonly { readonly at: Ms; readonly cycle: string }[];
  readonly fills: readonly Fill[];
  readonly pauses: readonly { readonly from: Day; readonly until: Day; readonly ended: boolean }[];
  readonly emptied: readonly { readonly on: Day; readonly at: Ms }[];
  readonly accommodations: readonly { readonly kind: string; readonly from: Ms; readonly until: Ms }[];
  readonly counselings: readonly Counseling[];
  readonly confirmations: readonly Confirmation[];
  /** When what she said of her contraception last changed. */
  readonly answerChangedAt: Ms;
  readonly partnerReports: readonly Ms[];
  readonly authorizations: Readonly<Record<string, Authorization>>;
}

export const EVER = Number.MAX_SAFE_INTEGER;

export const rowOf = (life: Life, category: string | null = life.category): CategoryRow | null =>
  category === null ? null : (life.table.categories[category] ?? null);

export const today = (life: Life, at: Ms): Day => dayAt(at, life.table.zone);

const spanFrom = (from: string | null | undefined, until: string | null | undefined, zone: string): Span[] =>
  from === null || from === undefined
    ? []
    : [{ from: readTime(from, zone).first, until: until === null || until === undefined ? EVER : readTime(until, zone).last }];

function participantsOf(written: readonly Fields[] | undefined, zone: string): Record<string, Participant> {
  const since = { certified: spanFrom('2020-01-01', null, zone), suspended: [], actsFor: null };
  const administrators = { 'ad-1': { ...since, kind: 'administrator' }, 'ad-2': { ...since, kind: 'administrator' } };
  if (!written)
    return {
      ...administrators,
      'dr-1': { ...since, kind: 'prescriber' },
      'dr-2': { ...since, kind: 'prescriber' },
      'ph-1': { ...since, kind: 'pharmacy' },
      'ph-2': { ...since, kind: 'pharmacy' },
      'de-1': { ...since, kind: 'delegate', actsFor: 'dr-1' },
    };
  const named = written.map((each): [string, Participant] => [
    each['id'],
    {
      kind: each['kind'],
      // Not said is as taken for granted of the participants nobody names; null is not known.
      certified: spanFrom(each['certifiedFrom'] === undefined ? '2020-01-01' : each['certifiedFrom'], each['certifiedUntil'], zone),
      suspended: spanFrom(each['suspendedAt'], null, zone),
      actsFor: each['actsFor'] ?? null,
    },
  ]);
  return { ...administrators, ...Object.fromEntries(named) };
}

/** A month is judged at its end. */
const since = (text: string): Day => (text.length === 7 ? lastOfMonth(text) : readDay(text));
const untilDay = (text: string | undefined): Day => (text === undefined ? EVER : readDay(text));

export const methodOf = (written: Fields, confirmed: boolean): Life['methods'][number] => ({
  confirmed,
  method: written['method'],
  from: since(written['from']),
  until: untilDay(written['until']),
});
export const abstinenceOf = (written: Fields): Life['abstinence'][number] =>
  written['never'] === true
    ? { from: -EVER, until: untilDay(written['until']) }
    : { from: written['from'] === undefined ? EVER : since(written['from']), until: untilDay(written['until']) };

export function testOf(written: Fields, zone: string, recordedAt: Ms): Test {
  return {
    id: written['id'],
    collected: readTime(written['collectedAt'], zone),
    result: written['result'],
    quantitative: written['method'] === 'serum-quantitative',
    value: written['value'] ?? null,
    sensitivity: written['sensitivity'] === undefined ? 25 : written['sensitivity'],
    setting: written['setting'] === undefined ? 'clinical' : written['setting'],
    source: written['source'] ?? 'laboratory',
    signed: written['source'] !== 'delegate-unsigned' && written['source'] !== 'patient',
    recordedAt,
    changedAt: recordedAt,
    retracted: false,
  };
}

export const dangerOfTest = (test: Test): Danger => ({
  kind: 'test',
  after: test.collected.last,
  sensitivity: test.sensitivity,
  cleared: false,
  test: test.id,
});

export function lifeOf(given: Fields, table: Table, firstEvent: Ms): Life {
  const zone = table.zone;
  const tests = ((given['tests'] ?? []) as Fields[]).map((each) => ({
    ...testOf(
      each,
      zone,
      each['recordedAt'] === undefined ? readTime(each['collectedAt'], zone).first : readTime(each['recordedAt'], zone).first,
    ),
    retracted: each['retractedAt'] !== undefined && readTime(each['retractedAt'], zone).first <= firstEvent,
  }));
  const holds: Hold[] = [];
  const dangers: Danger[] = tests.filter((each) => each.result === 'positive').map(dangerOfTest);
  for (const each of (given['holds'] ?? []) as Fields[]) {
    const { first, day } = readTime(each['since'], zone);
    if (each['kind'] === 'pregnancy') dangers.push({ kind: 'report', after: first, sensitivity: null, cleared: false, test: null });
    else if (each['kind'] === 'positive-test') dangers.push({ kind: 'test', after: first, sensitivity: null, cleared: false, test: null });
    else holds.push({ kind: each['kind'], at: first, on: day });
  }
  for (const each of (given['menses'] ?? []) as Fields[])
    if (each['kind'] !== 'menses')
      holds.push({
        kind: each['kind'] === 'missed' ? 'missed-period' : 'abnormal-bleeding',
        at: startOf(readDay(each['on']), zone),
        on: readDay(each['on']),
      });
  for (const each of (given['surveys'] ?? []) as Fields[])
    if (each['answers'] === 'discrepant') {
      const { first, day } = readTime(each['completedAt'], zone);
      holds.push({ kind: 'survey-discrepancy', at: first, on: day });
    }
  const enrollment = given['enrollment'] as Fields | undefined;
  const agreement = given['agreement'] as Fields | undefined;
  const therapy = (given['therapy'] ?? {}) as Fields;
  const on = (field: string): Day | null => (therapy[field] === undefined ? null : dayAt(readTime(therapy[field], zone).first, zone));
  const [interrupted, resumed, ended] = [on('interruptedAt'), on('resumedAt'), on('endedAt')];
  const category = (given['category'] ?? null) as string | null;
  const cycle = given['patient']?.['cycle'] as string | null | undefined;
  const sinceAt = given['categorySince'] === undefined ? -EVER : readTime(given['categorySince'], zone).first;
  return {
    table,
    participants: participantsOf(given['participants'], zone),
    category,
    canSince: category !== null && table.categories[category]?.potential === 'can' ? { at: sinceAt } : null,
    answers: given['patient'] ?? {},
    enrolledAt: enrollment ? readTime(enrollment['enrolledAt'], zone).first : null,
    prescriber: enrollment ? (enrollment['prescriber'] ?? 'dr-1') : null,
    deactivated: enrollment?.['deactivatedAt'] !== undefined && readTime(enrollment['deactivatedAt'], zone).first <= firstEvent,
    agreement:
      !agreement || agreement['withdrawnAt'] !== undefined
        ? null
        : { category: agreement['category'], signedBy: agreement['signedBy'], prescriber: agreement['prescriber'] ?? 'dr-1' },
    withdrawnAt: null,
    methods: ((given['contraception'] ?? []) as Fields[]).map((each) => methodOf(each, true)),
    abstinence: given['abstinence'] ? [abstinenceOf(given['abstinence'])] : [],
    contraindicated: given['contraindicated'] ?? [],
    tests,
    dangers,
    clearedAt: null,
    holds,
    surveys: ((given['surveys'] ?? []) as Fields[]).map((each) => {
      const { first } = readTime(each['completedAt'], zone);
      return { at: first, day: dayAt(first, zone), discrepant: each['answers'] === 'discrepant', servedBy: each['for'] ?? null };
    }),
    periods: ((given['menses'] ?? []) as Fields[]).filter((each) => each['kind'] === 'menses').map((each) => readDay(each['on'])),
    cycles: cycle ? [{ at: -EVER, cycle }] : [],
    fills: ((given['fills'] ?? []) as Fields[]).map((each) => {
      const { first } = readTime(each['dispensedAt'], zone);
      const issuedAt = each['issuedAt'] === undefined ? first : readTime(each['issuedAt'], zone).first;
      return { at: first, issuedAt, days: each['daysSupply'] ?? 28, label: null, returned: false };
    }),
    pauses: [
      ...(interrupted === null ? [] : [{ from: interrupted, until: resumed ?? EVER, ended: false }]),
      ...(ended === null ? [] : [{ from: ended, until: EVER, ended: true }]),
    ],
    emptied: [],
    accommodations: ((given['accommodations'] ?? []) as Fields[]).map((each) => ({
      kind: each['kind'],
      ...spanFrom(each['from'], each['until'], zone)[0]!,
    })),
    counselings: ((given['counseled'] ?? []) as Fields[]).map((each) => ({
      at: readTime(each['at'], zone).first,
      topics: each['topics'] ?? [],
      label: null,
      by: each['by'] ?? 'dr-1',
    })),
    confirmations: [],
    answerChangedAt: -EVER,
    partnerReports: [],
    authorizations: {},
  };
}

export function certifiedAt(participant: Participant | undefined, at: Ms): boolean {
  const within = ({ from, until }: Span): boolean => from <= at && at <= until;
  if (!participant) return false;
  return participant.certified.some(within) && !participant.suspended.some(within);
}

/** Whether there was an instant of that stretch at which it was not certified. */
export function uncertifiedWithin(participant: Participant | undefined, from: Ms, to: Ms): boolean {
  if (!participant || participant.suspended.some((each) => from < each.from && each.from <= to)) return true;
  const bounds = [from, ...participant.certified.map((each) => each.until + 1), ...participant.suspended.map((each) => each.from)];
  return bounds.some((at) => from <= at && at <= to && !certifiedAt(participant, at));
}

export type Effective = Stored | 'expired';

/** What the clock alone makes of the stored state. */
export function effective(life: Life, authorization: Authorization, at: Ms): Effective {
  const { state } = authorization;
  if (state === 'draft') return at > endOf(authorization.startedDay + life.table.preparationDays, life.table.zone) ? 'expired' : 'draft';
  if (state !== 'authorized' && state !== 'reserved') return state;
  if (at > authorization.expiresAt) return 'expired';
  return state === 'reserved' && reservationOf(life, authorization, at) !== 'live' ? 'authorized' : state;
}

/** `live`; `lapsed`: it belongs to nobody but its old holder; `free`: never made, or lost with the holder's certification. */
export function reservationOf(life: Life, authorization: Authorization, at: Ms): 'live' | 'lapsed' | 'free' {
  const { reservation } = authorization;
  if (authorization.state !== 'reserved' || !reservation) return 'free';
  if (uncertifiedWithin(life.participants[reservation.by], reservation.at, at)) return 'free';
  return at <= reservation.until ? 'live' : 'lapsed';
}
