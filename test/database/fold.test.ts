import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CommandRunner } from '../../src/authorization/command.runner.js';
import { DEMO_IDS } from '../../src/demo/accounts.js';
import { Sweeper } from '../../src/jobs/sweeper.js';
import { hashOfDocument } from '../../src/program/edition.catalogue.js';
import { type Entry, lineOf, troublesOfEntry, troublesOfVersions } from '../../verifier/entry.mjs';
import { differences, foldEnrollment, type Rows } from '../../verifier/fold.mjs';
import { DAY_MS, HOUR_MS } from '../support/durations.js';
import { PROGRAM } from '../support/enrolled.js';
import { addPeople, type Caller, openRunning, type Running } from '../support/running-service.js';

let running: Running;
let doctor: Caller;
let office: Caller;
let pharmacist: Caller;
let other: Caller;
let auditor: Caller;
let second: Caller;
let desk: Caller;
beforeAll(async () => {
  running = await openRunning({ REMS_MISSES_PER_10_MINUTES: '100000' });
  await addPeople(running);
  doctor = await running.as('prescriber');
  office = await running.as('administrator');
  pharmacist = await running.as('pharmacist');
  other = await running.as('pharmacist-3');
  auditor = await running.as('auditor');
  second = await running.as('administrator-2');
  desk = await running.as('program-agent');
}, 60_000);
afterAll(() => running?.close());

const rows = async <Row>(text: string, values: unknown[] = []) => (await running.database.owner.query(text, values)).rows as Row[];
const now = async () => (await rows<{ now: number }>('SELECT rems_now() AS now'))[0]?.now ?? 0;
const today = async () => new Date(await now()).toISOString().slice(0, 10);

interface Document {
  readonly questionnaires: Readonly<
    Record<string, { readonly questions: readonly { readonly code: string; readonly expected: { readonly value: string } }[] }>
  >;
  readonly checklists: Readonly<Record<string, { readonly value: readonly { readonly id: string; readonly needs: string }[] }>>;
}
const document = JSON.parse(readFileSync(new URL('../../programs/lenalidomide-us/2021-08-05.json', import.meta.url), 'utf8')) as Document;
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

/** A patient and what can happen to her or him, each act as the one who may do it; whether it is allowed is the service's affair. */
class History {
  readonly authorizations: { id: string; number: string | null }[] = [];
  test: string | null = null;

  constructor(
    readonly patient: string,
    readonly enrollment: string,
    readonly familyName: string,
    readonly birthDate: string,
    readonly female: boolean,
  ) {}

  static count = 0;

  static async begin(female: boolean): Promise<History> {
    History.count += 1;
    // Nobody may look like anybody else, or the service suspects one person in two records.
    const familyName = [...createHash('sha256').update(`${History.count}`).digest('hex').slice(0, 12)]
      .map((digit) => 'bcdfghjklmnpqrst'[Number.parseInt(digit, 16)])
      .join('');
    const birthDate = new Date(Date.UTC(1980, 0, 1 + 37 * History.count)).toISOString().slice(0, 10);
    const signedAt = new Date((await now()) - 1_000).toISOString();
    const unknown = { menarche: null, amenorrhea: null, hysterectomy: null, bilateralOophorectomy: null, cycle: null };
    const reply = await doctor.post('/v1/patients', {
      givenName: familyName.slice(6),
      familyName,
      birthDate,
      program: PROGRAM,
      answers: {
        ...unknown,
        ...(female ? { sex: 'female', menarche: true, cycle: 'regular' } : { sex: 'male' }),
        neverHadUterusOrOvaries: null,
        determinedNotFertile: null,
      },
      agreement: { signedAt, signedBy: ['patient'] },
      confirmNewPerson: true,
    });
    expect([reply.status, reply.text]).toEqual([201, expect.anything()]);
    const [row] = await rows<{ id: string; patient_id: string }>(
      'SELECT e.id, e.patient_id FROM enrollment e JOIN patient p ON p.id = e.patient_id WHERE p.family_name = $1',
      [familyName],
    );
    return new History(row?.patient_id ?? '', row?.id ?? '', familyName, birthDate, female);
  }

  private get newest() {
    return this.authorizations.at(-1);
  }

  private atCounter() {
    return {
      number: this.newest?.number ?? '',
      familyName: this.familyName,
      birthDate: this.birthDate,
      shows: { number: true, category: this.female ? 'frp-adult' : 'male-adult' },
    };
  }

  private about(rest: object) {
    return { program: PROGRAM, ...rest };
  }

  private async exception(authorization: string) {
    const asked = { kind: 'travel', reason: 'A funeral.', evidence: 'Ticket.' };
    const reply = await office.post(`/v1/authorizations/${authorization}/exceptions`, asked);
    return reply.status === 201 ? second.post(`/v1/exceptions/${reply.body.exception.id}/grant`) : reply;
  }

  private onTheLine(rest: object) {
    return this.about({ patientId: this.patient, identity: { familyName: this.familyName, birthDate: this.birthDate }, ...rest });
  }

  /** Runs one act; replies of every kind are fine but those that are the service's own fault. */
  async act(name: string): Promise<void> {
    const reply = await this.ask(name);
    if (reply && (reply.status >= 500 || reply.status === 400 || reply.status === 401))
      throw new Error(`${name}: ${reply.status} ${reply.text}`);
  }

  private async ask(name: string) {
    const newest = this.newest;
    const on = await today();
    const patient = `/v1/patients/${this.patient}`;
    switch (name) {
      case 'start': {
        const reply = await doctor.post('/v1/authorizations', {
          patientId: this.patient,
          program: PROGRAM,
          lines: [{ strengthMg: 25, capsules: 21, regimen: { perDay: 1, daysOn: 21, cycleDays: 28 } }],
          supplyDays: 28,
          channel: 'electronic',
        });
        if (reply.status === 201) this.authorizations.push({ id: reply.body.authorization.id, number: null });
        return reply;
      }
      case 'counsel':
        return newest && doctor.post(`/v1/authorizations/${newest.id}/counseling`, { topics: ['partner-pregnancy'] });
      case 'issue': {
        if (!newest) return undefined;
        const reply = await doctor.post(`/v1/authorizations/${newest.id}/issue`);
        if (reply.status === 200) newest.number = reply.body.authorization.number;
        return reply;
      }
      case 'cancel':
        return newest && doctor.post(`/v1/authorizations/${newest.id}/cancellation`, { reason: 'Written twice.' });
      case 'verify':
        return newest?.number ? pharmacist.post('/v1/counter/verify', this.atCounter()) : undefined;
      case 'reserve':
        return newest?.number ? pharmacist.post('/v1/counter/reserve', this.atCounter()) : undefined;
      case 'reserve elsewhere':
        return newest?.number ? other.post('/v1/counter/reserve', this.atCounter()) : undefined;
      case 'release':
        return newest && pharmacist.post(`/v1/reservations/${newest.id}/release`, { notHandedOver: true });
      case 'dispense': {
        const questions = document.checklists[this.female ? 'frp-adult' : 'male-adult']?.value ?? [];
        const checklist = questions.map(({ id, needs }) => ({ question: id, answer: needs }));
        const how = {
          method: 'handover',
          siteZone: 'America/New_York',
          checklist,
          medicationGuide: true,
          lines: [{ ndc: '59572-425-21', lot: 'A1234', strengthMg: 25, capsules: 21 }],
        };
        // Every other one is told afterwards, and is recorded even outside the rules.
        const told = this.authorizations.length % 2 === 0 ? { handedOverAt: new Date(await now()).toISOString() } : {};
        return newest && pharmacist.post(`/v1/reservations/${newest.id}/dispense`, { ...how, ...told });
      }
      case 'return':
        return newest && pharmacist.post(`/v1/reservations/${newest.id}/return`, { unopened: true });
      case 'interrupt':
        return doctor.post(`${patient}/therapy/interruption`, this.about({ on }));
      case 'resume':
        return doctor.post(`${patient}/therapy/resumption`, this.about({ on }));
      case 'test': {
        const collectedAt = new Date(await now()).toISOString();
        const reply = await doctor.post(
          `${patient}/pregnancy-tests`,
          this.about({ collectedAt, result: 'negative', method: 'urine', setting: 'clinical', sensitivity: 25 }),
        );
        if (reply.status < 300)
          this.test =
            (
              await rows<{ id: string }>(
                "SELECT id FROM evidence WHERE enrollment_id = $1 AND kind = 'pregnancy-test' ORDER BY revision DESC",
                [this.enrollment],
              )
            )[0]?.id ?? null;
        return reply;
      }
      case 'correct test':
        return this.test
          ? doctor.post(
              `${patient}/pregnancy-tests/${this.test}/correction`,
              this.about({ result: 'indeterminate', reason: 'Read again.' }),
            )
          : undefined;
      case 'methods':
        await doctor.post(`${patient}/contraception`, this.about({ method: 'iud-copper', from: '2020-01' }));
        return doctor.post(`${patient}/contraception`, this.about({ method: 'male-condom', from: '2020-01' }));
      case 'confirm':
        return desk.post('/v1/desk/contraception-confirmation', this.onTheLine({}));
      case 'survey': {
        const questions = document.questionnaires[this.female ? 'can-become-pregnant' : 'male']?.questions ?? [];
        const answers = questions.map(({ code, expected }) => ({ question: code, answer: expected.value }));
        return desk.post('/v1/desk/survey', this.onTheLine({ answers }));
      }
      case 'missed period':
        return doctor.post(`${patient}/reports/missed-period`, this.about({ on }));
      case 'partner':
        return doctor.post(`${patient}/reports/partner-pregnancy`, this.about({}));
      case 'side effect':
        return doctor.post(`${patient}/adverse-events`, this.about({ on, what: 'Tired.' }));
      case 'withdraw':
        return doctor.post(`${patient}/agreement-withdrawal`, this.about({ reason: 'Moves away.' }));
      case 'transfer':
        return doctor.post(`${patient}/transfer`, this.about({ to: DEMO_IDS.prescriber2 }));
      case 'suspend and back':
        await office.post(`/v1/participants/prescribers/${DEMO_IDS.prescriber}/suspension`, { reason: 'For cause.' });
        return office.post(`/v1/participants/prescribers/${DEMO_IDS.prescriber}/certification`, {});
      case 'exception':
        return newest && this.exception(newest.id);
      case 'eleven days':
        await running.database.advanceClock(11 * DAY_MS);
        return undefined;
      case 'two days':
        await running.database.advanceClock(2 * DAY_MS);
        return undefined;
      case 'a day and a bit':
        await running.database.advanceClock(25 * HOUR_MS);
        return undefined;
      case 'sweep': {
        const runner = running.service.app.get(CommandRunner);
        await new Sweeper({ runner, pool: running.service.pools.rest, warn: () => {}, holder: 'fold' }).pass();
        return undefined;
      }
      default:
        throw new Error(`Nothing is called “${name}”.`);
    }
  }
}

const ACTS = [
  ...['counsel', 'issue', 'verify', 'reserve', 'dispense', 'start'].flatMap((act) => [act, act, act]),
  ...[
    'cancel',
    'reserve elsewhere',
    'release',
    'return',
    'interrupt',
    'resume',
    'test',
    'correct test',
    'methods',
    'missed period',
    'partner',
  ],
  ...[
    'confirm',
    'survey',
    'eleven days',
    'side effect',
    'withdraw',
    'transfer',
    'suspend and back',
    'exception',
    'two days',
    'a day and a bit',
    'sweep',
  ],
];

/** One history that is sure to hold what the random ones may miss. */
const EVERYTHING = [
  ...['reserve', 'a day and a bit', 'sweep', 'reserve', 'dispense', 'return', 'start', 'exception', 'cancel', 'start', 'suspend and back'],
  ...['start', 'partner', 'counsel', 'interrupt', 'resume', 'withdraw'],
];
const HER_FIRST = ['methods', 'survey', 'confirm', 'test', 'eleven days', 'test', 'issue', 'exception', 'reserve', 'correct test', 'sweep'];

/** I21: the entries about a patient, refusals and verifies too, that the service's own replay decides otherwise or does not trust. */
async function otherwiseReplayed(patient: string): Promise<unknown[]> {
  const found: unknown[] = [];
  for (const { id } of await rows<{ id: string }>('SELECT id FROM entry WHERE patient_id = $1', [patient])) {
    const { status, body } = await auditor.get(`/v1/log/entries/${id}/replay`);
    if (status !== 200 || !body.same || body.unsound.length > 0) found.push({ id, status, body });
  }
  return found;
}

describe('I13, I14, I19, I21: the tables are the fold of the log, by code that shares nothing with its writer', () => {
  test('after any history', async () => {
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.array(fc.constantFrom(...ACTS), { minLength: 10, maxLength: 40 }), async (female, acts) => {
        const history = await History.begin(female);
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
    const history = await History.begin(false);
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
    const history = await History.begin(false);
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
