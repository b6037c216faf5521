import { Module } from '@nestjs/common';
import { DeskRunner } from './desk.runner.js';
import { ParticipantController } from './participant.controller.js';
import { ParticipantService } from './participant.service.js';
import { ParticipantStore } from './participant.store.js';
import { SuspensionService } from './suspension.service.js';

@Module({
  controllers: [ParticipantController],
  providers: [DeskRunner, ParticipantService, ParticipantStore, SuspensionService],
})
export class ParticipantModule {}
