// Two ways to offer work: a closed loop (each client sends its next request when it has its answer) and an open one (requests come when
// they come, and a late start counts as waiting).

/** One unit of work of a client; false when there is nothing left to do. */
export type Work = (client: number) => Promise<boolean>;

export interface ClosedRun {
  readonly done: number;
  readonly seconds: number;
  readonly perSecond: number;
}

/** Runs `clients` of them side by side for so long. */
export async function closedLoop(clients: number, seconds: number, work: Work): Promise<ClosedRun> {
  const startedAt = performance.now();
  const until = startedAt + seconds * 1000;
  let done = 0;
  let ranOut = false;
  const loop = async (client: number) => {
    while (performance.now() < until) {
      if (!(await work(client))) {
        ranOut = true;
        return;
      }
      done++;
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, client) => loop(client)));
  if (ranOut) throw new Error('The fixtures ran out before the time was over; make more of them.');
  const took = (performance.now() - startedAt) / 1000;
  return { done, seconds: took, perSecond: done / took };
}

/** Offers `perSecond` requests at constant distance, whatever the answers do. @returns milliseconds from each intended start to its answer */
export function openLoop(perSecond: number, count: number, send: (nth: number) => Promise<void>): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const latencies: number[] = [];
    const startedAt = performance.now() + 20;
    let sent = 0;
    const tick = () => {
      while (sent < count) {
        const intended = startedAt + (sent * 1000) / perSecond;
        const wait = intended - performance.now();
        if (wait > 0) {
          setTimeout(tick, wait);
          return;
        }
        send(sent++).then(() => {
          if (latencies.push(performance.now() - intended) === count) resolve(latencies);
        }, reject);
      }
    };
    tick();
  });
}
