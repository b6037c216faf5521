import { describe, expect, test } from '@jest/globals';
import { KeysUnavailable, remoteKeys } from '../../../src/auth/issuer-keys.js';
import { type TokenOutcome, TokenVerifier } from '../../../src/auth/token.js';
import { attacker, issuer } from './bad-tokens.js';
import { ISSUER, makeToken, NOW, rulesFor } from './tokens.js';

const good = makeToken(issuer);
const told = (outcome: TokenOutcome) => (outcome.kind === 'refused' ? outcome.fault : outcome.kind);

describe('when the service cannot tell, nobody gets in and nobody is refused', () => {
  const serve = (routes: Record<string, () => Response>) => (url: string) =>
    Promise.resolve().then(() => (routes[url] ?? (() => new Response('', { status: 404 })))());
  const jwks = { keys: [{ ...issuer.publicKey.export({ format: 'jwk' }), alg: 'ES256', kid: 'key-1', use: 'sig' }] };
  const json = (value: unknown) => () => Response.json(value);
  const configuration = `${ISSUER}/.well-known/openid-configuration`;
  const keysAt = 'https://issuer.example/keys';
  const verifierWith = (fetch: Parameters<typeof remoteKeys>[0]['fetch'], jwksUri?: string) =>
    new TokenVerifier(
      rulesFor([issuer], { keys: remoteKeys({ issuer: ISSUER, timeoutMs: 200, ...(fetch && { fetch }), ...(jwksUri && { jwksUri }) }) }),
    );

  test('finds the keys through the issuer’s configuration', async () => {
    const fetch = serve({ [configuration]: json({ issuer: ISSUER, jwks_uri: keysAt }), [keysAt]: json(jwks) });
    expect(told(await verifierWith(fetch).verify(good, NOW))).toBe('accepted');
  });

  const refuse = () => Promise.reject(new Error('connection refused'));
  test.each<[string, Parameters<typeof verifierWith>[0]]>([
    ['is down', refuse],
    [
      'never answers',
      (_, { signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    ],
    ['answers 500', serve({ [keysAt]: () => new Response('', { status: 500 }) })],
    ['redirects', serve({ [keysAt]: () => new Response('', { status: 302, headers: { location: 'https://evil.example' } }) })],
    ['answers with a page', serve({ [keysAt]: () => new Response('<html>') })],
    ['answers with no keys', serve({ [keysAt]: json({ hello: 1 }) })],
  ])('the issuer %s', async (_, fetch) => {
    expect(told(await verifierWith(fetch, keysAt).verify(good, NOW))).toBe('unavailable');
  });

  test.each<[string, unknown]>([
    ['names another issuer', { issuer: 'https://evil.example', jwks_uri: keysAt }],
    ['names no keys', { issuer: ISSUER }],
    ['sends for keys in the clear', { issuer: ISSUER, jwks_uri: 'http://issuer.example/keys' }],
    ['is null', null],
  ])('the issuer’s configuration %s', async (_, metadata) => {
    const fetch = serve({ [configuration]: json(metadata), [keysAt]: json(jwks), 'http://issuer.example/keys': json(jwks) });
    expect(told(await verifierWith(fetch).verify(good, NOW))).toBe('unavailable');
  });

  test('recovers when the issuer does', async () => {
    let up = false;
    const routes = serve({ [configuration]: json({ issuer: ISSUER, jwks_uri: keysAt }), [keysAt]: json(jwks) });
    const verifier = verifierWith((url) => (up ? routes(url) : refuse()));
    expect(told(await verifier.verify(good, NOW))).toBe('unavailable');
    up = true;
    expect(told(await verifier.verify(good, NOW))).toBe('accepted');
  });

  test.each([
    ['just after the keys were read', 60_000, 'key'],
    ['when it is time to ask again', 0, 'unavailable'],
  ])('keeps fresh keys while the issuer is down: an unknown key id %s must not lock everybody out', async (_, askAgainMs, answer) => {
    let up = true;
    const routes = serve({ [keysAt]: json(jwks) });
    const fetch = (url: string) => (up ? routes(url) : refuse());
    const keys = remoteKeys({ issuer: ISSUER, jwksUri: keysAt, askAgainMs, fetch });
    const verifier = new TokenVerifier(rulesFor([issuer], { remembered: 0, keys }));
    expect(told(await verifier.verify(good, NOW))).toBe('accepted');
    up = false;
    expect(told(await verifier.verify(makeToken({ ...attacker, kid: 'mine' }), NOW))).toBe(answer);
    expect(told(await verifier.verify(good, NOW))).toBe('accepted');
  });

  test('the deny-list fails', async () => {
    const isWithdrawn = () => {
      throw new Error('not loaded');
    };
    expect(told(await new TokenVerifier(rulesFor([issuer], { isWithdrawn })).verify(good, NOW))).toBe('unavailable');
  });

  test('the clock gives no time', async () => {
    expect(told(await new TokenVerifier(rulesFor([issuer])).verify(good, Number.NaN))).toBe('unavailable');
  });

  test('says which failure it was to the log', async () => {
    const outcome = await verifierWith(refuse, keysAt).verify(good, NOW);
    expect(outcome.kind === 'unavailable' && outcome.cause).toBeInstanceOf(KeysUnavailable);
  });
});
