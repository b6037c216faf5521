import type { CommandName } from '../domain/authorization/command.js';
import type { Decision } from '../domain/authorization/decide.js';
import type { Instant } from '../domain/calendar.js';
import type { ReasonCode, WarningCode } from '../domain/reason.js';
import { type Answer, answerFor, counterAnswer, patientCode, pharmacistCode, TURNS, type Turn } from './answer.js';
import type { Audience, DisclosedCode, Facts, Wording } from './audience.js';
import type { PharmacistCode } from './pharmacist.js';
import { sayWhen } from './say-when.js';
import { allowedLine, CANNOT_DECIDE, countOf, RECORDED_OUTSIDE } from './verdict.js';
import { type WarningWording, warningFor } from './warning.js';

/** Of a decision, what the wording needs. */
export type Disclosable = Pick<Decision, 'outcome' | 'reasons' | 'warnings' | 'earliest' | 'authorization'>;

/** What the reader is told besides the decision. Facts that are not known stay away; then the words do without. */
export interface Context extends Omit<Facts, 'earliest' | 'ends' | 'reservedUntil' | 'handOverBy' | 'goodElsewhere'> {
  /** The instant of the decision. */
  readonly at: Instant;
  /** The program's zone, in which every time is said, and the reader's, added where it differs. */
  readonly zone: string;
  readonly hereZone?: string | null;
  /** What was asked: the headline of an allowance names the next act. */
  readonly asked?: CommandName;
  /** The prescriber has recorded that she told the patient about every danger that stands. */
  readonly told?: boolean;
  /** The prescription presented shows another category than the authorization has. */
  readonly paperShowsOtherCategory?: boolean;
}

export interface DisclosedReason extends Wording {
  readonly code: DisclosedCode;
  readonly turn: Turn;
}

/** What one reader may learn of a decision; nothing else of it leaves the service towards that reader. */
export interface Disclosed {
  readonly outcome: Decision['outcome'] | 'indeterminate';
  /** The verdict and the next act. */
  readonly headline: string;
  /** `2 things to do, 1 of them yours`; empty when there is nothing to do. */
  readonly count: string;
  readonly reasons: readonly DisclosedReason[];
  readonly warnings: readonly (WarningWording & { readonly code: WarningCode })[];
  /** Left out when it is not known, or not this reader's. */
  readonly earliest?: { readonly at: Instant; readonly words: string };
}

/**
 * Reduces a decision to what this audience may learn (I20).
 *
 * The pharmacist:
 * | in the decision | told |
 * |---|---|
 * | number unknown, or identifiers that do not match | `NOT_MATCHED`, alone |
 * | her site or herself not certified | that, alone: nothing of the prescription but that it is good elsewhere, if it is |
 * | already dispensed | that, alone, whatever happened since or before |
 * | anything that is not hers to know, window not over | `NOT_ACTIVE`, alone |
 * | anything that is not hers to know, window over | `AUTHORIZATION_EXPIRED`, alone |
 * | else | every reason |
 *
 * `NOT_ACTIVE` stands alone, as a second reason beside it would tell causes apart. It yields where a later cause would otherwise show as a
 * change of the answer to a number that is used up: an old number that turns from "filled" or "ended" to "not active" can only mean danger,
 * since nobody cancels it any more; and one that turns from "not active" to "ended" can only have been on hold. So every number that is not
 * filled reads as ended once its window is over, however it came to its end, and a filled one reads as filled for ever.
 *
 * The patient, until told, and the guardian always: a danger stands alone as stop-and-call; a test that is due beside it would name it.
 * The prescriber: everything about her own patient; about another's, that it is another's. The auditor: everything.
 */
export function disclose(decision: Disclosable, audience: Audience, context: Context): Disclosed {
  const facts = factsOf(decision, context);
  const answers = ordered(answersOf(decision, audience, context, facts));
  const silent = answers.some((answer) => SILENT_BESIDE.includes(answer.code));
  const warnings = silent ? [] : decision.warnings.flatMap((code) => worded(code, warningFor(code, audience, facts)));
  const earliest = silent || decision.earliest === null ? null : { at: decision.earliest, words: facts.earliest ?? '' };
  return {
    outcome: decision.outcome,
    headline: headlineOf(decision, audience, context, answers, facts),
    count: countOf(answers),
    reasons: answers.map(({ verdict: _, ...answer }) => answer),
    warnings,
    ...(earliest === null ? {} : { earliest }),
  };
}

/** The answer when nothing could be decided: nothing was refused and nothing is stored. */
export function cannotDecide(audience: Audience, deskPhone: string): Disclosed {
  return { outcome: 'indeterminate', headline: CANNOT_DECIDE[audience](deskPhone), count: '', reasons: [], warnings: [] };
}

/** Answers beside which neither an earliest moment nor a warning may stand. */
const SILENT_BESIDE: readonly DisclosedCode[] = [
  'NOT_ACTIVE',
  'NOT_MATCHED',
  'STOP_AND_CALL',
  'PHARMACY_NOT_CERTIFIED',
  'ALREADY_DISPENSED',
  'AUTHORIZATION_EXPIRED',
  'NOT_THIS_PATIENTS_PRESCRIBER',
];

const worded = (code: WarningCode, wording: WarningWording | null): Disclosed['warnings'] =>
  wording === null ? [] : [{ code, ...wording }];

function answersOf(decision: Disclosable, audience: Audience, context: Context, facts: Facts): Answer[] {
  const { reasons } = decision;
  const told = context.told === true;
  switch (audience) {
    case 'pharmacist':
      return pharmacistAnswers(decision, context, facts);
    case 'prescriber': {
      const another = reasons.includes('NOT_THIS_PATIENTS_PRESCRIBER');
      return (another ? (['NOT_THIS_PATIENTS_PRESCRIBER'] as const) : reasons).map((code) => answerFor(code, audience, facts));
    }
    case 'patient':
    case 'guardian': {
      const stopping = reasons.filter((code) => patientCode(code, audience === 'patient' && told) === 'STOP_AND_CALL');
      return (stopping.length > 0 ? stopping : reasons).map((code) => answerFor(code, audience, facts, told));
    }
    case 'auditor':
      return reasons.map((code) => answerFor(code, audience, facts));
  }
}

function pharmacistAnswers({ reasons, authorization }: Disclosable, context: Context, facts: Facts): Answer[] {
  const learned = (code: ReasonCode): PharmacistCode =>
    code === 'CATEGORY_CONTRADICTED' && context.paperShowsOtherCategory === true ? code : pharmacistCode(code);
  const codes = reasons.map(learned);
  const has = (code: PharmacistCode): boolean => codes.includes(code);
  const only = (code: PharmacistCode, known: Facts = facts): Answer[] => [counterAnswer(code, known)];

  if (has('NOT_MATCHED')) return only('NOT_MATCHED', { deskPhone: context.deskPhone });
  if (has('PHARMACY_NOT_CERTIFIED')) {
    const { deskPhone, certificationEndedOn = null, ends = null } = facts;
    return only('PHARMACY_NOT_CERTIFIED', { deskPhone, certificationEndedOn, ends, goodElsewhere: codes.length === 1 });
  }
  if (has('ALREADY_DISPENSED')) return only('ALREADY_DISPENSED');
  if (has('NOT_ACTIVE') || has('AUTHORIZATION_EXPIRED')) {
    const expiresAt = authorization?.expiresAt ?? null;
    return only(expiresAt !== null && context.at > expiresAt ? 'AUTHORIZATION_EXPIRED' : 'NOT_ACTIVE');
  }
  return codes.map((code) => counterAnswer(code, facts));
}

function factsOf({ reasons, earliest, authorization }: Disclosable, context: Context): Facts {
  const said = (at: Instant | null | undefined): string | null =>
    at === null || at === undefined ? null : sayWhen(at, context.zone, context.hereZone);
  const expiresAt = authorization?.expiresAt ?? null;
  const confirmationEndsAt = authorization?.reservation?.confirmationEndsAt ?? null;
  const running = confirmationEndsAt !== null && confirmationEndsAt >= context.at ? confirmationEndsAt : null;
  const bounds = [expiresAt, running].filter((bound) => bound !== null);
  const { deskPhone, office, filledOn, filledAt, lastTestOn, testFrom, neededBy, certificationEndedOn } = context;
  return {
    deskPhone,
    office: office ?? null,
    filledOn: filledOn ?? null,
    filledAt: filledAt ?? null,
    lastTestOn: lastTestOn ?? null,
    testFrom: testFrom ?? null,
    neededBy: neededBy ?? null,
    certificationEndedOn: certificationEndedOn ?? null,
    earliest: said(earliest),
    ends: said(expiresAt),
    reservedUntil: said(running),
    handOverBy: bounds.length === 0 ? null : said(Math.min(...bounds)),
    goodElsewhere: reasons.length === 1 && reasons[0] === 'PHARMACY_NOT_CERTIFIED',
  };
}

/** Stop-now, then the reader's own, then others', then time; inside each the catalogue's order; the same answer once. */
function ordered(answers: readonly Answer[]): Answer[] {
  const once = answers.filter((answer, at) => answers.findIndex((other) => other.code === answer.code) === at);
  return TURNS.flatMap((turn) => once.filter((answer) => answer.turn === turn));
}

function headlineOf({ outcome }: Disclosable, audience: Audience, context: Context, answers: readonly Answer[], facts: Facts): string {
  if (outcome === 'recorded-as-deviation') return RECORDED_OUTSIDE[audience](context.deskPhone);
  const first = answers[0];
  return first === undefined ? allowedLine(audience, context.asked, facts) : `${first.verdict} ${first.nextAct}`;
}
