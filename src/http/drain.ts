import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Lanes } from './overload.js';
import type { Readiness } from './readiness.js';

const LOOK_EVERY_MS = 10;

/**
 * Stops the door before anything behind it stops. Nest runs `onModuleDestroy` first and closes the server afterwards, so a pool that
 * closes itself in a hook would fail the requests still at work; here they end first.
 */
export class Drain {
  #draining = false;
  #open = 0;

  constructor(
    private readonly fastify: FastifyInstance,
    private readonly readiness: Readiness,
    private readonly lanes: Lanes,
    private readonly drainMs: number,
  ) {}

  get draining(): boolean {
    return this.#draining;
  }

  /** Counts requests; must run before routes are registered. */
  watch(): void {
    this.fastify.addHook('onRequest', (_request, reply, next) => {
      this.#open++;
      // 'close' comes for every answer, also when the caller went away; Fastify's onResponse only for those that were sent.
      reply.raw.once('close', () => {
        this.#open--;
      });
      next();
    });
    this.fastify.addHook('onSend', (_request, reply, _payload, next) => {
      // Node keeps a connection that was busy at close() open for the next request; this sends the client to another process.
      if (this.#draining) reply.header('connection', 'close');
      next();
    });
  }

  /**
   * Refuses new connections at once and resolves when the last request has been answered and the last handler has finished (a caller
   * who hung up leaves one working), or after `drainMs`. Whoever still holds a connection then loses it.
   */
  async run(): Promise<void> {
    this.#draining = true;
    this.readiness.stopping();
    const { server } = this.fastify;
    if (server.listening) server.close();
    const deadline = performance.now() + this.drainMs;
    while (this.#busy() && performance.now() < deadline) await wait(LOOK_EVERY_MS);
    server.closeAllConnections();
  }

  #busy(): boolean {
    return this.#open > 0 || this.lanes.counter.inFlight > 0 || this.lanes.rest.inFlight > 0;
  }
}
