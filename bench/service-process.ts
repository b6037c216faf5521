// The processes under load: the service exactly as `npm start` runs it, and the control beside it, each on the database named.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface ServiceProcess {
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}

export interface ServiceOptions {
  readonly serviceUrl: string;
  /** Holds the demo issuer's key, which all processes share. */
  readonly dataDir: string;
  /** Further arguments for Node, such as --cpu-prof. */
  readonly nodeArguments?: readonly string[];
}

const fileOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** What `npm start` starts, with its limits on memory. */
export function startService(options: ServiceOptions): Promise<ServiceProcess> {
  const { scripts } = JSON.parse(readFileSync(fileOf('../package.json'), 'utf8')) as { scripts: { start: string } };
  const [, ...words] = scripts.start.split(' ');
  return start(
    words.map((word) => (word.startsWith('-') ? word : fileOf(`../${word}`))),
    options,
  );
}

/** The plain TypeORM variant of bench/control. */
export const startControl = (options: ServiceOptions): Promise<ServiceProcess> => start([fileOf('./control/run.mjs')], options);

async function start(script: readonly string[], { serviceUrl, dataDir, nodeArguments = [] }: ServiceOptions): Promise<ServiceProcess> {
  const child = spawn(process.execPath, [...nodeArguments, ...script], {
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: serviceUrl,
      REMS_DATA_DIR: dataDir,
      PORT: '0',
      // The load comes from three callers at one address; limits on callers are not what is measured.
      REMS_RATE_PER_MINUTE: '1000000',
    },
    // Its log lines are made and written, and nobody reads them.
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  process.once('exit', () => child.kill('SIGKILL'));
  const port = await portOf(child);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    pid: child.pid ?? -1,
    port,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Both print `… ready at http://127.0.0.1:PORT` when they take requests. */
function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => reject(new Error(`A service did not become ready within 30 s. It said: ${said}`)), 30_000);
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-4_000);
      const found = /ready at http:\/\/[^:\s]+:(\d+)/.exec(said);
      if (!found) return;
      clearTimeout(timer);
      resolve(Number(found[1]));
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`A service ended (${code}). It said: ${said}`));
    });
  });
}
