import { deadlinesOf, told } from '../authorization/entry.js';
import { caseOfNobody } from '../authorization/nobodys-case.js';
import { canonicalBytes } from '../compliance-log/seal.js';
import type { Command } from '../domain/authorization/command.js';
import { type Decision, decide, type Others } from '../domain/authorization/decide.js';
import { apply, type Effect } from '../domain/authorization/effect.js';
import { dateAt } from '../domain/calendar.js';
import type { DrugHashes } from '../domain/clinical/drug.js';
import { decideEdition, EDITION_COMMANDS, type EditionCommand, type EditionDraft } from '../domain/edition-life.js';
import { decideFinding, type Finding, type FindingCommand } from '../domain/finding.js';
import type { LogEntry } from '../domain/log-entry.js';
import type { Case } from '../domain/patient.js';
import type { Edition } from '../domain/program.js';
import type { StoredEntry } from './log.store.js';
import { lineOf } from './verification.js';

/** An entry with the values it commits to, as the decision used them. */
export interface ReadEntry {
  readonly line: LogEntry;
  readonly command: Command | FindingCommand | EditionCommand;
  readonly effects: readonly Effect[];
  readonly basis: Pick<Case, 'participants' | 'accommodations' | 'linked' | 'elsewhere'> & {
    readonly finding?: Finding;
    /** The label facts it looked at; null or absent: none. */
    readonly drug?: DrugHashes | null;
    readonly edition?: { readonly draft: EditionDraft; readonly sound: boolean };
  };
}

/** null when the values are erased. */
export function readEntry(stored: StoredEntry): ReadEntry | null {
  if (stored.side === null) return null;
  const { command, effects, basis } = stored.side.values as Omit<ReadEntry, 'line'>;
  return { line: lineOf(stored), command, effects, basis };
}

/**
 * The case as that decision saw it, from the log alone: the fold of the effects of every earlier version of the enrollment, and beside it what
 * the entry itself kept of the world outside (participants, accommodations, linked records). No table of the present is asked.
 */
export function caseAsSeen(read: ReadEntry, earlier: readonly ReadEntry[]): Case {
  let file = beforeAnything(read.line.patient);
  for (const each of earlier) file = apply(file, each.effects);
  return asSeen(file, read);
}

/** The case of a patient about whom nothing has been recorded yet. */
export const beforeAnything = (patient: string | null): Case => ({ ...caseOfNobody({}), patient: patient ?? 'unknown' });

/** A folded case as the one read of that decision brought it: in that read's order, with what the entry kept of the world outside. */
export function asSeen(file: Case, { line, basis }: ReadEntry): Case {
  const { participants, accommodations = [], linked = [], elsewhere } = basis;
  return {
    ...file,
    enrollment: file.enrollment && { ...file.enrollment, revision: line.aggregate.saw },
    // In the order in which the one read of a decision brings them.
    authorizations: [...file.authorizations].sort((a, b) => a.startedAt - b.startedAt || order(a.id, b.id)),
    fills: [...file.fills].sort((a, b) => a.handedOver.at - b.handedOver.at || order(a.id, b.id)),
    participants,
    accommodations,
    linked,
    ...(elsewhere ? { elsewhere } : {}),
  };
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** One field in which the decision taken again is another one. */
export interface Difference {
  readonly field: string;
  readonly recorded: unknown;
  readonly replayed: unknown;
}

/** Takes the decision again and compares it bit for bit with the signed line (I21). */
export function replay(read: ReadEntry, file: Case, edition: Edition, others: Others = {}): Difference[] {
  const { line, effects } = read;
  const decision = decideAgain(read, file, edition, others);
  const again: readonly (readonly [field: string, recorded: unknown, replayed: unknown])[] = [
    ['outcome', line.outcome, decision.outcome],
    ['reasons', line.reasons, decision.reasons],
    ['warnings', line.warnings, decision.warnings],
    ['referrals', line.referrals ?? [], decision.referrals],
    ['earliest', line.earliest, decision.earliest],
    ['deadlines', line.deadlines, deadlinesOf(decision)],
    ['effects', line.effects, decision.effects.map(told)],
    ['effects in full', effects, decision.effects],
    ['date', line.calendar?.on ?? null, line.calendar && dateAt(line.at, line.calendar.zone)],
  ];
  return again.flatMap(([field, recorded, replayed]) =>
    canonicalBytes(recorded).equals(canonicalBytes(replayed)) ? [] : [{ field, recorded, replayed }],
  );
}

function decideAgain({ command, basis }: ReadEntry, file: Case, edition: Edition, others: Others): Decision {
  if (isOfEdition(command)) {
    if (basis.edition === undefined) throw new Error('The entry of an edition’s step keeps no draft.');
    return decideEdition(basis.edition.draft, command, basis.edition.sound);
  }
  if (!isOfFinding(command)) return decide(file, command, edition, others);
  if (basis.finding === undefined) throw new Error('The entry of a finding keeps no finding.');
  return decideFinding(basis.finding, command, file.participants).decision;
}

type Recorded = ReadEntry['command'];
export const isOfFinding = (command: Recorded): command is FindingCommand =>
  command.do === 'assign-finding' || command.do === 'close-finding';
export const isOfEdition = (command: Recorded): command is EditionCommand => (EDITION_COMMANDS as readonly string[]).includes(command.do);
