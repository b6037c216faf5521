import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { loadConfig } from '../../config.js';
import { openDatabase } from '../../database/postgres.js';
import { editionFrom } from '../../domain/program.js';
import { askedFrom, documentIn, NotAskable } from './asked.js';
import { CSV_HEAD, csvLine } from './csv.js';
import type { Difference } from './difference.js';
import { progressBar } from './progress-bar.js';
import { reportOf } from './report.js';
import { type Asked, runWhatIf } from './run.js';
import { reportText } from './table.js';
import { otherTimeline, timelineText } from './timeline.js';

/** The work behind `rems what-if`: asks, runs, prints. */

export interface Options {
  readonly program: string;
  readonly edition: string;
  readonly from?: string;
  readonly to?: string;
  readonly json: boolean;
  readonly csv: boolean;
  readonly list?: string;
  readonly of?: string;
  readonly threads: number;
  readonly threadMemory: number;
  readonly control: number;
  readonly sameCategory: Readonly<Record<string, string>>;
  readonly progress: boolean;
  readonly expectSame: boolean;
}

/** @returns false when a check failed */
export async function printWhatIf(options: Options): Promise<boolean> {
  if (options.csv && options.json) throw new NotAskable('Choose --json or --csv, not both.');
  const asked = askedFrom(
    {
      program: options.program,
      document: documentIn(options.edition),
      from: options.from ?? null,
      until: options.to ?? null,
      sameCategories: options.sameCategory,
      controlOneIn: options.control,
    },
    options.edition,
  );
  const warn = (line: string) => void process.stderr.write(`${line}\n`);
  const database = await openDatabase(loadConfig(), { info: () => {}, warn, error: warn });
  try {
    return options.of === undefined
      ? await wholeRecord(asked, options, database.serviceUrl)
      : await oneTimeline(asked, options, options.of, database.serviceUrl);
  } finally {
    await database.stop();
  }
}

async function wholeRecord(asked: Asked, options: Options, databaseUrl: string): Promise<boolean> {
  const other = editionFrom(asked.document, asked.hash);
  const list = options.csv ? process.stdout : options.list === undefined ? null : createWriteStream(options.list, { mode: 0o600 });
  if (list) await write(list, CSV_HEAD);
  const bar = process.stderr.isTTY || options.progress ? progressBar(process.stderr) : null;
  const ran = await runWhatIf(asked, {
    databaseUrl,
    threads: options.threads,
    threadMb: options.threadMemory,
    sink: list && ((differences: readonly Difference[]) => write(list, differences.map((each) => csvLine(each, other.zone)).join(''))),
    ...(bar === null ? {} : { progress: bar.tell }),
  });
  bar?.done();
  if (list && list !== process.stdout) {
    list.end();
    await finished(list);
  }
  const report = reportOf(asked.program, other, ran);
  if (!options.csv) await write(process.stdout, options.json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report));
  if (report.control.differing > 0) {
    process.stderr.write(
      `${report.control.differing} of ${report.control.decisions} decisions differ under their own edition: the record or the replay is broken.\n`,
    );
    return false;
  }
  return !(options.expectSame && report.differing > 0);
}

async function oneTimeline(asked: Asked, options: Options, id: string, databaseUrl: string): Promise<boolean> {
  if (options.csv || options.list !== undefined) throw new NotAskable('A timeline is printed as a table or with --json.');
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) throw new NotAskable(`--of: "${id}" is no id of this service.`);
  const timeline = await otherTimeline(databaseUrl, asked, id);
  if (timeline === null) throw new NotAskable(`Nobody in ${asked.program} has this id, and no authorization or entry of hers.`);
  await write(
    process.stdout,
    options.json ? `${JSON.stringify(timeline, null, 2)}\n` : timelineText(timeline, editionFrom(asked.document, asked.hash).zone),
  );
  return !(options.expectSame && timeline.steps.some((each) => each.difference !== null));
}

/** Waits for a slow reader instead of keeping everything for him. */
async function write(out: Writable, text: string): Promise<void> {
  if (!out.write(text)) await once(out, 'drain');
}
