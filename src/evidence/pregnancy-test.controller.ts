import { Body, Controller, HttpCode, Inject, Post, Res } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentPrincipal, Operation } from '../auth/auth.decorators.js';
import type { Principal } from '../auth/principal.js';
import { send } from '../authorization/sent.js';
import { IdParam } from '../http/id-param.js';
import { IdempotencyKey } from '../http/idempotency-key.js';
import { ToldOfResultRequest } from './evidence.dto.js';
import { EvidenceService } from './evidence.service.js';
import { EvidenceReply } from './evidence.view.js';
import { ClearingRequest, PregnancyTestRequest, TestCorrectionRequest, TestRetractionRequest } from './pregnancy-test.dto.js';

/** Pregnancy tests, and the way out of a positive one. */
@Controller('v1/patients/:patientId')
export class PregnancyTestController {
  constructor(@Inject(EvidenceService) private readonly service: EvidenceService) {}

  @Post('pregnancy-tests')
  @HttpCode(200)
  @Operation('recordPregnancyTest')
  @ApiOkResponse({ type: EvidenceReply })
  async record(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('patientId') patient: string,
    @Body() body: PregnancyTestRequest,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.record({ caller: who, operation: 'recordPregnancyTest', patient, key }, body));
  }

  @Post('pregnancy-tests/:testId/correction')
  @HttpCode(200)
  @Operation('correctPregnancyTest')
  @ApiOkResponse({ type: EvidenceReply })
  async correct(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('patientId') patient: string,
    @IdParam('testId') test: string,
    @Body() body: TestCorrectionRequest,
    @Res() reply: FastifyReply,
  ) {
    send(
      reply,
      await this.service.correctTest(
        { caller: who, operation: 'correctPregnancyTest', patient, key, statement: 'correct-pregnancy-test.1' },
        test,
        body,
      ),
    );
  }

  @Post('pregnancy-tests/:testId/retraction')
  @HttpCode(200)
  @Operation('retractPregnancyTest')
  @ApiOkResponse({ type: EvidenceReply })
  async retract(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('patientId') patient: string,
    @IdParam('testId') test: string,
    @Body() body: TestRetractionRequest,
    @Res() reply: FastifyReply,
  ) {
    send(
      reply,
      await this.service.retractTest(
        { caller: who, operation: 'retractPregnancyTest', patient, key, statement: 'retract-pregnancy-test.1' },
        test,
        body,
      ),
    );
  }

  @Post('pregnancy-clearing')
  @HttpCode(200)
  @Operation('clearPregnancyHold')
  @ApiOkResponse({ type: EvidenceReply })
  async clear(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('patientId') patient: string,
    @Body() body: ClearingRequest,
    @Res() reply: FastifyReply,
  ) {
    send(
      reply,
      await this.service.clearHold(
        { caller: who, operation: 'clearPregnancyHold', patient, key, statement: 'clear-pregnancy-hold.1' },
        body,
      ),
    );
  }

  @Post('told-of-result')
  @HttpCode(200)
  @Operation('recordToldOfResult')
  @ApiOkResponse({ type: EvidenceReply })
  async told(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('patientId') patient: string,
    @Body() body: ToldOfResultRequest,
    @Res() reply: FastifyReply,
  ) {
    send(
      reply,
      await this.service.record({ caller: who, operation: 'recordToldOfResult', patient, key, statement: 'record-told-of-result.1' }, body),
    );
  }
}
