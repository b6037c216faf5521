import { createPrivateKey } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import pg from 'pg';
import { EntrySigner } from '../../src/compliance-log/signer.js';
import { EditionCatalogue } from '../../src/program/edition.catalogue.js';
import { chances } from './chances.js';
import { type Life, liveLife } from './life.js';
import type { ThreadTask } from './make.js';
import { insertLives } from './record.js';

const LIVES_AT_ONCE = 20;

const { url, hash, cast, seed, decisions, start, end, keyPem } = workerData as ThreadTask;
const edition = EditionCatalogue.fromFolder().withHash(hash);
if (!edition) throw new Error('The edition of this history is not on file.');
const signer = new EntrySigner(createPrivateKey(keyPem));
const client = new pg.Client({ connectionString: url, options: '-c TimeZone=UTC -c synchronous_commit=off' });
await client.connect();
let written = 0;
for (let nth = seed; written < decisions; ) {
  const lives: Life[] = [];
  while (lives.length < LIVES_AT_ONCE) {
    const life = liveLife(edition, cast, chances(nth), start, end);
    nth += 1;
    if (life) lives.push(life);
    else if (nth - seed > 10_000 && written === 0 && lives.length === 0) throw new Error('This edition lets none of these people enroll.');
  }
  const more = await insertLives(client, lives, signer);
  written += more;
  parentPort?.postMessage({ entries: more, patients: lives.length });
}
await client.end();
