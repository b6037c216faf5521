import { dateAt, endOfDay, HOUR_MS, type Instant, MINUTE_MS, type Moment } from '../calendar.js';
import { checklistDone, checklistOf } from '../checklist.js';
import { clinicalWarnings } from '../clinical/review.js';
import { givenSupplyDays } from '../dispensing.js';
import type { Judgement } from '../judgement.js';
import { isCertified } from '../participant.js';
import type { Authorization, Fill, Reservation } from '../patient.js';
import type { ReasonCode, WarningCode } from '../reason.js';
import { referred } from '../requirement.js';
import { roleReasons } from './attester.js';
import type { CommandOf, Presented } from './command.js';
import { confirmationEnd, isIssued, isPreparing } from './deadline.js';
import { type Effect, referralFinding } from './effect.js';
import { counterReasons, earliestAtCounter, endedReasons } from './explain.js';
import { judgementOf } from './prescribing.js';
import { accepted, type Handlers, type Ruling, refused, type Situation } from './ruling.js';
import { nextState } from './versions.js';

/** The pharmacy counter: verify, reserve, hand over, give back. Permission is judged; a hand-over that happened is recorded (rules §9.4). */

type Named = 'verify' | 'reserve' | 'release' | 'transfer-reservation' | 'dispense' | 'correct-dispense' | 'return';

/** The judgement at the counter, or the ruling when there is nothing to judge. */
function atCounter(situation: Situation<Named>): { judgement: Judgement } | { ruling: Ruling } {
  const who = roleReasons(situation.command.by, ['pharmacy']);
  if (who.length > 0) return { ruling: refused(who) };
  const authorization = situation.file.authorizations.find((each) => each.id === situation.command.authorization);
  return authorization ? { judgement: judgementOf(situation, authorization) } : { ruling: refused(['AUTHORIZATION_UNKNOWN']) };
}

const changed = (authorization: Authorization): Effect => ({ kind: 'authorization', authorization });

/** The last instant at which an allowance at the counter would still be one. */
function validThrough({ authorization, file, by }: Judgement, ...bounds: readonly (Instant | null)[]): Instant | null {
  const site = file.participants[by.id];
  const trained = by.person ? (site?.trained[by.person] ?? null) : null;
  const all = [authorization.expiresAt, site?.certifiedUntil ?? null, trained, ...bounds].filter((bound) => bound !== null);
  return all.length === 0 ? null : Math.min(...all);
}

/** Says so when the authorization ends before the confirmation's own hours would. */
function soon(authorization: Authorization, confirmationEndsAt: Instant | null): WarningCode[] {
  const cut = authorization.expiresAt !== null && confirmationEndsAt !== null && authorization.expiresAt < confirmationEndsAt;
  return cut ? ['HANDOVER_SOON'] : [];
}

/** What the label facts say of this fill. Where none are on file, the counter is told nothing of it, as before there were any. */
const toWeigh = (judgement: Judgement): WarningCode[] => (judgement.edition.drug ? clinicalWarnings(judgement) : []);

/** A refusal at the counter; a number filled elsewhere that is presented again, with the right name, is a finding. */
function turnedAway(judgement: Judgement, reasons: readonly ReasonCode[]): Ruling {
  const { file, authorization, by } = judgement;
  const elsewhere = file.fills.some((fill) => fill.authorization === authorization.id && fill.pharmacy !== by.id);
  const again = elsewhere && reasons.includes('ALREADY_DISPENSED') && !reasons.includes('IDENTIFIERS_DO_NOT_MATCH');
  return {
    ...refused(reasons, earliestAtCounter(judgement, reasons)),
    effects: again ? [{ kind: 'finding', code: 'DUPLICATE_PRESENTATION' }] : [],
  };
}

function verify(situation: Situation<'verify'>): Ruling {
  const found = atCounter(situation);
  if ('ruling' in found) return found.ruling;
  const { judgement } = found;
  const reasons = counterReasons('verify', judgement);
  if (reasons.length > 0) return turnedAway(judgement, reasons);
  const ends =
    judgement.effective.live?.confirmationEndsAt ?? confirmationEnd(situation.at, judgement.authorization.expiresAt, situation.edition);
  return accepted([], {
    validThrough: validThrough(judgement, judgement.effective.live?.confirmationEndsAt ?? null),
    warnings: [...soon(judgement.authorization, ends), ...toWeigh(judgement)],
    referrals: referred('verify', judgement),
  });
}

function reserve(situation: Situation<'reserve'>): Ruling {
  const found = atCounter(situation);
  if ('ruling' in found) return found.ruling;
  const { judgement } = found;
  const { command, at, edition } = situation;
  const { authorization, effective } = judgement;
  const reasons = counterReasons('reserve', judgement);
  if (reasons.length > 0) return turnedAway(judgement, reasons);
  // The live holder asking again has its reservation already: the same number, no new 24 hours.
  if (effective.live !== null)
    return accepted([], {
      validThrough: validThrough(judgement, effective.live.confirmationEndsAt),
      warnings: [...soon(authorization, effective.live.confirmationEndsAt), ...toWeigh(judgement)],
      referrals: referred('reserve', judgement),
    });
  const confirmationEndsAt = confirmationEnd(at, authorization.expiresAt, edition);
  if (confirmationEndsAt === null) return refused(['RULE_MISSING']);
  const state = nextState(authorization.machineVersion, effective.state, { type: 'reserve', judgement });
  if (state === null) return refused(['WRONG_STATE']);
  const { capsules, supplyDays } = command.presented;
  const reservation: Reservation = {
    pharmacy: command.by.id,
    reservedAt: at,
    confirmationEndsAt,
    confirmationNumber: command.confirmationNumber,
    given: { capsules, supplyDays },
  };
  return accepted([changed({ ...authorization, state, reservation })], {
    validThrough: validThrough(judgement),
    warnings: [...soon(authorization, confirmationEndsAt), ...toWeigh(judgement)],
    referrals: referred('reserve', judgement),
  });
}

function release(situation: Situation<'release'>): Ruling {
  const found = atCounter(situation);
  if ('ruling' in found) return found.ruling;
  const { authorization, effective } = found.judgement;
  const { file, command, at } = situation;
  const over = endedReasons(authorization, effective.state, file);
  if (over.length > 0) return refused(over);
  if (isPreparing(effective.state)) return refused(['AUTHORIZATION_NOT_ISSUED']);
  if (authorization.reservation?.pharmacy !== command.by.id) return refused(['NOT_RESERVED'], at);
  // "Not handed over" is what a release says; who did hand over reports that instead.
  if (!command.notHandedOver) return refused(['WRONG_STATE']);
  const state = nextState(authorization.machineVersion, effective.state, { type: 'release', judgement: found.judgement });
  return state === null ? refused(['WRONG_STATE']) : accepted([changed({ ...authorization, state, reservation: null })]);
}

function transferReservation(situation: Situation<'transfer-reservation'>): Ruling {
  const found = atCounter(situation);
  if ('ruling' in found) return found.ruling;
  const { judgement } = found;
  const { file, command, at } = situation;
  const { authorization, effective } = judgement;
  const reasons = new Set<ReasonCode>(counterReasons('verify', judgement));
  if (effective.live === null && effective.lapsedHolder === command.by.id) reasons.add('CONFIRMATION_EXPIRED');
  // Beside an end, or before there is a number, stands nothing that hangs on a reservation.
  else if (isIssued(effective.state) && effective.live?.pharmacy !== command.by.id) reasons.add('NOT_RESERVED');
  const to = file.participants[command.to];
  if (!isCertified(to, at)) reasons.add('PHARMACY_NOT_CERTIFIED');
  const from = file.participants[command.by.id];
  if (from && to && (from.chain === null || from.chain !== to.chain)) reasons.add('WRONG_STATE');
  if (reasons.size > 0 || effective.live === null) return refused([...reasons], earliestAtCounter(judgement, [...reasons]));
  const state = nextState(authorization.machineVersion, effective.state, { type: 'transfer-reservation', judgement });
  if (state === null) return refused(['WRONG_STATE']);
  return accepted([changed({ ...authorization, state, reservation: { ...effective.live, pharmacy: command.to } })], {
    validThrough: validThrough(judgement, effective.live.confirmationEndsAt, to?.certifiedUntil ?? null),
  });
}

function fillOf(
  situation: Situation<'dispense'>,
  authorization: Authorization | null,
  handedOver: Moment,
  outcome: Fill['outcome'],
): Effect {
  const { command } = situation;
  const given = command.capsules !== null || command.supplyDays !== null ? command : (authorization?.reservation?.given ?? command);
  return {
    kind: 'fill',
    fill: {
      id: command.id,
      authorization: authorization?.id ?? null,
      pharmacy: command.by.id,
      handedOver,
      issuedAt: authorization?.issuedAt ?? handedOver.at,
      supplyDays: authorization === null ? 0 : givenSupplyDays(authorization.prescription, given),
      outcome,
      returnedAt: null,
      returnedUnopened: null,
    },
  };
}

/** What lies on the counter, as a prescription would state it. */
const onCounter = ({ identifiersMatch, capsules, supplyDays, lines }: Situation<'dispense'>['command']): Presented => ({
  identifiersMatch,
  shows: ['number', 'category'],
  showsCategory: null,
  capsules,
  strengthMg: null,
  supplyDays,
  lines,
});

const isGoneThrough = (checklist: Situation<'dispense'>['command']['checklist'], { authorization, edition }: Judgement): boolean =>
  typeof checklist === 'boolean' ? checklist : checklistDone(checklistOf(authorization.category, edition), checklist);

/** The zone of the site's days. Its own row comes first: who ships does not choose when the day ends. */
const zoneOfSite = ({ siteZone, by }: CommandOf<'dispense'>, { file, edition }: Pick<Judgement, 'file' | 'edition'>): string =>
  file.participants[by.id]?.zone ?? siteZone ?? edition.zone;

/** The judgement at the hand-over: what lies on the counter, how it leaves, and what was gone through with the patient. */
export function handoverJudgement(judgement: Judgement, command: CommandOf<'dispense'>): Judgement {
  const { method, checklist, medicationGuide } = command;
  return {
    ...judgement,
    presented: onCounter(command),
    handover: {
      ship: method === 'ship',
      siteZone: zoneOfSite(command, judgement),
      handedOverAt: command.handedOver?.at ?? judgement.at,
      checklist: isGoneThrough(checklist, judgement),
      medicationGuide,
    },
  };
}

function dispense(situation: Situation<'dispense'>): Ruling {
  const { file, command, edition, at, on } = situation;
  const reported = command.handedOver;
  const { lateAfterHours, futureToleranceMinutes } = edition.entry;
  if (reported !== null && reported.at > at + (futureToleranceMinutes ?? 0) * MINUTE_MS) return refused(['FUTURE_DATE']);
  const warnings: WarningCode[] =
    reported !== null && lateAfterHours !== null && at - reported.at > lateAfterHours * HOUR_MS ? ['LATE_ENTRY'] : [];
  const found = atCounter(situation);
  if ('ruling' in found) {
    const unknown = found.ruling.reasons.includes('AUTHORIZATION_UNKNOWN');
    if (reported === null || !unknown) return found.ruling;
    return { reasons: found.ruling.reasons, effects: [{ kind: 'finding', code: 'HANDOVER_ON_UNKNOWN_NUMBER' }], deviation: true, warnings };
  }
  const siteZone = zoneOfSite(command, situation);
  const judgement = handoverJudgement(found.judgement, command);
  const { authorization, effective } = judgement;
  const reasons = new Set(counterReasons('dispense', judgement));
  if (reported !== null && effective.live !== null && reported.at < effective.live.reservedAt) reasons.add('NOT_RESERVED');
  if (reported === null && reasons.size > 0) return refused([...reasons], earliestAtCounter(judgement, [...reasons]));

  const handedOver = reported ?? { at, until: at, on };
  if (reasons.size === 0) {
    const state = nextState(authorization.machineVersion, effective.state, { type: 'dispense', judgement });
    if (state === null) return refused(['WRONG_STATE']);
    const shipDay = command.method === 'ship' ? endOfDay(dateAt(at, siteZone), siteZone) : null;
    const referrals = referred('dispense', judgement);
    const filled = fillOf(situation, authorization, handedOver, 'permitted');
    return accepted([changed({ ...authorization, state }), filled, ...referralFinding(referrals)], {
      validThrough: validThrough(judgement, effective.live?.confirmationEndsAt ?? null, shipDay),
      warnings: [...warnings, ...toWeigh(judgement)],
      referrals,
    });
  }
  const again = file.fills.some((fill) => fill.authorization === authorization.id);
  const state = nextState(authorization.machineVersion, effective.state, { type: 'report-dispense' });
  return {
    reasons: [...reasons],
    deviation: true,
    warnings,
    effects: [
      ...(state === null || state === authorization.state ? [] : [changed({ ...authorization, state })]),
      fillOf(situation, authorization, handedOver, again ? 'violation' : 'deviation'),
      { kind: 'finding', code: again ? 'SECOND_HANDOVER_OF_ONE_NUMBER' : 'HANDOVER_OUTSIDE_THE_RULES' },
    ],
  };
}

function correctDispense(situation: Situation<'correct-dispense'>): Ruling {
  const found = atCounter(situation);
  if ('ruling' in found) return found.ruling;
  const filledHere = situation.file.fills.some(
    (fill) => fill.authorization === situation.command.authorization && fill.pharmacy === situation.command.by.id,
  );
  return filledHere ? accepted([{ kind: 'finding', code: 'DISPENSING_ERROR' }]) : refused(['WRONG_STATE']);
}

function giveBack(situation: Situation<'return'>): Ruling {
  const found = atCounter(situation);
  if ('ruling' in found) return found.ruling;
  const { authorization, effective } = found.judgement;
  const { file, command, at } = situation;
  const fill = file.fills.findLast(
    (each) => each.authorization === authorization.id && each.pharmacy === command.by.id && each.returnedAt === null,
  );
  if (!fill) return refused(isPreparing(effective.state) ? ['AUTHORIZATION_NOT_ISSUED'] : ['WRONG_STATE']);
  const state = nextState(authorization.machineVersion, effective.state, { type: 'return' });
  const returned: Effect = { kind: 'fill-returned', fill: fill.id, at, unopened: command.unopened };
  return accepted(state === null ? [returned] : [changed({ ...authorization, state }), returned]);
}

export const COUNTER: Handlers<Named> = {
  verify,
  reserve,
  release,
  'transfer-reservation': transferReservation,
  dispense,
  'correct-dispense': correctDispense,
  return: giveBack,
};
