// A Postgres of this run's own: the embedded server in a temporary folder, with durable commits as everywhere.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../src/database/embedded-postgres.js';
import { migrateUp, roleOf } from '../src/database/migrate.js';

export interface BenchDatabase {
  readonly name: string;
  readonly serviceUrl: string;
  readonly ownerUrl: string;
  /** As the owner, for fixtures and administration. */
  readonly owner: pg.Pool;
}

const log = {
  info: () => {},
  warn: (line: string) => process.stderr.write(`${line}\n`),
  error: (line: string) => process.stderr.write(`${line}\n`),
};

export class BenchServer {
  private readonly pools: pg.Pool[] = [];

  private constructor(
    readonly folder: string,
    private readonly server: EmbeddedPostgres,
  ) {}

  /** @param settings of Postgres, beside those of every run */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<BenchServer> {
    const folder = mkdtempSync(join(tmpdir(), 'rems-bench-'));
    // As root the server runs as another user, who must reach it here: it would move to a folder that outlives this run.
    chmodSync(folder, 0o755);
    return new BenchServer(
      folder,
      await startEmbeddedPostgres({ dataDir: folder, log, settings: { max_connections: '200', ...settings } }),
    );
  }

  get pid(): number {
    return this.server.pid;
  }

  /** A migrated, empty database. */
  async database(name: string): Promise<BenchDatabase> {
    const inDatabase = (url: string) => Object.assign(new URL(url), { pathname: `/${name}` }).href;
    await this.administer(`CREATE DATABASE ${name} OWNER ${roleOf(this.server.ownerUrl)}`);
    const ownerUrl = inDatabase(this.server.ownerUrl);
    const serviceUrl = inDatabase(this.server.serviceUrl);
    await migrateUp(ownerUrl, log, { serviceRole: roleOf(serviceUrl) });
    const owner = new pg.Pool({ connectionString: ownerUrl, max: 4, options: '-c TimeZone=UTC' });
    owner.on('error', () => {});
    this.pools.push(owner);
    return { name, serviceUrl, ownerUrl, owner };
  }

  /** One statement as the superuser. */
  async administer(sql: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.server.superuserUrl });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  }

  async stop(): Promise<void> {
    // A pool whose connections are at work when somebody presses Ctrl-C would never end.
    await Promise.race([Promise.all(this.pools.map((pool) => pool.end())), sleep(1_000)]);
    await this.server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
