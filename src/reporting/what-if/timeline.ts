import { type Instant, writeInstant } from '../../domain/calendar.js';
import type { Edition } from '../../domain/program.js';
import type { EditionCatalogue } from '../../program/edition.catalogue.js';
import type { Step } from './course.js';
import { type Difference, type Said, saidOf } from './difference.js';
import { HistoryStore } from './history.store.js';
import { stepsOf } from './judge.js';
import { type Asked, termsOf } from './run.js';

/** One patient's decisions, each beside the same decision under the other edition. */
export interface OtherTimeline {
  readonly program: string;
  readonly edition: string;
  readonly patient: string;
  readonly steps: readonly TimelineLine[];
  /** Entries at the end that could not be read again. */
  readonly unreadable: number;
}

export interface TimelineLine {
  readonly at: string;
  readonly entry: string;
  readonly command: string;
  readonly authorization: string | null;
  readonly how: Step['how'];
  readonly recorded: Said;
  /** null: not judged again, or it could not be decided. */
  readonly other: Said | null;
  readonly difference: Difference | null;
}

/** @param id the patient's pseudonym, or that of an authorization or an entry of hers @returns null when it is nobody's in this program */
export async function otherTimeline(
  databaseUrl: string,
  asked: Asked,
  id: string,
  catalogue: EditionCatalogue | null = null,
): Promise<OtherTimeline | null> {
  const { program, until } = asked;
  const store = await HistoryStore.open(databaseUrl);
  try {
    const patient = await store.patientOf(program, id);
    if (patient === null) return null;
    const terms = await termsOf(asked, store, catalogue);
    const { other } = terms;
    for await (const history of store.histories(program, { first: patient, end: null }, until ?? (await store.now()))) {
      if (history.patient !== patient) break;
      const { steps, unread } = stepsOf(history, terms);
      return { program, edition: other.edition, patient, steps: steps.map((step) => lineOf(step, other)), unreadable: unread };
    }
    return { program, edition: other.edition, patient, steps: [], unreadable: 0 };
  } finally {
    await store.close();
  }
}

function lineOf(step: Step, { zone }: Edition): TimelineLine {
  const { line } = step.read;
  const again = step.how === 'compared' ? step.again : null;
  return {
    at: writeInstant(line.at, zone),
    entry: line.id,
    command: line.command,
    authorization: line.authorization,
    how: step.how,
    recorded: saidOf(line),
    other: again && saidOf(again),
    difference: step.how === 'compared' ? step.difference : null,
  };
}

/** For a reader: a line a decision, and under it what the other edition would have said. */
export function timelineText({ program, edition, patient, steps, unreadable }: OtherTimeline, zone: string): string {
  const differing = steps.filter((each) => each.difference !== null).length;
  const lines = [`Patient ${patient} in ${program}, and under ${edition}: ${differing} of ${steps.length} decisions differ.`, ''];
  for (const { at, command, how, recorded, other, difference, entry } of steps) {
    const mark = difference === null ? ' ' : difference.follows === null ? '*' : '·';
    lines.push(
      `${mark} ${at}  ${command.padEnd(24)} ${saidText(recorded)}${how === 'compared' ? '' : `  (${how === 'before' ? 'before the range' : 'keeps its edition'})`}`,
    );
    if (difference === null) continue;
    lines.push(
      `    ${' '.repeat(at.length)}${`→ ${difference.kind}`.padEnd(24)} ${other === null ? 'could not be decided' : saidText(other)}`,
    );
    const more = [
      ...(difference.follows === null ? [] : [`follows from entry ${difference.follows} (${difference.because.join(' ')})`]),
      ...(difference.wait === null ? [] : [waitText(difference.wait)]),
      ...(other === null || other.earliest === null ? [] : [`from ${writeInstant(other.earliest, zone)}`]),
      ...(difference.deadline === null ? [] : [deadlineText(difference.deadline, zone)]),
      `entry ${entry}`,
    ];
    lines.push(`    ${' '.repeat(at.length)}${more.join('; ')}`);
  }
  if (unreadable > 0) lines.push('', `${unreadable} later entries could not be read again: their values are erased.`);
  return `${lines.join('\n')}\n`;
}

const saidText = ({ outcome, reasons, referrals }: Said): string =>
  [outcome, ...reasons, ...(referrals.length > 0 ? ['refers', ...referrals] : [])].join(' ');

const HOURS_MS = 3_600_000;
function waitText({ way, ms }: NonNullable<Difference['wait']>): string {
  if (ms === null) return `waits ${way}, until somebody judges`;
  const hours = Math.round(ms / HOURS_MS);
  return `waits ${way} by ${hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`}`;
}

const deadlineText = ({ name, recorded, other }: NonNullable<Difference['deadline']>, zone: string): string => {
  const say = (at: Instant | null) => (at === null ? 'none' : writeInstant(at, zone));
  return `${name} ${say(recorded)} → ${say(other)}`;
};
