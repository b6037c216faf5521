import { Module } from '@nestjs/common';
import { EnrollmentController } from './enrollment.controller.js';
import { EnrollmentService } from './enrollment.service.js';
import { PersonStore } from './person.store.js';

/** The practice's side of a patient: enrollment, chart and worklist. */
@Module({
  controllers: [EnrollmentController],
  providers: [PersonStore, EnrollmentService],
})
export class EnrollmentModule {}
