import { dispenseBy, effectiveState, isPreparing } from './authorization/deadline.js';
import { dangerReasons, earliestIssue } from './authorization/explain.js';
import { dateAt, endOfDay, type Instant, type LocalDate, spanAfter } from './calendar.js';
import { governing } from './category.js';
import { coveredThrough, daysLeft, fillsOfThisEnrollment } from './dispensing.js';
import type { Authorization, AuthorizationState, Case } from './patient.js';
import { draft, judgementOf, nextTestBy, underWay } from './patient-status.js';
import type { Edition, SpanBound } from './program.js';
import { inCatalogueOrder, REASONS, type ReasonCode } from './reason.js';
import { type TestReminder, testReminders } from './reminder.js';
import { unmet } from './requirement.js';
import { enrollmentLapsed, therapyStatus } from './therapy.js';

/** What is next for a patient, as her practice sees it: what is missing, whose turn it is, and the last moment to act. */

/** `mine` is the prescriber's own; `staff` the practice's. */
export const TURNS = ['mine', 'staff', 'patient', 'laboratory', 'pharmacy', 'time'] as const;
export type Turn = (typeof TURNS)[number];

/** Nothing under way: `supplied` while the capsules last, `to-start` when the next prescription can be prepared. */
export type Standing = AuthorizationState | 'to-start' | 'supplied' | 'interrupted' | 'ended';

export interface Outlook {
  /** The issued one, or the one in preparation; null when nothing is under way. */
  readonly authorization: Authorization | null;
  readonly standing: Standing;
  /** What can be done now and is not, in the catalogue's order. */
  readonly missing: readonly ReasonCode[];
  /** Whose act comes first. */
  readonly turn: Turn;
  /** The last moment to act: the end of preparation, window, confirmation or capsules, whichever is first. */
  readonly closesAt: Instant | null;
  readonly daysLeft: number;
  readonly runningOut: boolean;
  /** The day by which the next pregnancy test is due while she takes the medicine; null when none is asked. */
  readonly nextTestBy: LocalDate | null;
  /** Tests that gate nothing and are due on a day of their own. */
  readonly reminders: readonly TestReminder[];
}

/** Capsules for this many days or fewer are few: the practice's list shows these patients first. */
const RUNNING_OUT_DAYS = 7;

export function outlook(file: Case, at: Instant, edition: Edition): Outlook {
  const on = dateAt(at, edition.zone);
  const authorization = underWay(file, at);
  const judgement = judgementOf(file, authorization ?? draft(at, edition), at, on, edition);
  const { state } = judgement.effective;
  const { endedOn, interruptedOn } = therapyStatus(file);
  const left = daysLeft(file, on);
  const standing =
    authorization !== null ? state : endedOn ? 'ended' : interruptedOn ? 'interrupted' : left > RUNNING_OUT_DAYS ? 'supplied' : 'to-start';
  const testBy = nextTestBy(judgement, []);
  const dangers = dangerReasons(file, at, edition);
  const asked = isPreparing(state) && (authorization !== null || standing === 'to-start');
  const overdue: ReasonCode[] = testBy !== null && testBy < on ? ['TEST_TOO_OLD'] : [];
  const missing = asked ? unmet('issue', judgement) : inCatalogueOrder([...dangers, ...overdue]);
  const onTherapy = fillsOfThisEnrollment(file).length > 0 && endedOn === null && interruptedOn === null;
  const covered = onTherapy ? coveredThrough(file, on) : null;
  const ends = [bound(judgement.effective.live, authorization, state), covered === null ? null : endOfDay(covered, edition.zone)];
  const bounds = ends.filter((end) => end !== null);
  return {
    authorization,
    standing,
    missing,
    turn: firstTurn(standing, missing, dangers.length > 0),
    closesAt: bounds.length === 0 ? null : Math.min(...bounds),
    daysLeft: left,
    runningOut: onTherapy && left <= RUNNING_OUT_DAYS && !enrollmentLapsed(file, on, edition),
    nextTestBy: testBy,
    reminders: testReminders(file, on, edition),
  };
}

/** What the next issue lacks, and when it can be allowed at the earliest; asked of the one in preparation, or of one that is not written yet. */
export function nextIssue(
  file: Case,
  at: Instant,
  edition: Edition,
): { readonly authorization: Authorization | null; readonly reasons: readonly ReasonCode[]; readonly earliest: Instant | null } {
  const newest = [...file.authorizations].sort((a, b) => b.startedAt - a.startedAt);
  const authorization = newest.find((each) => isPreparing(effectiveState(each, file, at).state)) ?? null;
  const judgement = judgementOf(file, authorization ?? draft(at, edition), at, dateAt(at, edition.zone), edition);
  const held = newest.some((each) => effectiveState(each, file, at).state === 'reserved');
  const reasons = inCatalogueOrder([...unmet('issue', judgement), ...(held ? (['ALREADY_RESERVED'] as const) : [])]);
  return { authorization, reasons, earliest: earliestIssue(judgement, reasons) };
}

/** Until when contraception and the other duties go on after the end of therapy; null while it has not ended. */
export function tail(file: Case, at: Instant, edition: Edition) {
  const { endedOn } = therapyStatus(file);
  if (endedOn === null) return null;
  const after = (span: SpanBound) => (span === null || span === 'none' ? null : spanAfter(endedOn, span));
  const contraception = governing({ file, on: dateAt(at, edition.zone), edition })?.category.contraception === true;
  return {
    endedOn,
    contraceptionUntil: contraception ? after(edition.contraception.tail) : null,
    dutiesUntil: after(edition.therapy.tail),
  };
}

function bound(live: Authorization['reservation'], authorization: Authorization | null, state: AuthorizationState): Instant | null {
  if (authorization === null) return null;
  if (isPreparing(state)) return authorization.preparationEndsAt;
  return live ? dispenseBy(authorization, live) : authorization.expiresAt;
}

/** Who can end that reason. */
export function turnOf(code: ReasonCode): Turn {
  if (code === 'TEST_NOT_SIGNED') return 'mine';
  const { group, mendedBy } = REASONS[code];
  if (mendedBy === 'time') return 'time';
  if (group === 'test') return 'laboratory';
  if (group === 'data') return 'staff';
  if (mendedBy === 'patient' || mendedBy === 'guardian') return 'patient';
  if (mendedBy === 'pharmacy') return 'pharmacy';
  return mendedBy === 'prescriber' ? 'mine' : 'staff';
}

function firstTurn(standing: Standing, missing: readonly ReasonCode[], danger: boolean): Turn {
  if (danger) return 'mine';
  if (standing === 'authorized' || standing === 'reserved') return 'pharmacy';
  const turns = missing.map(turnOf);
  const first = TURNS.find((turn) => turns.includes(turn));
  if (first !== undefined && standing !== 'to-start') return first;
  // Nothing is written yet: whoever prepares prescriptions begins, unless something stands against any prescription.
  if (standing === 'to-start') return missing.some((code) => REASONS[code].group === 'enrollment') ? 'mine' : 'staff';
  return standing === 'supplied' || standing === 'ended' || standing === 'interrupted' ? 'time' : 'mine';
}
