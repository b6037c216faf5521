import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import { Problem, spreadRetryAfterSeconds } from './problem.js';

/**
 * `counter` is what a person at a pharmacy counter waits for (verify, reserve, dispense); `rest` is everything else;
 * `open` (health, metrics) has no limit, because an overloaded service must still be able to say so.
 */
export type Lane = 'counter' | 'rest' | 'open';

export interface LaneLimits {
  readonly maxInFlight: number;
  readonly maxQueued: number;
  /** Longest wait in the queue. With the wait for a connection and the answer it must stay below 250 ms. */
  readonly maxWaitMs: number;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    lane?: Lane;
  }
}

/** Puts a handler into a lane; without it, `rest`. */
export const InLane = (lane: Lane): MethodDecorator => RouteConfig({ lane });

/** Too much at once: 503 with Retry-After; nothing was started, so repeating is safe. */
export class Overloaded extends Problem {
  constructor() {
    super({
      status: 503,
      code: 'overloaded',
      title: 'Too many requests at this moment',
      detail: 'Nothing was started. Wait as long as the Retry-After header says, then send the same request again.',
      headers: { 'retry-after': spreadRetryAfterSeconds() },
    });
  }
}

interface Waiting {
  readonly enter: () => void;
  readonly timer: NodeJS.Timeout;
}

/** A bounded number at work, a bounded queue, a bounded wait; first come, first served. */
export class LaneLimiter {
  #inFlight = 0;
  readonly #queue: Set<Waiting> = new Set();

  constructor(
    readonly limits: LaneLimits,
    private readonly onShed: () => void = () => {},
  ) {}

  get inFlight(): number {
    return this.#inFlight;
  }

  get queued(): number {
    return this.#queue.size;
  }

  /** Takes a place at once if one is free. Each success needs one `leave()`. */
  tryEnter(): boolean {
    if (this.#inFlight >= this.limits.maxInFlight || this.#queue.size > 0) return false;
    this.#inFlight++;
    return true;
  }

  /** Waits for a place. Rejects with `Overloaded` when the queue is full or the wait too long. */
  enter(): Promise<void> {
    if (this.tryEnter()) return Promise.resolve();
    if (this.#queue.size >= this.limits.maxQueued) return Promise.reject(this.#shed());
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        enter: resolve,
        timer: setTimeout(() => {
          this.#queue.delete(waiting);
          reject(this.#shed());
        }, this.limits.maxWaitMs),
      };
      this.#queue.add(waiting);
    });
  }

  /** Gives the place back: to the next in the queue if there is one. */
  leave(): void {
    for (const next of this.#queue) {
      this.#queue.delete(next);
      clearTimeout(next.timer);
      next.enter();
      return; // the place changes hands, the number at work stays
    }
    this.#inFlight--;
  }

  #shed(): Overloaded {
    this.onShed();
    return new Overloaded();
  }
}

export type Lanes = Readonly<Record<Exclude<Lane, 'open'>, LaneLimiter>>;

/**
 * Wraps every handler in its lane. The place is taken when the body has arrived, so that a slow sender occupies none, and is kept until
 * the handler has finished, not until the client went away: a caller who hangs up does not stop the work he started.
 * Must run before the first route is registered.
 */
export function guardLanes(fastify: FastifyInstance, lanes: Lanes): void {
  const guarded = new WeakSet<RouteHandlerMethod>(); // a GET's handler comes by a second time for its HEAD
  fastify.addHook('onRoute', (route) => {
    const lane = route.config?.lane ?? 'rest';
    if (lane === 'open' || guarded.has(route.handler)) return;
    const limiter = lanes[lane];
    const original = route.handler;
    route.handler = function inLane(this: FastifyInstance, request: FastifyRequest, reply: FastifyReply): unknown {
      const run = (): unknown => runThenLeave(limiter, () => original.call(this, request, reply));
      return limiter.tryEnter() ? run() : limiter.enter().then(run);
    };
    guarded.add(route.handler);
  });
}

function runThenLeave(limiter: LaneLimiter, work: () => unknown): unknown {
  let result: unknown;
  try {
    result = work();
  } catch (error) {
    limiter.leave();
    throw error;
  }
  if (result instanceof Promise) return result.finally(() => limiter.leave());
  limiter.leave();
  return result;
}
