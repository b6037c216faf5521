import type { LocalDate } from '../calendar.js';
import { categoryOf, registeredCategory } from '../category.js';
import type { Case } from '../patient.js';
import type { Edition } from '../program.js';
import { roleReasons } from './attester.js';
import { revokeOpen } from './enrolling.js';
import { accepted, type Handlers, type Ruling, refused, type Situation } from './ruling.js';

/** Two records that may be one person's. The suspicion of one joins them at once; that they are one, or two, takes two persons (rules §9.15). */

type Named = 'link-patients' | 'unlink-patients';

/** What stands in the way of either; null when nothing does. */
function notNow({ file, command }: Situation<Named>): Ruling | null {
  const who = roleReasons(command.by, ['prescriber', 'administrator']);
  if (who.length > 0) return refused(who);
  if (file.enrollment === null) return refused(['NOT_ENROLLED']);
  if (command.done || command.other === file.patient) return refused(['WRONG_STATE']);
  return command.askedBy === command.by.id ? refused(['SECOND_PERSON_REQUIRED']) : null;
}

function link(situation: Situation<'link-patients'>): Ruling {
  const { file, command, at, on, edition } = situation;
  const refusal = notNow(situation);
  if (refusal) return refusal;
  const { other, askedBy, by } = command;
  if (askedBy === null)
    return accepted([
      { kind: 'link', other, by: [by.id] },
      { kind: 'finding', code: 'POSSIBLE_SAME_PERSON' },
    ]);
  // One person, then: of two categories the stricter is hers, and what was issued under the other ends as at any change to a stricter one.
  const own = categoryOf(registeredCategory(file, on, edition), edition);
  const hers = categoryOf(file.linked.find((record) => record.patient === other)?.category ?? null, edition);
  const stricter = hers?.reproductivePotential === true && own?.reproductivePotential !== true;
  return accepted([{ kind: 'link', other, by: [askedBy, by.id] }, ...(stricter ? revokeOpen(file, at, edition) : [])]);
}

function unlink(situation: Situation<'unlink-patients'>): Ruling {
  const refusal = notNow(situation);
  if (refusal) return refusal;
  const { other, askedBy, by } = situation.command;
  return accepted([{ kind: 'unlink', other, by: askedBy === null ? [by.id] : [askedBy, by.id] }]);
}

export const DOUBLES: Handlers<Named> = { 'link-patients': link, 'unlink-patients': unlink };

/** Of two records that are one person, the one whose category is the laxer: what was issued under it has to end. */
export function laxer(one: Case, other: Case, on: LocalDate, edition: Edition): Case {
  const potential = (file: Case) => categoryOf(registeredCategory(file, on, edition), edition)?.reproductivePotential === true;
  return potential(one) && !potential(other) ? other : one;
}
