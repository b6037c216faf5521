import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '../auth/principal.js';
import { actorOf } from '../authorization/access.js';
import { answerTo } from '../authorization/answer.js';
import type { Keyed } from '../authorization/authorization.service.js';
import { POOLS } from '../authorization/authorization.tokens.js';
import type { Sent } from '../authorization/command.runner.js';
import { said } from '../authorization/view.js';
import type { Pools } from '../database/pools.js';
import type { Instant } from '../domain/calendar.js';
import { decideFinding, type FindingCommand } from '../domain/finding.js';
import { type PageCursor, writeCursor } from '../http/page-cursor.js';
import { EditionCatalogue } from '../program/edition.catalogue.js';
import { DeskRunner, type Subject } from './desk.runner.js';
import type { FindingView } from './finding.dto.js';
import { FindingStore, type KnownFinding } from './finding.store.js';

type FindingSubject = Subject & { readonly known: KnownFinding };
type Asked =
  | { readonly do: 'assign-finding'; readonly owner: string; readonly dueAt: Instant | null }
  | { readonly do: 'close-finding'; readonly resolution: string };

/** Deviations, worked off: an owner, a due date, and an end that another person signs. */
@Injectable()
export class FindingService {
  constructor(
    @Inject(DeskRunner) private readonly desk: DeskRunner,
    @Inject(FindingStore) private readonly store: FindingStore,
    @Inject(EditionCatalogue) private readonly catalogue: EditionCatalogue,
    @Inject(POOLS) private readonly pools: Pools,
  ) {}

  async list(closed: boolean, after: PageCursor | null, limit: number): Promise<{ findings: FindingView[]; next: string | null }> {
    const found = await this.store.list(this.pools.rest, closed, after, limit);
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    return {
      findings: shown.map((each) => viewOf(each, each.now, this.zone(each.now))),
      next: found.length > limit && last ? writeCursor({ at: last.finding.dueAt, id: last.finding.id }) : null,
    };
  }

  change(principal: Principal, id: string, asked: Asked, keyed: Keyed): Promise<Sent> {
    return this.desk.run<FindingCommand, FindingSubject>({
      principal,
      idempotency: keyed,
      participants: asked.do === 'assign-finding' ? [asked.owner] : [],
      subject: async (_, db) => {
        const known = await this.store.find(db, id);
        const { patient, authorization, finding } = known ?? {};
        return known && finding
          ? { kind: 'finding', id, saw: finding.revision, patient: patient ?? null, authorization: authorization ?? null, known }
          : null;
      },
      command: ({ at, file }, fact) => ({ ...asked, id: fact, at, by: actorOf(principal, file.patient), finding: id }),
      decide: ({ file }, command, _edition, { known }) => decideFinding(known.finding, command, file.participants).decision,
      basis: ({ known }) => ({ finding: known.finding }),
      write: (tx, { command, loaded }, { known }) =>
        this.store.change(tx, decideFinding(known.finding, command, loaded.file.participants).finding),
      answer: (decided, { known }) =>
        answerTo(decided, 'auditor', ({ command, loaded, edition }) => {
          const { participants } = loaded.file;
          const { finding } = decideFinding(known.finding, command, participants);
          const ownerName = finding.owner === known.finding.owner ? known.ownerName : null;
          return { finding: viewOf({ ...known, finding, ownerName }, loaded.at, edition.zone) };
        }),
    });
  }

  private zone(at: Instant): string {
    return this.catalogue.inForce(this.catalogue.nobodys(at) ?? '', at)?.zone ?? 'UTC';
  }
}

const viewOf = ({ finding, patient, authorization, entry, openedAt, ownerName }: KnownFinding, at: Instant, zone: string): FindingView => ({
  id: finding.id,
  code: finding.code,
  patient,
  authorization,
  entry,
  openedAt: said(openedAt, zone) ?? '',
  dueBy: said(finding.dueAt, zone) ?? '',
  late: finding.closedAt === null && at > finding.dueAt,
  owner: finding.owner,
  ownerName,
  closedAt: said(finding.closedAt, zone),
  closedBy: finding.closedBy,
  resolution: finding.resolution,
});
