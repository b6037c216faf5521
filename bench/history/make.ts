// A program's made-up history, as many decisions as asked for, on as many threads.
import { generateKeyPairSync } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import pg from 'pg';
import { HOUR_MS, type Instant } from '../../src/domain/calendar.js';
import type { Edition } from '../../src/domain/program.js';
import { makeCast } from './cast.js';
import type { Cast } from './life.js';
import { insertCast } from './record.js';

export interface HistoryWanted {
  readonly decisions: number;
  readonly seed: number;
  readonly threads: number;
  /** The record begins and ends. */
  readonly start: Instant;
  readonly end: Instant;
  /** The private key that signs the entries, PEM; left out: one of this history's own. */
  readonly keyPem?: string;
}

export interface ThreadTask extends HistoryWanted {
  readonly keyPem: string;
  readonly url: string;
  readonly hash: string;
  readonly cast: Cast;
}

export interface HistoryMade {
  readonly entries: number;
  readonly patients: number;
  readonly seconds: number;
}

/** @param url of the owner of the tables */
export async function makeHistory(
  url: string,
  edition: Edition,
  wanted: HistoryWanted,
  progress: (entries: number) => void = () => {},
): Promise<HistoryMade> {
  const startedAt = performance.now();
  const keyPem = wanted.keyPem ?? generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const cast = makeCast(wanted.start - 24 * HOUR_MS);
  const client = new pg.Client({ connectionString: url, options: '-c TimeZone=UTC' });
  await client.connect();
  await insertCast(client, cast);
  let [entries, patients] = [0, 0];
  const thread = (place: number) =>
    new Promise<void>((resolve, reject) => {
      // Seeds far apart, so that no two threads live the same lives.
      const task: ThreadTask = {
        ...wanted,
        keyPem,
        url,
        hash: edition.hash,
        cast,
        seed: wanted.seed + place * 100_000_000,
        decisions: Math.ceil(wanted.decisions / wanted.threads),
      };
      const worker = new Worker(new URL('./thread.mjs', import.meta.url), { workerData: task });
      worker.on('message', (more: { entries: number; patients: number }) => {
        entries += more.entries;
        patients += more.patients;
        progress(entries);
      });
      worker.on('error', reject);
      worker.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`A thread that makes history ended with ${code}.`))));
    });
  try {
    await Promise.all(Array.from({ length: wanted.threads }, (_, place) => thread(place)));
    await client.query('ANALYZE entry, entry_values, enrollment, patient');
  } finally {
    await client.end();
  }
  return { entries, patients, seconds: (performance.now() - startedAt) / 1_000 };
}
