import { createPublicKey } from 'node:crypto';
import { AUDIENCE, encode, goodClaims, hmacToken, ISSUER, makeToken, NOW, newSigner, signatureOf } from './tokens.js';

/** The two keys of the issuer that the service trusts, and one of somebody who calls his by the same id. */
export const issuer = newSigner('ES256', 'key-1');
export const rsaIssuer = newSigner('RS256', 'rsa-1');
export const attacker = newSigner('ES256', 'key-1');

const attackerJwk = { ...attacker.publicKey.export({ format: 'jwk' }), alg: 'ES256', kid: 'key-1' };
const epoch = Math.floor(NOW / 1000);
const good = makeToken(issuer);
const withClaims = (change: Record<string, unknown>) => makeToken(issuer, goodClaims(change));
const publicPem = issuer.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const rsaPem = rsaIssuer.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const [goodHeader = '', goodPayload = '', goodSignature = ''] = good.split('.');
const adminPayload = encode(goodClaims({ rems_role: 'administrator' }));

const unsigned = (alg: unknown) => `${encode({ alg, typ: 'at+jwt', kid: 'key-1' })}.${goodPayload}.`;

/** The corpus of T13: [what it is, the token, the fault that our metrics see]. */
export const BAD_TOKENS: [string, string, string][] = [
  ['nothing', '', 'malformed'],
  ['a word', 'letmein', 'malformed'],
  ['two parts', `${goodHeader}.${goodPayload}`, 'malformed'],
  ['four parts', `${good}.${goodSignature}`, 'malformed'],
  ['a JWE', `${good}.${goodSignature}.${goodSignature}`, 'malformed'],
  ['parts that are not JSON', `${encode('x')}.${encode('y')}.${goodSignature}`, 'malformed'],
  ['a header that is a list', `${encode([])}.${goodPayload}.${goodSignature}`, 'malformed'],
  ['a payload that is a list', makeToken(issuer, []), 'malformed'],
  ['a payload that is null', makeToken(issuer, null), 'malformed'],
  ['white space inside', `${goodHeader}.${goodPayload}\n.${goodSignature}`, 'malformed'],
  ['100 kB, rightly signed', withClaims({ padding: 'x'.repeat(100_000) }), 'malformed'],
  ['100 kB of nothing', 'a.'.repeat(50_000), 'malformed'],

  ['algorithm none', unsigned('none'), 'malformed'],
  [
    'algorithm none with a signature',
    `${encode({ alg: 'none', typ: 'at+jwt', kid: 'key-1' })}.${goodPayload}.${goodSignature}`,
    'algorithm',
  ],
  ['algorithm nOnE', `${encode({ alg: 'nOnE', typ: 'at+jwt' })}.${goodPayload}.${goodSignature}`, 'algorithm'],
  ['an algorithm that is no string', `${encode({ alg: ['ES256'], typ: 'at+jwt' })}.${goodPayload}.${goodSignature}`, 'malformed'],
  ['no algorithm', makeToken(issuer, goodClaims(), { alg: undefined }), 'malformed'],
  ['HS256 keyed with the public key (PEM)', hmacToken(publicPem, 'key-1'), 'algorithm'],
  ['HS256 keyed with the public RSA key (PEM)', hmacToken(rsaPem, 'rsa-1'), 'algorithm'],
  [
    'HS256 keyed with the public key (DER)',
    hmacToken(createPublicKey(publicPem).export({ type: 'spki', format: 'der' }), 'key-1'),
    'algorithm',
  ],
  ['HS256 keyed with the public key (JWK)', hmacToken(JSON.stringify(issuer.publicKey.export({ format: 'jwk' })), 'key-1'), 'algorithm'],
  ['HS256 keyed with nothing', hmacToken('', 'key-1'), 'algorithm'],
  ['an algorithm that this issuer does not use', makeToken(newSigner('EdDSA', 'key-1')), 'algorithm'],
  ['RS256 naming the ES256 key', makeToken({ ...rsaIssuer, kid: 'key-1' }), 'key'],

  ['somebody else’s signature under our key’s id', makeToken(attacker), 'signature'],
  ['somebody else’s key named by an unknown id', makeToken({ ...attacker, kid: 'mine' }), 'key'],
  ['a key id that is a path', makeToken(attacker, goodClaims(), { kid: '../../../../dev/null' }), 'key'],
  ['a key id that is SQL', makeToken(attacker, goodClaims(), { kid: "x' UNION SELECT 'key-1" }), 'key'],
  ['a key id that is no string', makeToken(attacker, goodClaims(), { kid: { toString: 'key-1' } }), 'key'],
  ['a key id from the prototype', makeToken(attacker, goodClaims(), { kid: '__proto__' }), 'key'],
  ['a key set of its own (jku)', makeToken(attacker, goodClaims(), { jku: 'https://evil.example/jwks.json' }), 'header'],
  ['a certificate of its own (x5u)', makeToken(attacker, goodClaims(), { x5u: 'https://evil.example/cert.pem' }), 'header'],
  ['a certificate inside (x5c)', makeToken(attacker, goodClaims(), { x5c: ['MIIB'] }), 'header'],
  ['its own key inside (jwk)', makeToken(attacker, goodClaims(), { jwk: attackerJwk }), 'header'],
  ['jku, even rightly signed', makeToken(issuer, goodClaims(), { jku: `${ISSUER}/jwks` }), 'header'],
  ['a critical extension', makeToken(issuer, goodClaims(), { crit: ['b64'], b64: false }), 'header'],
  ['a payload changed after signing', `${goodHeader}.${adminPayload}.${goodSignature}`, 'signature'],
  [
    'a header changed after signing',
    `${encode({ alg: 'ES256', typ: 'at+jwt', kid: 'key-1', x: 1 })}.${goodPayload}.${goodSignature}`,
    'signature',
  ],
  ['a signature of zeros (CVE-2022-21449)', `${goodHeader}.${goodPayload}.${Buffer.alloc(64).toString('base64url')}`, 'signature'],
  ['a signature cut short', `${goodHeader}.${goodPayload}.${goodSignature.slice(0, 40)}`, 'signature'],
  ['a signature of another token', `${goodHeader}.${goodPayload}.${signatureOf(issuer, 'a.b')}`, 'signature'],

  ['an ID token’s type', makeToken(issuer, goodClaims(), { typ: 'JWT' }), 'type'],
  ['no type', makeToken(issuer, goodClaims(), { typ: undefined }), 'type'],
  ['a logout token’s type', makeToken(issuer, goodClaims(), { typ: 'logout+jwt' }), 'type'],
  ['another issuer', withClaims({ iss: 'https://evil.example' }), 'issuer'],
  ['another realm of the same issuer', withClaims({ iss: `${ISSUER}-test` }), 'issuer'],
  ['an issuer that differs by a slash', withClaims({ iss: `${ISSUER}/` }), 'issuer'],
  ['another audience', withClaims({ aud: 'urn:other' }), 'audience'],
  ['only other audiences', withClaims({ aud: ['urn:other', `${AUDIENCE}-test`] }), 'audience'],
  ['an audience hidden in an object', withClaims({ aud: { [AUDIENCE]: true } }), 'audience'],
  ['its end behind it', withClaims({ iat: epoch - 600, auth_time: epoch - 600, exp: epoch - 5 }), 'expired'],
  ['its beginning six seconds ahead (nbf)', withClaims({ nbf: epoch + 6 }), 'not-yet'],
  ['its making six seconds ahead (iat)', withClaims({ iat: epoch + 6, exp: epoch + 606 }), 'not-yet'],
  ['an hour to live', withClaims({ exp: epoch + 3600 }), 'lifetime'],
  ['a life of no length', withClaims({ iat: epoch, exp: epoch }), 'lifetime'],
  ['an end that is no number', withClaims({ exp: '9999999999' }), 'claims'],
  ['an end beyond all numbers', makeToken(issuer, JSON.stringify(goodClaims()).replace(/"exp":\d+/, '"exp":1e400')), 'lifetime'],
  ['a sign-in after its making', withClaims({ auth_time: epoch + 60 }), 'claims'],
  ['a sign-in that is no number', withClaims({ auth_time: 'now' }), 'claims'],
  ['a sign-in at zero', withClaims({ auth_time: 0 }), 'claims'],
  ['an unknown role', withClaims({ rems_role: 'superuser' }), 'claims'],
  ['a role in capitals', withClaims({ rems_role: 'Prescriber' }), 'claims'],
  ['two roles', withClaims({ rems_role: ['prescriber', 'administrator'] }), 'claims'],
  ['a role from the prototype', withClaims({ rems_role: 'constructor' }), 'claims'],
  ['no participant for a prescriber', withClaims({ rems_participant_id: undefined }), 'claims'],
  ['a participant that is no UUID', withClaims({ rems_participant_id: "1' OR '1'='1" }), 'claims'],
  ['a subject with a line break', withClaims({ sub: 'a\nb' }), 'claims'],
  ['an endless token id', withClaims({ jti: 'x'.repeat(256) }), 'claims'],
  ['a scope that is a list', withClaims({ scope: ['rems'] }), 'claims'],
  ...['iss', 'aud', 'sub', 'jti', 'iat', 'exp', 'auth_time', 'rems_role'].map((claim): [string, string, string] => [
    `no ${claim}`,
    withClaims({ [claim]: undefined }),
    'claims',
  ]),
];
