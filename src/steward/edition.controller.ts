import { Body, Controller, Get, Inject, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentPrincipal, Operation } from '../auth/auth.decorators.js';
import type { Principal } from '../auth/principal.js';
import { send } from '../authorization/sent.js';
import { IdempotencyKey } from '../http/idempotency-key.js';
import { NoBody } from '../http/no-body.js';
import {
  CompareEditionsQuery,
  ComparisonView,
  DraftEditionRequest,
  EditionDetail,
  EditionList,
  EditionReply,
  ListEditionsQuery,
  WithdrawEditionRequest,
} from './edition.dto.js';
import { EditionService } from './edition.service.js';
import { HashParam } from './hash-param.js';

@Controller('v1/editions')
export class EditionController {
  constructor(@Inject(EditionService) private readonly service: EditionService) {}

  @Get()
  @Operation('listEditions')
  @ApiOkResponse({ type: EditionList })
  list(@Query() { program }: ListEditionsQuery): Promise<EditionList> {
    return this.service.list(program ?? null);
  }

  @Get(':hash')
  @Operation('getEdition')
  @ApiOkResponse({ type: EditionDetail })
  get(@HashParam('hash') hash: string): Promise<EditionDetail> {
    return this.service.detail(hash);
  }

  @Get(':hash/changes')
  @Operation('compareEditions', { description: 'What another edition changes, in words.' })
  @ApiOkResponse({ type: ComparisonView })
  compare(@HashParam('hash') hash: string, @Query() { from }: CompareEditionsQuery): Promise<ComparisonView> {
    return this.service.compare(hash, from ?? null);
  }

  @Post()
  @Operation('draftEdition', {
    description: 'Puts an edition on file as a draft. It governs nothing before it is checked, approved by a second person and in effect.',
  })
  @ApiCreatedResponse({ type: EditionReply })
  async draft(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @Body() body: DraftEditionRequest,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.draft(who, body.document, body.materials ?? [], { key, body: ['draft-edition', body] }));
  }

  @Post(':hash/check')
  @Operation('checkEdition', { description: 'Judges the draft by every check there is. A refusal names each place and the reason.' })
  @ApiOkResponse({ type: EditionReply })
  async check(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @HashParam('hash') hash: string,
    @NoBody() body: Record<string, never>,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.take(who, hash, { do: 'check-edition' }, { key, body: ['check-edition', hash, body] }));
  }

  @Post(':hash/approve')
  @Operation('approveEdition', {
    description:
      'By another person than the one who drafted it, and at least five minutes before it takes effect. Needs no restart of anything.',
  })
  @ApiOkResponse({ type: EditionReply })
  async approve(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @HashParam('hash') hash: string,
    @NoBody() body: Record<string, never>,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.take(who, hash, { do: 'approve-edition' }, { key, body: ['approve-edition', hash, body] }));
  }

  @Post(':hash/withdraw')
  @Operation('withdrawEdition', { description: 'Only before it takes effect: what has governed a decision stays.' })
  @ApiOkResponse({ type: EditionReply })
  async withdraw(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @HashParam('hash') hash: string,
    @Body() body: WithdrawEditionRequest,
    @Res() reply: FastifyReply,
  ) {
    const asked = { do: 'withdraw-edition', reason: body.reason } as const;
    send(reply, await this.service.take(who, hash, asked, { key, body: ['withdraw-edition', hash, body] }));
  }
}
