import { Body, Controller, Get, HttpCode, Inject, Post, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentPrincipal, Operation } from '../auth/auth.decorators.js';
import type { Principal } from '../auth/principal.js';
import { send } from '../authorization/sent.js';
import { IdParam } from '../http/id-param.js';
import { IdempotencyKey } from '../http/idempotency-key.js';
import { InLane } from '../http/overload.js';
import { WIDE_JSON } from '../http/strict-json.js';
import { AcknowledgementRequest, BundleRequest, ImportReply, MedicationsRequest, ReviewReply } from './medication.dto.js';
import { MedicationService } from './medication.service.js';
import { ReviewView } from './review.view.js';

/** The pharmacist who holds the prescription: the same list, and of the warnings those that are hers to weigh. */
@Controller('v1/reservations/:authorizationId')
export class SiteReviewController {
  constructor(@Inject(MedicationService) private readonly service: MedicationService) {}

  @Get('clinical-review')
  @InLane('counter')
  @Operation('clinicalReviewAtSite', { summary: 'What to weigh before the hand-over: medicines, dose, reminders' })
  @ApiOkResponse({ type: ReviewView })
  async review(@CurrentPrincipal() who: Principal, @IdParam('authorizationId') id: string, @Res() reply: FastifyReply) {
    send(reply, await this.service.reviewForSite(who, id));
  }

  @Post('medications')
  @HttpCode(200)
  @InLane('counter')
  @Operation('recordMedicationsAtSite', { summary: 'What else the patient takes, as the pharmacist was told' })
  @ApiOkResponse({ type: ReviewReply })
  async medications(
    @CurrentPrincipal() caller: Principal,
    @IdempotencyKey() key: string,
    @IdParam('authorizationId') authorization: string,
    @Body() request: MedicationsRequest,
    @Res() reply: FastifyReply,
  ) {
    const asked = { caller, operation: 'recordMedicationsAtSite', authorization, key, request } as const;
    send(reply, await this.service.fromSite(asked, (base) => request.toCommand(base)));
  }

  @Post('medications/import')
  @HttpCode(200)
  @RouteConfig({ lane: 'counter', json: WIDE_JSON })
  @Operation('importMedicationsAtSite', { summary: 'The same, from a FHIR R4 Bundle' })
  @ApiOkResponse({ type: ImportReply })
  async import(
    @CurrentPrincipal() caller: Principal,
    @IdempotencyKey() key: string,
    @IdParam('authorizationId') authorization: string,
    @Body() request: BundleRequest,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.importFromSite({ caller, operation: 'importMedicationsAtSite', authorization, key, request }, request));
  }

  @Post('warnings/acknowledgement')
  @HttpCode(200)
  @InLane('counter')
  @Operation('acknowledgeWarningAtSite', { summary: 'A warning was seen, or acted on' })
  @ApiOkResponse({ type: ReviewReply })
  async acknowledge(
    @CurrentPrincipal() caller: Principal,
    @IdempotencyKey() key: string,
    @IdParam('authorizationId') authorization: string,
    @Body() request: AcknowledgementRequest,
    @Res() reply: FastifyReply,
  ) {
    const asked = { caller, operation: 'acknowledgeWarningAtSite', authorization, key, request } as const;
    send(reply, await this.service.fromSite(asked, (base) => request.toCommand(base, authorization)));
  }
}
