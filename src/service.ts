import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { AppModule } from './app.module.js';
import { CommandRunner } from './authorization/command.runner.js';
import { EntrySigner } from './compliance-log/signer.js';
import type { Config } from './config.js';
import { refuseDemoDatabase } from './database/demo-clock.js';
import { refuseForgetfulDatabase } from './database/durability.js';
import { openPools, type Pools } from './database/pools.js';
import { refuseOverpoweredRole } from './database/service-role.js';
import { createApplication } from './http/application.js';
import { buildOpenApi, serveOpenApi } from './http/openapi.js';
import { Readiness } from './http/readiness.js';
import { repeat } from './jobs/repeat.js';
import { Sweeper } from './jobs/sweeper.js';
import { EditionCatalogue } from './program/edition.catalogue.js';

/** What the API says of itself. */
export const API_DESCRIPTION = {
  title: 'REMS authorization service',
  version: '1',
  description:
    'Authorizes each prescription of a drug that can harm an unborn child: counseling, contraception, pregnancy tests, survey and one fill. Every refusal carries all its reasons, who can mend them and the earliest moment.',
};

/** An edition is a document of a regulator's size, with its guides and forms: in JSON, every quote and line break is written with two characters. */
const LARGE_BODIES = { '/v1/editions': 1024 * 1024 };

/** One service process on a database that is already migrated: pools, edge and modules, not yet listening. */
export interface Service {
  readonly app: NestFastifyApplication;
  readonly pools: Pools;
  close(): Promise<void>;
}

export async function openService(config: Config, serviceUrl: string, log: Logger): Promise<Service> {
  const said = (level: 'info' | 'warn' | 'error') => (line: string) => log[level]({ event: 'database' }, line);
  const pools = openPools(config, serviceUrl, { info: said('info'), warn: said('warn'), error: said('error') });
  try {
    // First the connections: at a start one may take longer than a caller would be let wait for it.
    await pools.warm();
    await refuseOverpoweredRole(pools.rest);
    await refuseForgetfulDatabase(pools);
    if (!config.demo) await refuseDemoDatabase(pools.rest);
    const app = await buildApplication(config, pools, log);
    await app.get(EditionCatalogue).open(pools.rest);
    serveOpenApi(app, buildOpenApi(app, API_DESCRIPTION));
    const stopJobs = startJobs(app, config, pools, said('warn'));
    const close = async () => {
      await stopJobs();
      await app.close();
      await pools.close();
    };
    return { app, pools, close };
  } catch (error) {
    await pools.close();
    throw error;
  }
}

/** The background jobs of this process. @returns ends them: what is under way is finished first */
function startJobs(app: NestFastifyApplication, config: Config, pools: Pools, warn: (line: string) => void): () => Promise<void> {
  if (config.sweepSeconds === 0) return async () => {};
  const sweeper = new Sweeper({ runner: app.get(CommandRunner), pool: pools.rest, warn });
  const sweeping = repeat(
    config.sweepSeconds * 1_000,
    () => sweeper.pass(),
    (error) => warn(`The sweeper will try again: ${error instanceof Error ? error.message : String(error)}`),
  );
  return async () => {
    // The lease may stay behind when the database is already gone: it ends by itself.
    await sweeper.stop().catch(() => {});
    await sweeping.stop();
  };
}

/** Only the demo makes itself a key: in production a key that is not there is a mistake, and a new one would sign what nobody can verify. */
function signerOf({ demo, signingKeyFile, earlierKeysFile }: Config): EntrySigner {
  return demo ? EntrySigner.fromFileOrNew(signingKeyFile, earlierKeysFile) : EntrySigner.fromFile(signingKeyFile, earlierKeysFile);
}

/** The application on those pools. Asks nothing of the database, so that the API can be described without one. */
export async function buildApplication(config: Config, pools: Pools, log: Logger): Promise<NestFastifyApplication> {
  const module = await AppModule.register(config, {
    pools,
    catalogue: EditionCatalogue.fromFolder(),
    signer: signerOf(config),
    maxClockSkewMs: config.maxClockSkewMs,
    deskPhone: config.deskPhone,
    alarm: (why, detail) => log.error({ event: 'indeterminate', code: why }, detail),
  });
  const app = await createApplication(module, {
    log,
    trustedProxies: config.trustedProxies,
    largeBodies: LARGE_BODIES,
    rates: {
      caller: { burst: config.ratePerMinute, perSecond: config.ratePerMinute / 60 },
      address: { burst: 4 * config.ratePerMinute, perSecond: config.ratePerMinute / 15 },
      failedSignIn: { burst: 20, perSecond: config.anonymousRatePerMinute / 600 },
    },
  });
  app.get(Readiness).add('database', async () => {
    await pools.rest.query('SELECT 1');
  });
  return app;
}
