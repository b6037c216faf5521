import { Module } from '@nestjs/common';
import { SpeakerModule } from '../speaker/speaker.module.js';
import { DeskReportController } from './desk-report.controller.js';
import { MyReportController } from './my-report.controller.js';
import { ReportController } from './report.controller.js';
import { ReportService } from './report.service.js';

@Module({
  imports: [SpeakerModule],
  controllers: [ReportController, MyReportController, DeskReportController],
  providers: [ReportService],
})
export class ReportModule {}
