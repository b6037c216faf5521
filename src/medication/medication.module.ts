import { Module } from '@nestjs/common';
import { SpeakerModule } from '../speaker/speaker.module.js';
import { MedicationController } from './medication.controller.js';
import { MedicationService } from './medication.service.js';
import { SiteReviewController } from './site-review.controller.js';

@Module({
  imports: [SpeakerModule],
  controllers: [MedicationController, SiteReviewController],
  providers: [MedicationService],
})
export class MedicationModule {}
