import type { FastifyInstance } from 'fastify';
import type { Readiness } from './readiness.js';

/**
 * Stops the door before anything behind it stops. Nest runs `onModuleDestroy` first and closes the server afterwards, so a pool that
 * closes itself in a hook would fail the requests still at work; here they end first.
 */
export class Drain {
  #draining = false;
  #atWork = 0;
  #onIdle: (() => void) | undefined;

  constructor(
    private readonly fastify: FastifyInstance,
    private readonly readiness: Readiness,
    private readonly drainMs: number,
  ) {}

  get draining(): boolean {
    return this.#draining;
  }

  /** Counts requests; must run before routes are registered. */
  watch(): void {
    this.fastify.addHook('onRequest', (_request, _reply, next) => {
      this.#atWork++;
      next();
    });
    this.fastify.addHook('onSend', (_request, reply, _payload, next) => {
      // Node keeps a connection that was busy at close() open for the next request; this sends the client to another process.
      if (this.#draining) reply.header('connection', 'close');
      next();
    });
    this.fastify.addHook('onResponse', (_request, _reply, next) => {
      this.#atWork--;
      if (this.#atWork === 0) this.#onIdle?.();
      next();
    });
  }

  /** Refuses new connections at once and resolves when the last request has been answered, or after `drainMs`. */
  async run(): Promise<void> {
    this.#draining = true;
    this.readiness.stopping();
    const { server } = this.fastify;
    if (server.listening) server.close();
    if (this.#atWork > 0) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
        timer = setTimeout(resolve, this.drainMs);
      });
      clearTimeout(timer);
    }
    // One turn for the last answers to leave the process; then whoever still holds a connection loses it.
    await new Promise((resolve) => setImmediate(resolve));
    server.closeAllConnections();
  }
}
