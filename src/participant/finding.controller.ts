import { Body, Controller, Get, Inject, Post, Query, Res } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentPrincipal, Operation } from '../auth/auth.decorators.js';
import type { Principal } from '../auth/principal.js';
import { send } from '../authorization/sent.js';
import { IdParam } from '../http/id-param.js';
import { IdempotencyKey } from '../http/idempotency-key.js';
import { readCursor } from '../http/page-cursor.js';
import { AssignFindingRequest, CloseFindingRequest, FindingList, FindingReply, ListFindingsQuery } from './finding.dto.js';
import { FindingService } from './finding.service.js';
import { instantOf } from './participant.dto.js';

@Controller('v1/findings')
export class FindingController {
  constructor(@Inject(FindingService) private readonly service: FindingService) {}

  @Get()
  @Operation('listDiscrepancies')
  @ApiOkResponse({ type: FindingList })
  list(@Query() { state, after, limit }: ListFindingsQuery): Promise<FindingList> {
    return this.service.list(state === 'closed', readCursor(after, '/after'), limit ?? 50);
  }

  @Post(':findingId/owner')
  @Operation('assignFinding')
  @ApiOkResponse({ type: FindingReply })
  async assign(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('findingId') id: string,
    @Body() body: AssignFindingRequest,
    @Res() reply: FastifyReply,
  ) {
    const asked = { do: 'assign-finding' as const, owner: body.owner, dueAt: instantOf(body.dueBy) };
    send(reply, await this.service.change(who, id, asked, { key, body: ['assign-finding', id, body] }));
  }

  @Post(':findingId/closure')
  @Operation('closeFinding', { description: 'By another person than its owner and than the one who acted when it was opened.' })
  @ApiOkResponse({ type: FindingReply })
  async close(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('findingId') id: string,
    @Body() body: CloseFindingRequest,
    @Res() reply: FastifyReply,
  ) {
    const asked = { do: 'close-finding' as const, resolution: body.resolution };
    send(reply, await this.service.change(who, id, asked, { key, body: ['close-finding', id, body] }));
  }
}
