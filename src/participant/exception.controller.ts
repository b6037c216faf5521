import { Body, Controller, Get, Inject, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentPrincipal, Operation } from '../auth/auth.decorators.js';
import type { Principal } from '../auth/principal.js';
import { send } from '../authorization/sent.js';
import { IdParam } from '../http/id-param.js';
import { IdempotencyKey } from '../http/idempotency-key.js';
import { NoBody } from '../http/no-body.js';
import { readCursor } from '../http/page-cursor.js';
import { DeclineExceptionRequest, ExceptionList, ExceptionReply, ListExceptionsQuery, RequestExceptionRequest } from './exception.dto.js';
import { ExceptionService } from './exception.service.js';

@Controller('v1')
export class ExceptionController {
  constructor(@Inject(ExceptionService) private readonly service: ExceptionService) {}

  @Post('authorizations/:authorizationId/exceptions')
  @Operation('requestException', { description: 'Changes nothing by itself. An answer is due within four hours.' })
  @ApiCreatedResponse({ type: ExceptionReply })
  async request(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('authorizationId') id: string,
    @Body() body: RequestExceptionRequest,
    @Res() reply: FastifyReply,
  ) {
    const { kind, reason, evidence, takesUp } = body;
    const asked = { kind, reason, evidence, takesUp: takesUp ?? null };
    send(reply, await this.service.request(who, id, asked, { key, body: ['request-exception', id, body] }));
  }

  @Get('exceptions')
  @Operation('listExceptions')
  @ApiOkResponse({ type: ExceptionList })
  list(@Query() { state, after, limit }: ListExceptionsQuery): Promise<ExceptionList> {
    return this.service.list(state === 'answered', readCursor(after, '/after'), limit ?? 50);
  }

  @Post('exceptions/:exceptionId/grant')
  @Operation('grantException', { description: 'The second of two persons, neither of them the prescriber or the pharmacy concerned.' })
  @ApiOkResponse({ type: ExceptionReply })
  async grant(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('exceptionId') id: string,
    @NoBody() body: Record<string, never>,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.grant(who, id, { key, body: ['grant-exception', id, body] }));
  }

  @Post('exceptions/:exceptionId/refusal')
  @Operation('declineException')
  @ApiOkResponse({ type: ExceptionReply })
  async decline(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('exceptionId') id: string,
    @Body() body: DeclineExceptionRequest,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.decline(who, id, body.reason, { key, body: ['decline-exception', id, body] }));
  }
}
