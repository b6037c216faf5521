// A Postgres server of a journey's own, which may be killed: the run's server has other test files on it.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { loadConfig } from '../../src/config.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/database/embedded-postgres.js';
import { migrateUp, roleOf } from '../../src/database/migrate.js';
import { openPools } from '../../src/database/pools.js';
import { sqlTypes } from '../../src/database/sql-types.js';
import { quietLog } from './database.js';
import type { RunDatabase } from './service-run.js';

export interface CrashableDatabase extends RunDatabase {
  readonly server: EmbeddedPostgres;
  /** Where the cluster and its log are. */
  readonly home: string;
}

const log = { info: () => {}, warn: () => {}, error: () => {} };

export async function openCrashableDatabase(): Promise<CrashableDatabase> {
  const dataDir = mkdtempSync(join(tmpdir(), 'rems-crash-'));
  chmodSync(dataDir, 0o755); // as root, the server's own user has to get in
  const server = await startEmbeddedPostgres({ dataDir, log, settings: { max_connections: '200' } });
  const { ownerUrl, serviceUrl } = server;
  await migrateUp(ownerUrl, quietLog, { serviceRole: roleOf(serviceUrl) });
  const pools = openPools({ ...loadConfig({}), poolWaitMs: 10_000 }, serviceUrl, log);
  const owner = new pg.Pool({ connectionString: ownerUrl, max: 4, options: '-c TimeZone=UTC -c DateStyle=ISO', types: sqlTypes });
  owner.on('error', () => {});
  return {
    server,
    home: join(dataDir, 'postgres'),
    ownerUrl,
    serviceUrl,
    pools,
    owner,
    close: async () => {
      await Promise.all([pools.close(), owner.end()]);
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
