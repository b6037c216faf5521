import type { FastifyReply } from 'fastify';
import type { Sent } from './command.runner.js';

/** Sends the exact text: a repetition of a command is answered byte for byte as the first time, and says so in a header. */
export function send(reply: FastifyReply, sent: Sent): void {
  if (sent.replayed) reply.header('idempotent-replayed', 'true');
  reply.status(sent.status).header('content-type', sent.contentType).send(sent.text);
}
