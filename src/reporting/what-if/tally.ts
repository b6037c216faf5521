import { HOUR_MS } from '../../domain/calendar.js';
import type { Step } from './course.js';
import type { Difference } from './difference.js';

/**
 * What is counted while history passes by. Every leaf is a number that only grows, so that the tallies of several threads add up leaf by leaf;
 * its size depends on the edition's codes and on the length of waits, never on how much history there is.
 */
export interface Tally {
  patients: number;
  /** Patients with at least one decision that would differ. */
  patientsDiffering: number;
  /** Decisions compared; those before the range, and those on authorizations that keep their own edition. */
  decisions: number;
  before: number;
  kept: number;
  /** Not judged again, because the values of that entry, or of an earlier one of the patient, are erased. */
  unreadable: { decisions: number; patients: number };
  differing: number;
  /** Of those, the ones that only follow from an earlier one on the same prescription. */
  following: number;
  kinds: Counts;
  /** Recorded edition, by name and hash → decisions taken under it. */
  editions: Counts;
  /** Code → decisions that the other edition gives it in, and the record does not; and the other way round. Followers are not counted. */
  reasons: Record<string, { added: number; gone: number }>;
  /** The same of what an advisory program refers instead of refusing it. */
  referrals: Record<string, { added: number; gone: number }>;
  categories: Record<string, ByGroup>;
  commands: Record<string, ByGroup>;
  fills: {
    /** Hand-overs within the rules, by the record. */
    permitted: number;
    refused: number;
    allowed: number;
    refusedBecause: Counts;
    refusedByCategory: Counts;
    allowedByCategory: Counts;
  };
  longer: Waits;
  shorter: Waits;
  deadlines: Record<string, { earlier: number; later: number; days: Counts }>;
  /** Decisions taken again under their own edition, as a control: any that differ would be a fault of the replay, not of the edition. */
  control: { decisions: number; differing: number };
}

export type Counts = Record<string, number>;

export interface ByGroup {
  decisions: number;
  differing: number;
  refused: number;
  allowed: number;
}

export interface Waits {
  /** Each patient once, with her longest. */
  patients: number;
  /** Prescriptions and fills delayed. */
  times: number;
  /** Patients for whom no date can be given: somebody has to judge. */
  undated: number;
  /** Patients by days, rounded up; 0: on the same instant, by an act that can be done at once. */
  days: Counts;
}

const DAY_MS = 24 * HOUR_MS;
const MOST_DAYS = 3_660;

export const emptyTally = (): Tally => ({
  patients: 0,
  patientsDiffering: 0,
  decisions: 0,
  before: 0,
  kept: 0,
  unreadable: { decisions: 0, patients: 0 },
  differing: 0,
  following: 0,
  kinds: {},
  editions: {},
  reasons: {},
  referrals: {},
  categories: {},
  commands: {},
  fills: { permitted: 0, refused: 0, allowed: 0, refusedBecause: {}, refusedByCategory: {}, allowedByCategory: {} },
  longer: { patients: 0, times: 0, undated: 0, days: {} },
  shorter: { patients: 0, times: 0, undated: 0, days: {} },
  deadlines: {},
  control: { decisions: 0, differing: 0 },
});

/** Adds one tally to another, leaf by leaf. */
export function addTally(to: Tally, more: Tally): Tally {
  addLeaves(to as unknown as Leaves, more as unknown as Leaves);
  return to;
}

interface Leaves {
  [name: string]: number | Leaves;
}

function addLeaves(to: Leaves, more: Leaves): void {
  for (const [name, value] of Object.entries(more)) {
    if (typeof value === 'number') to[name] = ((to[name] as number | undefined) ?? 0) + value;
    else {
      to[name] ??= {};
      addLeaves(to[name] as Leaves, value);
    }
  }
}

const count = (counts: Counts, name: string): void => {
  counts[name] = (counts[name] ?? 0) + 1;
};

/** Whole days of a stretch of time, a begun one as one; bounded, so that a broken date makes no long list. */
const daysOf = (ms: number): number => Math.min(MOST_DAYS, Math.ceil(Math.abs(ms) / DAY_MS)) * Math.sign(ms);

/** Counts the steps of one patient after another. */
export class Counter {
  private longest: { longer: number; shorter: number } = { longer: NONE, shorter: NONE };
  private differs = false;
  private reads = false;

  constructor(readonly tally: Tally = emptyTally()) {}

  step(step: Step): void {
    const { tally } = this;
    this.reads = true;
    if (step.how !== 'compared') {
      tally[step.how] += 1;
      return;
    }
    const { line } = step.read;
    const { difference } = step;
    tally.decisions += 1;
    count(tally.editions, line.edition === null ? 'none' : `${line.edition.edition} ${line.edition.hash}`);
    const category = groupOf(tally.categories, step.category ?? 'none');
    const command = groupOf(tally.commands, line.command);
    category.decisions += 1;
    command.decisions += 1;
    if (line.command === 'dispense')
      this.fill(line.outcome === 'allow', step.again?.outcome === 'allow', step.category ?? 'none', difference);
    if (difference === null) return;
    this.differs = true;
    tally.differing += 1;
    count(tally.kinds, difference.kind);
    for (const group of [category, command]) {
      group.differing += 1;
      if (difference.kind === 'refused' || difference.kind === 'allowed') group[difference.kind] += 1;
    }
    if (difference.follows !== null) tally.following += 1;
    else this.reasons(difference);
    this.wait(difference);
    const { deadline } = difference;
    if (deadline !== null && deadline.recorded !== null && deadline.other !== null) {
      const moved = found(tally.deadlines, deadline.name, () => ({ earlier: 0, later: 0, days: {} }));
      moved[deadline.other < deadline.recorded ? 'earlier' : 'later'] += 1;
      count(moved.days, String(daysOf(deadline.other - deadline.recorded)));
    }
  }

  unreadable(decisions: number): void {
    this.reads = true;
    this.tally.unreadable.decisions += decisions;
    this.tally.unreadable.patients += 1;
  }

  control(same: boolean): void {
    this.tally.control.decisions += 1;
    if (!same) this.tally.control.differing += 1;
  }

  /** The patient is through; the next step is another's. */
  patientDone(): void {
    const { tally } = this;
    if (this.reads) tally.patients += 1;
    if (this.differs) tally.patientsDiffering += 1;
    for (const way of ['longer', 'shorter'] as const) {
      const longest = this.longest[way];
      if (longest === NONE) continue;
      tally[way].patients += 1;
      if (longest === Number.POSITIVE_INFINITY) tally[way].undated += 1;
      else count(tally[way].days, String(daysOf(longest)));
    }
    this.longest = { longer: NONE, shorter: NONE };
    this.differs = false;
    this.reads = false;
  }

  private fill(recorded: boolean, other: boolean, category: string, difference: Difference | null): void {
    const { fills } = this.tally;
    if (recorded) fills.permitted += 1;
    if (recorded === other) return;
    fills[recorded ? 'refused' : 'allowed'] += 1;
    count(recorded ? fills.refusedByCategory : fills.allowedByCategory, category);
    if (recorded) for (const code of difference?.because ?? []) count(fills.refusedBecause, code);
  }

  private reasons({ recorded, other }: Difference): void {
    if (other === null) return;
    countMoved(this.tally.reasons, recorded.reasons, other.reasons);
    countMoved(this.tally.referrals, recorded.referrals, other.referrals);
  }

  private wait({ wait }: Difference): void {
    if (wait === null) return;
    this.tally[wait.way].times += 1;
    this.longest[wait.way] = Math.max(this.longest[wait.way], wait.ms ?? Number.POSITIVE_INFINITY);
  }
}

const NONE = -1;

const groupOf = (groups: Record<string, ByGroup>, name: string): ByGroup =>
  found(groups, name, () => ({ decisions: 0, differing: 0, refused: 0, allowed: 0 }));

function countMoved(counts: Tally['reasons'], before: readonly string[], after: readonly string[]): void {
  const of = (code: string) => found(counts, code, () => ({ added: 0, gone: 0 }));
  for (const code of after) if (!before.includes(code)) of(code).added += 1;
  for (const code of before) if (!after.includes(code)) of(code).gone += 1;
}

/** What stands under that name; made when nothing does. */
function found<T>(record: Record<string, T>, name: string, make: () => T): T {
  const known = record[name];
  if (known !== undefined) return known;
  const made = make();
  record[name] = made;
  return made;
}
