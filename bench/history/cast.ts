import { v7 as uuidv7 } from 'uuid';
import { HOUR_MS, type Instant } from '../../src/domain/calendar.js';
import type { Participant } from '../../src/domain/participant.js';
import type { Cast } from './life.js';

/** Prescribers and sites, certified a year before the record begins. */
export function makeCast(start: Instant, prescribers = 40, sites = 60): Cast {
  const since = start - 365 * 24 * HOUR_MS;
  const participant = (kind: 'prescriber' | 'pharmacy', trained: Participant['trained']): Participant => ({
    id: uuidv7(),
    kind,
    certifiedFrom: since,
    certifiedUntil: null,
    suspendedAt: null,
    suspendedUntil: null,
    actsFor: null,
    chain: null,
    revision: 1,
    trained,
  });
  return {
    prescribers: Array.from({ length: prescribers }, () => participant('prescriber', {})),
    sites: Array.from({ length: sites }, () => participant('pharmacy', { [uuidv7()]: null })),
  };
}
