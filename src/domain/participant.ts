import type { Instant } from './calendar.js';

/** A person or site that takes part: prescriber, delegate, pharmacy site, administrator. */
export interface Participant {
  readonly id: string;
  readonly kind: 'prescriber' | 'delegate' | 'pharmacy' | 'administrator';
  readonly certifiedFrom: Instant | null;
  /** The last millisecond of the certification; null while it has no end. */
  readonly certifiedUntil: Instant | null;
  /** Suspended for cause at. */
  readonly suspendedAt: Instant | null;
  /** The last millisecond of the suspension; null while it has no end. */
  readonly suspendedUntil: Instant | null;
  /** Of a delegate: the prescriber it acts for. */
  readonly actsFor: string | null;
  /** Of a pharmacy site: the chain it belongs to. */
  readonly chain: string | null;
  /** Of a pharmacy site: the zone its days are counted in; the program's while none is on record. */
  readonly zone?: string;
  /** Of a prescriber, as given by the state; left out while none is on record. */
  readonly licence?: string;
  /** Counts every change; a decision is written only while it is the one read. */
  readonly revision: number;
  /** Of a pharmacy site: its people and until when their training holds (null: no end). */
  readonly trained: Readonly<Record<string, Instant | null>>;
}

/** Who asks. `id` is the participant's (or the patient's) id, `person` the trained person at a pharmacy site. */
export interface Actor {
  readonly role: 'prescriber' | 'delegate' | 'pharmacy' | 'patient' | 'guardian' | 'administrator' | 'steward' | 'laboratory' | 'system';
  readonly id: string;
  readonly person?: string | null;
  /** Of a scribe's writing: what the patient on the line named of herself, and what was right. */
  readonly identifiedBy?: readonly string[];
}

/**
 * Whether two licences are one. They are typed in many ways ("NY 123456", "123456 (New York)"), so four digits and more decide alone; two states
 * that gave the same number to two people are the rare error, and it only asks for a third person.
 */
export function sameLicence(one: string, other: string): boolean {
  const digits = (text: string): string => text.replaceAll(/\D/g, '');
  const plain = (text: string): string =>
    text
      .normalize('NFKD')
      .toUpperCase()
      .replaceAll(/[^\p{L}\p{N}]/gu, '');
  const byNumber = digits(one).length >= 4 && digits(other).length >= 4;
  return byNumber ? digits(one) === digits(other) : plain(one) === plain(other) && plain(one) !== '';
}

export const isSuspended = (participant: Participant, at: Instant): boolean =>
  participant.suspendedAt !== null &&
  participant.suspendedAt <= at &&
  (participant.suspendedUntil === null || at <= participant.suspendedUntil);

/** Certified, in date and not suspended at that instant. */
export const isCertified = (participant: Participant | undefined, at: Instant): boolean =>
  participant !== undefined &&
  participant.certifiedFrom !== null &&
  participant.certifiedFrom <= at &&
  (participant.certifiedUntil === null || at <= participant.certifiedUntil) &&
  !isSuspended(participant, at);

/** Whether that person at the site has training in date; a request that names no person is the site's own system. */
export function isTrained(site: Participant, person: string | null | undefined, at: Instant): boolean {
  if (person === null || person === undefined) return true;
  const until = site.trained[person];
  return until !== undefined && (until === null || at <= until);
}
