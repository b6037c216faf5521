import type { Progress } from './run.js';

const WIDTH = 24;
/** A terminal is redrawn this often; a log gets a line this often. */
const REDRAW_MS = 200;
const LINE_MS = 5_000;

/** How far the run is, at what rate, and how long it still takes; null of the last before there is anything to go by. */
export function progressText({ decisions, slicesDone, slices, elapsedMs }: Progress): string {
  const share = slices === 0 ? 1 : slicesDone / slices;
  const filled = Math.round(share * WIDTH);
  const rate = elapsedMs > 0 ? Math.round(decisions / (elapsedMs / 1_000)) : 0;
  const left = share === 0 ? 'time left unknown' : `${minutes((elapsedMs / share) * (1 - share))} left`;
  return `[${'#'.repeat(filled)}${'-'.repeat(WIDTH - filled)}] ${String(Math.floor(share * 100)).padStart(3)} % · ${grouped(decisions)} decisions · ${grouped(rate)}/s · ${left}`;
}

/** Draws on a terminal, and writes a line now and then where there is none. @returns `tell` for each step, `done` at the end */
export function progressBar(out: NodeJS.WriteStream | { write(text: string): unknown; readonly isTTY?: boolean }): {
  tell: (progress: Progress) => void;
  done: () => void;
} {
  const live = out.isTTY === true;
  let last = Number.NEGATIVE_INFINITY;
  let latest: Progress | null = null;
  const draw = (progress: Progress) => out.write(live ? `\r${progressText(progress)}\u001b[K` : `${progressText(progress)}\n`);
  return {
    tell(progress) {
      latest = progress;
      if (progress.elapsedMs - last < (live ? REDRAW_MS : LINE_MS)) return;
      last = progress.elapsedMs;
      draw(progress);
    },
    done() {
      if (latest !== null) draw(latest);
      if (live && latest !== null) out.write('\n');
    },
  };
}

function minutes(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

export const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
