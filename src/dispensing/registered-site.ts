import type { Principal } from '../auth/principal.js';
import type { LoadedCase } from '../authorization/case.store.js';
import { Problem } from '../http/problem.js';

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

/** @throws Problem 403 */
export function refuseUnregisteredSite(principal: Principal, { file }: LoadedCase): void {
  if (principal.siteId === null || file.participants[principal.siteId]?.kind !== 'pharmacy') throw new SiteNotRegistered();
}
