import { Body, Controller, HttpCode, Inject, Post, Res } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentPrincipal, Operation } from '../auth/auth.decorators.js';
import type { Principal } from '../auth/principal.js';
import { send } from '../authorization/sent.js';
import { IdempotencyKey } from '../http/idempotency-key.js';
import {
  DeskMethodFailureReport,
  DeskMissedPeriodReport,
  DeskPartnerPregnancyReport,
  DeskPregnancyReport,
  DeskSideEffectReport,
  DeskUnprotectedContactReport,
} from './report.dto.js';
import { ReportService } from './report.service.js';
import { ReportReply } from './report.view.js';

/** Reports that a patient makes by telephone: the desk writes down what she says. */
@Controller('v1/desk/reports')
export class DeskReportController {
  constructor(@Inject(ReportService) private readonly service: ReportService) {}

  @Post('missed-period')
  @HttpCode(200)
  @Operation('deskReportMissedPeriod')
  @ApiOkResponse({ type: ReportReply })
  async missedPeriod(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @Body() body: DeskMissedPeriodReport,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.take(who, 'deskReportMissedPeriod', { patient: body.patientId, named: body.identity }, body, key));
  }

  @Post('unprotected-contact')
  @HttpCode(200)
  @Operation('deskReportUnprotectedContact')
  @ApiOkResponse({ type: ReportReply })
  async unprotectedContact(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @Body() body: DeskUnprotectedContactReport,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.take(who, 'deskReportUnprotectedContact', { patient: body.patientId, named: body.identity }, body, key));
  }

  @Post('method-failure')
  @HttpCode(200)
  @Operation('deskReportMethodFailure')
  @ApiOkResponse({ type: ReportReply })
  async methodFailure(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @Body() body: DeskMethodFailureReport,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.take(who, 'deskReportMethodFailure', { patient: body.patientId, named: body.identity }, body, key));
  }

  @Post('pregnancy')
  @HttpCode(200)
  @Operation('deskReportPregnancy')
  @ApiOkResponse({ type: ReportReply })
  async pregnancy(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @Body() body: DeskPregnancyReport,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.take(who, 'deskReportPregnancy', { patient: body.patientId, named: body.identity }, body, key));
  }

  @Post('partner-pregnancy')
  @HttpCode(200)
  @Operation('deskReportPartnerPregnancy')
  @ApiOkResponse({ type: ReportReply })
  async partnerPregnancy(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @Body() body: DeskPartnerPregnancyReport,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.take(who, 'deskReportPartnerPregnancy', { patient: body.patientId, named: body.identity }, body, key));
  }

  @Post('side-effect')
  @HttpCode(200)
  @Operation('deskReportAdverseEvent')
  @ApiOkResponse({ type: ReportReply })
  async sideEffect(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @Body() body: DeskSideEffectReport,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.take(who, 'deskReportAdverseEvent', { patient: body.patientId, named: body.identity }, body, key));
  }
}
