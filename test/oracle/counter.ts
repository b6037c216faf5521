// What is judged again at the pharmacy (rules §9.12): verify, reserve, dispense, and a hand-over reported afterwards.

import { dayAt, HOUR, type Ms } from './days.js';
import { type Authorization, certifiedAt, effective, type Fields, type Life, reservationOf, today } from './life.js';
import { dangerCodes } from './pregnancy-tests.js';
import { daysLeft } from './therapy.js';

const ENDED: Record<string, string> = {
  expired: 'AUTHORIZATION_EXPIRED',
  revoked: 'AUTHORIZATION_REVOKED',
  cancelled: 'AUTHORIZATION_CANCELLED',
  superseded: 'AUTHORIZATION_SUPERSEDED',
  dispensed: 'ALREADY_DISPENSED',
  returned: 'ALREADY_DISPENSED',
};

/** Who stands at the counter and for whom. */
function identity(life: Life, event: Fields, pharmacy: string, at: Ms): string[] {
  const codes: string[] = [];
  if (event['identifiers'] === 'mismatch') codes.push('IDENTIFIERS_DO_NOT_MATCH');
  if (!certifiedAt(life.participants[pharmacy], at)) codes.push('PHARMACY_NOT_CERTIFIED');
  if (life.deactivated) codes.push('PATIENT_DEACTIVATED');
  return codes;
}

/** Codes that a number which has ended gives, or null while it lives. */
export function ended(life: Life, authorization: Authorization, at: Ms): string[] | null {
  const state = effective(life, authorization, at);
  if (authorization.issuedAt === 0 && !authorization.handedOver) return state === 'draft' ? ['AUTHORIZATION_NOT_ISSUED'] : [ENDED[state]!];
  const code = ENDED[state];
  if (!code) return null;
  return authorization.handedOver && code !== 'ALREADY_DISPENSED' ? [code, 'ALREADY_DISPENSED'] : [code];
}

function tooEarly(life: Life, authorization: Authorization, at: Ms): boolean {
  const excepted = authorization.exceptions.some((each) => life.table.earlyExceptions.includes(each.kind));
  if (life.table.daysLeft === null) return false;
  return !excepted && daysLeft(life, today(life, at)) > life.table.daysLeft;
}

function shown({ table }: Life, authorization: Authorization, event: Fields): string[] {
  const codes: string[] = [];
  const shows = (event['shows'] ?? ['number', 'category']) as string[];
  if (table.prescriptionShows && (!shows.includes('number') || !shows.includes('category'))) codes.push('PRESCRIPTION_INCOMPLETE');
  if (table.prescriptionShows && event['showsCategory'] !== undefined && event['showsCategory'] !== authorization.category)
    codes.push('CATEGORY_CONTRADICTED');
  const { lines, days } = authorization.prescription;
  const capsules = lines.reduce((sum, each) => sum + (each.capsules ?? 0), 0);
  if (event['strengthMg'] !== undefined && !lines.some((each) => each.strengthMg === event['strengthMg'])) codes.push('WRONG_PRODUCT');
  if (
    (event['capsules'] !== undefined && event['capsules'] > capsules) ||
    (event['daysSupply'] !== undefined && event['daysSupply'] > (days ?? 0))
  )
    codes.push('MORE_THAN_AUTHORIZED');
  return codes;
}

/** Verify and reserve ask the same. */
export function askCodes(life: Life, authorization: Authorization | undefined, event: Fields, pharmacy: string, at: Ms): string[] {
  if (!authorization) return ['AUTHORIZATION_UNKNOWN'];
  const people = identity(life, event, pharmacy, at);
  const over = ended(life, authorization, at);
  if (over) return [...people, ...over, ...dangerCodes(life, at)];
  const codes = [...people, ...dangerCodes(life, at), ...shown(life, authorization, event)];
  if (tooEarly(life, authorization, at)) codes.push('TOO_EARLY_FOR_NEXT_FILL');
  const reservation = reservationOf(life, authorization, at);
  if (authorization.reservation?.by !== pharmacy && reservation !== 'free') codes.push('ALREADY_RESERVED');
  return codes;
}

/** The pharmacist asks before she hands over. */
export function dispenseCodes(life: Life, authorization: Authorization | undefined, event: Fields, pharmacy: string, at: Ms): string[] {
  if (!authorization) return ['AUTHORIZATION_UNKNOWN'];
  const people = identity(life, event, pharmacy, at);
  const over = ended(life, authorization, at);
  if (over) return [...people, ...over, ...dangerCodes(life, at)];
  const codes = [...people, ...dangerCodes(life, at)];
  const { reservation } = authorization;
  const standing = reservationOf(life, authorization, at);
  const lost = reservation?.by === pharmacy && people.includes('PHARMACY_NOT_CERTIFIED');
  if (standing === 'free' || !reservation) codes.push(...(lost ? [] : ['NOT_RESERVED']));
  else if (reservation.by !== pharmacy) codes.push('NOT_RESERVED', ...(standing === 'live' ? ['ALREADY_RESERVED'] : []));
  else if (standing === 'lapsed') codes.push('CONFIRMATION_EXPIRED');
  if (tooEarly(life, authorization, at)) codes.push('TOO_EARLY_FOR_NEXT_FILL');
  if (standing === 'live' && shippedLate(life, authorization, event, at)) codes.push('SHIP_SAME_DAY');
  if (life.table.checklist && event['checklist'] === false) codes.push('CHECKLIST_MISSING');
  if (life.table.medicationGuide && event['medicationGuide'] === false) codes.push('MEDICATION_GUIDE_MISSING');
  return codes;
}

function shippedLate(life: Life, authorization: Authorization, event: Fields, at: Ms): boolean {
  const row = life.table.categories[authorization.category];
  const { reservation } = authorization;
  if (event['method'] !== 'ship' || !reservation || !row || !life.table.shipSameDay.includes(row.potential)) return false;
  const zone = (event['siteZone'] ?? life.table.zone) as string;
  return dayAt(at, zone) !== dayAt(reservation.at, zone);
}

/** Whether a hand-over told afterwards kept to the rules of its moment, under a reservation that lives still when it is told. */
export function reportedInside(
  life: Life,
  authorization: Authorization,
  event: Fields,
  pharmacy: string,
  handedOver: Ms,
  told: Ms,
): boolean {
  const { reservation } = authorization;
  if (!reservation || reservation.by !== pharmacy || handedOver < reservation.at || handedOver > reservation.until) return false;
  if (effective(life, authorization, handedOver) !== 'reserved' || effective(life, authorization, told) !== 'reserved') return false;
  const now = dispenseCodes(life, authorization, { ...event, method: 'handover' }, pharmacy, told);
  return now.length === 0 && dispenseCodes(life, authorization, event, pharmacy, handedOver).length === 0;
}

export const reservedUntil = (life: Life, authorization: Authorization, at: Ms): Ms =>
  life.table.reservationHours === null ? authorization.expiresAt : at + life.table.reservationHours * HOUR;
