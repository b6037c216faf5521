// Whole service processes, as `npm start` runs them: started on a database that is already migrated, watched, killed.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const READY_WITHIN_MS = 30_000;
const ENDS_WITHIN_MS = 15_000;
// What a person or a build server has set must not reach the processes under test.
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'SystemRoot', 'LANG', 'TZ'];

export interface ServiceOptions {
  readonly databaseUrl: string;
  /** Signing key and demo issuer; processes that share it take each other's tokens. */
  readonly dataDir: string;
  /** Further settings, by the names of src/config.ts. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The built house that it runs from, such as a copy with other programs; this one unless told otherwise. */
  readonly house?: string;
  /** Modules that Node loads before the service, as file URLs. */
  readonly imports?: readonly string[];
  /** False: does not wait until it is ready, for one that will not be. */
  readonly waits?: boolean;
}

export interface ServiceProcess {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  readonly pid: number;
  alive(): boolean;
  /** Everything it has written so far, standard output and standard error in the order they arrived. */
  output(): string;
  /** SIGKILL: nothing is finished, nothing is said. */
  kill(): Promise<void>;
  /** SIGTERM, as a supervisor stops it. Throws when it does not end in time or not well. */
  stop(): Promise<void>;
}

/** Starts one process of the service on a port of its own and waits until it says that it is ready. */
export async function startService(options: ServiceOptions): Promise<ServiceProcess> {
  const imports = (options.imports ?? []).flatMap((module) => ['--import', module]);
  const inherited = Object.fromEntries(INHERITED.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
  const child = spawn(process.execPath, [...imports, 'dist/main.js'], {
    cwd: options.house ?? root,
    env: {
      ...inherited,
      PORT: '0',
      DATABASE_URL: options.databaseUrl,
      REMS_DATA_DIR: options.dataDir,
      // One machine plays all callers, so the limits by caller and address would only measure the test.
      REMS_RATE_PER_MINUTE: '1000000',
      REMS_ANONYMOUS_RATE_PER_MINUTE: '1000000',
      // What the clock decides holds without anybody writing it down; a journey that wants the sweeper asks for it.
      REMS_SWEEP_SECONDS: '0',
      ...options.settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let written = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      written += text;
    });
  }
  let end: string | null = null;
  child.once('error', (error) => {
    end = error.message;
  });
  child.once('exit', (code, signal) => {
    end = `exit ${code ?? signal}`;
  });
  const alive = () => end === null;

  const until = performance.now() + READY_WITHIN_MS;
  const urlWritten = () => /is ready at (http:\/\/\S+)/.exec(written)?.[1];
  while (urlWritten() === undefined) {
    if (!alive()) throw new Error(`The service ended before it was ready (${end}):\n${written.slice(-2_000)}`);
    if (performance.now() > until) {
      child.kill('SIGKILL');
      throw new Error(`The service was not ready within ${READY_WITHIN_MS} ms:\n${written.slice(-2_000)}`);
    }
    await sleep(10);
  }
  const url = (urlWritten() ?? '').replace('localhost', '127.0.0.1');
  if (options.waits ?? true) await untilReady(url, until);
  return {
    url,
    pid: child.pid ?? 0,
    alive,
    output: () => written,
    kill: () => ended(child, 'SIGKILL'),
    stop: async () => {
      if (!alive()) return;
      await ended(child, 'SIGTERM');
      if (child.exitCode !== 0)
        throw new Error(`The service stopped with ${child.exitCode ?? child.signalCode}:\n${written.slice(-2_000)}`);
    },
  };
}

/** Waits until `/health/ready` answers 200. */
export async function untilReady(url: string, until = performance.now() + READY_WITHIN_MS): Promise<void> {
  for (;;) {
    const answer = await fetch(`${url}/health/ready`).catch(() => null);
    await answer?.arrayBuffer();
    if (answer?.status === 200) return;
    if (performance.now() > until) throw new Error(`${url} is not ready: ${answer?.status ?? 'no answer'}`);
    await sleep(20);
  }
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  const late = new AbortController();
  const inTime = await Promise.race([gone.then(() => true), sleep(ENDS_WITHIN_MS, false, { signal: late.signal })]);
  late.abort();
  if (inTime) return;
  child.kill('SIGKILL');
  await gone;
  throw new Error(`The service did not end within ${ENDS_WITHIN_MS} ms of ${signal}.`);
}
