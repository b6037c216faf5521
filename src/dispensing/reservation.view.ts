import { ApiProperty } from '@nestjs/swagger';
import type { Decided } from '../authorization/command.runner.js';
import { said } from '../authorization/view.js';
import { groupNumber } from '../domain/authorization-number.js';
import { sayWhen } from '../wording/say-when.js';
import { zoneOnRecord } from './registered-site.js';
import type { HandOver } from './reservation.dto.js';
import type { LiveReservation } from './reservation.store.js';
import { ToldReply, WhenView } from './told.view.js';

export class StandingReply extends ToldReply {
  @ApiProperty({ format: 'uuid' }) authorizationId!: string;
  @ApiProperty({ description: 'Where the authorization stands now' }) state!: string;
}

/** Where it stands, for a site that holds it or has handed it over. */
export const standingView = ({ decision }: Decided): Omit<StandingReply, keyof ToldReply> => ({
  authorizationId: decision.authorization?.id ?? '',
  state: decision.state ?? '',
});

export class HandedOverReply extends ToldReply {
  @ApiProperty({ type: WhenView, description: 'When it was handed over or given to the carrier' }) handedOverAt!: WhenView;
  @ApiProperty({ enum: ['handover', 'ship'] }) method!: 'handover' | 'ship';
}

/** From what the pharmacist said alone, so that a report on a number which nobody was given reads like any other. */
export function handedOverView({ loaded, edition, command }: Decided, handOver: HandOver): Omit<HandedOverReply, keyof ToldReply> {
  const at = handOver.handedOverAt ?? loaded.at;
  return {
    handedOverAt: {
      at: said(at, edition.zone) ?? '',
      words: sayWhen(at, edition.zone, zoneOnRecord(command.by.id, loaded) ?? handOver.siteZone),
    },
    method: handOver.method,
  };
}

export class ReservationView {
  @ApiProperty({ format: 'uuid' }) authorizationId!: string;
  @ApiProperty({ description: 'Eight characters to read out; the name stays hidden until the reservation is opened' }) reference!: string;
  @ApiProperty({ description: 'First letter of the family name' }) initial!: string;
  @ApiProperty({ description: 'In groups' }) confirmationNumber!: string;
  @ApiProperty({ type: WhenView }) reservedAt!: WhenView;
  @ApiProperty({ type: WhenView, description: 'The last moment of hand-over' }) handOverBy!: WhenView;
}

export class ReservationsReply {
  @ApiProperty({ type: [ReservationView], description: 'The live reservations of your site, the next deadline first' })
  reservations!: ReservationView[];
  @ApiProperty({ description: 'There are more than this answer holds' }) more!: boolean;
}

export function reservationView(row: LiveReservation, zone: string): ReservationView {
  const when = (at: number): WhenView => ({ at: said(at, zone) ?? '', words: sayWhen(at, zone) });
  return {
    authorizationId: row.authorizationId,
    reference: row.reference,
    initial: row.initial,
    confirmationNumber: groupNumber(row.confirmationNumber),
    reservedAt: when(row.reservedAt),
    handOverBy: when(row.handOverBy),
  };
}
