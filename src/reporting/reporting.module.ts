import { type DynamicModule, Module } from '@nestjs/common';
import { LogController } from './log.controller.js';
import { LogService } from './log.service.js';
import { LogStore } from './log.store.js';
import { WhatIfController } from './what-if/what-if.controller.js';
import { WHAT_IF_THREADS, WhatIfService } from './what-if/what-if.service.js';

/** The auditor's desk, and the steward's preview of an edition. */
@Module({})
export class ReportingModule {
  static register({ whatIfThreads }: { readonly whatIfThreads: number }): DynamicModule {
    return {
      module: ReportingModule,
      controllers: [LogController, WhatIfController],
      providers: [LogService, LogStore, WhatIfService, { provide: WHAT_IF_THREADS, useValue: whatIfThreads }],
    };
  }
}
