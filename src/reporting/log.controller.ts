import { Body, Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { Operation } from '../auth/auth.decorators.js';
import { IdParam } from '../http/id-param.js';
import { readCursor } from '../http/page-cursor.js';
import { EntryDetail, EntryList, ExplanationView, LogKeyView, ReplayView, SearchEntriesRequest, TimelineView } from './log.dto.js';
import { LogService } from './log.service.js';

const instantOf = (written: string | undefined): number | null => (written === undefined ? null : Date.parse(written));

@Controller('v1/log')
export class LogController {
  constructor(@Inject(LogService) private readonly service: LogService) {}

  // POST, although it changes nothing: whom and which reason somebody looks for does not belong into an address that others log.
  @Post('entries/search')
  @HttpCode(200)
  @Operation('searchEntries', { description: 'Pseudonyms only. Refusals are listed like allowances.' })
  @ApiOkResponse({ type: EntryList })
  search(@Body() body: SearchEntriesRequest): Promise<EntryList> {
    return this.service.search({
      patient: body.patient ?? null,
      authorization: body.authorization ?? null,
      organization: body.organization ?? null,
      command: body.command ?? null,
      outcome: body.outcome ?? null,
      reason: body.reason ?? null,
      from: instantOf(body.from),
      until: instantOf(body.until),
      before: readCursor(body.after, '/after'),
      limit: body.limit ?? 50,
    });
  }

  @Get('entries/:entryId')
  @Operation('getEntry')
  @ApiOkResponse({ type: EntryDetail })
  entry(@IdParam('entryId') id: string): Promise<EntryDetail> {
    return this.service.entry(id);
  }

  @Get('entries/:entryId/explanation')
  @Operation('explainDecision', {
    description: 'Each requirement judged again on the facts of that moment, beside the edition’s own words.',
  })
  @ApiOkResponse({ type: ExplanationView })
  explanation(@IdParam('entryId') id: string): Promise<ExplanationView> {
    return this.service.explanation(id);
  }

  @Get('entries/:entryId/replay')
  @Operation('replayDecision', { description: 'Takes the decision again from the log alone, and compares it bit for bit.' })
  @ApiOkResponse({ type: ReplayView })
  replay(@IdParam('entryId') id: string): Promise<ReplayView> {
    return this.service.replay(id);
  }

  @Get('authorizations/:authorizationId/timeline')
  @Operation('getTimeline')
  @ApiOkResponse({ type: TimelineView })
  authorizationTimeline(@IdParam('authorizationId') id: string): Promise<TimelineView> {
    return this.service.authorizationTimeline(id);
  }

  @Get('patients/:patientId/timeline')
  @Operation('getPatientTimeline')
  @ApiOkResponse({ type: TimelineView })
  patientTimeline(@IdParam('patientId') id: string): Promise<TimelineView> {
    return this.service.patientTimeline(id);
  }

  @Get('key')
  @Operation('getLogKey')
  @ApiOkResponse({ type: LogKeyView })
  key(): LogKeyView {
    return this.service.key();
  }
}
