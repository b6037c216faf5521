import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Lanes } from './overload.js';
import type { RateKind } from './rate-limit.js';
import type { CutCause } from './raw-problem.js';

// Event loop lag, memory and garbage collection belong to the process, not to an application: collected once, however many start.
let processRegistry: Registry | undefined;
function processMetrics(): Registry {
  if (!processRegistry) {
    processRegistry = new Registry();
    collectDefaultMetrics({ register: processRegistry });
  }
  return processRegistry;
}

/**
 * What the edge counts. Labels come from closed sets only: route templates of our own, methods, status classes, lanes. An id,
 * a number or a role of one person in a label would be a disclosure, and would also grow the series without bound.
 */
export class HttpMetrics {
  readonly registry = new Registry();
  readonly #duration: Histogram<'route' | 'method' | 'status'>;
  readonly #shed: Counter<'lane'>;
  readonly #limited: Counter<'kind'>;
  readonly #cut: Counter<'cause'>;
  readonly #problems: Counter<'code'>;

  constructor() {
    const registers = [this.registry];
    this.#duration = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from the first byte of a request to the last of its answer',
      labelNames: ['route', 'method', 'status'],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers,
    });
    this.#shed = new Counter({
      name: 'http_requests_shed_total',
      help: 'Requests answered 503 because their lane was full',
      labelNames: ['lane'],
      registers,
    });
    this.#limited = new Counter({ name: 'http_requests_limited_total', help: 'Requests answered 429', labelNames: ['kind'], registers });
    this.#cut = new Counter({
      name: 'http_connections_cut_total',
      help: 'Connections closed by the HTTP parser',
      labelNames: ['cause'],
      registers,
    });
    this.#problems = new Counter({ name: 'http_problems_total', help: 'Problem answers by code', labelNames: ['code'], registers });
    for (const lane of ['counter', 'rest']) this.#shed.inc({ lane }, 0); // so that an alarm on the rate has a series to start from
  }

  watchLanes(lanes: Lanes): void {
    const registers = [this.registry];
    const collect = (read: (lane: Lanes[keyof Lanes]) => number) =>
      function each(this: Gauge<'lane'>): void {
        for (const lane of ['counter', 'rest'] as const) this.set({ lane }, read(lanes[lane]));
      };
    new Gauge({
      name: 'http_requests_in_flight',
      help: 'Requests at work',
      labelNames: ['lane'],
      registers,
      collect: collect((lane) => lane.inFlight),
    });
    new Gauge({
      name: 'http_requests_queued',
      help: 'Requests waiting for a place',
      labelNames: ['lane'],
      registers,
      collect: collect((lane) => lane.queued),
    });
  }

  observe(route: string, method: string, status: number, seconds: number): void {
    this.#duration.observe({ route, method, status: `${Math.floor(status / 100)}xx` }, seconds);
  }
  problem(code: string): void {
    this.#problems.inc({ code });
  }
  shed(lane: keyof Lanes): void {
    this.#shed.inc({ lane });
  }
  limited(kind: RateKind): void {
    this.#limited.inc({ kind });
  }
  cut(cause: CutCause): void {
    this.#cut.inc({ cause });
  }

  /** Prometheus text of the edge, of whatever else registered in `registry`, and of the process. */
  async text(): Promise<string> {
    return `${await this.registry.metrics()}\n${await processMetrics().metrics()}`;
  }
}
