import { Body, Controller, Get, HttpCode, Inject, Post, Query, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentPrincipal, Operation } from '../auth/auth.decorators.js';
import type { OperationId } from '../auth/permission.js';
import type { Principal } from '../auth/principal.js';
import { send } from '../authorization/sent.js';
import { IdParam } from '../http/id-param.js';
import { IdempotencyKey } from '../http/idempotency-key.js';
import { WIDE_JSON } from '../http/strict-json.js';
import { ProgramQuery } from '../patient/worklist.view.js';
import {
  ClearanceRequest,
  ImportReply,
  IndicationRequest,
  LaboratoryWorkRequest,
  PracticeAcknowledgementRequest,
  PracticeBundleRequest,
  PracticeMedicationsRequest,
  ReviewReply,
} from './medication.dto.js';
import { MedicationService, type OfPractice } from './medication.service.js';
import { ReviewView } from './review.view.js';

const asked = (caller: Principal, operation: OperationId, patient: string, key: string, request: { program: string }): OfPractice => ({
  caller,
  operation,
  patient,
  program: request.program,
  key,
  request,
});

/** The practice: what else the patient takes, what it is given for, kidneys and blood, and that a warning was seen. */
@Controller('v1/patients/:patientId')
export class MedicationController {
  constructor(@Inject(MedicationService) private readonly service: MedicationService) {}

  @Get('clinical-review')
  @Operation('clinicalReview', { summary: 'What to weigh before the next prescription: medicines, dose, blood work, reminders' })
  @ApiOkResponse({ type: ReviewView })
  async review(
    @CurrentPrincipal() who: Principal,
    @IdParam('patientId') patient: string,
    @Query() query: ProgramQuery,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.reviewForPractice(who, patient, query.program));
  }

  @Post('medications')
  @HttpCode(200)
  @Operation('recordMedications', { summary: 'What else the patient takes' })
  @ApiOkResponse({ type: ReviewReply })
  async medications(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('patientId') patient: string,
    @Body() body: PracticeMedicationsRequest,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.fromPractice(asked(who, 'recordMedications', patient, key, body), (base) => body.toCommand(base)));
  }

  @Post('medications/import')
  @HttpCode(200)
  @RouteConfig({ json: WIDE_JSON })
  @Operation('importMedications', { summary: 'The same, from a FHIR R4 Bundle' })
  @ApiOkResponse({ type: ImportReply })
  async import(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('patientId') patient: string,
    @Body() body: PracticeBundleRequest,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.importFromPractice(asked(who, 'importMedications', patient, key, body), body));
  }

  @Post('indication')
  @HttpCode(200)
  @Operation('stateIndication', { summary: 'What it is prescribed for: for checks of dose and blood work, never to refuse' })
  @ApiOkResponse({ type: ReviewReply })
  async indication(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('patientId') patient: string,
    @Body() body: IndicationRequest,
    @Res() reply: FastifyReply,
  ) {
    send(
      reply,
      await this.service.fromPractice(asked(who, 'stateIndication', patient, key, body), (base, edition) => body.toCommand(base, edition)),
    );
  }

  @Post('creatinine-clearance')
  @HttpCode(200)
  @Operation('recordCreatinineClearance', { summary: 'The kidney function, with its day' })
  @ApiOkResponse({ type: ReviewReply })
  async clearance(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('patientId') patient: string,
    @Body() body: ClearanceRequest,
    @Res() reply: FastifyReply,
  ) {
    send(
      reply,
      await this.service.fromPractice(asked(who, 'recordCreatinineClearance', patient, key, body), (base) => body.toCommand(base)),
    );
  }

  @Post('laboratory-work')
  @HttpCode(200)
  @Operation('recordLaboratoryWork', { summary: 'That blood work was done, and when; never what it showed' })
  @ApiOkResponse({ type: ReviewReply })
  async laboratory(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('patientId') patient: string,
    @Body() body: LaboratoryWorkRequest,
    @Res() reply: FastifyReply,
  ) {
    send(
      reply,
      await this.service.fromPractice(asked(who, 'recordLaboratoryWork', patient, key, body), (base, edition) =>
        body.toCommand(base, edition),
      ),
    );
  }

  @Post('warnings/acknowledgement')
  @HttpCode(200)
  @Operation('acknowledgeWarning', { summary: 'A warning was seen, or acted on' })
  @ApiOkResponse({ type: ReviewReply })
  async acknowledge(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('patientId') patient: string,
    @Body() body: PracticeAcknowledgementRequest,
    @Res() reply: FastifyReply,
  ) {
    send(
      reply,
      await this.service.fromPractice(asked(who, 'acknowledgeWarning', patient, key, body), (base) =>
        body.toCommand(base, body.authorizationId),
      ),
    );
  }
}
