import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Operation } from '../auth/auth.decorators.js';
import { HttpMetrics } from './metrics.js';
import { InLane } from './overload.js';

@ApiTags('operations')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: HttpMetrics) {}

  @Get()
  @InLane('open')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @Operation('metrics', { summary: 'Counters and durations for Prometheus; no ids, no personal data' })
  @ApiOkResponse({ content: { 'text/plain': { schema: { type: 'string' } } } })
  read(): Promise<string> {
    return this.metrics.text();
  }
}
