import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { principalOfRequest } from '../auth/auth.decorators.js';
import type { HttpMetrics } from './metrics.js';
import { answeredProblem } from './problem.filter.js';

const ROLE = /^[a-z][a-z-]{0,39}$/;

/**
 * One line and one observation per request, written when its answer has left or its caller has gone. The route is our template,
 * never the address that was asked for: addresses carry ids, and an unmatched one carries whatever somebody typed.
 */
export function logRequests(fastify: FastifyInstance, log: Logger, metrics: HttpMetrics): void {
  const write = (request: FastifyRequest, reply: FastifyReply): void => {
    const route = request.is404 ? 'unmatched' : (request.routeOptions.url ?? 'unmatched');
    const problem = answeredProblem(request.raw);
    const role = principalOfRequest(request)?.role; // the role, never who it is
    const ms = reply.elapsedTime;
    // nginx's 499: nobody was there any more to be answered.
    const status = reply.raw.headersSent ? reply.statusCode : 499;
    metrics.observe(route, request.method, status, ms / 1_000);
    if (problem) metrics.problem(problem.code);
    const quiet = route === '/metrics' || route.startsWith('/health/');
    log[status >= 500 ? 'warn' : quiet ? 'debug' : 'info'](
      {
        requestId: request.id,
        method: request.method,
        route,
        status,
        durationMs: Math.round(ms * 100) / 100,
        lane: request.routeOptions.config?.lane,
        role: role !== undefined && ROLE.test(role) ? role : undefined,
        code: problem?.code,
        reference: problem?.reference,
        aborted: reply.raw.writableFinished ? undefined : true,
      },
      'request',
    );
  };
  fastify.addHook('onRequest', (request, reply, next) => {
    // 'close' comes for every answer, also when the caller went away; Fastify's onResponse only for those that were sent.
    reply.raw.once('close', () => write(request, reply));
    next();
  });
}
