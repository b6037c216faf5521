import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { NestApplication, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { CallerLimitGuard } from './caller-limit.guard.js';
import { Drain } from './drain.js';
import { edgeModule } from './edge.module.js';
import { EDGE_LIMITS, type EdgeLimits, type EdgeOptions, LANE_LIMITS, RATE_LIMITS } from './edge-options.js';
import { KnownRoutes } from './known-routes.js';
import { NestLog } from './logging.js';
import { HttpMetrics } from './metrics.js';
import { guardLanes, LaneLimiter, type Lanes } from './overload.js';
import { ProblemFilter } from './problem.filter.js';
import { standardProblem } from './problem.js';
import { addressKey, RateLimits } from './rate-limit.js';
import { answerParserError, answerRouterError } from './raw-problem.js';
import { Readiness } from './readiness.js';
import { requestIdOf } from './request-id.js';
import { logRequests } from './request-log.js';
import { useStrictJson } from './strict-json.js';
import { createValidationPipe } from './validation.js';

@Module({})
class ServiceRoot {}

/**
 * The Nest application behind our edge: limits, strict JSON, problems, lanes, request ids, logs and metrics. Not listening yet.
 * `app.close()` is graceful and may be called any number of times, from a signal and from a test alike.
 */
export async function createApplication(rootModule: Type | DynamicModule, options: EdgeOptions): Promise<NestFastifyApplication> {
  const limits: EdgeLimits = { ...EDGE_LIMITS, ...options.limits };
  const metrics = new HttpMetrics();
  const readiness = new Readiness();
  const rates = new RateLimits({ ...RATE_LIMITS, ...options.rates }, (kind) => metrics.limited(kind));
  const lanes: Lanes = {
    counter: new LaneLimiter({ ...LANE_LIMITS.counter, ...options.lanes?.counter }, () => metrics.shed('counter')),
    rest: new LaneLimiter({ ...LANE_LIMITS.rest, ...options.lanes?.rest }, () => metrics.shed('rest')),
  };
  metrics.watchLanes(lanes);

  const adapter = createAdapter(limits, metrics, options.log, options.trustedProxies);
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  const routes = new KnownRoutes();
  const drain = new Drain(fastify, readiness, lanes, limits.drainMs);
  adapter.drain = drain;
  fastify.server.maxConnections = limits.connections;
  routes.watch(fastify);
  fastify.addHook('onRoute', (route) => {
    const bytes = options.largeBodies?.[route.url];
    if (bytes !== undefined) route.bodyLimit = bytes;
  });
  guardLanes(fastify, lanes);
  useStrictJson(fastify);
  drain.watch();
  logRequests(fastify, options.log, metrics);
  guardDoor(fastify, rates, drain);

  const edge = edgeModule({ metrics, readiness, rates });
  const app = await NestFactory.create<NestFastifyApplication>({ module: ServiceRoot, imports: [edge, rootModule] }, adapter, {
    bodyParser: false, // ours is the only one
    abortOnError: false, // a failed start is thrown to main.ts, which says it in words
    logger: new NestLog(options.log),
  });
  // Nest's own, the same header set as helmet's, also covers unmatched routes and failed requests. No upgrade-insecure-requests:
  // on a machine of one's own there is no TLS. Inline styles are for the page of the API description.
  app.useSecurityHeaders({
    referrerPolicy: { policy: 'no-referrer' },
    contentSecurityPolicy: {
      directives: {
        'upgrade-insecure-requests': null,
        'frame-ancestors': "'none'",
        'style-src': ["'self'", "'unsafe-inline'"],
        'font-src': ["'self'", 'data:'],
      },
    },
  });
  app.useGlobalGuards(new CallerLimitGuard(rates)); // after those of the modules, so after sign-in
  app.useGlobalPipes(createValidationPipe());
  app.useGlobalFilters(new ProblemFilter(adapter, routes, options.log, rates));
  closeOnlyOnce(app);
  return app;
}

function createAdapter(
  limits: EdgeLimits,
  metrics: HttpMetrics,
  log: Logger,
  trustedProxies: readonly string[] | undefined,
): DrainingAdapter {
  return new DrainingAdapter({
    bodyLimit: limits.bodyBytes,
    routerOptions: { maxParamLength: 3 * 128 }, // an Idempotency-Key, percent-encoded
    requestTimeout: limits.requestMs,
    connectionTimeout: limits.idleMs,
    keepAliveTimeout: limits.keepAliveMs,
    http: { maxHeaderSize: limits.headerBytes, headersTimeout: limits.headersMs, connectionsCheckingInterval: limits.slowCheckMs },
    trustProxy: trustedProxies && trustedProxies.length > 0 ? [...trustedProxies] : false,
    requestIdHeader: false, // Fastify would take any text over
    genReqId: requestIdOf,
    logger: false, // ours is in request-log.ts
    return503OnClosing: false, // Drain answers, as a problem
    clientErrorHandler: answerParserError((cause) => metrics.cut(cause)),
    frameworkErrors: answerRouterError((request, status) => {
      metrics.observe('unmatched', request.method, status, 0);
      log.info({ requestId: request.id, method: request.method, route: 'unmatched', status }, 'request');
    }),
  });
}

/** First of all: who asks too often or too late is answered before anything is read. */
function guardDoor(fastify: FastifyInstance, rates: RateLimits, drain: Drain): void {
  fastify.addHook('onRequest', (request, reply, next) => {
    reply.header('x-request-id', request.id);
    reply.header('cache-control', 'no-store');
    const path = request.routeOptions.url ?? '';
    if (path === '/metrics' || path.startsWith('/health/')) return next();
    if (drain.draining) return next(standardProblem(503));
    try {
      rates.take('address', addressKey(request.ip));
      next();
    } catch (limited) {
      next(limited as Error);
    }
  });
}

/** Nest asks the adapter before it runs the first shutdown hook: the door closes and empties while everything behind it still works. */
class DrainingAdapter extends FastifyAdapter {
  drain: Drain | undefined;

  override async beforeClose(): Promise<void> {
    super.beforeClose();
    await this.drain?.run();
  }
}

/** Nest shares one shutdown while it runs, but would run every hook again for a close that comes later; a pool ends only once. */
function closeOnlyOnce(app: NestFastifyApplication): void {
  let closing: Promise<void> | undefined;
  // Nest's proxy swallows assignments; a defined property reaches the application itself, which is then `this`.
  Object.defineProperty(app, 'close', {
    configurable: true,
    value(this: NestApplication): Promise<void> {
      closing ??= NestApplication.prototype.close.call(this);
      return closing;
    },
  });
}

/** Closes the application on SIGTERM and SIGINT, once, however often they come (npm forwards Ctrl-C a second time). */
export function closeOnSignals(app: NestFastifyApplication, log: Logger, closed: (failed: boolean) => void): void {
  let told = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (told) return;
      told = true;
      log.info({ signal }, 'stopping: no new requests, finishing those at work');
      app.close().then(
        () => closed(false),
        (error: unknown) => {
          log.error({ error, signal }, 'stopping failed');
          closed(true);
        },
      );
    });
  }
}
