import { Module } from '@nestjs/common';
import { AccommodationController } from './accommodation.controller.js';
import { AccommodationService } from './accommodation.service.js';
import { AccommodationStore } from './accommodation.store.js';
import { DeskRunner } from './desk.runner.js';
import { ExceptionController } from './exception.controller.js';
import { ExceptionService } from './exception.service.js';
import { ExceptionStore } from './exception.store.js';
import { FindingController } from './finding.controller.js';
import { FindingService } from './finding.service.js';
import { FindingStore } from './finding.store.js';
import { ParticipantController } from './participant.controller.js';
import { ParticipantService } from './participant.service.js';
import { ParticipantStore } from './participant.store.js';
import { SuspensionService } from './suspension.service.js';

/** The administrator's desk: participants, accommodations, exceptions, findings. */
@Module({
  controllers: [ParticipantController, AccommodationController, ExceptionController, FindingController],
  providers: [
    DeskRunner,
    ParticipantService,
    ParticipantStore,
    SuspensionService,
    AccommodationService,
    AccommodationStore,
    ExceptionService,
    ExceptionStore,
    FindingService,
    FindingStore,
  ],
})
export class ParticipantModule {}
