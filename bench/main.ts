import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { loadConfig } from '../src/config.js';
import { openPools } from '../src/database/pools.js';
import { EditionCatalogue } from '../src/program/edition.catalogue.js';
import { CapturedStatements } from './captured.js';
import { CounterClient } from './counter-requests.js';
import { BenchServer } from './database-server.js';
import { decisionsPerSecond } from './decide.js';
import type { Kind } from './fixture-case.js';
import { databaseTime, makeParticipants, makePatients } from './fixtures.js';
import { openLoop } from './load.js';
import { percentile } from './numbers.js';
import { residentBytes, watched } from './process-facts.js';
import { coresInWords, type Figure, figure, isMet, lineOf } from './report.js';
import { startControl, startService } from './service-process.js';
import {
  bareFills,
  bareVerifies,
  CLIENTS,
  fillsOverHttp,
  openBare,
  openCounters,
  Patients,
  type Turn,
  verifiesOverHttp,
} from './throughput.js';

const USAGE = `npm run bench -- [--quick] [--json FILE] [--profile FOLDER]

Measures the service beside what it stands on, with database, service and load on this machine, in interleaved rounds.
  --quick      two short rounds, to see that it works; its figures mean little
  --json FILE  writes all figures there as well
  --profile FOLDER  leaves the service's processor profile there (.cpuprofile); the figures are then a little lower`;

const PROGRAM = 'lenalidomide-us';
const OFFERED_PER_SECOND = 100;
const say = (line: string) => process.stderr.write(`${line}\n`);

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    profile: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (options.help) {
  console.log(USAGE);
  process.exit(0);
}
const plan = options.quick
  ? { patients: 14_000, rounds: 2, turnSeconds: 1.5, openLoops: 1, openSeconds: 5 }
  : { patients: 90_000, rounds: 7, turnSeconds: 4, openLoops: 3, openSeconds: 20 };

const startedAt = performance.now();
const server = await BenchServer.start();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.stop().finally(() => process.exit(130)));
try {
  const figures = await measure();
  console.log('');
  for (const each of figures) console.log(lineOf(each));
  const missed = figures.filter((each) => !isMet(each));
  console.log(
    `\n${missed.length === 0 ? 'Every bound is met.' : `${missed.length} of the bounds missed.`} It took ${((performance.now() - startedAt) / 1000).toFixed(0)} s.`,
  );
  if (options.json) {
    const facts = {
      at: new Date().toISOString(),
      cores: cpus().length,
      processor: cpus()[0]?.model,
      node: process.version,
      quick: options.quick,
    };
    writeFileSync(
      options.json,
      `${JSON.stringify({ ...facts, figures: figures.map((each) => ({ ...each, met: isMet(each) })) }, null, 2)}\n`,
    );
  }
  // A quick run proves that everything runs, not how fast it is.
  if (missed.length > 0 && !options.quick) process.exitCode = 1;
} finally {
  await server.stop();
}

async function measure(): Promise<Figure[]> {
  const database = await server.database('bench');
  await makeParticipants(database.owner);
  const edition = EditionCatalogue.fromFolder().inForce(PROGRAM, await databaseTime(database.owner));
  if (!edition) throw new Error(`There is no edition of ${PROGRAM} in force.`);
  say(`Making ${plan.patients} patients with an issued authorization each …`);
  const patients = new Patients(await makePatients(database.owner, edition, plan.patients));
  await database.owner.query('VACUUM ANALYZE');
  await server.administer('CHECKPOINT');

  say('Catching the statements that the service sends …');
  const { serviceUrl } = database;
  const dataDir = server.folder;
  const captured = await CapturedStatements.from(serviceUrl, dataDir, edition, (kind) => takeOf(patients, kind));

  const service = await startService({
    serviceUrl,
    dataDir,
    nodeArguments: options.profile ? ['--cpu-prof', `--cpu-prof-dir=${options.profile}`] : [],
  });
  const control = await startControl({ serviceUrl, dataDir });
  const processes = {
    load: { pid: process.pid },
    service: { pid: service.pid },
    control: { pid: control.pid },
    postgres: { pid: server.pid, family: true },
  };
  let resident = 0;
  const memory = setInterval(() => {
    resident = Math.max(resident, residentBytes(service.pid));
  }, 250);
  const turns: Record<'bareFill' | 'fill' | 'controlFill' | 'bareVerify' | 'verify', Turn[]> = {
    bareFill: [],
    fill: [],
    controlFill: [],
    bareVerify: [],
    verify: [],
  };
  const decisions: number[] = [];
  const loadShares: number[] = [];
  const tails: number[] = [];
  const bare = await openBare(serviceUrl);
  const pools = openPools({ ...loadConfig({}), counterPoolSize: 1, restPoolSize: 1 }, serviceUrl, {
    info: () => {},
    warn: say,
    error: say,
  });
  try {
    const kinds = [takeOf(patients, 'male'), takeOf(patients, 'reproductive-potential')];
    const seconds = plan.turnSeconds;
    let counters: CounterClient[] = [];
    /** So that the last round has what the first had: code compiled, plans prepared, caches filled. */
    const warmUp = 1;
    for (let round = 1 - warmUp; round <= plan.rounds; round++) {
      const expected = (kept: readonly Turn[], guess: number) => Math.max(guess, ...kept.map((each) => each.perSecond));
      const works = {
        bareFill: () => bareFills(bare, captured, patients, seconds, expected(turns.bareFill, 2_500)),
        fill: () => fillsOverHttp(counters, patients, seconds),
        controlFill: () => fillsOverHttp(counters, patients, seconds),
        bareVerify: () => bareVerifies(bare, captured, patients, seconds / 2, expected(turns.bareVerify, 4_000)),
        verify: () => verifiesOverHttp(counters, patients, seconds),
      };
      for (const [name, work] of Object.entries(works) as [keyof typeof works, () => Promise<Turn>][]) {
        // Signed in anew for each turn: tokens live ten minutes, an idle connection ten seconds.
        counters = await openCounters(name === 'controlFill' ? control.port : service.port, dataDir, edition);
        const { result, cores } = await watched(processes, work);
        for (const client of counters) client.close();
        const over = round < 1 ? 'warm-up' : `round ${round}/${plan.rounds}`;
        say(`${over.padEnd(10)} ${name.padEnd(12)} ${result.perSecond.toFixed(0).padStart(6)} a second   cores: ${coresInWords(cores)}`);
        if (round < 1) continue;
        turns[name].push(result);
        if (name === 'fill') loadShares.push((cores.load ?? Number.NaN) / sum(Object.values(cores)));
      }
      const perSecond = await decisionsPerSecond(pools, kinds, edition);
      if (round >= 1) decisions.push(perSecond);
    }
    for (let nth = 0; nth < plan.openLoops; nth++) {
      say(`Offering ${OFFERED_PER_SECOND} reservations a second for ${plan.openSeconds} s …`);
      const counters = await openCounters(service.port, dataDir, edition, 64);
      const free = [...counters];
      const latencies = await openLoop(OFFERED_PER_SECOND, OFFERED_PER_SECOND * plan.openSeconds, async () => {
        // The longest idle one: left alone for ten seconds, a connection is closed.
        const client = free.shift();
        const patient = patients.take();
        if (!client || !patient) throw new Error('More than 64 reservations were under way at once.');
        await client.send('reserve', patient);
        free.push(client);
      });
      tails.push(percentile(latencies, 0.99));
      for (const client of counters) client.close();
    }
  } finally {
    clearInterval(memory);
    await Promise.all(bare.map((client) => client.close()));
    await pools.close();
    await control.stop();
    await service.stop();
  }

  const rates = (name: keyof typeof turns) => turns[name].map((turn) => turn.perSecond);
  const ratios = (over: keyof typeof turns, under: keyof typeof turns) =>
    rates(over).map((rate, round) => rate / (rates(under)[round] ?? Number.NaN));
  const latency = (act: 'reserve' | 'dispense', share: number) => turns.fill.map((turn) => percentile(turn.ms[act] ?? [], share));
  return [
    figure('reserve and dispense: service ÷ bare loop of its statements', ratios('fill', 'bareFill'), '×', { least: 0.4 }),
    figure('reserve and dispense: service ÷ plain TypeORM', ratios('fill', 'controlFill'), '×', { least: 2.5 }),
    figure('verify: service ÷ bare insert of its entry', ratios('verify', 'bareVerify'), '×', { least: 0.4 }),
    figure(`reserve: p99 at ${OFFERED_PER_SECOND}/s offered, open loop`, tails, 'ms', { most: 50 }),
    figure('resident memory of the service under load', [resident / 1024 / 1024], 'MB', { most: 300 }),
    figure('decisions on one core', decisions, '/s', { least: 10_000 }),
    figure(`reserve and dispense: service, ${CLIENTS} clients`, rates('fill'), '/s'),
    figure(`reserve and dispense: bare loop, ${CLIENTS} connections`, rates('bareFill'), '/s'),
    figure(`reserve and dispense: plain TypeORM, ${CLIENTS} clients`, rates('controlFill'), '/s'),
    figure('verify: service', rates('verify'), '/s'),
    figure('verify: bare insert of its entry', rates('bareVerify'), '/s'),
    figure('reserve: median in the closed loop', latency('reserve', 0.5), 'ms'),
    figure('reserve: p99 in the closed loop', latency('reserve', 0.99), 'ms'),
    figure('dispense: median in the closed loop', latency('dispense', 0.5), 'ms'),
    figure('dispense: p99 in the closed loop', latency('dispense', 0.99), 'ms'),
    figure('requests turned away with 503 and sent again', [CounterClient.turnedAway], ''),
    figure('the load generator’s share of all processor time used', loadShares, '×'),
  ];
}

function takeOf(patients: Patients, kind: Kind) {
  for (;;) {
    const patient = patients.take();
    if (patient === null) throw new Error('The fixtures ran out; make more of them.');
    if (patient.kind === kind) return patient;
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
