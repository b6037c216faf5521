import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { loadConfig } from '../../src/config.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/database/embedded-postgres.js';
import { isAlive } from '../../src/database/embedded-process.js';
import { openPools } from '../../src/database/pools.js';
import { openDatabase } from '../../src/database/postgres.js';
import { administer } from '../support/database-server.js';

const log = { info: () => {}, warn: () => {}, error: () => {} };

describe('the embedded Postgres', () => {
  let dataDir: string;
  let server: EmbeddedPostgres;
  let coldStartMs: number;

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'rems-embedded-'));
    chmodSync(dataDir, 0o755); // as root, the server's own user has to get in
    const startedAt = performance.now();
    server = await startEmbeddedPostgres({ dataDir, log });
    coldStartMs = performance.now() - startedAt;
  });
  afterAll(async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const show = (name: string) =>
    administer(server.superuserUrl, async (client) => {
      const { rows } = await client.query<{ value: string }>('SELECT current_setting($1) AS value', [name]);
      return rows[0]?.value;
    });

  test('makes a cluster and is ready in seconds', () => {
    // 4 s is the promise on a quiet machine; the rest is for a busy one.
    expect(coldStartMs).toBeLessThan(12_000);
  });

  test('relaxes nothing that keeps commits, and listens on this machine only', async () => {
    expect(await show('fsync')).toBe('on');
    expect(await show('full_page_writes')).toBe('on');
    expect(await show('synchronous_commit')).toBe('on');
    expect(await show('data_checksums')).toBe('on');
    expect(await show('listen_addresses')).toBe('127.0.0.1');
    expect(await show('unix_socket_directories')).toBe('');
  });

  test('keeps its passwords in a file that only its user can read, and wants them', async () => {
    expect(statSync(join(dataDir, 'postgres', 'credentials.json')).mode & 0o777).toBe(0o600);
    const stranger = new URL(server.serviceUrl);
    stranger.password = 'guess';
    await expect(administer(stranger.href, async () => {})).rejects.toThrow(/password authentication failed/);
  });

  test('gives the owner the database and the service nothing', async () => {
    const owns = 'SELECT pg_has_role(current_user, datdba, $1) AS owns FROM pg_database WHERE datname = current_database()';
    const ask = (url: string) => administer(url, async (client) => (await client.query<{ owns: boolean }>(owns, ['USAGE'])).rows[0]?.owns);
    expect(await ask(server.ownerUrl)).toBe(true);
    expect(await ask(server.serviceUrl)).toBe(false);
    const make = administer(server.serviceUrl, (client) => client.query('CREATE TABLE public.mine ()'));
    await expect(make).rejects.toThrow(/permission denied/);
  });

  test('is shared by a second start, which leaves it running', async () => {
    const second = await startEmbeddedPostgres({ dataDir, log });
    expect(second).toMatchObject({ adopted: true, pid: server.pid, port: server.port, serviceUrl: server.serviceUrl });
    await second.stop();
    expect(isAlive(server.pid)).toBe(true);
  });

  test('that an earlier run left behind is taken over, and stopped by the one who found it', async () => {
    writeFileSync(join(dataDir, 'postgres', 'starter.pid'), String(await endedPid()));
    const finder = await startEmbeddedPostgres({ dataDir, log });
    expect(finder).toMatchObject({ adopted: false, pid: server.pid });
    await finder.stop();
    expect(isAlive(server.pid)).toBe(false);

    const startedAt = performance.now();
    server = await startEmbeddedPostgres({ dataDir, log });
    expect(performance.now() - startedAt).toBeLessThan(5_000); // the promise: well under one on a quiet machine
  });

  test('starts although its pid file names a process that is somebody else, as after a hard stop of a container', async () => {
    await server.kill();
    const pidFile = join(dataDir, 'postgres', 'data', 'postmaster.pid');
    writeFileSync(pidFile, readFileSync(pidFile, 'utf8').replace(/^\d+/, String(process.ppid)));
    await server.restart();
    expect(server.pid).not.toBe(process.ppid);
  });

  test('does not start beside a backend that outlived its killed server, but waits for its end', async () => {
    const client = new pg.Client({ connectionString: server.superuserUrl });
    client.on('error', () => {});
    await client.connect();
    const backend = (await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]!.pid;
    process.kill(backend, 'SIGSTOP'); // so that it does not notice
    process.kill(server.pid, 'SIGKILL');
    let restarted = false;
    const restart = server.restart().then(() => {
      restarted = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(restarted).toBe(false);
    process.kill(backend, 'SIGKILL');
    process.kill(backend, 'SIGCONT');
    await restart;
    await client.end().catch(() => {});
  });

  test('may be stopped twice at the same time', async () => {
    await Promise.all([server.stop(), server.stop()]);
    await server.stop();
    expect(isAlive(server.pid)).toBe(false);
    server = await startEmbeddedPostgres({ dataDir, log });
  });

  test('keeps every acknowledged commit over kill -9 (F2)', async () => {
    await administer(server.ownerUrl, (client) => client.query('CREATE TABLE kept (n int PRIMARY KEY); GRANT ALL ON kept TO PUBLIC'));
    const pools = openPools(loadConfig({}), server.serviceUrl, log);
    const acknowledged: number[] = [];
    let next = 0;
    let running = true;
    const writer = async () => {
      while (running) {
        const n = next++;
        await pools.counter.query('INSERT INTO kept VALUES ($1)', [n]).then(
          () => acknowledged.push(n),
          () => new Promise((resolve) => setTimeout(resolve, 20)),
        );
      }
    };
    const writers = Array.from({ length: 8 }, writer);
    const stopWriting = async () => {
      running = false;
      await Promise.all(writers);
    };
    for (let round = 0; round < 2; round++) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      const { port, pid } = server;
      await server.kill();
      expect(isAlive(pid)).toBe(false);
      await server.restart().catch(async (error: unknown) => {
        await stopWriting();
        throw error;
      });
      expect(server.port).toBe(port);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    await stopWriting();
    const { rows } = await pools.counter.query<{ n: number }>('SELECT n FROM kept');
    const stored = new Set(rows.map(({ n }) => n));
    expect(acknowledged.length).toBeGreaterThan(100);
    expect(acknowledged.filter((n) => !stored.has(n))).toEqual([]);
    await pools.close();
  });

  test('is not used when DATABASE_URL names a server', async () => {
    const config = loadConfig({ DATABASE_URL: server.serviceUrl, DATABASE_OWNER_URL: server.ownerUrl, REMS_DATA_DIR: '/nonexistent' });
    const database = await openDatabase(config, log);
    expect(database).toMatchObject({ kind: 'external', serviceUrl: server.serviceUrl, ownerUrl: server.ownerUrl });
    await database.stop();
    expect(isAlive(server.pid)).toBe(true);
  });

  test('says in words when its log is the place to look', async () => {
    const other = mkdtempSync(join(tmpdir(), 'rems-embedded-'));
    chmodSync(other, 0o755);
    const start = startEmbeddedPostgres({ dataDir: other, log, settings: { no_such_setting: '1' } });
    await expect(start).rejects.toThrow(/did not start. Its log .* ends: .*no_such_setting/);
    expect(readFileSync(join(other, 'postgres', 'postgres.log'), 'utf8')).toMatch(/no_such_setting/);
    rmSync(other, { recursive: true, force: true });
  });
});

/** The number of a process that has ended. */
function endedPid(): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
    child.once('exit', () => resolve(child.pid ?? 0));
  });
}
