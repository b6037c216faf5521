import { type DynamicModule, Module } from '@nestjs/common';
import { EntrySigner } from '../compliance-log/signer.js';
import type { Pools } from '../database/pools.js';
import { EditionCatalogue } from '../program/edition.catalogue.js';
import { AuthorizationController } from './authorization.controller.js';
import { AuthorizationService } from './authorization.service.js';
import { DESK_PHONE, POOLS, RUNNER_PARTS } from './authorization.tokens.js';
import { CaseStore } from './case.store.js';
import { CommandRunner, type RunnerParts } from './command.runner.js';
import { CommandLookupController } from './command-lookup.controller.js';
import { CommandLookup } from './command-lookup.js';

export interface AuthorizationParts {
  readonly pools: Pools;
  readonly catalogue: EditionCatalogue;
  readonly signer: EntrySigner;
  readonly maxClockSkewMs: number;
  readonly deskPhone: string;
  readonly alarm: RunnerParts['alarm'];
}

@Module({})
export class AuthorizationModule {
  static register(parts: AuthorizationParts): DynamicModule {
    const { catalogue, signer, maxClockSkewMs, deskPhone, alarm } = parts;
    const store = new CaseStore(catalogue);
    const runnerParts: RunnerParts = { store, catalogue, signer, maxClockSkewMs, deskPhone, alarm };
    const runner = new CommandRunner(runnerParts);
    const shared = [
      { provide: POOLS, useValue: parts.pools },
      { provide: DESK_PHONE, useValue: parts.deskPhone },
      { provide: CaseStore, useValue: store },
      { provide: CommandRunner, useValue: runner },
      { provide: RUNNER_PARTS, useValue: runnerParts },
      { provide: EditionCatalogue, useValue: parts.catalogue },
      { provide: EntrySigner, useValue: parts.signer },
    ];
    return {
      module: AuthorizationModule,
      global: true,
      controllers: [AuthorizationController, CommandLookupController],
      providers: [...shared, AuthorizationService, CommandLookup],
      exports: shared,
    };
  }
}
