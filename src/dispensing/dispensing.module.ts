import { type DynamicModule, Logger, Module } from '@nestjs/common';
import { Counter } from 'prom-client';
import { HttpMetrics } from '../http/metrics.js';
import { CounterController } from './counter.controller.js';
import { CounterService } from './counter.service.js';
import { MissBudget, type MissScope, missLimits } from './miss-budget.js';
import { ReservationController } from './reservation.controller.js';
import { ReservationService } from './reservation.service.js';
import { ReservationStore } from './reservation.store.js';

/** Somebody tries numbers: an alarm, without a word about who or which. */
function watchedBudget({ registry }: HttpMetrics, missesPerTenMinutes: number): MissBudget {
  const spent = new Counter({
    name: 'counter_miss_budget_spent_total',
    help: 'Times that so many numbers or names did not match that no more are looked up for a while',
    labelNames: ['scope'],
    registers: [registry],
  });
  for (const scope of ['caller', 'site', 'overall'] satisfies MissScope[]) spent.inc({ scope }, 0);
  const log = new Logger('counter');
  return new MissBudget(missLimits(missesPerTenMinutes), (scope) => {
    spent.inc({ scope });
    log.error(`Too many numbers did not match: the budget of a scope is spent (${scope}).`);
  });
}

@Module({})
export class DispensingModule {
  static register({ missesPerTenMinutes }: { readonly missesPerTenMinutes: number }): DynamicModule {
    return {
      module: DispensingModule,
      controllers: [CounterController, ReservationController],
      providers: [
        CounterService,
        ReservationService,
        ReservationStore,
        {
          provide: MissBudget,
          useFactory: (metrics: HttpMetrics) => watchedBudget(metrics, missesPerTenMinutes),
          inject: [HttpMetrics],
        },
      ],
    };
  }
}
