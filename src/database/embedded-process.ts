// What the launcher asks the operating system about processes: alive, ours, whose children; and one start at a time for a folder.
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const onLinux = process.platform === 'linux';
const lockLifeMs = 60_000;
const heldHere = new Set<string>();

/** Whether a process of this number runs. One that has ended and waits for its parent (a zombie) does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return !onLinux || statusOf(pid)?.state !== 'Z';
}

/** Whether the process is the Postgres of this data folder, and not a stranger that got the same number later. */
export function isServerOf(pid: number, dataFolder: string): boolean {
  if (!isAlive(pid)) return false;
  if (!onLinux) return true;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(dataFolder);
  } catch {
    return true; // a system that hides other users' processes
  }
}

/** Waits until the process has ended. @returns false when it still runs after `withinMs` */
export async function gone(pid: number, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs;
  while (isAlive(pid)) {
    if (performance.now() > until) return false;
    await sleep(10);
  }
  return true;
}

/** The direct children of a process. */
export function childrenOf(parent: number): number[] {
  if (onLinux) {
    return readdirSync('/proc')
      .map(Number)
      .filter((pid) => pid > 0 && statusOf(pid)?.parent === parent);
  }
  return spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .stdout.split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([pid, of]) => (of === parent && pid ? [pid] : []));
}

/**
 * Lets one process at a time start or restart the server of a folder; a lock left by a dead process is taken over.
 * @returns the function that gives the lock back
 */
export async function holdStartLock(file: string): Promise<() => void> {
  const token = `${process.pid} ${randomUUID()}`;
  const until = performance.now() + lockLifeMs;
  for (;;) {
    try {
      writeFileSync(file, token, { flag: 'wx' });
      heldHere.add(token);
      return () => {
        heldHere.delete(token);
        rmSync(file, { force: true });
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    if (isStale(file)) rmSync(file, { force: true });
    else if (performance.now() > until) throw new Error(`Another process is starting the same database. If none is, delete ${file}.`);
    else await sleep(25);
  }
}

function isStale(file: string): boolean {
  try {
    const token = readFileSync(file, 'utf8');
    const pid = Number(token.split(' ')[0]);
    // In a container the numbers repeat: a lock with our own number that we do not hold is of a life before.
    if (pid === process.pid) return !heldHere.has(token);
    // The old age covers a number that went to a stranger, and a lock that was cut off before its number was written.
    return (pid > 0 && !isAlive(pid)) || Date.now() - statSync(file).mtimeMs > lockLifeMs;
  } catch {
    return false; // gone meanwhile
  }
}

/** Field 3 and 4 of /proc/PID/stat; the name before them may hold anything, brackets too. */
function statusOf(pid: number): { state: string; parent: number } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: state ?? '', parent: Number(parent) };
  } catch {
    return null;
  }
}
