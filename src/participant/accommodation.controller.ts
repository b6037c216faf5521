import { Body, Controller, Get, Inject, Post, Res } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentPrincipal, Operation } from '../auth/auth.decorators.js';
import type { Principal } from '../auth/principal.js';
import { send } from '../authorization/sent.js';
import { IdempotencyKey } from '../http/idempotency-key.js';
import { AccommodationList, AccommodationReply, SetAccommodationRequest } from './accommodation.dto.js';
import { AccommodationService } from './accommodation.service.js';
import { instantOf } from './participant.dto.js';

@Controller('v1/accommodations')
export class AccommodationController {
  constructor(@Inject(AccommodationService) private readonly service: AccommodationService) {}

  @Get()
  @Operation('listAccommodations')
  @ApiOkResponse({ type: AccommodationList })
  list(): Promise<AccommodationList> {
    return this.service.list();
  }

  @Post()
  @Operation('setAccommodation')
  @ApiOkResponse({ type: AccommodationReply })
  async set(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @Body() body: SetAccommodationRequest,
    @Res() reply: FastifyReply,
  ) {
    const { program, kind, authority } = body;
    const asked = { program, kind, authority, from: Date.parse(body.from), until: instantOf(body.until) };
    send(reply, await this.service.set(who, asked, { key, body: ['set-accommodation', body] }));
  }
}
