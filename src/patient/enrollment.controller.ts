import { Body, Controller, Inject, Post, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentPrincipal, Operation } from '../auth/auth.decorators.js';
import type { Principal } from '../auth/principal.js';
import { send } from '../authorization/sent.js';
import { IdParam } from '../http/id-param.js';
import { IdempotencyKey } from '../http/idempotency-key.js';
import {
  ChangeCategoryRequest,
  EnrolledReply,
  EnrollInProgramRequest,
  EnrollmentReply,
  EnrollPatientRequest,
  ReasonRequest,
  ReEnrollPatientRequest,
  SignAgreementRequest,
  TransferPatientRequest,
  WithdrawAgreementRequest,
} from './enrollment.dto.js';
import { EnrollmentService } from './enrollment.service.js';

@Controller('v1/patients')
export class EnrollmentController {
  constructor(@Inject(EnrollmentService) private readonly service: EnrollmentService) {}

  @Post()
  @Operation('enrollPatient', {
    summary: 'Enroll a patient',
    description:
      'The category follows from the answers. When somebody on file may be the same person the answer is 409 `possible-same-person` with the ' +
      'number of such records in `candidates`, and those among your own patients in `yours`; send it again with `notTheSamePersonAs` or ' +
      '`confirmNewPerson` and a new key to enroll all the same. Both records then follow the stricter rules until two persons have looked at them.',
  })
  @ApiCreatedResponse({ type: EnrolledReply })
  async enroll(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @Body() body: EnrollPatientRequest,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.enroll(who, body, { key, body: ['enroll', body] }));
  }

  @Post(':patientId/enrollments')
  @Operation('enrollInProgram', {
    summary: 'Enroll a patient of yours in another program',
    description:
      'For a patient who changes to another drug, or takes two. Her answers stand unless answered anew. Pregnancy tests and contraception that ' +
      'both programs accept count in both, and a danger recorded in one ends what is open in the other.',
  })
  @ApiCreatedResponse({ type: EnrolledReply })
  async enrollInProgram(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('patientId') id: string,
    @Body() body: EnrollInProgramRequest,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.enrollInProgram(who, id, body, { key, body: ['enrollments', id, body] }));
  }

  @Post(':patientId/re-enrollment')
  @Operation('reEnrollPatient', { summary: 'Enroll a patient again after the enrollment lapsed or was closed' })
  @ApiOkResponse({ type: EnrollmentReply })
  async reEnroll(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('patientId') id: string,
    @Body() body: ReEnrollPatientRequest,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.reEnroll(who, id, body, { key, body: ['re-enrollment', id, body] }));
  }

  @Post(':patientId/agreement')
  @Operation('signAgreement', { summary: 'Record the signed agreement' })
  @ApiOkResponse({ type: EnrollmentReply })
  async signAgreement(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('patientId') id: string,
    @Body() body: SignAgreementRequest,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.signAgreement(who, id, body, { key, body: ['agreement', id, body] }));
  }

  @Post(':patientId/agreement-withdrawal')
  @Operation('withdrawAgreement', { summary: 'Take the agreement back; open authorizations end' })
  @ApiOkResponse({ type: EnrollmentReply })
  async withdrawAgreement(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('patientId') id: string,
    @Body() body: WithdrawAgreementRequest,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.withdrawAgreement(who, id, body, { key, body: ['agreement-withdrawal', id, body] }));
  }

  @Post(':patientId/category')
  @Operation('changeCategory', { summary: 'Record new answers; the category follows from them' })
  @ApiOkResponse({ type: EnrollmentReply })
  async changeCategory(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('patientId') id: string,
    @Body() body: ChangeCategoryRequest,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.changeCategory(who, id, body, { key, body: ['category', id, body] }));
  }

  @Post(':patientId/transfer')
  @Operation('transferPatient', { summary: 'Hand the patient over to another prescriber' })
  @ApiOkResponse({ type: EnrollmentReply })
  async transfer(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('patientId') id: string,
    @Body() body: TransferPatientRequest,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.transfer(who, id, body, { key, body: ['transfer', id, body] }));
  }

  @Post(':patientId/deactivation')
  @Operation('deactivatePatient', { summary: 'Close the enrollment; open authorizations end' })
  @ApiOkResponse({ type: EnrollmentReply })
  async deactivate(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('patientId') id: string,
    @Body() body: ReasonRequest,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.deactivate(who, id, body, { key, body: ['deactivation', id, body] }));
  }

  @Post(':patientId/death')
  @Operation('recordDeath', { summary: 'Record that the patient has died; open authorizations end' })
  @ApiOkResponse({ type: EnrollmentReply })
  async recordDeath(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('patientId') id: string,
    @Body() body: ReasonRequest,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.recordDeath(who, id, body, { key, body: ['death', id, body] }));
  }
}
