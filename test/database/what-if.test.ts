import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type pg from 'pg';
import { insertCast, insertLives } from '../../bench/history/record.js';
import type { Edition } from '../../src/domain/program.js';
import { hashOfDocument } from '../../src/program/edition.catalogue.js';
import type { Difference } from '../../src/reporting/what-if/difference.js';
import { HistoryStore } from '../../src/reporting/what-if/history.store.js';
import { judgeHistory } from '../../src/reporting/what-if/judge.js';
import { type Asked, runWhatIf, termsOf } from '../../src/reporting/what-if/run.js';
import { Counter } from '../../src/reporting/what-if/tally.js';
import { otherTimeline, timelineText } from '../../src/reporting/what-if/timeline.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { cast, historyOf, livesOf, Person, signer } from '../support/lives.js';
import { otherDocument } from '../support/other-edition.js';
import { tableSums } from '../support/table-sums.js';
import { catalogue, PROGRAM } from '../support/world.js';

const recorded = catalogue.named(PROGRAM, '2021-08-05') as Edition;
const document = otherDocument({
  '/tests/onTherapy/maxAgeDays': 3,
  '/categories/male-adult/window/days': 10,
  '/authorization/maxDaysLeft': 3,
});
const asked: Asked = {
  program: PROGRAM,
  document,
  hash: hashOfDocument(document),
  from: null,
  until: null,
  sameCategories: {},
  controlOneIn: 1,
};
const lives = livesOf(recorded, 40);
const her = Person.woman(recorded, 60);

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
  const client = await database.owner.connect();
  await insertCast(client, cast);
  await insertLives(client, [...lives, her.life], signer);
  client.release();
  await database.setClock('2031-01-01T12:00:00Z');
});
afterAll(() => database?.close());

const run = (more: Partial<Asked> = {}, sink: ((differences: readonly Difference[]) => Promise<void>) | null = null) =>
  runWhatIf({ ...asked, ...more }, { databaseUrl: database.serviceUrl, threads: 0, sink });

describe('a what-if over the stored record', () => {
  test('counts what the pure course counts, and lists every difference once', async () => {
    const store = await HistoryStore.open(database.serviceUrl);
    const terms = await termsOf(asked, store);
    await store.close();
    const counter = new Counter();
    const expected = [...lives, her.life].flatMap((life) => [...judgeHistory(historyOf(life), terms, counter, 1)]);
    const listed: Difference[] = [];
    const { tally } = await run({}, async (differences) => void listed.push(...differences));
    expect(tally).toEqual(counter.tally);
    expect(tally.differing).toBeGreaterThan(20);
    expect(tally.control.differing).toBe(0);
    expect(listed.length).toBe(tally.differing);
    // The store's entries are sealed anew, so the ids differ; what they say does not.
    const told = (each: Difference) => `${each.patient} ${each.at} ${each.command} ${each.kind} ${each.other?.reasons.join()}`;
    expect(listed.map(told).sort()).toEqual(expected.map(told).sort());
  });

  test('under the edition of the record nothing differs', async () => {
    const same = catalogue.documentWithHash(recorded.hash) as object;
    const { tally } = await run({ document: same, hash: recorded.hash });
    expect(tally).toMatchObject({ patients: 41, differing: 0, control: { decisions: tally.decisions, differing: 0 } });
  });

  test('nothing is written, and its connections could not', async () => {
    const before = await tableSums(database.owner);
    await run();
    expect(await tableSums(database.owner)).toEqual(before);
    const store = await HistoryStore.open(database.serviceUrl);
    try {
      const client = Reflect.get(store, 'client') as pg.Client;
      const insert =
        "INSERT INTO idempotency (caller, key, body_hash, status, reply, content_type, recorded_at) VALUES ('a', 'b', '', 200, '', '', now())";
      await expect(client.query(insert)).rejects.toMatchObject({ code: '25006' });
      await client.query('ROLLBACK');
      // Outside its one transaction too.
      await expect(client.query(insert)).rejects.toMatchObject({ code: '25006' });
    } finally {
      await store.close();
    }
  });

  test('names never leave the database', async () => {
    const store = await HistoryStore.open(database.serviceUrl);
    try {
      for await (const { entries } of store.histories(
        PROGRAM,
        { first: '00000000-0000-0000-0000-000000000000', end: null },
        Date.now() * 2,
      ))
        for (const { line, values } of entries) expect(`${JSON.stringify(line)}${values}`).not.toMatch(/Sample|familyName|Ann/);
    } finally {
      await store.close();
    }
  });

  test('a range compares what falls into it; the rest is folded', async () => {
    const whole = await run();
    const middle = Date.UTC(2027, 0, 1);
    const [before, after] = [await run({ until: middle - 1 }), await run({ from: middle })];
    expect(before.tally.decisions + after.tally.decisions + after.tally.kept).toBe(whole.tally.decisions);
    expect(after.tally.before).toBe(before.tally.decisions);
    expect(after.tally.kept).toBeGreaterThan(0);
  });

  test('erased values end what can be read of that patient, and are told', async () => {
    const life = lives[0]!;
    const { rows } = await database.owner.query<{ id: string }>(
      'SELECT id FROM entry WHERE patient_id = $1 ORDER BY saw_version, version NULLS FIRST LIMIT 3',
      [life.patient],
    );
    const last = rows.at(-1)?.id;
    const kept = (await database.owner.query('DELETE FROM entry_values WHERE entry_id = $1 RETURNING *', [last])).rows[0] as {
      salts: object;
      values: object;
    };
    try {
      const { tally } = await run();
      expect(tally.unreadable).toEqual({ decisions: life.acts.length - 2, patients: 1 });
    } finally {
      await database.owner.query('INSERT INTO entry_values VALUES ($1, $2, $3)', [
        last,
        JSON.stringify(kept.salts),
        JSON.stringify(kept.values),
      ]);
    }
  });

  test('several snapshots read one picture: an entry written meanwhile is in none', async () => {
    const first = await HistoryStore.open(database.serviceUrl);
    const snapshot = await first.snapshot();
    const man = Person.man(recorded);
    const client = await database.owner.connect();
    await insertLives(client, [man.life], signer);
    client.release();
    const second = await HistoryStore.open(database.serviceUrl, snapshot);
    try {
      expect(await second.patientOf(PROGRAM, man.life.patient)).toBeNull();
    } finally {
      await Promise.all([first.close(), second.close()]);
    }
  });
});

describe('one timeline', () => {
  test('by the patient, an authorization or an entry: each step beside the other edition’s', async () => {
    const life = lives.find(({ acts }) => acts.some(({ command }) => command.do === 'dispense'))!;
    const authorization = life.file.authorizations[0]!.id;
    const { rows } = await database.owner.query<{ id: string }>('SELECT id FROM entry WHERE patient_id = $1 LIMIT 1', [life.patient]);
    const found = await Promise.all([life.patient, authorization, rows[0]!.id].map((id) => otherTimeline(database.serviceUrl, asked, id)));
    for (const each of found) expect(each).toEqual(found[0]);
    expect(found[0]?.patient).toBe(life.patient);
    expect(found[0]?.steps.map(({ command }) => command)).toEqual(life.acts.map(({ command }) => command.do));
    expect(timelineText(found[0]!, recorded.zone)).toContain(life.patient);
    expect(await otherTimeline(database.serviceUrl, asked, '019a0000-0000-7000-8000-00000000ffff')).toBeNull();
  });
});
