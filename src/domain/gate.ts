import { type Governed, governing } from './category.js';
import type { Gate } from './program.js';
import { REASONS, type ReasonCode } from './reason.js';

/**
 * How strongly an edition stands before a fill. Hard refuses. Advisory never blocks: what would have been refused is referred to a person, and
 * the act goes on. None judges nothing: a retired program, or persons whose category is not in the program at all.
 */
export function gateOf(governed: Governed): Gate {
  if (governed.edition.gate === 'none' || governing(governed)?.category.enrolled === false) return 'none';
  // Not knowing how strong a program is is knowing nothing that would let anything pass.
  return governed.edition.gate === 'advisory' ? 'advisory' : 'hard';
}

/** Under every gate: one number, one fill, from the site that holds it, for the person it was issued for. Without these "once" would be gone. */
const ONCE: readonly ReasonCode[] = [
  'AUTHORIZATION_UNKNOWN',
  'AUTHORIZATION_NOT_ISSUED',
  'IDENTIFIERS_DO_NOT_MATCH',
  'ALREADY_RESERVED',
  'NOT_RESERVED',
  'CONFIRMATION_EXPIRED',
  'MORE_THAN_AUTHORIZED',
  'WRONG_PRODUCT',
  'FUTURE_DATE',
  'WRONG_STATE',
];

/** Whether that reason refuses under that gate. Who may act at all is asked under an advisory one too, where the edition judges it. */
export function refuses(code: ReasonCode, gate: Gate): boolean {
  if (gate === 'hard' || ONCE.includes(code) || REASONS[code].group === 'ended') return true;
  return gate === 'advisory' && (REASONS[code].group === 'people' || code === 'PHARMACY_NOT_CERTIFIED');
}
