import { hash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OperationId } from '../auth/permission.js';
import { chance, newId } from '../chance.js';
import type { SealedEntry } from '../compliance-log/seal.js';
import type { EntrySigner } from '../compliance-log/signer.js';
import type { QueryPool, Tx, Visit } from '../database/pools.js';
import type { Command } from '../domain/authorization/command.js';
import { type Decision, decide, type Others } from '../domain/authorization/decide.js';
import { actsElsewhere } from '../domain/authorization/heeding.js';
import { authorizationNumberFrom, confirmationNumberFrom, NUMBER_BYTES } from '../domain/authorization-number.js';
import { HOUR_MS, type Instant } from '../domain/calendar.js';
import type { Attestation } from '../domain/log-entry.js';
import type { Edition } from '../domain/program.js';
import type { EditionCatalogue } from '../program/edition.catalogue.js';
import { type Chosen, editionsFor } from '../program/edition.choice.js';
import { accessDenied, deniedCase } from './access.denied.js';
import { type Caller, SYSTEM } from './caller.js';
import type { CaseBy } from './case.read.js';
import type { CaseStore, Db, LoadedCase } from './case.store.js';
import { decisionStatement, entryStatement, type Reply } from './case.write.js';
import { sealedEntry } from './entry.js';
import type { Newcomer } from './newcomer.js';
import { knownElsewhere, nobodysCase } from './nobodys-case.js';
import { Indeterminate, KeyUsedOtherwise, NotFound, TooMuchTraffic } from './outcome.errors.js';

/** What a service asks for in the name of its caller. */
export interface Request {
  readonly principal: Caller;
  /** A visit, when something was asked of the database already: what the command waits comes out of the rest. */
  readonly lane: QueryPool | Visit;
  readonly target: { readonly by: CaseBy; readonly value: string };
  /** Participants the command names besides the actor. */
  readonly participants?: readonly string[];
  /** null for verify, which takes no key: asking again asks again. */
  readonly idempotency: { readonly key: string; readonly body: unknown } | null;
  /** At the counter an unknown number is a decision too, with its entry: the answer must not tell it from a number of somebody else. */
  readonly unknownIsDecided?: boolean;
  /** Of an enrollment: the person, who has no case yet; `target` is then not asked. */
  readonly newcomer?: Newcomer;
  /** What else the command needs, read after the case in every attempt. */
  readonly reads?: (db: Db, loaded: LoadedCase) => Promise<void>;
  /** The operation asked for, for the entry of one who asks about what is not his; left out by the service itself. */
  readonly operation?: OperationId;
  /** Whether this caller may know of this case at all; false answers 404, as if there were none, and leaves an entry (T10). */
  readonly mayTouch: (loaded: LoadedCase) => boolean;
  /** Whether what the address names besides the case is there; false answers 404. */
  readonly exists?: (loaded: LoadedCase) => boolean;
  /** Whether the case is not to be touched: then it is decided as a number that nobody was given, with an entry that says which it was. */
  readonly unseen?: (loaded: LoadedCase) => boolean;
  /** The command, from the case as read. `id` is fresh and names the new fact. */
  readonly command: (loaded: LoadedCase, id: string) => Command;
  /** Of an attestation: what is signed. */
  readonly attestation?: (loaded: LoadedCase) => Attestation;
  /** The answer, made before anything is written, so that it is stored with the decision. */
  readonly answer: (decided: Decided) => Answer;
  /** Asked in the transaction before an accepted command is written; false as a lost race: nothing is written. */
  readonly first?: (tx: Tx) => Promise<boolean>;
  /** Rows of another noun that an accepted command changes, in the same transaction; false as a lost race: nothing is written. */
  readonly alongside?: (tx: Tx, decided: Decided) => Promise<boolean>;
  /** The entry that this command follows from, when no person gave it. */
  readonly causedBy?: string;
}

export interface Decided<C extends { readonly do: string } = Command> {
  readonly loaded: LoadedCase;
  readonly command: C;
  readonly decision: Decision;
  readonly edition: Edition;
  /** The editions that judged beside it. */
  readonly others?: Others;
  /** The entry's id: the reference of this decision. */
  readonly entry: string;
  /** The number of the authorization spoken of, old or just made. */
  readonly number: string | null;
  /** The program's telephone desk, which every refusal names. */
  readonly deskPhone: string;
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
  readonly deskPhone: string;
  /** Told when a decision could not be made, with a short name of why. */
  readonly alarm: (why: 'clock-skew' | 'fault', detail: string) => void;
}

const TRIES = 5;
const FINDING_DUE_MS = 72 * HOUR_MS;
const UNIQUE_VIOLATION = '23505';
const CHANGES_NOTHING: readonly Command['do'][] = ['verify', 'read-status', 'read-clinical-review'];

/** Rolls a transaction back whose guard said no; the case is read and decided again. */
export class LostRace extends Error {}

/**
 * The road of one command about a patient: read the case and the database's time, decide purely, and write under the guard that what was
 * read still holds. A lost race reads and decides again, a bounded number of times. Nothing leaves before the commit.
 */
export class CommandRunner {
  constructor(private readonly parts: RunnerParts) {}

  async run(asked: Request): Promise<Sent> {
    const lane = asked.lane.visit();
    const request = { ...asked, lane };
    const { principal, idempotency } = request;
    const key = idempotency?.key ?? '';
    const bodyHash = idempotency ? hashOfBody(principal, idempotency.body) : '';
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      const participants = [principal.participantId ?? principal.siteId, ...(request.participants ?? [])].filter((id) => id !== null);
      const found = await this.load(request, participants, key);
      if (found.earlier && idempotency) return replayOf(found.earlier, bodyHash);
      if (!request.mayTouch(found)) throw await this.notTheirs(request, found);
      if (request.exists?.(found) === false) throw new NotFound();
      checkClock(found, this.parts);
      const loaded = request.unseen?.(found) ? unseenCase(found, participants, this.parts.catalogue) : found;
      await request.reads?.(lane, loaded);
      const prepared = this.decided(request, loaded, key, bodyHash);
      try {
        if (await this.write(request, prepared)) return prepared.sent;
      } catch (error) {
        // Somebody wrote the same number, version or key in the same moment: as a lost race, the next read shows it.
        if (!(error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION)) throw error;
      }
      await sleep(Math.random() * 4 * attempt);
    }
    throw new TooMuchTraffic();
  }

  private async load(
    { principal, lane, target, newcomer, unknownIsDecided }: Request,
    participants: string[],
    key: string,
  ): Promise<LoadedCase> {
    const { store, catalogue } = this.parts;
    const caller = principal.subject;
    if (newcomer) {
      const nobody = nobodysCase(await store.loadParticipants(lane, participants, caller, key), catalogue, newcomer);
      return newcomer.onFile ? knownElsewhere(nobody, await store.elsewhere(lane, newcomer.patient, newcomer.program)) : nobody;
    }
    const query = { ...target, participants, caller, key };
    const found = unknownIsDecided ? await store.loadOrNobody(lane, query) : await store.load(lane, query);
    if (found === null) throw new NotFound();
    return 'file' in found ? found : nobodysCase(found, catalogue);
  }

  /** @returns what to throw to who asks about somebody else's patient, once the log has been told of it */
  async notTheirs({ principal, lane, operation }: Pick<Request, 'principal' | 'lane' | 'operation'>, found: LoadedCase): Promise<NotFound> {
    if (found.file.enrollment === null || operation === undefined) return new NotFound();
    return accessDenied(this.parts, lane, principal, deniedCase(operation, found));
  }

  /**
   * What the system has to do about a patient inside a larger transaction that already holds the enrollment's row, so that there is no race to
   * lose. Where by rule there is nothing to do, there is no entry either: nobody asked, and the entry that it follows from stands.
   */
  async runWithin(tx: Tx, request: Omit<Request, 'lane' | 'idempotency' | 'alongside'>): Promise<void> {
    const participants = [...(request.participants ?? [])];
    const loaded = await this.parts.store.load(tx, { ...request.target, participants, caller: request.principal.subject, key: '' });
    if (loaded === null || !request.mayTouch(loaded)) throw new NotFound();
    const { decided, statement } = this.decided({ ...request, idempotency: null }, loaded, '', '');
    if (decided.decision.outcome === 'deny') return;
    if (!(await this.parts.store.write(tx, statement))) throw new Error('The enrollment’s row was not held while it was decided.');
  }

  /** What was just written of a patient acts in her other program too; its row is held since the write, which had read it. */
  private async heed(tx: Tx, enrollment: string, causedBy: string): Promise<void> {
    const query = { by: 'enrollment', value: enrollment, participants: [], caller: SYSTEM.subject, key: '' } as const;
    const loaded = await this.parts.store.load(tx, query);
    if (loaded === null) throw new LostRace();
    const request: Omit<Request, 'lane'> = {
      principal: SYSTEM,
      target: query,
      idempotency: null,
      mayTouch: () => true,
      command: ({ at }, id) => ({ do: 'heed-elsewhere', id, at, by: { role: 'system', id: 'system' } }),
      answer: () => ({ status: 200, body: {} }),
      causedBy,
    };
    const { decided, statement } = this.decided(request, loaded, '', '');
    // Nothing of hers is open there, or nothing that this ends.
    if (decided.decision.outcome === 'deny') return;
    if (!(await this.parts.store.write(tx, statement))) throw new LostRace();
  }

  private write(request: Request, { statement, decided }: ReturnType<CommandRunner['decided']>): Promise<boolean> {
    const { first, alongside, lane } = request;
    const heeding = actsElsewhere(decided.decision.effects) ? decided.loaded.otherPrograms : [];
    const alone = !first && !alongside && heeding.length === 0;
    if (alone || decided.decision.outcome === 'deny') return this.parts.store.write(lane, statement);
    const all = lane.transaction(async (tx) => {
      if (first && !(await first(tx))) throw new LostRace();
      if (!(await this.parts.store.write(tx, statement))) throw new LostRace();
      if (alongside && !(await alongside(tx, decided))) throw new LostRace();
      for (const enrollment of heeding) await this.heed(tx, enrollment, decided.entry);
      return true;
    });
    return all.catch((error: unknown) => {
      if (error instanceof LostRace) return false;
      throw error;
    });
  }

  private decided(request: Omit<Request, 'lane' | 'alongside'>, loaded: LoadedCase, key: string, bodyHash: string) {
    const { principal, idempotency } = request;
    const command = withNumbers(request.command(loaded, newId()));
    const { edition, others } = this.editionsFor(command, loaded);
    let decision: Decision;
    try {
      decision = decide(loaded.file, command, edition, others);
    } catch (error) {
      this.parts.alarm('fault', error instanceof Error ? error.message : 'a decision threw');
      throw new Indeterminate(error);
    }
    const entryId = newId();
    const numbers = numbersFor(decision, loaded);
    const about = decision.authorization;
    const number = about === null ? null : (loaded.numbers[about.id] ?? numbers[about.id] ?? null);
    const decidedFacts: Decided = { loaded, command, decision, edition, others, entry: entryId, number, deskPhone: this.parts.deskPhone };
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
    const due = loaded.at + FINDING_DUE_MS;
    const findings = decision.effects.flatMap((effect) =>
      effect.kind === 'finding' ? [{ id: newId(), code: effect.code, authorization: about?.id ?? null, dueAt: due }] : [],
    );
    if (sealed.entry.aggregate.version === null)
      return { sent, decided: decidedFacts, statement: entryStatement(sealed, found, reply, findings) };
    return {
      sent,
      decided: decidedFacts,
      statement: decisionStatement({
        enrollment: sealed.entry.aggregate.id,
        patient: loaded.file.patient,
        program: loaded.program,
        at: loaded.at,
        revision: loaded.revision,
        validThrough: this.allowedThrough(decision, loaded),
        participants: Object.values(loaded.file.participants).map(({ id, revision }) => ({ id, revision })),
        doubles: loaded.doubles,
        newcomer: request.newcomer ?? null,
        effects: decision.effects,
        known: loaded.file.authorizations.map((each) => each.id),
        edition,
        numbers,
        findings,
        sealed,
        reply,
        ...found,
      }),
    };
  }

  private editionsFor(command: Command, { file, program, at }: LoadedCase): Chosen {
    const chosen = editionsFor(command, file, program, at, this.parts.catalogue);
    if (chosen !== undefined) return chosen;
    this.parts.alarm('fault', `no edition of ${program} on file for this authorization`);
    throw new Indeterminate('edition-missing');
  }

  /** An allowance ends with the editions it was judged under: one that comes too late for that is judged again under the next. */
  private allowedThrough({ validThrough }: Decision, { program, at, file }: LoadedCase): Instant | null {
    const programs = [program, ...(file.elsewhere ?? []).map((each) => each.program)];
    const changes = programs.map((each) => this.parts.catalogue.nextChange(each, at)).filter((each) => each !== null);
    if (changes.length === 0) return validThrough;
    return Math.min(validThrough ?? Number.POSITIVE_INFINITY, ...changes.map((each) => each - 1));
  }

  private sealed(
    request: Pick<Request, 'principal' | 'attestation' | 'causedBy' | 'newcomer'>,
    { loaded, command, decision, edition, others, entry: id }: Decided,
    numbers: Readonly<Record<string, string>>,
  ): SealedEntry {
    const { file, enrollmentId, revision } = loaded;
    const enrolled = decision.effects.find((effect) => effect.kind === 'enrollment')?.enrollment;
    const known = file.enrollment !== null || enrolled !== undefined;
    // The values of an enrollment include who it is: the person's row is a fold of the entries too.
    const person = request.newcomer && !request.newcomer.onFile && known ? { person: request.newcomer } : {};
    // A verify, a reading and a refusal change nothing; they carry the version they saw and take none (I13).
    const takesVersion = decision.outcome !== 'deny' && !CHANGES_NOTHING.includes(command.do) && known;
    const { participants, accommodations, linked, elsewhere } = file;
    return sealedEntry(
      {
        id,
        at: loaded.at,
        caller: request.principal,
        command,
        decision,
        aggregate: {
          kind: known ? 'enrollment' : 'unknown',
          id: file.enrollment === null && enrolled ? enrolled.id : enrollmentId,
          version: takesVersion ? revision + 1 : null,
          saw: revision,
        },
        patient: known ? file.patient : null,
        authorization: 'authorization' in command && known ? command.authorization : null,
        edition,
        besides: [...(others?.later ? [others.later] : []), ...Object.values(others?.elsewhere ?? {})],
        attestation: request.attestation?.(loaded) ?? null,
        causedBy: request.causedBy ?? null,
        values: {
          numbers,
          basis: { participants, accommodations, linked, drug: edition.drug?.hashes ?? null, ...(elsewhere ? { elsewhere } : {}) },
          ...person,
        },
      },
      this.parts.signer,
    );
  }
}

/** As if there were no such case: what stands around it, and nothing of it. */
function unseenCase({ at, machineAt, earlier, file }: LoadedCase, asked: readonly string[], catalogue: EditionCatalogue): LoadedCase {
  const participants = Object.fromEntries(Object.entries(file.participants).filter(([id]) => asked.includes(id)));
  return nobodysCase({ at, machineAt, earlier, participants }, catalogue);
}

/** A reservation's confirmation number is made before the decision, which stays free of chance. */
function withNumbers(command: Command): Command {
  return command.do === 'reserve' ? { ...command, confirmationNumber: confirmationNumberFrom(chance(NUMBER_BYTES)) } : command;
}

/** A number for each authorization that this decision issues. */
function numbersFor(decision: Decision, loaded: LoadedCase): Record<string, string> {
  const issued = decision.effects.flatMap((effect) =>
    effect.kind === 'authorization' && effect.authorization.issuedAt !== null && loaded.numbers[effect.authorization.id] === undefined
      ? [effect.authorization.id]
      : [],
  );
  return Object.fromEntries(issued.map((id) => [id, authorizationNumberFrom(chance(NUMBER_BYTES))]));
}

/** A decision taken under a clock that may be wrong is none (I18, T24). */
export function checkClock(
  loaded: Pick<LoadedCase, 'machineAt'>,
  { maxClockSkewMs, alarm }: Pick<RunnerParts, 'maxClockSkewMs' | 'alarm'>,
): void {
  const skew = Math.abs(loaded.machineAt - Date.now());
  if (skew <= maxClockSkewMs) return;
  alarm('clock-skew', `${Math.round(skew)} ms between the service's clock and the database's`);
  throw new Indeterminate('clock-skew');
}

/** What was asked, and for which site or participant: one person may work at two counters, and a key of one is no answer at the other. */
export const hashOfBody = ({ participantId, siteId }: Pick<Caller, 'participantId' | 'siteId'>, body: unknown): string =>
  hash('sha256', JSON.stringify([siteId ?? participantId, body]), 'hex');

export function replayOf(earlier: NonNullable<LoadedCase['earlier']>, bodyHash: string): Sent {
  if (earlier.body_hash !== bodyHash) throw new KeyUsedOtherwise();
  return { status: earlier.status, text: earlier.reply, contentType: earlier.content_type, replayed: true };
}
