import type { CommandName } from '../domain/authorization/command.js';
import { COMMAND_NAMES } from '../domain/authorization/decide.js';
import { apply } from '../domain/authorization/effect.js';
import { clinicalReview } from '../domain/clinical/review.js';
import { toldOfAll } from '../domain/patient-status.js';
import type { Audience } from '../wording/audience.js';
import { type About, aboutOf } from '../wording/clinical.js';
import { type Context, type Disclosed, disclose } from '../wording/disclose.js';
import { referralsFor } from '../wording/referral.js';
import type { Answer, Decided } from './command.runner.js';
import { referenceOf, said } from './view.js';

/** What only the service of a noun knows of the reader: his zone, say. */
export type ReaderContext = Partial<Omit<Context, 'at' | 'zone' | 'deskPhone'>>;

/** What a reader is told of a decision: nothing that he may not learn, and the reference to name when he calls. */
export function tellTo<C extends { readonly do: string }>(decided: Decided<C>, audience: Audience, reader: ReaderContext = {}) {
  const { decision, edition, loaded, command, deskPhone } = decided;
  const context: Context = {
    at: loaded.at,
    zone: edition.zone,
    deskPhone,
    office: loaded.office,
    ...(isCommandName(command.do) ? { asked: command.do } : {}),
    told: toldOfAll(loaded.file, loaded.at, edition),
    ...reader,
  };
  const told = disclose(decision, audience, context);
  const referrals = referralsFor(decision.referrals, audience, context);
  const earliest = told.earliest ? { at: said(told.earliest.at, edition.zone), words: told.earliest.words } : null;
  return {
    ...told,
    warnings: withReasons(told.warnings, decided, audience),
    // Left out where there are none: no program with a hard gate has any.
    ...(referrals.length > 0 ? { referrals } : {}),
    earliest,
    reference: referenceOf(decided),
  };
}

/** A prescriber reads beside a clinical warning which medicine it is about, and where that is from. The counter asks for the review. */
function withReasons<C extends { readonly do: string }>(
  warnings: Disclosed['warnings'],
  { decision, edition, loaded }: Decided<C>,
  audience: Audience,
): readonly (Disclosed['warnings'][number] & { readonly about?: readonly About[] })[] {
  if (audience !== 'prescriber' || warnings.length === 0 || !edition.drug) return warnings;
  const file = apply(loaded.file, decision.effects);
  const { findings } = clinicalReview({ file, edition, at: loaded.at, authorization: decision.authorization });
  return warnings.map((warning) => {
    const about = aboutOf(warning.code, findings);
    return about.length === 0 ? warning : { ...warning, about };
  });
}

/**
 * The answer to a command: what the accepted one made, or a problem with every reason in the reader's words and nothing he may not learn. A
 * hand-over recorded outside the rules is told as recorded, with the reasons why it was outside them.
 */
export function answerTo<C extends { readonly do: string }>(
  decided: Decided<C>,
  audience: Audience,
  made: (decided: Decided<C>) => object,
  status = 200,
  reader: ReaderContext = {},
): Answer {
  const { outcome } = decided.decision;
  const { headline, count, reasons, warnings, referrals, earliest, reference } = tellTo(decided, audience, reader);
  if (outcome !== 'deny')
    return { status, body: { outcome, headline, reference, reasons, warnings, ...(referrals ? { referrals } : {}), ...made(decided) } };
  return {
    status: 409,
    contentType: 'application/problem+json; charset=utf-8',
    body: {
      type: '/problems/refused',
      title: headline,
      status: 409,
      detail: count === '' ? 'Nothing was changed.' : `${count}. Nothing was changed.`,
      reference,
      outcome: 'deny',
      reasons,
      warnings,
      ...(earliest === null ? {} : { earliest }),
    },
  };
}

const isCommandName = (name: string): name is CommandName => (COMMAND_NAMES as readonly string[]).includes(name);
