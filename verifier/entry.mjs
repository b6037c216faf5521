// One entry by itself, and the versions of one aggregate in a row. Hash and signature functions are arguments, so that this runs in a browser too.
import { canonical } from './canonical.mjs';

/**
 * @typedef {object} Entry an entry as exported: the exact bytes, and the side row while it is not erased
 * @property {Uint8Array} bytes
 * @property {Uint8Array} signature
 * @property {string} keyId
 * @property {Record<string, string> | null} salts base64
 * @property {Record<string, unknown> | null} values
 */

/**
 * @typedef {object} Functions
 * @property {(bytes: Uint8Array) => string | Promise<string>} sha256 hex
 * @property {(keyId: string, bytes: Uint8Array, signature: Uint8Array) => boolean | Promise<boolean>} verify Ed25519; false for a key that is not known
 */

/** The signed line. @param {Pick<Entry, 'bytes'>} entry */
export const lineOf = (entry) => JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(entry.bytes));

/**
 * What is wrong with an entry: nothing, or sentences that name it.
 * @param {Entry} entry
 * @param {Functions} functions
 * @returns {Promise<string[]>}
 */
export async function troublesOfEntry(entry, { sha256, verify }) {
  if (!(await verify(entry.keyId, entry.bytes, entry.signature))) return [`an entry (key ${entry.keyId}) is not signed by its key`];
  const line = lineOf(entry);
  const named = `entry ${line.id} (${line.command})`;
  if (canonical(line) !== new TextDecoder().decode(entry.bytes)) return [`${named} is not in canonical form`];
  if (entry.values === null || entry.salts === null) return [];
  const troubles = [];
  for (const name of new Set([...Object.keys(line.commitments), ...Object.keys(entry.values)])) {
    const committed = line.commitments[name];
    const salt = entry.salts[name];
    const value = entry.values[name];
    if (committed === undefined || salt === undefined || value === undefined) {
      troubles.push(`${named}: the value “${name}” and its commitment do not belong together`);
      continue;
    }
    if ((await sha256(joined(fromBase64(salt), new TextEncoder().encode(canonical(value))))) !== committed)
      troubles.push(`${named}: the value “${name}” is not the one that was signed`);
  }
  return troubles;
}

/**
 * I13: the versions of an aggregate are 1, 2, 3 … without gap or repetition, each decided on the one before, at no earlier a time.
 * @param {object[]} lines of accepted commands, in any order
 * @returns {string[]}
 */
export function troublesOfVersions(lines) {
  const troubles = [];
  const inOrder = lines.filter((line) => line.aggregate.version !== null).sort((a, b) => a.aggregate.version - b.aggregate.version);
  let expected = 1;
  let before = Number.NEGATIVE_INFINITY;
  for (const line of inOrder) {
    const { id, version, saw } = line.aggregate;
    if (version !== expected) troubles.push(`${id}: version ${expected} is ${version < expected ? 'there twice' : 'missing'}`);
    if (saw !== version - 1) troubles.push(`${id}: version ${version} was decided on version ${saw}`);
    if (line.at < before) troubles.push(`${id}: version ${version} is older than the one before`);
    expected = version + 1;
    before = line.at;
  }
  return troubles;
}

function fromBase64(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function joined(a, b) {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
