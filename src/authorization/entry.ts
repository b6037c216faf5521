import type { SealedEntry } from '../compliance-log/seal.js';
import { seal } from '../compliance-log/seal.js';
import type { EntrySigner } from '../compliance-log/signer.js';
import type { Command } from '../domain/authorization/command.js';
import { dispenseBy } from '../domain/authorization/deadline.js';
import type { Decision } from '../domain/authorization/decide.js';
import { dateAt, type Instant } from '../domain/calendar.js';
import type { Attestation, LogEntry } from '../domain/log-entry.js';
import type { Edition } from '../domain/program.js';
import type { Caller } from './caller.js';

/** A decision, and what stands around it, on its way into the log. */
export interface ToBeLogged {
  readonly id: string;
  readonly at: Instant;
  readonly caller: Caller;
  readonly command: Pick<Command, 'do'> | { readonly do: string };
  readonly decision: Pick<
    Decision,
    'outcome' | 'reasons' | 'warnings' | 'referrals' | 'earliest' | 'validThrough' | 'effects' | 'authorization'
  >;
  readonly aggregate: LogEntry['aggregate'];
  readonly patient: string | null;
  readonly authorization: string | null;
  readonly edition: Edition | null;
  /** Editions that judged beside it. */
  readonly besides?: readonly Edition[];
  readonly attestation: Attestation | null;
  readonly causedBy: string | null;
  /** What the entry only commits to; enough, with the entries before it, to decide again (I21). */
  readonly values: Readonly<Record<string, unknown>>;
}

const nameOf = ({ program, edition, hash }: Edition) => ({ program, edition, hash });

const TZDATA = process.versions.tz ?? 'unknown';

/** The signed entry of a decision. */
export function sealedEntry(logged: ToBeLogged, signer: EntrySigner): SealedEntry {
  const { caller, decision, edition } = logged;
  const { authorization } = decision;
  const entry: Omit<LogEntry, 'commitments'> = {
    v: 1,
    id: logged.id,
    at: logged.at,
    command: logged.command.do,
    outcome: decision.outcome,
    reasons: decision.reasons,
    warnings: decision.warnings,
    // Left out where there are none, so that every line of a program with a hard gate reads as it always did.
    ...(decision.referrals.length > 0 ? { referrals: decision.referrals } : {}),
    earliest: decision.earliest,
    actor: {
      subject: caller.subject,
      role: caller.role,
      participant: caller.participantId ?? caller.siteId,
      person: caller.personId,
      onBehalfOf: caller.onBehalfOf,
      token: caller.tokenId,
    },
    aggregate: logged.aggregate,
    patient: logged.patient,
    authorization: logged.authorization,
    edition: edition && nameOf(edition),
    ...(logged.besides?.length ? { besides: logged.besides.map(nameOf) } : {}),
    calendar: edition && { zone: edition.zone, on: dateAt(logged.at, edition.zone), tzdata: TZDATA },
    deadlines: deadlinesOf(decision),
    effects: decision.effects.map(told),
    // Only what was accepted has been signed.
    attestation: decision.outcome === 'allow' ? logged.attestation : null,
    causedBy: logged.causedBy,
  };
  const values = { command: logged.command, effects: decision.effects, ...logged.values };
  return seal({ ...entry, authorization: authorization?.id ?? entry.authorization }, values, signer);
}

/** The deadlines that hold after a decision. */
export function deadlinesOf({ validThrough, authorization }: Pick<Decision, 'validThrough' | 'authorization'>): LogEntry['deadlines'] {
  return {
    validThrough,
    expiresAt: authorization?.expiresAt ?? null,
    dispenseBy: authorization?.reservation ? dispenseBy(authorization, authorization.reservation) : null,
    preparationEndsAt: authorization?.preparationEndsAt ?? null,
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
    case 'edition':
      return { kind: effect.kind, id: effect.edition, state: effect.step };
    case 'link':
    case 'unlink':
      return { kind: effect.kind, id: effect.other };
    case 'answers':
    case 'category':
      return { kind: effect.kind, id: effect.kind };
  }
}
