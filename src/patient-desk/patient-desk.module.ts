import { Module } from '@nestjs/common';
import { SpeakerModule } from '../speaker/speaker.module.js';
import { MyDeskController } from './my-desk.controller.js';
import { PatientDeskService } from './patient-desk.service.js';
import { PhoneDeskController } from './phone-desk.controller.js';

@Module({
  imports: [SpeakerModule],
  controllers: [MyDeskController, PhoneDeskController],
  providers: [PatientDeskService],
})
export class PatientDeskModule {}
