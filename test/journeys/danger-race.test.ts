import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { broughtBy, handOver } from '../support/at-the-counter.js';
import { testCollected } from '../support/at-the-practice.js';
import type { Answer, Caller } from '../support/caller.js';
import { sized } from '../support/full-size.js';
import { findings } from '../support/oracle.js';
import { ServiceRun } from '../support/service-run.js';
import { type DatabaseProxy, proxyTo } from '../support/tcp-proxy.js';
import { removeGuard, UNIQUE_INDEXES } from '../support/walls.js';
import { type Issued, inParallel, type Patient } from '../support/world.js';

// I5: a positive result and a permission in the same moment, at two processes. One of them is first, and nothing is permitted after danger.

jest.setTimeout(sized(120_000, 600_000));

const PAIRS = sized(40, 150);
const PERMISSIONS = ['issue', 'reserve', 'dispense'] as const;
type Permission = (typeof PERMISSIONS)[number];

interface Pair {
  readonly patient: Patient;
  readonly ask: () => Promise<Answer>;
}

/** Patients at the point where one more act would permit something. */
async function pairs(run: ServiceRun, permission: Permission, count: number, prescriber: Caller, pharmacist: Caller): Promise<Pair[]> {
  const patients = await run.world.enroll(count, 'frp');
  if (permission === 'issue') {
    return inParallel(patients, 8, async (patient) => {
      const authorization = await run.world.prepare(patient);
      return { patient, ask: () => prescriber.post(`/v1/authorizations/${authorization}/issue`) };
    });
  }
  const reserve = (issued: Issued) => pharmacist.post('/v1/counter/reserve', broughtBy(issued));
  return inParallel(await run.world.issue(patients), 8, async (issued) => {
    if (permission === 'reserve') return { patient: issued, ask: () => reserve(issued) };
    const reserved = await reserve(issued);
    if (reserved.status !== 200) throw new Error(`The reservation to be raced was refused: ${reserved.text}`);
    return { patient: issued, ask: () => pharmacist.post(`/v1/reservations/${issued.authorization}/dispense`, handOver(issued)) };
  });
}

/** Both in the same moment, either a little earlier. */
const race = ({ patient, ask }: Pair, delegate: Caller): Promise<[Answer, Answer]> => {
  const after = async (ms: number, what: () => Promise<Answer>) => {
    if (ms > 0) await sleep(ms);
    return what();
  };
  const ahead = Math.round((Math.random() - 0.5) * 12);
  return Promise.all([
    after(Math.max(0, ahead), () =>
      delegate.post(`/v1/patients/${patient.id}/pregnancy-tests`, testCollected(Date.now() - 60_000, 'positive')),
    ),
    after(Math.max(0, -ahead), ask),
  ]);
};

/** What was permitted although danger was on record: later in the patient's own order, or still open afterwards. */
async function permittedAfterDanger(run: ServiceRun): Promise<string[]> {
  const { rows } = await run.database.owner.query<{ what: string }>(`
    WITH danger AS (
      SELECT v.enrollment_id, v.revision FROM evidence v WHERE v.kind = 'pregnancy-test' AND v.fact -> 'test' ->> 'result' = 'positive')
    SELECT e.command || ' as version ' || e.version AS what FROM danger d JOIN entry e ON e.aggregate_id = d.enrollment_id::text
      WHERE e.outcome = 'allow' AND e.command IN ('issue-authorization', 'reserve', 'dispense') AND e.version >= d.revision
    UNION ALL
    SELECT 'still ' || a.state FROM danger d JOIN prescription_authorization a ON a.enrollment_id = d.enrollment_id
      WHERE a.state IN ('counseling', 'contraception', 'pregnancyTest', 'ready', 'authorized', 'reserved')`);
  return rows.map(({ what }) => what);
}

interface Desks {
  readonly prescriber: Caller;
  readonly pharmacist: Caller;
  readonly delegate: Caller;
}

async function desks(run: ServiceRun): Promise<Desks> {
  const [one, other] = run.services;
  return {
    prescriber: await run.caller('prescriber', one?.url),
    pharmacist: await run.caller('pharmacist', one?.url),
    delegate: await run.caller('delegate', other?.url),
  };
}

describe('a positive result in the moment of a permission', () => {
  let run: ServiceRun;
  let who: Desks;
  beforeAll(async () => {
    run = await ServiceRun.open({ processes: 2 });
    who = await desks(run);
  });
  afterAll(() => run?.close());

  it.each(PERMISSIONS)(
    `${PAIRS} times against %s: never one permitted after it, and every open authorization ends with it (I5)`,
    async (permission) => {
      const all = await pairs(run, permission, PAIRS, who.prescriber, who.pharmacist);
      const answers = await inParallel(all, 6, (pair) => race(pair, who.delegate));
      // The danger is always taken; the permission is given or refused, never left open.
      expect(new Set(answers.map(([danger]) => danger.status))).toEqual(new Set([200]));
      expect([...new Set(answers.map(([, asked]) => asked.status))].toSorted()).toEqual([200, 409]);
      expect(await permittedAfterDanger(run)).toEqual([]);
      expect(await findings({ db: run.database.owner, dataDir: run.dataDir })).toEqual([]);
    },
  );
});

describe('the control, without guard and index', () => {
  let run: ServiceRun;
  let proxy: DatabaseProxy | undefined;
  let removed = () => 0;
  beforeAll(async () => {
    const through = async (url: string) => {
      proxy = await proxyTo(url);
      removed = removeGuard(proxy);
      return proxy.url;
    };
    run = await ServiceRun.open({ processes: 2, through });
    await run.database.owner.query(`DROP INDEX ${UNIQUE_INDEXES.join(', ')}`);
  });
  afterAll(async () => {
    await run?.close();
    await proxy?.close();
  });

  it('a reservation outlives the danger: this test can fail', async () => {
    const { prescriber, pharmacist, delegate } = await desks(run);
    const all = await pairs(run, 'reserve', 40, prescriber, pharmacist);
    await inParallel(all, 6, (pair) => race(pair, delegate));
    expect(removed()).toBeGreaterThan(0);
    expect((await permittedAfterDanger(run)).length).toBeGreaterThan(0);
  });
});
