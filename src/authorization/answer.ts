import type { Audience } from '../wording/audience.js';
import { type Context, disclose } from '../wording/disclose.js';
import type { Answer, Decided } from './command.runner.js';
import { referenceOf, said } from './view.js';

/** What only the service of a noun knows of the reader: his zone, say. */
export type ReaderContext = Partial<Omit<Context, 'at' | 'zone' | 'deskPhone'>>;

/**
 * The answer to a command: what the accepted one made, or a problem with every reason in the reader's words and nothing he may not learn. A
 * hand-over recorded outside the rules is told as recorded, with the reasons why it was outside them.
 */
export function answerTo(
  decided: Decided,
  audience: Audience,
  made: (decided: Decided) => object,
  status = 200,
  reader: ReaderContext = {},
): Answer {
  const { decision, edition, loaded, command, deskPhone } = decided;
  const reference = referenceOf(decided);
  const told = disclose(decision, audience, {
    at: loaded.at,
    zone: edition.zone,
    deskPhone,
    office: loaded.office,
    asked: command.do,
    told: loaded.person.toldResultAt !== null,
    ...reader,
  });
  const earliest = told.earliest ? { at: said(told.earliest.at, edition.zone), words: told.earliest.words } : null;
  if (decision.outcome !== 'deny') {
    return {
      status,
      body: {
        outcome: decision.outcome,
        headline: told.headline,
        reference,
        reasons: told.reasons,
        warnings: told.warnings,
        ...made(decided),
      },
    };
  }
  return {
    status: 409,
    contentType: 'application/problem+json; charset=utf-8',
    body: {
      type: '/problems/refused',
      title: told.headline,
      status: 409,
      detail: told.count === '' ? 'Nothing was changed.' : `${told.count}. Nothing was changed.`,
      reference,
      outcome: 'deny',
      reasons: told.reasons,
      warnings: told.warnings,
      ...(earliest === null ? {} : { earliest }),
    },
  };
}
