import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A key as an auditor needs it: its id in the entries, and what verifies them. */
export interface PublicKey {
  readonly keyId: string;
  readonly publicKeyPem: string;
}

/**
 * The service's Ed25519 key. The database never has it, so a row that the service did not write is never an entry. Several service processes
 * share one file. Keys change; entries do not: of the keys before this one the public parts stay known, so that what they signed verifies.
 */
export class EntrySigner implements PublicKey {
  readonly keyId: string;
  readonly publicKeyPem: string;
  /** Of the keys before this one. */
  readonly earlier: readonly PublicKey[];
  private readonly known = new Map<string, KeyObject>();

  constructor(
    private readonly key: KeyObject,
    earlier: readonly KeyObject[] = [],
  ) {
    if (key.asymmetricKeyType !== 'ed25519') throw new Error('The signing key must be an Ed25519 private key in PEM form.');
    const [own, ...before] = [createPublicKey(key), ...earlier].map((each) => this.learn(each));
    this.keyId = own?.keyId ?? '';
    this.publicKeyPem = own?.publicKeyPem ?? '';
    this.earlier = before.filter(({ keyId }) => keyId !== this.keyId);
  }

  /**
   * @param earlierFile public keys in PEM form, one after another, of those that signed before; null: there are none
   * @throws Error when a file is missing or holds another kind of key: a service that made itself a new key would sign what nobody can verify
   */
  static fromFile(file: string, earlierFile: string | null = null): EntrySigner {
    if (!existsSync(file))
      throw new Error(
        `There is no signing key at ${file}. Put the service’s Ed25519 key there, or make the first one: openssl genpkey -algorithm ed25519 -out ${file}`,
      );
    const earlier = earlierFile === null ? [] : publicKeysIn(readFileSync(earlierFile, 'utf8'));
    return new EntrySigner(createPrivateKey(readFileSync(file)), earlier);
  }

  /** For the demo and for tests: the first process to start makes the key when there is none. */
  static fromFileOrNew(file: string, earlierFile: string | null = null): EntrySigner {
    if (!existsSync(file)) {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
      try {
        writeFileSync(file, pem, { mode: 0o600, flag: 'wx' });
      } catch (error) {
        // Another process made it in the same moment: its key is the key.
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      }
    }
    return EntrySigner.fromFile(file, earlierFile);
  }

  sign(bytes: Uint8Array): Buffer {
    return sign(null, bytes, this.key);
  }

  /** Whether the key of that id signed exactly these bytes; `unknown-key`: it is neither the present key nor one of those before it. */
  verify(bytes: Uint8Array, signature: Uint8Array, keyId: string): 'valid' | 'invalid' | 'unknown-key' {
    const key = this.known.get(keyId);
    if (key === undefined) return 'unknown-key';
    return verify(null, bytes, key, signature) ? 'valid' : 'invalid';
  }

  private learn(key: KeyObject): PublicKey {
    const publicKey = { keyId: keyIdOf(key), publicKeyPem: key.export({ type: 'spki', format: 'pem' }).toString() };
    this.known.set(publicKey.keyId, key);
    return publicKey;
  }
}

/** Short, and enough to find the key again: the first eight bytes of the SHA-256 of the public key. */
function keyIdOf(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16);
}

function publicKeysIn(pem: string): KeyObject[] {
  const blocks = pem.match(/-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/g) ?? [];
  const keys = blocks.map((block) => createPublicKey(block));
  if (keys.length === 0 || keys.some((key) => key.asymmetricKeyType !== 'ed25519') || pem.includes('PRIVATE'))
    throw new Error('The file of earlier signing keys must hold Ed25519 public keys in PEM form, and no private one.');
  return keys;
}
