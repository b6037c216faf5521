// npm run bench:scale: whether a full house is as fast as a nearly empty one. The same service on two databases, turn by turn.
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { Edition } from '../src/domain/program.js';
import { EditionCatalogue } from '../src/program/edition.catalogue.js';
import { BenchServer } from './database-server.js';
import type { FixturePatient } from './fixture-case.js';
import { databaseTime, makeParticipants, makePatients } from './fixtures.js';
import { makeHistory } from './history.js';
import { watched } from './process-facts.js';
import { coresInWords, type Figure, figure, isMet, lineOf } from './report.js';
import { type ServiceProcess, startService } from './service-process.js';
import { fillsOverHttp, openCounters, Patients, verifiesOverHttp } from './throughput.js';

const USAGE = `npm run bench:scale -- [--quick] [--json FILE]

Throughput with a million authorizations and ten million entries on file, beside that with ten thousand. Needs some 45 GB of disk and a quarter of an hour.
  --quick      a tenth of everything, to see that it works
  --json FILE  writes all figures there as well`;

const PROGRAM = 'lenalidomide-us';
const say = (line: string) => process.stderr.write(`${line}\n`);

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, json: { type: 'string' }, help: { type: 'boolean', default: false } },
});
if (options.help) {
  console.log(USAGE);
  process.exit(0);
}
// Two authorizations a patient: one dispensed, one issued.
const plan = options.quick
  ? { large: 50_000, small: 5_000, rounds: 2, seconds: 1.5 }
  : { large: 500_000, small: 5_000, rounds: 5, seconds: 1.75 };

interface House {
  readonly name: 'small' | 'large';
  readonly patients: Patients;
  readonly service: ServiceProcess;
  readonly rates: Record<'fill' | 'verify', number[]>;
}

const startedAt = performance.now();
const sinceStart = () => `${((performance.now() - startedAt) / 1000).toFixed(0).padStart(5)} s`;
// A checkpoint in the middle of a turn would be measured instead of the size.
const server = await BenchServer.start({ max_wal_size: '8GB', checkpoint_timeout: '60min', shared_buffers: '2GB' });
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.stop().finally(() => process.exit(130)));
try {
  const figures = await measure();
  console.log('');
  for (const each of figures) console.log(lineOf(each));
  const missed = figures.filter((each) => !isMet(each));
  console.log(
    `\n${missed.length === 0 ? 'Every bound is met.' : `${missed.length} of the bounds missed.`} It took ${sinceStart().trim()}.`,
  );
  if (options.json)
    writeFileSync(
      options.json,
      `${JSON.stringify({ at: new Date().toISOString(), cores: cpus().length, node: process.version, quick: options.quick, figures }, null, 2)}\n`,
    );
  if (missed.length > 0 && !options.quick) process.exitCode = 1;
} finally {
  await server.stop();
}

async function measure(): Promise<Figure[]> {
  const counted: Figure[] = [];
  const houses: House[] = [];
  let edition: Edition | undefined;
  for (const name of ['small', 'large'] as const) {
    const database = await server.database(name);
    await makeParticipants(database.owner);
    edition ??= EditionCatalogue.fromFolder().inForce(PROGRAM, await databaseTime(database.owner));
    if (!edition) throw new Error(`There is no edition of ${PROGRAM} in force.`);
    const made = await makePatients(database.owner, edition, plan[name], (done) => {
      if (done % 50_000 === 0 || done === plan[name]) say(`${sinceStart()}  ${name}: ${done} of ${plan[name]} patients`);
    });
    const patients = new Patients(spreadOver(made, plan.small));
    const service = await startService({ serviceUrl: database.serviceUrl, dataDir: server.folder });
    await writeOneOfEach(service, patients, edition);
    const entries = await makeHistory(database.owner, (round) => say(`${sinceStart()}  ${name}: ${round} of 20 entries for each patient`));
    await database.owner.query('VACUUM ANALYZE');
    say(`${sinceStart()}  ${name}: ${2 * made.length} authorizations, ${entries} entries`);
    counted.push(figure(`${name}: authorizations on file`, [2 * made.length], ''), figure(`${name}: entries on file`, [entries], ''));
    houses.push({ name, patients, service, rates: { fill: [], verify: [] } });
  }
  await server.administer('CHECKPOINT');
  if (!edition) throw new Error('No edition.');
  try {
    for (let round = 0; round <= plan.rounds; round++) for (const house of houses) await turn(house, round, edition);
  } finally {
    for (const { service } of houses) await service.stop();
  }
  const rates = (name: House['name'], act: 'fill' | 'verify') => houses.find((house) => house.name === name)?.rates[act] ?? [];
  const ratio = (act: 'fill' | 'verify') => rates('large', act).map((rate, round) => rate / (rates('small', act)[round] ?? Number.NaN));
  return [
    figure('reserve and dispense: full house ÷ small house', ratio('fill'), '×', { least: 0.8 }),
    figure('verify: full house ÷ small house', ratio('verify'), '×', { least: 0.8 }),
    ...houses.flatMap(({ name, rates: own }) => [
      figure(`${name}: reserve and dispense`, own.fill, '/s'),
      figure(`${name}: verify`, own.verify, '/s'),
    ]),
    ...counted,
  ];
}

/** Patients from all over the tables, so that their rows are not all on the same pages. */
function spreadOver(made: readonly FixturePatient[], count: number): FixturePatient[] {
  const every = Math.max(1, Math.floor(made.length / count));
  return made.filter((_, nth) => nth % every === 0);
}

/** The entries that the history is copied from. */
async function writeOneOfEach(service: ServiceProcess, patients: Patients, edition: Edition): Promise<void> {
  const [client] = await openCounters(service.port, server.folder, edition, 1);
  const patient = patients.take();
  if (!client || !patient) throw new Error('There is no patient.');
  await client.send('verify', patient);
  await client.send('reserve', patient);
  client.close();
}

/** One turn of each kind; the first round warms up. */
async function turn({ name, patients, service, rates }: House, round: number, edition: Edition): Promise<void> {
  for (const act of ['fill', 'verify'] as const) {
    const clients = await openCounters(service.port, server.folder, edition);
    const work = act === 'fill' ? fillsOverHttp : verifiesOverHttp;
    const { result, cores } = await watched({ service: { pid: service.pid }, postgres: { pid: server.pid, family: true } }, () =>
      work(clients, patients, plan.seconds),
    );
    for (const client of clients) client.close();
    const over = round === 0 ? 'warm-up' : `round ${round}/${plan.rounds}`;
    say(
      `${over.padEnd(10)} ${name.padEnd(6)} ${act.padEnd(7)} ${result.perSecond.toFixed(0).padStart(6)} a second   cores: ${coresInWords(cores)}`,
    );
    if (round > 0) rates[act].push(result.perSecond);
  }
}
