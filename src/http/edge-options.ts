import type { Logger } from 'pino';
import type { LaneLimits } from './overload.js';
import type { RateLimitOptions } from './rate-limit.js';

/** Sizes and times at the edge (T22, T23). Milliseconds and bytes, as the names say. */
export interface EdgeLimits {
  readonly bodyBytes: number;
  readonly headerBytes: number;
  /** All headers must have arrived. */
  readonly headersMs: number;
  /** The whole request must have arrived. */
  readonly requestMs: number;
  /** Nothing sent or received for this long, also while a handler works. */
  readonly idleMs: number;
  readonly keepAliveMs: number;
  /** How often Node looks for requests that are too slow. */
  readonly slowCheckMs: number;
  readonly connections: number;
  /** Requests at work when the service is told to stop get this long. */
  readonly drainMs: number;
}

export const EDGE_LIMITS: EdgeLimits = {
  bodyBytes: 64 * 1024,
  headerBytes: 16 * 1024,
  headersMs: 5_000,
  requestMs: 10_000,
  idleMs: 30_000,
  keepAliveMs: 10_000,
  slowCheckMs: 1_000,
  connections: 2_000,
  drainMs: 5_000,
};

// Sized for two cores: at 1,500 requests a second and some 10 ms each, 16 are at work. The counter gets a pool of its own in the
// database as well; more at work than connections only moves the queue from here, where it is bounded and answered, to there. Whoever waited
// here may wait once more for his connections (REMS_POOL_WAIT_MS, at most 200 ms for all of them): together that has to stay below 250 ms.
export const LANE_LIMITS: Readonly<Record<'counter' | 'rest', LaneLimits>> = {
  counter: { maxInFlight: 64, maxQueued: 128, maxWaitMs: 40 },
  rest: { maxInFlight: 32, maxQueued: 64, maxWaitMs: 40 },
};

// A pharmacy chain's counters share one address, so the limit by address is wide; the one by caller is what a person or a system needs.
export const RATE_LIMITS: RateLimitOptions = {
  address: { burst: 2_000, perSecond: 1_000 },
  caller: { burst: 200, perSecond: 100 },
  failedSignIn: { burst: 20, perSecond: 0.2 },
};

export interface EdgeOptions {
  readonly log: Logger;
  readonly limits?: Partial<EdgeLimits>;
  /** Routes whose bodies are documents, with the bytes that one may have. */
  readonly largeBodies?: Readonly<Record<string, number>>;
  readonly lanes?: Partial<Readonly<Record<'counter' | 'rest', LaneLimits>>>;
  readonly rates?: Partial<RateLimitOptions>;
  /** Addresses of our own proxies whose X-Forwarded-For is believed; off when left out, so nobody can choose his own address. */
  readonly trustedProxies?: readonly string[];
}
