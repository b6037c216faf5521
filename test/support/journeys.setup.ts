// Before the journeys: the database of the run, and the compiled service, because journeys run whole processes of it.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

export default async function setup(): Promise<void> {
  // Compiles only when dist is not what src says, so after `npm test` has done it this takes a moment.
  const built = spawnSync(process.execPath, ['scripts/setup.mjs', '--build-only'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (built.status !== 0) throw new Error('The service does not compile; the journeys need it.');
  const database = (await import(fileURLToPath(new URL('database.setup.ts', import.meta.url)))) as { default: () => Promise<void> };
  await database.default();
}
