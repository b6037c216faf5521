import { Body, Controller, HttpCode, Inject, Post, Res } from '@nestjs/common';
import { ApiOkResponse, ApiProperty } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentPrincipal, Operation } from '../auth/auth.decorators.js';
import type { Principal } from '../auth/principal.js';
import { send } from '../authorization/sent.js';
import { IdParam } from '../http/id-param.js';
import { IdempotencyKey } from '../http/idempotency-key.js';
import { InProgramRequest, LinkPatientsRequest } from './enrollment.dto.js';
import { PatientLinkService } from './patient-link.service.js';

export class PatientLinkReply {
  @ApiProperty({ enum: ['allow'] }) outcome!: 'allow';
  @ApiProperty() headline!: string;
  @ApiProperty({ description: 'Eight characters to read out when you call' }) reference!: string;
  @ApiProperty({ type: [Object] }) reasons!: object[];
  @ApiProperty({ type: [Object] }) warnings!: object[];
  @ApiProperty({ description: 'Another person has to send the same before it is settled' }) secondPersonNeeded!: boolean;
  @ApiProperty({ type: [String], format: 'uuid', description: 'Authorizations that this ended' }) ended!: string[];
}

@Controller('v1/patient-links')
export class PatientLinkController {
  constructor(@Inject(PatientLinkService) private readonly service: PatientLinkService) {}

  @Post()
  @HttpCode(200)
  @Operation('linkPatients', {
    summary: 'Two records are one person',
    description:
      'The first call joins them at once: the stricter of both rules, and dangers and days of supply of both count. The same call by another ' +
      'person establishes it; authorizations issued under the laxer category then end.',
  })
  @ApiOkResponse({ type: PatientLinkReply })
  async link(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @Body() body: LinkPatientsRequest,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.link(who, body, { key, body: ['link', body] }));
  }

  @Post(':linkId/removal')
  @HttpCode(200)
  @Operation('unlinkPatients', {
    summary: 'Two records are two persons',
    description: 'The first call asks for it, the same call by another person parts them. Nothing is deleted.',
  })
  @ApiOkResponse({ type: PatientLinkReply })
  async unlink(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('linkId') id: string,
    @Body() body: InProgramRequest,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.unlink(who, id, body.program, { key, body: ['unlink', id, body] }));
  }
}
