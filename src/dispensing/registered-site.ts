import type { Principal } from '../auth/principal.js';
import type { LoadedCase } from '../authorization/case.store.js';
import { Problem } from '../http/problem.js';
import type { EditionCatalogue } from '../program/edition.catalogue.js';

/** A hand-over belongs to a site on record; from anywhere else it cannot be written down, and somebody has to hear of it. */
class SiteNotRegistered extends Problem {
  constructor() {
    super({
      status: 403,
      code: 'site-not-registered',
      title: 'This pharmacy site is not registered with the program',
      detail: 'Nothing was recorded. If medicine was handed over, call the program’s desk now and report it by telephone.',
    });
  }
}

/** What was sent as the site's zone is not what is on record for it. */
class OtherZoneOnRecord extends Problem {
  constructor(zone: string) {
    const title = 'Another time zone is on record for this pharmacy site';
    super({
      status: 422,
      code: 'site-zone',
      title,
      detail: `Nothing was changed. The days of this site are counted in ${zone}. Leave siteZone out, or send that; the program’s desk changes it.`,
      extensions: { errors: [{ pointer: '/siteZone', message: `${title}: ${zone}.` }] },
    });
  }
}

/** The zone on the site's own row; null while there is none. */
export const zoneOnRecord = (siteId: string | null, { file }: Pick<LoadedCase, 'file'>): string | null =>
  (siteId === null ? undefined : file.participants[siteId]?.zone) ?? null;

/**
 * Who asks does not choose the zone in which the day of shipping ends: the site's row does. The answer hangs on that row alone, so that it
 * tells nothing of the number asked about.
 * @throws Problem 422
 */
export function refuseOtherZone(principal: Principal, sent: string | null, loaded: LoadedCase): void {
  const zone = zoneOnRecord(principal.siteId, loaded);
  if (sent !== null && zone !== null && sent !== zone) throw new OtherZoneOnRecord(zone);
}

/** The zone in which the site's days are counted: its own, or the program's while none is on record for it. */
export const daysOfSite = ({ siteId }: Principal, loaded: LoadedCase, catalogue: EditionCatalogue): string =>
  zoneOnRecord(siteId, loaded) ?? catalogue.inForce(loaded.program, loaded.at)?.zone ?? 'UTC';

/** @throws Problem 403 */
export function refuseUnregisteredSite(principal: Principal, { file }: LoadedCase): void {
  if (principal.siteId === null || file.participants[principal.siteId]?.kind !== 'pharmacy') throw new SiteNotRegistered();
}
