import type { CommandName } from '../domain/authorization/command.js';
import type { Answer } from './answer.js';
import { type Audience, type Facts, maybe } from './audience.js';

/** First lines: the verdict and the next act, before any rule. */

/** `2 things to do, 1 of them yours`; empty when there is nothing to do. */
export function countOf(answers: readonly Answer[]): string {
  if (answers.length === 0) return '';
  const things = answers.length === 1 ? '1 thing to do' : `${answers.length} things to do`;
  const yours = answers.filter((answer) => answer.turn === 'yours').length;
  return yours === 0 || yours === answers.length ? things : `${things}, ${yours} of them yours`;
}

type Allowed = (facts: Facts) => string;
const AT_COUNTER: Partial<Record<CommandName, Allowed>> = {
  verify: () => 'Active. Reserve it before you hand over: that starts the clock of the hand-over.',
  reserve: ({ handOverBy }) => `Reserved for your pharmacy. Hand over${maybe(' by ', handOverBy)}.`,
  'transfer-reservation': ({ handOverBy }) => `Passed on. The other site hands over${maybe(' by ', handOverBy)}.`,
  release: () => 'Given back. Any certified pharmacy can reserve it now.',
  dispense: () => 'Yes. Hand it over now.',
  return: () => 'Return recorded. Keep the product apart from stock.',
};
const AT_DESK: Partial<Record<CommandName, Allowed>> = {
  'issue-authorization': ({ ends }) => `Authorized. Give the patient the number${maybe('; it can be filled until ', ends)}.`,
  'start-authorization': () => 'Started. Counsel the patient next.',
};

/** The first line of an allowance. */
export function allowedLine(audience: Audience, asked: CommandName | undefined, facts: Facts): string {
  const lines = audience === 'pharmacist' ? AT_COUNTER : audience === 'prescriber' ? AT_DESK : {};
  const line = asked === undefined ? undefined : lines[asked];
  if (line !== undefined) return line(facts);
  return audience === 'auditor' ? 'Allowed.' : 'Done. You need not do anything more for this step.';
}

/** A hand-over that happened is recorded, whatever stood against it. One line for every cause: it must not be told apart by it. */
export const RECORDED_OUTSIDE: Readonly<Record<Audience, (deskPhone: string) => string>> = {
  pharmacist: (phone) => `Recorded. Call ${phone} now, before the medicine is taken.`,
  prescriber: (phone) => `Recorded, although it was not authorized. Call the patient today, and ${phone} with any question.`,
  patient: (phone) => `We have noted this. Before you take the medicine, call ${phone}.`,
  guardian: (phone) => `We have noted this. Before the medicine is taken, call ${phone}.`,
  auditor: (phone) => `Recorded as a deviation, with a finding. Open the finding; questions go to ${phone}.`,
};

/** Nothing was decided, and nothing is lost by asking again. */
export const CANNOT_DECIDE: Readonly<Record<Audience, (deskPhone: string) => string>> = {
  prescriber: (phone) =>
    `We have no answer at this moment. What you entered is kept. Try again in a minute; if it is urgent, call ${phone}.`,
  pharmacist: (phone) =>
    `We have no answer at this moment. Nobody refused this. Do not hand over yet; we keep trying. Our desk is there day and night: ${phone}.`,
  patient: (phone) => `Something is not working on our side. What you told us is safe. Try again soon, or call ${phone}.`,
  guardian: (phone) => `Something is not working on our side. What you told us is safe. Try again soon, or call ${phone}.`,
  auditor: (phone) => `No decision was reached and none was stored. Try again in a minute, or call ${phone}.`,
};
