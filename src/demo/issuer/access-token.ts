import { randomUUID } from 'node:crypto';
import { importJWK, type JWK, type JWTPayload, SignJWT } from 'jose';
import { CLAIM_OF } from '../../auth/claims.js';
import { localKeys } from '../../auth/issuer-keys.js';
import { IDENTITIES } from '../../auth/principal.js';
import { MAX_LIFETIME_SECONDS, type TokenRules } from '../../auth/token.js';
import { type DemoAccount, demoAccount } from '../accounts.js';
import { openIssuerFile } from './issuer-file.js';

/**
 * The name of the demo's issuer. A name, not an address: processes on several ports are one issuer, so their tokens must not name a port.
 * `.localhost` is reserved for one's own machine (RFC 6761), so no real issuer can ever be called like this. The endpoints are served by
 * each process under `/oidc`, and discovery there names them with the address it was asked under.
 */
export const DEMO_ISSUER = 'http://rems-demo.localhost/oidc';
export const DEMO_AUDIENCE = 'urn:rems:authorization-service';
export const DEMO_SCOPE = 'rems';

/** The claims that say who a demo account is, as a production issuer would map them. */
export function claimsOf(account: DemoAccount, authenticatedAtSeconds: number): JWTPayload {
  const claims: JWTPayload = { [CLAIM_OF.role]: account.role, auth_time: authenticatedAtSeconds };
  for (const name of IDENTITIES) if (account[name] !== undefined) claims[CLAIM_OF[name]] = account[name];
  return claims;
}

/** The rules by which a service process of the demo checks tokens: its own issuer's, and no other. */
export async function demoTokenRules(dataDir: string): Promise<TokenRules> {
  const { signingKey } = await openIssuerFile(dataDir);
  return { issuer: DEMO_ISSUER, audience: DEMO_AUDIENCE, algorithms: ['ES256'], keys: localKeys({ keys: [publicPart(signingKey)] }) };
}

export interface MintOptions {
  /** Key of a demo account: `prescriber`, `pharmacist-2` … */
  readonly as: string;
  readonly dataDir: string;
  /** At most 600, which is also the default. */
  readonly lifetimeSeconds?: number;
  /** When the person signed in, in milliseconds; an old one provokes the step-up. Default: now. */
  readonly authenticatedAt?: number;
  readonly at?: number;
}

/** Makes an access token for a demo account, as `rems token --as pharmacist` prints it. */
export async function mintToken(options: MintOptions): Promise<string> {
  const { as, dataDir, lifetimeSeconds = MAX_LIFETIME_SECONDS, at = Date.now() } = options;
  if (!(lifetimeSeconds >= 1 && lifetimeSeconds <= MAX_LIFETIME_SECONDS)) {
    throw new Error(`A token lives from 1 to ${MAX_LIFETIME_SECONDS} seconds, not ${lifetimeSeconds}.`);
  }
  const account = demoAccount(as);
  const { signingKey } = await openIssuerFile(dataDir);
  const issuedAt = Math.floor(at / 1000);
  return new SignJWT(claimsOf(account, Math.floor((options.authenticatedAt ?? at) / 1000)))
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: signingKey.kid as string })
    .setIssuer(DEMO_ISSUER)
    .setAudience(DEMO_AUDIENCE)
    .setSubject(account.subject)
    .setJti(randomUUID())
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + Math.floor(lifetimeSeconds))
    .sign(await importJWK(signingKey, 'ES256'));
}

function publicPart(key: JWK): JWK {
  const { d: _secret, ...open } = key;
  return open;
}
