import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { chance } from '../chance.js';
import type { LogEntry } from '../domain/log-entry.js';
import type { EntrySigner } from './signer.js';

/** An entry ready to be written: exact bytes, signature, and the side row it only commits to. */
export interface SealedEntry {
  readonly entry: LogEntry;
  readonly bytes: Buffer;
  readonly signature: Buffer;
  readonly keyId: string;
  /** Base64 salts by name of the value. */
  readonly salts: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, unknown>>;
}

const SALT_BYTES = 16;

/** The canonical bytes (RFC 8785) of a value. */
export const canonicalBytes = (value: unknown): Buffer => Buffer.from(canonicalize(value) ?? 'null', 'utf8');

export const commitmentOf = (salt: Uint8Array, value: unknown): string =>
  hash('sha256', Buffer.concat([salt, canonicalBytes(value)]), 'hex');

/** Commits to the values, fixes the bytes and signs them. A salt each, because a test's result is one bit and a bare hash of it is no secret. */
export function seal(entry: Omit<LogEntry, 'commitments'>, values: Readonly<Record<string, unknown>>, signer: EntrySigner): SealedEntry {
  const salts: Record<string, string> = {};
  const commitments: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    const salt = chance(SALT_BYTES);
    salts[name] = salt.toString('base64');
    commitments[name] = commitmentOf(salt, value);
  }
  const whole: LogEntry = { ...entry, commitments };
  const bytes = canonicalBytes(whole);
  return { entry: whole, bytes, signature: signer.sign(bytes), keyId: signer.keyId, salts, values };
}
