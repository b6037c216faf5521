import { type DynamicModule, Module } from '@nestjs/common';
import { HealthController } from './health.controller.js';
import { MetricsController } from './metrics.controller.js';
import { HttpMetrics } from './metrics.js';
import { RateLimits } from './rate-limit.js';
import { Readiness } from './readiness.js';

@Module({})
class EdgeModule {}

/** What the edge made before Nest started, for everybody: `HttpMetrics`, `Readiness` and `RateLimits` can be injected anywhere. */
export function edgeModule(parts: { metrics: HttpMetrics; readiness: Readiness; rates: RateLimits }): DynamicModule {
  return {
    module: EdgeModule,
    global: true,
    controllers: [HealthController, MetricsController],
    providers: [
      { provide: HttpMetrics, useValue: parts.metrics },
      { provide: Readiness, useValue: parts.readiness },
      { provide: RateLimits, useValue: parts.rates },
    ],
    exports: [HttpMetrics, Readiness, RateLimits],
  };
}
