import { addDays, dateAt, type LocalDate } from './calendar.js';
import { categoryOf } from './category.js';
import { coveredThrough, daysLeft } from './dispensing.js';
import { met, type Requirement, unless } from './judgement.js';
import { isCertified, isTrained } from './participant.js';
import type { Case } from './patient.js';
import type { Edition } from './program.js';

/** The conditions at the pharmacy: who asks, what she holds in her hand, whose the reservation is, and what was gone through with the patient. */

const identity: Requirement = ({ presented }) => unless(presented === null || presented.identifiersMatch, 'IDENTIFIERS_DO_NOT_MATCH');

const presentedPrescription: Requirement = ({ presented, authorization }) => {
  if (presented === null) return met;
  const complete = presented.shows.includes('number') && presented.shows.includes('category');
  const contradicting =
    presented.showsCategory !== null && authorization.category !== null && presented.showsCategory !== authorization.category;
  return [...unless(complete, 'PRESCRIPTION_INCOMPLETE'), ...unless(!contradicting, 'CATEGORY_CONTRADICTED')];
};

const pharmacyCertified: Requirement = ({ file, by, at }) => {
  const site = file.participants[by.id];
  return unless(site !== undefined && isCertified(site, at) && isTrained(site, by.person, at), 'PHARMACY_NOT_CERTIFIED');
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

const shipSameDay: Requirement = ({ authorization, effective, edition, handover }) => {
  const asked = categoryOf(authorization.category, edition)?.shipSameDay === true;
  if (!asked || handover === null || !handover.ship || effective.live === null) return met;
  return unless(dateAt(effective.live.reservedAt, handover.siteZone) === dateAt(handover.handedOverAt, handover.siteZone), 'SHIP_SAME_DAY');
};

const daysLeftRequirement: Requirement = ({ file, on, edition, authorization }) => {
  const max = edition.authorization.maxDaysLeft;
  if (max === null) return ['RULE_MISSING'];
  if (max === 'none') return met;
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

export const AT_THE_COUNTER: Readonly<Record<string, Requirement>> = {
  identity,
  'presented-prescription': presentedPrescription,
  'pharmacy-certified': pharmacyCertified,
  window,
  'reservation-free': reservationFree,
  'reservation-held': reservationHeld,
  'ship-same-day': shipSameDay,
  'days-left': daysLeftRequirement,
  quantity,
  checklist,
  'medication-guide': medicationGuide,
};

/** The first day on which no more than the allowed days are left. */
export function earliestFillOn(file: Case, on: LocalDate, edition: Edition): LocalDate | null {
  const max = edition.authorization.maxDaysLeft;
  const end = coveredThrough(file, on);
  return typeof max !== 'number' || end === null ? null : addDays(end, 1 - max);
}
