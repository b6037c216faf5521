import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, link, mkdir, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';

/** The demo issuer's secrets: one signing key and the key of its cookies. */
export interface IssuerSecrets {
  /** Private ES256 key with `kid`, `alg` and `use`. */
  readonly signingKey: JWK;
  readonly cookieKey: string;
}

const FILE = 'demo-issuer.json';

/**
 * Reads the issuer's secrets from the data folder, making them on the first start. Several service processes may start at once: each
 * writes its own file and links it into place, the first link wins, and all read that one. So they accept each other's tokens.
 */
export async function openIssuerFile(dataDir: string): Promise<IssuerSecrets> {
  const path = join(dataDir, FILE);
  const present = await read(path);
  if (present) return present;

  await mkdir(dataDir, { recursive: true });
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify(await makeSecrets()), { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, path);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await unlink(draft);
  }
  const made = await read(path);
  if (!made) throw new Error(`The demo issuer’s key file ${path} disappeared while it was being made. Start again.`);
  return made;
}

async function makeSecrets(): Promise<IssuerSecrets> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const key = await exportJWK(privateKey);
  return {
    signingKey: { ...key, kid: await calculateJwkThumbprint(key), alg: 'ES256', use: 'sig' },
    cookieKey: randomBytes(32).toString('base64url'),
  };
}

async function read(path: string): Promise<IssuerSecrets | null> {
  let text: string;
  try {
    // A copy or a careless backup may have widened it; whoever reads this file can be anybody in the demo.
    if (process.platform !== 'win32' && ((await stat(path)).mode & 0o077) !== 0) await chmod(path, 0o600);
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
  const secrets = JSON.parse(text) as Partial<IssuerSecrets>;
  if (!secrets.signingKey?.kid || !secrets.signingKey.d || !secrets.cookieKey) {
    throw new Error(`The demo issuer’s key file ${path} is damaged. Delete it: new keys are made at the next start.`);
  }
  return { signingKey: secrets.signingKey, cookieKey: secrets.cookieKey };
}

function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
