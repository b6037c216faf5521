import { categoryOf, contradicted, type Governed, governing } from './category.js';
import { contradictedElsewhere } from './elsewhere.js';
import type { Gate } from './program.js';
import { REASONS, type ReasonCode } from './reason.js';

/**
 * How strongly an edition stands before a fill. Hard refuses. Advisory never blocks: what would have been refused is referred to a person, and
 * the act goes on. None judges nothing: a retired program, or persons whose category is not in the program at all.
 */
export function gateOf(governed: Governed): Gate {
  if (governed.edition.gate === 'none' || isOutside(governed)) return 'none';
  // Not knowing how strong a program is is knowing nothing that would let anything pass.
  return governed.edition.gate === 'advisory' ? 'advisory' : 'hard';
}

/**
 * Whether the program does not have her in it. A category alone does not lead out of it: where her answers, those she gave in another program
 * since, or a record that may be hers say reproductive potential, the program's own gate stands, and says that they contradict (rules §1.3).
 */
function isOutside(governed: Governed): boolean {
  const { file, on, edition } = governed;
  const registered = governing(governed);
  if (registered === null || registered.category.enrolled) return false;
  return !(
    contradicted(registered.code, file.answers, on, edition) ||
    contradictedElsewhere(file, registered.code, on, edition) ||
    file.linked.some((record) => categoryOf(record.category, edition)?.reproductivePotential === true)
  );
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
