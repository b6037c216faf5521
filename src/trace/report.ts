import { COMMAND_NAMES } from '../domain/authorization/decide.js';
import type { Enforcement, MappedLine, Mapping, Recording } from './mapping.js';
import { type Proofs, unwrapped, valueAt } from './proof.js';
import { fingerprintOf, type RequirementLine, type RequirementList } from './requirement-list.js';

/** What became of every line that was asked, judged against the edition and the code as they stand now. */
export interface TraceReport {
  readonly program: string;
  readonly title: string;
  readonly edition: string;
  readonly source: RequirementList['source'];
  readonly counts: Readonly<Record<Status, number>>;
  readonly lines: readonly ReportedLine[];
  /** Mapped lines that the list does not have. */
  readonly strays: readonly string[];
  readonly holds: boolean;
}

/** A broken line is one whose mapping says what is not so; its problems say what. */
export type Status = 'enforced' | 'recorded' | 'out-of-scope' | 'unmapped' | 'broken';

export interface ReportedLine {
  readonly ref: string;
  readonly who: string;
  readonly phase: string | null;
  readonly when: string | null;
  readonly text: string;
  readonly status: Status;
  readonly enforced: readonly Enforcement[];
  readonly recorded: readonly Recording[];
  readonly outOfScope: string | null;
  readonly note: string | null;
  readonly problems: readonly string[];
}

export function reportOn(list: RequirementList, mapping: Mapping, document: object, proofs: Proofs): TraceReport {
  const lines = list.lines.map((line) => reported(line, mapping.lines[line.ref], document, proofs));
  const refs = new Set(list.lines.map((line) => line.ref));
  const strays = Object.keys(mapping.lines).filter((ref) => !refs.has(ref));
  const counts = { enforced: 0, recorded: 0, 'out-of-scope': 0, unmapped: 0, broken: 0 };
  for (const line of lines) counts[line.status] += 1;
  const holds = counts.unmapped === 0 && counts.broken === 0 && strays.length === 0;
  return { program: list.program, title: list.title, edition: mapping.edition, source: list.source, counts, lines, strays, holds };
}

function reported(line: RequirementLine, mapped: MappedLine | undefined, document: object, proofs: Proofs): ReportedLine {
  const { ref, who, phase, when, text } = line;
  const problems = mapped === undefined ? [] : problemsOf(line, mapped, document, proofs);
  return {
    ref,
    who,
    phase,
    when,
    text,
    status: mapped === undefined ? 'unmapped' : problems.length > 0 ? 'broken' : statusOf(mapped),
    enforced: mapped?.enforced ?? [],
    recorded: mapped?.recorded ?? [],
    outOfScope: mapped?.outOfScope ?? null,
    note: mapped?.note ?? null,
    problems: mapped === undefined ? [`nobody has said what becomes of it; its fingerprint is ${fingerprintOf(line)}`] : problems,
  };
}

const statusOf = (mapped: MappedLine): Status =>
  mapped.enforced !== undefined ? 'enforced' : mapped.recorded !== undefined ? 'recorded' : 'out-of-scope';

function problemsOf(line: RequirementLine, mapped: MappedLine, document: object, proofs: Proofs): string[] {
  const now = fingerprintOf(line);
  const reworded = mapped.of === now ? [] : [`its words changed since it was mapped: read it again and write ${now} for ${mapped.of}`];
  return [
    ...reworded,
    ...(mapped.enforced ?? []).flatMap((claim) => proofs.problemsOf(claim)),
    ...(mapped.recorded ?? []).flatMap((recording) => recordingProblem(recording, document)),
  ];
}

function recordingProblem(recording: Recording, document: object): string[] {
  const unless = (known: boolean, what: string): string[] => (known ? [] : [what]);
  if ('command' in recording)
    return unless(
      COMMAND_NAMES.some((name) => name === recording.command),
      `there is no command "${recording.command}"`,
    );
  if ('material' in recording)
    return unless(
      valueAt(document, `/materials/${recording.material}`) !== undefined,
      `the edition has no material "${recording.material}"`,
    );
  if ('duty' in recording)
    return unless(textsIn(valueAt(document, '/duties'), 'what').has(recording.duty), `the edition names no duty "${recording.duty}"`);
  if ('checklist' in recording)
    return unless(
      textsIn(valueAt(document, '/checklists'), 'id').has(recording.checklist),
      `no checklist of the edition asks "${recording.checklist}"`,
    );
  return unless(
    textsIn(valueAt(document, '/questionnaires'), 'code').has(recording.question),
    `no survey of the edition asks "${recording.question}"`,
  );
}

/** The texts that stand under a key, bare or in a leaf, wherever it is below. */
function textsIn(node: unknown, key: string): Set<string> {
  const found = new Set<string>();
  const visit = (each: unknown): void => {
    if (each === null || typeof each !== 'object') return;
    for (const [name, value] of Object.entries(each)) {
      const text = unwrapped(value);
      if (name === key && typeof text === 'string') found.add(text);
      visit(value);
    }
  };
  visit(node);
  return found;
}
