import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { DEMO_IDS } from '../../../src/demo/accounts.js';
import { CounterWorld, codesOf, HOUR_MS, handOverOf, type Issued, shownFor } from './counter-world.js';

// I1, I2, I11, I12: one prescription, one hand-over, whoever asks however often.

let world: CounterWorld;
beforeAll(async () => {
  world = await CounterWorld.open();
}, 60_000);
afterAll(() => world?.close());

const permittedFills = ({ id }: { id: string }) =>
  world.sql<{ pharmacy_id: string; supply_days: number }>(
    "SELECT pharmacy_id, supply_days FROM fill WHERE authorization_id = $1 AND outcome = 'permitted'",
    [id],
  );

describe('reserve', () => {
  it('gives a confirmation number to write and to say, a deadline, and says that a clock runs', async () => {
    const issued = await world.authorization();
    const { status, body } = await world.reserve('pharmacist', shownFor(issued));
    expect([status, body.outcome]).toEqual([200, 'allow']);
    expect(body.confirmationNumber).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}$/);
    expect(body.confirmationNumberSpoken).toMatch(/; .*; .*; /);
    expect(body.clock).toMatch(/^This started a 24-hour clock\. Hand over by \w{3} \d+ \w+, .*Eastern \(.* here\)\./);
    expect(body.fillable).toMatchObject({ authorizationId: issued.id, reservedHere: true });
    expect(Date.parse(body.fillable.handOverBy.at) - Date.now()).toBeGreaterThan(23.9 * HOUR_MS);
  });

  it('ends with the authorization when that comes first, and warns', async () => {
    const issued = await world.authorization({ endsInHours: 3 });
    const { body } = await world.reserve('pharmacist', shownFor(issued));
    expect(body.fillable.handOverBy).toEqual(body.fillable.endsAt);
    expect(body.warnings.map(({ code }: { code: string }) => code)).toEqual(['HANDOVER_SOON']);
  });

  it('asked again by the site that holds it answers the same number, under whatever key, and starts no new clock', async () => {
    const issued = await world.authorization();
    const first = await world.reserve('pharmacist', shownFor(issued));
    await world.database.advanceClock(HOUR_MS);
    const again = await world.reserve('pharmacist', shownFor(issued));
    expect(again.body.confirmationNumber).toBe(first.body.confirmationNumber);
    expect(again.body.fillable.handOverBy).toEqual(first.body.fillable.handOverBy);
    expect(again.body.clock).toMatch(/^The 24-hour clock has been running since /);
    expect((await world.verify('pharmacist', shownFor(issued))).body.fillable.reservedHere).toBe(true);
  });

  it('I11: the same key and body get the same bytes and no second entry; another body or order gets 409', async () => {
    const issued = await world.authorization();
    const key = uuidv7();
    const first = await world.reserve('pharmacist', shownFor(issued), key);
    const entries = await world.entries(issued);
    const again = await world.reserve('pharmacist', shownFor(issued), key);
    expect([again.status, again.text, again.headers['idempotent-replayed']]).toEqual([first.status, first.text, 'true']);
    const other = await world.reserve('pharmacist', { ...shownFor(issued), capsules: 10 }, key);
    expect([other.status, other.body.type]).toEqual([409, '/problems/idempotency-key-reused']);
    expect(await world.entries(issued)).toEqual(entries);
    // The key is the caller's own: the same text from another caller is another key.
    expect(codesOf(await world.reserve('pharmacist-2', shownFor(issued), key))).toEqual(['ALREADY_RESERVED']);
  });

  it('I11: one person with the same key at another site is asking something else', async () => {
    const issued = await world.authorization();
    const key = uuidv7();
    expect((await world.reserve('pharmacist', shownFor(issued), key)).status).toBe(200);
    const elsewhere = await world.reserve('pharmacist at mill road', shownFor(issued), key);
    expect([elsewhere.status, elsewhere.body.type]).toEqual([409, '/problems/idempotency-key-reused']);
  });

  it('a refusal is repeated byte for byte too, though it could be allowed by now', async () => {
    const issued = await world.authorization();
    await world.reserve('pharmacist-2', shownFor(issued));
    const key = uuidv7();
    const refused = await world.reserve('pharmacist', shownFor(issued), key);
    expect(codesOf(refused)).toEqual(['ALREADY_RESERVED']);
    await world.step('pharmacist-2', issued, 'release', { notHandedOver: true });
    expect((await world.reserve('pharmacist', shownFor(issued), key)).text).toBe(refused.text);
    expect((await world.reserve('pharmacist', shownFor(issued))).status).toBe(200);
  });

  it('T4: of three sites that ask at once, one gets it and the others are told why', async () => {
    for (let round = 0; round < 8; round += 1) {
      const issued = await world.authorization();
      const sites = ['pharmacist', 'pharmacist-2', 'pharmacist-3'] as const;
      const replies = await Promise.all(sites.map((as) => world.reserve(as, shownFor(issued))));
      expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
      for (const reply of replies.filter(({ status }) => status === 409)) expect(codesOf(reply)).toEqual(['ALREADY_RESERVED']);
    }
  });

  it('a lost race is decided anew: the holder’s systems all asking at once get one number, and versions stay contiguous', async () => {
    const issued = await world.authorization();
    const replies = await Promise.all([1, 2, 3, 4].map(() => world.reserve('pharmacist', shownFor(issued))));
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(replies.map(({ body }) => body.confirmationNumber)).size).toBe(1);
    expect((await world.entries(issued)).map(({ version }) => version)).toEqual([8, 9, 10, 11]);
  });
});

describe('lapse', () => {
  it('after 24 hours the number holds no more, but only its holder may take the prescription up again', async () => {
    const issued = await world.authorization();
    const first = await world.reserve('pharmacist', shownFor(issued));
    await world.database.advanceClock(24 * HOUR_MS + 60_000);
    const late = await world.step('pharmacist', issued, 'dispense', handOverOf(issued));
    expect([late.status, codesOf(late)]).toEqual([409, ['CONFIRMATION_EXPIRED']]);
    expect(codesOf(await world.reserve('pharmacist-3', shownFor(issued)))).toEqual(['ALREADY_RESERVED']);
    const again = await world.reserve('pharmacist', shownFor(issued));
    expect(again.status).toBe(200);
    expect(again.body.confirmationNumber).not.toBe(first.body.confirmationNumber);
  });

  it('and once the holder says that nothing was handed over, anybody may', async () => {
    const issued = await world.authorization();
    await world.reserve('pharmacist', shownFor(issued));
    await world.database.advanceClock(25 * HOUR_MS);
    expect((await world.step('pharmacist', issued, 'release', { notHandedOver: true })).body.state).toBe('authorized');
    expect((await world.reserve('pharmacist-3', shownFor(issued))).status).toBe(200);
  });

  it('a site that lost its certification has lost the reservation, not the patient her prescription', async () => {
    const issued = await world.authorization();
    await world.reserve('pharmacist-3', shownFor(issued));
    await world.sql('UPDATE participant SET suspended_at = rems_now(), revision = revision + 1 WHERE id = $1', [DEMO_IDS.site3]);
    try {
      expect((await world.reserve('pharmacist', shownFor(issued))).status).toBe(200);
      expect((await world.get('pharmacist-3', '/v1/reservations')).body.reservations).toEqual([]);
    } finally {
      await world.sql('UPDATE participant SET suspended_at = NULL, revision = revision + 1 WHERE id = $1', [DEMO_IDS.site3]);
    }
  });
});

describe('dispense', () => {
  it('hands over once, with every question answered, and the number is used for ever', async () => {
    const issued = await world.authorization();
    await world.reserve('pharmacist', shownFor(issued));
    const asked = handOverOf(issued);
    const openQuestion = asked.checklist.map((each, place) => (place === 2 ? { ...each, answer: 'no' as const } : each));
    for (const [body, codes] of [
      [{ ...asked, checklist: [] }, ['CHECKLIST_MISSING']],
      [{ ...asked, checklist: openQuestion }, ['CHECKLIST_MISSING']],
      [{ ...asked, checklist: [...asked.checklist, openQuestion[2]] }, ['CHECKLIST_MISSING']],
      [{ ...asked, medicationGuide: false }, ['MEDICATION_GUIDE_MISSING']],
      [{ ...asked, lines: [{ ...asked.lines[0], capsules: 22 }] }, ['MORE_THAN_AUTHORIZED']],
      [{ ...asked, lines: [{ ...asked.lines[0], strengthMg: 10 }] }, ['WRONG_PRODUCT']],
    ] as const) {
      const refused = await world.step('pharmacist', issued, 'dispense', body);
      expect([refused.status, codesOf(refused)]).toEqual([409, codes]);
    }
    const key = uuidv7();
    const done = await world.step('pharmacist', issued, 'dispense', asked, key);
    expect([done.status, done.body.outcome, done.body.method]).toEqual([200, 'allow', 'handover']);
    expect((await world.step('pharmacist', issued, 'dispense', asked, key)).text).toBe(done.text);
    expect(codesOf(await world.step('pharmacist', issued, 'dispense', asked))).toEqual(['ALREADY_DISPENSED']);
    expect(codesOf(await world.reserve('pharmacist-3', shownFor(issued)))).toEqual(['ALREADY_DISPENSED']);
    expect(await permittedFills(issued)).toEqual([{ pharmacy_id: DEMO_IDS.site, supply_days: 28 }]);
    const [kept] = await world.sql<{ values: { command: object } }>(
      "SELECT v.values FROM entry_values v JOIN entry e ON e.id = v.entry_id WHERE e.authorization_id = $1 AND e.command = 'dispense' AND e.outcome = 'allow'",
      [issued.id],
    );
    expect(kept!.values.command).toMatchObject({ checklist: asked.checklist, lines: asked.lines, capsules: 21 });
  });

  it('I1: two hand-overs asked for at the same moment are one', async () => {
    for (let round = 0; round < 6; round += 1) {
      const issued = await world.authorization();
      await world.reserve('pharmacist', shownFor(issued));
      const replies = await Promise.all([1, 2, 3].map(() => world.step('pharmacist', issued, 'dispense', handOverOf(issued))));
      expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
      expect(await permittedFills(issued)).toHaveLength(1);
    }
  });

  it('less than authorized lasts fewer days', async () => {
    const issued = await world.authorization();
    await world.reserve('pharmacist', { ...shownFor(issued), capsules: 7 });
    const asked = handOverOf(issued);
    const reply = await world.step('pharmacist', issued, 'dispense', { ...asked, lines: [{ ...asked.lines[0], capsules: 7 }] });
    expect(reply.status).toBe(200);
    expect((await permittedFills(issued))[0]!.supply_days).toBe(7);
  });

  it('a category that ships on the day of the reservation does so to the end of that day at the site, and is handed over after it', async () => {
    const ship = (issued: Issued) => ({ ...handOverOf(issued), method: 'ship' });
    await world.database.setClock('2031-06-10T20:00:00Z');
    const [inTime, late] = [await world.authorization({ category: 'frp-adult' }), await world.authorization({ category: 'frp-adult' })];
    for (const each of [inTime, late]) {
      const { body } = await world.reserve('pharmacist', shownFor(each));
      expect(body.fillable.shipBy.words).toBe('Wed 11 June, 2:59 am Eastern (Tue 10 June, 11:59 pm here)');
    }
    await world.database.setClock('2031-06-11T06:59:50Z');
    expect((await world.step('pharmacist', inTime, 'dispense', ship(inTime))).status).toBe(200);
    await world.database.setClock('2031-06-11T07:00:00Z');
    expect(codesOf(await world.step('pharmacist', late, 'dispense', ship(late)))).toEqual(['SHIP_SAME_DAY']);
    expect((await world.step('pharmacist', late, 'dispense', handOverOf(late))).status).toBe(200);
  });

  it('the day of shipping ends where the site is, and nobody who asks can move it', async () => {
    await world.database.setClock('2031-06-12T20:00:00Z');
    const issued = await world.authorization({ category: 'frp-adult' });
    await world.reserve('pharmacist', shownFor(issued));
    // An hour into the next day at the site; in Honolulu it is still the day before.
    await world.database.setClock('2031-06-13T08:00:00Z');
    const ship = { ...handOverOf(issued), method: 'ship' };
    const entries = await world.entries(issued);
    for (const reply of [
      await world.step('pharmacist', issued, 'dispense', { ...ship, siteZone: 'Pacific/Honolulu' }),
      await world.verify('pharmacist', { ...shownFor(issued), siteZone: 'Pacific/Honolulu' }),
      await world.reserve('pharmacist', { ...shownFor(issued), siteZone: 'Pacific/Honolulu' }),
    ]) {
      expect([reply.status, reply.body.type, reply.body.errors[0].pointer]).toEqual([422, '/problems/site-zone', '/siteZone']);
      expect(reply.body.detail).toContain('America/Los_Angeles');
    }
    expect(await world.entries(issued)).toEqual(entries);
    expect(codesOf(await world.step('pharmacist', issued, 'dispense', { ...ship, siteZone: 'America/Los_Angeles' }))).toEqual([
      'SHIP_SAME_DAY',
    ]);
  });

  it('of a site without a zone on record the program’s day counts, whatever it sends', async () => {
    await world.database.setClock('2031-06-14T20:00:00Z');
    const issued = await world.authorization({ category: 'frp-adult' });
    const { body } = await world.reserve('pharmacist-3', { ...shownFor(issued), siteZone: 'Pacific/Honolulu' });
    expect(body.fillable.shipBy.words).toBe('Sat 14 June, 11:59 pm Eastern (5:59 pm here)');
    await world.database.setClock('2031-06-15T04:00:00Z');
    const ship = { ...handOverOf(issued), method: 'ship', siteZone: 'Pacific/Honolulu' };
    expect(codesOf(await world.step('pharmacist-3', issued, 'dispense', ship))).toEqual(['SHIP_SAME_DAY']);
  });

  it('needs the reservation of this very site: others do not even learn that there is one', async () => {
    const issued = await world.authorization();
    await world.reserve('pharmacist', shownFor(issued));
    for (const step of ['dispense', 'release', 'transfer', 'correction', 'return']) {
      const body = {
        dispense: handOverOf(issued),
        release: { notHandedOver: true },
        transfer: { toSiteId: DEMO_IDS.site2 },
        correction: { error: 'wrong label', patientContacted: true },
        return: { unopened: true },
      }[step]!;
      const others = await world.step('pharmacist-2', issued, step, body);
      const nobodys = await world.step('pharmacist-2', { id: uuidv7() }, step, body);
      expect([step, others.status, others.body.type]).toEqual([step, 404, '/problems/not-found']);
      expect([nobodys.status, nobodys.body.title, nobodys.body.detail]).toEqual([404, others.body.title, others.body.detail]);
    }
    // T10: who asked is on the record that it was about; an id that nobody has leaves nothing.
    const asked = await world.sql<{ actor: string; patient_id: string; version: number | null; operation: string }>(
      `SELECT e.actor, e.patient_id, e.version, v.values ->> 'operation' AS operation FROM entry e JOIN entry_values v ON v.entry_id = e.id
        WHERE e.command = 'access-denied' AND e.aggregate_id = $1 ORDER BY e.recorded_at, e.id`,
      [issued.enrollment],
    );
    expect(asked.map(({ operation }) => operation)).toEqual(['dispense', 'release', 'transferReservation', 'correctDispense', 'return']);
    expect(new Set(asked.map((each) => JSON.stringify([each.actor, each.patient_id, each.version])))).toEqual(
      new Set([JSON.stringify(['demo:pharmacist-2', issued.patient, null])]),
    );
    expect(await world.sql("SELECT 1 FROM entry WHERE command = 'access-denied'")).toHaveLength(5);
  });

  it('names the packages before it hands them over', async () => {
    const issued = await world.authorization();
    await world.reserve('pharmacist', shownFor(issued));
    const { lines: _, ...rest } = handOverOf(issued);
    const reply = await world.step('pharmacist', issued, 'dispense', rest);
    expect([reply.status, reply.body.errors[0].pointer]).toEqual([400, '/lines']);
  });
});

describe('afterwards', () => {
  it('a filled number that is presented elsewhere with the right name is one open finding, however often', async () => {
    const issued = await world.authorization();
    await world.reserve('pharmacist', shownFor(issued));
    await world.step('pharmacist', issued, 'dispense', handOverOf(issued));
    await world.verify('pharmacist', shownFor(issued));
    await world.verify('pharmacist-2', { ...shownFor(issued), familyName: 'Other' });
    expect(await world.findings(issued)).toEqual([]);
    for (let time = 0; time < 3; time += 1) await world.verify('pharmacist-2', shownFor(issued));
    await world.reserve('pharmacist-3', shownFor(issued));
    expect(await world.findings(issued)).toEqual([{ code: 'DUPLICATE_PRESENTATION', patient_id: issued.patient }]);
  });

  it('product comes back, and the number stays used', async () => {
    const issued = await world.authorization();
    await world.reserve('pharmacist', shownFor(issued));
    await world.step('pharmacist', issued, 'dispense', handOverOf(issued));
    const back = await world.step('pharmacist', issued, 'return', { unopened: true });
    expect([back.status, back.body.state]).toEqual([200, 'returned']);
    expect(codesOf(await world.reserve('pharmacist', shownFor(issued)))).toEqual(['ALREADY_DISPENSED']);
    expect((await world.step('pharmacist', issued, 'return', { unopened: true })).status).toBe(409);
  });

  it('an error is told, and becomes a finding; nothing is overwritten', async () => {
    const issued = await world.authorization();
    await world.reserve('pharmacist', shownFor(issued));
    await world.step('pharmacist', issued, 'dispense', handOverOf(issued));
    const reply = await world.step('pharmacist', issued, 'correction', { error: 'Label of another strength', patientContacted: true });
    expect([reply.status, reply.body.outcome, reply.body.state]).toEqual([200, 'allow', 'dispensed']);
    expect((await world.findings(issued)).map(({ code }) => code)).toEqual(['DISPENSING_ERROR']);
  });

  it('a reservation passes on inside the chain only, under the same confirmation number', async () => {
    const issued = await world.authorization();
    const reserved = await world.reserve('pharmacist', shownFor(issued));
    for (const toSiteId of [DEMO_IDS.site3, DEMO_IDS.prescriber, uuidv7()])
      expect((await world.step('pharmacist', issued, 'transfer', { toSiteId })).status).toBe(409);
    const passed = await world.step('pharmacist', issued, 'transfer', { toSiteId: DEMO_IDS.site2 });
    expect([passed.status, passed.body.state]).toEqual([200, 'reserved']);
    const { body } = await world.get('pharmacist-2', '/v1/reservations');
    expect(body.reservations.find((each: { authorizationId: string }) => each.authorizationId === issued.id)).toMatchObject({
      confirmationNumber: reserved.body.confirmationNumber,
      initial: 'O',
      reference: passed.body.reference,
    });
    expect((await world.step('pharmacist', issued, 'dispense', handOverOf(issued))).status).toBe(404);
    expect((await world.step('pharmacist-2', issued, 'dispense', handOverOf(issued))).status).toBe(200);
  });

  it('the shelf of a site is ordered by deadline, hides names and shows nobody else’s', async () => {
    const [later, sooner, others] = [
      await world.authorization(),
      await world.authorization({ endsInHours: 2 }),
      await world.authorization(),
    ];
    for (const each of [later, sooner]) await world.reserve('pharmacist-3', shownFor(each));
    await world.reserve('pharmacist', shownFor(others));
    const { body, text } = await world.get('pharmacist-3', '/v1/reservations');
    const ids = body.reservations.map(({ authorizationId }: { authorizationId: string }) => authorizationId);
    expect(ids.indexOf(sooner.id)).toBeGreaterThanOrEqual(0);
    expect(ids.indexOf(later.id)).toBeGreaterThan(ids.indexOf(sooner.id));
    const deadlines = body.reservations.map(({ handOverBy }: { handOverBy: { at: string } }) => Date.parse(handOverBy.at));
    expect(deadlines).toEqual([...deadlines].sort((a, b) => a - b));
    expect(ids).not.toContain(others.id);
    expect(text).not.toMatch(/Neill|Canary|1960/);
    await world.database.advanceClock(3 * HOUR_MS);
    const after = await world.get('pharmacist-3', '/v1/reservations');
    expect(after.text).not.toContain(sooner.id);
  });
});

describe('GET /v1/commands/{key}: for a client who lost the answer', () => {
  it('tells the caller, and nobody else, what was answered, byte for byte', async () => {
    const issued = await world.authorization();
    const key = `order ${'x'.repeat(110)}/7?#%`.replace(' ', '-');
    const first = await world.reserve('pharmacist', shownFor(issued), key);
    const found = await world.get('pharmacist', `/v1/commands/${encodeURIComponent(key)}`);
    expect([found.status, found.body.status, found.body.contentType]).toEqual([200, 200, 'application/json; charset=utf-8']);
    expect(found.text).toContain(`"body":${first.text}}`);
    expect((await world.get('pharmacist-2', `/v1/commands/${encodeURIComponent(key)}`)).status).toBe(404);
    expect((await world.get('pharmacist', `/v1/commands/${uuidv7()}`)).body.type).toBe('/problems/command-unknown');
    // What is no key cannot have been sent; NUL is no text for Postgres.
    expect((await world.get('pharmacist', '/v1/commands/%00')).body.type).toBe('/problems/command-unknown');
  });
});
