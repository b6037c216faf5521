import { Param, type PipeTransform } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { standardProblem } from './problem.js';
import { isUuid } from './request-id.js';

class IdPipe implements PipeTransform {
  transform(value: unknown): string {
    // 404, not 400: something that is no id cannot exist, and the answer must not differ from that for an id of somebody else's.
    if (!isUuid(value)) throw standardProblem(404);
    return value.toLowerCase();
  }
}

/** An opaque id in the path, in lower case: `get(@IdParam() id: string)`. Anything else answers 404. */
export const IdParam =
  (name = 'id'): ParameterDecorator =>
  (target, method, index) => {
    Param(name, new IdPipe())(target, method, index);
    describeMethod(ApiParam({ name, schema: { type: 'string', format: 'uuid' } }), target, method);
  };

/** Lets a parameter decorator describe its method in the API document, so that the two cannot disagree. */
export function describeMethod(decorator: MethodDecorator, target: object, method: string | symbol | undefined): void {
  if (method === undefined) return;
  const descriptor = Object.getOwnPropertyDescriptor(target, method);
  if (descriptor) decorator(target, method, descriptor);
}
