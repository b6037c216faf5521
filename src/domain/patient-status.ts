import { dispenseBy, effectiveState, isPreparing, unissued } from './authorization/deadline.js';
import { counterReasons, earliestIssue } from './authorization/explain.js';
import { addDays, dateAt, HOUR_MS, type Instant, type LocalDate, startOfDay } from './calendar.js';
import { ageAt, governing } from './category.js';
import { earliestFillOn } from './counter-requirement.js';
import { standingDangers } from './danger.js';
import { coveredThrough, lastFill } from './dispensing.js';
import type { Judgement } from './judgement.js';
import type { Authorization, AuthorizationState, Case } from './patient.js';
import { acceptedNegatives } from './pregnancy-test.js';
import type { Edition } from './program.js';
import { REASONS, type ReasonCode } from './reason.js';
import { testsAsked, unmet } from './requirement.js';
import { testIntervalDays, therapyStatus } from './therapy.js';

/** Where a patient stands with her medicine on the clock of `at`, by the requirements that decide: what her own screen is made from. */
export interface PatientStatus {
  /** The authorization it is about: the open one, or the one in preparation; null when nothing is under way. */
  readonly authorization: Authorization | null;
  readonly state: AuthorizationState | null;
  /** What stands between her and the medicine, in the catalogue's order. Empty while preparing: only the prescription is missing. */
  readonly reasons: readonly ReasonCode[];
  /** When the next prescription, or the fill, can be had at the earliest; null when that hangs on somebody's judgement. */
  readonly earliest: Instant | null;
  /** Of an issued one: the last instant of hand-over. Of one in preparation: the last instant of its issue. */
  readonly endsAt: Instant | null;
  /** Until when a pharmacy holds it for her. */
  readonly heldUntil: Instant | null;
  /** The last day that the medicine in her hands lasts; null when she has none left. */
  readonly medicineThrough: LocalDate | null;
  /** The day by which what is missing has to be there, so that she does not run out. */
  readonly neededBy: LocalDate | null;
  /** The day by which the next pregnancy test is due while she is on the medicine; null when none is asked, or when one is missing already. */
  readonly nextTestBy: LocalDate | null;
}

/** Codes at the counter that say nothing about the patient's own turn: whose pharmacy asks, and that one holds it for her. */
const OF_THE_SITE: readonly ReasonCode[] = ['PHARMACY_NOT_CERTIFIED', 'ALREADY_RESERVED'];

export function patientStatus(file: Case, at: Instant, edition: Edition): PatientStatus {
  const on = dateAt(at, edition.zone);
  const authorization = underWay(file, at);
  const judgement = judgementOf(file, authorization ?? draft(at, edition), at, on, edition);
  const { effective } = judgement;
  const issued = authorization !== null && !isPreparing(effective.state);
  const reasons = authorization === null ? beforeTheFirstStep(judgement) : issued ? atCounter(judgement) : unmet('issue', judgement);
  const covered = coveredThrough(file, on);
  const medicineThrough = covered !== null && covered >= on ? covered : null;
  const fillOn = reasons.includes('TOO_EARLY_FOR_NEXT_FILL') ? earliestFillOn(file, on, edition) : null;
  return {
    authorization,
    state: authorization === null ? null : effective.state,
    reasons,
    earliest: issued ? (fillOn === null ? null : startOfDay(fillOn, edition.zone)) : earliestIssue(judgement, reasons),
    endsAt: authorization === null ? null : issued ? authorization.expiresAt : authorization.preparationEndsAt,
    heldUntil: authorization !== null && effective.live !== null ? dispenseBy(authorization, effective.live) : null,
    medicineThrough,
    neededBy: medicineThrough ?? (authorization !== null && !issued ? dateAt(authorization.preparationEndsAt, edition.zone) : null),
    nextTestBy: nextTestBy(judgement, reasons),
  };
}

/** Whether a guardian still speaks for her: while she is a minor, which is not known without a birth date. */
export function isMinor(file: Case, at: Instant, edition: Edition): boolean {
  const age = ageAt(file.answers, dateAt(at, edition.zone));
  return age !== null && edition.adulthoodAge !== null && age < edition.adulthoodAge;
}

/**
 * Whether every danger that stands was on record when her prescriber told her of the result, under whatever program he did: a later one she has
 * not heard of.
 */
export function toldOfAll(file: Case, at: Instant, edition: Edition): boolean {
  const facts = [file, ...(file.elsewhere ?? [])].flatMap((record) => record.evidence);
  const toldAt = facts.flatMap((fact) => (fact.kind === 'result-told' ? [fact.recordedAt] : []));
  return toldAt.length > 0 && standingDangers(file, at, edition).every((danger) => danger.recordedAt <= Math.max(...toldAt));
}

/** The last instant at which emergency contraception can help after something on that day; null where the edition names none, or she needs none. */
export function emergencyContraceptionBy(file: Case, at: Instant, on: LocalDate, edition: Edition): Instant | null {
  const hours = edition.contraception.emergencyHours ?? null;
  const governed = governing({ file, on: dateAt(at, edition.zone), edition });
  // From the day's first instant: the hour is not known, and a limit is never said later than it is.
  return hours === null || governed?.category.contraception !== true ? null : startOfDay(on, edition.zone) + hours * HOUR_MS;
}

/** The prescription in preparation that an answer of hers can serve: the newest one; else the newest of all, which tells why not. */
export function answerable(file: Case, at: Instant): Authorization | null {
  const newest = (some: readonly Authorization[]) => [...some].sort((a, b) => b.startedAt - a.startedAt)[0] ?? null;
  return newest(file.authorizations.filter((each) => isPreparing(effectiveState(each, file, at).state))) ?? newest(file.authorizations);
}

/** An issued one before one in preparation, the newest of each. */
export function underWay(file: Case, at: Instant): Authorization | null {
  const newest = [...file.authorizations].sort((a, b) => b.startedAt - a.startedAt);
  const inState = (asked: (state: AuthorizationState) => boolean) => newest.find((each) => asked(effectiveState(each, file, at).state));
  return inState((state) => state === 'authorized' || state === 'reserved') ?? inState(isPreparing) ?? null;
}

export function judgementOf(file: Case, authorization: Authorization, at: Instant, on: LocalDate, edition: Edition): Judgement {
  return {
    file,
    edition,
    at,
    on,
    by: { role: 'prescriber', id: file.enrollment?.prescriber ?? '' },
    authorization,
    effective: effectiveState(authorization, file, at),
    presented: null,
    handover: null,
  };
}

const atCounter = (judgement: Judgement): ReasonCode[] => counterReasons('verify', judgement).filter((code) => !OF_THE_SITE.includes(code));

const OF_HER_ENROLLMENT: readonly string[] = ['identity', 'enrollment', 'danger', 'therapy', 'people'];

/** With nothing under way: what already stands against a next prescription, not what is done for each one. */
const beforeTheFirstStep = (judgement: Judgement): ReasonCode[] =>
  unmet('issue', judgement).filter((code) => OF_HER_ENROLLMENT.includes(REASONS[code].group) || code === 'SURVEY_DISCREPANT');

export function nextTestBy({ file, at, on, edition }: Judgement, reasons: readonly ReasonCode[]): LocalDate | null {
  if (!testsAsked({ file, on, edition }) || lastFill(file) === null) return null;
  const asked = reasons.some((code) => REASONS[code].group === 'test' || REASONS[code].group === 'danger');
  if (asked || therapyStatus(file).endedOn !== null) return null;
  const newest = acceptedNegatives(file, at, edition, edition.tests.onTherapy)[0];
  const interval = newest === undefined ? null : testIntervalDays(file, newest.collected.on, edition);
  return newest === undefined || interval === null ? on : addDays(newest.collected.on, interval);
}

/** What the next prescription would be when somebody started it now: only asked about the patient, never about itself. */
export const draft = (at: Instant, edition: Edition): Authorization =>
  unissued('draft', 1, { lines: [], supplyDays: 1, refillsAsked: 0, channel: '' }, at, edition);
