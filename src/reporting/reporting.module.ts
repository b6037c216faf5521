import { Module } from '@nestjs/common';
import { LogController } from './log.controller.js';
import { LogService } from './log.service.js';
import { LogStore } from './log.store.js';

/** The auditor's desk. */
@Module({ controllers: [LogController], providers: [LogService, LogStore] })
export class ReportingModule {}
