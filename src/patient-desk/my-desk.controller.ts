import { Body, Controller, Get, HttpCode, Inject, Post, Query, Res } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentPrincipal, Operation } from '../auth/auth.decorators.js';
import type { Principal } from '../auth/principal.js';
import { send } from '../authorization/sent.js';
import { IdempotencyKey } from '../http/idempotency-key.js';
import { OwnRequest } from '../speaker/identity.dto.js';
import { ownPatient } from '../speaker/speaker.js';
import { AnswerReply } from './after-answer.js';
import { PatientDeskService } from './patient-desk.service.js';
import { MyStatusView } from './status.view.js';
import { SurveyRequest } from './survey.dto.js';

/** The patient's own screen; her guardian's too, as far as it goes. */
@Controller('v1/me')
export class MyDeskController {
  constructor(@Inject(PatientDeskService) private readonly service: PatientDeskService) {}

  @Get('status')
  @Operation('myStatus', { summary: 'Where my medicine stands, and what comes next' })
  @ApiOkResponse({ type: MyStatusView })
  status(@CurrentPrincipal() who: Principal, @Query() query: OwnRequest): Promise<MyStatusView> {
    return this.service.status(who, query.program);
  }

  @Post('contraception-confirmation')
  @HttpCode(200)
  @Operation('confirmMyContraception', { summary: 'My contraception is as on record' })
  @ApiOkResponse({ type: AnswerReply })
  async confirmContraception(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @Body() body: OwnRequest,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.confirmContraception(who, 'confirmMyContraception', { patient: ownPatient(who) }, body.program, key));
  }

  @Post('survey')
  @HttpCode(200)
  @Operation('completeSurvey', { summary: 'Answer the survey' })
  @ApiOkResponse({ type: AnswerReply })
  async survey(@CurrentPrincipal() who: Principal, @IdempotencyKey() key: string, @Body() body: SurveyRequest, @Res() reply: FastifyReply) {
    send(reply, await this.service.completeSurvey(who, 'completeSurvey', { patient: ownPatient(who) }, body, key));
  }
}
