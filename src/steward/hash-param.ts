import { Param, type PipeTransform } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { describeMethod } from '../http/id-param.js';
import { standardProblem } from '../http/problem.js';

class HashPipe implements PipeTransform {
  transform(value: unknown): string {
    // 404, as for any other thing that does not exist.
    if (typeof value !== 'string' || !/^[0-9a-f]{64}$/i.test(value)) throw standardProblem(404);
    return value.toLowerCase();
  }
}

/** A SHA-256 in the path, in lower case. Anything else answers 404. */
export const HashParam =
  (name: string): ParameterDecorator =>
  (target, method, index) => {
    Param(name, new HashPipe())(target, method, index);
    describeMethod(ApiParam({ name, schema: { type: 'string', pattern: '^[0-9a-f]{64}$' } }), target, method);
  };
