import type { LoadedCase } from '../authorization/case.store.js';
import { said } from '../authorization/view.js';
import { dateAt, type Instant } from '../domain/calendar.js';
import { coveredThrough } from '../domain/dispensing.js';
import { acceptedNegatives, settingRules } from '../domain/pregnancy-test.js';
import type { Edition } from '../domain/program.js';
import type { ReasonCode } from '../domain/reason.js';
import { type Disclosed, disclose } from '../wording/disclose.js';
import { sayDay, sayWhen } from '../wording/say-when.js';
import type { ReasonView, WhenView } from './chart.view.js';

/** A case, its rules and the telephone that every text names. */
export interface Reading {
  readonly loaded: LoadedCase;
  readonly edition: Edition;
  readonly deskPhone: string;
}

/** Reasons in the practice's words, where nothing was asked for and nothing refused. */
export function inWords(
  reasons: readonly ReasonCode[],
  { loaded, edition, deskPhone }: Reading,
  earliest: Instant | null = null,
): Disclosed {
  const { file, at } = loaded;
  const on = dateAt(at, edition.zone);
  const lastTest = acceptedNegatives(file, at, edition, settingRules(file.fills, edition))[0];
  const covered = coveredThrough(file, on);
  return disclose(
    { outcome: reasons.length === 0 ? 'allow' : 'deny', reasons, warnings: [], earliest, authorization: null },
    'prescriber',
    {
      at,
      zone: edition.zone,
      deskPhone,
      office: loaded.office,
      lastTestOn: lastTest === undefined ? null : sayDay(lastTest.collected.on),
      neededBy: covered !== null && covered >= on ? sayDay(covered) : null,
    },
  );
}

export const reasonViews = (reasons: readonly ReasonCode[], reading: Reading): ReasonView[] =>
  inWords(reasons, reading).reasons.map(({ code, text, nextAct, who, phone }) => ({ code, text, nextAct, who, phone }));

export const whenView = (at: Instant | null, zone: string): WhenView | null => {
  const written = said(at, zone);
  return at === null || written === null ? null : { at: written, words: sayWhen(at, zone) };
};
