import type { Presented } from './authorization/command.js';
import type { Effective } from './authorization/deadline.js';
import { addDays, addMonths, dateAt, daysBetween, HOUR_MS, type Instant, type LocalDate } from './calendar.js';
import { ageAt, categoryOf, contradicted, registeredCategory } from './category.js';
import { contraceptionReason } from './contraception.js';
import { reasonOf, standingDangers } from './danger.js';
import { coveredThrough, daysLeft } from './dispensing.js';
import { type Actor, isCertified, isSuspended, isTrained } from './participant.js';
import { type Authorization, type Case, type EvidenceOfKind, evidenceOf } from './patient.js';
import { negatives } from './pregnancy-test.js';
import type { Category, Edition, JudgedAt } from './program.js';
import { inCatalogueOrder, type ReasonCode } from './reason.js';
import { enrollmentLapsed, firstRules, therapyStatus } from './therapy.js';

/**
 * One function a condition, each answering with every reason it is unmet for. The same functions guard the machine and explain a refusal, so
 * that no fill can be refused, or allowed, for another reason than the one told. Which of them are asked when is the edition's list.
 */
export interface Judgement {
  readonly file: Case;
  readonly edition: Edition;
  readonly at: Instant;
  /** The program zone's date of `at`. */
  readonly on: LocalDate;
  readonly by: Actor;
  readonly authorization: Authorization;
  readonly effective: Effective;
  readonly presented: Presented | null;
  /** At hand-over. */
  readonly handover: {
    readonly ship: boolean;
    readonly siteZone: string;
    readonly checklist: boolean;
    readonly medicationGuide: boolean;
  } | null;
}

export type Requirement = (judgement: Judgement) => readonly ReasonCode[];

const met: readonly ReasonCode[] = [];
const unless = (condition: boolean, code: ReasonCode): readonly ReasonCode[] => (condition ? met : [code]);

/** The category that governs on the day, with its code. */
export function governing({ file, on, edition }: Pick<Judgement, 'file' | 'on' | 'edition'>): { code: string; category: Category } | null {
  const code = registeredCategory(file, on, edition);
  const category = categoryOf(code, edition);
  return code === null || category === null ? null : { code, category };
}

const identity: Requirement = ({ presented }) => unless(presented === null || presented.identifiersMatch, 'IDENTIFIERS_DO_NOT_MATCH');

const presentedPrescription: Requirement = ({ presented, authorization }) => {
  if (presented === null) return met;
  const complete = presented.shows.includes('number') && presented.shows.includes('category');
  const contradicting =
    presented.showsCategory !== null && authorization.category !== null && presented.showsCategory !== authorization.category;
  return [...unless(complete, 'PRESCRIPTION_INCOMPLETE'), ...unless(!contradicting, 'CATEGORY_CONTRADICTED')];
};

const enrolled: Requirement = ({ file }) => unless(file.enrollment !== null, 'NOT_ENROLLED');

const patientActive: Requirement = ({ file, at }) => {
  const ended = file.enrollment?.deactivatedAt ?? null;
  return unless(ended === null || ended > at, 'PATIENT_DEACTIVATED');
};

const enrollmentCurrent: Requirement = ({ file, on, edition }) => {
  if (edition.therapy.reenrollAfterMonths === null) return ['RULE_MISSING'];
  return unless(!enrollmentLapsed(file, on, edition), 'ENROLLMENT_LAPSED');
};

const prescriberCertified: Requirement = ({ file, by, at }) =>
  unless(isCertified(file.participants[by.id], at), 'PRESCRIBER_NOT_CERTIFIED');

const prescriberNotSuspended: Requirement = ({ file, authorization, at }) => {
  const prescriber = file.participants[authorization.issuedBy ?? file.enrollment?.prescriber ?? ''];
  return unless(prescriber !== undefined && !isSuspended(prescriber, at), 'PRESCRIBER_NOT_CERTIFIED');
};

const ownPrescriber: Requirement = ({ file, by }) =>
  unless(file.enrollment === null || file.enrollment.prescriber === by.id, 'NOT_THIS_PATIENTS_PRESCRIBER');

const pharmacyCertified: Requirement = ({ file, by, at }) => {
  const site = file.participants[by.id];
  return unless(site !== undefined && isCertified(site, at) && isTrained(site, by.person, at), 'PHARMACY_NOT_CERTIFIED');
};

const categoryKnown: Requirement = (judgement) => {
  const { file, on, edition } = judgement;
  // Without the age of adulthood no answers give a category, and nothing could be contradicted.
  if (typeof edition.adulthoodAge !== 'number') return ['RULE_MISSING'];
  if (ageAt(file.answers, on) === null) return ['FACT_UNKNOWN'];
  const governed = governing(judgement);
  if (governed === null) return ['CATEGORY_UNKNOWN'];
  const stricterDouble = file.linked.some((record) => categoryOf(record.category, edition)?.reproductivePotential === true);
  const laxer = contradicted(governed.code, file.answers, on, edition) || (stricterDouble && !governed.category.reproductivePotential);
  return unless(!laxer, 'CATEGORY_CONTRADICTED');
};

/** The agreement in force: the newest one signed and not withdrawn since, with the prescriber who treats her now. */
export function agreementInForce(file: Case): EvidenceOfKind<'agreement'> | null {
  const withdrawn = evidenceOf(file, 'agreement-withdrawn').at(-1);
  const newest = evidenceOf(file, 'agreement')
    .filter((fact) => file.enrollment === null || fact.prescriber === file.enrollment.prescriber)
    .at(-1);
  return newest && (!withdrawn || newest.signed.at > withdrawn.recordedAt) ? newest : null;
}

const agreement: Requirement = (judgement) => {
  const signed = agreementInForce(judgement.file);
  if (signed === null || signed.signed.at > judgement.at) return ['AGREEMENT_MISSING'];
  const governed = governing(judgement);
  if (governed === null) return met;
  if (signed.category !== governed.code) return ['AGREEMENT_WRONG_CATEGORY'];
  if (governed.category.signers === 'guardian') return unless(signed.signedBy.includes('guardian'), 'GUARDIAN_SIGNATURE_MISSING');
  return unless(signed.signedBy.includes('patient'), 'AGREEMENT_MISSING');
};

const counseling: Requirement = ({ file, authorization, by }) =>
  unless(
    evidenceOf(file, 'counseling').some((fact) => fact.authorization === authorization.id && fact.by === by.id),
    'COUNSELING_NOT_CERTIFIED',
  );

const contraception: Requirement = (judgement) => {
  if (!governing(judgement)?.category.contraception) return met;
  const { file, on, at, edition } = judgement;
  const reason = contraceptionReason(file, on, firstRules(file, at, edition).lead, edition);
  return reason === null ? met : [reason];
};

/** Whether that authorization went on to a hand-over. */
const wasFilled = (file: Case, authorization: string): boolean => file.fills.some((fill) => fill.authorization === authorization);
/** Whether evidence served an authorization that went on to a hand-over: then it is used up. */
const usedUp = (file: Case, evidence: string): boolean =>
  file.authorizations.some((each) => each.restedOn.includes(evidence) && wasFilled(file, each.id));

/** The patient's confirmation that serves this authorization: its own, or one that an authorization which ended unfilled gave back. */
export function usableConfirmation({ file, authorization, on, edition }: Judgement): EvidenceOfKind<'contraception-confirmed'> | null {
  const days = edition.contraception.confirmationDays;
  const answers = file.evidence.filter((fact) => fact.kind === 'contraception' || fact.kind === 'abstinence');
  const answersChangedAt = Math.max(0, ...answers.map((fact) => fact.recordedAt));
  const usable = evidenceOf(file, 'contraception-confirmed').filter((fact) => {
    const inDate = days !== null && daysBetween(dateAt(fact.recordedAt, edition.zone), on) <= days;
    const stillTrue = fact.authorization === authorization.id || fact.recordedAt >= answersChangedAt;
    return inDate && stillTrue && !wasFilled(file, fact.authorization) && !usedUp(file, fact.id);
  });
  return usable.at(-1) ?? null;
}

const contraceptionConfirmed: Requirement = (judgement) =>
  governing(judgement)?.category.contraception ? unless(usableConfirmation(judgement) !== null, 'CONTRACEPTION_NOT_CONFIRMED') : met;

const isContradicted = (judgement: Judgement): boolean => categoryKnown(judgement).includes('CATEGORY_CONTRADICTED');

/** The two tests of a first prescription (rules §1.6; each test explains one place, the newest recent one the second's). */
function firstTests({ file, at, on, edition }: Judgement): readonly ReasonCode[] {
  const { earlierMinDays, earlierMaxDays, laterMaxHours } = edition.tests.first;
  if (earlierMinDays === null || earlierMaxDays === null || laterMaxHours === null) return ['RULE_MISSING'];
  const all = negatives(file, at, edition);
  const age = (test: { collected: { on: LocalDate } }) => daysBetween(test.collected.on, on);
  const fresh = all.filter(({ test }) => at - test.collected.at <= laterMaxHours * HOUR_MS);
  const recent = all.filter(({ test }) => age(test) < earlierMinDays);
  const inWindow = all.filter(({ test }) => age(test) >= earlierMinDays && age(test) <= earlierMaxDays);
  const older = all.filter(({ test }) => age(test) > earlierMaxDays);
  const good = (list: typeof all) => list.find(({ defects }) => defects.length === 0);

  const second = good(fresh) ?? fresh[0] ?? good(recent) ?? recent[0];
  const codes: ReasonCode[] = [];
  if (second === undefined) codes.push('SECOND_TEST_MISSING');
  else if (fresh.includes(second)) codes.push(...second.defects);
  else codes.push('SECOND_TEST_TOO_OLD');

  const first = good(inWindow) ?? inWindow[0];
  if (first !== undefined) codes.push(...first.defects);
  else if (older.length > 0) codes.push('FIRST_TEST_TOO_OLD');
  else codes.push(recent.some((each) => each !== second) ? 'FIRST_TEST_TOO_RECENT' : 'FIRST_TEST_MISSING');
  return codes;
}

/** The one recent negative of a later prescription. */
function onTherapyTest({ file, at, on, edition }: Judgement): readonly ReasonCode[] {
  const days = edition.tests.onTherapyMaxDays;
  if (days === null) return ['RULE_MISSING'];
  const all = negatives(file, at, edition);
  const inTime = all.filter(({ test }) => daysBetween(test.collected.on, on) <= days);
  if (inTime.some(({ defects }) => defects.length === 0)) return met;
  if (inTime[0]) return inTime[0].defects;
  if (all.some(({ defects }) => defects.length === 0)) return ['TEST_TOO_OLD'];
  return all[0]?.defects ?? ['TEST_MISSING'];
}

const tests: Requirement = (judgement) => {
  if (!governing(judgement)?.category.tests || isContradicted(judgement)) return met;
  const { file, at, edition } = judgement;
  return firstRules(file, at, edition).tests ? firstTests(judgement) : onTherapyTest(judgement);
};

const danger: Requirement = ({ file, at, edition }) =>
  standingDangers(file, at, edition)
    .filter((each) => edition.holds[each.hold].liftedBy !== 'resolution')
    .map((each) => reasonOf(each, edition));

const surveyDiscrepancy: Requirement = ({ file, at, edition }) =>
  standingDangers(file, at, edition)
    .filter((each) => edition.holds[each.hold].liftedBy === 'resolution')
    .map((each) => reasonOf(each, edition));

const partnerCounseled: Requirement = ({ file }) => {
  const reported = evidenceOf(file, 'partner-pregnancy').at(-1);
  if (!reported) return met;
  const named = evidenceOf(file, 'counseling').some(
    (fact) => fact.recordedAt >= reported.recordedAt && fact.topics.includes('partner-pregnancy'),
  );
  return unless(named, 'PARTNER_PREGNANCY_NOT_COUNSELED');
};

/** The survey that this issue would use; null with the reason when there is none. */
export function usableSurvey(judgement: Judgement): { survey: EvidenceOfKind<'survey'> | null; reason: ReasonCode | null } {
  const rule = governing(judgement)?.category.survey ?? null;
  const { file, at, on, edition } = judgement;
  const first = firstRules(file, at, edition).firstPrescription;
  if (rule === null || (first && !rule.first)) return { survey: null, reason: null };
  const surveys = evidenceOf(file, 'survey').filter((fact) => fact.completed.at <= at);
  if (rule.kind === 'calendar') {
    if (rule.months === null) return { survey: null, reason: 'RULE_MISSING' };
    const months = rule.months;
    const current = surveys.filter((fact) => addMonths(fact.completed.on, months) >= on).at(-1) ?? null;
    return { survey: current, reason: current ? null : surveys.length > 0 ? 'SURVEY_TOO_OLD' : 'SURVEY_MISSING' };
  }
  if (rule.days === null) return { survey: null, reason: 'RULE_MISSING' };
  const days = rule.days;
  const previousIssuedAt = Math.max(0, ...file.fills.map((fill) => fill.issuedAt));
  const reasonAgainst = (fact: EvidenceOfKind<'survey'>): ReasonCode | null => {
    const servedEarlier = fact.served !== null && !file.authorizations.some((each) => each.id === fact.served && !wasFilled(file, each.id));
    if (usedUp(file, fact.id) || servedEarlier) return 'SURVEY_ALREADY_USED';
    const late = !first && fact.completed.at <= previousIssuedAt;
    return late || daysBetween(fact.completed.on, on) > days ? 'SURVEY_TOO_OLD' : null;
  };
  const usable = surveys.filter((fact) => reasonAgainst(fact) === null).at(-1);
  if (usable) return { survey: usable, reason: null };
  const newest = surveys.at(-1);
  return { survey: null, reason: newest ? reasonAgainst(newest) : 'SURVEY_MISSING' };
}

const survey: Requirement = (judgement) => {
  const { reason } = usableSurvey(judgement);
  // A discrepant survey has a reason of its own; that another survey is missing beside it would send people the wrong way.
  return reason === null || surveyDiscrepancy(judgement).length > 0 ? met : [reason];
};

const therapyRunning: Requirement = ({ file }) => {
  const { interruptedOn, endedOn } = therapyStatus(file);
  return [...unless(interruptedOn === null || endedOn !== null, 'THERAPY_INTERRUPTED'), ...unless(endedOn === null, 'THERAPY_ENDED')];
};

const prescription: Requirement = ({ authorization, edition }) => {
  const { maxSupplyDays, strengthsMg } = edition.prescription;
  if (maxSupplyDays === null) return ['RULE_MISSING'];
  return [
    ...unless(authorization.prescription.supplyDays <= maxSupplyDays, 'SUPPLY_TOO_LONG'),
    ...unless(
      authorization.prescription.lines.every((line) => strengthsMg.includes(line.strengthMg)),
      'STRENGTH_UNKNOWN',
    ),
  ];
};

const window: Requirement = ({ effective }) =>
  unless(effective.state === 'authorized' || effective.state === 'reserved', 'AUTHORIZATION_NOT_ISSUED');

const reservationFree: Requirement = ({ effective, by }) => {
  const holder = effective.live?.pharmacy ?? effective.lapsedHolder;
  return unless(holder === null || holder === by.id, 'ALREADY_RESERVED');
};

const reservationHeld: Requirement = ({ authorization, effective, by, file, at }) => {
  if (effective.live?.pharmacy === by.id) return met;
  if (effective.live !== null) return ['NOT_RESERVED', 'ALREADY_RESERVED'];
  if (effective.lapsedHolder === by.id) return ['CONFIRMATION_EXPIRED'];
  // A site that lost its certification lost the reservation with it: the certification is the reason to tell.
  if (authorization.reservation?.pharmacy === by.id && !isCertified(file.participants[by.id], at)) return met;
  return ['NOT_RESERVED'];
};

const shipSameDay: Requirement = ({ authorization, effective, edition, handover, at }) => {
  const asked = categoryOf(authorization.category, edition)?.shipSameDay === true;
  if (!asked || handover === null || !handover.ship || effective.live === null) return met;
  return unless(dateAt(effective.live.reservedAt, handover.siteZone) === dateAt(at, handover.siteZone), 'SHIP_SAME_DAY');
};

const daysLeftRequirement: Requirement = ({ file, on, edition, authorization }) => {
  const max = edition.authorization.maxDaysLeft;
  if (max === null) return ['RULE_MISSING'];
  const waived = authorization.exceptions.some((each) => edition.exceptions[each.kind]?.waives.includes('TOO_EARLY_FOR_NEXT_FILL'));
  return unless(waived || daysLeft(file, on) <= max, 'TOO_EARLY_FOR_NEXT_FILL');
};

const quantity: Requirement = ({ authorization, presented }) => {
  if (presented === null) return met;
  const { lines, supplyDays } = authorization.prescription;
  const shown = presented.lines ?? [];
  const capsulesOf = (some: readonly { strengthMg: number; capsules: number }[], strengthMg: number): number =>
    some.reduce((sum, line) => (line.strengthMg === strengthMg ? sum + line.capsules : sum), 0);
  const strengths = new Set([...shown.map((line) => line.strengthMg), ...(presented.strengthMg === null ? [] : [presented.strengthMg])]);
  const ordered = new Set(lines.map((line) => line.strengthMg));
  const otherStrength = [...strengths].some((strengthMg) => !ordered.has(strengthMg));
  const tooMany =
    (presented.capsules ?? 0) > lines.reduce((sum, line) => sum + line.capsules, 0) ||
    (presented.supplyDays ?? 0) > supplyDays ||
    shown.some(({ strengthMg }) => ordered.has(strengthMg) && capsulesOf(shown, strengthMg) > capsulesOf(lines, strengthMg));
  return [...unless(!tooMany, 'MORE_THAN_AUTHORIZED'), ...unless(!otherStrength, 'WRONG_PRODUCT')];
};

const checklist: Requirement = ({ handover, edition }) =>
  unless(!edition.authorization.checklist || handover?.checklist === true, 'CHECKLIST_MISSING');
const medicationGuide: Requirement = ({ handover, edition }) =>
  unless(!edition.authorization.medicationGuide || handover?.medicationGuide === true, 'MEDICATION_GUIDE_MISSING');

export const REQUIREMENTS: Readonly<Record<string, Requirement>> = {
  identity,
  'presented-prescription': presentedPrescription,
  enrolled,
  'patient-active': patientActive,
  'enrollment-current': enrollmentCurrent,
  'prescriber-certified': prescriberCertified,
  'prescriber-not-suspended': prescriberNotSuspended,
  'own-prescriber': ownPrescriber,
  'pharmacy-certified': pharmacyCertified,
  'category-known': categoryKnown,
  agreement,
  counseling,
  contraception,
  'contraception-confirmed': contraceptionConfirmed,
  tests,
  danger,
  'partner-counseled': partnerCounseled,
  survey,
  'survey-discrepancy': surveyDiscrepancy,
  'therapy-running': therapyRunning,
  prescription,
  window,
  'reservation-free': reservationFree,
  'reservation-held': reservationHeld,
  'ship-same-day': shipSameDay,
  'days-left': daysLeftRequirement,
  quantity,
  checklist,
  'medication-guide': medicationGuide,
};

// The guard and the explanation ask about the very same judgement; it is immutable, so the second of them may have the first one's answer.
const answered = new WeakMap<Judgement, Partial<Record<JudgedAt, readonly ReasonCode[]>>>();

/** Every reason why this cannot be, in the catalogue's order; empty when nothing stands in the way. A requirement nobody knows refuses. */
export function unmet(when: JudgedAt, judgement: Judgement): readonly ReasonCode[] {
  const known = answered.get(judgement)?.[when];
  if (known !== undefined) return known;
  const names = judgement.edition.judged[when];
  const reasons = inCatalogueOrder(names.flatMap((name) => REQUIREMENTS[name]?.(judgement) ?? ['RULE_MISSING']));
  answered.set(judgement, { ...answered.get(judgement), [when]: reasons });
  return reasons;
}

/** The first day on which no more than the allowed days are left. */
export function earliestFillOn(file: Case, on: LocalDate, edition: Edition): LocalDate | null {
  const max = edition.authorization.maxDaysLeft;
  const end = coveredThrough(file, on);
  return max === null || end === null ? null : addDays(end, 1 - max);
}
