import { type DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AUTH_CLOCK, AuthGuard } from './auth.guard.js';
import { type TokenRules, TokenVerifier } from './token.js';

export interface AuthOptions {
  /** Of the deployment's own issuer, or of the demo's. A function may read keys first. */
  readonly rules: () => TokenRules | Promise<TokenRules>;
  readonly now?: () => number;
}

/** Puts the guard before every route of the application. */
@Module({})
export class AuthModule {
  static register(options: AuthOptions): DynamicModule {
    return {
      module: AuthModule,
      global: true,
      providers: [
        { provide: AUTH_CLOCK, useValue: options.now ?? Date.now },
        { provide: TokenVerifier, useFactory: async () => new TokenVerifier(await options.rules()) },
        { provide: APP_GUARD, useClass: AuthGuard },
      ],
      exports: [TokenVerifier, AUTH_CLOCK],
    };
  }
}
