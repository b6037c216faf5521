import { addDays, dateAt, endOfDay, HOUR_MS, type Instant, type LocalDate, startOfDay } from '../calendar.js';
import { governing } from '../category.js';
import { earliestFillOn } from '../counter-requirement.js';
import { reasonOf, standingDangers } from '../danger.js';
import type { Judgement } from '../judgement.js';
import type { Authorization, AuthorizationState, Case, Evidence, PregnancyTest } from '../patient.js';
import { beforeTherapy } from '../pregnancy-test.js';
import type { Edition, JudgedAt } from '../program.js';
import { REASONS, type ReasonCode } from '../reason.js';
import { against, testsAsked, unmet } from '../requirement.js';
import { servingTests } from '../test-places.js';
import { firstRules } from '../therapy.js';
import { isPreparing } from './deadline.js';

/** Why not, and from when: the same requirement functions that guard, asked about tomorrow. */

const ENDED_REASON: Partial<Record<AuthorizationState, ReasonCode>> = {
  expired: 'AUTHORIZATION_EXPIRED',
  cancelled: 'AUTHORIZATION_CANCELLED',
  superseded: 'AUTHORIZATION_SUPERSEDED',
  revoked: 'AUTHORIZATION_REVOKED',
  dispensed: 'ALREADY_DISPENSED',
  returned: 'ALREADY_DISPENSED',
};

/** The codes of an authorization that can be used no more: how it ended, and that something was handed over on it all the same. */
export function endedReasons(authorization: Authorization, state: AuthorizationState, file: Case): ReasonCode[] {
  const ended = ENDED_REASON[state];
  if (ended === undefined) return [];
  return file.fills.some((fill) => fill.authorization === authorization.id) ? [ended, 'ALREADY_DISPENSED'] : [ended];
}

export const dangerReasons = (file: Case, at: Instant, edition: Edition): ReasonCode[] =>
  standingDangers(file, at, edition)
    .map((each) => reasonOf(each, edition))
    .filter((code) => REASONS[code].group === 'danger');

/** Every reason at the counter. Beside an authorization that ended, or has no number yet, stand danger and identity, nothing that hangs on a reservation. */
export function counterReasons(when: Exclude<JudgedAt, 'issue'>, judgement: Judgement): readonly ReasonCode[] {
  const { authorization, effective, file } = judgement;
  const own = endedReasons(authorization, effective.state, file);
  if (isPreparing(effective.state)) own.push('AUTHORIZATION_NOT_ISSUED');
  if (own.length === 0) return unmet(when, judgement);
  return [...own, ...unmet(when, judgement).filter((code) => REASONS[code].group === 'danger' || REASONS[code].group === 'identity')];
}

const hangsOnJudgement = (reasons: readonly ReasonCode[]): boolean => reasons.some((code) => REASONS[code].judgement);

/** The first instant at which the same request at the counter can be allowed; null when that hangs on judgement or never comes. */
export function earliestAtCounter(judgement: Judgement, reasons: readonly ReasonCode[]): Instant | null {
  if (hangsOnJudgement(reasons)) return null;
  const { authorization, at, on, file, edition, later } = judgement;
  const early = reasons.includes('TOO_EARLY_FOR_NEXT_FILL');
  const starts = [edition, ...(later ? [later] : [])].flatMap((each) => {
    const fillOn = early ? earliestFillOn(file, on, each) : null;
    return fillOn === null ? [] : [startOfDay(fillOn, each.zone)];
  });
  const from = Math.max(at, ...starts);
  return authorization.expiresAt !== null && from > authorization.expiresAt ? null : from;
}

/** How far ahead an earliest day is looked for: longer than any wait that a program's windows add up to. */
const HORIZON_DAYS = 62;

/**
 * The first instant at which an issue can be allowed if every missing act is done at `judgement.at` and then only time passes; null when it
 * hangs on judgement. Acts that would go stale are repeated in time (case-files, ruling 6): the case is completed with every act a person
 * could still do, and judged again at `at` and at the beginning of each following day.
 */
export function earliestIssue(judgement: Judgement, reasons: readonly ReasonCode[]): Instant | null {
  // No act at this desk brings a rule that the edition lacks, so no day has to be tried.
  if (hangsOnJudgement(reasons) || reasons.includes('RULE_MISSING')) return null;
  const { on, edition } = judgement;
  const isUnmet = (name: string, then: Judgement): boolean => against(name, then).length > 0;
  // What is unmet on one day mostly is on the next: asked first, it spares the others (a refusal of four weeks: 2.1 ms, then 0.6).
  let stubborn: string | undefined;
  for (let ahead = 0; ahead <= HORIZON_DAYS; ahead += 1) {
    const at = ahead === 0 ? judgement.at : startOfDay(addDays(on, ahead), edition.zone);
    const then = completed(judgement, reasons, at);
    if (stubborn !== undefined && isUnmet(stubborn, then)) continue;
    stubborn = edition.judged.issue.find((name) => isUnmet(name, then));
    if (stubborn === undefined) return at;
  }
  return null;
}

/** The judgement at `then`, with every missing act done between now and then. */
function completed(judgement: Judgement, reasons: readonly ReasonCode[], then: Instant): Judgement {
  const { file, edition, at, on, by, authorization } = judgement;
  const thenOn = dateAt(then, edition.zone);
  const lacking = (...codes: ReasonCode[]) => codes.some((code) => reasons.includes(code));
  const id = 'completion';
  const facts: Evidence[] = [
    {
      kind: 'counseling',
      id: `${id}/counseling`,
      recordedAt: then,
      authorization: authorization.id,
      by: by.id,
      topics: ['partner-pregnancy'],
    },
    { kind: 'contraception-confirmed', id: `${id}/confirmation`, recordedAt: then, authorization: authorization.id, by: 'patient' },
    {
      kind: 'survey',
      id: `${id}/survey`,
      recordedAt: then,
      completed: { at: then, until: then, on: thenOn },
      by: 'patient',
      answers: 'consistent',
      served: null,
    },
  ];
  const category = governing(judgement)?.code ?? file.category;
  if (
    category !== null &&
    lacking(
      'AGREEMENT_MISSING',
      'AGREEMENT_WRONG_CATEGORY',
      'AGREEMENT_TOO_OLD',
      'GUARDIAN_SIGNATURE_MISSING',
      'NOT_THIS_PATIENTS_PRESCRIBER',
      'NOT_ENROLLED',
      'ENROLLMENT_LAPSED',
    )
  )
    facts.push({
      kind: 'agreement',
      id: `${id}/agreement`,
      recordedAt: at,
      category,
      signed: { at, until: at, on },
      signedBy: ['patient', 'guardian'],
      prescriber: by.id,
    });
  if (lacking('THERAPY_INTERRUPTED', 'THERAPY_ENDED'))
    facts.push({ kind: 'therapy', id: `${id}/therapy`, recordedAt: at, change: 'resumed', on });
  if (lacking('CONTRACEPTION_TOO_FEW_METHODS', 'CONTRACEPTION_NO_HIGHLY_EFFECTIVE', 'CONTRACEPTION_METHOD_NOT_ACCEPTED'))
    facts.push(...twoMethods(edition, on, at));
  facts.push(...renewed(file, on, thenOn, at));
  // As often as puts one into every first test's window; one a day made a refusal of four weeks' contraception cost five milliseconds.
  const { minAgeDays, maxAgeDays } = edition.tests.places[0] ?? { minAgeDays: 'none', maxAgeDays: 'none' };
  const everyDays = typeof minAgeDays === 'number' && typeof maxAgeDays === 'number' ? Math.max(1, maxAgeDays - minAgeDays) : HORIZON_DAYS;
  for (let day = on; day <= thenOn; day = addDays(day, everyDays))
    facts.push(negativeTest(day, day === on ? at : startOfDay(day, edition.zone), edition));
  facts.push(negativeTest(thenOn, then, edition));

  // When her next period comes nobody knows; the first day on which it could have begun is the earliest.
  if (edition.tests.places.some((place) => typeof place.withinDaysOfMenses === 'number'))
    facts.push({ kind: 'menses', id: `${id}/menses`, recordedAt: then, on: thenOn, cycle: null, before: null });

  const prescriber = file.participants[by.id];
  const enrollment = file.enrollment;
  const reEnrolled = lacking('ENROLLMENT_LAPSED', 'PATIENT_DEACTIVATED');
  return {
    ...judgement,
    at: then,
    on: thenOn,
    file: {
      ...file,
      evidence: [...file.evidence, ...facts],
      answers: file.answers.birthDate === null ? { ...file.answers, birthDate: addDays(on, -365 * 40) } : file.answers,
      category: file.category ?? Object.keys(edition.categories)[0] ?? null,
      enrollment: {
        id: enrollment?.id ?? id,
        enrolledAt: enrollment?.enrolledAt ?? at,
        reEnrolledAt: reEnrolled ? at : (enrollment?.reEnrolledAt ?? null),
        prescriber: by.id,
        deactivatedAt: null,
        deceasedAt: enrollment?.deceasedAt ?? null,
        revision: enrollment?.revision ?? 0,
      },
      participants:
        prescriber && lacking('PRESCRIBER_NOT_CERTIFIED')
          ? { ...file.participants, [by.id]: { ...prescriber, certifiedFrom: at, certifiedUntil: null, suspendedAt: null } }
          : file.participants,
    },
  };
}

function twoMethods(edition: Edition, from: LocalDate, recordedAt: Instant): Evidence[] {
  const byTier = (tier: string) => Object.entries(edition.contraception.methods).find(([, method]) => method.tier === tier)?.[0];
  return ['highly-effective', 'effective'].flatMap((tier) => {
    const method = byTier(tier);
    return method ? [{ kind: 'contraception' as const, id: `completion/${tier}`, recordedAt, method, from, until: null }] : [];
  });
}

/** A method or an abstinence that would end while she waits goes on: renewing it in time is an act too. */
function renewed(file: Case, on: LocalDate, thenOn: LocalDate, recordedAt: Instant): Evidence[] {
  return file.evidence.flatMap((fact): Evidence[] =>
    (fact.kind === 'contraception' || fact.kind === 'abstinence') && fact.until !== null && fact.until >= on && fact.until < thenOn
      ? [{ ...fact, id: `completion/${fact.id}`, recordedAt, from: addDays(fact.until, 1), until: null }]
      : [],
  );
}

function negativeTest(on: LocalDate, at: Instant, edition: Edition): Evidence {
  const id = `completion/test/${at}`;
  const test: PregnancyTest = {
    id,
    collected: { at, until: at, on },
    result: 'negative',
    method: 'urine',
    value: null,
    sensitivity: 0,
    setting: (beforeTherapy(edition).settings?.[0] ?? null) as PregnancyTest['setting'],
    source: 'laboratory',
  };
  return { kind: 'pregnancy-test', id, recordedAt: at, test };
}

/** The last instant at which this issue would still be allowed: dated conditions hold to the end of the program's day, the others to their own. */
export function issueValidThrough(judgement: Judgement): Instant {
  const { file, at, on, edition, by, authorization } = judgement;
  const bounds = [endOfDay(on, edition.zone), authorization.preparationEndsAt];
  const certifiedUntil = file.participants[by.id]?.certifiedUntil ?? null;
  if (certifiedUntil !== null) bounds.push(certifiedUntil);
  // An earlier test of somebody whose category asks for none bounds nothing: it would end the allowance before it began.
  if (testsAsked(judgement) && firstRules(file, at, edition).tests) {
    const { places } = edition.tests;
    for (const [index, test] of servingTests(file, at, on, edition).entries()) {
      const hours = places[places.length - 1 - index]?.maxAgeHours;
      if (typeof hours === 'number') bounds.push(test.collected.at + hours * HOUR_MS);
    }
  }
  return Math.min(...bounds);
}
