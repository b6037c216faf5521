import { Controller, Get, Inject, Param, Res } from '@nestjs/common';
import { ApiOkResponse, ApiParam, ApiProperty } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentPrincipal, Operation } from '../auth/auth.decorators.js';
import type { Principal } from '../auth/principal.js';
import { CommandLookup } from './command-lookup.js';
import { send } from './sent.js';

export class CommandReply {
  @ApiProperty({ description: 'The status of the first answer' }) status!: number;
  @ApiProperty({ description: 'Its content type' }) contentType!: string;
  @ApiProperty({ type: Object, description: 'Its body, as it was sent' }) body!: object;
}

@Controller('v1/commands')
export class CommandLookupController {
  constructor(@Inject(CommandLookup) private readonly lookup: CommandLookup) {}

  @Get(':key')
  @Operation('getCommand', {
    summary: 'What became of a command whose answer was lost',
    description:
      'By the Idempotency-Key it was sent with. 404: nothing was decided under this key, so the command can be sent again with it.',
  })
  @ApiParam({ name: 'key', description: 'The Idempotency-Key, percent-encoded', schema: { type: 'string', minLength: 8, maxLength: 128 } })
  @ApiOkResponse({ type: CommandReply })
  async find(@CurrentPrincipal() who: Principal, @Param('key') key: string, @Res() reply: FastifyReply) {
    send(reply, await this.lookup.find(who, key));
  }
}
