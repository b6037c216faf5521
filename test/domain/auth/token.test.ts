import { beforeAll, describe, expect, test } from '@jest/globals';
import { ROLES } from '../../../src/auth/principal.js';
import { type Algorithm, type TokenOutcome, TokenVerifier } from '../../../src/auth/token.js';
import { TokenCache } from '../../../src/auth/token-cache.js';
import { BAD_TOKENS, issuer, rsaIssuer } from './bad-tokens.js';
import { AUDIENCE, goodClaims, makeToken, NOW, newSigner, PRESCRIBER_ID, rulesFor, SECOND, type Signer } from './tokens.js';

const epoch = Math.floor(NOW / 1000);

const told = (outcome: TokenOutcome) => (outcome.kind === 'refused' ? outcome.fault : outcome.kind);
const verify = async (token: string, at = NOW) => told(await new TokenVerifier(rulesFor([issuer, rsaIssuer])).verify(token, at));
const good = makeToken(issuer);
const withClaims = (change: Record<string, unknown>) => makeToken(issuer, goodClaims(change));

describe('a good token', () => {
  test('becomes the principal it names', async () => {
    const outcome = await new TokenVerifier(rulesFor([issuer])).verify(makeToken(issuer), NOW);
    expect(outcome).toEqual({
      kind: 'accepted',
      principal: {
        subject: 'account-1',
        role: 'prescriber',
        participantId: PRESCRIBER_ID,
        personId: null,
        siteId: null,
        chainId: null,
        patientId: null,
        onBehalfOf: null,
        authenticatedAt: (epoch - 60) * SECOND,
        tokenId: 'token-1',
        scope: ['rems'],
        expiresAt: (epoch + 600) * SECOND,
      },
    });
  });

  test.each<[string, Signer]>([
    ['ES256', issuer],
    ['RS256', rsaIssuer],
    ['EdDSA', newSigner('EdDSA', 'ed-1')],
  ])('may be signed with %s, when the issuer does', async (_, signer) => {
    expect(told(await new TokenVerifier(rulesFor([signer])).verify(makeToken(signer), NOW))).toBe('accepted');
  });

  test.each([
    ['application/at+jwt as its type', makeToken(issuer, goodClaims(), { typ: 'application/at+jwt' })],
    ['several audiences, ours among them', withClaims({ aud: ['urn:other', AUDIENCE] })],
    ['no scope', withClaims({ scope: undefined })],
    ['a clock five seconds ahead', withClaims({ iat: epoch + 5, nbf: epoch + 5, exp: epoch + 605 })],
  ])('may have %s', async (_, token) => {
    expect(await verify(token)).toBe('accepted');
  });

  test('counts to five seconds after its end, and no longer', async () => {
    const end = (epoch + 600) * SECOND;
    expect(await verify(makeToken(issuer), end + 4_999)).toBe('accepted');
    expect(await verify(makeToken(issuer), end + 5_000)).toBe('expired');
  });

  test('may live ten minutes, and not a second more', async () => {
    expect(await verify(withClaims({ exp: epoch + 600 }))).toBe('accepted');
    expect(await verify(withClaims({ exp: epoch + 601 }))).toBe('lifetime');
  });

  test('carries only the identifiers of its role, whatever else its issuer wrote', async () => {
    const token = withClaims({ rems_site_id: PRESCRIBER_ID, rems_patient_id: PRESCRIBER_ID, rems_on_behalf_of: PRESCRIBER_ID });
    const outcome = await new TokenVerifier(rulesFor([issuer])).verify(token, NOW);
    expect(outcome).toMatchObject({ principal: { participantId: PRESCRIBER_ID, siteId: null, patientId: null, onBehalfOf: null } });
  });
});

describe('T13: a bad token is refused', () => {
  test.each(BAD_TOKENS)('%s', async (_, token, fault) => {
    expect(await verify(token)).toBe(fault);
  });

  test('and never remembered: the same verifier refuses each of them again, and still takes the good one', async () => {
    const verifier = new TokenVerifier(rulesFor([issuer, rsaIssuer]));
    await verifier.verify(good, NOW);
    for (const round of [1, 2]) {
      for (const [what, token] of BAD_TOKENS)
        expect([round, what, (await verifier.verify(token, NOW)).kind]).toEqual([round, what, 'refused']);
    }
    expect((await verifier.verify(good, NOW)).kind).toBe('accepted');
  });

  test('when any one character of a good one is changed', async () => {
    const verifier = new TokenVerifier(rulesFor([issuer]));
    for (let i = 0; i < good.length - 1; i += 7) {
      const changed = `${good.slice(0, i)}${good[i] === 'A' ? 'B' : 'A'}${good.slice(i + 1)}`;
      expect([i, (await verifier.verify(changed, NOW)).kind]).toEqual([i, 'refused']);
    }
  });

  test.each(ROLES.filter((role) => role !== 'prescriber'))('as %s without that role’s own identifier', async (role) => {
    const fault = await verify(withClaims({ rems_role: role, rems_participant_id: undefined, rems_person_id: PRESCRIBER_ID }));
    expect(fault).toBe('claims');
  });
});

describe('a remembered token', () => {
  const end = (epoch + 600) * SECOND;

  test('is not remembered past its end, not by a millisecond', () => {
    const cache = new TokenCache(10);
    const principal = { expiresAt: end } as never;
    cache.remember('t', principal, NOW);
    expect(cache.recall('t', end - 1)).toBe(principal);
    expect(cache.recall('t', end)).toBeNull();
    expect(cache.size).toBe(0);
  });

  test('is not remembered by a clock that gives no number', () => {
    const cache = new TokenCache(10);
    cache.remember('t', { expiresAt: end } as never, Number.NaN);
    expect(cache.size).toBe(0);
    cache.remember('t', { expiresAt: end } as never, NOW);
    expect(cache.recall('t', Number.NaN)).toBeNull();
  });

  test('is refused by the same verifier once it has ended', async () => {
    const verifier = new TokenVerifier(rulesFor([issuer]));
    expect(told(await verifier.verify(good, NOW))).toBe('accepted');
    expect(told(await verifier.verify(good, end + 5_000))).toBe('expired');
  });

  test('makes room for the newest and keeps the one in use', () => {
    const cache = new TokenCache(2);
    const principal = { expiresAt: end } as never;
    cache.remember('old', principal, NOW);
    cache.remember('used', principal, NOW);
    cache.recall('old', NOW);
    cache.remember('new', principal, NOW);
    expect([cache.size, cache.recall('used', NOW), cache.recall('old', NOW) !== null]).toEqual([2, null, true]);
  });

  test('asks for no key again', async () => {
    let asked = 0;
    const rules = rulesFor([issuer]);
    const keys: typeof rules.keys = (header, token) => {
      asked++;
      return rules.keys(header, token);
    };
    const verifier = new TokenVerifier({ ...rules, keys });
    await verifier.verify(good, NOW);
    await verifier.verify(good, NOW + 1);
    expect(asked).toBe(1);
  });

  test('is refused from the moment its id is withdrawn', async () => {
    const withdrawn = new Set<string>();
    const verifier = new TokenVerifier(rulesFor([issuer], { isWithdrawn: (id) => withdrawn.has(id) }));
    expect(told(await verifier.verify(good, NOW))).toBe('accepted');
    withdrawn.add('token-1');
    expect(told(await verifier.verify(good, NOW))).toBe('withdrawn');
  });
});

describe('a verifier cannot be set up carelessly', () => {
  let rules: ReturnType<typeof rulesFor>;
  beforeAll(() => {
    rules = rulesFor([issuer]);
  });

  test.each([['none'], ['HS256'], ['RS1']])('with %s', (algorithm) => {
    expect(() => new TokenVerifier({ ...rules, algorithms: [algorithm as Algorithm] })).toThrow(/not with/);
  });

  test('with no algorithm, no issuer or no audience', () => {
    expect(() => new TokenVerifier({ ...rules, algorithms: [] })).toThrow('not with nothing');
    expect(() => new TokenVerifier({ ...rules, issuer: '' })).toThrow('issuer');
    expect(() => new TokenVerifier({ ...rules, audience: '' })).toThrow('audience');
  });
});
