import { type DynamicModule, Module } from '@nestjs/common';
import { AuthModule } from './auth/auth.module.js';
import { remoteKeys } from './auth/issuer-keys.js';
import { ALGORITHMS } from './auth/token.js';
import { AuthorizationModule, type AuthorizationParts } from './authorization/authorization.module.js';
import type { Config } from './config.js';
import { DispensingModule } from './dispensing/dispensing.module.js';
import { EvidenceModule } from './evidence/evidence.module.js';
import { MedicationModule } from './medication/medication.module.js';
import { ParticipantModule } from './participant/participant.module.js';
import { EnrollmentModule } from './patient/enrollment.module.js';
import { PatientDeskModule } from './patient-desk/patient-desk.module.js';
import { ReportModule } from './report/report.module.js';
import { ReportingModule } from './reporting/reporting.module.js';
import { StewardModule } from './steward/steward.module.js';

/** The table of contents: every module of the service, and what the composition root hands them. */
@Module({})
export class AppModule {
  static async register(config: Config, parts: AuthorizationParts): Promise<DynamicModule> {
    return {
      module: AppModule,
      imports: [
        ...(config.oidcIssuer === null ? await demoModules(config) : [authModule(config, config.oidcIssuer)]),
        AuthorizationModule.register(parts),
        DispensingModule.register(config),
        EnrollmentModule,
        EvidenceModule,
        MedicationModule,
        ParticipantModule,
        PatientDeskModule,
        ReportModule,
        ReportingModule.register(config),
        StewardModule,
      ],
    };
  }
}

function authModule({ oidcAudience: audience }: Config, issuer: string): DynamicModule {
  return AuthModule.register({ rules: () => ({ issuer, audience, algorithms: ALGORITHMS, keys: remoteKeys({ issuer }) }) });
}

/** The demo's own issuer and its accounts; production never even loads them. */
async function demoModules({ dataDir }: Config): Promise<DynamicModule[]> {
  const [{ demoTokenRules }, { DemoIssuerModule }] = await Promise.all([
    import('./demo/issuer/access-token.js'),
    import('./demo/issuer/issuer.module.js'),
  ]);
  return [AuthModule.register({ rules: () => demoTokenRules(dataDir) }), DemoIssuerModule.register({ dataDir })];
}

/** Fills an empty demo database with people and history; a database with people in it is left alone. */
export async function seedDemo(config: Config, urls: { ownerUrl: string; serviceUrl: string }, say: (text: string) => void): Promise<void> {
  const demo = await import('./demo/seed.js');
  await demo.seedDemo(config, urls, say);
}
