import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { DEMO_IDS } from '../../../src/demo/accounts.js';
import { CounterWorld, codesOf, handOverOf, type Issued, shownFor, strangeNumber, withoutReference } from './counter-world.js';

// T6: numbers cannot be tried out.

let world: CounterWorld;
beforeAll(async () => {
  world = await CounterWorld.open();
}, 60_000);
afterAll(() => world?.close());

it('T6: after 20 misses nothing more is looked up for this person; others, and what is already answered, go on', async () => {
  const issued = await world.authorization();
  const shown = shownFor(issued);
  const key = uuidv7();
  const reserved = await world.reserve('pharmacist', shown, key);
  for (let hit = 0; hit < 30; hit += 1) expect((await world.verify('pharmacist', shown)).status).toBe(200);
  for (let miss = 0; miss < 10; miss += 1) {
    expect(codesOf(await world.verify('pharmacist', { ...shown, number: strangeNumber() }))).toEqual(['NOT_MATCHED']);
    expect(codesOf(await world.reserve('pharmacist', { ...shown, familyName: 'Other' }))).toEqual(['NOT_MATCHED']);
  }
  const entries = (await world.entries()).length;
  const refusals = [
    await world.verify('pharmacist', { ...shown, number: strangeNumber() }),
    await world.verify('pharmacist', shown),
    await world.reserve('pharmacist', shown),
  ];
  for (const reply of refusals) {
    expect([reply.status, reply.body.type]).toEqual([429, '/problems/too-many-misses']);
    expect(Number(reply.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(Number(reply.headers['retry-after'])).toBeLessThanOrEqual(30);
  }
  expect((await world.entries()).length).toBe(entries);
  // The first answer to an earlier key is repeated, and the answer to a lost one found.
  expect((await world.reserve('pharmacist', shown, key)).text).toBe(reserved.text);
  expect((await world.get('pharmacist', `/v1/commands/${key}`)).status).toBe(200);
  // What happened is told all the same.
  const report = {
    number: issued.number,
    familyName: issued.familyName,
    birthDate: issued.birthDate,
    method: 'handover',
    siteZone: 'America/Chicago',
  };
  const told = await world.post('pharmacist', '/v1/counter/hand-overs', { ...report, handedOverAt: new Date().toISOString() });
  expect(told.status).toBe(200);
  // Another site works on.
  expect((await world.verify('pharmacist-2', shownFor(await world.authorization()))).body.outcome).toBe('allow');
  const metrics = await world.service.app.inject({ method: 'GET', url: '/metrics' });
  expect(metrics.body).toContain('counter_miss_budget_spent_total{scope="caller"} 1');
  expect(metrics.body).not.toContain('pharmacist');
});

it('T6: reports that do not match count as misses; beyond the budget they are kept and use no number', async () => {
  const [first, live] = [await world.authorization(), await world.authorization()];
  const report = ({ number, birthDate }: Issued, familyName: string) =>
    world.post('pharmacist-2', '/v1/counter/hand-overs', {
      number,
      birthDate,
      familyName,
      method: 'handover',
      handedOverAt: new Date().toISOString(),
    });
  const used = async (issued: Issued) => codesOf(await world.verify('pharmacist-3', shownFor(issued))).includes('ALREADY_DISPENSED');
  // A misspelled name is no reason to hand the same number over twice.
  const within = await report(first, 'Other');
  expect([within.status, await used(first)]).toEqual([200, true]);
  for (let miss = 1; miss < 20; miss += 1) await report({ ...first, number: strangeNumber() }, 'Other');
  expect((await world.verify('pharmacist-2', shownFor(live))).status).toBe(429);

  const beyond = await report(live, 'Other');
  expect([beyond.status, beyond.body.outcome, codesOf(beyond)]).toEqual([200, 'recorded-as-deviation', ['NOT_MATCHED']]);
  expect(withoutReference(beyond).replace(/"handedOverAt":\{[^}]*\}/, '')).toBe(
    withoutReference(within).replace(/"handedOverAt":\{[^}]*\}/, ''),
  );
  expect(await used(live)).toBe(false);
  const kept = await world.sql<{ patient_id: string | null; number: string }>(
    `SELECT f.patient_id, v.values #>> '{command,authorization}' AS number FROM finding f JOIN entry_values v ON v.entry_id = f.entry_id
      WHERE f.code = 'HANDOVER_ON_UNKNOWN_NUMBER' AND v.values #>> '{command,authorization}' = $1`,
    [live.number],
  );
  expect(kept).toEqual([{ patient_id: null, number: live.number }]);
  // With the right name it is a fact like any other.
  expect((await report(live, live.familyName)).body.outcome).toBe('recorded-as-deviation');
  expect(await used(live)).toBe(true);
});

it('a site that is not registered is told so: a hand-over that cannot be written down has to be heard of', async () => {
  const issued = await world.authorization();
  await world.sql('DELETE FROM participant WHERE id = $1', [DEMO_IDS.site3]);
  expect(codesOf(await world.verify('pharmacist-3', shownFor(issued)))).toEqual(['PHARMACY_NOT_CERTIFIED']);
  const happened = { ...handOverOf(issued), handedOverAt: new Date().toISOString() };
  const { number, familyName, birthDate } = issued;
  for (const reply of [
    await world.step('pharmacist-3', issued, 'dispense', happened),
    await world.post('pharmacist-3', '/v1/counter/hand-overs', { ...happened, number, familyName, birthDate }),
  ])
    expect([reply.status, reply.body.type]).toEqual([403, '/problems/site-not-registered']);
});
