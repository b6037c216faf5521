import { Body, Controller, Get, HttpCode, Inject, Post, Res } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentPrincipal, Operation } from '../auth/auth.decorators.js';
import type { Principal } from '../auth/principal.js';
import { send } from '../authorization/sent.js';
import { IdParam } from '../http/id-param.js';
import { IdempotencyKey } from '../http/idempotency-key.js';
import { InLane } from '../http/overload.js';
import { CorrectionRequest, DispenseRequest, ReleaseRequest, ReturnRequest, TransferRequest } from './reservation.dto.js';
import { ReservationService } from './reservation.service.js';
import { HandedOverReply, ReservationsReply, StandingReply } from './reservation.view.js';

@Controller('v1/reservations')
export class ReservationController {
  constructor(@Inject(ReservationService) private readonly service: ReservationService) {}

  @Get()
  @InLane('counter')
  @Operation('listReservations', { summary: 'What this site holds, the next deadline first' })
  @ApiOkResponse({ type: ReservationsReply })
  list(@CurrentPrincipal() who: Principal): Promise<ReservationsReply> {
    return this.service.list(who);
  }

  @Post(':authorizationId/release')
  @HttpCode(200)
  @InLane('counter')
  @Operation('release', { summary: 'Give it back: nothing was handed over' })
  @ApiOkResponse({ type: StandingReply })
  async release(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('authorizationId') id: string,
    @Body() body: ReleaseRequest,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.release(who, id, body.notHandedOver, { key, body: ['release', id, body] }));
  }

  @Post(':authorizationId/transfer')
  @HttpCode(200)
  @InLane('counter')
  @Operation('transferReservation', { summary: 'Pass it on to another site of the chain, under the same confirmation number' })
  @ApiOkResponse({ type: StandingReply })
  async transfer(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('authorizationId') id: string,
    @Body() body: TransferRequest,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.transfer(who, id, body.toSiteId, { key, body: ['transfer', id, body] }));
  }

  @Post(':authorizationId/dispense')
  @HttpCode(200)
  @InLane('counter')
  @Operation('dispense', {
    summary: 'Hand over or ship it',
    description: 'With handedOverAt it reports a hand-over that happened, which is always recorded; outside the rules as a deviation.',
  })
  @ApiOkResponse({ type: HandedOverReply })
  async dispense(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('authorizationId') id: string,
    @Body() body: DispenseRequest,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.dispense(who, id, body.toHandOver(), { key, body: ['dispense', id, body] }));
  }

  @Post(':authorizationId/correction')
  @HttpCode(200)
  @InLane('counter')
  @Operation('correctDispense', { summary: 'Tell of an error in a hand-over; nothing is overwritten' })
  @ApiOkResponse({ type: StandingReply })
  async correct(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('authorizationId') id: string,
    @Body() body: CorrectionRequest,
    @Res() reply: FastifyReply,
  ) {
    const { error, patientContacted } = body;
    send(reply, await this.service.correct(who, id, error, patientContacted, { key, body: ['correction', id, body] }));
  }

  @Post(':authorizationId/return')
  @HttpCode(200)
  @InLane('counter')
  @Operation('return', { summary: 'Take product back; the number stays used' })
  @ApiOkResponse({ type: StandingReply })
  async return(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('authorizationId') id: string,
    @Body() body: ReturnRequest,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.return(who, id, body.unopened, { key, body: ['return', id, body] }));
  }
}
