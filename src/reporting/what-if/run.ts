import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Instant } from '../../domain/calendar.js';
import { type Edition, editionFrom } from '../../domain/program.js';
import { EditionCatalogue } from '../../program/edition.catalogue.js';
import type { Terms } from './course.js';
import type { Difference } from './difference.js';
import { HistoryStore, type Slice } from './history.store.js';
import { judgeHistory, type Sink } from './judge.js';
import { addTally, Counter, emptyTally, type Tally } from './tally.js';

/** What is asked: plain values, because every thread gets a copy. */
export interface Asked {
  readonly program: string;
  /** The other edition's document, checked, and its hash. */
  readonly document: object;
  readonly hash: string;
  readonly from: Instant | null;
  readonly until: Instant | null;
  /** Categories of earlier editions that the other one calls otherwise. */
  readonly sameCategories: Readonly<Record<string, string>>;
  /** One patient in so many is judged again under the editions of the record too; 0: none. */
  readonly controlOneIn: number;
}

export interface RunOptions {
  readonly databaseUrl: string;
  /** The editions of a service at work; null: read from the folder and the database. */
  readonly catalogue?: EditionCatalogue | null;
  /** 0: in this thread, between whatever else it does. */
  readonly threads: number;
  /** Megabytes of heap a thread may keep: one that needs more ends the run, instead of taking the machine's memory from the counter. */
  readonly threadMb?: number;
  /** Gets every difference, in the order of the patients of a slice; null when only the counts are wanted. */
  readonly sink: Sink | null;
  readonly progress?: (progress: Progress) => void;
  /** Ends the run. */
  readonly signal?: AbortSignal;
}

export interface Progress {
  readonly decisions: number;
  readonly slicesDone: number;
  readonly slices: number;
  readonly elapsedMs: number;
}

export interface Ran {
  readonly tally: Tally;
  /** The moment whose log was read. */
  readonly asOf: Instant;
  readonly from: Instant | null;
  readonly until: Instant;
  readonly elapsedMs: number;
  readonly threads: number;
  /** The editions on file at that moment, by hash. */
  readonly editionOf: (hash: string) => Edition | undefined;
}

const THREAD_MB = 256;
/** For what one decision makes and the next one needs no more: larger than usual, so that little of it is ever copied. */
const YOUNG_MB = 32;

/** Patients in a slice: small enough that the last one does not keep a thread waiting, large enough that a query is worth it. */
const SLICE = 100;

export class Aborted extends Error {}

/** The terms of a run: with every edition that a decision of that moment can name, the published ones too. */
export async function termsOf(
  { document, hash, from, sameCategories }: Asked,
  store: HistoryStore,
  known: EditionCatalogue | null = null,
): Promise<Terms> {
  const catalogue = known ?? EditionCatalogue.fromFolder();
  // One that is in use keeps up by itself; and this picture may be older than what it knows.
  if (known === null) await catalogue.refresh(store);
  return {
    other: editionFrom(document, hash),
    from: from ?? Number.NEGATIVE_INFINITY,
    sameCategories,
    onFile: { editionOf: (each) => catalogue.withHash(each), factsOf: (hashes) => catalogue.drugs.withHashes(hashes) },
  };
}

/** Judges a program's whole history again, on as many threads as asked for, over one and the same picture of the log. Writes nothing. */
export async function runWhatIf(asked: Asked, options: RunOptions): Promise<Ran> {
  const startedAt = performance.now();
  const store = await HistoryStore.open(options.databaseUrl);
  try {
    const asOf = await store.now();
    const until = asked.until ?? asOf;
    const slices = await store.slices(asked.program, SLICE);
    const terms = await termsOf(asked, store, options.catalogue);
    const told = progressOf(slices.length, startedAt, options.progress);
    const threads = Math.min(options.threads, Math.max(1, slices.length));
    const queue = [...slices].reverse();
    const tally =
      threads === 0
        ? await inThisThread(store, asked, terms, until, queue, options, told)
        : await onThreads(await store.snapshot(), threads, asked, until, queue, options, told);
    const { editionOf } = terms.onFile;
    return { tally, asOf, from: asked.from, until, elapsedMs: performance.now() - startedAt, threads, editionOf };
  } finally {
    await store.close();
  }
}

interface Told {
  decisions(more: number): void;
  slice(): void;
}

function progressOf(slices: number, startedAt: number, progress: RunOptions['progress']): Told {
  let [decisions, slicesDone] = [0, 0];
  const tell = () => progress?.({ decisions, slicesDone, slices, elapsedMs: performance.now() - startedAt });
  return {
    decisions: (more) => {
      decisions += more;
      tell();
    },
    slice: () => {
      slicesDone += 1;
      tell();
    },
  };
}

/** Judges one slice. @param more told every so many decisions, so that a bar moves within a long slice */
export async function judgeSlice(
  store: HistoryStore,
  asked: Asked,
  slice: Slice,
  until: Instant,
  terms: Terms,
  { sink, more }: { sink: Sink | null; more: (decisions: number) => void | Promise<void> },
): Promise<Tally> {
  const counter = new Counter();
  let told = 0;
  for await (const history of store.histories(asked.program, slice, until)) {
    const differences = judgeHistory(history, terms, counter, asked.controlOneIn);
    if (sink && differences.length > 0) await sink(differences);
    const { decisions, before, kept } = counter.tally;
    await more(decisions + before + kept - told);
    told = decisions + before + kept;
  }
  return counter.tally;
}

async function inThisThread(
  store: HistoryStore,
  asked: Asked,
  terms: Terms,
  until: Instant,
  queue: Slice[],
  options: RunOptions,
  told: Told,
): Promise<Tally> {
  const tally = emptyTally();
  for (let slice = queue.pop(); slice !== undefined; slice = queue.pop()) {
    const done = await judgeSlice(store, asked, slice, until, terms, {
      sink: options.sink,
      more: async (decisions) => {
        told.decisions(decisions);
        if (options.signal?.aborted) throw new Aborted('The what-if was ended.');
        // Somebody else may be waiting for this thread.
        await new Promise(setImmediate);
      },
    });
    addTally(tally, done);
    told.slice();
  }
  return tally;
}

export type ToThread = { readonly slice: Slice } | 'acknowledged' | 'end';
export type FromThread =
  | { readonly ready: true }
  | { readonly decisions: number }
  | { readonly differences: readonly Difference[] }
  | { readonly done: Tally };

export interface ThreadData {
  readonly asked: Asked;
  readonly databaseUrl: string;
  readonly snapshot: string;
  readonly until: Instant;
  readonly lists: boolean;
}

async function onThreads(
  snapshot: string,
  threads: number,
  asked: Asked,
  until: Instant,
  queue: Slice[],
  { databaseUrl, sink, signal, threadMb = THREAD_MB }: RunOptions,
  told: Told,
): Promise<Tally> {
  const tally = emptyTally();
  const data: ThreadData = { asked, databaseUrl, snapshot, until, lists: sink !== null };
  const workers = Array.from(
    { length: threads },
    () =>
      new Worker(fileURLToPath(new URL('./thread.js', import.meta.url)), {
        workerData: data,
        resourceLimits: { maxOldGenerationSizeMb: threadMb, maxYoungGenerationSizeMb: YOUNG_MB },
      }),
  );
  const stop = () => Promise.all(workers.map((worker) => worker.terminate()));
  try {
    await Promise.all(
      workers.map(
        (worker) =>
          new Promise<void>((resolve, reject) => {
            const send = (message: ToThread) => worker.postMessage(message);
            const next = () => {
              const slice = queue.pop();
              send(slice === undefined ? 'end' : { slice });
            };
            worker.on('error', reject);
            worker.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`A thread of the what-if ended with ${code}.`))));
            signal?.addEventListener('abort', () => reject(new Aborted('The what-if was ended.')), { once: true });
            if (signal?.aborted) reject(new Aborted('The what-if was ended.'));
            worker.on('message', (message: FromThread) => {
              if ('ready' in message) next();
              else if ('decisions' in message) told.decisions(message.decisions);
              else if ('differences' in message)
                // The thread waits until the list has taken these, so that a slow reader holds the run back and not the memory.
                (sink ? sink(message.differences) : Promise.resolve()).then(() => send('acknowledged'), reject);
              else {
                addTally(tally, message.done);
                told.slice();
                next();
              }
            });
          }),
      ),
    );
    return tally;
  } finally {
    await stop();
  }
}
