// TypeORM's part of the work: entities, migrations and plain CRUD. Decisions go through pools.ts with SQL written by hand.
import 'reflect-metadata';
import { DataSource, type DataSourceOptions, type Logger } from 'typeorm';
import { PostgresNames } from './naming.js';

export interface DataSourceParts {
  readonly entities?: NonNullable<DataSourceOptions['entities']>;
  readonly migrations?: NonNullable<DataSourceOptions['migrations']>;
  /** How many connections it may open. */
  readonly poolSize?: number;
  /** Session settings, such as `lock_timeout`. */
  readonly settings?: Readonly<Record<string, string>>;
}

// TypeORM would print failed migrations and slow queries past our log; failures reach the caller as errors anyway.
const silent: Logger = { logQuery() {}, logQueryError() {}, logQuerySlow() {}, logSchemaBuild() {}, logMigration() {}, log() {} };

/** The table in which migrations are ticked off. */
export const migrationsTable = 'migration';

/**
 * A data source that is not yet connected (call `initialize()`, later `destroy()`).
 * It never changes the schema by itself: that is what migrations/ is for.
 * @param url whose role decides what it may do: the owner for migrations, the service for CRUD
 */
export function makeDataSource(url: string, parts: DataSourceParts = {}): DataSource {
  const settings = Object.entries({ TimeZone: 'UTC', ...parts.settings });
  return new DataSource({
    type: 'postgres',
    url,
    entities: parts.entities ?? [],
    migrations: parts.migrations ?? [],
    migrationsTableName: migrationsTable,
    namingStrategy: new PostgresNames(),
    // Each migration commits by itself: a failure in the third leaves two that are whole.
    migrationsTransactionMode: 'each',
    synchronize: false,
    installExtensions: false,
    logger: silent,
    applicationName: 'rems-typeorm',
    poolSize: parts.poolSize ?? 4,
    extra: { options: settings.map(([name, value]) => `-c ${name}=${value}`).join(' ') },
  });
}
