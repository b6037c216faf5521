import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { hashOfDocument } from '../../src/program/edition.catalogue.js';
import { broughtBy } from '../support/at-the-counter.js';
import { prescriptionFor } from '../support/at-the-practice.js';
import type { Caller } from '../support/caller.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { nextEdition, shippedDocument } from '../support/editions.js';
import { ServiceRun } from '../support/service-run.js';
import { type DatabaseProxy, proxyTo } from '../support/tcp-proxy.js';
import { type Issued, type Patient, PROGRAM } from '../support/world.js';

// Rules change by law on a date: several processes of the service change over at the same instant of the database, with requests under way
// all the time, without a restart, and every decision names the edition it was taken under.

jest.setTimeout(120_000);

const AHEAD_MS = 6 * 60_000;
const BEFORE_MS = 2_000;
const AFTER_MS = 2_000;
const SIDE_EFFECT = { program: PROGRAM, on: '2026-01-02', what: 'A rash.' };

let database: TestDatabase;
let proxy: DatabaseProxy;
let run: ServiceRun;
let patients: Patient[];
let issued: Issued;
let from: number;
let before: string;
let after: string;

async function databaseTime(): Promise<number> {
  const { rows } = await run.database.owner.query<{ now: number }>('SELECT rems_now() AS now');
  return Number(rows[0]?.now);
}

interface Line {
  readonly at: number;
  readonly edition: { readonly hash: string };
  readonly actor: { readonly subject: string };
}

/** The signed lines of that command, as they lie in the log. */
async function linesOf(command: string): Promise<Line[]> {
  const { rows } = await run.database.owner.query<{ text: string }>(
    "SELECT convert_from(bytes, 'UTF8') AS text FROM entry WHERE command = $1 ORDER BY recorded_at",
    [command],
  );
  return rows.map(({ text }) => JSON.parse(text) as Line);
}

beforeAll(async () => {
  database = await openTestDatabase();
  const through = async (url: string) => {
    proxy = await proxyTo(url);
    return proxy.url;
  };
  run = await ServiceRun.open({ processes: 2, database, through });
  patients = await run.world.enroll(8);
  [issued] = (await run.world.issued(1)) as [Issued];
});
afterAll(async () => {
  await run?.close();
  await proxy?.close();
});

/** Drafted and approved on two processes, for an instant ahead: nothing is kept in either of them. */
async function published(days: number): Promise<{ at: number; hash: string }> {
  const [author, second] = [await run.caller('steward'), await run.caller('steward-2', run.services[1]?.url)];
  const at = (await databaseTime()) + AHEAD_MS;
  const document = nextEdition(at, { '/prescription/maxSupplyDays': days });
  document['edition'] = `2099-12-${days}`;
  const hash = hashOfDocument(document);
  expect((await author.post('/v1/editions', { document: JSON.stringify(document) })).status).toBe(201);
  expect((await author.post(`/v1/editions/${hash}/check`, {})).status).toBe(200);
  expect((await second.post(`/v1/editions/${hash}/approve`, {})).status).toBe(200);
  return { at, hash };
}

/** Offers one request after another to a process, until told to stop. */
async function offer(caller: Caller, own: readonly Patient[], until: { over: boolean }): Promise<string[]> {
  const wrong: string[] = [];
  for (let turn = 0; !until.over; turn += 1) {
    const patient = own[turn % own.length] as Patient;
    const answer = await caller.post(`/v1/patients/${patient.id}/adverse-events`, SIDE_EFFECT);
    if (answer.status >= 300) wrong.push(`${answer.status} ${answer.text.slice(0, 200)}`);
  }
  return wrong;
}

describe('an edition that takes effect while requests are under way', () => {
  it('governs every decision from its instant on, in both processes, and none before it', async () => {
    before = hashOfDocument(shippedDocument());
    ({ at: from, hash: after } = await published(21));
    const until = { over: false };
    const [one, two] = run.services;
    const callers = [await run.caller('prescriber', one?.url), await run.caller('delegate', two?.url)] as const;
    const offering = callers.flatMap((caller, nth) =>
      [0, 1].map((lane) => offer(caller, patients.slice(4 * nth + 2 * lane, 4 * nth + 2 * lane + 2), until)),
    );
    await sleep(200);
    // To shortly before the instant; the rest of the way the clock goes as it always does.
    await database.advanceClock(from - BEFORE_MS - (await databaseTime()));
    await sleep(BEFORE_MS + AFTER_MS);
    until.over = true;
    expect((await Promise.all(offering)).flat()).toEqual([]);

    const lines = await linesOf('report-adverse-event');
    const wrong = lines.filter(({ at, edition }) => edition.hash !== (at < from ? before : after));
    expect(wrong).toEqual([]);
    // On each process, close to the instant on either side, so that it was really straddled.
    for (const { subject } of callers) {
      const own = lines.filter(({ actor }) => actor.subject === subject);
      const near = [own.filter(({ at }) => at < from).at(-1), own.find(({ at }) => at >= from)];
      expect(near.map((line) => line !== undefined && Math.abs(line.at - from) < 500)).toEqual([true, true]);
    }
  });

  it('judges again what would be written after its instant and was judged before it', async () => {
    const next = await published(14);
    const doctor = await run.caller('prescriber', run.services[0]?.url);
    await database.advanceClock(next.at - 30_000 - (await databaseTime()));
    proxy.holdNext(
      (statement) => /INSERT INTO entry \(/.test(statement),
      () => database.advanceClock(60_000),
    );
    const [patient] = patients as [Patient];
    expect((await doctor.post(`/v1/patients/${patient.id}/adverse-events`, SIDE_EFFECT)).status).toBe(200);
    const last = (await linesOf('report-adverse-event')).at(-1);
    expect([last?.edition.hash, (last?.at ?? 0) >= next.at]).toEqual([next.hash, true]);
    after = next.hash;
  });

  it('leaves an authorization under the edition it was issued under, and judges the next one under its own', async () => {
    const pharmacist = await run.caller('pharmacist', run.services[1]?.url);
    const verified = await pharmacist.post('/v1/counter/verify', broughtBy(issued), { key: null });
    expect([verified.status, verified.body.outcome]).toEqual([200, 'allow']);
    expect((await linesOf('verify')).at(-1)?.edition.hash).toBe(before);

    const doctor = await run.caller('prescriber', run.services[0]?.url);
    const [patient] = patients as [Patient];
    const refused = await doctor.post('/v1/authorizations', prescriptionFor(patient.id));
    expect([refused.status, (refused.body.reasons ?? []).map((each: { code: string }) => each.code)]).toEqual([409, ['SUPPLY_TOO_LONG']]);
  });

  it('is replayed, like the one before it, from the log and the table alone', async () => {
    const auditor = await run.caller('auditor', run.services[0]?.url);
    const { rows } = await run.database.owner.query<{ id: string; hash: string }>(
      `SELECT id, convert_from(bytes, 'UTF8')::jsonb #>> '{edition,hash}' AS hash FROM entry WHERE command IN ('report-adverse-event', 'verify')
        ORDER BY recorded_at`,
    );
    const some = [
      rows.find((row) => row.hash === before),
      rows.findLast((row) => row.hash === before),
      rows.find((row) => row.hash === after),
    ];
    for (const row of some) {
      const again = await auditor.get(`/v1/log/entries/${row?.id}/replay`);
      expect([again.status, again.body.same]).toEqual([200, true]);
    }
  });

  it('is known to a process that starts afterwards', async () => {
    const later = await run.start();
    const doctor = await run.caller('prescriber', later.url);
    const [patient] = patients as [Patient];
    expect((await doctor.post(`/v1/patients/${patient.id}/adverse-events`, SIDE_EFFECT)).status).toBeLessThan(300);
    expect((await linesOf('report-adverse-event')).at(-1)?.edition.hash).toBe(after);
    await later.stop();
  });
});
