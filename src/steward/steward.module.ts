import { Module } from '@nestjs/common';
import { DeskRunner } from '../participant/desk.runner.js';
import { EditionController } from './edition.controller.js';
import { EditionService } from './edition.service.js';
import { EditionStore } from './edition.store.js';
import { ProgramController } from './program.controller.js';
import { ProgramService } from './program.service.js';

/** The program steward's desk: editions on their way into force, and which program a product belongs to. */
@Module({
  controllers: [EditionController, ProgramController],
  providers: [DeskRunner, EditionService, EditionStore, ProgramService],
})
export class StewardModule {}
