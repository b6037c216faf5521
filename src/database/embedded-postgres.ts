// The database of a machine that has none: a real Postgres from the npm package of its binaries, started and stopped with the service.
//
// For trying out, tests and single-machine use: the package calls itself beta and has no TLS to speak of. Durability is not relaxed:
// fsync, full-page writes and data checksums are on. Production sets DATABASE_URL and never comes here.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Placement, placeEmbeddedPostgres } from './embedded-binaries.js';
import {
  type Credentials,
  databaseName,
  makeCluster,
  makeRolesAndDatabase,
  ownerRole,
  readOrMakeCredentials,
  serviceRole,
  surroundings,
} from './embedded-cluster.js';
import { childrenOf, gone, holdStartLock, isAlive, isServerOf } from './embedded-process.js';

/** The few methods of a logger that this folder uses; pino's and the console's loggers have them. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

export interface EmbeddedPostgres {
  /** Owns the database `rems`; for migrations. */
  readonly ownerUrl: string;
  /** Owns nothing; for the service. */
  readonly serviceUrl: string;
  /** For tests and for repair by hand. */
  readonly superuserUrl: string;
  readonly port: number;
  readonly pid: number;
  /** True when another live process started this server: then `stop()` leaves it running. */
  readonly adopted: boolean;
  /** Stops the server if this process is in charge of it, and waits for its end. May be called again, and from several signals. */
  stop(): Promise<void>;
  /** SIGKILL of the server and all its backends, and waits for their end. For tests. */
  kill(): Promise<void>;
  /** Starts it again on the same port, after stopping it in good order if it still runs. */
  restart(): Promise<void>;
}

export interface EmbeddedOptions {
  /** Folder for cluster, credentials and log. As root, what the server's user cannot reach moves to /var/lib/rems-postgres. */
  readonly dataDir: string;
  readonly log: Log;
  /** Further Postgres settings, such as `max_connections`. */
  readonly settings?: Readonly<Record<string, string>>;
}

const readyWithinMs = 30_000;
const largestLogBytes = 10 * 1024 * 1024;

const ownSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Without it Postgres logs the values of a violated key, which may be a patient's.
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
  jit: 'off',
  // Below our lock timeout: a deadlock must show as one (and be run again), not as a wait that took too long.
  deadlock_timeout: '250ms',
};

// Who in this process is in charge of which folder: two starts in one process must not both stop the server.
const inCharge = new Set<string>();

/**
 * Starts the embedded server, or adopts the one that is already running on the same folder.
 * @returns the URLs of the three roles; the passwords in them stay the same over restarts
 * @throws Error in words for the person who started the service
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  try {
    const place = placeEmbeddedPostgres(options.dataDir);
    const unlock = await holdStartLock(join(place.home, 'start.lock'));
    try {
      const server = new Server(place, readOrMakeCredentials(place.home), options);
      await server.begin();
      return server;
    } finally {
      unlock();
    }
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    if (code !== 'EACCES' && code !== 'EPERM') throw error;
    throw new Error(`${path ?? options.dataDir} belongs to another user. Start as that user, or name another folder in REMS_DATA_DIR.`, {
      cause: error,
    });
  }
}

class Server implements EmbeddedPostgres {
  port = 0;
  pid = 0;
  adopted = false;
  private readonly data: string;
  private readonly log: Log;
  private stopping: Promise<void> | null = null;
  private endExpected = false;
  /** The end of a server that is our own child; until we have heard of it, its number is taken and Postgres would not start again. */
  private ended = Promise.resolve();

  constructor(
    private readonly place: Placement,
    private readonly credentials: Credentials,
    private readonly options: EmbeddedOptions,
  ) {
    this.data = join(place.home, 'data');
    this.log = options.log;
  }

  get ownerUrl(): string {
    return this.url(ownerRole, this.credentials.owner, databaseName);
  }

  get serviceUrl(): string {
    return this.url(serviceRole, this.credentials.service, databaseName);
  }

  get superuserUrl(): string {
    return this.url('postgres', this.credentials.superuser, databaseName);
  }

  async begin(): Promise<void> {
    const startedAt = performance.now();
    const found = await this.adopt();
    if (!found) {
      makeCluster(this.place, this.credentials);
      await this.launch();
    }
    await makeRolesAndDatabase(this.url('postgres', this.credentials.superuser, 'postgres'), this.credentials);
    const { home } = this.place;
    const starter = join(home, 'starter.pid');
    const starterPid = existsSync(starter) ? Number(readFileSync(starter, 'utf8')) : 0;
    const starterLives = starterPid === process.pid ? inCharge.has(home) : starterPid > 0 && isAlive(starterPid);
    this.adopted = found && starterLives;
    if (!this.adopted) {
      // Whoever started an orphan is gone, so the one who finds it takes charge and will stop it.
      writeFileSync(starter, String(process.pid));
      inCharge.add(home);
    }
    const how = this.adopted ? 'shared with the process that started it' : found ? 'left behind by an earlier run' : 'started';
    this.log.info(`Embedded Postgres on 127.0.0.1:${this.port} (${how}, ${Math.round(performance.now() - startedAt)} ms), data in ${home}`);
  }

  stop(): Promise<void> {
    this.stopping ??= this.adopted ? Promise.resolve() : this.end();
    return this.stopping;
  }

  async kill(): Promise<void> {
    this.endExpected = true;
    if (!isServerOf(this.pid, this.data)) return this.ended;
    // The backends are asked for first: once their parent is dead nobody knows them any more.
    const all = [this.pid, ...childrenOf(this.pid)];
    for (const pid of all) signal(pid, 'SIGKILL');
    for (const pid of all) await gone(pid, 10_000);
    await this.ended;
  }

  async restart(): Promise<void> {
    const unlock = await holdStartLock(join(this.place.home, 'start.lock'));
    try {
      await this.shutDown();
      await this.launch(this.port);
      this.stopping = null;
    } finally {
      unlock();
    }
  }

  private async end(): Promise<void> {
    await this.shutDown();
    rmSync(join(this.place.home, 'starter.pid'), { force: true });
    inCharge.delete(this.place.home);
  }

  /** Fast shutdown: open transactions are rolled back, everything committed is on disk. Harder only when that does not end. */
  private async shutDown(): Promise<void> {
    this.endExpected = true;
    // It may have ended by itself long ago, and its number be a stranger's.
    if (!isServerOf(this.pid, this.data)) return this.ended;
    if (process.platform === 'win32') {
      spawnSync(join(this.place.bin, 'pg_ctl.exe'), ['stop', '-D', this.data, '-m', 'fast'], { stdio: 'ignore' });
      return;
    }
    signal(this.pid, 'SIGINT');
    if (await gone(this.pid, 20_000)) return this.ended;
    this.log.warn('Embedded Postgres did not stop within 20 s; it will recover from its write-ahead log at the next start.');
    signal(this.pid, 'SIGQUIT');
    if (!(await gone(this.pid, 5_000))) await this.kill();
  }

  /** Takes over a server that already runs on this folder. */
  private async adopt(): Promise<boolean> {
    const until = performance.now() + readyWithinMs;
    for (;;) {
      const found = this.readPidFile();
      if (!found) return false;
      if (!isServerOf(found.pid, this.data)) return false;
      if (found.ready) {
        this.pid = found.pid;
        this.port = found.port;
        return true;
      }
      if (performance.now() > until) {
        throw new Error(`Postgres process ${found.pid} holds ${this.data} but does not become ready. End it with: kill -INT ${found.pid}`);
      }
      await sleep(20);
    }
  }

  private async launch(wantedPort?: number): Promise<void> {
    const until = performance.now() + readyWithinMs;
    for (;;) {
      const port = wantedPort ?? (await freePort());
      const trouble = await this.launchOn(port, until);
      if (trouble === null) return;
      // Another program took the port between our looking and Postgres's binding; or backends of a killed server are still ending.
      const passing = /Address already in use|shared memory block .* is still in use/i.test(trouble);
      if (!passing || performance.now() > until)
        throw new Error(`The embedded Postgres did not start. Its log (${this.logFile}) ends: ${trouble}`);
      await sleep(50);
    }
  }

  /** Null when the server is ready, else the end of its log. */
  private async launchOn(port: number, until: number): Promise<string | null> {
    if (existsSync(this.logFile) && statSync(this.logFile).size > largestLogBytes) truncateSync(this.logFile);
    this.disownPidFile();
    const log = openSync(this.logFile, 'a', 0o600);
    const logStart = statSync(this.logFile).size;
    const settings = { ...ownSettings, ...this.options.settings, port: String(port) };
    const args = ['-D', this.data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
    // Detached: Ctrl-C reaches the whole process group, and Postgres would shut down before the service has drained.
    const child = spawn(join(this.place.bin, 'postgres'), args, {
      ...surroundings(this.place),
      detached: true,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    let end: string | null = null;
    this.endExpected = false;
    child.once('error', (error) => {
      end = error.message;
    });
    child.once('exit', (code, bySignal) => {
      end = `exit ${code ?? bySignal}`;
      if (this.pid === child.pid && !this.endExpected)
        this.log.error(`Embedded Postgres ended by itself (${end}); its log is ${this.logFile}`);
    });
    child.unref();
    while (end === null && performance.now() < until) {
      const found = this.readPidFile();
      if (found?.ready && found.pid === child.pid) {
        this.pid = found.pid;
        this.port = port;
        return null;
      }
      await sleep(10);
    }
    if (end === null && child.pid) signal(child.pid, 'SIGQUIT');
    return `${readFileSync(this.logFile).subarray(logStart).toString().trim().split('\n').slice(-5).join(' ')} (${end ?? 'not ready in time'})`;
  }

  /**
   * A machine or container that stopped hard leaves a pid file whose number may be a stranger's by now, or a zombie's, and Postgres would
   * refuse to start. With our own number in it, its parent's, Postgres takes it for stale; and unlike after removing the file, it still
   * looks for backends of the dead server that go on writing.
   */
  private disownPidFile(): void {
    const left = this.readPidFile();
    if (!left || isServerOf(left.pid, this.data)) return;
    const file = join(this.data, 'postmaster.pid');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^\d+/, String(process.pid)));
  }

  private get logFile(): string {
    return join(this.place.home, 'postgres.log');
  }

  /** Postgres writes its pid on line 1, its port on line 4 and its state on line 8. */
  private readPidFile(): { pid: number; port: number; ready: boolean } | null {
    try {
      const lines = readFileSync(join(this.data, 'postmaster.pid'), 'utf8').split('\n');
      const pid = Number(lines[0]);
      return pid > 0 ? { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' } : null;
    } catch {
      return null;
    }
  }

  private url(role: string, password: string, database: string): string {
    return `postgres://${role}:${password}@127.0.0.1:${this.port}/${database}`;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(new Error('No free port on 127.0.0.1'))));
    });
  });
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone already, which is what was asked for.
  }
}
