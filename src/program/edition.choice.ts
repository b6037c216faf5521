import type { Command } from '../domain/authorization/command.js';
import type { Others } from '../domain/authorization/decide.js';
import type { Instant } from '../domain/calendar.js';
import { type OtherEditions, withElsewhere } from '../domain/elsewhere.js';
import type { Case } from '../domain/patient.js';
import type { Edition } from '../domain/program.js';

/** Where editions are looked up. */
export interface EditionsOnFile {
  inForce(program: string, at: Instant): Edition | undefined;
  withHash(hash: string): Edition | undefined;
}

export interface Chosen {
  readonly edition: Edition;
  readonly others: Others;
}

/**
 * The editions that judge a command: an authorization keeps the one it was issued under, and one that took effect since and applies to open ones
 * judges beside it; everything else goes by the one in force (rules §9.5). undefined when one of them is not on file: then nothing is decided.
 */
export function editionsFor(command: Command, file: Case, program: string, at: Instant, onFile: EditionsOnFile): Chosen | undefined {
  const target = 'authorization' in command ? file.authorizations.find((each) => each.id === command.authorization) : undefined;
  const current = onFile.inForce(program, at);
  const issued = target !== undefined && target.issuedAt !== null;
  const edition = issued ? onFile.withHash(target.editionHash) : current;
  if (edition === undefined) return undefined;
  const applies = issued && current?.appliesToOpen === true && current.effectiveFrom > edition.effectiveFrom;
  return { edition, others: { later: applies ? current : null, elsewhere: editionsElsewhere(file, at, onFile) } };
}

/** The editions that govern her other programs. */
function editionsElsewhere(file: Case, at: Instant, onFile: Pick<EditionsOnFile, 'inForce'>): OtherEditions {
  const found = (file.elsewhere ?? []).flatMap((record) => {
    const other = onFile.inForce(record.program, at);
    return other === undefined ? [] : [[record.program, other] as const];
  });
  return Object.fromEntries(found);
}

/** The case as a decision would see it, for whoever shows what one would say: with what counts here of her other programs. */
export const asDecided = (file: Case, edition: Edition, at: Instant, onFile: Pick<EditionsOnFile, 'inForce'>): Case =>
  withElsewhere(file, edition, editionsElsewhere(file, at, onFile));
