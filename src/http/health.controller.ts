import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Operation } from '../auth/auth.decorators.js';
import { InLane } from './overload.js';
import { Problem } from './problem.js';
import { type PartState, Readiness } from './readiness.js';

@ApiTags('operations')
@Controller('health')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  /** Answers as long as the process can answer anything; asks nobody, so a slow database does not get the process killed. */
  @Get('live')
  @Operation('health', { summary: 'Is the process alive?' })
  @InLane('open')
  @ApiOkResponse({ schema: { type: 'object', required: ['status'], properties: { status: { type: 'string', enum: ['live'] } } } })
  live(): { status: 'live' } {
    return { status: 'live' };
  }

  @Get('ready')
  @Operation('ready', { summary: 'Should this process get requests? 503 names the parts that are not ready' })
  @InLane('open')
  @ApiOkResponse({
    schema: {
      type: 'object',
      required: ['status', 'parts'],
      properties: { status: { type: 'string', enum: ['ready'] }, parts: { type: 'object', additionalProperties: { type: 'string' } } },
    },
  })
  async ready(): Promise<{ status: 'ready'; parts: Readonly<Record<string, PartState>> }> {
    const parts = await this.readiness.states();
    const missing = Object.keys(parts).filter((part) => parts[part] !== 'ready');
    if (missing.length === 0) return { status: 'ready', parts };
    throw new Problem({
      status: 503,
      code: 'not-ready',
      title: 'The service is not ready',
      detail: `Not ready: ${missing.join(', ')}.`,
      extensions: { parts },
    });
  }
}
