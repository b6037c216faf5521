import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { fieldsInvalid } from './problem.js';
import { unknownFields } from './validation.js';

/**
 * For a command that needs nothing but its address: the body may be absent or an empty object, and any field in it is named and refused, as
 * everywhere else (T11).
 */
export const NoBody = createParamDecorator((_data: undefined, context: ExecutionContext): Record<string, never> => {
  const { body } = context.switchToHttp().getRequest<FastifyRequest>();
  if (body === undefined || body === null) return {};
  if (typeof body !== 'object' || Array.isArray(body)) throw fieldsInvalid([{ pointer: '', message: 'Send an empty object, or no body.' }]);
  const extra = Object.keys(body);
  if (extra.length > 0) throw fieldsInvalid(unknownFields(extra));
  return {};
});
