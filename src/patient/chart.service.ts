import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { OperationId } from '../auth/permission.js';
import type { Principal } from '../auth/principal.js';
import { accessDenied, deniedCase } from '../authorization/access.denied.js';
import { mayTouch } from '../authorization/access.js';
import { POOLS, RUNNER_PARTS } from '../authorization/authorization.tokens.js';
import type { RunnerParts } from '../authorization/command.runner.js';
import { Indeterminate, NotFound } from '../authorization/outcome.errors.js';
import type { Pools } from '../database/pools.js';
import { decide } from '../domain/authorization/decide.js';
import { asDecided } from '../program/edition.choice.js';
import { chartOf, previewOf } from './chart.js';
import type { CategoryPreview, PatientView } from './chart.view.js';
import { categoryChange } from './enrollment.command.js';
import type { PreviewCategoryRequest } from './enrollment.dto.js';
import type { Reading } from './in-words.js';
import { PersonStore } from './person.store.js';

/** What the practice reads of one patient. Nothing is changed, and nothing is kept from her own prescriber. */
@Injectable()
export class ChartService {
  constructor(
    @Inject(PersonStore) private readonly people: PersonStore,
    @Inject(POOLS) private readonly pools: Pools,
    @Inject(RUNNER_PARTS) private readonly parts: RunnerParts,
  ) {}

  async patient(principal: Principal, patient: string, program: string): Promise<PatientView> {
    const reading = await this.read(principal, 'getPatient', patient, program);
    const [person, links] = await Promise.all([this.people.person(this.pools.rest, patient), this.people.links(this.pools.rest, patient)]);
    if (person === null) throw new NotFound();
    return chartOf(reading, person, links, principal);
  }

  /** Decides the change as if its prescriber had asked for it, and saves nothing. */
  async previewCategory(principal: Principal, patient: string, request: PreviewCategoryRequest): Promise<CategoryPreview> {
    const reading = await this.read(principal, 'previewCategory', patient, request.program);
    const { loaded, edition } = reading;
    const base = { id: uuidv7(), at: loaded.at, by: { role: 'prescriber' as const, id: loaded.file.enrollment?.prescriber ?? '' } };
    return previewOf(reading, decide(loaded.file, categoryChange(base, loaded, edition, request), edition));
  }

  private async read(principal: Principal, operation: OperationId, patient: string, program: string): Promise<Reading> {
    const rest = this.pools.rest.visit();
    const enrollment = await this.parts.store.enrollmentId(rest, patient, program);
    if (enrollment === null) throw new NotFound();
    const participants = principal.participantId === null ? [] : [principal.participantId];
    const loaded = await this.parts.store.load(rest, { by: 'enrollment', value: enrollment, participants, caller: '', key: '' });
    if (loaded === null) throw new NotFound();
    if (!mayTouch(principal, operation, loaded)) throw await accessDenied(this.parts, rest, principal, deniedCase(operation, loaded));
    const edition = this.parts.catalogue.inForce(loaded.program, loaded.at);
    if (edition === undefined) throw new Indeterminate('edition-missing');
    const file = asDecided(loaded.file, edition, loaded.at, this.parts.catalogue);
    return { loaded: { ...loaded, file }, edition, deskPhone: this.parts.deskPhone };
  }
}
