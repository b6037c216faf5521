/** Work that is done again and again, never twice at once. */
export interface Repeating {
  /** No further round begins; resolves when the one under way has ended. */
  stop(): Promise<void>;
}

/**
 * Rests `everyMs` after each round, so that a slow database is not asked faster than it answers. The timer keeps no process alive.
 * @param failed told what a round threw; the next one comes all the same
 */
export function repeat(everyMs: number, round: () => Promise<unknown>, failed: (error: unknown) => void): Repeating {
  let stopped = false;
  let timer: NodeJS.Timeout;
  let underWay: Promise<void> = Promise.resolve();
  const later = () => {
    timer = setTimeout(() => {
      underWay = round()
        .catch(failed)
        .then(() => {
          if (!stopped) later();
        });
    }, everyMs).unref();
  };
  later();
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await underWay;
    },
  };
}
