import { Module } from '@nestjs/common';
import { SpeakerModule } from '../speaker/speaker.module.js';
import { ChartController } from './chart.controller.js';
import { ChartService } from './chart.service.js';
import { EnrollmentController } from './enrollment.controller.js';
import { EnrollmentService } from './enrollment.service.js';
import { PatientLinkController } from './patient-link.controller.js';
import { PatientLinkService } from './patient-link.service.js';
import { PersonStore } from './person.store.js';
import { WorklistService } from './worklist.service.js';

/** The practice's side of a patient: enrollment, the records of one person, chart and worklist. */
@Module({
  imports: [SpeakerModule],
  controllers: [EnrollmentController, PatientLinkController, ChartController],
  providers: [PersonStore, EnrollmentService, PatientLinkService, ChartService, WorklistService],
})
export class EnrollmentModule {}
