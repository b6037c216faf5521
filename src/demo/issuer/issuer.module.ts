import { type DynamicModule, Inject, Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { registerIssuerRoutes } from './issuer.routes.js';

const DATA_DIR = Symbol('data folder of the demo issuer');

/** The local issuer, for trying out. Only `app.module` imports it, and never in production. */
@Module({})
export class DemoIssuerModule implements OnModuleInit {
  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(DATA_DIR) private readonly dataDir: string,
  ) {}

  static register(options: { dataDir: string }): DynamicModule {
    return { module: DemoIssuerModule, providers: [{ provide: DATA_DIR, useValue: options.dataDir }] };
  }

  async onModuleInit(): Promise<void> {
    await registerIssuerRoutes(this.host.httpAdapter.getInstance<FastifyInstance>(), this.dataDir);
  }
}
