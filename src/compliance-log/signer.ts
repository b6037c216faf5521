import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * The service's Ed25519 key. The database never has it, so a row that the service did not write is never an entry. Several service processes
 * share one file; the first to start makes it when there is none.
 */
export class EntrySigner {
  readonly keyId: string;
  readonly publicKeyPem: string;
  private readonly publicKey: KeyObject;

  constructor(private readonly key: KeyObject) {
    if (key.asymmetricKeyType !== 'ed25519') throw new Error('The signing key must be an Ed25519 private key in PEM form.');
    const publicKey = createPublicKey(key);
    this.publicKey = publicKey;
    this.publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    // Short, and enough to find the key again: the first eight bytes of the SHA-256 of the public key.
    this.keyId = createHash('sha256')
      .update(publicKey.export({ type: 'spki', format: 'der' }))
      .digest('hex')
      .slice(0, 16);
  }

  static fromFile(file: string): EntrySigner {
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
    return new EntrySigner(createPrivateKey(readFileSync(file)));
  }

  sign(bytes: Uint8Array): Buffer {
    return sign(null, bytes, this.key);
  }

  /** Whether this service's present key signed exactly these bytes. */
  verify(bytes: Uint8Array, signature: Uint8Array): boolean {
    return verify(null, bytes, this.publicKey, signature);
  }
}
