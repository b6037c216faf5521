import { createHmac, createPrivateKey, createPublicKey, type JsonWebKeyInput, type KeyObject } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { DEMO_IDS, demoAccount } from '../../src/demo/accounts.js';
import { claimsOf, DEMO_AUDIENCE, DEMO_ISSUER } from '../../src/demo/issuer/access-token.js';
import { openIssuerFile } from '../../src/demo/issuer/issuer-file.js';
import { encode, makeToken, newSigner, type Signer } from '../domain/auth/tokens.js';
import { broughtBy } from '../support/at-the-counter.js';
import { prescriptionFor } from '../support/at-the-practice.js';
import type { Answer, Caller } from '../support/caller.js';
import { ServiceRun } from '../support/service-run.js';
import { tableSums } from '../support/table-sums.js';
import type { Issued, Patient } from '../support/world.js';

// T13, ASVS 8.3.2 and 9: no bad token gets to an endpoint, and a good one gives no right that its bearer has lost a second ago.

jest.setTimeout(60_000);

let run: ServiceRun;
let signer: Signer;
let patient: Patient;
let prescriber: Caller;
let administrator: Caller;

beforeAll(async () => {
  run = await ServiceRun.open();
  prescriber = await run.caller('prescriber');
  administrator = await run.caller('administrator');
  [patient] = (await run.world.enroll(1)) as [Patient];
  const { signingKey } = await openIssuerFile(run.dataDir);
  const privateKey = createPrivateKey({ key: signingKey, format: 'jwk' } as JsonWebKeyInput);
  signer = { alg: 'ES256', kid: String(signingKey.kid), privateKey, publicKey: createPublicKey(privateKey) };
});
afterAll(() => run?.close());

const seconds = () => Math.floor(Date.now() / 1000);

/** What the demo's issuer would write for the prescriber; `undefined` takes a claim away. */
const claims = (change: Record<string, unknown> = {}): Record<string, unknown> => ({
  ...claimsOf(demoAccount('prescriber'), seconds()),
  iss: DEMO_ISSUER,
  aud: DEMO_AUDIENCE,
  sub: demoAccount('prescriber').subject,
  jti: uuidv7(),
  iat: seconds(),
  exp: seconds() + 600,
  ...change,
});

const signed = (change: Record<string, unknown> = {}, header: Record<string, unknown> = {}) => makeToken(signer, claims(change), header);

function corpus(): [string, string][] {
  const good = signed();
  const [header = '', payload = '', signature = ''] = good.split('.');
  const attacker = newSigner('ES256', signer.kid);
  const jwk = attacker.publicKey.export({ format: 'jwk' });
  return [
    ['a word', 'letmein'],
    ['two parts', `${header}.${payload}`],
    ['algorithm none', `${encode({ alg: 'none', typ: 'at+jwt', kid: signer.kid })}.${payload}.`],
    ['algorithm none, signed', `${encode({ alg: 'none', typ: 'at+jwt', kid: signer.kid })}.${payload}.${signature}`],
    ['HS256 keyed with the public key', confused(signer.publicKey, signer.kid)],
    ['a stranger’s signature under the issuer’s key id', makeToken(attacker, claims())],
    ['a stranger’s key beside it (jwk)', makeToken(attacker, claims(), { jwk })],
    ['a stranger’s key set (jku)', makeToken(attacker, claims(), { jku: 'https://evil.example/jwks.json' })],
    ['a key id that is a path', makeToken(attacker, claims(), { kid: '../../../../dev/null' })],
    ['a key id that is SQL', makeToken(attacker, claims(), { kid: "x' UNION SELECT '1" })],
    ['a role changed after signing', `${header}.${encode(claims({ rems_role: 'administrator' }))}.${signature}`],
    ['a signature cut short', `${header}.${payload}.${signature.slice(0, 40)}`],
    ['a signature of zeros', `${header}.${payload}.${Buffer.alloc(64).toString('base64url')}`],
    ['its end behind it', signed({ iat: seconds() - 700, auth_time: seconds() - 700, exp: seconds() - 100 })],
    ['its beginning ahead', signed({ nbf: seconds() + 60 })],
    ['made in the future', signed({ iat: seconds() + 60, exp: seconds() + 120 })],
    ['an hour to live', signed({ exp: seconds() + 3_600 })],
    ['another audience', signed({ aud: 'urn:other' })],
    ['another issuer', signed({ iss: 'https://evil.example' })],
    ['an ID token', signed({}, { typ: 'JWT' })],
    ['two roles', signed({ rems_role: ['prescriber', 'administrator'] })],
    ['an unknown role', signed({ rems_role: 'superuser' })],
    ['no participant', signed({ rems_participant_id: undefined })],
    ['a subject with a line break', signed({ sub: 'a\nb' })],
    ['20 kB', signed({ padding: 'x'.repeat(20_000) })],
  ];
}

/** The classic confusion: the issuer's public key taken for a shared secret. */
function confused(publicKey: KeyObject, kid: string): string {
  const input = `${encode({ alg: 'HS256', typ: 'at+jwt', kid })}.${encode(claims())}`;
  const secret = publicKey.export({ type: 'spki', format: 'pem' });
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

describe('bad tokens at an endpoint', () => {
  it('none of the corpus gets in, each is told to sign in and nothing of why, and nothing is done', async () => {
    const before = await tableSums(run.database.owner);
    const answers: [string, Answer][] = [];
    for (const [what, token] of corpus())
      answers.push([what, await prescriber.post('/v1/authorizations', prescriptionFor(patient.id), { token })]);
    const [, first] = answers[0] as [string, Answer];
    for (const [what, { status, headers, body }] of answers) {
      // 20 kB of header are refused by the parser before anything reads them.
      if (status === 431) continue;
      expect([what, status, headers['www-authenticate'] !== undefined]).toEqual([what, 401, true]);
      expect([what, body.type, body.title, body.detail]).toEqual([what, first.body.type, first.body.title, first.body.detail]);
    }
    expect(await tableSums(run.database.owner)).toEqual(before);
  });

  it('a token anywhere but in its header is none', async () => {
    const token = signed();
    const path = `/v1/authorizations?access_token=${token}`;
    const answers = [
      await prescriber.post(path, prescriptionFor(patient.id), { token: null }),
      await prescriber.post('/v1/authorizations', prescriptionFor(patient.id), { token: null, headers: { cookie: `token=${token}` } }),
      await prescriber.post('/v1/authorizations', prescriptionFor(patient.id), {
        token: null,
        headers: { authorization: `Basic ${token}` },
      }),
      await prescriber.post('/v1/authorizations', prescriptionFor(patient.id), {
        token: null,
        headers: { authorization: `Bearer ${token}, Bearer ${token}` },
      }),
      await prescriber.post('/v1/authorizations', { ...prescriptionFor(patient.id), access_token: token }, { token: null }),
    ];
    expect(answers.map((answer) => answer.status)).toEqual([401, 401, 401, 401, 401]);
  });

  it('and the good one does', async () => {
    expect((await prescriber.post('/v1/authorizations', prescriptionFor(patient.id), { token: signed() })).status).toBe(201);
  });
});

describe('a good token of somebody who has lost the right a second ago', () => {
  const codes = ({ body }: Answer) => (body.reasons ?? []).map((reason) => reason.code);

  it('a delegate whose delegation has ended finds no patient any more', async () => {
    const [mine] = (await run.world.enroll(1)) as [Patient];
    const delegate = await run.caller('delegate');
    const menses = { program: 'lenalidomide-us', on: new Date(Date.now() - 86_400_000).toISOString().slice(0, 10) };
    expect((await delegate.post(`/v1/patients/${mine.id}/menses`, menses)).status).not.toBe(404);
    expect((await administrator.post(`/v1/participants/delegates/${DEMO_IDS.delegate}/end`)).status).toBe(200);
    expect((await delegate.post(`/v1/patients/${mine.id}/menses`, menses)).status).toBe(404);
  });

  it('a prescriber who was suspended issues nothing any more, and what he issued is filled no more', async () => {
    const [issued, waiting] = (await run.world.issue(await run.world.enroll(2))) as [Issued, Issued];
    const authorization = await run.world.prepare((await run.world.enroll(1))[0] as Patient);
    const pharmacist = await run.caller('pharmacist');
    // Both tokens, and what the service remembers of them, are from before.
    expect((await pharmacist.post('/v1/counter/verify', broughtBy(issued), { key: null })).body.outcome).toBe('allow');
    const suspended = await administrator.post(`/v1/participants/prescribers/${DEMO_IDS.prescriber}/suspension`, {
      reason: 'certificate withdrawn',
    });
    expect(suspended.status).toBe(200);

    const issue = await prescriber.post(`/v1/authorizations/${authorization}/issue`);
    expect([issue.status, issue.body.outcome]).toEqual([409, 'deny']);
    for (const each of [issued, waiting]) {
      const verify = await pharmacist.post('/v1/counter/verify', broughtBy(each), { key: null });
      expect([verify.body.outcome, codes(verify)]).toEqual(['deny', ['NOT_ACTIVE']]);
      expect((await pharmacist.post('/v1/counter/reserve', broughtBy(each))).status).toBe(409);
    }
  });

  it('a site that was suspended reserves nothing any more', async () => {
    const [issued] = (await run.world.issue(await run.world.enroll(1, 'male', 'prescriber-2'))) as [Issued];
    const pharmacist = await run.caller('pharmacist-3');
    expect((await pharmacist.post('/v1/counter/verify', broughtBy(issued), { key: null })).body.outcome).toBe('allow');
    const suspended = await administrator.post(`/v1/participants/pharmacies/${DEMO_IDS.site3}/suspension`, {
      reason: 'certificate withdrawn',
    });
    expect(suspended.status).toBe(200);
    const reserve = await pharmacist.post('/v1/counter/reserve', broughtBy(issued));
    expect([reserve.status, codes(reserve)]).toEqual([409, ['PHARMACY_NOT_CERTIFIED']]);
  });
});
