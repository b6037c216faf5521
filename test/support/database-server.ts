// Which Postgres the tests run on: the one that was named, else a container, else the embedded one. It says which, and why.
import { randomBytes } from 'node:crypto';
import { accessSync, constants, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/database/embedded-postgres.js';
import { isAlive } from '../../src/database/embedded-process.js';
import { migrateUp, roleOf } from '../../src/database/migrate.js';

/** What the test files get, as JSON in the variable REMS_TEST_DATABASE. */
export interface TestServerFacts {
  readonly kind: 'DATABASE_URL' | 'container' | 'embedded';
  readonly ownerUrl: string;
  readonly serviceUrl: string;
  readonly superuserUrl: string | null;
  /** The migrated database that each test database is a copy of. */
  readonly template: string;
  /** Begins the name of every database of this run. */
  readonly prefix: string;
}

export interface TestServer {
  stop(): Promise<void>;
}

type Server = Pick<TestServerFacts, 'kind' | 'ownerUrl' | 'serviceUrl' | 'superuserUrl'> & { stop(): Promise<void> };

const say = (line: string) => process.stderr.write(`${line}\n`);
const quiet = { info: () => {}, warn: say, error: say };
const cache = fileURLToPath(new URL('../../node_modules/.cache/rems-test-postgres/', import.meta.url));
const ownerRole = 'rems_owner';
const serviceRole = 'rems_service';

/** Starts the server of this test run and makes its template; a second call in the same run does nothing. */
export async function startTestServer(): Promise<void> {
  const shared = globalThis as { remsTestServer?: TestServer };
  if (shared.remsTestServer) return;
  const startedAt = performance.now();
  const server = (await namedServer()) ?? (await containerServer()) ?? (await embeddedServer());
  shared.remsTestServer = server;
  try {
    const prefix = `rems_test_${randomBytes(4).toString('hex')}`;
    const template = `${prefix}_template`;
    await administer(server.ownerUrl, async (client) => {
      await client.query(`CREATE DATABASE ${template}`);
    });
    await migrateUp(inDatabase(server.ownerUrl, template), quiet, { serviceRole: roleOf(server.serviceUrl) });
    const { kind, ownerUrl, serviceUrl, superuserUrl } = server;
    const facts: TestServerFacts = { kind, ownerUrl, serviceUrl, superuserUrl, template, prefix };
    process.env.REMS_TEST_DATABASE = JSON.stringify(facts);
    shared.remsTestServer = {
      stop: async () => {
        await dropDatabases(server.ownerUrl, prefix).finally(() => server.stop());
      },
    };
    say(`Tests run on ${kind} Postgres (ready in ${Math.round(performance.now() - startedAt)} ms).`);
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** The same server and role, in another database. */
export function inDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

/** One connection for one piece of administration. */
export async function administer<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'test-administration', connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function namedServer(): Promise<Server | null> {
  const { DATABASE_URL: serviceUrl, DATABASE_OWNER_URL: ownerUrl } = process.env;
  if (!serviceUrl) return null;
  if (!ownerUrl)
    throw new Error('DATABASE_URL is set, so the tests also need DATABASE_OWNER_URL: a role with CREATEDB on the same server.');
  return { kind: 'DATABASE_URL', ownerUrl, serviceUrl, superuserUrl: null, stop: async () => {} };
}

/** Null when no container engine answers; when one does and the container does not start, says why and lets the embedded server do it. */
async function containerServer(): Promise<Server | null> {
  if (!(await engineAnswers())) return null;
  try {
    const { GenericContainer, Wait } = await import('testcontainers');
    const password = randomBytes(16).toString('hex');
    const container = await new GenericContainer('postgres:17-alpine')
      .withEnvironment({ POSTGRES_PASSWORD: password })
      .withCommand(['postgres', '-c', 'max_connections=200'])
      .withExposedPorts(5432)
      .withWaitStrategy(Wait.forLogMessage(/database system is ready to accept connections/))
      .withStartupTimeout(60_000)
      .start();
    const url = (role: string) => `postgres://${role}:${password}@${container.getHost()}:${container.getMappedPort(5432)}/postgres`;
    try {
      await firstConnection(url('postgres'), (client) => makeRoles(client, password));
    } catch (error) {
      await container.stop();
      throw error;
    }
    const stop = async () => {
      await container.stop();
    };
    return { kind: 'container', ownerUrl: url(ownerRole), serviceUrl: url(serviceRole), superuserUrl: url('postgres'), stop };
  } catch (error) {
    say(`A container engine answers, but the Postgres container did not start: ${(error as Error).message}`);
    return null;
  }
}

/** The image says "ready" twice, once while it sets itself up, when it does not listen on the network yet. So we knock until it lets us in. */
async function firstConnection(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const until = performance.now() + 30_000;
  for (;;) {
    try {
      return await administer(url, work);
    } catch (error) {
      const refused = !(error instanceof pg.DatabaseError) || error.code === '57P03';
      if (!refused || performance.now() > until) throw error;
      await sleep(100);
    }
  }
}

async function makeRoles(client: pg.Client, password: string): Promise<void> {
  await client.query(`CREATE ROLE ${ownerRole} LOGIN CREATEDB PASSWORD '${password}'`);
  await client.query(`CREATE ROLE ${serviceRole} LOGIN PASSWORD '${password}'`);
}

/** Asks before testcontainers is imported, which alone takes longer than this. */
function engineAnswers(): Promise<boolean> {
  const host = process.env.DOCKER_HOST ?? (process.platform === 'win32' ? 'npipe' : 'unix:///var/run/docker.sock');
  const target = host.startsWith('unix://') ? { socketPath: host.slice('unix://'.length) } : tcpTarget(host);
  if (!target) return Promise.resolve(false);
  return new Promise((resolve) => {
    const ping = request({ ...target, path: '/_ping', timeout: 2_000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    ping.once('timeout', () => ping.destroy());
    ping.once('error', () => resolve(false));
    ping.once('close', () => resolve(false));
    ping.end();
  });
}

function tcpTarget(host: string): { host: string; port: number } | null {
  if (!URL.canParse(host) || !host.startsWith('tcp://')) return null;
  const { hostname, port } = new URL(host);
  return { host: hostname, port: Number(port || 2375) };
}

/**
 * A cluster in node_modules/.cache that stays there between runs, so that only the first run pays for making it. Runs beside each other
 * take one each. What an interrupted run left in it, server and databases, is taken over and cleared.
 */
async function embeddedServer(): Promise<Server> {
  const { folder, leave } = takeSlot();
  try {
    const server = await startEmbeddedPostgres({ dataDir: folder, log: quiet, settings: { max_connections: '200' } });
    await administer(server.superuserUrl, (client) => client.query(`ALTER ROLE ${ownerRole} CREATEDB`));
    await dropDatabases(server.superuserUrl, 'rems_test_');
    const stop = async () => {
      await server.stop();
      leave();
    };
    return { kind: 'embedded', ownerUrl: server.ownerUrl, serviceUrl: server.serviceUrl, superuserUrl: server.superuserUrl, stop };
  } catch (error) {
    leave();
    throw error;
  }
}

/** In the checkout, or in the temporary folder when the checkout is another user's. */
function slotsFolder(): string {
  try {
    mkdirSync(cache, { recursive: true });
    accessSync(cache, constants.W_OK);
    return cache;
  } catch {
    return join(tmpdir(), `rems-test-postgres-${process.getuid?.() ?? 'own'}`);
  }
}

function takeSlot(): { folder: string; leave: () => void } {
  const slots = slotsFolder();
  for (let slot = 0; slot < 20; slot++) {
    const folder = join(slots, String(slot));
    const lock = join(folder, 'in-use');
    mkdirSync(folder, { recursive: true });
    try {
      const holder = Number(readFileSync(lock, 'utf8'));
      if (!isAlive(holder)) rmSync(lock, { force: true });
    } catch {
      // Nobody is in it.
    }
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      return { folder, leave: () => rmSync(lock, { force: true }) };
    } catch {
      // Taken; the next one.
    }
  }
  throw new Error(`All test databases below ${slots} are in use. If no test runs, delete that folder.`);
}

async function dropDatabases(url: string, prefix: string): Promise<void> {
  await administer(url, async (client) => {
    const { rows } = await client.query<{ name: string }>('SELECT datname AS name FROM pg_database WHERE starts_with(datname, $1)', [
      prefix,
    ]);
    for (const { name } of rows) await client.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)}`);
  });
}
