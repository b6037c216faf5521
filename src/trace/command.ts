import { writeFileSync } from 'node:fs';
import { EditionCatalogue } from '../program/edition.catalogue.js';
import { readExtractedList } from './extracted-list.js';
import { handedOver, listOnFile, TraceInvalid, tracedPrograms, traceOf } from './files.js';
import { readLabel } from './label.js';
import { differenceOf, ListInvalid, type RequirementList } from './requirement-list.js';
import { reportAsTable } from './table.js';
import { XmlInvalid } from './xml.js';

type Print = (line: string) => void;

/** `rems trace [PROGRAM…]`. Exit 0 every line is kept where the mapping says, 1 one is not, 2 there is nothing to trace. */
export function tracePrograms(asked: readonly string[], options: { readonly json: boolean }, print: Print, warn: Print): number {
  const programs = asked.length > 0 ? asked : tracedPrograms();
  if (programs.length === 0) {
    warn('No program on file has a list of requirements.');
    return 2;
  }
  const catalogue = EditionCatalogue.fromFolder();
  let exit = 0;
  const reports = [];
  for (const program of programs)
    try {
      for (const report of traceOf(program, catalogue)) {
        reports.push(report);
        if (!report.holds) exit = Math.max(exit, 1);
        if (!options.json) for (const line of reportAsTable(report, process.stdout.columns ?? 140)) print(line);
      }
    } catch (error) {
      if (!(error instanceof TraceInvalid)) throw error;
      warn(error.message);
      exit = Math.max(exit, catalogue.programs().includes(program) ? 1 : 2);
    }
  if (options.json) print(JSON.stringify({ reports, holds: exit === 0 }, null, 2));
  return exit;
}

export interface ImportOptions {
  readonly import: string;
  readonly out?: string;
  readonly title?: string;
  readonly note?: string;
}

/**
 * `rems trace PROGRAM --import FILE`: a label (XML), or a list extracted from one (JSON), as the program's requirements.json; to the standard
 * output, or to a file. What is new, gone or reworded against the list on file is said beside it. Exit 0 read, 1 refused.
 */
export function importList(program: string, options: ImportOptions, print: Print, warn: Print): number {
  let list: RequirementList;
  try {
    const bytes = handedOver(options.import);
    const note = options.note ?? null;
    list = /\.json$/i.test(options.import)
      ? readExtractedList(bytes, program, options.title ?? program, note)
      : readLabel(bytes, program, note);
  } catch (error) {
    if (!(error instanceof XmlInvalid || error instanceof ListInvalid)) throw error;
    warn(`${options.import}: ${error.message}`);
    return 1;
  }
  const before = listOnFile(program);
  const text = `${JSON.stringify({ $schema: '../requirements.schema.json', ...list }, null, 2)}\n`;
  if (options.out === undefined) print(text.trimEnd());
  else writeFileSync(options.out, text);
  warn(`${list.lines.length} lines read.`);
  if (before !== null)
    for (const [what, refs] of Object.entries<readonly string[]>({ ...differenceOf(before, list) }))
      if (refs.length > 0) warn(`Against the list on file, ${what}: ${refs.join(', ')}`);
  return 0;
}
