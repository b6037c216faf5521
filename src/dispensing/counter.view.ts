import { ApiProperty } from '@nestjs/swagger';
import type { Decided } from '../authorization/command.runner.js';
import { LineView, said } from '../authorization/view.js';
import { confirmationEnd, effectiveState } from '../domain/authorization/deadline.js';
import { groupNumber, speakNumber } from '../domain/authorization-number.js';
import { dateAt, endOfDay, type Instant } from '../domain/calendar.js';
import { categoryOf } from '../domain/category.js';
import { checklistOf } from '../domain/checklist.js';
import { coveredThrough, daysLeft } from '../domain/dispensing.js';
import type { Authorization, Reservation } from '../domain/patient.js';
import { sayDay, sayWhen } from '../wording/say-when.js';
import { NamedView } from './counter.dto.js';
import { zoneOnRecord } from './registered-site.js';
import { ToldReply, WhenView } from './told.view.js';

/** What a pharmacist may read of an authorization that she may fill: nothing that is not on the prescription, on the bottle or on the clock. */

export class QuestionView {
  @ApiProperty() id!: string;
  @ApiProperty({ description: 'To be gone through with the patient' }) question!: string;
  @ApiProperty({ enum: ['yes', 'no'], description: 'The answer that the hand-over needs' }) needs!: 'yes' | 'no';
}

export class DaysLeftView {
  @ApiProperty({ description: 'Days of therapy that the patient still has, today included' }) days!: number;
  @ApiProperty({ description: 'The last day they cover, in words' }) through!: string;
}

/** To be checked against prescription, bottle and clock. */
export class FillableView {
  @ApiProperty({ format: 'uuid', description: 'Names it in the calls that follow' }) authorizationId!: string;
  @ApiProperty({ type: NamedView, description: 'The risk category, as the prescription has to show it' }) category!: NamedView;
  @ApiProperty({ type: [LineView], description: 'What to check against the bottle' }) lines!: LineView[];
  @ApiProperty({ description: 'Days of therapy in all' }) supplyDays!: number;
  @ApiProperty({ type: DaysLeftView, nullable: true, description: 'null when the patient has none left' }) daysLeft!: DaysLeftView | null;
  @ApiProperty({ type: WhenView, description: 'The last moment of hand-over: for a reservation made now, or for the one you have' })
  handOverBy!: WhenView;
  @ApiProperty({ type: WhenView, description: 'The last moment at which a carrier may take it, for that reservation' }) shipBy!: WhenView;
  @ApiProperty({ type: WhenView, description: 'The end of the authorization itself' }) endsAt!: WhenView;
  @ApiProperty({ description: 'Your site holds it already' }) reservedHere!: boolean;
  @ApiProperty({ type: [QuestionView], description: 'The counseling checklist of the category' }) checklist!: QuestionView[];
}

export class VerifyReply extends ToldReply {
  @ApiProperty({ type: WhenView, nullable: true, description: 'Of a refusal: from when on it can be filled, where that is known' })
  earliest!: WhenView | null;
  @ApiProperty({ type: FillableView, nullable: true, description: 'Of an allowance only' }) fillable!: FillableView | null;
}

export class ReserveReply extends ToldReply {
  @ApiProperty({ description: 'In groups, for the prescription' }) confirmationNumber!: string;
  @ApiProperty({ description: 'For the telephone' }) confirmationNumberSpoken!: string;
  @ApiProperty({ description: 'The clock that runs since the reservation, in words' }) clock!: string;
  @ApiProperty({ type: FillableView }) fillable!: FillableView;
}

const when = (at: Instant, zone: string, siteZone: string | null): WhenView => ({
  at: said(at, zone) ?? '',
  words: sayWhen(at, zone, siteZone),
});

/** The live reservation after the decision; null when there is none. */
function liveReservation(authorization: Authorization, { loaded }: Decided): Reservation | null {
  return effectiveState(authorization, loaded.file, loaded.at).live;
}

/** @throws Error when the decision was not about an authorization with a number: an allowance at the counter always is */
export function fillableView(decided: Decided, sentZone: string | null): FillableView {
  const { loaded, edition, decision, command } = decided;
  const { at, file } = loaded;
  const { authorization } = decision;
  if (authorization === null || authorization.expiresAt === null || authorization.category === null)
    throw new Error('An allowance at the counter without an authorization that has been issued.');
  const live = liveReservation(authorization, decided);
  const reservedAt = live?.reservedAt ?? at;
  const holds = live?.confirmationEndsAt ?? confirmationEnd(at, authorization.expiresAt, edition) ?? at;
  const handOverBy = Math.min(holds, authorization.expiresAt);
  const category = categoryOf(authorization.category, edition);
  const onRecord = zoneOnRecord(command.by.id, loaded);
  const siteZone = onRecord ?? sentZone;
  const dayOfShipping = onRecord ?? edition.zone;
  const shipBy = category?.shipSameDay ? Math.min(handOverBy, endOfDay(dateAt(reservedAt, dayOfShipping), dayOfShipping)) : handOverBy;
  const today = dateAt(at, edition.zone);
  const through = coveredThrough(file, today);
  return {
    authorizationId: authorization.id,
    category: { code: authorization.category, title: category?.title ?? authorization.category },
    lines: authorization.prescription.lines.map(({ strengthMg, capsules, regimen }) => ({ strengthMg, capsules, ...regimen })),
    supplyDays: authorization.prescription.supplyDays,
    daysLeft: through === null || through < today ? null : { days: daysLeft(file, today), through: sayDay(through) },
    handOverBy: when(handOverBy, edition.zone, siteZone),
    shipBy: when(shipBy, edition.zone, siteZone),
    endsAt: when(authorization.expiresAt, edition.zone, siteZone),
    reservedHere: live !== null,
    checklist: checklistOf(authorization.category, edition).map(({ id, question, needs }) => ({ id, question, needs })),
  };
}

/** What an accepted reservation made, or found when the site had it already. */
export function reservedView(decided: Decided, sentZone: string | null): Omit<ReserveReply, keyof ToldReply> {
  const { decision, edition, loaded, command } = decided;
  const live = decision.authorization === null ? null : liveReservation(decision.authorization, decided);
  if (live === null || live.confirmationNumber === null) throw new Error('An accepted reservation without its confirmation number.');
  const fillable = fillableView(decided, sentZone);
  const siteZone = zoneOnRecord(command.by.id, loaded) ?? sentZone;
  const hours = edition.authorization.confirmationHours;
  const clock = typeof hours === 'number' ? `${hours}-hour clock` : 'clock that ends with the authorization';
  const started =
    live.reservedAt === loaded.at
      ? `This started a ${clock}.`
      : `The ${clock} has been running since ${sayWhen(live.reservedAt, edition.zone, siteZone)}.`;
  return {
    confirmationNumber: groupNumber(live.confirmationNumber),
    confirmationNumberSpoken: speakNumber(live.confirmationNumber),
    clock: `${started} Hand over by ${fillable.handOverBy.words}. If you cannot, release it: that costs nothing.`,
    fillable,
  };
}
