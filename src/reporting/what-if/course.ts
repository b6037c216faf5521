import type { Command } from '../../domain/authorization/command.js';
import { type Decision, decide, type Others } from '../../domain/authorization/decide.js';
import { apply, type Effect } from '../../domain/authorization/effect.js';
import { dateAt, type Instant } from '../../domain/calendar.js';
import { governing } from '../../domain/category.js';
import type { DrugFacts, DrugHashes } from '../../domain/clinical/drug.js';
import type { Authorization, Case } from '../../domain/patient.js';
import type { Edition } from '../../domain/program.js';
import type { ReasonCode } from '../../domain/reason.js';
import { asSeen, beforeAnything, type ReadEntry } from '../replay.js';
import { inOtherWords, type OtherWords } from './categories.js';
import { type Difference, kindOf, movedDeadline, saidOf, waitOf } from './difference.js';

export interface Terms {
  /** The edition that history is judged by again. */
  readonly other: Edition;
  /** Decisions before it are taken as they were; authorizations issued before it keep their edition, unless `other` applies to open ones. */
  readonly from: Instant;
  /** Codes of earlier editions that the other one calls otherwise. */
  readonly sameCategories: Readonly<Record<string, string>>;
  readonly onFile: OnFile;
}

/** What a decision of the record stood on beside its case. */
export interface OnFile {
  readonly editionOf: (hash: string) => Edition | undefined;
  readonly factsOf: (hashes: DrugHashes) => DrugFacts | undefined;
}

/** `before` the range, or about an authorization that `kept` its own edition; else compared. */
export type Step =
  | { readonly how: 'before' | 'kept'; readonly read: ReadEntry }
  | {
      readonly how: 'compared';
      readonly read: ReadEntry;
      readonly category: string | null;
      /** Under the other edition; null when it could not be decided. */
      readonly again: Decision | null;
      /** null: it would have been the same. */
      readonly difference: Difference | null;
    };

/** Where a prescription went another way first. */
interface Parting {
  readonly entry: string;
  readonly because: readonly ReasonCode[];
}

// The clock's own bookkeeping: under another edition the clock would have ended it at another time, and nobody would have asked.
const CLOCKWORK: Command['do'] = 'lapse';

const AT_THE_COUNTER: ReadonlySet<Command['do']> = new Set(['verify', 'reserve', 'transfer-reservation', 'dispense']);

/**
 * One enrollment's history under another edition. Facts stay facts: what people recorded, handed over and reported is folded as it was. What an
 * edition makes of them (category, windows, the state of a prescription) is folded as the other edition would have made it. So each decision is
 * judged on the patient's real life, and only within one prescription does a difference lead to the next.
 */
export class Course {
  private file: Case;
  private readonly partings = new Map<string, Parting>();
  private readonly apart = new Set<string>();
  private readonly words: OtherWords;

  constructor(
    patient: string | null,
    private readonly terms: Terms,
  ) {
    this.file = beforeAnything(patient);
    this.words = inOtherWords(terms.other, terms.sameCategories);
  }

  /** @param allowedLater when the record says that the same step was allowed in the end; asked only about a refusal that would not have been one */
  next(read: ReadEntry, allowedLater: () => Instant | null = () => null): Step {
    const { line } = read;
    if (line.at < this.terms.from) return this.asRecorded('before', read);
    const command = this.words.command(read.command as Command, this.file.answers);
    const own = this.ownEdition(command);
    // The later edition judges beside the one it was issued under at the counter, and nowhere else.
    const beside = own !== null && this.terms.other.appliesToOpen && AT_THE_COUNTER.has(command.do);
    if (own !== null && !beside) return this.asRecorded('kept', read);
    const seen = asSeen(this.file, read);
    const others = othersOf(read, this.terms.onFile);
    const other = withFacts(this.terms.other, read, this.terms.onFile);
    const again = own
      ? decided(seen, command, withFacts(own, read, this.terms.onFile), { ...others, later: other })
      : decided(seen, command, other, others);
    const difference = this.difference(read, command, seen, again, allowedLater);
    this.file = this.after(read, again);
    return { how: 'compared', read, category: this.categoryOf(seen, command), again, difference };
  }

  private asRecorded(how: 'before' | 'kept', read: ReadEntry): Step {
    if (changed(read))
      this.file = apply(this.file, this.words.effects(read.effects, this.file.answers, dateAt(read.line.at, this.terms.other.zone)));
    return { how, read };
  }

  /** The edition that an authorization issued before the range keeps (rules §9.5); null when the other one judges it. */
  private ownEdition(command: Command): Edition | null {
    const target = 'authorization' in command ? this.authorization(command.authorization) : undefined;
    if (!target || target.issuedAt === null || target.issuedAt >= this.terms.from) return null;
    return this.terms.onFile.editionOf(target.editionHash) ?? this.terms.other;
  }

  private difference(
    read: ReadEntry,
    command: Command,
    seen: Case,
    again: Decision | null,
    allowedLater: () => Instant | null,
  ): Difference | null {
    const { line } = read;
    const kind = kindOf(read, again, this.apart);
    if (kind === null || (command.do === CLOCKWORK && kind !== 'effects')) return null;
    const about = 'authorization' in command ? command.authorization : null;
    const parting = about === null ? undefined : this.partings.get(about);
    const because = parting?.because ?? again?.reasons ?? [];
    if (about !== null && parting === undefined && changed(read) && kind !== 'warnings' && kind !== 'deadline') {
      if (again === null || again.outcome === 'deny' || kind === 'outside') this.partings.set(about, { entry: line.id, because });
      this.apart.add(about);
    }
    if (kind === 'effects') for (const id of endedOtherwise(read.effects, again?.effects ?? [])) this.apart.add(id);
    return {
      entry: line.id,
      at: line.at,
      patient: line.patient ?? 'unknown',
      authorization: about,
      command: line.command,
      category: this.categoryOf(seen, command),
      kind,
      recorded: saidOf(line),
      other: again && saidOf(again),
      because,
      follows: parting?.entry ?? null,
      // Who waits for a step that only follows has been counted at the first one.
      wait: parting === undefined ? waitOf(kind, read, again, kind === 'allowed' ? allowedLater() : null) : null,
      deadline: again && movedDeadline(read, again),
    };
  }

  /** The case after that entry: its facts as they were recorded, and what the other edition makes of them. */
  private after(read: ReadEntry, again: Decision | null): Case {
    if (!changed(read)) return this.file;
    if (again !== null && again.outcome !== 'deny') return apply(this.file, again.effects);
    const own = 'authorization' in read.command ? read.command.authorization : null;
    const on = dateAt(read.line.at, this.terms.other.zone);
    const facts = this.words.effects(read.effects, this.file.answers, on).flatMap((effect): Effect[] => {
      if (effect.kind !== 'authorization') return [effect];
      // The step that would have been refused did not happen to this prescription; what the same act ended besides has ended.
      const known = this.authorization(effect.authorization.id);
      if (effect.authorization.id === own || known === undefined) return [];
      return [{ kind: 'authorization', authorization: { ...known, state: effect.authorization.state } }];
    });
    return apply(this.file, facts);
  }

  private authorization(id: string): Authorization | undefined {
    return this.file.authorizations.find((each) => each.id === id);
  }

  private categoryOf(seen: Case, command: Command): string | null {
    const { other } = this.terms;
    const governed = governing({ file: seen, on: dateAt(command.at, other.zone), edition: other })?.code;
    return governed ?? ('category' in command ? command.category : null);
  }
}

const changed = ({ line }: ReadEntry): boolean => line.aggregate.version !== null;

/** What the service would answer as indeterminate is no refusal: nothing was decided. */
function decided(file: Case, command: Command, edition: Edition, others: Others): Decision | null {
  try {
    return decide(file, command, edition, others);
  } catch {
    return null;
  }
}

const carrying = new WeakMap<Edition, Map<string, Edition>>();

/** The edition with the label facts that the decision of the record looked at: what a label said later is no difference of editions. */
export function withFacts(edition: Edition, { basis }: ReadEntry, { factsOf }: OnFile): Edition {
  const hashes = basis.drug ?? null;
  const key = hashes === null ? '' : `${hashes.facts} ${hashes.medicines}`;
  const known = carrying.get(edition) ?? new Map<string, Edition>();
  carrying.set(edition, known);
  const made = known.get(key) ?? Object.freeze({ ...edition, drug: hashes === null ? null : (factsOf(hashes) ?? null) });
  known.set(key, made);
  return made;
}

/** The editions of her other programs that stood beside the decision of the record. */
export function othersOf({ line }: ReadEntry, { editionOf }: OnFile): Others {
  const beside = (line.besides ?? []).flatMap(({ hash }) => editionOf(hash) ?? []);
  if (beside.length === 0) return NONE;
  return {
    later: beside.find(({ program }) => program === line.edition?.program) ?? null,
    elsewhere: Object.fromEntries(beside.filter(({ program }) => program !== line.edition?.program).map((each) => [each.program, each])),
  };
}

const NONE: Others = {};

/** Authorizations that only one of them touched, or that they left in different states: from here on they differ, and have been told. */
function endedOtherwise(recorded: readonly Effect[], again: readonly Effect[]): string[] {
  const states = (effects: readonly Effect[]) =>
    new Map(effects.flatMap((effect) => (effect.kind === 'authorization' ? [[effect.authorization.id, effect.authorization.state]] : [])));
  const [one, two] = [states(recorded), states(again)];
  return [...new Set([...one.keys(), ...two.keys()])].filter((id) => one.get(id) !== two.get(id));
}
