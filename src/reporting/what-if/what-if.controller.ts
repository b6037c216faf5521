import { Body, Controller, HttpCode, Inject, Post, Res } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Operation } from '../../auth/auth.decorators.js';
import { WhatIfRequest, WhatIfTimelineRequest, WhatIfTimelineView } from './what-if.dto.js';
import { WhatIfService } from './what-if.service.js';

@Controller('v1/what-if')
export class WhatIfController {
  constructor(@Inject(WhatIfService) private readonly service: WhatIfService) {}

  // POST, although it changes nothing: it is a long work that nobody should start by following a link.
  @Post()
  @HttpCode(200)
  @Operation('whatIf', {
    description:
      'Takes the decisions of the record again under another edition and tells which would differ. Pseudonyms only; nothing is written. ' +
      'The answer is streamed: lines `{"progress":…}` about once a second, `{"difference":…}` when asked for, and at last `{"report":…}`, or ' +
      '`{"failed":…}` when it could not be finished. One at a time in each process; hanging up ends it.',
  })
  @ApiOkResponse({
    description: 'A stream',
    content: { 'application/x-ndjson': { schema: { type: 'string' } }, 'text/csv': { schema: { type: 'string' } } },
  })
  async run(@Body() body: WhatIfRequest, @Res() reply: FastifyReply): Promise<void> {
    const { contentType, stream } = await this.service.start(body);
    reply.raw.once('close', () => stream.destroy());
    reply.status(200).header('content-type', contentType).send(stream);
  }

  @Post('timeline')
  @HttpCode(200)
  @Operation('whatIfTimeline', { description: 'One patient’s decisions, each beside the same decision under the other edition.' })
  @ApiOkResponse({ type: WhatIfTimelineView })
  timeline(@Body() body: WhatIfTimelineRequest): Promise<WhatIfTimelineView> {
    return this.service.timeline(body);
  }
}
