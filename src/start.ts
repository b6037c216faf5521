import { seedDemo } from './app.module.js';
import type { Config } from './config.js';
import { installDemoClock } from './database/demo-clock.js';
import { migrateUp, roleOf } from './database/migrate.js';
import { type Database, openDatabase } from './database/postgres.js';

import { closeOnSignals } from './http/application.js';
import { createLogger } from './http/logging.js';
import { openService, type Service } from './service.js';

/** Says a step and how long it took, on stderr: what takes longer than two seconds is announced before it begins. */
async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  process.stderr.write(`${name} … `);
  const started = performance.now();
  const result = await work();
  process.stderr.write(`${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  return result;
}

const databaseLog = {
  info: () => {},
  warn: (line: string) => process.stderr.write(`${line}\n`),
  error: (line: string) => process.stderr.write(`${line}\n`),
};

/** Opens and migrates the database of the configuration, and fills an empty demo with people and history. */
export async function prepareDatabase(config: Config): Promise<Database> {
  const database = await step(config.databaseUrl === null ? 'Starting the embedded Postgres' : 'Connecting to Postgres', () =>
    openDatabase(config, databaseLog),
  );
  try {
    const { ownerUrl } = database;
    if (ownerUrl !== null) {
      await step('Bringing the tables up to date', () => migrateUp(ownerUrl, databaseLog, { serviceRole: roleOf(database.serviceUrl) }));
      if (config.demo) {
        await installDemoClock(ownerUrl);
        await seedDemo(config, { ownerUrl, serviceUrl: database.serviceUrl }, (line) => process.stderr.write(line));
      }
    }
    return database;
  } catch (error) {
    await database.stop();
    throw error;
  }
}

/** The whole of `npm start`: database, tables, demo, service; ends cleanly on Ctrl-C. */
export async function start(config: Config): Promise<void> {
  const database = await prepareDatabase(config);
  const log = createLogger({ level: config.logLevel });
  let service: Service;
  try {
    service = await openService(config, database.serviceUrl, log);
    await service.app.listen(config.port, config.host);
  } catch (error) {
    await database.stop();
    throw error;
  }
  closeOnSignals(service.app, log, (failed) => {
    service
      .close()
      .then(() => database.stop())
      .then(
        () => process.exit(failed ? 1 : 0),
        () => process.exit(1),
      );
  });
  const url = (await service.app.getUrl()).replace('[::1]', 'localhost');
  process.stderr.write(welcome(url, config));
}

function welcome(url: string, config: Config): string {
  const lines = [
    `\nREMS authorization service is ready at ${url}`,
    `  API description   ${url}/docs`,
    `  Health            ${url}/health/ready`,
  ];
  if (config.demo) {
    lines.push(
      `  Sign in as        prescriber, delegate, patient, guardian, pharmacist, administrator, auditor, steward …`,
      `  A token for curl  npm run -s rems -- token --as pharmacist`,
      `  This is the demo: invented people, a local issuer, a clock that can be moved. Ctrl-C stops everything.`,
    );
  }
  return `${lines.join('\n')}\n`;
}
