import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '../auth/principal.js';
import { actorOf } from '../authorization/access.js';
import { answerTo } from '../authorization/answer.js';
import { attest } from '../authorization/attestation.js';
import type { Keyed } from '../authorization/authorization.service.js';
import { POOLS } from '../authorization/authorization.tokens.js';
import type { Decided, Sent } from '../authorization/command.runner.js';
import { said } from '../authorization/view.js';
import type { Pools } from '../database/pools.js';
import type { CommandOf } from '../domain/authorization/command.js';
import { decide } from '../domain/authorization/decide.js';
import type { Instant } from '../domain/calendar.js';
import { fieldsInvalid } from '../http/problem.js';
import { EditionCatalogue } from '../program/edition.catalogue.js';
import type { AccommodationView } from './accommodation.dto.js';
import { AccommodationStore, type KnownAccommodation } from './accommodation.store.js';
import { DeskRunner, type Subject } from './desk.runner.js';

export interface AskedAccommodation {
  readonly program: string;
  readonly kind: string;
  readonly from: Instant;
  readonly until: Instant | null;
  readonly authority: string;
}

/** What a program allows for a time, dated and by a named authority (rules §9.13). */
@Injectable()
export class AccommodationService {
  constructor(
    @Inject(DeskRunner) private readonly desk: DeskRunner,
    @Inject(AccommodationStore) private readonly store: AccommodationStore,
    @Inject(EditionCatalogue) private readonly catalogue: EditionCatalogue,
    @Inject(POOLS) private readonly pools: Pools,
  ) {}

  async list(): Promise<{ accommodations: AccommodationView[] }> {
    const found = await this.store.list(this.pools.rest);
    const zone = (program: string, at: Instant) => this.catalogue.inForce(program, at)?.zone ?? 'UTC';
    return { accommodations: found.map((each) => viewOf(each, each.now, zone(each.program, each.now))) };
  }

  set(principal: Principal, asked: AskedAccommodation, keyed: Keyed): Promise<Sent> {
    const { program, authority, ...accommodation } = asked;
    if (!this.catalogue.programs().includes(program))
      throw fieldsInvalid([{ pointer: '/program', message: 'This program is not on file here.' }]);
    if (asked.until !== null && asked.until < asked.from)
      throw fieldsInvalid([{ pointer: '/until', message: 'Give an end that is not before the beginning.' }]);
    const rowOf = ({ loaded, command }: Decided<CommandOf<'set-accommodation'>>): KnownAccommodation => ({
      id: command.id,
      program,
      authority,
      ...accommodation,
      recordedAt: loaded.at,
    });
    return this.desk.run<CommandOf<'set-accommodation'>, Subject>({
      principal,
      idempotency: keyed,
      participants: [],
      program,
      subject: async (_, db) => ({ kind: 'program', id: program, saw: await this.store.programVersion(db, program) }),
      command: ({ at, file }, id) => ({
        do: 'set-accommodation',
        id,
        at,
        by: actorOf(principal, file.patient),
        ...accommodation,
        authority,
      }),
      decide: ({ file }, command, edition) => decide(file, command, edition),
      attestation: attest('set-accommodation.1', principal),
      write: async (tx, decided) => {
        await this.store.set(tx, rowOf(decided));
        return true;
      },
      answer: (decided) =>
        answerTo(decided, 'auditor', () => ({ accommodation: viewOf(rowOf(decided), decided.loaded.at, decided.edition.zone) })),
    });
  }
}

const viewOf = ({ id, program, kind, from, until, authority }: KnownAccommodation, at: Instant, zone: string): AccommodationView => ({
  id,
  program,
  kind,
  from: said(from, zone) ?? '',
  until: said(until, zone),
  authority,
  inForce: from <= at && (until === null || at <= until),
});
