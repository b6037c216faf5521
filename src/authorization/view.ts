import { ApiProperty } from '@nestjs/swagger';
import { dispenseBy, effectiveState } from '../domain/authorization/deadline.js';
import { groupNumber } from '../domain/authorization-number.js';
import { type Instant, writeInstant } from '../domain/calendar.js';
import type { Authorization, Case } from '../domain/patient.js';
import type { Decided } from './command.runner.js';

/** Instants leave the service as ISO text with the program zone's offset. */
export const said = (at: Instant | null, zone: string): string | null => (at === null ? null : writeInstant(at, zone));

export class LineView {
  @ApiProperty({ description: 'Strength of one capsule, mg' }) strengthMg!: number;
  @ApiProperty({ description: 'Capsules in all' }) capsules!: number;
  @ApiProperty({ description: 'Capsules a day on dosing days' }) perDay!: number;
  @ApiProperty({ description: 'Dosing days from the first day of a cycle' }) daysOn!: number;
  @ApiProperty({ description: 'Days of a cycle' }) cycleDays!: number;
}

/** An authorization as its own prescriber sees it. */
export class AuthorizationView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ description: 'Where it stands by the clock of this answer' }) state!: string;
  @ApiProperty({ type: String, nullable: true, description: 'To be written on the prescription, in groups; null before the issue' })
  number!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Risk category to be written beside the number' }) category!: string | null;
  @ApiProperty({ type: [LineView] }) lines!: LineView[];
  @ApiProperty({ description: 'Days of therapy in all' }) supplyDays!: number;
  @ApiProperty({ type: String, nullable: true, description: 'Last instant of issue while in preparation, ISO 8601' }) issueBy!:
    | string
    | null;
  @ApiProperty({ type: String, nullable: true, description: 'Last instant of hand-over, ISO 8601' }) expiresAt!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'While a pharmacy holds it: last instant of its hand-over, ISO 8601' })
  dispenseBy!: string | null;
  @ApiProperty({ description: 'The edition of the program that governs it' }) edition!: string;
}

export function authorizationView(
  authorization: Authorization,
  number: string | null,
  file: Case,
  at: Instant,
  zone: string,
): AuthorizationView {
  const { state, live } = effectiveState(authorization, file, at);
  return {
    id: authorization.id,
    state,
    number: number === null ? null : groupNumber(number),
    category: authorization.category,
    lines: authorization.prescription.lines.map(({ strengthMg, capsules, regimen }) => ({ strengthMg, capsules, ...regimen })),
    supplyDays: authorization.prescription.supplyDays,
    issueBy: authorization.issuedAt === null ? said(authorization.preparationEndsAt, zone) : null,
    expiresAt: said(authorization.expiresAt, zone),
    dispenseBy: live ? said(dispenseBy(authorization, live), zone) : null,
    edition: authorization.edition,
  };
}

/** Eight characters of an entry's id that people read out to each other. */
export const referenceOf = (decided: Pick<Decided, 'entry'>): string => decided.entry.replaceAll('-', '').slice(-8).toUpperCase();
