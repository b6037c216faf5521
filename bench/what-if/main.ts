import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { HOUR_MS } from '../../src/domain/calendar.js';
import { EditionCatalogue, PROGRAMS_FOLDER } from '../../src/program/edition.catalogue.js';
import { BenchServer } from '../database-server.js';
import { copyHistory } from '../history/copies.js';
import { makeHistory } from '../history/make.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const say = (line: string) => void process.stderr.write(`${line}\n`);

const { values: asked } = parseArgs({
  options: {
    decisions: { type: 'string', default: '1000000' },
    program: { type: 'string' },
    recorded: { type: 'string' },
    other: { type: 'string' },
    seed: { type: 'string', default: '1' },
    years: { type: 'string', default: '4' },
    copies: { type: 'string', default: '1' },
    threads: { type: 'string' },
    json: { type: 'boolean', default: false },
    report: { type: 'boolean', default: false },
  },
});

const catalogue = EditionCatalogue.fromFolder();
const program = asked.program ?? catalogue.programs()[0] ?? '';
const recorded = asked.recorded ? catalogue.named(program, asked.recorded) : catalogue.inForce(program, Date.now());
if (!recorded) throw new Error(`No edition ${asked.recorded ?? 'in force'} of ${program} is on file.`);
const all = availableParallelism();

interface Run {
  readonly threads: number;
  readonly seconds: number;
  readonly decisions: number;
  readonly decisionsPerSecond: number;
  /** Of the process that judges, without Postgres. */
  readonly cpuSeconds: number;
  /** Resident memory, MB, read twice a second. */
  readonly rssMb: readonly number[];
  readonly report: object;
}

const server = await BenchServer.start();
try {
  const database = await server.database('rems_what_if');
  const start = recorded.effectiveFrom + 30 * 24 * HOUR_MS;
  say(`Making ${asked.decisions} decisions of ${program} under ${recorded.edition} …`);
  const decisions = Number(asked.decisions);
  const tick = Math.max(1, Math.round(decisions / 10));
  let told = 0;
  const made = await makeHistory(
    database.ownerUrl,
    recorded,
    {
      decisions,
      seed: Number(asked.seed),
      threads: all,
      start,
      end: start + Number(asked.years) * 365 * 24 * HOUR_MS,
    },
    (entries) => {
      if (entries - told < tick) return;
      told = entries;
      say(`  ${entries}`);
    },
  );
  say(
    `${made.entries} entries of ${made.patients} patients in ${made.seconds.toFixed(0)} s (${Math.round(made.entries / made.seconds)}/s)`,
  );
  await server.administer('CHECKPOINT');
  const other = asked.other ?? stricter();
  const runs: Run[] = [];
  if (Number(asked.copies) > 1) {
    runs.push(await whatIf(database.serviceUrl, other, all));
    const entries = await copyHistory(database.ownerUrl, Number(asked.copies), (copy) => say(`  ${copy} of ${asked.copies} copies`));
    await server.administer('CHECKPOINT');
    say(`${entries} entries with the copies`);
  }
  for (const threads of asked.threads ? asked.threads.split(',').map(Number) : [1, all])
    runs.push(await whatIf(database.serviceUrl, other, threads));
  const result = { made, runs: runs.map(({ report, ...run }) => (asked.report ? { ...run, report } : run)) };
  if (asked.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  else
    for (const run of runs)
      process.stdout.write(
        `${run.threads} threads: ${run.decisions} decisions in ${run.seconds.toFixed(1)} s, ${run.decisionsPerSecond}/s; ${run.cpuSeconds.toFixed(1)} s of processor in the process, ${Math.round(run.decisions / run.cpuSeconds)} a processor second; memory MB ${run.rssMb.join(' ')}\n`,
      );
} finally {
  await server.stop();
}

/** The recorded edition with every whole number of days that bounds a test or an authorization one smaller: something of everything differs. */
function stricter(): string {
  const document = JSON.parse(readFileSync(join(PROGRAMS_FOLDER, program, `${recorded?.edition ?? ''}.json`), 'utf8')) as object;
  const text = JSON.stringify(document, (key, value: unknown) => {
    const leaf = value as { value?: unknown } | null;
    const bound =
      /Days$|^days$/.test(key) &&
      typeof leaf === 'object' &&
      leaf !== null &&
      typeof leaf.value === 'number' &&
      leaf.value > 3 &&
      leaf.value < 15;
    return bound ? { ...leaf, value: (leaf.value as number) - 1 } : value;
  });
  const file = join(tmpdir(), `what-if-${process.pid}.json`);
  writeFileSync(file, text);
  return file;
}

async function whatIf(databaseUrl: string, other: string, threads: number): Promise<Run> {
  const args = ['dist/cli.js', 'what-if', '--program', program, '--edition', other, '--json', '--threads', String(threads)];
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, DATABASE_URL: databaseUrl },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const watching = watch(child);
  const code = await new Promise<number | null>((resolve) => child.on('exit', resolve));
  if (code !== 0) throw new Error(`rems what-if ended with ${code}.`);
  const { rssMb, cpuSeconds } = await watching;
  const report = JSON.parse(output) as { decisions: number; run: { seconds: number; decisionsPerSecond: number } };
  return { threads, ...report.run, decisions: report.decisions, cpuSeconds, rssMb, report };
}

/** Memory and processor time of a process for as long as it lives. */
async function watch(child: ChildProcess): Promise<{ rssMb: number[]; cpuSeconds: number }> {
  const rssMb: number[] = [];
  let ticks = 0;
  while (child.exitCode === null) {
    try {
      const status = readFileSync(`/proc/${child.pid ?? 0}/status`, 'utf8');
      rssMb.push(Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024));
      const stat =
        readFileSync(`/proc/${child.pid ?? 0}/stat`, 'utf8')
          .split(') ')[1]
          ?.split(' ') ?? [];
      ticks = Number(stat[11]) + Number(stat[12]);
    } catch {
      // No /proc on this system, or the process has just ended.
    }
    await sleep(500);
  }
  return { rssMb, cpuSeconds: ticks / 100 };
}
