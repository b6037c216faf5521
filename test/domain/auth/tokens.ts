import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { localKeys } from '../../../src/auth/issuer-keys.js';
import type { Algorithm, TokenRules } from '../../../src/auth/token.js';

/**
 * Makes tokens by hand, byte for byte, so that the corpus can hold those no library agrees to make. The clock of these tests stands still.
 */
export const NOW = Date.parse('2027-01-15T15:00:00.000Z');
export const SECOND = 1_000;
export const ISSUER = 'https://issuer.example/realms/rems';
export const AUDIENCE = 'urn:rems:authorization-service';
export const PRESCRIBER_ID = '01900000-0000-7000-8000-000000000101';

export interface Signer {
  readonly alg: Algorithm;
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export function newSigner(alg: 'ES256' | 'RS256' | 'EdDSA', kid: string): Signer {
  if (alg === 'RS256') return { alg, kid, ...generateKeyPairSync('rsa', { modulusLength: 2048 }) };
  if (alg === 'EdDSA') return { alg, kid, ...generateKeyPairSync('ed25519') };
  return { alg, kid, ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) };
}

export function rulesFor(signers: readonly Signer[], more: Partial<TokenRules> = {}): TokenRules {
  const keys = signers.map(({ alg, kid, publicKey }) => ({ ...publicKey.export({ format: 'jwk' }), alg, kid, use: 'sig' }));
  return {
    issuer: ISSUER,
    audience: AUDIENCE,
    algorithms: [...new Set(signers.map(({ alg }) => alg))],
    keys: localKeys({ keys: keys as never }),
    ...more,
  };
}

const seconds = (ms: number) => Math.floor(ms / 1000);

/** The claims of a good prescriber's token, made now, living ten minutes. `undefined` takes a claim away. */
export function goodClaims(change: Record<string, unknown> = {}): JWTPayload {
  return {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: 'account-1',
    jti: 'token-1',
    iat: seconds(NOW),
    exp: seconds(NOW) + 600,
    auth_time: seconds(NOW) - 60,
    scope: 'rems',
    rems_role: 'prescriber',
    rems_participant_id: PRESCRIBER_ID,
    ...change,
  };
}

export const encode = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A compact JWS; `header` is laid over the usual one, `undefined` takes a member away. */
export function makeToken(signer: Signer, claims: unknown = goodClaims(), header: Record<string, unknown> = {}): string {
  const input = `${encode({ alg: signer.alg, typ: 'at+jwt', kid: signer.kid, ...header })}.${encode(claims)}`;
  return `${input}.${signatureOf(signer, input)}`;
}

export function signatureOf(signer: Signer, input: string): string {
  const algorithm = signer.alg === 'EdDSA' ? null : 'sha256';
  return sign(algorithm, Buffer.from(input), { key: signer.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url');
}

/** The classic confusion: HMAC keyed with the issuer's *public* key in one of its spellings. */
export function hmacToken(secret: string | Buffer, kid: string): string {
  const input = `${encode({ alg: 'HS256', typ: 'at+jwt', kid })}.${encode(goodClaims())}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}
