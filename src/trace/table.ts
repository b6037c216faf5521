import type { Enforcement, Recording } from './mapping.js';
import type { ReportedLine, TraceReport } from './report.js';

/** The report for people: a table in the terminal, and the page under docs/trace. */

export function enforcementInWords(claim: Enforcement): string {
  if ('requirement' in claim) return `${claim.requirement} at ${claim.at.join(', ')}`;
  return 'value' in claim ? `the edition’s ${claim.value}` : `in every edition: ${claim.machine}`;
}

export function recordingInWords(recording: Recording): string {
  if ('command' in recording) return recording.command;
  if ('duty' in recording) return `duty: ${recording.duty}`;
  if ('material' in recording) return `material ${recording.material}`;
  return 'checklist' in recording ? `checklist: ${recording.checklist}` : `survey: ${recording.question}`;
}

/** How the line is kept, in one cell. */
function keptBy(line: ReportedLine): string {
  const enforced = line.enforced.map((claim) => `${enforcementInWords(claim)} (${claim.case})`);
  return [...enforced, ...line.recorded.map(recordingInWords), ...(line.outOfScope === null ? [] : [line.outOfScope])].join(' · ');
}

const STATUS_WORDS = { enforced: 'enforced', recorded: 'recorded', 'out-of-scope': 'out of scope', unmapped: 'UNMAPPED', broken: 'BROKEN' };

const summary = ({ counts, lines }: TraceReport): string =>
  [
    `${lines.length} lines: ${counts.enforced} enforced`,
    `${counts.recorded} recorded`,
    `${counts['out-of-scope']} out of scope`,
    ...(counts.unmapped > 0 ? [`${counts.unmapped} unmapped`] : []),
    ...(counts.broken > 0 ? [`${counts.broken} broken`] : []),
  ].join(', ');

export function reportAsTable(report: TraceReport, width: number): string[] {
  const refWidth = Math.max(3, ...report.lines.map((line) => line.ref.length));
  const left = refWidth + 2 + 14;
  const wide = Math.max(30, width - left);
  const rows = report.lines.flatMap((line) => {
    const head = `${line.ref.padEnd(refWidth)}  ${STATUS_WORDS[line.status].padEnd(14)}`;
    const body = [
      ...wrapped(`${line.who}${line.when === null ? '' : `, ${line.when}`}: ${line.text}`, wide),
      ...wrapped(keptBy(line), wide - 2).map((each) => `  ${each}`),
      ...line.problems.flatMap((problem) => wrapped(`! ${problem}`, wide - 2).map((each) => `  ${each}`)),
    ];
    return body.map((each, index) => `${index === 0 ? head : ' '.repeat(left)}${each}`.trimEnd());
  });
  return [
    `${report.program} ${report.edition} · ${report.title}`,
    summary(report),
    '',
    ...rows,
    ...report.strays.map((ref) => `${ref.padEnd(refWidth)}  BROKEN        is mapped, but the list has no such line`),
  ];
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const code = (text: string): string => `\`${text}\``;

const keptInMarkdown = (line: ReportedLine): string =>
  [
    ...line.enforced.map((claim) => `${cell(enforcementInWords(claim))} ${code(claim.case)}`),
    ...line.recorded.map((recording) => ('command' in recording ? code(recording.command) : cell(recordingInWords(recording)))),
    ...(line.outOfScope === null ? [] : [cell(line.outOfScope)]),
    ...(line.note === null ? [] : [`*${cell(line.note)}*`]),
    ...line.problems.map((problem) => `**${cell(problem)}**`),
  ].join('<br>');

const rowInMarkdown = (line: ReportedLine): string => {
  const who = `${cell(line.who)}${line.when === null ? '' : `<br>${cell(line.when)}`}`;
  return `| ${line.ref} | ${who} | ${cell(line.text)} | ${STATUS_WORDS[line.status]} | ${keptInMarkdown(line)} |`;
};

const HEAD = ['| line | who, when | what | status | where |', '|---|---|---|---|---|'];

/** The page of a program, as it is committed: its first edition whole, and of a later one the lines that are kept otherwise there. */
export function reportAsMarkdown([first, ...later]: readonly [TraceReport, ...TraceReport[]]): string {
  const { source } = first;
  const from = [
    source.title,
    ...(source.version === null ? [] : [`version ${source.version}`]),
    ...(source.effective === null ? [] : [`of ${source.effective}`]),
  ].join(', ');
  const rows = new Map(first.lines.map((line) => [line.ref, rowInMarkdown(line)]));
  return [
    '<!-- Made by scripts/generate.mjs from requirements.json, trace.json, the edition and its cases; do not edit. -->',
    '',
    `# What was asked, and where it is kept: ${first.program}`,
    '',
    `Source: ${from}.${source.note === null ? '' : ` ${source.note}`}`,
    '',
    '*Enforced*: something is refused when it is not kept; the case beside it passes, and fails once that rule is taken away. *Recorded*: the service',
    'keeps the fact or tells the duty, and refuses nothing. *Out of scope*: it is not this service’s to keep.',
    '',
    `## Edition ${first.edition}`,
    '',
    `${summary(first)}.`,
    '',
    ...HEAD,
    ...rows.values(),
    '',
    ...later.flatMap((report) => [
      `## Edition ${report.edition}`,
      '',
      `${summary(report)}. Kept otherwise than before:`,
      '',
      ...HEAD,
      ...report.lines.map(rowInMarkdown).filter((row, index) => row !== rows.get(report.lines[index]?.ref ?? '')),
      '',
    ]),
  ].join('\n');
}
