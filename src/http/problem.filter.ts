import type { IncomingMessage } from 'node:http';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { Unauthenticated } from '../auth/auth.errors.js';
import { errorFacts } from './error-facts.js';
import { knownFailure } from './known-failures.js';
import type { KnownRoutes } from './known-routes.js';
import {
  isProblemLike,
  newReference,
  PROBLEM_CONTENT_TYPE,
  type ProblemLike,
  problemHeaders,
  problemSlug,
  standardProblem,
  toProblemBody,
} from './problem.js';
import { addressKey, type RateLimits, type TooManyRequests } from './rate-limit.js';
import { requestIdOf } from './request-id.js';

/** What the request's log line says about the problem it was answered with. */
export interface AnsweredProblem {
  readonly code: string;
  readonly reference: string;
}

// Under load and while stopping these are ordinary; the request's own line and a counter are enough for them.
const EVERYDAY = new Set(['overloaded', 'unavailable', 'not-ready']);

const answered = new WeakMap<IncomingMessage, AnsweredProblem>();

export function answeredProblem(raw: IncomingMessage): AnsweredProblem | undefined {
  return answered.get(raw);
}

/** Turns everything that is thrown, ours or not, into one problem answer; what nobody expected is logged and not explained. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly adapter: AbstractHttpAdapter,
    private readonly routes: KnownRoutes,
    private readonly log: Logger,
    private readonly rates: RateLimits,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    // A middleware's error comes with Node's own request; everything else with Fastify's.
    const request = http.getRequest<FastifyRequest | IncomingMessage>();
    const response = http.getResponse<FastifyReply>();
    const raw = 'raw' in request ? request.raw : request;
    const requestId = 'raw' in request ? request.id : requestIdOf(request);
    const reference = newReference();
    const problem = this.#problemOf(thrown, request);
    answered.set(raw, { code: problemSlug(problem.code), reference });
    if (problem.status >= 500 && !EVERYDAY.has(problem.code)) {
      const route = 'raw' in request ? request.routeOptions.url : undefined;
      this.log.error({ requestId, reference, route, code: problemSlug(problem.code), error: thrown }, 'request failed');
    }
    if (this.adapter.isHeadersSent(response)) return;
    for (const [name, value] of Object.entries(problemHeaders(problem))) this.adapter.setHeader(response, name, value);
    this.adapter.setHeader(response, 'content-type', PROBLEM_CONTENT_TYPE);
    this.adapter.reply(response, this.#serialize(problem, requestId, reference), problem.status);
  }

  #problemOf(thrown: unknown, request: FastifyRequest | IncomingMessage): ProblemLike {
    if (thrown instanceof Unauthenticated && thrown.fault !== 'absent' && 'raw' in request) {
      try {
        this.rates.take('failedSignIn', addressKey(request.ip));
      } catch (limited) {
        return limited as TooManyRequests;
      }
    }
    const known = isProblemLike(thrown) ? thrown : knownFailure(thrown);
    if (known) return known;
    if (!(thrown instanceof HttpException)) return standardProblem(500);
    const status = thrown.getStatus();
    if (status === 404 && 'raw' in request && request.is404) {
      const methods = this.routes.methodsAt(request.raw.url ?? '');
      if (methods.length > 0) return standardProblem(405, { allow: methods.join(', ') });
    }
    if (status === 401) return standardProblem(401, { 'www-authenticate': 'Bearer' });
    return standardProblem(status);
  }

  #serialize(problem: ProblemLike, requestId: string, reference: string): string {
    try {
      return JSON.stringify(toProblemBody(problem, requestId, reference));
    } catch (error) {
      // An extension that cannot be written (a cycle, a bigint) must not cost the caller the problem itself.
      this.log.error({ requestId, reference, error }, `problem extension not serializable: ${errorFacts(error).name}`);
      const { status, code, title, detail } = problem;
      return JSON.stringify(toProblemBody({ status, code, title, detail }, requestId, reference));
    }
  }
}
