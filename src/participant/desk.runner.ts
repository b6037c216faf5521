import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { Principal } from '../auth/principal.js';
import { POOLS, RUNNER_PARTS } from '../authorization/authorization.tokens.js';
import type { Db, LoadedCase } from '../authorization/case.store.js';
import {
  type Answer,
  checkClock,
  type Decided,
  hashOfBody,
  LostRace,
  type RunnerParts,
  replayOf,
  type Sent,
} from '../authorization/command.runner.js';
import { sealedEntry } from '../authorization/entry.js';
import { nobodysCase } from '../authorization/nobodys-case.js';
import { Indeterminate, NotFound, TooMuchTraffic } from '../authorization/outcome.errors.js';
import { recorded } from '../compliance-log/recorded.js';
import { sqlState } from '../database/errors.js';
import type { Pools, Tx, Visit } from '../database/pools.js';
import type { Decision } from '../domain/authorization/decide.js';
import type { Attestation, LogEntry } from '../domain/log-entry.js';
import type { Edition } from '../domain/program.js';

/** What a command of the desk is about, and the version of it that was read. */
export interface Subject {
  readonly kind: Exclude<LogEntry['aggregate']['kind'], 'enrollment' | 'unknown'>;
  readonly id: string;
  readonly saw: number;
  /** Of a finding: whom and what it is about. */
  readonly patient?: string | null;
  readonly authorization?: string | null;
}

export interface DeskRequest<C extends { readonly do: string }, S extends Subject> {
  readonly principal: Principal;
  readonly idempotency: { readonly key: string; readonly body: unknown };
  /** Participants the command names. */
  readonly participants: readonly string[];
  /** The program it is about; the first one on file when it is about none in particular. */
  readonly program?: string;
  /** null answers 404: there is no such thing, or it is not this caller's. */
  readonly subject: (loaded: LoadedCase, db: Db) => Promise<S | null> | S | null;
  /** The edition it is about, when that is not the one in force. */
  readonly edition?: (subject: S) => Edition;
  readonly command: (loaded: LoadedCase, id: string) => C;
  readonly decide: (loaded: LoadedCase, command: C, edition: Edition, subject: S) => Decision;
  readonly attestation?: Attestation;
  /** Kept with the entry besides participants and command, so that the decision can be taken again. */
  readonly basis?: (subject: S) => Readonly<Record<string, unknown>>;
  /** The rows of an accepted command, under the guard that what was read still holds; false: somebody was faster. */
  readonly write: (tx: Tx, decided: Decided<C>, subject: S) => Promise<boolean>;
  readonly answer: (decided: Decided<C>, subject: S) => Answer;
}

const TRIES = 5;
const UNIQUE_VIOLATION = '23505';
const REPLY = `INSERT INTO idempotency (caller, key, body_hash, status, reply, content_type, authorization_id, recorded_at)
  VALUES ($1, $2, $3, $4, $5, $6, NULL, $7)`;

/**
 * The road of a command that is about no patient: participants, the program, a finding. The same order of work as for patients (read, decide,
 * write under a guard, entry, reply), in one transaction of several statements, for it is rare.
 */
@Injectable()
export class DeskRunner {
  constructor(
    @Inject(RUNNER_PARTS) private readonly parts: RunnerParts,
    @Inject(POOLS) private readonly pools: Pools,
  ) {}

  async run<C extends { readonly do: string }, S extends Subject>(request: DeskRequest<C, S>): Promise<Sent> {
    const { principal, idempotency } = request;
    const bodyHash = hashOfBody(principal, idempotency.body);
    const ids = [principal.participantId ?? principal.siteId, ...request.participants].filter((id) => id !== null);
    const lane = this.pools.rest.visit();
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      const read = await this.parts.store.loadParticipants(lane, ids, principal.subject, idempotency.key);
      if (read.earlier) return replayOf(read.earlier, bodyHash);
      const anybodys = nobodysCase(read, this.parts.catalogue);
      const loaded = request.program === undefined ? anybodys : { ...anybodys, program: request.program };
      const subject = await request.subject(loaded, lane);
      if (subject === null) throw new NotFound();
      checkClock(loaded, this.parts);
      const decided = this.decided(request, loaded, subject);
      try {
        return await this.write(lane, request, decided, subject, bodyHash);
      } catch (error) {
        if (!(error instanceof LostRace) && sqlState(error) !== UNIQUE_VIOLATION) throw error;
      }
      await sleep(Math.random() * 4 * attempt);
    }
    throw new TooMuchTraffic();
  }

  private decided<C extends { readonly do: string }, S extends Subject>(
    request: DeskRequest<C, S>,
    loaded: LoadedCase,
    subject: S,
  ): Decided<C> {
    const command = request.command(loaded, uuidv7());
    const edition = request.edition?.(subject) ?? this.parts.catalogue.inForce(loaded.program, loaded.at);
    if (edition === undefined) throw new Indeterminate('edition-missing');
    const decision = request.decide(loaded, command, edition, subject);
    return { loaded, command, decision, edition, entry: uuidv7(), number: null, deskPhone: this.parts.deskPhone };
  }

  private async write<C extends { readonly do: string }, S extends Subject>(
    lane: Visit,
    request: DeskRequest<C, S>,
    decided: Decided<C>,
    subject: S,
    bodyHash: string,
  ): Promise<Sent> {
    const { principal, idempotency } = request;
    const { loaded, command, decision, edition } = decided;
    const accepted = decision.outcome !== 'deny';
    const answer = request.answer(decided, subject);
    const sent: Sent = {
      status: answer.status,
      text: JSON.stringify(answer.body),
      contentType: answer.contentType ?? 'application/json; charset=utf-8',
      replayed: false,
    };
    const { kind, id, saw } = subject;
    const sealed = sealedEntry(
      {
        id: decided.entry,
        at: loaded.at,
        caller: principal,
        command,
        decision,
        aggregate: { kind, id, version: accepted ? saw + 1 : null, saw },
        patient: subject.patient ?? null,
        authorization: subject.authorization ?? null,
        edition,
        attestation: request.attestation ?? null,
        causedBy: null,
        values: { basis: { participants: loaded.file.participants, ...request.basis?.(subject) } },
      },
      this.parts.signer,
    );
    const organization = principal.siteId ?? principal.participantId;
    await lane.transaction((tx) =>
      recorded(tx, async () => {
        if (accepted && !(await request.write(tx, decided, subject))) throw new LostRace();
        const at = new Date(loaded.at).toISOString();
        await tx.query(REPLY, [principal.subject, idempotency.key, bodyHash, sent.status, sent.text, sent.contentType, at]);
        return [{ sealed, actor: principal.subject, organization }];
      }),
    );
    return sent;
  }
}
