import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { sqlTypes } from '../../src/database/sql-types.js';
import { broughtBy, handOver } from '../support/at-the-counter.js';
import type { Told } from '../support/caller.js';
import { findings } from '../support/oracle.js';
import { ServiceRun } from '../support/service-run.js';
import type { Issued } from '../support/world.js';

// The oracle of the other journeys can see: each kind of half state is made by hand, in a transaction that is rolled back, and named.

jest.setTimeout(60_000);

let run: ServiceRun;
let owner: pg.Client;
let told: Told[];
beforeAll(async () => {
  run = await ServiceRun.open();
  const [one, two] = (await run.world.issued(2, 'frp')) as [Issued, Issued];
  const pharmacist = await run.caller('pharmacist');
  told = [
    await pharmacist.tell('/v1/counter/reserve', broughtBy(one)),
    await pharmacist.tell(`/v1/reservations/${one.authorization}/dispense`, handOver(one)),
    await pharmacist.tell('/v1/counter/reserve', broughtBy(two)),
    await pharmacist.tell('/v1/counter/reserve', broughtBy(one)),
  ];
  owner = new pg.Client({ connectionString: run.database.ownerUrl, options: '-c TimeZone=UTC -c DateStyle=ISO', types: sqlTypes });
  await owner.connect();
});
afterAll(async () => {
  await owner?.end();
  await run?.close();
});

const seen = () => findings({ db: owner, dataDir: run.dataDir, told });

it('finds nothing where nothing is wrong', async () => {
  expect(told.map((each) => each.answer?.status)).toEqual([200, 200, 200, 409]);
  expect(await seen()).toEqual([]);
});

it.each([
  ['a state nobody decided', "UPDATE prescription_authorization SET state = 'cancelled' WHERE state = 'reserved'", /state/],
  ['a window made longer', "UPDATE prescription_authorization SET expires_at = expires_at + interval '1 day'", /expires_at/],
  ['a result turned', `UPDATE evidence SET fact = jsonb_set(fact, '{test,result}', '"positive"') WHERE kind = 'pregnancy-test'`, /fact/],
  ['a fact taken away', "DELETE FROM evidence WHERE kind = 'survey'", /evidence/],
  [
    'a fact slipped in',
    "INSERT INTO evidence SELECT enrollment_id, 'x', patient_id, revision, 9, kind, recorded_at, fact FROM evidence LIMIT 1",
    /evidence/,
  ],
  ['a revision without its entry', 'UPDATE enrollment SET revision = revision + 1', /revision/],
  [
    'another prescriber',
    "UPDATE enrollment SET prescriber_id = (SELECT id FROM participant WHERE kind = 'prescriber' ORDER BY id DESC LIMIT 1)",
    /prescriber_id/,
  ],
  ['a fill taken away', 'DELETE FROM fill', /fill/],
  ['a fill called otherwise', "UPDATE fill SET outcome = 'deviation'", /fill/],
  ['an answer taken away', "DELETE FROM idempotency WHERE caller LIKE '%pharmacist'", /answer|record/],
  ['an answer changed', "UPDATE idempotency SET reply = replace(reply, 'allow', 'deny')", /answered otherwise/],
  [
    'an entry changed',
    "UPDATE entry SET bytes = convert_to(replace(convert_from(bytes, 'UTF8'), 'allow', 'deny '), 'UTF8') WHERE command = 'dispense'",
    /signature/,
  ],
  ['a column beside its bytes', "UPDATE entry SET outcome = 'deny' WHERE command = 'reserve'", /columns are not its bytes/],
  [
    'a value under a commitment',
    `UPDATE entry_values SET values = jsonb_set(values, '{numbers}', '{"a":"b"}')`,
    /not what it committed to/,
  ],
  ['an entry that no checkpoint will have', 'DELETE FROM entry_pending', /pending/],
] as const)('%s', async (_, sql, named) => {
  await owner.query('BEGIN');
  try {
    await owner.query(sql);
    const found = await seen();
    expect(found.length).toBeGreaterThan(0);
    expect(found.join('\n')).toMatch(named);
  } finally {
    await owner.query('ROLLBACK');
  }
});
