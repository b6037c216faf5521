import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { describeMethod } from './id-param.js';
import { Problem } from './problem.js';

const HEADER = 'idempotency-key';
const KEY = /^[\x21-\x7e]{8,128}$/;

/** Whether a command can have been sent with that key. */
export const isIdempotencyKey = (key: string): boolean => KEY.test(key);

/** The key of a command, or a 400 that says what to send. Two headers arrive joined by `, ` and are refused for the space. */
export function readIdempotencyKey(header: string | readonly string[] | undefined): string {
  if (header === undefined || header === '') {
    throw new Problem({
      status: 400,
      code: 'idempotency-key-missing',
      title: 'The Idempotency-Key header is missing',
      detail: 'Nothing was changed. Send a new random key with each command, and the same key again when you repeat it.',
    });
  }
  if (typeof header !== 'string' || !isIdempotencyKey(header)) {
    throw new Problem({
      status: 400,
      code: 'idempotency-key-malformed',
      title: 'The Idempotency-Key header cannot be used',
      detail: 'Nothing was changed. Send one key of 8 to 128 visible characters without spaces, for example a UUID.',
    });
  }
  return header;
}

const KeyOfRequest = createParamDecorator((_data: undefined, context: ExecutionContext) =>
  readIdempotencyKey(context.switchToHttp().getRequest<FastifyRequest>().headers[HEADER]),
);

/** The checked `Idempotency-Key` of a command: `issue(@IdempotencyKey() key: string, …)`. */
export const IdempotencyKey = (): ParameterDecorator => (target, method, index) => {
  KeyOfRequest()(target, method, index);
  describeMethod(
    ApiHeader({
      name: 'Idempotency-Key',
      required: true,
      description: 'A random key of this command. Repeating the command with the same key returns the first answer and changes nothing.',
      schema: { type: 'string', minLength: 8, maxLength: 128 },
    }),
    target,
    method,
  );
};
