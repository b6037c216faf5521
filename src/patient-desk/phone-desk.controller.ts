import { Body, Controller, HttpCode, Inject, Post, Res } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentPrincipal, Operation } from '../auth/auth.decorators.js';
import type { Principal } from '../auth/principal.js';
import { send } from '../authorization/sent.js';
import { IdempotencyKey } from '../http/idempotency-key.js';
import { DeskRequest } from '../speaker/identity.dto.js';
import { AnswerReply } from './after-answer.js';
import { PatientDeskService } from './patient-desk.service.js';
import { DeskStatusReply } from './status.view.js';
import { DeskSurveyRequest } from './survey.dto.js';

/** The phone desk: reads out and writes down, for the patient on the line, what she would do on her own screen. It attests nothing. */
@Controller('v1/desk')
export class PhoneDeskController {
  constructor(@Inject(PatientDeskService) private readonly service: PatientDeskService) {}

  @Post('status')
  @HttpCode(200)
  @Operation('deskMyStatus', { summary: 'Where her medicine stands, to be read out' })
  @ApiOkResponse({ type: DeskStatusReply })
  async status(@CurrentPrincipal() who: Principal, @Body() body: DeskRequest, @Res() reply: FastifyReply) {
    send(reply, await this.service.deskStatus(who, { patient: body.patientId, named: body.identity }, body.program));
  }

  @Post('contraception-confirmation')
  @HttpCode(200)
  @Operation('deskConfirmContraception', { summary: 'She says that her contraception is as on record' })
  @ApiOkResponse({ type: AnswerReply })
  async confirmContraception(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @Body() body: DeskRequest,
    @Res() reply: FastifyReply,
  ) {
    const about = { patient: body.patientId, named: body.identity };
    send(reply, await this.service.confirmContraception(who, 'deskConfirmContraception', about, body.program, key));
  }

  @Post('survey')
  @HttpCode(200)
  @Operation('deskCompleteSurvey', { summary: 'Write down her answers to the survey' })
  @ApiOkResponse({ type: AnswerReply })
  async survey(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @Body() body: DeskSurveyRequest,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.completeSurvey(who, 'deskCompleteSurvey', { patient: body.patientId, named: body.identity }, body, key));
  }
}
