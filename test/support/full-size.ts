/** Whether this is the nightly run, which plays every journey at its full size; `npm test` plays the same code with fewer rounds. */
export const FULL = (globalThis as { full?: boolean }).full === true;

/** The size of something in this run. */
export const sized = (normal: number, full: number): number => (FULL ? full : normal);

/** A figure worth keeping from the nightly run. */
export function report(line: string): void {
  if (FULL) process.stderr.write(`  ${line}\n`);
}
