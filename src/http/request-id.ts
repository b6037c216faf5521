import type { IncomingMessage } from 'node:http';
import { newId } from '../chance.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}

/**
 * The caller's `X-Request-Id` when it is a UUID, else a new UUIDv7. Only UUIDs are taken over: the id is written to the log and
 * answered as `urn:uuid:…`, and free text there would be a way to smuggle names and line breaks into both.
 */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id'];
  return isUuid(given) ? given.toLowerCase() : newId();
}
