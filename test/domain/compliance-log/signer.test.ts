import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EntrySigner } from '../../../src/compliance-log/signer.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rems-signer-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const newKey = (): KeyObject => generateKeyPairSync('ed25519').privateKey;
const written = (name: string, key: KeyObject): string => {
  const file = join(folder, name);
  writeFileSync(file, key.export({ type: 'pkcs8', format: 'pem' }));
  return file;
};
const publicPem = (key: KeyObject): string => createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
const BYTES = Buffer.from('{"v":1}');

describe('the signing key', () => {
  test('is made by the demo when there is none, and kept', () => {
    const file = join(folder, 'demo', 'signing-key.pem');
    const first = EntrySigner.fromFileOrNew(file);
    expect(EntrySigner.fromFileOrNew(file).keyId).toBe(first.keyId);
    expect(EntrySigner.fromFile(file).keyId).toBe(first.keyId);
  });

  test('is never made in production: a key that is not there is a mistake', () => {
    const file = join(folder, 'nowhere.pem');
    expect(() => EntrySigner.fromFile(file)).toThrow(/There is no signing key at .*openssl genpkey/);
    expect(existsSync(file)).toBe(false);
  });
});

describe('after a change of keys', () => {
  const [old, present, stranger] = [newKey(), newKey(), newKey()];
  const signedBy = (key: KeyObject) => {
    const signer = new EntrySigner(key);
    return { signature: signer.sign(BYTES), keyId: signer.keyId };
  };
  const rotated = (): EntrySigner => {
    const earlier = join(folder, 'earlier.pem');
    writeFileSync(earlier, `the key of 2025\n${publicPem(newKey())}\nthe key of 2026\n${publicPem(old)}`);
    return EntrySigner.fromFile(written('present.pem', present), earlier);
  };

  test('what an earlier key signed verifies, and what it did not does not', () => {
    const signer = rotated();
    const { signature, keyId } = signedBy(old);
    expect(signer.verify(BYTES, signature, keyId)).toBe('valid');
    expect(signer.verify(Buffer.from('{"v":2}'), signature, keyId)).toBe('invalid');
    expect(signer.verify(BYTES, signature, signer.keyId)).toBe('invalid');
    expect(signer.verify(BYTES, signer.sign(BYTES), signer.keyId)).toBe('valid');
    expect(signer.earlier.map((each) => each.keyId)).toContain(keyId);
  });

  test('a key that never was one of ours is unknown', () => {
    const { signature, keyId } = signedBy(stranger);
    expect(rotated().verify(BYTES, signature, keyId)).toBe('unknown-key');
    expect(new EntrySigner(present).verify(BYTES, signedBy(old).signature, signedBy(old).keyId)).toBe('unknown-key');
  });

  test('a file of earlier keys that holds none, or a private one, is refused', () => {
    const file = written('present.pem', present);
    const empty = join(folder, 'empty.pem');
    writeFileSync(empty, '');
    expect(() => EntrySigner.fromFile(file, empty)).toThrow(/public keys/);
    expect(() => EntrySigner.fromFile(file, written('private.pem', old))).toThrow(/public keys/);
  });
});
