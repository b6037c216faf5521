import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Caller, Told } from '../support/caller.js';
import { type CrashableDatabase, openCrashableDatabase } from '../support/crashable-database.js';
import { report, sized } from '../support/full-size.js';
import { type Desks, Load, resolved } from '../support/load.js';
import { findings } from '../support/oracle.js';
import { untilReady } from '../support/processes.js';
import { ServiceRun } from '../support/service-run.js';
import { inParallel } from '../support/world.js';

// F1, F2, I11, I13–I16: nothing that was acknowledged is lost, nothing is half done, and who was told nothing finds out by asking again.

jest.setTimeout(sized(120_000, 600_000));

const ROUNDS = Array.from({ length: sized(1, 3) }, (_, index) => index + 1);
const PATIENTS = sized(300, 600);
const WORKERS_A_DESK = 4;

const desksAt = async (run: ServiceRun, urls: readonly string[]): Promise<Desks[]> =>
  Promise.all(
    urls.map(async (url, index) => ({
      prescriber: await run.caller('prescriber', url),
      pharmacist: await run.caller(['pharmacist', 'pharmacist-2', 'pharmacist-3'][index % 3] as string, url),
    })),
  );

const senderOf = (told: Told, desks: readonly Desks[]): Caller => {
  const all = desks.flatMap((desk) => [desk.prescriber, desk.pharmacist]);
  return all.find((caller) => caller.subject === told.caller) as Caller;
};

/** What every client does afterwards, and what must be true then. */
async function settles(run: ServiceRun, load: Load, desks: readonly Desks[]): Promise<void> {
  const acknowledged = load.told.filter((each) => each.answer !== null);
  const unknown = load.unknown;
  // The crash came in the middle of work, or this round has shown nothing.
  expect(acknowledged.length).toBeGreaterThan(20);
  expect(unknown.length).toBeGreaterThan(0);
  expect(new Set(acknowledged.map((each) => each.answer?.status))).toEqual(new Set([200, 201]));

  report(`${acknowledged.length} acknowledged, ${unknown.length} unknown at the crash`);
  const ends = await inParallel(unknown, 4, (told) => resolved(told, senderOf(told, desks)));
  const first = [...acknowledged, ...ends];
  const repeated = await inParallel(first, 8, (told) => resolved(told, senderOf(told, desks)));
  expect(repeated.map((each) => [each.answer?.status, each.answer?.text])).toEqual(
    first.map((each) => [each.answer?.status, each.answer?.text]),
  );
  expect(await findings({ db: run.database.owner, dataDir: run.dataDir, told: first })).toEqual([]);
}

describe('kill -9 of a service process in the middle of load (F1)', () => {
  let run: ServiceRun;
  beforeAll(async () => {
    run = await ServiceRun.open({ processes: 2 });
  });
  afterAll(() => run?.close());

  it.each(ROUNDS)('round %i: every acknowledged command is there, no half state, and each repetition gets the first answer', async () => {
    const patients = await run.world.enroll(PATIENTS);
    const [victim, other] = run.services.filter((service) => service.alive());
    if (!victim || !other) throw new Error('Two processes should be alive.');
    const desks = await desksAt(run, [victim.url, other.url]);
    const load = new Load(desks, patients, WORKERS_A_DESK);
    await sleep(600 + Math.random() * 600);
    await victim.kill();
    await sleep(200);
    const { url } = await run.start();
    for (const { prescriber, pharmacist } of desks) {
      if (prescriber.url !== victim.url) continue;
      prescriber.url = url;
      pharmacist.url = url;
    }
    await load.stop();
    await settles(run, load, desks);
  });
});

describe('kill -9 of Postgres in the middle of load (F2)', () => {
  let database: CrashableDatabase;
  let run: ServiceRun;
  beforeAll(async () => {
    database = await openCrashableDatabase();
    run = await ServiceRun.open({ processes: 2, database });
  });
  afterAll(() => run?.close());

  it.each(ROUNDS)('round %i: after its recovery the same holds, without a restart of the service', async () => {
    const patients = await run.world.enroll(PATIENTS);
    const desks = await desksAt(
      run,
      run.services.map((service) => service.url),
    );
    const load = new Load(desks, patients, WORKERS_A_DESK);
    await sleep(600 + Math.random() * 600);
    await database.server.kill();
    await sleep(300);
    await database.server.restart();
    await sleep(500);
    await load.stop();
    await Promise.all(run.services.map((service) => untilReady(service.url)));
    await settles(run, load, desks);
  });
});
