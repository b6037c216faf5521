import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { v7 as uuidv7 } from 'uuid';
import { newReference, PROBLEM_CONTENT_TYPE, standardProblem, toProblemBody } from './problem.js';

/** Why the HTTP parser gave a connection up, as a metric label. */
export type CutCause = 'timeout' | 'header-overflow' | 'malformed';

// Requests that fail before Fastify has one: no hook, no filter and no header of ours ran, so everything is said here.
const BARE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': PROBLEM_CONTENT_TYPE,
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'",
};

/** Fastify's `clientErrorHandler`: answers what the HTTP parser refused (400, 408, 431) and closes the connection. */
export function answerParserError(onCut: (cause: CutCause) => void): (error: Error & { code?: string }, socket: Socket) => void {
  return (error, socket) => {
    if (error.code === 'ECONNRESET' || socket.destroyed) return;
    const [cause, status]: [CutCause, number] =
      error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? ['timeout', 408]
        : error.code === 'HPE_HEADER_OVERFLOW'
          ? ['header-overflow', 431]
          : ['malformed', 400];
    onCut(cause);
    if (socket.writable) {
      const body = JSON.stringify(toProblemBody(standardProblem(status), uuidv7(), newReference()));
      const head = Object.entries({ ...BARE_HEADERS, connection: 'close', 'content-length': String(Buffer.byteLength(body)) });
      socket.write(
        `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`,
      );
    }
    socket.destroy();
  };
}

/** Fastify's `frameworkErrors`: an address the router cannot read (400) or a parameter that is too long (414). */
export function answerRouterError(onRefused: (request: FastifyRequest, status: number) => void) {
  return (error: Error & { statusCode?: number }, request: FastifyRequest, reply: FastifyReply): void => {
    const problem = standardProblem(error.statusCode === 414 ? 414 : 400);
    onRefused(request, problem.status);
    void reply
      .code(problem.status)
      .headers({ ...BARE_HEADERS, 'x-request-id': request.id })
      .send(JSON.stringify(toProblemBody(problem, request.id, newReference())));
  };
}
