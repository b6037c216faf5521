import { Inject, Injectable } from '@nestjs/common';
import type { OperationId } from '../auth/permission.js';
import type { Principal } from '../auth/principal.js';
import { actorOf, mayTouch } from '../authorization/access.js';
import { answerTo, tellTo } from '../authorization/answer.js';
import type { Keyed } from '../authorization/authorization.service.js';
import { POOLS } from '../authorization/authorization.tokens.js';
import type { LoadedCase } from '../authorization/case.store.js';
import { type Answer, CommandRunner, type Decided, type Request, type Sent } from '../authorization/command.runner.js';
import type { Pools } from '../database/pools.js';
import type { Presented } from '../domain/authorization/command.js';
import { EditionCatalogue } from '../program/edition.catalogue.js';
import { fillableView, reservedView } from './counter.view.js';
import { type Identifiers, identifiersMatch } from './identifiers.js';
import { MissBudget } from './miss-budget.js';
import { counterReader } from './reader.js';
import { daysOfSite, refuseOtherZone, refuseUnregisteredSite } from './registered-site.js';
import type { HandOver } from './reservation.dto.js';
import { dispenseCommand } from './reservation.service.js';
import { handedOverView } from './reservation.view.js';

/** A number as somebody brings it to the counter. */
export interface BroughtNumber {
  readonly number: string;
  readonly identifiers: Identifiers;
}

export interface Brought extends BroughtNumber {
  readonly presented: Omit<Presented, 'identifiersMatch'>;
  readonly siteZone: string | null;
}

/** The counter's questions by number: may this be filled, I take it, I have handed it over. */
@Injectable()
export class CounterService {
  constructor(
    @Inject(CommandRunner) private readonly runner: CommandRunner,
    @Inject(POOLS) private readonly pools: Pools,
    @Inject(MissBudget) private readonly budget: MissBudget,
    @Inject(EditionCatalogue) private readonly catalogue: EditionCatalogue,
  ) {}

  verify(principal: Principal, brought: Brought): Promise<Sent> {
    return this.ask(principal, 'verifyAuthorization', brought, {
      idempotency: null,
      command: (loaded, id) => ({
        do: 'verify',
        id,
        at: loaded.at,
        by: actorOf(principal, loaded.file.patient),
        authorization: numbered(loaded, brought.number),
        presented: { ...brought.presented, identifiersMatch: identifiersMatch(loaded.person, brought.identifiers) },
      }),
      answer: (decided) => verified(decided, brought.siteZone),
    });
  }

  reserve(principal: Principal, brought: Brought, keyed: Keyed): Promise<Sent> {
    return this.ask(principal, 'reserve', brought, {
      idempotency: keyed,
      command: (loaded, id) => ({
        do: 'reserve',
        id,
        at: loaded.at,
        by: actorOf(principal, loaded.file.patient),
        authorization: numbered(loaded, brought.number),
        presented: { ...brought.presented, identifiersMatch: identifiersMatch(loaded.person, brought.identifiers) },
        confirmationNumber: null,
      }),
      answer: (decided) =>
        answerTo(decided, 'pharmacist', () => reservedView(decided, brought.siteZone), 200, counterReader(decided, brought.siteZone)),
    });
  }

  /**
   * A report is a fact: it is taken even from a caller whose budget of misses is spent. One that does not match uses the number all the same, as a
   * name may be misspelled; beyond the budget it is a guess, is kept with its number for somebody to look at, and uses nothing (T6).
   */
  report(principal: Principal, brought: BroughtNumber, handOver: HandOver, keyed: Keyed): Promise<Sent> {
    const guessing = ({ person }: LoadedCase): boolean =>
      this.budget.waitMs(principal.subject, principal.siteId) > 0 && !identifiersMatch(person, brought.identifiers);
    return this.counted(principal, 'reportHandOver', brought, (loaded) => refuseUnregisteredSite(principal, loaded), {
      idempotency: keyed,
      unseen: guessing,
      command: (loaded, id) =>
        dispenseCommand(
          { id, at: loaded.at, by: actorOf(principal, loaded.file.patient) },
          numbered(loaded, brought.number),
          handOver,
          identifiersMatch(loaded.person, brought.identifiers),
          daysOfSite(principal, loaded, this.catalogue),
        ),
      answer: (decided) =>
        answerTo(decided, 'pharmacist', () => handedOverView(decided, handOver), 200, counterReader(decided, handOver.siteZone)),
    });
  }

  private ask(principal: Principal, operation: OperationId, brought: Brought, asked: Asked): Promise<Sent> {
    const admit = (loaded: LoadedCase) => {
      this.budget.check(principal.subject, principal.siteId);
      refuseOtherZone(principal, brought.siteZone, loaded);
    };
    return this.counted(principal, operation, brought, admit, asked);
  }

  /** Unknown numbers and wrong identifiers take one road, leave an entry each, and count as a miss. */
  private async counted(
    principal: Principal,
    operation: OperationId,
    { number }: BroughtNumber,
    /** Throws when the question is not to be decided at all. */
    admit: (loaded: LoadedCase) => void,
    asked: Asked,
  ): Promise<Sent> {
    let missed = false;
    try {
      return await this.runner.run({
        ...asked,
        principal,
        lane: this.pools.counter,
        target: { by: 'number', value: number },
        unknownIsDecided: true,
        operation,
        // Here, after an earlier reply to the same key has been repeated: a lost answer must not meet a limit.
        mayTouch: (loaded) => {
          admit(loaded);
          return mayTouch(principal, operation, loaded);
        },
        answer: (decided) => {
          missed = isMiss(decided);
          return asked.answer(decided);
        },
      });
    } finally {
      if (missed) this.budget.missed(principal.subject, principal.siteId);
    }
  }
}

type Asked = Pick<Request, 'idempotency' | 'command' | 'answer' | 'unseen'>;

/** The authorization of that number; for a number that nobody was given the number itself, so that its entry says which it was. */
const numbered = (loaded: LoadedCase, number: string): string =>
  Object.entries(loaded.numbers).find(([, each]) => each === number)?.[0] ?? number;

const isMiss = ({ decision: { reasons } }: Decided): boolean =>
  reasons.includes('AUTHORIZATION_UNKNOWN') || reasons.includes('IDENTIFIERS_DO_NOT_MATCH');

/** Always 200: a refusal is an answer to the question, not a failure of it. */
function verified(decided: Decided, siteZone: string | null): Answer {
  const { outcome } = decided.decision;
  const { headline, reference, reasons, warnings, referrals, earliest } = tellTo(decided, 'pharmacist', counterReader(decided, siteZone));
  const fillable = outcome === 'allow' ? fillableView(decided, siteZone) : null;
  return {
    status: 200,
    body: { outcome, headline, reference, reasons, warnings, ...(referrals ? { referrals } : {}), earliest, fillable },
  };
}
