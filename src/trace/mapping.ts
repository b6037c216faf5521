import type { JudgedAt } from '../domain/program.js';

/** Where each line of a program's requirements is kept, as `programs/<code>/trace.json` holds it. */
export interface Mapping {
  readonly program: string;
  /** The edition that keeps these lines. */
  readonly edition: string;
  readonly lines: Readonly<Record<string, MappedLine>>;
  /** Editions that took the place of that one, and the lines that are kept otherwise there; the others are kept as before. */
  readonly later?: Readonly<Record<string, Readonly<Record<string, MappedLine>>>>;
}

/** The mapping of each edition that the list is traced in, the first one first. */
export function byEdition({ program, edition, lines, later }: Mapping): Mapping[] {
  const others = Object.entries(later ?? {}).map(([name, changed]) => ({ program, edition: name, lines: { ...lines, ...changed } }));
  return [{ program, edition, lines }, ...others];
}

/** A line is enforced, or recorded, or both; or it is out of scope, and says why. */
export interface MappedLine {
  /** The fingerprint of the words that were mapped. */
  readonly of: string;
  readonly enforced?: readonly Enforcement[];
  readonly recorded?: readonly Recording[];
  readonly outOfScope?: string;
  /** What a reader should know besides: a part that is not kept, a reading. */
  readonly note?: string;
}

/**
 * What refuses when the line is not kept, and the case that shows it.
 * `requirement`: one of the edition's judged requirements. `value`: a number or list of the edition; `loosened` is a value under which the
 * case must come out otherwise. `machine`: the machine and the handlers themselves, in every edition; the reason with which they refuse.
 */
export type Enforcement =
  | { readonly requirement: string; readonly at: readonly JudgedAt[]; readonly case: string }
  | { readonly value: string; readonly loosened: unknown; readonly case: string }
  | { readonly machine: string; readonly case: string };

/** What holds the fact: a command of the log, a duty or a material of the edition, or a question that the pharmacist or the patient answers. */
export type Recording =
  | { readonly command: string }
  | { readonly duty: string }
  | { readonly material: string }
  | { readonly checklist: string }
  | { readonly question: string };
