import { addMonths, dateAt, daysBetween } from './calendar.js';
import { ageAt, categoryOf, codeHere, contradicted, type Governed, governing, isMinorOn } from './category.js';
import { clinical } from './clinical/stop.js';
import { contraceptionReason, waivesTests } from './contraception.js';
import { AT_THE_COUNTER } from './counter-requirement.js';
import { reasonOf, standingDangers } from './danger.js';
import { contradictedElsewhere } from './elsewhere.js';
import { gateOf, refuses } from './gate.js';
import { type Judgement, met, type Requirement, unless } from './judgement.js';
import { isCertified, isSuspended } from './participant.js';
import { type Case, type EvidenceOfKind, evidenceOf } from './patient.js';
import type { Category, Edition, JudgedAt } from './program.js';
import { inCatalogueOrder, type ReasonCode } from './reason.js';
import { testReasons } from './test-places.js';
import { enrollmentLapsed, firstRules, therapyStatus } from './therapy.js';

/**
 * One function a condition, each answering with every reason it is unmet for. The same functions guard the machine and explain a refusal, so
 * that no fill can be refused, or allowed, for another reason than the one told. Which of them are asked when is the edition's list.
 */

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

const categoryKnown: Requirement = (judgement) => {
  const { file, on, edition } = judgement;
  // Without the age of adulthood no answers give a category, and nothing could be contradicted.
  if (typeof edition.adulthoodAge !== 'number') return ['RULE_MISSING'];
  if (ageAt(file.answers, on) === null) return ['FACT_UNKNOWN'];
  const governed = governing(judgement);
  if (governed === null) return ['CATEGORY_UNKNOWN'];
  const stricterDouble = file.linked.some((record) => categoryOf(record.category, edition)?.reproductivePotential === true);
  const laxer =
    contradicted(governed.code, file.answers, on, edition) ||
    (stricterDouble && !governed.category.reproductivePotential) ||
    contradictedElsewhere(file, governed.code, on, edition);
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
  const { file, at, on, edition } = judgement;
  const { required, validMonths } = edition.agreement;
  if (required === 'none') return met;
  if (required !== true || (validMonths !== 'none' && typeof validMonths !== 'number')) return ['RULE_MISSING'];
  const signed = agreementInForce(file);
  if (signed === null || signed.signed.at > at) return ['AGREEMENT_MISSING'];
  const governed = governing(judgement);
  if (governed === null) return met;
  if (codeHere(signed.category, edition) !== governed.code) return ['AGREEMENT_WRONG_CATEGORY'];
  const { signers } = governed.category;
  const byGuardian = signers === 'guardian' || (signers === 'guardian-of-minor' && isMinorOn(file.answers, on, edition));
  return [
    ...unless(validMonths === 'none' || addMonths(signed.signed.on, validMonths) >= on, 'AGREEMENT_TOO_OLD'),
    ...(byGuardian
      ? unless(signed.signedBy.includes('guardian'), 'GUARDIAN_SIGNATURE_MISSING')
      : unless(signed.signedBy.includes('patient'), 'AGREEMENT_MISSING')),
  ];
};

/** The counseling that this prescription goes by: its own, or, where once is enough, the one since (re-)enrollment. */
function counselingFor(judgement: Judgement): readonly EvidenceOfKind<'counseling'>[] {
  const { file, authorization, by } = judgement;
  const facts = evidenceOf(file, 'counseling');
  if (counselingAsked(judgement) !== 'enrollment')
    return facts.filter((fact) => fact.authorization === authorization.id && fact.by === by.id);
  const since = file.enrollment?.reEnrolledAt ?? file.enrollment?.enrolledAt;
  return facts.filter((fact) => since !== undefined && fact.recordedAt >= since);
}

/** How often the governing category is counseled; null when the edition does not say. */
export function counselingAsked(judgement: Governed): Category['counseling'] {
  const governed = governing(judgement);
  return governed === null ? 'each-prescription' : governed.category.counseling;
}

const counseling: Requirement = (judgement) => {
  const asked = counselingAsked(judgement);
  if (asked === 'none') return met;
  if (asked !== 'each-prescription' && asked !== 'enrollment') return ['RULE_MISSING'];
  return unless(counselingFor(judgement).length > 0, 'COUNSELING_NOT_CERTIFIED');
};

/** Whether a prescription may go on without its own counseling: none is asked, the one since enrollment is enough, or the gate does not wait. */
export const counselingDone = (judgement: Judgement): boolean =>
  gateOf(judgement) !== 'hard' || (counselingAsked(judgement) !== 'each-prescription' && counseling(judgement).length === 0);

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
    const inDate = typeof days === 'number' && daysBetween(dateAt(fact.recordedAt, edition.zone), on) <= days;
    const stillTrue = fact.authorization === authorization.id || fact.recordedAt >= answersChangedAt;
    return inDate && stillTrue && !wasFilled(file, fact.authorization) && !usedUp(file, fact.id);
  });
  return usable.at(-1) ?? null;
}

/** Whether the patient is asked to confirm her contraception for each prescription. */
export const confirmationAsked = (judgement: Governed): boolean =>
  governing(judgement)?.category.contraception === true && judgement.edition.contraception.confirmationDays !== 'none';

const contraceptionConfirmed: Requirement = (judgement) =>
  unless(!confirmationAsked(judgement) || usableConfirmation(judgement) !== null, 'CONTRACEPTION_NOT_CONFIRMED');

/** Whether a prescription waits for that confirmation: only where the want of it would refuse the issue. */
export const confirmationMissing = (judgement: Judgement): boolean => against('contraception-confirmed', judgement).length > 0;

const isContradicted = (judgement: Judgement): boolean => categoryKnown(judgement).includes('CATEGORY_CONTRADICTED');

/** Whether pregnancy tests are asked of her on that day. */
export const testsAsked = (judgement: Governed): boolean =>
  governing(judgement)?.category.tests === true && !waivesTests(judgement.file, judgement.on, judgement.edition);

const tests: Requirement = (judgement) => {
  if (!testsAsked(judgement) || isContradicted(judgement)) return met;
  const { file, at, on, edition } = judgement;
  return testReasons(file, at, on, edition);
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
  const rule = governing(judgement)?.category.survey;
  const { file, at, on, edition } = judgement;
  const first = firstRules(file, at, edition).firstPrescription;
  if (rule === null) return { survey: null, reason: 'RULE_MISSING' };
  if (rule === undefined || rule === 'none' || (first && !rule.first)) return { survey: null, reason: null };
  const surveys = evidenceOf(file, 'survey').filter((fact) => fact.completed.at <= at);
  if (rule.kind === 'calendar') {
    if (rule.months === null) return { survey: null, reason: 'RULE_MISSING' };
    const months = rule.months;
    const current = surveys.filter((fact) => addMonths(fact.completed.on, months) >= on).at(-1) ?? null;
    return { survey: current, reason: current ? null : surveys.length > 0 ? 'SURVEY_TOO_OLD' : 'SURVEY_MISSING' };
  }
  if (rule.days === null || typeof rule.afterCounseling !== 'boolean') return { survey: null, reason: 'RULE_MISSING' };
  const { days, afterCounseling } = rule;
  const counseledAt = afterCounseling ? Math.min(Number.POSITIVE_INFINITY, ...counselingFor(judgement).map((fact) => fact.recordedAt)) : 0;
  const previousIssuedAt = Math.max(0, ...file.fills.map((fill) => fill.issuedAt));
  const reasonAgainst = (fact: EvidenceOfKind<'survey'>): ReasonCode | null => {
    const servedEarlier = fact.served !== null && !file.authorizations.some((each) => each.id === fact.served && !wasFilled(file, each.id));
    if (usedUp(file, fact.id) || servedEarlier) return 'SURVEY_ALREADY_USED';
    const late = !first && fact.completed.at <= previousIssuedAt;
    return late || fact.completed.at < counseledAt || daysBetween(fact.completed.on, on) > days ? 'SURVEY_TOO_OLD' : null;
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

/** Why so many days cannot be prescribed to somebody of that category: the program's limit and the category's own both hold. */
export function supplyReasons(supplyDays: number, category: Category | null, { prescription: { maxSupplyDays } }: Edition) {
  const limits = [maxSupplyDays, category === null ? 'none' : category.maxSupplyDays];
  if (limits.some((limit) => limit !== 'none' && typeof limit !== 'number')) return ['RULE_MISSING'] as const;
  return unless(
    limits.every((limit) => typeof limit !== 'number' || supplyDays <= limit),
    'SUPPLY_TOO_LONG',
  );
}

export const strengthReasons = (lines: readonly { readonly strengthMg: number }[], { prescription: { strengthsMg } }: Edition) =>
  strengthsMg === null
    ? (['RULE_MISSING'] as const)
    : unless(
        lines.every((line) => strengthsMg.includes(line.strengthMg)),
        'STRENGTH_UNKNOWN',
      );

const prescription: Requirement = (judgement) => {
  const { authorization, edition } = judgement;
  const { supplyDays, lines } = authorization.prescription;
  return [...supplyReasons(supplyDays, governing(judgement)?.category ?? null, edition), ...strengthReasons(lines, edition)];
};

export const REQUIREMENTS: Readonly<Record<string, Requirement>> = {
  ...AT_THE_COUNTER,
  enrolled,
  'patient-active': patientActive,
  'enrollment-current': enrollmentCurrent,
  'prescriber-certified': prescriberCertified,
  'prescriber-not-suspended': prescriberNotSuspended,
  'own-prescriber': ownPrescriber,
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
  clinical,
};

/** What one requirement says against it under the gate of the case; one that nobody knows refuses. */
export const against = (name: string, judgement: Judgement): readonly ReasonCode[] => {
  const gate = gateOf(judgement);
  return (REQUIREMENTS[name]?.(judgement) ?? (['RULE_MISSING'] as const)).filter((code) => refuses(code, gate));
};

interface Answer {
  readonly unmet: readonly ReasonCode[];
  readonly referred: readonly ReasonCode[];
}

// The guard and the explanation ask about the very same judgement; it is immutable, so the second of them may have the first one's answer.
const answered = new WeakMap<Judgement, Partial<Record<JudgedAt, Answer>>>();

const nothing: Answer = { unmet: [], referred: [] };

const underLater = (judgement: Judgement, edition: Edition): Judgement => ({
  ...judgement,
  edition,
  on: dateAt(judgement.at, edition.zone),
  later: null,
});

function under(when: JudgedAt, judgement: Judgement): Answer {
  const reasons = inCatalogueOrder(judgement.edition.judged[when].flatMap((name) => REQUIREMENTS[name]?.(judgement) ?? ['RULE_MISSING']));
  const gate = gateOf(judgement);
  return {
    unmet: reasons.filter((code) => refuses(code, gate)),
    referred: gate === 'advisory' ? reasons.filter((code) => !refuses(code, gate)) : [],
  };
}

function both(one: Answer, other: Answer): Answer {
  if (other.unmet.length + other.referred.length === 0) return one;
  return { unmet: inCatalogueOrder([...one.unmet, ...other.unmet]), referred: inCatalogueOrder([...one.referred, ...other.referred]) };
}

function answer(when: JudgedAt, judgement: Judgement): Answer {
  const known = answered.get(judgement)?.[when];
  if (known !== undefined) return known;
  const fresh = both(under(when, judgement), judgement.later ? answer(when, underLater(judgement, judgement.later)) : nothing);
  answered.set(judgement, { ...answered.get(judgement), [when]: fresh });
  return fresh;
}

/** Every reason why this cannot be, in the catalogue's order; empty when nothing stands in the way. A requirement nobody knows refuses. */
export const unmet = (when: JudgedAt, judgement: Judgement): readonly ReasonCode[] => answer(when, judgement).unmet;

/** What an advisory program does not refuse and somebody has to look at. */
export const referred = (when: JudgedAt, judgement: Judgement): readonly ReasonCode[] => answer(when, judgement).referred;
