import { parentPort, workerData } from 'node:worker_threads';
import { HistoryStore } from './history.store.js';
import type { Sink } from './judge.js';
import { type FromThread, judgeSlice, type ThreadData, type ToThread, termsOf } from './run.js';

/** One thread of a what-if: takes slices until there are none, each over the same picture of the log. */
const port = parentPort;
if (port === null) throw new Error('This file is the inside of a thread.');
const { asked, databaseUrl, snapshot, until, lists } = workerData as ThreadData;
const send = (message: FromThread) => port.postMessage(message);

const TELL_EVERY = 2_000;
let untold = 0;
const more = (decisions: number) => {
  untold += decisions;
  if (untold < TELL_EVERY) return;
  send({ decisions: untold });
  untold = 0;
};

let acknowledged: (() => void) | null = null;
const sink: Sink = (differences) =>
  new Promise((resolve) => {
    acknowledged = resolve;
    send({ differences });
  });

const store = await HistoryStore.open(databaseUrl, snapshot);
const terms = await termsOf(asked, store);

async function judge(slice: Parameters<typeof judgeSlice>[2]): Promise<void> {
  const done = await judgeSlice(store, asked, slice, until, terms, { sink: lists ? sink : null, more });
  if (untold > 0) send({ decisions: untold });
  untold = 0;
  send({ done });
}

port.on('message', (message: ToThread) => {
  if (message === 'acknowledged') acknowledged?.();
  else if (message === 'end') void store.close().finally(() => port.close());
  // An unhandled failure ends the thread, and with it the run: nothing is left out in silence.
  else void judge(message.slice);
});
send({ ready: true });
