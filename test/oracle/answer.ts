// What the second opinion answers to one event.

import type { Ms } from './days.js';
import type { Fields, Life } from './life.js';

export interface Opinion {
  readonly outcome: 'allow' | 'deny' | 'recorded-as-deviation';
  /** All reasons; null where the rules do not say which. */
  readonly reasons: readonly string[] | null;
  readonly expiresAt?: Ms;
  readonly dispenseBy?: Ms;
  /** An instant, `null` for none, absent where the opinion does not say. */
  readonly earliest?: Ms | null;
}

export interface Answer {
  readonly opinion: Opinion;
  readonly life: Life;
}

export const allowed = (life: Life, more: Partial<Opinion> = {}): Answer => ({ opinion: { outcome: 'allow', reasons: [], ...more }, life });
export const refused = (life: Life, reasons: readonly string[] | null, more: Partial<Opinion> = {}): Answer => ({
  opinion: { outcome: 'deny', reasons: reasons && [...new Set(reasons)], ...more },
  life,
});

export type Handler = (life: Life, event: Fields, at: Ms) => Answer;
