import type { Tx } from '../database/pools.js';
import type { SealedEntry } from './seal.js';

/** An entry with the two columns that it is found by and that its bytes do not hold in this form. */
export interface Written {
  readonly sealed: SealedEntry;
  /** Subject of the account that acted. */
  readonly actor: string;
  /** Site, prescriber or office behind it; null when there is none. */
  readonly organization: string | null;
}

/**
 * No entry, no commit: runs the work and writes the entries it returns in the same transaction. Work that returns none fails, and everything
 * it wrote is rolled back with it. The decisions about patients have one statement of their own for this (case.write.ts), where a missing
 * entry cannot even be written down; everything else goes through here.
 * @throws Error when the work returned no entry
 */
export async function recorded(tx: Tx, work: (tx: Tx) => Promise<readonly Written[]>): Promise<void> {
  const entries = await work(tx);
  if (entries.length === 0) throw new Error('Nothing is committed without an entry.');
  for (const each of entries) await write(tx, each);
}

const INSERT = `WITH logged AS (
    INSERT INTO entry (id, recorded_at, aggregate, aggregate_id, version, saw_version, command, outcome, reasons, patient_id, authorization_id, actor,
      organization, bytes, signature, key_id)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) RETURNING id),
  committed_values AS (INSERT INTO entry_values (entry_id, salts, values) SELECT id, $17::jsonb, $18::jsonb FROM logged)
  INSERT INTO entry_pending (entry_id) SELECT id FROM logged`;

async function write(tx: Tx, { sealed, actor, organization }: Written): Promise<void> {
  const { entry, bytes, signature, keyId, salts, values } = sealed;
  const { aggregate } = entry;
  const about = [entry.id, new Date(entry.at).toISOString(), aggregate.kind, aggregate.id, aggregate.version, aggregate.saw];
  const said = [entry.command, entry.outcome, entry.reasons, entry.patient, entry.authorization, actor, organization];
  await tx.query(INSERT, [...about, ...said, bytes, signature, keyId, JSON.stringify(salts), JSON.stringify(values)], 'entry');
}
