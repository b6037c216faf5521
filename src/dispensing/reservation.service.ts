import { Inject, Injectable } from '@nestjs/common';
import type { OperationId } from '../auth/permission.js';
import type { Principal } from '../auth/principal.js';
import { actorOf, mayTouch } from '../authorization/access.js';
import { answerTo } from '../authorization/answer.js';
import type { Keyed } from '../authorization/authorization.service.js';
import { POOLS } from '../authorization/authorization.tokens.js';
import type { LoadedCase } from '../authorization/case.store.js';
import { CommandRunner, type Decided, type Sent } from '../authorization/command.runner.js';
import type { Pools } from '../database/pools.js';
import type { Command, CommandOf } from '../domain/authorization/command.js';
import { momentAt } from '../domain/calendar.js';
import { EditionCatalogue } from '../program/edition.catalogue.js';
import { counterReader } from './reader.js';
import { daysOfSite, refuseOtherZone, refuseUnregisteredSite } from './registered-site.js';
import type { HandOver } from './reservation.dto.js';
import { ReservationStore } from './reservation.store.js';
import { handedOverView, type ReservationsReply, reservationView, standingView } from './reservation.view.js';

type Base = Pick<Command, 'id' | 'at' | 'by'>;

/** More than a site can hold in a day; beyond it the answer says so. */
const MAX_LISTED = 500;

/** What a site does with an authorization that it holds, or has handed over. */
@Injectable()
export class ReservationService {
  constructor(
    @Inject(CommandRunner) private readonly runner: CommandRunner,
    @Inject(POOLS) private readonly pools: Pools,
    @Inject(ReservationStore) private readonly store: ReservationStore,
    @Inject(EditionCatalogue) private readonly catalogue: EditionCatalogue,
  ) {}

  async list(principal: Principal): Promise<ReservationsReply> {
    const rows = await this.store.live(principal.siteId ?? '', MAX_LISTED + 1);
    const reservations = rows.slice(0, MAX_LISTED).map((row) => {
      const edition = this.catalogue.withHash(row.editionHash) ?? this.catalogue.inForce(row.program, row.reservedAt);
      return reservationView(row, edition?.zone ?? 'UTC');
    });
    return { reservations, more: rows.length > MAX_LISTED };
  }

  release(principal: Principal, authorization: string, notHandedOver: boolean, keyed: Keyed): Promise<Sent> {
    return this.step(principal, 'release', authorization, keyed, (base) => ({ ...base, do: 'release', authorization, notHandedOver }));
  }

  transfer(principal: Principal, authorization: string, to: string, keyed: Keyed): Promise<Sent> {
    return this.step(
      principal,
      'transferReservation',
      authorization,
      keyed,
      (base) => ({ ...base, do: 'transfer-reservation', authorization, to }),
      { participants: [to] },
    );
  }

  /** Asked before a hand-over, or told after one: what has happened is taken from any site, and on any authorization. */
  dispense(principal: Principal, authorization: string, handOver: HandOver, keyed: Keyed): Promise<Sent> {
    const happened = handOver.handedOverAt !== null;
    return this.step(
      principal,
      'dispense',
      authorization,
      keyed,
      (base, loaded) => dispenseCommand(base, authorization, handOver, true, daysOfSite(principal, loaded, this.catalogue)),
      {
        unknownIsDecided: happened,
        ofOthers: happened,
        handOver,
        made: (decided) => handedOverView(decided, handOver),
      },
    );
  }

  correct(principal: Principal, authorization: string, error: string, patientContacted: boolean, keyed: Keyed): Promise<Sent> {
    return this.step(principal, 'correctDispense', authorization, keyed, (base) => ({
      ...base,
      do: 'correct-dispense',
      authorization,
      error,
      patientContacted,
    }));
  }

  return(principal: Principal, authorization: string, unopened: boolean, keyed: Keyed): Promise<Sent> {
    return this.step(principal, 'return', authorization, keyed, (base) => ({ ...base, do: 'return', authorization, unopened }));
  }

  private step(
    principal: Principal,
    operation: OperationId,
    authorization: string,
    keyed: Keyed,
    command: (base: Base, loaded: LoadedCase) => Command,
    more: {
      readonly participants?: readonly string[];
      readonly unknownIsDecided?: boolean;
      readonly ofOthers?: boolean;
      readonly handOver?: HandOver;
      readonly made?: (decided: Decided) => object;
    } = {},
  ): Promise<Sent> {
    const { participants = [], unknownIsDecided = false, ofOthers = false, handOver = null, made = standingView } = more;
    return this.runner.run({
      principal,
      lane: this.pools.counter,
      target: { by: 'authorization', value: authorization },
      participants,
      unknownIsDecided,
      idempotency: keyed,
      operation,
      mayTouch: (loaded) => {
        if (ofOthers) refuseUnregisteredSite(principal, loaded);
        // A fact is recorded whatever zone it names: the zone on record counts.
        else refuseOtherZone(principal, handOver?.siteZone ?? null, loaded);
        return mayTouch(principal, operation, loaded) && (ofOthers || isOfSite(loaded, authorization, principal.siteId));
      },
      command: (loaded, id) => command({ id, at: loaded.at, by: actorOf(principal, loaded.file.patient) }, loaded),
      answer: (decided) => answerTo(decided, 'pharmacist', made, 200, counterReader(decided, handOver?.siteZone ?? null)),
    });
  }
}

/** Whether that site holds the authorization, let its hold lapse, or has handed it over: of all others it does not learn that they exist. */
function isOfSite({ file }: LoadedCase, authorization: string, site: string | null): boolean {
  return (
    site !== null &&
    (file.authorizations.some((each) => each.id === authorization && each.reservation?.pharmacy === site) ||
      file.fills.some((fill) => fill.authorization === authorization && fill.pharmacy === site))
  );
}

export function dispenseCommand(
  base: Base,
  authorization: string,
  { method, checklist, medicationGuide, lines, supplyDays, handedOverAt }: HandOver,
  identifiersMatch: boolean,
  siteZone: string,
): CommandOf<'dispense'> {
  return {
    ...base,
    do: 'dispense',
    authorization,
    method,
    siteZone,
    checklist,
    medicationGuide,
    identifiersMatch,
    handedOver: handedOverAt === null ? null : momentAt(handedOverAt, siteZone),
    capsules: lines.length === 0 ? null : lines.reduce((sum, line) => sum + line.capsules, 0),
    supplyDays,
    lines,
  };
}
