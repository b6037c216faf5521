import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { DEMO_IDS } from '../../src/demo/accounts.js';
import { broughtBy } from '../support/at-the-counter.js';
import { testCollected } from '../support/at-the-practice.js';
import type { Answer, Caller } from '../support/caller.js';
import { findings } from '../support/oracle.js';
import { ServiceRun } from '../support/service-run.js';
import { type DatabaseProxy, proxyTo } from '../support/tcp-proxy.js';
import type { Issued, Kind, Patient } from '../support/world.js';

// I5, I18: a reservation is allowed by what was read, and held back on its way to the database until something else has happened there. Then the
// allowance is none: the case is read and decided again.

jest.setTimeout(60_000);

let run: ServiceRun;
let proxy: DatabaseProxy;
let pharmacist: Caller;
beforeAll(async () => {
  const through = async (url: string) => {
    proxy = await proxyTo(url);
    return proxy.url;
  };
  run = await ServiceRun.open({ through });
  pharmacist = await run.caller('pharmacist');
});
afterAll(async () => {
  await run?.close();
  await proxy?.close();
});

const accepted = async (answer: Promise<Answer>): Promise<void> => {
  const { status, text } = await answer;
  if (status >= 300) throw new Error(`What should have happened in between was answered ${status}: ${text}`);
};

const positiveFor = async ({ id }: Pick<Patient, 'id'>): Promise<void> =>
  accepted((await run.caller('delegate')).post(`/v1/patients/${id}/pregnancy-tests`, testCollected(Date.now() - 60_000, 'positive')));

interface Between {
  readonly what: string;
  readonly kind: Kind;
  readonly before?: (issued: Issued) => Promise<Patient>;
  readonly happens: (issued: Issued, other: Patient) => Promise<void>;
  readonly told: readonly string[];
}

const BETWEEN: readonly Between[] = [
  {
    what: 'a positive result comes in',
    kind: 'frp',
    happens: positiveFor,
    told: ['NOT_ACTIVE'],
  },
  {
    what: 'the patient reports a missed period',
    kind: 'frp',
    happens: async ({ id }) => {
      const self = await run.caller({ role: 'patient', subject: `patient:${id}`, patientId: id });
      const on = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
      await accepted(self.post('/v1/me/reports/missed-period', { program: 'lenalidomide-us', on }));
    },
    told: ['NOT_ACTIVE'],
  },
  {
    what: 'the prescriber takes it back',
    kind: 'male',
    happens: async ({ authorization }) =>
      accepted((await run.caller('prescriber')).post(`/v1/authorizations/${authorization}/cancellation`, { reason: 'another dose' })),
    told: ['NOT_ACTIVE'],
  },
  {
    what: 'the agreement is withdrawn',
    kind: 'male',
    happens: async ({ id }) =>
      accepted(
        (await run.caller('prescriber')).post(`/v1/patients/${id}/agreement-withdrawal`, {
          program: 'lenalidomide-us',
          reason: 'no longer wanted',
        }),
      ),
    told: ['NOT_ACTIVE'],
  },
  {
    what: 'another pharmacy takes it',
    kind: 'male',
    happens: async (issued) => accepted((await run.caller('pharmacist-3')).post('/v1/counter/reserve', broughtBy(issued))),
    told: ['ALREADY_RESERVED'],
  },
  {
    what: 'a positive result comes in on another record that is hers too',
    kind: 'frp',
    before: async ({ id }) => {
      const [other] = (await run.world.enroll(1, 'frp')) as [Patient];
      for (const person of ['prescriber', 'administrator']) {
        const links = { program: 'lenalidomide-us', patientId: id, otherPatientId: other.id };
        await accepted((await run.caller(person)).post('/v1/patient-links', links));
      }
      return other;
    },
    happens: async (_, other) => positiveFor(other),
    told: ['NOT_ACTIVE'],
  },
  {
    what: 'the site is suspended',
    kind: 'male',
    happens: async () =>
      accepted(
        (await run.caller('administrator')).post(`/v1/participants/pharmacies/${DEMO_IDS.site}/suspension`, { reason: 'for cause' }),
      ),
    told: ['PHARMACY_NOT_CERTIFIED'],
  },
];

it.each(BETWEEN)('$what: the reservation is refused', async ({ kind, before, happens, told }) => {
  const [issued] = (await run.world.issued(1, kind)) as [Issued];
  const other = before ? await before(issued) : issued;
  let held = 0;
  proxy.holdNext(
    (statement) => /UPDATE prescription_authorization/.test(statement) && /INSERT INTO entry \(/.test(statement),
    async () => {
      held += 1;
      await happens(issued, other);
    },
  );
  const answer = await pharmacist.post('/v1/counter/reserve', broughtBy(issued));
  expect([answer.status, (answer.body.reasons ?? []).map((reason) => reason.code)]).toEqual([409, told]);
  expect(held).toBe(1);
});

it('the prescriber is suspended: refused as well, and nothing is half done by any of it', async () => {
  const [issued] = (await run.world.issued(1)) as [Issued];
  const other = await run.caller('pharmacist-3');
  proxy.holdNext(
    (statement) => /UPDATE prescription_authorization/.test(statement),
    async () =>
      accepted(
        (await run.caller('administrator')).post(`/v1/participants/prescribers/${DEMO_IDS.prescriber}/suspension`, { reason: 'for cause' }),
      ),
  );
  const answer = await other.post('/v1/counter/reserve', broughtBy(issued));
  expect([answer.status, (answer.body.reasons ?? []).map((reason) => reason.code)]).toEqual([409, ['NOT_ACTIVE']]);
  expect(await findings({ db: run.database.owner, dataDir: run.dataDir })).toEqual([]);
});
