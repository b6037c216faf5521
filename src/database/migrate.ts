// Runs migrations/NNNN-name.sql, up and down, through TypeORM, as the owner of the tables.
//
// A file is SQL that a database administrator can read and run: a first comment line that says why, then `-- up`, then `-- down`. The one
// thing replaced in it is :service_role, because the service's role has another name in every installation.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { type DataSource, MigrationExecutor, type MigrationInterface, type QueryRunner } from 'typeorm';
import { makeDataSource } from './data-source.js';
import type { Log } from './embedded-postgres.js';

export interface MigrateOptions {
  /** The role that the service connects as; it gets the grants. */
  readonly serviceRole?: string;
  /** Folder of the SQL files. */
  readonly folder?: string;
  readonly log?: Log;
}

const ownFolder = fileURLToPath(new URL('../../migrations/', import.meta.url));
// TypeORM wants a 13-digit time at the end of each name and sorts by it: 0001 becomes 1700000000001.
const firstTimestamp = 1_700_000_000_000;
// Any number will do, as long as all versions of this program agree on it.
const migrationLock = 7_367_001;

/**
 * Runs every migration that has not run yet, each in its own transaction. Several processes may call this at once: one works, the others
 * wait for it and find nothing left to do.
 * @returns the names of those that ran
 */
export function migrateUp(ownerUrl: string, log: Log, options: MigrateOptions = {}): Promise<string[]> {
  return migrating(ownerUrl, options, async (source) => {
    const done = await source.runMigrations();
    for (const { name } of done) log.info(`Migrated up: ${name}`);
    return done.map(({ name }) => name);
  });
}

/**
 * Takes back the last `count` migrations, newest first.
 * @returns the names of those that were taken back
 */
export function migrateDown(ownerUrl: string, count: number, options: MigrateOptions = {}): Promise<string[]> {
  return migrating(ownerUrl, options, async (source) => {
    const names: string[] = [];
    for (let step = 0; step < count; step++) {
      const [last] = await source.query<{ name: string }[]>('SELECT name FROM migration ORDER BY timestamp DESC LIMIT 1');
      if (!last) break;
      await source.undoLastMigration();
      options.log?.info(`Migrated down: ${last.name}`);
      names.push(last.name);
    }
    return names;
  });
}

/** The names of the migrations that have not run yet; reads only. */
export async function pendingMigrations(ownerUrl: string, options: MigrateOptions = {}): Promise<string[]> {
  const source = await sourceFor(ownerUrl, options).initialize();
  try {
    return (await new MigrationExecutor(source).getPendingMigrations()).map(({ name }) => name);
  } finally {
    await source.destroy();
  }
}

/** The role that a database URL connects as, for `MigrateOptions.serviceRole`. */
export function roleOf(url: string): string {
  const role = decodeURIComponent(new URL(url).username);
  if (!role) throw new Error('This database URL names no user.');
  return role;
}

async function migrating<T>(ownerUrl: string, options: MigrateOptions, work: (source: DataSource) => Promise<T>): Promise<T> {
  // The lock is held by a transaction beside the migrations' own: it ends with this process, however that ends.
  const gate = new pg.Client({ connectionString: ownerUrl, application_name: 'rems-migrate', connectionTimeoutMillis: 5_000 });
  await gate.connect();
  gate.on('error', () => {});
  try {
    const serviceRole = serviceRoleOf(options);
    const known = await gate.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [serviceRole]);
    if (known.rowCount === 0)
      throw new Error(`The service's role "${serviceRole}" does not exist in this database: CREATE ROLE "${serviceRole}" LOGIN …`);
    await gate.query('BEGIN');
    await gate.query('SELECT pg_advisory_xact_lock($1)', [migrationLock]);
    const source = await sourceFor(ownerUrl, options).initialize();
    try {
      return await work(source);
    } finally {
      await source.destroy();
    }
  } finally {
    await gate.end();
  }
}

function sourceFor(ownerUrl: string, options: MigrateOptions): DataSource {
  const migrations = readMigrations(options.folder ?? ownFolder, serviceRoleOf(options));
  // A migration that waits for a table makes everybody after it wait too: better that it gives up and is run again.
  return makeDataSource(ownerUrl, { migrations, poolSize: 1, settings: { lock_timeout: '2s' } });
}

function serviceRoleOf(options: MigrateOptions): string {
  return options.serviceRole ?? 'rems_service';
}

type MigrationClass = new () => MigrationInterface;

function readMigrations(folder: string, serviceRole: string): MigrationClass[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((file) => toMigration(file, readFileSync(join(folder, file), 'utf8'), serviceRole));
}

function toMigration(file: string, text: string, serviceRole: string): MigrationClass {
  const [, number, title] = /^(\d{4})-([a-z0-9-]+)\.sql$/.exec(file) ?? [];
  if (!number || !title) throw new Error(`migrations/${file} must be named NNNN-name.sql.`);
  const parts = /^-- \S.*\n(?:--.*\n|\s*\n)*?-- up\n(?<up>[\s\S]*?)\n-- down\n(?<down>[\s\S]*)$/.exec(text)?.groups;
  if (!parts)
    throw new Error(`migrations/${file} must begin with a comment that says why, and have a line "-- up" and after it a line "-- down".`);
  const role = pg.escapeIdentifier(serviceRole);
  // Not after a colon: that would be a cast.
  const sql = (part: string | undefined) => (part ?? '').replace(/(?<!:):service_role\b/g, () => role);
  const up = sql(parts.up);
  const down = sql(parts.down);
  const words = title.replace(/(?:^|-)(.)/g, (_, letter: string) => letter.toUpperCase());
  const name = `${words}${firstTimestamp + Number(number)}`;
  return class implements MigrationInterface {
    readonly name = name;

    async up(runner: QueryRunner): Promise<void> {
      await runner.query(up);
    }

    async down(runner: QueryRunner): Promise<void> {
      await runner.query(down);
    }
  };
}
