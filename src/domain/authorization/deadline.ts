import { addDays, dateAt, endOfDay, HOUR_MS, type Instant, type LocalDate } from '../calendar.js';
import { waivesTests } from '../contraception.js';
import { gateOf } from '../gate.js';
import { isCertified, type Participant } from '../participant.js';
import type { Authorization, AuthorizationState, Case, Prescription, Reservation } from '../patient.js';
import { acceptedNegatives, settingRules } from '../pregnancy-test.js';
import type { Category, Edition } from '../program.js';
import { servingTests } from '../test-places.js';

/** Deadlines, and the state an authorization is really in: lapse and expiry hold by the clock alone, whoever has written them down. */

export interface Effective {
  readonly state: AuthorizationState;
  /** The reservation that is in force. */
  readonly live: Reservation | null;
  /** The site whose reservation lapsed: only it may take it up again until it says that nothing was handed over. */
  readonly lapsedHolder: string | null;
}

export const PREPARING: readonly AuthorizationState[] = ['counseling', 'contraception', 'pregnancyTest', 'ready'];

export const isPreparing = (state: AuthorizationState): boolean => PREPARING.includes(state);
/** Has its number and can still be filled. */
export const isIssued = (state: AuthorizationState): boolean => state === 'authorized' || state === 'reserved';
/** Neither ended nor dispensed: what danger revokes. */
export const isOpen = (state: AuthorizationState): boolean => isPreparing(state) || isIssued(state);

/**
 * Whether the site was without certification at any moment since it reserved: then it lost its reservations, the lapsed ones too, and a later
 * certification brings none back (rules §9.6, §10.41).
 */
function lostSince(site: Participant | undefined, reservedAt: Instant, at: Instant): boolean {
  if (site === undefined || !isCertified(site, at) || site.certifiedFrom === null || site.certifiedFrom > reservedAt) return true;
  return site.suspendedAt !== null && site.suspendedAt > reservedAt && site.suspendedAt <= at;
}

export function effectiveState(authorization: Authorization, file: Case, at: Instant): Effective {
  const still = (state: AuthorizationState): Effective => ({ state, live: null, lapsedHolder: null });
  if (isPreparing(authorization.state)) return still(at > authorization.preparationEndsAt ? 'expired' : authorization.state);
  if (authorization.state !== 'authorized' && authorization.state !== 'reserved') return still(authorization.state);
  if (authorization.expiresAt === null || at > authorization.expiresAt) return still('expired');
  const held = authorization.reservation;
  if (held === null) return still('authorized');
  if (lostSince(file.participants[held.pharmacy], held.reservedAt, at)) return still('authorized');
  if (authorization.state === 'authorized' || at > held.confirmationEndsAt)
    return { state: 'authorized', live: null, lapsedHolder: held.pharmacy };
  return { state: 'reserved', live: held, lapsedHolder: null };
}

/** A prescription that somebody starts: nothing of it is issued yet. */
export const unissued = (id: string, machineVersion: number, prescription: Prescription, at: Instant, edition: Edition): Authorization => ({
  id,
  machineVersion,
  state: 'counseling',
  edition: edition.edition,
  editionHash: edition.hash,
  prescription,
  startedAt: at,
  preparationEndsAt: preparationEnd(at, edition),
  issuedAt: null,
  issuedBy: null,
  category: null,
  expiresAt: null,
  restedOn: [],
  reservation: null,
  exceptions: [],
});

/** The last instant before the prescription's steps must be done. */
export const preparationEnd = (startedAt: Instant, edition: Edition): Instant =>
  edition.authorization.preparationDays === null
    ? startedAt
    : endOfDay(addDays(dateAt(startedAt, edition.zone), edition.authorization.preparationDays), edition.zone);

/** The last instant at which an authorization issued at `at` can be filled; null when the edition, or the test it counts from, is missing. */
export function authorizationEnd(file: Case, category: Category, at: Instant, edition: Edition): Instant | null {
  const { anchor, days, firstDay } = category.window;
  if (days === null || firstDay === null) return null;
  const on = dateAt(at, edition.zone);
  // Who needs no tests has none to count from, and a gate that waits for none counts from none.
  const tested = anchor === 'last-test' && !waivesTests(file, on, edition) && gateOf({ file, on, edition }) === 'hard';
  const from = tested ? newestTest(file, at, on, edition)?.collected.on : on;
  return from === undefined ? null : endOfDay(addDays(from, days - firstDay), edition.zone);
}

/** What the issue rests on; where an edition judges no tests, the newest that it would accept. */
const newestTest = (file: Case, at: Instant, on: LocalDate, edition: Edition) =>
  servingTests(file, at, on, edition)[0] ?? acceptedNegatives(file, at, edition, settingRules(file.fills, edition))[0];

/** The last instant at which a reservation made at `at` holds: its own hours, or, where there is no second number, the authorization's end. */
export function confirmationEnd(at: Instant, expiresAt: Instant | null, edition: Edition): Instant | null {
  const hours = edition.authorization.confirmationHours;
  if (hours === 'with-authorization') return expiresAt;
  return hours === null ? null : at + hours * HOUR_MS;
}

/** The last instant of hand-over: the earlier of both windows (rules §9.3). */
export const dispenseBy = (authorization: Authorization, reservation: Reservation): Instant =>
  Math.min(reservation.confirmationEndsAt, authorization.expiresAt ?? reservation.confirmationEndsAt);

/** The next instant at which the clock alone changes this authorization; null when it never will. */
export function nextDeadline(authorization: Authorization): Instant | null {
  if (isPreparing(authorization.state)) return authorization.preparationEndsAt;
  if (authorization.state === 'authorized') return authorization.expiresAt;
  return authorization.state === 'reserved' && authorization.reservation ? dispenseBy(authorization, authorization.reservation) : null;
}
