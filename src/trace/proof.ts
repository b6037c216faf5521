import { type Played, playCase } from '../case-file/play.js';
import type { ReadableCase, WrittenEvent, WrittenExpectation } from '../case-file/read.js';
import { type Edition, editionFrom, type JudgedAt } from '../domain/program.js';
import { REQUIREMENTS } from '../domain/requirement.js';
import type { Enforcement } from './mapping.js';

/**
 * Whether a line that is said to be enforced still is. The proof is the case it names: it passes under the edition, and it comes out otherwise
 * under the same edition with that one rule taken away. A case that passes either way shows nothing, whatever it is called.
 */
export class Proofs {
  private readonly played = new Map<string, Played>();

  constructor(
    private readonly document: object,
    private readonly edition: Edition,
    private readonly cases: ReadonlyMap<string, readonly ReadableCase[]>,
  ) {}

  /** What is wrong with the claim; empty when it holds. */
  problemsOf(claim: Enforcement): string[] {
    const missing = this.ruleMissing(claim);
    if (missing.length > 0) return missing;
    const called = this.cases.get(claim.case) ?? [];
    // Each edition has its own cases, and the same question may have the same name in both.
    const found = called.filter((each) => each.events.some((event) => event.edition.hash === this.edition.hash));
    const [readable] = found;
    if (called.length === 0) return [`there is no case "${claim.case}"`];
    if (readable === undefined) return [`the case "${claim.case}" is not played under the edition ${this.edition.edition}`];
    if (found.length > 1) return [`${found.length} cases of the edition ${this.edition.edition} are called "${claim.case}"`];
    const plain = this.play(claim.case, readable, this.edition, 'as it is');
    if (plain.difference !== null)
      return [`the case "${claim.case}" fails: ${plain.difference.field} was ${plain.difference.actual}, not ${plain.difference.expected}`];
    return this.unproven(claim, readable);
  }

  private ruleMissing(claim: Enforcement): string[] {
    if ('requirement' in claim) {
      if (REQUIREMENTS[claim.requirement] === undefined) return [`there is no requirement "${claim.requirement}"`];
      return claim.at
        .filter((when) => !this.edition.judged[when].includes(claim.requirement))
        .map((when) => `the edition ${this.edition.edition} does not judge "${claim.requirement}" at ${when}`);
    }
    if ('value' in claim) {
      const value = valueAt(this.document, claim.value);
      if (value === undefined || value === null) return [`the edition ${this.edition.edition} has no value at ${claim.value}`];
    }
    return [];
  }

  private unproven(claim: Enforcement, readable: ReadableCase): string[] {
    if ('machine' in claim) return this.standsAlone(claim.machine, claim.case, readable);
    if ('value' in claim)
      return this.shows(claim.case, readable, claim.value, withValue(this.document, this.edition, claim), JSON.stringify(claim.loosened));
    return claim.at.flatMap((when) => {
      const without = withoutRequirement(this.document, this.edition, claim.requirement, when);
      return this.shows(claim.case, readable, `${claim.requirement} at ${when}`, without, '');
    });
  }

  /** Whether the case's refusal for that reason stands though no list of the edition judges anything. */
  private standsAlone(reason: string, id: string, readable: ReadableCase): string[] {
    const refuses = (expect: WrittenExpectation | undefined) =>
      expect?.outcome === 'deny' && expect.reasons?.some((each) => each === reason) === true;
    if (!readable.events.some(({ written }) => refuses(written.expect))) return [`the case "${id}" expects no refusal for ${reason}`];
    const events = readable.events.map((event) => {
      const expect = refuses(event.written.expect)
        ? { outcome: 'deny' as const, reasons: event.written.expect?.reasons?.filter((each) => each === reason) }
        : {};
      return { ...event, written: { ...event.written, expect } as WrittenEvent };
    });
    const nothing = changed(this.document, this.edition, '/judged', { issue: [], verify: [], reserve: [], dispense: [] });
    const { difference } = this.play(id, { ...readable, events }, nothing, `nothing judged ${reason}`);
    return difference === null
      ? []
      : [`the case "${id}" is refused for ${reason} only because the edition judges it: name the requirement`];
  }

  /** Whether the case comes out otherwise under the changed edition, and for no other reason than the change. */
  private shows(id: string, readable: ReadableCase, rule: string, edition: Edition, change: string): string[] {
    const { difference } = this.play(id, readable, edition, `${rule} ${change}`);
    if (difference === null) return [`the case "${id}" passes without "${rule}" too, so it proves nothing`];
    // A fault, or a rule that is missing, would refuse for a reason of its own: it does not show what the rule does.
    if (/indeterminate|RULE_MISSING/.test(difference.actual))
      return [`the case "${id}" cannot be played without "${rule}": ${difference.actual}`];
    return [];
  }

  /** The same case is named by many lines; it is played once for each rule taken away. */
  private play(id: string, readable: ReadableCase, edition: Edition, change: string): Played {
    const key = `${id} ${change}`;
    const known = this.played.get(key);
    if (known !== undefined) return known;
    const result = playCase(withEdition(readable, edition));
    this.played.set(key, result);
    return result;
  }
}

/** The case with that edition in the place of the one with the same hash, wherever it looks editions up. */
function withEdition(readable: ReadableCase, edition: Edition): ReadableCase {
  const instead = <E extends Edition | undefined>(found: E): E | Edition => (found?.hash === edition.hash ? edition : found);
  return {
    ...readable,
    events: readable.events.map((event) => ({ ...event, edition: instead(event.edition) })),
    editions: {
      inForce: (program, at) => instead(readable.editions.inForce(program, at)),
      withHash: (hash) => instead(readable.editions.withHash(hash)),
    },
  };
}

/** The edition as if it never judged that requirement there. */
function withoutRequirement(document: object, edition: Edition, requirement: string, when: JudgedAt): Edition {
  const judged = { ...edition.judged, [when]: edition.judged[when].filter((name) => name !== requirement) };
  return changed(document, edition, '/judged', judged);
}

const withValue = (document: object, edition: Edition, claim: { value: string; loosened: unknown }): Edition =>
  changed(document, edition, claim.value, claim.loosened);

/** The edition with another value in one place, under its own hash: to the case it is the same edition. */
function changed(document: object, edition: Edition, pointer: string, value: unknown): Edition {
  const copy = structuredClone(document) as Record<string, unknown>;
  const steps = pointer.split('/').slice(1);
  const last = steps.pop() ?? '';
  let node = copy;
  for (const step of steps) node = node[step] as Record<string, unknown>;
  const before = node[last];
  node[last] = isLeaf(before) ? { ...before, value } : value;
  // What the catalogue laid beside the document (the drug's facts) stays.
  return { ...edition, ...editionFrom(copy, edition.hash) };
}

/** The value at a place of the document, out of its leaf; undefined when there is no such place. */
export function valueAt(document: object, pointer: string): unknown {
  let node: unknown = document;
  for (const step of pointer.split('/').slice(1)) {
    if (node === null || typeof node !== 'object' || !Object.hasOwn(node, step)) return undefined;
    node = (node as Record<string, unknown>)[step];
  }
  return unwrapped(node);
}

/** What a leaf holds; anything else is itself. */
export const unwrapped = (node: unknown): unknown => (isLeaf(node) ? node.value : node);

const isLeaf = (node: unknown): node is { value: unknown } => node !== null && typeof node === 'object' && Object.hasOwn(node, 'value');
