import { Inject, Injectable } from '@nestjs/common';
import type { OperationId } from '../auth/permission.js';
import type { Principal } from '../auth/principal.js';
import { actorOf, mayTouch } from '../authorization/access.js';
import { answerTo } from '../authorization/answer.js';
import { attest } from '../authorization/attestation.js';
import type { Keyed } from '../authorization/authorization.service.js';
import { POOLS } from '../authorization/authorization.tokens.js';
import { CommandRunner, type Decided, type Sent } from '../authorization/command.runner.js';
import { NotFound } from '../authorization/outcome.errors.js';
import { said } from '../authorization/view.js';
import type { Pools, Visit } from '../database/pools.js';
import type { Command } from '../domain/authorization/command.js';
import { HOUR_MS, type Instant } from '../domain/calendar.js';
import { type PageCursor, writeCursor } from '../http/page-cursor.js';
import { EditionCatalogue } from '../program/edition.catalogue.js';
import type { ExceptionView } from './exception.dto.js';
import { type ExceptionAnswer, type ExceptionRequest, ExceptionStore } from './exception.store.js';

export interface AskedException {
  readonly kind: string;
  readonly reason: string;
  readonly evidence: string;
  /** The request that an administrator takes up in his own name. */
  readonly takesUp: string | null;
}

/** An answer is due within four hours (rules §9.14): somebody may be without medicine meanwhile. */
const ANSWER_DUE_MS = 4 * HOUR_MS;

/** Exceptions by two persons: asked for by one, granted by another; neither is the prescriber or the pharmacy concerned. */
@Injectable()
export class ExceptionService {
  constructor(
    @Inject(CommandRunner) private readonly runner: CommandRunner,
    @Inject(ExceptionStore) private readonly store: ExceptionStore,
    @Inject(EditionCatalogue) private readonly catalogue: EditionCatalogue,
    @Inject(POOLS) private readonly pools: Pools,
  ) {}

  async list(answered: boolean, after: PageCursor | null, limit: number): Promise<{ exceptions: ExceptionView[]; next: string | null }> {
    const found = await this.store.list(this.pools.rest, answered, after, limit);
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    const zone = (at: Instant) => this.catalogue.inForce(this.catalogue.nobodys(at) ?? '', at)?.zone ?? 'UTC';
    return {
      exceptions: shown.map((each) => viewOf(each, each.requesterName, each.now, zone(each.now))),
      next: found.length > limit && last ? writeCursor({ at: last.answerDueAt, id: last.id }) : null,
    };
  }

  async request(principal: Principal, authorization: string, asked: AskedException, keyed: Keyed): Promise<Sent> {
    const { kind, reason, evidence, takesUp } = asked;
    const lane = this.pools.rest.visit();
    let earlier = takesUp === null ? null : await this.store.find(lane, takesUp);
    const takable = earlier?.authorization === authorization && principal.role === 'administrator';
    if (takesUp !== null && !takable) throw new NotFound();
    const requester = principal.participantId ?? principal.siteId ?? '';
    const rowOf = ({ loaded, command }: Decided): ExceptionRequest => ({
      id: command.id,
      authorization,
      patient: loaded.file.patient,
      kind,
      reason,
      evidence,
      requestedBy: requester,
      requestedByPerson: principal.personId,
      requestedAt: loaded.at,
      answerDueAt: earlier?.answerDueAt ?? loaded.at + ANSWER_DUE_MS,
      answer: null,
      answeredBy: null,
      answeredAt: null,
      answerReason: null,
    });
    return this.runner.run({
      ...this.about(lane, principal, 'requestException', authorization, keyed),
      command: ({ at, file }, id) => ({
        do: 'request-exception',
        id,
        at,
        by: actorOf(principal, file.patient),
        authorization,
        kind,
        reason,
        evidence,
        ...answeredAlready(earlier),
      }),
      alongside: async (tx, decided) => {
        await this.store.add(tx, rowOf(decided));
        if (takesUp === null) return true;
        const taken = { answer: 'taken-up' as const, by: requester, at: decided.loaded.at, reason: null };
        if (await this.store.answer(tx, takesUp, taken)) return true;
        earlier = await this.store.find(tx, takesUp);
        return false;
      },
      answer: (decided) => answerTo(decided, readerOf(principal), () => ({ exception: shown(rowOf(decided), decided) }), 201),
    });
  }

  grant(principal: Principal, id: string, keyed: Keyed): Promise<Sent> {
    return this.answer(principal, 'grantException', id, 'granted', null, keyed, (request, base, by) => ({
      ...base,
      do: 'grant-exception',
      authorization: request.authorization,
      kind: request.kind,
      reason: request.reason,
      approvedBy: [request.requestedBy, by],
    }));
  }

  decline(principal: Principal, id: string, reason: string, keyed: Keyed): Promise<Sent> {
    return this.answer(principal, 'declineException', id, 'declined', reason, keyed, (request, base) => ({
      ...base,
      do: 'decline-exception',
      authorization: request.authorization,
      request: id,
      reason,
    }));
  }

  private async answer(
    principal: Principal,
    operation: OperationId,
    id: string,
    answer: ExceptionAnswer,
    reason: string | null,
    keyed: Keyed,
    command: (request: ExceptionRequest, base: Pick<Command, 'id' | 'at' | 'by'>, by: string) => Command,
  ): Promise<Sent> {
    const lane = this.pools.rest.visit();
    const found = await this.store.find(lane, id);
    if (found === null) throw new NotFound();
    let request = found;
    const by = principal.participantId ?? '';
    return this.runner.run({
      ...this.about(lane, principal, operation, request.authorization, keyed),
      participants: [request.requestedBy],
      command: ({ at, file }, fact) => ({
        ...command(request, { id: fact, at, by: actorOf(principal, file.patient) }, by),
        ...answeredAlready(request),
      }),
      ...(operation === 'grantException' ? { attestation: () => attest('grant-exception.1', principal) } : {}),
      // A request that has its answer keeps it: whoever comes second reads it again, decides again and is told so.
      alongside: async (tx, { loaded }) => {
        if (await this.store.answer(tx, id, { answer, by, at: loaded.at, reason })) return true;
        request = (await this.store.find(tx, id)) ?? request;
        return false;
      },
      answer: (decided) =>
        answerTo(decided, 'auditor', () => ({
          exception: shown({ ...request, answer, answeredBy: by, answeredAt: decided.loaded.at, answerReason: reason }, decided),
        })),
    });
  }

  private about(lane: Visit, principal: Principal, operation: OperationId, authorization: string, keyed: Keyed) {
    return {
      principal,
      lane,
      target: { by: 'authorization' as const, value: authorization },
      idempotency: keyed,
      operation,
      mayTouch: (loaded: Decided['loaded']) => mayTouch(principal, operation, loaded),
    };
  }
}

const answeredAlready = (request: ExceptionRequest | null) => (request !== null && request.answer !== null ? { answered: true } : {});

const readerOf = ({ role }: Principal) => (role === 'pharmacist' ? 'pharmacist' : role === 'prescriber' ? 'prescriber' : 'auditor');

const shown = (request: ExceptionRequest, { loaded, edition }: Decided): ExceptionView => viewOf(request, null, loaded.at, edition.zone);

const viewOf = (request: ExceptionRequest, requesterName: string | null, at: Instant, zone: string): ExceptionView => ({
  id: request.id,
  authorization: request.authorization,
  kind: request.kind,
  reason: request.reason,
  evidence: request.evidence,
  requestedBy: request.requestedBy,
  requesterName,
  requestedAt: said(request.requestedAt, zone) ?? '',
  answerDueBy: said(request.answerDueAt, zone) ?? '',
  late: request.answer === null && at > request.answerDueAt,
  answer: request.answer,
  answeredAt: said(request.answeredAt, zone),
  answerReason: request.answerReason,
});
