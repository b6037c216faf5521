import { Body, Controller, HttpCode, Inject, Post, Res } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentPrincipal, Operation } from '../auth/auth.decorators.js';
import type { Principal } from '../auth/principal.js';
import { send } from '../authorization/sent.js';
import { IdempotencyKey } from '../http/idempotency-key.js';
import { InLane } from '../http/overload.js';
import { type CounterRequest, ReserveRequest, VerifyRequest } from './counter.dto.js';
import { type Brought, CounterService } from './counter.service.js';
import { ReserveReply, VerifyReply } from './counter.view.js';
import { ReportRequest } from './reservation.dto.js';
import { HandedOverReply } from './reservation.view.js';

const brought = (body: CounterRequest): Brought => ({
  number: body.toNumber(),
  identifiers: body.toIdentifiers(),
  presented: body.toPresented(),
  siteZone: body.siteZone ?? null,
});

@Controller('v1/counter')
export class CounterController {
  constructor(@Inject(CounterService) private readonly service: CounterService) {}

  @Post('verify')
  @HttpCode(200)
  @InLane('counter')
  @Operation('verifyAuthorization', {
    summary: 'May this prescription be filled, here and now?',
    description: 'Changes nothing and may be asked any number of times. A refusal is an answer too, with status 200.',
  })
  @ApiOkResponse({ type: VerifyReply })
  async verify(@CurrentPrincipal() who: Principal, @Body() body: VerifyRequest, @Res() reply: FastifyReply) {
    send(reply, await this.service.verify(who, brought(body)));
  }

  @Post('reserve')
  @HttpCode(200)
  @InLane('counter')
  @Operation('reserve', {
    summary: 'Take the prescription for this site',
    description:
      'Starts the clock of the hand-over and gives a confirmation number. Asked again by the site that holds it, it answers the same number.',
  })
  @ApiOkResponse({ type: ReserveReply })
  async reserve(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @Body() body: ReserveRequest,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.reserve(who, brought(body), { key, body: ['reserve', body] }));
  }

  @Post('hand-overs')
  @HttpCode(200)
  @InLane('counter')
  @Operation('reportHandOver', {
    summary: 'Report a hand-over that happened without a reservation',
    description: 'Always recorded: what happened is a fact. Outside the rules it is a deviation, with its reasons.',
  })
  @ApiOkResponse({ type: HandedOverReply })
  async report(@CurrentPrincipal() who: Principal, @IdempotencyKey() key: string, @Body() body: ReportRequest, @Res() reply: FastifyReply) {
    const number = { number: body.toNumber(), identifiers: body.toIdentifiers() };
    send(reply, await this.service.report(who, number, body.toHandOver(), { key, body: ['hand-over', body] }));
  }
}
