import { Body, Controller, Get, HttpCode, Inject, Post, Query } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { CurrentPrincipal, Operation } from '../auth/auth.decorators.js';
import type { Principal } from '../auth/principal.js';
import { IdParam } from '../http/id-param.js';
import { ChartService } from './chart.service.js';
import { CategoryPreview, PatientView } from './chart.view.js';
import { PreviewCategoryRequest } from './enrollment.dto.js';
import { WorklistService } from './worklist.service.js';
import { ProgramQuery, WorklistPage, WorklistQuery } from './worklist.view.js';

@Controller('v1')
export class ChartController {
  constructor(
    @Inject(ChartService) private readonly charts: ChartService,
    @Inject(WorklistService) private readonly list: WorklistService,
  ) {}

  @Get('patients/:patientId')
  @Operation('getPatient', { summary: 'One patient, with what is missing for the next prescription' })
  @ApiOkResponse({ type: PatientView })
  patient(@CurrentPrincipal() who: Principal, @IdParam('patientId') id: string, @Query() query: ProgramQuery): Promise<PatientView> {
    return this.charts.patient(who, id, query.program);
  }

  @Post('patients/:patientId/category-preview')
  @HttpCode(200)
  @Operation('previewCategory', {
    summary: 'What new answers would do, before they are saved',
    description: 'Changes nothing and takes no key. A POST, because answers do not belong into an address.',
  })
  @ApiOkResponse({ type: CategoryPreview })
  preview(
    @CurrentPrincipal() who: Principal,
    @IdParam('patientId') id: string,
    @Body() body: PreviewCategoryRequest,
  ): Promise<CategoryPreview> {
    return this.charts.previewCategory(who, id, body);
  }

  @Get('worklist')
  @Operation('worklist', { summary: 'The practice’s patients by the last moment to act' })
  @ApiOkResponse({ type: WorklistPage })
  worklist(@CurrentPrincipal() who: Principal, @Query() query: WorklistQuery): Promise<WorklistPage> {
    return this.list.page(who, query);
  }
}
