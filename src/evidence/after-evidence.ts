import type { Decided } from '../authorization/command.runner.js';
import type { CommandName, CommandOf } from '../domain/authorization/command.js';
import { apply } from '../domain/authorization/effect.js';
import type { Span } from '../domain/calendar.js';
import { reasonOf, standingDangers } from '../domain/danger.js';
import { toldOfAll } from '../domain/patient-status.js';
import type { Edition } from '../domain/program.js';
import type { Audience } from '../wording/audience.js';
import { type Disclosed, disclose } from '../wording/disclose.js';

/** After a fact was recorded: what stands in the way now, and what is to be done next. */

const spanInWords = (span: Span): string => {
  const [count, unit] = 'days' in span ? [span.days, 'day'] : [span.months, 'month'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
};

type Next<N extends CommandName> = (command: CommandOf<N>, edition: Edition) => readonly string[];

const NEXT: { readonly [N in CommandName]?: Next<N> } = {
  'record-pregnancy-test': ({ test, by }) => [
    ...(by.role === 'prescriber'
      ? []
      : ['It counts for a prescription once the prescriber has signed it. Correct the test with `source` to sign.']),
    ...(test.result === 'invalid' ? ['This is no result. Repeat the test.'] : []),
  ],
  'correct-pregnancy-test': () => ['What rested on it was judged again. Authorizations that could not have been issued are closed.'],
  'retract-pregnancy-test': () => ['What rested on it was judged again. Authorizations that could not have been issued are closed.'],
  'record-contraception': () => ['The patient confirms her contraception before each prescription.'],
  'declare-abstinence': () => ['The patient confirms it before each prescription.'],
  'report-menses': () => ['If this changes the risk category, change the category.'],
  'interrupt-therapy': () => [
    'Contraception and pregnancy tests go on during the break.',
    'Record the resumption before the next prescription.',
  ],
  'resume-therapy': () => ['Start an authorization. It says what the restart asks for.'],
  'end-therapy': (_, { therapy }) => [
    ...(therapy.tail === null || therapy.tail === 'none'
      ? []
      : [`Contraception goes on for ${spanInWords(therapy.tail)} after the last capsule.`]),
    'Unused capsules go back to the pharmacy.',
  ],
  'change-dose': () => ['Start an authorization for the new regimen.', 'The earlier capsules go back to the pharmacy.'],
  'resolve-discrepancy': () => ['The survey counts now.'],
  'clear-pregnancy-hold': () => ['Start a new authorization. The closed ones stay closed.'],
  'record-told-of-result': () => ['The patient can read it on her own screen now.'],
};

export interface AfterEvidence {
  readonly headline: string;
  readonly standing: Disclosed['reasons'];
  readonly next: readonly string[];
}

export function afterEvidence(decided: Decided, audience: Audience): AfterEvidence {
  const { loaded, decision, edition, command, deskPhone } = decided;
  const { at, office } = loaded;
  const file = apply(loaded.file, decision.effects);
  const reasons = standingDangers(file, at, edition).map((danger) => reasonOf(danger, edition));
  const told = toldOfAll(file, at, edition);
  const disclosed = disclose({ outcome: 'deny', reasons, warnings: [], earliest: null, authorization: null }, audience, {
    at,
    zone: edition.zone,
    deskPhone,
    office,
    told,
  });
  const next = NEXT[command.do] as Next<CommandName> | undefined;
  return {
    headline: reasons.length === 0 ? 'Recorded.' : disclosed.headline,
    standing: disclosed.reasons,
    next: audience === 'prescriber' ? (next?.(command, edition) ?? []) : [],
  };
}
