import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import type { Principal } from '../auth/principal.js';
import { type SealedEntry, seal } from '../compliance-log/seal.js';
import type { EntrySigner } from '../compliance-log/signer.js';
import type { QueryPool } from '../database/pools.js';
import type { Command } from '../domain/authorization/command.js';
import { dispenseBy } from '../domain/authorization/deadline.js';
import { type Decision, decide } from '../domain/authorization/decide.js';
import { authorizationNumberFrom, confirmationNumberFrom, NUMBER_BYTES } from '../domain/authorization-number.js';
import { dateAt, HOUR_MS } from '../domain/calendar.js';
import type { Attestation, LogEntry } from '../domain/log-entry.js';
import { type Case, NO_ANSWERS } from '../domain/patient.js';
import type { Edition } from '../domain/program.js';
import type { EditionCatalogue } from '../program/edition.catalogue.js';
import type { CaseBy } from './case.read.js';
import type { CaseStore, LoadedCase } from './case.store.js';
import { decisionStatement, entryStatement, type Reply } from './case.write.js';
import { Indeterminate, KeyUsedOtherwise, NotFound, TooMuchTraffic } from './outcome.errors.js';

/** What a service asks for in the name of its caller. */
export interface Request {
  readonly principal: Principal;
  readonly lane: QueryPool;
  readonly target: { readonly by: CaseBy; readonly value: string };
  /** Participants the command names besides the actor. */
  readonly participants?: readonly string[];
  /** null for verify, which takes no key: asking again asks again. */
  readonly idempotency: { readonly key: string; readonly body: unknown } | null;
  /** At the counter an unknown number is a decision too, with its entry: the answer must not tell it from a number of somebody else. */
  readonly unknownIsDecided?: boolean;
  /** Whether this caller may know of this case at all; false answers 404, as if there were none. */
  readonly mayTouch: (loaded: LoadedCase) => boolean;
  /** The command, from the case as read. `id` is fresh and names the new fact. */
  readonly command: (loaded: LoadedCase, id: string) => Command;
  /** Of an attestation: what is signed. */
  readonly attestation?: (loaded: LoadedCase) => Attestation;
  /** The answer, made before anything is written, so that it is stored with the decision. */
  readonly answer: (decided: Decided) => Answer;
}

export interface Decided {
  readonly loaded: LoadedCase;
  readonly command: Command;
  readonly decision: Decision;
  readonly edition: Edition;
  /** The entry's id: the reference of this decision. */
  readonly entry: string;
  /** The number of the authorization spoken of, old or just made. */
  readonly number: string | null;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly contentType?: string;
}

/** What is sent: exact text, the same for the first answer and for every repetition. */
export interface Sent {
  readonly status: number;
  readonly text: string;
  readonly contentType: string;
  readonly replayed: boolean;
}

export interface RunnerParts {
  readonly store: CaseStore;
  readonly catalogue: EditionCatalogue;
  readonly signer: EntrySigner;
  readonly maxClockSkewMs: number;
  /** Told when a decision could not be made, with a short name of why. */
  readonly alarm: (why: 'clock-skew' | 'fault', detail: string) => void;
}

const TRIES = 5;
const FINDING_DUE_MS = 72 * HOUR_MS;
const TZDATA = process.versions.tz ?? 'unknown';
const UNIQUE_VIOLATION = '23505';

/**
 * The road of one command about a patient: read the case and the database's time, decide purely, and write under the guard that what was
 * read still holds. A lost race reads and decides again, a bounded number of times. Nothing leaves before the commit.
 */
export class CommandRunner {
  constructor(private readonly parts: RunnerParts) {}

  async run(request: Request): Promise<Sent> {
    const { principal, idempotency } = request;
    const key = idempotency?.key ?? '';
    const bodyHash = idempotency ? hashOfBody(idempotency.body) : '';
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      const participants = [principal.participantId ?? principal.siteId, ...(request.participants ?? [])].filter((id) => id !== null);
      const found = await this.parts.store.load(request.lane, { ...request.target, participants, caller: principal.subject, key });
      if (found === null && !request.unknownIsDecided) throw new NotFound();
      const loaded =
        found ??
        nobodysCase(await this.parts.store.loadParticipants(request.lane, participants, principal.subject, key), this.parts.catalogue);
      if (loaded.earlier && idempotency) return replayOf(loaded.earlier, bodyHash);
      if (!request.mayTouch(loaded)) throw new NotFound();
      this.checkClock(loaded);
      const prepared = this.decided(request, loaded, key, bodyHash);
      try {
        if (await this.parts.store.write(request.lane, prepared.statement)) return prepared.sent;
      } catch (error) {
        // Somebody wrote the same number, version or key in the same moment: as a lost race, the next read shows it.
        if (!(error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION)) throw error;
      }
      await sleep(Math.random() * 4 * attempt);
    }
    throw new TooMuchTraffic();
  }

  /** A decision taken under a clock that may be wrong is none (I18, T24). */
  private checkClock(loaded: LoadedCase): void {
    const skew = Math.abs(loaded.machineAt - Date.now());
    if (skew <= this.parts.maxClockSkewMs) return;
    this.parts.alarm('clock-skew', `${Math.round(skew)} ms between the service's clock and the database's`);
    throw new Indeterminate('clock-skew');
  }

  private decided(request: Request, loaded: LoadedCase, key: string, bodyHash: string) {
    const { principal, idempotency } = request;
    const command = withNumbers(request.command(loaded, uuidv7()));
    const edition = this.editionFor(command, loaded);
    let decision: Decision;
    try {
      decision = decide(loaded.file, command, edition);
    } catch (error) {
      this.parts.alarm('fault', error instanceof Error ? error.message : 'a decision threw');
      throw new Indeterminate(error);
    }
    const entryId = uuidv7();
    const numbers = numbersFor(decision, loaded);
    const about = decision.authorization;
    const number = about === null ? null : (loaded.numbers[about.id] ?? numbers[about.id] ?? null);
    const decidedFacts: Decided = { loaded, command, decision, edition, entry: entryId, number };
    const answer = request.answer(decidedFacts);
    const sent: Sent = {
      status: answer.status,
      text: JSON.stringify(answer.body),
      contentType: answer.contentType ?? 'application/json; charset=utf-8',
      replayed: false,
    };
    const sealed = this.sealed(request, decidedFacts, numbers);
    const reply: Reply | null = idempotency && {
      caller: principal.subject,
      key,
      bodyHash,
      status: sent.status,
      text: sent.text,
      contentType: sent.contentType,
      authorization: about?.id ?? null,
    };
    const found = { actor: principal.subject, organization: principal.siteId ?? principal.participantId };
    if (sealed.entry.aggregate.version === null) return { sent, statement: entryStatement(sealed, found, reply) };
    const due = loaded.at + FINDING_DUE_MS;
    return {
      sent,
      statement: decisionStatement({
        enrollment: loaded.enrollmentId,
        patient: loaded.file.patient,
        program: loaded.program,
        at: loaded.at,
        revision: loaded.revision,
        validThrough: decision.validThrough,
        participants: Object.values(loaded.file.participants).map(({ id, revision }) => ({ id, revision })),
        effects: decision.effects,
        known: loaded.file.authorizations.map((each) => each.id),
        edition,
        numbers,
        findings: decision.effects.flatMap((effect) =>
          effect.kind === 'finding' ? [{ id: uuidv7(), code: effect.code, authorization: about?.id ?? null, dueAt: due }] : [],
        ),
        sealed,
        reply,
        ...found,
      }),
    };
  }

  /** An authorization keeps the edition it was issued under; everything else goes by the one in force (rules §9.5). */
  private editionFor(command: Command, loaded: LoadedCase): Edition {
    const target = 'authorization' in command ? loaded.file.authorizations.find((each) => each.id === command.authorization) : undefined;
    const pinned = target?.issuedAt != null ? this.parts.catalogue.withHash(target.editionHash) : undefined;
    const edition = pinned ?? this.parts.catalogue.inForce(loaded.program, loaded.at);
    if (edition === undefined || (target?.issuedAt != null && pinned === undefined)) {
      this.parts.alarm('fault', `no edition of ${loaded.program} on file for this authorization`);
      throw new Indeterminate('edition-missing');
    }
    return edition;
  }

  private sealed(
    request: Request,
    { loaded, command, decision, edition, entry: id }: Decided,
    numbers: Readonly<Record<string, string>>,
  ): SealedEntry {
    const { principal } = request;
    const { authorization, effects } = decision;
    // A verify and a refusal change nothing; they carry the version they saw and take none (I13).
    const takesVersion = decision.outcome !== 'deny' && command.do !== 'verify' && loaded.file.enrollment !== null;
    const attestation = decision.outcome === 'allow' ? (request.attestation?.(loaded) ?? null) : null;
    const entry: Omit<LogEntry, 'commitments'> = {
      v: 1,
      id,
      at: loaded.at,
      command: command.do,
      outcome: decision.outcome,
      reasons: decision.reasons,
      warnings: decision.warnings,
      earliest: decision.earliest,
      actor: {
        subject: principal.subject,
        role: principal.role,
        participant: principal.participantId ?? principal.siteId,
        person: principal.personId,
        onBehalfOf: principal.onBehalfOf,
        token: principal.tokenId,
      },
      aggregate: {
        kind: loaded.file.enrollment === null ? 'unknown' : 'enrollment',
        id: loaded.enrollmentId,
        version: takesVersion ? loaded.revision + 1 : null,
        saw: loaded.revision,
      },
      patient: loaded.file.enrollment === null ? null : loaded.file.patient,
      authorization: authorization?.id ?? ('authorization' in command && loaded.file.enrollment !== null ? command.authorization : null),
      edition: { program: edition.program, edition: edition.edition, hash: edition.hash },
      calendar: { zone: edition.zone, on: dateAt(loaded.at, edition.zone), tzdata: TZDATA },
      deadlines: {
        validThrough: decision.validThrough,
        expiresAt: authorization?.expiresAt ?? null,
        dispenseBy: authorization?.reservation ? dispenseBy(authorization, authorization.reservation) : null,
        preparationEndsAt: authorization?.preparationEndsAt ?? null,
      },
      effects: effects.map(told),
      attestation,
      causedBy: null,
    };
    const { participants, accommodations, linked } = loaded.file;
    return seal(entry, { command, effects, numbers, basis: { participants, accommodations, linked } }, this.parts.signer);
  }
}

/** The case of a number that nobody was given: no patient, no facts, and so no way to anything but a refusal. */
function nobodysCase(read: Awaited<ReturnType<CaseStore['loadParticipants']>>, catalogue: EditionCatalogue): LoadedCase {
  const file: Case = {
    patient: 'unknown',
    enrollment: null,
    answers: NO_ANSWERS,
    category: null,
    categorySince: null,
    evidence: [],
    fills: [],
    authorizations: [],
    participants: read.participants,
    accommodations: [],
    linked: [],
  };
  const program = catalogue.programs()[0] ?? 'unknown';
  const person = { familyNameKey: '', birthDate: '', toldResultAt: null };
  return {
    file,
    at: read.at,
    machineAt: read.machineAt,
    enrollmentId: 'unknown',
    revision: 0,
    program,
    person,
    numbers: {},
    earlier: read.earlier,
  };
}

/** What an effect shows without its values. */
export function told(effect: Decision['effects'][number]): LogEntry['effects'][number] {
  switch (effect.kind) {
    case 'authorization':
      return { kind: effect.kind, id: effect.authorization.id, state: effect.authorization.state };
    case 'evidence':
      return { kind: effect.kind, id: effect.evidence.id };
    case 'fill':
      return { kind: effect.kind, id: effect.fill.id, state: effect.fill.outcome };
    case 'fill-returned':
      return { kind: effect.kind, id: effect.fill };
    case 'participant':
      return { kind: effect.kind, id: effect.participant.id };
    case 'enrollment':
      return { kind: effect.kind, id: effect.enrollment.id };
    case 'accommodation':
      return { kind: effect.kind, id: effect.accommodation.kind };
    case 'finding':
      return { kind: effect.kind, id: effect.code };
    case 'answers':
    case 'category':
      return { kind: effect.kind, id: effect.kind };
  }
}

/** A reservation's confirmation number is made before the decision, which stays free of chance. */
function withNumbers(command: Command): Command {
  return command.do === 'reserve' ? { ...command, confirmationNumber: confirmationNumberFrom(randomBytes(NUMBER_BYTES)) } : command;
}

/** A number for each authorization that this decision issues. */
function numbersFor(decision: Decision, loaded: LoadedCase): Record<string, string> {
  const issued = decision.effects.flatMap((effect) =>
    effect.kind === 'authorization' && effect.authorization.issuedAt !== null && loaded.numbers[effect.authorization.id] === undefined
      ? [effect.authorization.id]
      : [],
  );
  return Object.fromEntries(issued.map((id) => [id, authorizationNumberFrom(randomBytes(NUMBER_BYTES))]));
}

export const hashOfBody = (body: unknown): string => createHash('sha256').update(JSON.stringify(body)).digest('hex');

export function replayOf(earlier: NonNullable<LoadedCase['earlier']>, bodyHash: string): Sent {
  if (earlier.body_hash !== bodyHash) throw new KeyUsedOtherwise();
  return { status: earlier.status, text: earlier.reply, contentType: earlier.content_type, replayed: true };
}
