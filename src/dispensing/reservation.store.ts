import { Inject, Injectable } from '@nestjs/common';
import { POOLS } from '../authorization/authorization.tokens.js';
import type { Pools } from '../database/pools.js';
import type { Instant } from '../domain/calendar.js';

export interface LiveReservation {
  readonly authorizationId: string;
  readonly program: string;
  readonly editionHash: string;
  readonly initial: string;
  readonly reference: string;
  readonly confirmationNumber: string;
  readonly reservedAt: Instant;
  readonly handOverBy: Instant;
}

/** The site's own shelf. Everything else about reservations is written with the case. */
@Injectable()
export class ReservationStore {
  constructor(@Inject(POOLS) private readonly pools: Pools) {}

  /**
   * Reservations of that site that hold at this moment, the next deadline first. A site that is not certified holds none, whatever its rows
   * say. The reference is that of the entry by which the site came to hold it.
   */
  async live(site: string, limit: number): Promise<LiveReservation[]> {
    const { rows } = await this.pools.counter.query<LiveReservation>(
      `SELECT a.id AS "authorizationId", a.program, a.edition_hash AS "editionHash", upper(left(p.family_name, 1)) AS initial,
        upper(right(coalesce(replace(e.id::text, '-', ''), replace(a.id::text, '-', '')), 8)) AS reference, a.confirmation_number AS "confirmationNumber",
        epoch_ms(a.reserved_at) AS "reservedAt", epoch_ms(least(a.confirmation_ends_at, a.expires_at)) AS "handOverBy"
      FROM prescription_authorization a
      JOIN patient p ON p.id = a.patient_id
      JOIN participant s ON s.id = a.reserved_by
      CROSS JOIN (SELECT rems_now() AS at) clock
      LEFT JOIN LATERAL (SELECT x.id FROM entry x WHERE x.authorization_id = a.id AND x.outcome = 'allow' AND x.command IN ('reserve', 'transfer-reservation')
        AND x.version IS NOT NULL AND x.recorded_at >= a.reserved_at ORDER BY x.recorded_at DESC LIMIT 1) e ON true
      WHERE a.reserved_by = $1::uuid AND a.state = 'reserved' AND a.confirmation_ends_at >= clock.at AND a.expires_at >= clock.at
        AND s.certified_from <= clock.at AND coalesce(s.certified_until >= clock.at, true)
        AND NOT coalesce(s.suspended_at <= clock.at AND coalesce(s.suspended_until >= clock.at, true), false)
      ORDER BY "handOverBy", a.id LIMIT $2::integer`,
      [site, limit],
      'live-reservations',
    );
    return rows;
  }
}
