import { Controller, Get, Header, Inject, Query } from '@nestjs/common';
import { ApiOkResponse, ApiProduces } from '@nestjs/swagger';
import { Operation } from '../auth/auth.decorators.js';
import { HashParam } from './hash-param.js';
import { FindProgramQuery, ProgramList, ProgramView } from './program.dto.js';
import { ProgramService } from './program.service.js';

@Controller('v1')
export class ProgramController {
  constructor(@Inject(ProgramService) private readonly service: ProgramService) {}

  @Get('programs')
  @Operation('listPrograms')
  @ApiOkResponse({ type: ProgramList })
  list(): Promise<ProgramList> {
    return this.service.list();
  }

  @Get('programs/for-product')
  @Operation('findProgram', {
    description: 'The program that a product belongs to in a jurisdiction. Programs for the same molecule are told apart by the code.',
  })
  @ApiOkResponse({ type: ProgramView })
  find(@Query() { system, code, jurisdiction }: FindProgramQuery): Promise<ProgramView> {
    return this.service.find({ system, code }, jurisdiction);
  }

  @Get('materials/:sha256')
  @Operation('getMaterial', { description: 'The text of a guide or form, as the edition names it by its hash; it never changes.' })
  @ApiProduces('text/markdown')
  @ApiOkResponse({ schema: { type: 'string' } })
  @Header('content-type', 'text/markdown; charset=utf-8')
  material(@HashParam('sha256') sha256: string): Promise<string> {
    return this.service.material(sha256);
  }
}
