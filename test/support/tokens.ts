// Access tokens of the demo's issuer for people who are no demo accounts: a test has as many patients and pharmacies as it needs.
import { randomUUID } from 'node:crypto';
import { importJWK, SignJWT } from 'jose';
import type { DemoAccount } from '../../src/demo/accounts.js';
import { claimsOf, DEMO_AUDIENCE, DEMO_ISSUER } from '../../src/demo/issuer/access-token.js';
import { openIssuerFile } from '../../src/demo/issuer/issuer-file.js';

export type Person = Pick<DemoAccount, 'role' | 'subject'> & Partial<DemoAccount>;

/** A ten-minute token; `authenticatedAt` in milliseconds says when the person signed in. */
export async function tokenOf(person: Person, dataDir: string, authenticatedAt = Date.now()): Promise<string> {
  const { signingKey } = await openIssuerFile(dataDir);
  const issuedAt = Math.floor(Date.now() / 1000);
  return new SignJWT(claimsOf({ key: '', name: '', says: '', ...person }, Math.floor(authenticatedAt / 1000)))
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: String(signingKey.kid) })
    .setIssuer(DEMO_ISSUER)
    .setAudience(DEMO_AUDIENCE)
    .setSubject(person.subject)
    .setJti(randomUUID())
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + 600)
    .sign(await importJWK(signingKey, 'ES256'));
}
