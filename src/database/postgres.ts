// Which database: the one that was named, else our own.
import type { Config } from '../config.js';
import { type Log, startEmbeddedPostgres } from './embedded-postgres.js';

export interface Database {
  readonly kind: 'external' | 'embedded';
  readonly serviceUrl: string;
  /** Null when only DATABASE_URL was given: then migrations are somebody else's work. */
  readonly ownerUrl: string | null;
  /** Stops what was started here. May be called again. */
  stop(): Promise<void>;
}

/** Opens the database of the configuration; starts or adopts the embedded server when it names none. */
export async function openDatabase(config: Pick<Config, 'databaseUrl' | 'databaseOwnerUrl' | 'dataDir'>, log: Log): Promise<Database> {
  if (config.databaseUrl !== null) {
    return { kind: 'external', serviceUrl: config.databaseUrl, ownerUrl: config.databaseOwnerUrl, stop: async () => {} };
  }
  const { serviceUrl, ownerUrl, stop } = await startEmbeddedPostgres({ dataDir: config.dataDir, log }).then((server) => ({
    serviceUrl: server.serviceUrl,
    ownerUrl: server.ownerUrl,
    stop: () => server.stop(),
  }));
  return { kind: 'embedded', serviceUrl, ownerUrl, stop };
}
