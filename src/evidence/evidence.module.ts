import { Module } from '@nestjs/common';
import { SpeakerModule } from '../speaker/speaker.module.js';
import { EvidenceController } from './evidence.controller.js';
import { EvidenceService } from './evidence.service.js';
import { PregnancyTestController } from './pregnancy-test.controller.js';

@Module({
  imports: [SpeakerModule],
  controllers: [PregnancyTestController, EvidenceController],
  providers: [EvidenceService],
})
export class EvidenceModule {}
