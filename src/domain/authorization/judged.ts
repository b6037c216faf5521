import { dateAt } from '../calendar.js';
import { withElsewhere } from '../elsewhere.js';
import type { Judgement } from '../judgement.js';
import type { Case } from '../patient.js';
import type { Edition, JudgedAt } from '../program.js';
import type { Command } from './command.js';
import { handoverJudgement } from './counter.js';
import type { Others } from './decide.js';
import { issueJudgement, judgementOf } from './prescribing.js';

/** Under which of the edition's lists a command is judged, and the very judgement that its handler makes; null when it is judged by no list. */
export function judged(
  recorded: Case,
  command: Command,
  edition: Edition,
  others: Others = {},
): { readonly when: JudgedAt; readonly judgement: Judgement } | null {
  const file = withElsewhere(recorded, edition, others.elsewhere ?? {});
  const authorization = 'authorization' in command ? file.authorizations.find((each) => each.id === command.authorization) : undefined;
  if (!authorization) return null;
  const situation = { file, command, edition, later: others.later ?? null, at: command.at, on: dateAt(command.at, edition.zone) };
  switch (command.do) {
    case 'issue-authorization':
      return { when: 'issue', judgement: issueJudgement(situation, authorization) };
    case 'verify':
    case 'transfer-reservation':
      return { when: 'verify', judgement: judgementOf(situation, authorization) };
    case 'reserve':
      return { when: 'reserve', judgement: judgementOf(situation, authorization) };
    case 'dispense':
      return { when: 'dispense', judgement: handoverJudgement(judgementOf(situation, authorization), command) };
    default:
      return null;
  }
}
