// What the kernel says about processes: processor time and memory. Linux only; elsewhere these figures are left out, never guessed.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const onLinux = process.platform === 'linux';
const ticksASecond = onLinux ? Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' })) : Number.NaN;

interface Stat {
  readonly parent: number;
  readonly ticks: number;
  readonly ticksOfEndedChildren: number;
}

function statOf(pid: number | string): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const at = (field: number) => Number(fields[field - 3]);
    return { parent: at(4), ticks: at(14) + at(15), ticksOfEndedChildren: at(16) + at(17) };
  } catch {
    return null;
  }
}

/** Processor seconds of a process so far; with `family`, those of its children as well, ended ones included. */
export function cpuSeconds(pid: number, family = false): number {
  if (!onLinux) return Number.NaN;
  const own = statOf(pid);
  if (own === null) return Number.NaN;
  let ticks = own.ticks;
  if (family) {
    ticks += own.ticksOfEndedChildren;
    for (const name of readdirSync('/proc')) {
      const stat = /^\d+$/.test(name) ? statOf(name) : null;
      if (stat?.parent === pid) ticks += stat.ticks;
    }
  }
  return ticks / ticksASecond;
}

/** Resident memory now, bytes. */
export function residentBytes(pid: number): number {
  if (!onLinux) return Number.NaN;
  const found = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return found ? Number(found[1]) * 1024 : Number.NaN;
}

/** Who used how much of the machine while `work` ran: cores, by name. */
export async function watched<T>(
  processes: Readonly<Record<string, { readonly pid: number; readonly family?: boolean }>>,
  work: () => Promise<T>,
): Promise<{ result: T; seconds: number; cores: Record<string, number> }> {
  const reading = () => Object.entries(processes).map(([name, { pid, family }]) => [name, cpuSeconds(pid, family)] as const);
  const before = new Map(reading());
  const startedAt = performance.now();
  const result = await work();
  const seconds = (performance.now() - startedAt) / 1000;
  const cores = Object.fromEntries(reading().map(([name, used]) => [name, (used - (before.get(name) ?? 0)) / seconds]));
  return { result, seconds, cores };
}
