import { type Instant, writeInstant } from '../../domain/calendar.js';
import type { Edition } from '../../domain/program.js';
import { type ChangedValue, changedValues } from './changed-values.js';
import { KINDS } from './difference.js';
import type { Ran } from './run.js';
import type { ByGroup, Counts, Tally, Waits } from './tally.js';

/** What the other edition would have done, in figures. No names, no ids of people: counts and codes. */
export interface Report {
  readonly program: string;
  readonly edition: { readonly edition: string; readonly hash: string; readonly title: string };
  /** The editions under which the record was decided, with how many decisions each. */
  readonly recorded: readonly { readonly edition: string; readonly hash: string; readonly decisions: number }[];
  /** Values that the other edition sets otherwise than the one most decisions were taken under; null when that one is not on file. */
  readonly changed: readonly ChangedValue[] | null;
  readonly from: string | null;
  readonly until: string;
  readonly asOf: string;
  readonly patients: number;
  readonly patientsDiffering: number;
  readonly decisions: number;
  readonly differing: number;
  readonly following: number;
  readonly notCompared: { readonly before: number; readonly kept: number; readonly unreadable: Tally['unreadable'] };
  readonly kinds: readonly { readonly kind: string; readonly means: string; readonly decisions: number }[];
  readonly reasons: readonly MovedReason[];
  /** What an advisory program refers instead of refusing it. */
  readonly referrals: readonly MovedReason[];
  readonly categories: readonly (ByGroup & { readonly category: string })[];
  readonly commands: readonly (ByGroup & { readonly command: string })[];
  readonly fills: {
    readonly permitted: number;
    readonly refused: number;
    readonly allowed: number;
    readonly refusedBecause: Counts;
    readonly refusedByCategory: Counts;
    readonly allowedByCategory: Counts;
  };
  readonly waits: { readonly longer: WaitReport; readonly shorter: WaitReport };
  readonly deadlines: readonly {
    readonly deadline: string;
    readonly earlier: number;
    readonly later: number;
    readonly days: readonly { readonly days: number; readonly times: number }[];
  }[];
  /** Decisions taken again under their own edition: that none differs shows that the differences are the edition's. */
  readonly control: Tally['control'];
  readonly run: { readonly seconds: number; readonly decisionsPerSecond: number; readonly threads: number };
}

/** Decisions that give a reason under the other edition and did not, and the other way round. */
export interface MovedReason {
  readonly reason: string;
  readonly added: number;
  readonly gone: number;
}

export interface WaitReport {
  readonly patients: number;
  readonly times: number;
  readonly undated: number;
  readonly medianDays: number | null;
  readonly longestDays: number | null;
  readonly days: readonly { readonly days: number; readonly patients: number }[];
}

export function reportOf(program: string, other: Edition, ran: Ran): Report {
  const { tally, editionOf } = ran;
  const { zone } = other;
  const say = (at: Instant) => writeInstant(at, zone);
  const recorded = entriesOf(tally.editions)
    .map(([name, decisions]) => {
      const [edition = 'none', hash = ''] = name.split(' ');
      return { edition, hash, decisions };
    })
    .sort((a, b) => b.decisions - a.decisions);
  const usual = recorded[0] === undefined ? undefined : editionOf(recorded[0].hash);
  return {
    program,
    edition: { edition: other.edition, hash: other.hash, title: other.title },
    recorded,
    changed: usual === undefined ? null : changedValues(usual, other),
    from: ran.from === null ? null : say(ran.from),
    until: say(ran.until),
    asOf: say(ran.asOf),
    patients: tally.patients,
    patientsDiffering: tally.patientsDiffering,
    decisions: tally.decisions,
    differing: tally.differing,
    following: tally.following,
    notCompared: { before: tally.before, kept: tally.kept, unreadable: tally.unreadable },
    kinds: Object.entries(KINDS).flatMap(([kind, means]) => {
      const decisions = tally.kinds[kind] ?? 0;
      return decisions === 0 ? [] : [{ kind, means, decisions }];
    }),
    reasons: moved(tally.reasons),
    referrals: moved(tally.referrals),
    categories: byDecisions(tally.categories).map(([category, each]) => ({ category, ...each })),
    commands: byDecisions(tally.commands).map(([command, each]) => ({ command, ...each })),
    fills: tally.fills,
    waits: { longer: waitsOf(tally.longer), shorter: waitsOf(tally.shorter) },
    deadlines: Object.entries(tally.deadlines).map(([deadline, { earlier, later, days }]) => ({
      deadline,
      earlier,
      later,
      days: numbered(days).map(([each, times]) => ({ days: each, times })),
    })),
    control: tally.control,
    run: {
      seconds: Math.round(ran.elapsedMs / 100) / 10,
      decisionsPerSecond: Math.round(tally.decisions / (ran.elapsedMs / 1_000)),
      threads: Math.max(1, ran.threads),
    },
  };
}

function waitsOf({ patients, times, undated, days }: Waits): WaitReport {
  const dated = numbered(days);
  const half = (patients - undated) / 2;
  let [seen, medianDays] = [0, null as number | null];
  for (const [each, many] of dated) {
    seen += many;
    if (medianDays === null && seen >= half) medianDays = each;
  }
  return {
    patients,
    times,
    undated,
    medianDays,
    longestDays: dated.at(-1)?.[0] ?? null,
    days: dated.map(([each, many]) => ({ days: each, patients: many })),
  };
}

const moved = (counts: Tally['reasons']): MovedReason[] =>
  Object.entries(counts)
    .map(([reason, each]) => ({ reason, ...each }))
    .sort((a, b) => b.added + b.gone - a.added - a.gone || (a.reason < b.reason ? -1 : 1));
const entriesOf = (counts: Counts): [string, number][] => Object.entries(counts);
const numbered = (counts: Counts): [number, number][] =>
  entriesOf(counts)
    .map(([name, many]): [number, number] => [Number(name), many])
    .sort((a, b) => a[0] - b[0]);
const byDecisions = (groups: Record<string, ByGroup>): [string, ByGroup][] =>
  Object.entries(groups).sort((a, b) => b[1].decisions - a[1].decisions || (a[0] < b[0] ? -1 : 1));
