// A database, a world in it and service processes on it, opened and closed together.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Caller } from './caller.js';
import { openTestDatabase, type TestDatabase } from './database.js';
import { type ServiceOptions, type ServiceProcess, startService } from './processes.js';
import type { Person } from './tokens.js';
import { World } from './world.js';

export interface RunOptions {
  readonly processes?: number;
  readonly settings?: Readonly<Record<string, string>>;
  /** The database as the processes see it, such as through a proxy. */
  readonly through?: (databaseUrl: string) => string | Promise<string>;
  /** Another database than one of the run's server. */
  readonly database?: RunDatabase;
}

export type RunDatabase = Pick<TestDatabase, 'serviceUrl' | 'ownerUrl' | 'owner' | 'pools' | 'close'>;

/** Everything a journey stands on. */
export class ServiceRun {
  readonly services: ServiceProcess[] = [];
  private readonly callers: Caller[] = [];

  private constructor(
    readonly database: RunDatabase,
    readonly dataDir: string,
    readonly world: World,
    private readonly databaseUrl: string,
    private readonly settings: Readonly<Record<string, string>>,
  ) {}

  static async open({ processes = 1, settings = {}, through = (url) => url, ...more }: RunOptions = {}): Promise<ServiceRun> {
    const dataDir = mkdtempSync(join(tmpdir(), 'rems-journey-'));
    const database = more.database ?? (await openTestDatabase());
    const world = await World.open({ lane: database.pools.rest, owner: database.owner, dataDir });
    const run = new ServiceRun(database, dataDir, world, await through(database.serviceUrl), settings);
    const started = await Promise.allSettled(Array.from({ length: processes }, () => run.start()));
    const failed = started.find((each) => each.status === 'rejected');
    if (!failed) return run;
    await run.close();
    throw failed.reason;
  }

  /** One more process. */
  async start(more: Partial<ServiceOptions> = {}): Promise<ServiceProcess> {
    const service = await startService({
      databaseUrl: this.databaseUrl,
      dataDir: this.dataDir,
      ...more,
      settings: { ...this.settings, ...more.settings },
    });
    this.services.push(service);
    return service;
  }

  get url(): string {
    const first = this.services.find((service) => service.alive());
    if (!first) throw new Error('No process of the service is alive.');
    return first.url;
  }

  /** Somebody who speaks to the first process, or to the one of that URL. */
  async caller(who: string | Person | null, url = this.url): Promise<Caller> {
    const caller = await Caller.of(who, this.dataDir, url);
    this.callers.push(caller);
    return caller;
  }

  /** Stops everything; throws when a process does not stop well or a connection to the database is left. */
  async close(): Promise<void> {
    await Promise.all(this.callers.map((caller) => caller.close()));
    try {
      await Promise.all(this.services.map((service) => service.stop()));
    } finally {
      await this.database.close();
      rmSync(this.dataDir, { recursive: true, force: true });
    }
  }
}
