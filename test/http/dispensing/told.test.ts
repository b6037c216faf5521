import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { DEMO_IDS } from '../../../src/demo/accounts.js';
import { CounterWorld, codesOf, handOverOf, type Reply, shownFor } from './counter-world.js';

// Permission is judged, facts are recorded: what a pharmacy tells afterwards.

let world: CounterWorld;
beforeAll(async () => {
  world = await CounterWorld.open();
}, 60_000);
afterAll(() => world?.close());

const permittedFills = ({ id }: { id: string }) =>
  world.sql("SELECT id FROM fill WHERE authorization_id = $1 AND outcome = 'permitted'", [id]);

describe('a hand-over that happened is never lost (rules §9.4)', () => {
  const happened = (minutesAgo: number) => new Date(Date.now() + clockAhead - minutesAgo * 60_000).toISOString();
  let clockAhead = 0;
  beforeAll(async () => {
    const [row] = await world.sql<{ ahead: number }>('SELECT offset_ms AS ahead FROM demo_clock');
    clockAhead = Number(row!.ahead);
  });

  it('told within the rules it is a hand-over like any other', async () => {
    const issued = await world.authorization();
    await world.reserve('pharmacist', shownFor(issued));
    const reply = await world.step('pharmacist', issued, 'dispense', { ...handOverOf(issued), handedOverAt: happened(0) });
    expect([reply.status, reply.body.outcome]).toEqual([200, 'allow']);
  });

  it('told after a release, without questions or packages, it is recorded as a deviation with its reasons, and uses the number', async () => {
    const issued = await world.authorization();
    await world.reserve('pharmacist', shownFor(issued));
    await world.step('pharmacist', issued, 'release', { notHandedOver: true });
    // A fact is taken whatever zone it names.
    const report = { method: 'handover', siteZone: 'America/Chicago', handedOverAt: happened(30) };
    const reply = await world.step('pharmacist', issued, 'dispense', report);
    expect([reply.status, reply.body.outcome]).toEqual([200, 'recorded-as-deviation']);
    expect(codesOf(reply)).toEqual(['NOT_RESERVED', 'CHECKLIST_MISSING', 'MEDICATION_GUIDE_MISSING']);
    expect(reply.body.headline).toMatch(/^Recorded\. Call /);
    expect(codesOf(await world.verify('pharmacist-2', shownFor(issued)))).toEqual(['ALREADY_DISPENSED']);
    expect((await world.findings(issued)).map(({ code }) => code)).toEqual(['HANDOVER_OUTSIDE_THE_RULES', 'DUPLICATE_PRESENTATION']);
    expect(await permittedFills(issued)).toEqual([]);
  });

  it('told a second time by another site it is a violation, recorded beside the first', async () => {
    const issued = await world.authorization();
    await world.reserve('pharmacist', shownFor(issued));
    await world.step('pharmacist', issued, 'dispense', handOverOf(issued));
    const report = { ...handOverOf(issued), ...identified(issued), handedOverAt: happened(1) };
    const reply = await world.post('pharmacist-3', '/v1/counter/hand-overs', report);
    expect([reply.status, reply.body.outcome, codesOf(reply)]).toEqual([200, 'recorded-as-deviation', ['ALREADY_DISPENSED']]);
    expect(await world.sql('SELECT outcome, pharmacy_id FROM fill WHERE authorization_id = $1 ORDER BY recorded_at', [issued.id])).toEqual([
      { outcome: 'permitted', pharmacy_id: DEMO_IDS.site },
      { outcome: 'violation', pharmacy_id: DEMO_IDS.site3 },
    ]);
    expect((await world.findings(issued)).map(({ code }) => code)).toEqual(['SECOND_HANDOVER_OF_ONE_NUMBER']);
  });

  it('told with a number that nobody was given it is a finding, and reads like one whose name does not match, which uses the number', async () => {
    const [issued, named] = [await world.authorization(), await world.authorization()];
    await world.sql('UPDATE prescription_authorization SET number = $2 WHERE id = $1', [issued.id, named.number.replaceAll(/./g, '0')]);
    const report = { ...handOverOf(issued), ...identified(issued), handedOverAt: happened(5) };
    const unknown = await world.post('pharmacist', '/v1/counter/hand-overs', report);
    const mismatch = await world.post('pharmacist', '/v1/counter/hand-overs', { ...report, ...identified(named), familyName: 'Other' });
    expect([unknown.status, unknown.body.outcome, codesOf(unknown)]).toEqual([200, 'recorded-as-deviation', ['NOT_MATCHED']]);
    const bare = ({ text }: Reply) => text.replace(/"reference":"\w+"/, '');
    expect(bare(mismatch)).toBe(bare(unknown));
    expect(await world.sql("SELECT patient_id, authorization_id FROM finding WHERE code = 'HANDOVER_ON_UNKNOWN_NUMBER'")).toEqual([
      { patient_id: null, authorization_id: null },
    ]);
    expect(codesOf(await world.verify('pharmacist', shownFor(named)))).toEqual(['ALREADY_DISPENSED']);
    const [kept] = await world.sql<{ number: string }>(
      "SELECT v.values #>> '{command,authorization}' AS number FROM entry_values v JOIN entry e ON e.id = v.entry_id WHERE e.aggregate = 'unknown' AND e.outcome <> 'deny'",
    );
    expect(kept!.number).toBe(issued.number);
  });

  it('told of an id that nobody has it is recorded all the same', async () => {
    const issued = await world.authorization();
    const reply = await world.step('pharmacist', { id: uuidv7() }, 'dispense', { ...handOverOf(issued), handedOverAt: happened(2) });
    expect([reply.status, reply.body.outcome]).toEqual([200, 'recorded-as-deviation']);
  });

  it('of tomorrow it is refused: it has not happened', async () => {
    const issued = await world.authorization();
    await world.reserve('pharmacist', shownFor(issued));
    const reply = await world.step('pharmacist', issued, 'dispense', { ...handOverOf(issued), handedOverAt: happened(-60) });
    expect([reply.status, codesOf(reply)]).toEqual([409, ['FUTURE_DATE']]);
  });

  const identified = ({ number, familyName, birthDate }: { number: string; familyName: string; birthDate: string }) => ({
    number,
    familyName,
    birthDate,
  });
});
