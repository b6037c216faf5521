import { type DynamicModule, Module } from '@nestjs/common';
import { AuthModule } from './auth/auth.module.js';
import { remoteKeys } from './auth/issuer-keys.js';
import { ALGORITHMS } from './auth/token.js';
import { AuthorizationModule, type AuthorizationParts } from './authorization/authorization.module.js';
import type { Config } from './config.js';
import { demoTokenRules } from './demo/issuer/access-token.js';
import { DemoIssuerModule } from './demo/issuer/issuer.module.js';

/** The table of contents: every module of the service, and what the composition root hands them. */
@Module({})
export class AppModule {
  static register(config: Config, parts: AuthorizationParts): DynamicModule {
    const { oidcIssuer: issuer, oidcAudience: audience, dataDir } = config;
    return {
      module: AppModule,
      imports: [
        issuer === null
          ? AuthModule.register({ rules: () => demoTokenRules(dataDir) })
          : AuthModule.register({ rules: () => ({ issuer, audience, algorithms: ALGORITHMS, keys: remoteKeys({ issuer }) }) }),
        ...(issuer === null ? [DemoIssuerModule.register({ dataDir })] : []),
        AuthorizationModule.register(parts),
      ],
    };
  }
}
