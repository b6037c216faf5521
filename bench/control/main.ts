// The control: the same edge, sign-in, request classes, decision and rows, written the plain way, with TypeORM's repositories and save().
import { Module } from '@nestjs/common';
import { AuthModule } from '../../src/auth/auth.module.js';
import { EntrySigner } from '../../src/compliance-log/signer.js';
import { loadConfig } from '../../src/config.js';
import { makeDataSource } from '../../src/database/data-source.js';
import { demoTokenRules } from '../../src/demo/issuer/access-token.js';
import { createApplication } from '../../src/http/application.js';
import { createLogger } from '../../src/http/logging.js';
import { EditionCatalogue } from '../../src/program/edition.catalogue.js';
import { ControlController } from './control.controller.js';
import { ControlService } from './control.service.js';
import { ENTITIES } from './entities.js';

@Module({})
class ControlModule {}

const config = loadConfig();
if (config.databaseUrl === null) throw new Error('The control needs a DATABASE_URL.');
const source = await makeDataSource(config.databaseUrl, { entities: ENTITIES, poolSize: config.counterPoolSize }).initialize();
const service = new ControlService(source, EditionCatalogue.fromFolder(), EntrySigner.fromFileOrNew(config.signingKeyFile), config);
const module = {
  module: ControlModule,
  imports: [AuthModule.register({ rules: () => demoTokenRules(config.dataDir) })],
  controllers: [ControlController],
  providers: [{ provide: ControlService, useValue: service }],
};
const rate = { burst: config.ratePerMinute, perSecond: config.ratePerMinute / 60 };
const app = await createApplication(module, { log: createLogger({ level: config.logLevel }), rates: { caller: rate, address: rate } });
await app.listen(0, '127.0.0.1');
process.stderr.write(`The control is ready at ${await app.getUrl()}\n`);
process.once('SIGTERM', () => {
  void app
    .close()
    .then(() => source.destroy())
    .then(() => process.exit(0));
});
