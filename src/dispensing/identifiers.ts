import { hash, timingSafeEqual } from 'node:crypto';
import { type NumberProblem, readNumber } from '../domain/authorization-number.js';
import { Problem } from '../http/problem.js';
import { familyNameKey } from '../patient/family-name.js';

/** What a pharmacist reads from the prescription to show that she has the patient in front of her. */
export interface Identifiers {
  readonly familyName: string;
  /** YYYY-MM-DD */
  readonly birthDate: string;
}

const LOOK_AGAIN: Readonly<Record<NumberProblem, readonly [title: string, detail: string]>> = {
  'check-character': [
    'One character looks wrong',
    'Nothing was asked for and no attempt was counted. Check the number against the prescription, character by character.',
  ],
  length: [
    'The number is not complete',
    'Nothing was asked for and no attempt was counted. An authorization number has 14 letters and digits, in groups of four and a last one of two.',
  ],
  character: [
    'There is a character that no number has',
    'Nothing was asked for and no attempt was counted. The number has letters and digits only; the letter U never occurs.',
  ],
};

/**
 * The stored form of an authorization number as typed.
 * @throws Problem 422 that says what to look at; no number of ours can fail here, so nothing is given away
 */
export function authorizationNumber(typed: string): string {
  const reading = readNumber(typed, 'authorization');
  if (reading.ok) return reading.number;
  const [title, detail] = LOOK_AGAIN[reading.problem];
  const code = reading.problem === 'check-character' ? 'check-character' : 'number-unreadable';
  throw new Problem({ status: 422, code, title, detail, extensions: { errors: [{ pointer: '/number', message: `${title}.` }] } });
}

const digest = (nameKey: string, birthDate: string): Buffer => hash('sha256', `${nameKey}\n${birthDate}`, 'buffer');

/**
 * Whether name and birth date are those on record, compared as digests in constant time. Nobody's record is compared as well, so that a number
 * that was never given takes the same road (T16).
 */
export function identifiersMatch(onRecord: { readonly familyNameKey: string; readonly birthDate: string }, shown: Identifiers): boolean {
  const key = familyNameKey(shown.familyName);
  const same = timingSafeEqual(digest(key, shown.birthDate), digest(onRecord.familyNameKey, onRecord.birthDate));
  return same && key !== '';
}
