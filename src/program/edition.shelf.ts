import type { Instant } from '../domain/calendar.js';
import type { Edition } from '../domain/program.js';

/** A document on file with the edition in it. */
export interface OnFile {
  readonly hash: string;
  /** As it was published: every value with its source. */
  readonly document: object;
  readonly edition: Edition;
}

/** An approved edition that this release cannot read: where it governs nothing can be decided (I6). */
export interface Unreadable {
  readonly hash: string;
  readonly program: string;
  readonly effectiveFrom: Instant;
}

interface Term {
  readonly effectiveFrom: Instant;
  readonly effectiveUntil: Instant | null;
  readonly onFile: OnFile | null;
}

const governs = ({ effectiveFrom, effectiveUntil }: Term, at: Instant): boolean =>
  effectiveFrom <= at && (effectiveUntil === null || at <= effectiveUntil);

/** The editions as they are known at one revision of the catalogue. Never changed: a new revision is another shelf. */
export class EditionShelf {
  private readonly terms = new Map<string, Term[]>();
  private readonly byHash = new Map<string, OnFile>();

  /** @param kept found by hash alone: withdrawn ones, and those that an earlier release brought */
  constructor(governing: readonly OnFile[], kept: readonly OnFile[] = [], unreadable: readonly Unreadable[] = []) {
    for (const each of kept) this.byHash.set(each.hash, each);
    for (const onFile of governing) {
      const { program, effectiveFrom, effectiveUntil } = onFile.edition;
      this.byHash.set(onFile.hash, onFile);
      this.place(program, { effectiveFrom, effectiveUntil, onFile });
    }
    for (const { program, effectiveFrom } of unreadable) this.place(program, { effectiveFrom, effectiveUntil: null, onFile: null });
    for (const terms of this.terms.values()) terms.sort((a, b) => a.effectiveFrom - b.effectiveFrom);
  }

  private place(program: string, term: Term): void {
    this.terms.set(program, [...(this.terms.get(program) ?? []), term]);
  }

  programs(): string[] {
    return [...this.terms.keys()];
  }

  /** Those that govern at some time, in the order in which they take effect. */
  editionsOf(program: string): OnFile[] {
    return (this.terms.get(program) ?? []).flatMap(({ onFile }) => (onFile === null ? [] : [onFile]));
  }

  inForce(program: string, at: Instant): OnFile | undefined {
    return this.terms.get(program)?.findLast((term) => governs(term, at))?.onFile ?? undefined;
  }

  /** The first instant after `at` from which another edition of the program governs, or none any more; null: none is known of. */
  nextChange(program: string, at: Instant): Instant | null {
    let next: Instant | null = null;
    for (const { effectiveFrom, effectiveUntil } of this.terms.get(program) ?? []) {
      for (const change of [effectiveFrom, effectiveUntil === null ? null : effectiveUntil + 1]) {
        if (change !== null && change > at && (next === null || change < next)) next = change;
      }
    }
    return next;
  }

  withHash(hash: string): OnFile | undefined {
    return this.byHash.get(hash);
  }
}
