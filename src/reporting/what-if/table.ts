import { grouped } from './progress-bar.js';
import type { Report, WaitReport } from './report.js';

/** The report for a reader: short sentences and columns, no colour, no names. */
export function reportText(report: Report): string {
  const { edition, recorded, tallied } = { ...report, tallied: report.decisions };
  const lines = [
    `What if ${report.program} had been decided under ${edition.edition} (${edition.hash.slice(0, 12)})`,
    `  recorded under  ${recorded.map((each) => `${each.edition} (${grouped(each.decisions)})`).join(', ') || 'nothing'}`,
    `  range           ${report.from ?? 'the beginning'} to ${report.until}`,
    `  read            ${grouped(report.patients)} patients, ${grouped(tallied)} decisions, in ${report.run.seconds} s (${grouped(report.run.decisionsPerSecond)}/s on ${report.run.threads} ${report.run.threads === 1 ? 'thread' : 'threads'})`,
    ...notCompared(report),
    '',
    `${grouped(report.differing)} decisions would differ (${share(report.differing, report.decisions)}), of ${grouped(report.patientsDiffering)} patients; ${grouped(report.following)} of them only follow from an earlier one.`,
  ];
  const section = (title: string, rows: readonly (readonly string[])[], head: readonly string[]) => {
    if (rows.length > 0) lines.push('', title, ...columns([head, ...rows]));
  };
  section(
    'How they differ',
    report.kinds.map(({ means, decisions }) => [means, grouped(decisions)]),
    ['', 'decisions'],
  );
  section(
    'By reason (decisions that give it, and did not; that gave it, and would not)',
    report.reasons.map(({ reason, added, gone }) => [reason, grouped(added), grouped(gone)]),
    ['', 'added', 'gone'],
  );
  section(
    'Referred instead of refused (an advisory program)',
    report.referrals.map(({ reason, added, gone }) => [reason, grouped(added), grouped(gone)]),
    ['', 'added', 'gone'],
  );
  section(
    'By category',
    report.categories.map((each) => [each.category, ...group(each)]),
    ['', 'decisions', 'differ', 'refused', 'allowed'],
  );
  section(
    'By command',
    report.commands.filter((each) => each.differing > 0).map((each) => [each.command, ...group(each)]),
    ['', 'decisions', 'differ', 'refused', 'allowed'],
  );
  const { fills } = report;
  lines.push(
    '',
    'Fills',
    `  ${grouped(fills.permitted)} were permitted; ${grouped(fills.refused)} of them would have been refused, and ${grouped(fills.allowed)} that were not permitted would have been.`,
  );
  section(
    'Fills that would have been refused, by why',
    Object.entries(fills.refusedBecause)
      .sort((a, b) => b[1] - a[1])
      .map(([reason, times]) => [reason, grouped(times)]),
    ['', 'fills'],
  );
  lines.push('', 'Waiting', `  ${waiting(report.waits.longer, 'longer')}`, `  ${waiting(report.waits.shorter, 'less long')}`);
  section(
    'Patients who would have waited longer, by days (each with her longest wait)',
    report.waits.longer.days.map(({ days, patients }) => [days === 0 ? 'the same day' : String(days), grouped(patients)]),
    ['days', 'patients'],
  );
  section(
    'Deadlines',
    report.deadlines.map((each) => [
      each.deadline,
      grouped(each.earlier),
      grouped(each.later),
      each.days.map(({ days, times }) => `${signed(days)}: ${grouped(times)}`).join(', '),
    ]),
    ['', 'earlier', 'later', 'days: times'],
  );
  if (report.changed !== null && report.changed.length > 0) {
    const shown = report.changed.slice(0, 40);
    lines.push('', 'Values that the edition sets otherwise');
    for (const { path, before, after } of shown) lines.push(`  ${path}  ${valueText(before)} → ${valueText(after)}`);
    if (report.changed.length > shown.length) lines.push(`  … and ${report.changed.length - shown.length} more (--json lists all)`);
  }
  const { control } = report;
  if (control.decisions > 0)
    lines.push(
      '',
      `Control: ${grouped(control.decisions)} decisions taken again under their own edition, ${grouped(control.differing)} of them differ.`,
    );
  return `${lines.join('\n')}\n`;
}

function notCompared({ notCompared: { before, kept, unreadable } }: Report): string[] {
  return [
    ...(before > 0 ? [`  before it       ${grouped(before)} decisions, taken as they were`] : []),
    ...(kept > 0 ? [`  kept            ${grouped(kept)} decisions on authorizations issued before it, which keep their edition`] : []),
    ...(unreadable.decisions > 0
      ? [
          `  not readable    ${grouped(unreadable.decisions)} decisions of ${grouped(unreadable.patients)} patients: their values are erased`,
        ]
      : []),
  ];
}

const group = ({ decisions, differing, refused, allowed }: Report['categories'][number] | Report['commands'][number]): string[] =>
  [decisions, differing, refused, allowed].map(grouped);

function waiting({ patients, undated, medianDays, longestDays }: WaitReport, way: string): string {
  if (patients === 0) return `No patient would have waited ${way}.`;
  const dated = medianDays === null ? '' : `; median ${daysText(medianDays)}, longest ${daysText(longestDays ?? 0)}`;
  const judged = undated === 0 ? '' : `; ${grouped(undated)} until somebody judges, without a date`;
  return `${grouped(patients)} patients would have waited ${way}${dated}${judged}.`;
}

const daysText = (days: number): string => (days === 0 ? 'within the day' : days === 1 ? '1 day' : `${grouped(days)} days`);
const signed = (days: number): string => (days > 0 ? `+${days}` : String(days));
const valueText = (value: unknown): string => (value === undefined ? '—' : JSON.stringify(value));
const share = (part: number, whole: number): string => (whole === 0 ? '0 %' : `${((100 * part) / whole).toFixed(2)} %`);

/** First column to the left, numbers to the right. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, place) => Math.max(...rows.map((row) => row[place]?.length ?? 0)));
  return rows.map(
    (row) =>
      `  ${row
        .map((text, place) => (place === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[place] ?? 0)))
        .join('  ')
        .trimEnd()}`,
  );
}
