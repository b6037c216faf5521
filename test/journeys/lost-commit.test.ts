import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { broughtBy, handOver } from '../support/at-the-counter.js';
import { enrollMan, prescriptionFor } from '../support/at-the-practice.js';
import type { Answer, Caller } from '../support/caller.js';
import { sized } from '../support/full-size.js';
import { findings } from '../support/oracle.js';
import { ServiceRun } from '../support/service-run.js';
import { type DatabaseProxy, proxyTo } from '../support/tcp-proxy.js';
import type { Issued, Patient } from '../support/world.js';

// F3: the commit is done, and its answer is lost between database and service. The service says that it does not know; whoever asks, knows.

jest.setTimeout(sized(60_000, 300_000));

const ROUNDS = Array.from({ length: sized(1, 5) }, (_, index) => index + 1);
/** The statement that decides, in whatever lane and transaction it runs. */
const decides = (statement: string) => /INSERT INTO entry \(/.test(statement);
const commits = (statement: string) => statement === 'COMMIT';

let proxy: DatabaseProxy;
let run: ServiceRun;
let prescriber: Caller;
let pharmacist: Caller;
beforeAll(async () => {
  const through = async (url: string) => {
    proxy = await proxyTo(url);
    return proxy.url;
  };
  run = await ServiceRun.open({ through });
  prescriber = await run.caller('prescriber');
  pharmacist = await run.caller('pharmacist');
});
afterAll(async () => {
  await run?.close();
  await proxy?.close();
});

interface Command {
  readonly by: Caller;
  readonly path: string;
  readonly body: object;
}

/** Every kind of command on the way of one prescription, each made when the one before is done. */
async function* prescription(patient: Patient): AsyncGenerator<Command, void, Answer> {
  const started = yield {
    by: prescriber,
    path: '/v1/authorizations',
    body: prescriptionFor(patient.id),
  };
  const { id } = started.body.authorization as { id: string };
  yield { by: prescriber, path: `/v1/authorizations/${id}/counseling`, body: {} };
  const issued = yield { by: prescriber, path: `/v1/authorizations/${id}/issue`, body: {} };
  const { number } = issued.body.authorization as { number: string };
  const written: Issued = { ...patient, authorization: id, number };
  yield { by: pharmacist, path: '/v1/counter/reserve', body: broughtBy(written) };
  yield { by: pharmacist, path: `/v1/reservations/${id}/dispense`, body: handOver(written) };
  // Refused, and a refusal is a decision too.
  yield { by: pharmacist, path: '/v1/counter/reserve', body: broughtBy(written) };
}

const stored = async (key: string): Promise<number> => {
  const { rows } = await run.database.owner.query<{ n: number }>('SELECT count(*)::integer AS n FROM idempotency WHERE key = $1', [key]);
  return rows[0]?.n ?? 0;
};

const entries = async (): Promise<number> => {
  const { rows } = await run.database.owner.query<{ n: number }>('SELECT count(*)::integer AS n FROM entry');
  return rows[0]?.n ?? 0;
};

describe('a lost answer', () => {
  it.each(ROUNDS)('of the commit itself: told as unknown, found by its key, repeated as it was (round %i)', async () => {
    const [patient] = await run.world.enroll(1);
    const journey = prescription(patient as Patient);
    for (let step = await journey.next(); !step.done; ) {
      const { by, path, body } = step.value;
      const key = uuidv7();
      const before = await entries();
      proxy.loseAnswers(decides, 1);
      const lost = proxy.lost();
      const answer = await by.post(path, body, { key });
      expect([path, answer.status, answer.body.type]).toEqual([path, 503, '/problems/outcome-unknown']);
      expect(answer.headers['retry-after']).toMatch(/^[1-9]\d*$/);
      expect(proxy.lost()).toBe(lost + 1);
      expect([path, await stored(key), await entries()]).toEqual([path, 1, before + 1]);

      const found = await by.get(`/v1/commands/${key}`);
      expect([path, found.status]).toEqual([path, 200]);
      const repeated = await by.post(path, body, { key });
      const again = await by.post(path, body, { key });
      expect([repeated.status, repeated.body]).toEqual([found.body.status, found.body.body]);
      expect([again.status, again.text]).toEqual([repeated.status, repeated.text]);
      expect([path, await stored(key), await entries()]).toEqual([path, 1, before + 1]);
      step = await journey.next(repeated);
    }
  });

  it.each(ROUNDS)(
    'of a statement that never arrived: told as unknown too, not on record, and done once when it is sent again (round %i)',
    async () => {
      const [patient] = await run.world.enroll(1);
      const journey = prescription(patient as Patient);
      for (let step = await journey.next(); !step.done; ) {
        const { by, path, body } = step.value;
        const key = uuidv7();
        const before = await entries();
        proxy.loseStatements(decides, 1);
        const answer = await by.post(path, body, { key });
        expect([path, answer.status, answer.body.type]).toEqual([path, 503, '/problems/outcome-unknown']);
        expect([path, (await by.get(`/v1/commands/${key}`)).status, await entries()]).toEqual([path, 404, before]);
        const done = await by.post(path, body, { key });
        expect([path, await stored(key), await entries()]).toEqual([path, 1, before + 1]);
        step = await journey.next(done);
      }
    },
  );

  it('of a COMMIT behind several statements: the same', async () => {
    const enroll = enrollMan({ givenName: 'Ann', familyName: 'Commit', birthDate: '1955-04-01' });
    const key = uuidv7();
    const before = await entries();
    proxy.loseAnswers(commits, 1);
    const answer = await prescriber.post('/v1/patients', enroll, { key });
    expect([answer.status, answer.body.type]).toEqual([503, '/problems/outcome-unknown']);
    const repeated = await prescriber.post('/v1/patients', enroll, { key });
    expect([repeated.status, await stored(key), await entries()]).toEqual([201, 1, before + 1]);
  });

  it('of a question at the counter, which has no key: not taken for a refusal, and asked again', async () => {
    const [issued] = await run.world.issued(1);
    proxy.loseAnswers(decides, 1);
    const answer = await pharmacist.post('/v1/counter/verify', broughtBy(issued as Issued), { key: null });
    expect([answer.status, answer.body.outcome]).toEqual([503, undefined]);
    expect((await pharmacist.post('/v1/counter/verify', broughtBy(issued as Issued), { key: null })).body.outcome).toBe('allow');
  });

  it('leaves nothing half done and nobody idle in a transaction (I15)', async () => {
    expect(await findings({ db: run.database.owner, dataDir: run.dataDir })).toEqual([]);
  });
});
