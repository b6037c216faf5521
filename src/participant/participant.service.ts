import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { type OperationId, permissionOf } from '../auth/permission.js';
import type { Principal } from '../auth/principal.js';
import { accessDenied } from '../authorization/access.denied.js';
import { actorOf } from '../authorization/access.js';
import { answerTo } from '../authorization/answer.js';
import { attest, type StatementId } from '../authorization/attestation.js';
import type { Keyed } from '../authorization/authorization.service.js';
import { POOLS, RUNNER_PARTS } from '../authorization/authorization.tokens.js';
import type { Decided, RunnerParts, Sent } from '../authorization/command.runner.js';
import { NotFound } from '../authorization/outcome.errors.js';
import type { Pools, Tx } from '../database/pools.js';
import type { Command } from '../domain/authorization/command.js';
import { type Decision, decide } from '../domain/authorization/decide.js';
import type { Instant } from '../domain/calendar.js';
import type { Participant } from '../domain/participant.js';
import { DeskRunner, type Subject } from './desk.runner.js';
import { type Contact, type KnownParticipant, type ParticipantPage, ParticipantStore } from './participant.store.js';
import { type ParticipantView, participantView } from './participant.view.js';
import { SuspensionService } from './suspension.service.js';

interface Step {
  readonly operation: OperationId;
  readonly participant: string;
  readonly keyed: Keyed;
  readonly statement?: StatementId;
  readonly command: (base: Pick<Command, 'id' | 'at' | 'by'>) => Command;
  /** What follows for others, in the same transaction. */
  readonly consequences?: (tx: Tx, decided: Decided) => Promise<void>;
}

/** Who takes part: registered, certified, suspended, trained. The participant's own revision is the guard. */
@Injectable()
export class ParticipantService {
  constructor(
    @Inject(DeskRunner) private readonly desk: DeskRunner,
    @Inject(ParticipantStore) private readonly store: ParticipantStore,
    @Inject(SuspensionService) private readonly suspension: SuspensionService,
    @Inject(RUNNER_PARTS) private readonly parts: RunnerParts,
    @Inject(POOLS) private readonly pools: Pools,
  ) {}

  async list(page: ParticipantPage): Promise<{ participants: ParticipantView[]; next: string | null }> {
    const { found, at } = await this.store.list(this.pools.rest, page);
    const shown = found.slice(0, page.limit);
    return {
      participants: shown.map(({ participant, contact }) => participantView(participant, contact, at, this.zone(at))),
      next: found.length > page.limit ? (shown.at(-1)?.participant.id ?? null) : null,
    };
  }

  async get(principal: Principal, id: string): Promise<ParticipantView> {
    const known = await this.reached(principal, 'getParticipant', id);
    return participantView(known.participant, known.contact, known.at, this.zone(known.at));
  }

  register(
    principal: Principal,
    asked: Pick<Participant, 'kind' | 'chain' | 'actsFor' | 'zone' | 'licence'> & Contact,
    keyed: Keyed,
  ): Promise<Sent> {
    const { kind, chain, actsFor, zone, licence, name, phone } = asked;
    const contact: Contact = { name, phone };
    const participant = uuidv7();
    return this.desk.run<Command, Subject>({
      principal,
      idempotency: keyed,
      participants: actsFor === null ? [] : [actsFor],
      subject: () => ({ kind: 'participant', id: participant, saw: 0 }),
      command: ({ at, file }, id) => ({
        do: 'register-participant',
        id,
        at,
        by: actorOf(principal, file.patient),
        participant,
        kind,
        chain,
        actsFor,
        ...(zone === undefined ? {} : { zone }),
        ...(licence === undefined ? {} : { licence }),
      }),
      decide: ({ file }, command, edition) => decide(file, command, edition),
      basis: () => ({ contact }),
      write: async (tx, { decision }) => {
        await this.store.add(tx, changed(decision), contact);
        return true;
      },
      answer: (decided) => answerTo(decided, 'auditor', shown(contact), 201),
    });
  }

  certify(
    principal: Principal,
    kind: 'prescriber' | 'pharmacy',
    participant: string,
    certification: { readonly until: Instant | null; readonly zone?: string; readonly licence?: string },
    keyed: Keyed,
  ): Promise<Sent> {
    return this.step(principal, {
      operation: kind === 'prescriber' ? 'certifyPrescriber' : 'certifyPharmacy',
      participant,
      keyed,
      statement: 'certify-participant.1',
      command: (base) => ({ ...base, do: `certify-${kind}`, participant, ...certification }),
    });
  }

  suspend(
    principal: Principal,
    kind: 'prescriber' | 'pharmacy',
    participant: string,
    cause: { until: Instant | null; reason: string },
    keyed: Keyed,
  ): Promise<Sent> {
    return this.step(principal, {
      operation: kind === 'prescriber' ? 'suspendPrescriber' : 'suspendPharmacy',
      participant,
      keyed,
      statement: 'suspend-participant.1',
      command: (base) => ({ ...base, do: `suspend-${kind}`, participant, ...cause }),
      ...(kind === 'prescriber'
        ? { consequences: (tx: Tx, decided: Decided) => this.suspension.endOpenWith(tx, participant, decided.entry) }
        : {}),
    });
  }

  train(principal: Principal, participant: string, training: { person: string; until: Instant | null }, keyed: Keyed): Promise<Sent> {
    return this.step(principal, {
      operation: 'trainPerson',
      participant,
      keyed,
      statement: 'train-person.1',
      command: (base) => ({ ...base, do: 'train-person', participant, ...training }),
    });
  }

  endDelegation(principal: Principal, participant: string, keyed: Keyed): Promise<Sent> {
    return this.step(principal, {
      operation: 'endDelegation',
      participant,
      keyed,
      command: (base) => ({ ...base, do: 'end-delegation', participant }),
    });
  }

  private async step(principal: Principal, { operation, participant, keyed, statement, command, consequences }: Step): Promise<Sent> {
    const { contact } = await this.reached(principal, operation, participant);
    return this.desk.run<Command, Subject>({
      principal,
      idempotency: keyed,
      participants: [participant],
      subject: ({ file }) => {
        const found = file.participants[participant];
        return found ? { kind: 'participant', id: participant, saw: found.revision } : null;
      },
      command: ({ at, file }, id) => command({ id, at, by: actorOf(principal, file.patient) }),
      decide: ({ file }, made, edition) => decide(file, made, edition),
      ...(statement ? { attestation: attest(statement, principal) } : {}),
      write: async (tx, decided) => {
        if (!(await this.store.change(tx, changed(decided.decision)))) return false;
        await consequences?.(tx, decided);
        return true;
      },
      answer: (decided) => answerTo(decided, 'auditor', shown(contact)),
    });
  }

  /** The participant, or 404 for whoever may not know of it. */
  private async reached(principal: Principal, operation: OperationId, id: string): Promise<KnownParticipant & { at: Instant }> {
    const known = await this.store.find(this.pools.rest, id);
    if (known === null) throw new NotFound();
    if (mayReach(principal, operation, known.participant)) return known;
    const aggregate = { kind: 'participant', id, saw: known.participant.revision } as const;
    throw await accessDenied(this.parts, this.pools.rest, principal, { operation, at: known.at, aggregate, patient: null });
  }

  private zone(at: Instant): string {
    return this.parts.catalogue.inForce(this.parts.catalogue.nobodys(at) ?? '', at)?.zone ?? 'UTC';
  }
}

function mayReach(principal: Principal, operation: OperationId, { id, actsFor }: Participant): boolean {
  const permission = permissionOf(operation);
  const rule = permission === null || permission.allow === 'public' ? undefined : permission.allow[principal.role];
  switch (rule) {
    case 'any':
      return true;
    case 'self':
      return principal.participantId === id || (operation === 'endDelegation' && actsFor !== null && principal.participantId === actsFor);
    case 'own-site':
      return principal.siteId === id;
    default:
      return false;
  }
}

/** The participant as an accepted decision leaves it. */
function changed({ effects }: Decision): Participant {
  const effect = effects.find((each) => each.kind === 'participant');
  if (effect?.kind !== 'participant') throw new Error('The decision changes no participant.');
  return effect.participant;
}

const shown =
  (contact: Contact) =>
  ({ decision, loaded, edition }: Decided): object => ({
    participant: participantView(changed(decision), contact, loaded.at, edition.zone),
  });
