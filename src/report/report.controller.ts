import { Body, Controller, HttpCode, Inject, Post, Res } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentPrincipal, Operation } from '../auth/auth.decorators.js';
import type { Principal } from '../auth/principal.js';
import { send } from '../authorization/sent.js';
import { IdParam } from '../http/id-param.js';
import { IdempotencyKey } from '../http/idempotency-key.js';
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

/** Reports as the practice enters them. A side effect is entered under the patient's adverse events. */
@Controller('v1/patients/:patientId')
export class ReportController {
  constructor(@Inject(ReportService) private readonly service: ReportService) {}

  @Post('reports/missed-period')
  @HttpCode(200)
  @Operation('reportMissedPeriod')
  @ApiOkResponse({ type: ReportReply })
  async missedPeriod(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('patientId') patient: string,
    @Body() body: MissedPeriodReport,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.take(who, 'reportMissedPeriod', { patient }, body, key));
  }

  @Post('reports/unprotected-contact')
  @HttpCode(200)
  @Operation('reportUnprotectedContact')
  @ApiOkResponse({ type: ReportReply })
  async unprotectedContact(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('patientId') patient: string,
    @Body() body: UnprotectedContactReport,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.take(who, 'reportUnprotectedContact', { patient }, body, key));
  }

  @Post('reports/method-failure')
  @HttpCode(200)
  @Operation('reportMethodFailure')
  @ApiOkResponse({ type: ReportReply })
  async methodFailure(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('patientId') patient: string,
    @Body() body: MethodFailureReport,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.take(who, 'reportMethodFailure', { patient }, body, key));
  }

  @Post('reports/pregnancy')
  @HttpCode(200)
  @Operation('reportPregnancy')
  @ApiOkResponse({ type: ReportReply })
  async pregnancy(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('patientId') patient: string,
    @Body() body: PregnancyReport,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.take(who, 'reportPregnancy', { patient }, body, key));
  }

  @Post('reports/partner-pregnancy')
  @HttpCode(200)
  @Operation('reportPartnerPregnancy')
  @ApiOkResponse({ type: ReportReply })
  async partnerPregnancy(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('patientId') patient: string,
    @Body() body: PartnerPregnancyReport,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.take(who, 'reportPartnerPregnancy', { patient }, body, key));
  }

  @Post('adverse-events')
  @HttpCode(200)
  @Operation('reportAdverseEvent')
  @ApiOkResponse({ type: ReportReply })
  async sideEffect(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('patientId') patient: string,
    @Body() body: SideEffectReport,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.take(who, 'reportAdverseEvent', { patient }, body, key));
  }
}
