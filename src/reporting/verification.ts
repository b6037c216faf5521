import { canonicalBytes, commitmentOf } from '../compliance-log/seal.js';
import type { EntrySigner } from '../compliance-log/signer.js';
import type { LogEntry } from '../domain/log-entry.js';
import type { StoredEntry } from './log.store.js';

/** What of a stored entry can be trusted, and why. */
export interface Verification {
  /** Over the exact bytes, by the key named; `unknown-key`: signed with a key that is neither the present one nor one before it. */
  readonly signature: 'valid' | 'invalid' | 'unknown-key';
  /** Whether the side row holds the values that the signed line commits to. */
  readonly values: 'match' | 'differ' | 'erased';
  /** Columns of the row, which people search by, that say something else than the signed line. */
  readonly differingColumns: readonly string[];
}

export const lineOf = ({ bytes }: Pick<StoredEntry, 'bytes'>): LogEntry => JSON.parse(bytes.toString('utf8')) as LogEntry;

export function verify(stored: StoredEntry, signer: EntrySigner): Verification {
  const line = lineOf(stored);
  return {
    signature: signer.verify(stored.bytes, stored.signature, stored.keyId),
    values: sideOf(stored, line),
    differingColumns: differing(stored, line),
  };
}

/** Nothing about it has been shown to be wrong, and what the log needs to be read again is there. */
export const isSound = ({ signature, values, differingColumns }: Verification): boolean =>
  signature === 'valid' && values === 'match' && differingColumns.length === 0;

function sideOf({ side }: StoredEntry, { commitments }: LogEntry): Verification['values'] {
  if (side === null) return 'erased';
  const names = new Set([...Object.keys(commitments), ...Object.keys(side.values)]);
  const all = [...names].every((name) => {
    const salt = side.salts[name];
    return salt !== undefined && commitmentOf(Buffer.from(salt, 'base64'), side.values[name]) === commitments[name];
  });
  return all ? 'match' : 'differ';
}

function differing(stored: StoredEntry, line: LogEntry): string[] {
  const pairs: readonly (readonly [column: string, stored: unknown, signed: unknown])[] = [
    ['id', stored.id, line.id],
    ['recorded_at', stored.recordedAt, line.at],
    ['aggregate', stored.aggregate, line.aggregate.kind],
    ['aggregate_id', stored.aggregateId, line.aggregate.id],
    ['version', stored.version, line.aggregate.version],
    ['saw_version', stored.saw, line.aggregate.saw],
    ['command', stored.command, line.command],
    ['outcome', stored.outcome, line.outcome],
    ['reasons', stored.reasons, line.reasons],
    ['patient_id', stored.patient, line.patient],
    ['authorization_id', stored.authorization, line.authorization],
    ['actor', stored.actor, line.actor.subject],
    ['organization', stored.organization, organizationOf(line)],
  ];
  return pairs.flatMap(([column, is, signed]) => (canonicalBytes(is).equals(canonicalBytes(signed)) ? [] : [column]));
}

const organizationOf = ({ actor }: LogEntry): string | null => actor.participant;
