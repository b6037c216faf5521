import { createHash, createPublicKey, verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hashOfDocument } from '../../src/program/edition.catalogue.js';
import { type Entry, lineOf, troublesOfEntry, troublesOfVersions } from '../../verifier/entry.mjs';
import { differences, foldEnrollment, type Rows } from '../../verifier/fold.mjs';
import { ACTS, document, EVERYTHING, HER_FIRST, History, type People, peopleOf } from '../support/history.js';
import { type Caller, openRunning, type Running } from '../support/running-service.js';

let running: Running;
let people: People;
let auditor: Caller;
beforeAll(async () => {
  running = await openRunning({ REMS_MISSES_PER_10_MINUTES: '100000' });
  people = await peopleOf(running);
  auditor = await running.as('auditor');
}, 60_000);
afterAll(() => running?.close());

const rows: People['rows'] = (text, values) => people.rows(text, values);

const editions = { [hashOfDocument(document)]: document };

/** Hash and signature from Node and the published key alone. */
function functions() {
  const key = createPublicKey(running.signer.publicKeyPem);
  return {
    sha256: (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex'),
    verify: (keyId: string, bytes: Uint8Array, signature: Uint8Array) =>
      keyId === running.signer.keyId && verify(null, bytes, key, signature),
  };
}

const entriesOf = (enrollment: string) =>
  rows<Entry>(
    `SELECT e.bytes, e.signature, e.key_id AS "keyId", v.salts, v.values FROM entry e LEFT JOIN entry_values v ON v.entry_id = e.id
      WHERE e.aggregate_id = $1 ORDER BY e.version`,
    [enrollment],
  );

async function exported(enrollment: string): Promise<Rows> {
  const table = async (name: string, column: string) =>
    (await rows<{ row: object }>(`SELECT to_jsonb(t) AS row FROM ${name} t WHERE t.${column} = $1`, [enrollment])).map(({ row }) => row);
  const patient = await rows<{ row: object }>(
    'SELECT to_jsonb(p) AS row FROM patient p JOIN enrollment e ON e.patient_id = p.id WHERE e.id = $1',
    [enrollment],
  );
  return {
    enrollment: await table('enrollment', 'id'),
    patient: patient.map(({ row }) => row),
    evidence: await table('evidence', 'enrollment_id'),
    prescription_authorization: await table('prescription_authorization', 'enrollment_id'),
    fill: await table('fill', 'enrollment_id'),
  };
}

/** Everything the verifier has to say about one enrollment. */
async function troubles(enrollment: string): Promise<string[]> {
  const entries = await entriesOf(enrollment);
  const each = await Promise.all(entries.map((entry) => troublesOfEntry(entry, functions())));
  const state = foldEnrollment(entries, editions);
  return [...each.flat(), ...troublesOfVersions(entries.map(lineOf)), ...differences(state, await exported(enrollment))];
}

/** I21: the entries about a patient, refusals and verifies too, that the service's own replay decides otherwise or does not trust. */
async function otherwiseReplayed(patient: string): Promise<unknown[]> {
  const found: unknown[] = [];
  for (const { id } of await rows<{ id: string }>("SELECT id FROM entry WHERE patient_id = $1 AND command <> 'access-denied'", [patient])) {
    const { status, body } = await auditor.get(`/v1/log/entries/${id}/replay`);
    if (status !== 200 || !body.same || body.unsound.length > 0) found.push({ id, status, body });
  }
  return found;
}

describe('I13, I14, I19, I21: the tables are the fold of the log, by code that shares nothing with its writer', () => {
  test('after any history', async () => {
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.array(fc.constantFrom(...ACTS), { minLength: 10, maxLength: 40 }), async (female, acts) => {
        const history = await History.begin(people, female);
        for (const act of ['start', 'counsel', 'issue', ...acts]) await history.act(act);
        expect(await troubles(history.enrollment)).toEqual([]);
        expect(await otherwiseReplayed(history.patient)).toEqual([]);
      }),
      {
        numRuns: 12,
        seed: 20_261_123,
        endOnFailure: true,
        examples: [
          [false, EVERYTHING],
          [true, HER_FIRST],
        ],
      },
    );
    const [covered] = await rows<{ commands: string[] }>(
      'SELECT array_agg(DISTINCT command ORDER BY command) AS commands FROM entry WHERE version IS NOT NULL',
    );
    // A history in which nothing happens would prove nothing.
    expect(covered?.commands).toEqual(
      expect.arrayContaining([
        'enroll-patient',
        'issue-authorization',
        'reserve',
        'dispense',
        'return',
        'lapse',
        'revoke',
        'request-exception',
      ]),
    );
    expect(await rows("SELECT 1 FROM prescription_authorization WHERE rested_on <> '{}' AND exceptions <> '[]'")).not.toEqual([]);
    expect(await rows("SELECT 1 FROM fill WHERE outcome = 'permitted'")).not.toEqual([]);
  }, 120_000);

  test('a full cycle, and each edit behind the log’s back is found and named', async () => {
    const history = await History.begin(people, false);
    for (const act of ['start', 'counsel', 'issue', 'reserve', 'dispense', 'partner', 'start']) await history.act(act);
    const { enrollment } = history;
    expect(await troubles(enrollment)).toEqual([]);

    const [first, second] = history.authorizations;
    const edits: readonly (readonly [sql: string, id: string | undefined, undo: string, named: string])[] = [
      ['UPDATE enrollment SET category = $2 WHERE id = $1', 'female-not-frp-adult', 'male-adult', `enrollment ${enrollment}: category`],
      ['UPDATE enrollment SET revision = $2::integer WHERE id = $1', '2', '', `enrollment ${enrollment}: revision`],
      [
        `UPDATE prescription_authorization SET state = $2 WHERE enrollment_id = $1 AND id = '${first?.id}'`,
        'cancelled',
        'dispensed',
        `prescription_authorization ${first?.id}: state`,
      ],
      [
        `UPDATE prescription_authorization SET expires_at = $2 WHERE enrollment_id = $1 AND id = '${first?.id}'`,
        '2099-01-01T00:00:00Z',
        '',
        `prescription_authorization ${first?.id}: expires_at`,
      ],
      [
        `UPDATE prescription_authorization SET supply_days_max = $2::integer WHERE enrollment_id = $1 AND id = '${second?.id}'`,
        '366',
        '28',
        `prescription_authorization ${second?.id}: supply_days_max`,
      ],
      ['UPDATE fill SET supply_days = $2::integer WHERE enrollment_id = $1', '1', '28', 'fill '],
      [
        `UPDATE evidence SET fact = jsonb_set(fact, '{topics}', $2::jsonb) WHERE enrollment_id = $1 AND kind = 'counseling'`,
        '[]',
        '["partner-pregnancy"]',
        'evidence ',
      ],
    ];
    for (const [sql, value, undo, named] of edits) {
      const [before] = await rows<{ revision: number; expires_at: number | null }>(
        'SELECT e.revision, a.expires_at FROM enrollment e JOIN prescription_authorization a ON a.id = $2 WHERE e.id = $1',
        [enrollment, first?.id],
      );
      await rows(sql, [enrollment, value]);
      const found = await troubles(enrollment);
      expect([named, found.length, found[0]]).toEqual([named, 1, expect.stringContaining(named)]);
      const back = undo || (sql.includes('revision') ? String(before?.revision) : new Date(before?.expires_at ?? 0).toISOString());
      await rows(sql, [enrollment, back]);
    }
    expect(await troubles(enrollment)).toEqual([]);
  }, 60_000);

  test('a row taken away, a row put in, an entry taken away and an entry rewritten are named', async () => {
    const history = await History.begin(people, false);
    for (const act of ['start', 'counsel', 'issue']) await history.act(act);
    const { enrollment } = history;
    const named = async (part: string) => expect(await troubles(enrollment)).toContainEqual(expect.stringContaining(part));

    await rows(
      `INSERT INTO evidence SELECT enrollment_id, 'smuggled', patient_id, revision, 99, kind, recorded_at, fact FROM evidence WHERE enrollment_id = $1 LIMIT 1`,
      [enrollment],
    );
    await named('evidence smuggled: a row that no entry made');
    await rows(`DELETE FROM evidence WHERE id = 'smuggled'`);
    await rows(`DELETE FROM evidence WHERE enrollment_id = $1 AND kind = 'counseling'`, [enrollment]);
    await named('the row is missing');

    const [entry] = await rows<{ id: string }>('SELECT id FROM entry WHERE aggregate_id = $1 AND version = 2', [enrollment]);
    await rows(`UPDATE entry_values SET values = jsonb_set(values, '{command,prescription,supplyDays}', '27') WHERE entry_id = $1`, [
      entry?.id,
    ]);
    await named(`entry ${entry?.id} (start-authorization): the value “command” is not the one that was signed`);
    await rows(
      `UPDATE entry SET bytes = convert_to(replace(convert_from(bytes, 'UTF8'), 'demo:prescriber', 'demo:somebody'), 'UTF8') WHERE id = $1`,
      [entry?.id],
    );
    await named('is not signed by its key');
    await rows('DELETE FROM entry_pending WHERE entry_id = $1', [entry?.id]);
    await rows('DELETE FROM entry_values WHERE entry_id = $1', [entry?.id]);
    await rows('DELETE FROM entry WHERE id = $1', [entry?.id]);
    await named(`${enrollment}: version 2 is missing`);
  }, 60_000);
});
