import { Body, Controller, HttpCode, Inject, Post, Res } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentPrincipal, Operation } from '../auth/auth.decorators.js';
import type { Principal } from '../auth/principal.js';
import { send } from '../authorization/sent.js';
import { IdParam } from '../http/id-param.js';
import { IdempotencyKey } from '../http/idempotency-key.js';
import {
  AbstinenceRequest,
  ContraceptionRequest,
  ContraindicationRequest,
  DiscrepancyResolutionRequest,
  MensesRequest,
} from './evidence.dto.js';
import { EvidenceService } from './evidence.service.js';
import { EvidenceReply } from './evidence.view.js';
import { DoseChangeRequest, TherapyRequest } from './therapy.dto.js';

/** Contraception, cycle, therapy and what was talked about: the other dated facts of a chart. */
@Controller('v1/patients/:patientId')
export class EvidenceController {
  constructor(@Inject(EvidenceService) private readonly service: EvidenceService) {}

  @Post('contraception')
  @HttpCode(200)
  @Operation('recordContraception')
  @ApiOkResponse({ type: EvidenceReply })
  async contraception(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('patientId') patient: string,
    @Body() body: ContraceptionRequest,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.record({ caller: who, operation: 'recordContraception', patient, key }, body));
  }

  @Post('abstinence')
  @HttpCode(200)
  @Operation('declareAbstinence')
  @ApiOkResponse({ type: EvidenceReply })
  async abstinence(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('patientId') patient: string,
    @Body() body: AbstinenceRequest,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.record({ caller: who, operation: 'declareAbstinence', patient, key }, body));
  }

  @Post('contraindications')
  @HttpCode(200)
  @Operation('stateContraindication')
  @ApiOkResponse({ type: EvidenceReply })
  async contraindication(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('patientId') patient: string,
    @Body() body: ContraindicationRequest,
    @Res() reply: FastifyReply,
  ) {
    send(
      reply,
      await this.service.record(
        { caller: who, operation: 'stateContraindication', patient, key, statement: 'state-contraindication.1' },
        body,
      ),
    );
  }

  @Post('menses')
  @HttpCode(200)
  @Operation('reportMenses')
  @ApiOkResponse({ type: EvidenceReply })
  async menses(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('patientId') patient: string,
    @Body() body: MensesRequest,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.record({ caller: who, operation: 'reportMenses', patient, key }, body));
  }

  @Post('therapy/interruption')
  @HttpCode(200)
  @Operation('interruptTherapy')
  @ApiOkResponse({ type: EvidenceReply })
  async interrupt(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('patientId') patient: string,
    @Body() body: TherapyRequest,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.therapy({ caller: who, operation: 'interruptTherapy', patient, key }, 'interrupt-therapy', body));
  }

  @Post('therapy/resumption')
  @HttpCode(200)
  @Operation('resumeTherapy')
  @ApiOkResponse({ type: EvidenceReply })
  async resume(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('patientId') patient: string,
    @Body() body: TherapyRequest,
    @Res() reply: FastifyReply,
  ) {
    send(
      reply,
      await this.service.therapy(
        { caller: who, operation: 'resumeTherapy', patient, key, statement: 'resume-therapy.1' },
        'resume-therapy',
        body,
      ),
    );
  }

  @Post('therapy/end')
  @HttpCode(200)
  @Operation('endTherapy')
  @ApiOkResponse({ type: EvidenceReply })
  async end(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('patientId') patient: string,
    @Body() body: TherapyRequest,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.therapy({ caller: who, operation: 'endTherapy', patient, key }, 'end-therapy', body));
  }

  @Post('dose-change')
  @HttpCode(200)
  @Operation('changeDose')
  @ApiOkResponse({ type: EvidenceReply })
  async changeDose(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('patientId') patient: string,
    @Body() body: DoseChangeRequest,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.record({ caller: who, operation: 'changeDose', patient, key, statement: 'change-dose.1' }, body));
  }

  @Post('discrepancy-resolution')
  @HttpCode(200)
  @Operation('resolveDiscrepancy')
  @ApiOkResponse({ type: EvidenceReply })
  async resolveDiscrepancy(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('patientId') patient: string,
    @Body() body: DiscrepancyResolutionRequest,
    @Res() reply: FastifyReply,
  ) {
    send(
      reply,
      await this.service.record({ caller: who, operation: 'resolveDiscrepancy', patient, key, statement: 'resolve-discrepancy.1' }, body),
    );
  }
}
