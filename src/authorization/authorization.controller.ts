import { Body, Controller, Inject, Post, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentPrincipal, Operation } from '../auth/auth.decorators.js';
import type { Principal } from '../auth/principal.js';
import { IdParam } from '../http/id-param.js';
import { IdempotencyKey } from '../http/idempotency-key.js';
import { NoBody } from '../http/no-body.js';
import {
  AuthorizationReply,
  CancelAuthorizationRequest,
  CertifyCounselingRequest,
  StartAuthorizationRequest,
} from './authorization.dto.js';
import { AuthorizationService } from './authorization.service.js';
import { send } from './sent.js';

@Controller('v1/authorizations')
export class AuthorizationController {
  constructor(@Inject(AuthorizationService) private readonly service: AuthorizationService) {}

  @Post()
  @Operation('startAuthorization')
  @ApiCreatedResponse({ type: AuthorizationReply })
  async start(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @Body() body: StartAuthorizationRequest,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.start(who, body, body.toPrescription(), { key, body: ['start', body] }));
  }

  @Post(':authorizationId/counseling')
  @Operation('certifyCounseling')
  @ApiOkResponse({ type: AuthorizationReply })
  async certifyCounseling(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('authorizationId') id: string,
    @Body() body: CertifyCounselingRequest,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.certifyCounseling(who, id, body.topics ?? [], { key, body: ['counseling', id, body] }));
  }

  @Post(':authorizationId/contraception-confirmation')
  @Operation('confirmContraception')
  async confirmContraception(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('authorizationId') id: string,
    @NoBody() body: Record<string, never>,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.confirmContraception(who, id, { key, body: ['confirmation', id, body] }));
  }

  @Post(':authorizationId/issue')
  @Operation('issueAuthorization')
  @ApiOkResponse({ type: AuthorizationReply })
  async issue(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('authorizationId') id: string,
    @NoBody() body: Record<string, never>,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.issue(who, id, { key, body: ['issue', id, body] }));
  }

  @Post(':authorizationId/cancellation')
  @Operation('cancelAuthorization')
  @ApiOkResponse({ type: AuthorizationReply })
  async cancel(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('authorizationId') id: string,
    @Body() body: CancelAuthorizationRequest,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.cancel(who, id, body.reason, { key, body: ['cancellation', id, body] }));
  }
}
