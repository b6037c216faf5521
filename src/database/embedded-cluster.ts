// What a new cluster is made of: its passwords, its files, its two roles and its database.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { Placement } from './embedded-binaries.js';

export interface Credentials {
  readonly superuser: string;
  readonly owner: string;
  readonly service: string;
}

export const ownerRole = 'rems_owner';
export const serviceRole = 'rems_service';
export const databaseName = 'rems';

/** The passwords of the cluster in `home`, made at the first start and kept in a file that only our user can read. */
export function readOrMakeCredentials(home: string): Credentials {
  const file = join(home, 'credentials.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Credentials;
  if (existsSync(join(home, 'data'))) {
    throw new Error(`The database in ${home} has lost its ${file}. Put it back, or delete the folder to begin with an empty database.`);
  }
  const password = () => randomBytes(24).toString('hex');
  const made: Credentials = { superuser: password(), owner: password(), service: password() };
  // Renamed into place, so that an interrupted start leaves no half of it.
  writeFileSync(`${file}.new`, JSON.stringify(made), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return made;
}

/** A folder that the server's user can enter, and none of our PG* variables. Windows programs need their inherited environment. */
export function surroundings({ home, user }: Placement): { cwd: string; env?: NodeJS.ProcessEnv; uid?: number; gid?: number } {
  if (process.platform === 'win32') return { cwd: home };
  return { ...user, cwd: home, env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' } };
}

/** Makes the cluster's files, unless they are there. An interrupted run leaves only `data.new`, which the next one throws away. */
export function makeCluster(place: Placement, credentials: Credentials): void {
  const data = join(place.home, 'data');
  if (existsSync(join(data, 'PG_VERSION'))) return;
  const fresh = join(place.home, 'data.new');
  const passwordFile = join(place.home, 'data.password');
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { mode: 0o700 });
  writeFileSync(passwordFile, credentials.superuser, { mode: 0o600 });
  if (place.user) for (const path of [fresh, passwordFile]) chownSync(path, place.user.uid, place.user.gid);
  // The built-in C.UTF-8 sorts the same on every machine and does not depend on its locales.
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const args = ['-D', fresh, '-U', 'postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--data-checksums', '--no-instructions'];
  try {
    const done = spawnSync(join(place.bin, 'initdb'), [...args, ...locale], { ...surroundings(place), encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`Could not make a database in ${fresh}: ${done.stderr || done.error?.message}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(fresh, data);
}

/** Makes the owner's and the service's role and the database, unless they are there. @param url the superuser's, in database `postgres` */
export async function makeRolesAndDatabase(url: string, credentials: Credentials): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    for (const [role, password] of [
      [ownerRole, credentials.owner],
      [serviceRole, credentials.service],
    ] as const) {
      const known = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
      if (known.rowCount === 0) await client.query(`CREATE ROLE ${role} LOGIN PASSWORD ${pg.escapeLiteral(password)}`);
    }
    const known = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [databaseName]);
    if (known.rowCount === 0) await client.query(`CREATE DATABASE ${databaseName} OWNER ${ownerRole}`);
  } catch (cause) {
    throw new Error(`The embedded Postgres runs but does not let us in: ${(cause as Error).message}`, { cause });
  } finally {
    await client.end().catch(() => {});
  }
}
