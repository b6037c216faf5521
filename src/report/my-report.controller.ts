import { Body, Controller, HttpCode, Inject, Post, Res } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentPrincipal, Operation } from '../auth/auth.decorators.js';
import type { Principal } from '../auth/principal.js';
import { send } from '../authorization/sent.js';
import { IdempotencyKey } from '../http/idempotency-key.js';
import { ownPatient } from '../speaker/speaker.js';
import {
  MethodFailureReport,
  MissedPeriodReport,
  PartnerPregnancyReport,
  PregnancyReport,
  SideEffectReport,
  UnprotectedContactReport,
} from './report.dto.js';
import { ReportService } from './report.service.js';
import { ReportReply } from './report.view.js';

/** Reports from the patient's own screen, or the guardian's. */
@Controller('v1/me/reports')
export class MyReportController {
  constructor(@Inject(ReportService) private readonly service: ReportService) {}

  @Post('missed-period')
  @HttpCode(200)
  @Operation('reportMyMissedPeriod')
  @ApiOkResponse({ type: ReportReply })
  async missedPeriod(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @Body() body: MissedPeriodReport,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.take(who, 'reportMyMissedPeriod', { patient: ownPatient(who) }, body, key));
  }

  @Post('unprotected-contact')
  @HttpCode(200)
  @Operation('reportMyUnprotectedContact')
  @ApiOkResponse({ type: ReportReply })
  async unprotectedContact(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @Body() body: UnprotectedContactReport,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.take(who, 'reportMyUnprotectedContact', { patient: ownPatient(who) }, body, key));
  }

  @Post('method-failure')
  @HttpCode(200)
  @Operation('reportMyMethodFailure')
  @ApiOkResponse({ type: ReportReply })
  async methodFailure(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @Body() body: MethodFailureReport,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.take(who, 'reportMyMethodFailure', { patient: ownPatient(who) }, body, key));
  }

  @Post('pregnancy')
  @HttpCode(200)
  @Operation('reportMyPregnancy')
  @ApiOkResponse({ type: ReportReply })
  async pregnancy(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @Body() body: PregnancyReport,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.take(who, 'reportMyPregnancy', { patient: ownPatient(who) }, body, key));
  }

  @Post('partner-pregnancy')
  @HttpCode(200)
  @Operation('reportMyPartnersPregnancy')
  @ApiOkResponse({ type: ReportReply })
  async partnerPregnancy(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @Body() body: PartnerPregnancyReport,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.take(who, 'reportMyPartnersPregnancy', { patient: ownPatient(who) }, body, key));
  }

  @Post('side-effect')
  @HttpCode(200)
  @Operation('reportMySideEffect')
  @ApiOkResponse({ type: ReportReply })
  async sideEffect(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @Body() body: SideEffectReport,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.take(who, 'reportMySideEffect', { patient: ownPatient(who) }, body, key));
  }
}
