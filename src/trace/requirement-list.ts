import { createHash } from 'node:crypto';

/** What a program's regulator asked, line by line, as `programs/<code>/requirements.json` holds it. */
export interface RequirementList {
  readonly program: string;
  readonly title: string;
  readonly source: ListSource;
  readonly lines: readonly RequirementLine[];
}

export interface ListSource {
  /** A structured label; a list that somebody extracted from one; or public documents, in our own words. */
  readonly kind: 'label' | 'extracted-list' | 'documents';
  readonly title: string;
  /** Of a label: its set, version and date. */
  readonly set: string | null;
  readonly version: string | null;
  readonly effective: string | null;
  /** SHA-256, hex, of the file it was imported from. */
  readonly sha256: string | null;
  /** Whether the source was read as the regulator publishes it. */
  readonly verified: boolean;
  readonly note: string | null;
}

export interface RequirementLine {
  /** Its name in the source. */
  readonly ref: string;
  /** Whom it binds. */
  readonly who: string;
  /** The heading it stands under, which may say more closely whom it binds. */
  readonly heading: string | null;
  readonly phase: string | null;
  /** The regulator's code for what it asks, and that code's title. */
  readonly code: string | null;
  readonly asks: string | null;
  /** When or until when, in the source's words. */
  readonly when: string | null;
  /** How often; units as UCUM writes them (d, wk, mo, a). */
  readonly every: { readonly value: number; readonly unit: string } | null;
  readonly text: string;
  /** Materials and forms it names. */
  readonly documents: readonly string[];
  /** Of a line that was not imported. */
  readonly source?: string;
  readonly verified?: boolean;
}

/** What was imported cannot be a list of requirements: where and why. */
export class ListInvalid extends Error {}

/**
 * The fingerprint of what a line asks. A mapping names it, so that a line whose words changed under the same name has to be mapped again.
 */
export function fingerprintOf({ who, when, text }: Pick<RequirementLine, 'who' | 'when' | 'text'>): string {
  return createHash('sha256')
    .update(JSON.stringify([who, when, text]))
    .digest('hex')
    .slice(0, 12);
}

export interface ListDifference {
  readonly added: readonly string[];
  readonly gone: readonly string[];
  readonly reworded: readonly string[];
}

/** What a newly imported list says otherwise than the one on file. */
export function differenceOf(before: RequirementList, after: RequirementList): ListDifference {
  const old = new Map(before.lines.map((line) => [line.ref, fingerprintOf(line)]));
  const now = new Map(after.lines.map((line) => [line.ref, fingerprintOf(line)]));
  return {
    added: [...now.keys()].filter((ref) => !old.has(ref)),
    gone: [...old.keys()].filter((ref) => !now.has(ref)),
    reworded: [...now].filter(([ref, print]) => old.has(ref) && old.get(ref) !== print).map(([ref]) => ref),
  };
}
