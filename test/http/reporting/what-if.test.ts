import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { insertCast, insertLives } from '../../../bench/history/record.js';
import type { Edition } from '../../../src/domain/program.js';
import { WhatIfService } from '../../../src/reporting/what-if/what-if.service.js';
import { cast, livesOf, signer } from '../../support/lives.js';
import { type Caller, openRunning, type Running } from '../../support/running-service.js';
import { tableSums } from '../../support/table-sums.js';
import { catalogue, PROGRAM } from '../../support/world.js';

const recorded = catalogue.named(PROGRAM, '2021-08-05') as Edition;
const lives = livesOf(recorded, 12);

let running: Running;
let steward: Caller;
beforeAll(async () => {
  running = await openRunning({ REMS_WHAT_IF_THREADS: '0' });
  const client = await running.database.owner.connect();
  await insertCast(client, cast);
  await insertLives(client, lives, signer);
  client.release();
  await running.database.setClock('2031-01-01T12:00:00Z');
  steward = await running.as('steward');
}, 60_000);
afterAll(() => running?.close());

const lines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, ReturnType<typeof JSON.parse>>);

describe('a what-if over HTTP', () => {
  test('streams to the steward, and ends with the report; nothing is written', async () => {
    const before = await tableSums(running.database.owner);
    const { status, text, headers } = await steward.post('/v1/what-if', { program: PROGRAM, edition: '2021-08-05', list: true });
    expect(status).toBe(200);
    expect(headers['content-type']).toContain('application/x-ndjson');
    expect(headers['cache-control']).toBe('no-store');
    expect(lines(text).at(-1)).toMatchObject({
      report: { program: PROGRAM, patients: 12, decisions: lives.reduce((sum, { acts }) => sum + acts.length, 0), differing: 0 },
    });
    expect(await tableSums(running.database.owner)).toEqual(before);
  });

  test('as CSV: a head, and a line for each decision that would differ', async () => {
    const { text, headers } = await steward.post('/v1/what-if', { program: PROGRAM, edition: recorded.hash, as: 'csv' });
    expect(headers['content-type']).toContain('text/csv');
    expect(text).toMatch(/^at,patient,[^\r]+\r\n$/);
  });

  test('one patient’s timeline', async () => {
    const life = lives[0]!;
    const { status, body } = await steward.post('/v1/what-if/timeline', { program: PROGRAM, edition: '2021-08-05', of: life.patient });
    expect(status).toBe(200);
    expect(body.steps).toHaveLength(life.acts.length);
    const nobody = '019a0000-0000-7000-8000-00000000ffff';
    expect((await steward.post('/v1/what-if/timeline', { program: PROGRAM, edition: '2021-08-05', of: nobody })).status).toBe(404);
  });

  test('is the steward’s alone, and says which field is wrong', async () => {
    const body = { program: PROGRAM, edition: '2021-08-05' };
    for (const account of ['auditor', 'administrator', 'prescriber', 'pharmacist', 'patient'])
      expect((await (await running.as(account)).post('/v1/what-if', body)).status).toBe(403);
    const unknown = await steward.post('/v1/what-if', { ...body, edition: '1999-01-01' });
    expect(unknown).toMatchObject({ status: 400, body: { errors: [{ pointer: '/edition' }] } });
    const backwards = await steward.post('/v1/what-if', { ...body, from: '2030-01-01', to: '2029-01-01' });
    expect(backwards.status).toBe(400);
  });

  test('hanging up ends the run and frees the place', async () => {
    const service = running.service.app.get(WhatIfService);
    const { stream } = await service.start({ program: PROGRAM, edition: '2021-08-05', list: true });
    stream.destroy();
    await once(stream, 'close');
    const again = await service.start({ program: PROGRAM, edition: '2021-08-05' });
    again.stream.resume();
    await once(again.stream, 'close');
  });

  test('one at a time: a second caller hears so, and the place is free again afterwards', async () => {
    const body = { program: PROGRAM, edition: '2021-08-05' };
    const both = await Promise.all([steward.post('/v1/what-if', body), steward.post('/v1/what-if', body)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect((await steward.post('/v1/what-if', body)).status).toBe(200);
  });
});
