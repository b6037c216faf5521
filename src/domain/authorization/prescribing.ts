import { governing, guardianSpeaks } from '../category.js';
import { clinicalWarnings } from '../clinical/review.js';
import { coveredDays, followsDirections } from '../dispensing.js';
import { gateOf, refuses } from '../gate.js';
import type { Judgement } from '../judgement.js';
import type { Authorization, AuthorizationState, Case, Prescription, PrescriptionLine } from '../patient.js';
import { accommodated } from '../pregnancy-test.js';
import type { ReasonCode, WarningCode } from '../reason.js';
import {
  confirmationAsked,
  counselingDone,
  referred,
  strengthReasons,
  supplyReasons,
  testsAsked,
  unmet,
  usableConfirmation,
  usableSurvey,
} from '../requirement.js';
import { servingTests } from '../test-places.js';
import { attestingReasons, prescriberBehind, roleReasons, speaksForPatient } from './attester.js';
import type { CommandName } from './command.js';
import { authorizationEnd, effectiveState, isPreparing, unissued } from './deadline.js';
import { type Effect, referralFinding } from './effect.js';
import { dangerReasons, earliestIssue, endedReasons, issueValidThrough } from './explain.js';
import { accepted, type Handlers, type Ruling, refused, type Situation } from './ruling.js';
import { CURRENT_MACHINE_VERSION, nextState } from './versions.js';

/** From the start of a prescription to its number: the prescriber's desk, and the patient's confirmation. */

type Named =
  | 'start-authorization'
  | 'certify-counseling'
  | 'confirm-contraception'
  | 'issue-authorization'
  | 'cancel-authorization'
  | 'lapse';

export function judgementOf(situation: Situation, authorization: Authorization): Judgement {
  const { file, command, edition, later, at, on } = situation;
  return {
    file,
    edition,
    later: later ?? null,
    at,
    on,
    by: command.by,
    authorization,
    effective: effectiveState(authorization, file, at),
    presented: 'presented' in command ? command.presented : null,
    handover: null,
  };
}

/** Whether a guardian may speak for the patient: for a child. */
function isChild(situation: Situation): boolean {
  const governed = governing(situation);
  return governed !== null && guardianSpeaks(governed.category, situation.file.answers, situation.on, situation.edition);
}
const targetOf = (file: Case, id: string): Authorization | undefined => file.authorizations.find((each) => each.id === id);

/** The ruling for a step on an authorization that cannot take it any more; null while it can. */
function notOpenFor(situation: Situation, authorization: Authorization): Ruling | null {
  const { state } = effectiveState(authorization, situation.file, situation.at);
  if (isPreparing(state)) return null;
  if (state === 'authorized' || state === 'reserved' || state === 'dispensed' || state === 'returned') return refused(['WRONG_STATE']);
  return refused([
    ...endedReasons(authorization, state, situation.file),
    ...dangerReasons(situation.file, situation.at, situation.edition),
  ]);
}

/** What is odd about the prescription without being refused: said when it is written, and again to who issues it. */
export function prescriptionWarnings({ lines, supplyDays, refillsAsked }: Prescription): WarningCode[] {
  const odd = lines.some((line) => !followsDirections(line, supplyDays));
  return [...(refillsAsked > 0 ? (['REFILLS_STRUCK'] as const) : []), ...(odd ? (['CAPSULES_AGAINST_DIRECTIONS'] as const) : [])];
}

function start(situation: Situation<'start-authorization'>): Ruling {
  const { file, command, edition, at } = situation;
  const who = roleReasons(command.by, ['prescriber', 'delegate']);
  if (who.length > 0) return refused(who);
  if (targetOf(file, command.authorization)) return refused(['WRONG_STATE']);
  const asked = command.prescription;
  const lines: PrescriptionLine[] = [];
  for (const line of asked.lines) {
    if (line.strengthMg !== null && line.capsules !== null && line.capsules > 0 && line.regimen !== null)
      lines.push({ strengthMg: line.strengthMg, capsules: line.capsules, regimen: line.regimen });
  }
  const supplyDays = asked.supplyDays ?? Math.max(0, ...lines.map((line) => coveredDays(line.capsules, line.regimen)));
  const reasons: ReasonCode[] = [];
  if (lines.length === 0 || lines.length < asked.lines.length || supplyDays <= 0) reasons.push('PRESCRIPTION_INCOMPLETE');
  const limits: ReasonCode[] = [
    ...strengthReasons(lines, edition),
    ...supplyReasons(supplyDays, governing(situation)?.category ?? null, edition),
  ];
  const channel = edition.prescription.channels[asked.channel];
  if (channel === undefined || (channel.accommodation !== null && !accommodated(file, edition, channel.accommodation, at)))
    limits.push('TELEPHONE_NOT_ALLOWED');
  // The program's limits stand as strongly as its gate; that a prescription can be read is asked of every one.
  const gate = gateOf(situation);
  reasons.push(...limits.filter((code) => refuses(code, gate)));
  if (reasons.length > 0) return refused(reasons);

  const prescription: Prescription = { lines, supplyDays, refillsAsked: asked.refills, channel: asked.channel };
  const authorization = unissued(command.authorization, CURRENT_MACHINE_VERSION, prescription, at, edition);
  const state = pastCounseling(authorization, judgementOf(situation, authorization)) ?? authorization.state;
  return accepted([{ kind: 'authorization', authorization: { ...authorization, state } }], {
    warnings: prescriptionWarnings(prescription),
    referrals: gate === 'advisory' ? limits : [],
  });
}

/** Where a prescription goes on to that needs no counseling of its own; null when it does, or is past it. */
function pastCounseling({ machineVersion, state }: Authorization, judgement: Judgement): AuthorizationState | null {
  if (state !== 'counseling' || !counselingDone(judgement)) return null;
  return nextState(machineVersion, state, { type: 'certify-counseling', judgement });
}

function certifyCounseling(situation: Situation<'certify-counseling'>): Ruling {
  const { file, command, at } = situation;
  const authorization = targetOf(file, command.authorization);
  if (!authorization) return refused(['AUTHORIZATION_UNKNOWN']);
  const closed = notOpenFor(situation, authorization);
  if (closed) return closed;
  const who = attestingReasons(situation);
  if (who.length > 0) return refused(who, who.includes('MAY_NOT_ATTEST') ? null : at);
  const counseled: Effect = {
    kind: 'evidence',
    evidence: {
      kind: 'counseling',
      id: command.id,
      recordedAt: at,
      authorization: authorization.id,
      by: command.by.id,
      topics: command.topics,
    },
  };
  const after = { ...file, evidence: [...file.evidence, counseled.evidence] };
  const state = nextState(authorization.machineVersion, authorization.state, {
    type: 'certify-counseling',
    judgement: { ...judgementOf(situation, authorization), file: after },
  });
  if (state === null) return refused(['WRONG_STATE']);
  return accepted([counseled, { kind: 'authorization', authorization: { ...authorization, state } }]);
}

function confirmContraception(situation: Situation<'confirm-contraception'>): Ruling {
  const { file, command, at } = situation;
  const authorization = targetOf(file, command.authorization);
  if (!authorization) return refused(['AUTHORIZATION_UNKNOWN']);
  const closed = notOpenFor(situation, authorization);
  if (closed) return closed;
  if (!speaksForPatient(command.by, isChild(situation))) return refused(['MAY_NOT_ATTEST']);
  if (governing(situation) !== null && !confirmationAsked(situation)) return refused(['WRONG_STATE']);
  const confirmed: Effect = {
    kind: 'evidence',
    evidence: {
      kind: 'contraception-confirmed',
      id: command.id,
      recordedAt: at,
      authorization: authorization.id,
      by: command.by.role === 'guardian' ? 'guardian' : 'patient',
    },
  };
  const after = { ...file, evidence: [...file.evidence, confirmed.evidence] };
  const state = nextState(authorization.machineVersion, authorization.state, {
    type: 'confirm-contraception',
    judgement: { ...judgementOf(situation, authorization), file: after },
  });
  if (state === null) return refused(['WRONG_STATE']);
  return accepted([confirmed, { kind: 'authorization', authorization: { ...authorization, state } }]);
}

/** The evidence this issue rests on, by id: its tests, its survey, its confirmation. What a correction re-judges, and what a fill uses up. */
function relied(judgement: Judgement): string[] {
  const { file, at, on, edition } = judgement;
  const ids = testsAsked(judgement) ? servingTests(file, at, on, edition).map((test) => test.id) : [];
  const survey = usableSurvey(judgement).survey;
  if (survey) ids.push(survey.id);
  if (confirmationAsked(judgement)) {
    const confirmation = usableConfirmation(judgement);
    if (confirmation) ids.push(confirmation.id);
  }
  return ids;
}

/** An issue is judged for the prescriber who would sign it, also when a delegate asks. */
export function issueJudgement(situation: Situation, authorization: Authorization): Judgement {
  return {
    ...judgementOf(situation, authorization),
    by: { role: 'prescriber', id: prescriberBehind(situation.file, situation.command.by) },
  };
}

function issue(situation: Situation<'issue-authorization'>): Ruling {
  const { file, command, edition, at } = situation;
  const authorization = targetOf(file, command.authorization);
  if (!authorization) return refused(['AUTHORIZATION_UNKNOWN']);
  const closed = notOpenFor(situation, authorization);
  if (closed) return closed;
  const attests = command.by.role === 'prescriber';
  const judgement = issueJudgement(situation, authorization);
  const reasons: ReasonCode[] = [...(attests ? [] : (['MAY_NOT_ATTEST'] as const)), ...unmet('issue', judgement)];
  const others = file.authorizations.filter((each) => each.id !== authorization.id);
  if (others.some((each) => effectiveState(each, file, at).state === 'reserved')) reasons.push('ALREADY_RESERVED');
  const governed = governing(judgement);
  const expiresAt = governed && authorizationEnd(file, governed.category, at, edition);
  if (reasons.length === 0 && (governed === null || expiresAt === null)) reasons.push('RULE_MISSING');
  if (reasons.length > 0 || governed === null) return refused(reasons, earliestIssue(judgement, reasons));

  const state = nextState(authorization.machineVersion, authorization.state, { type: 'issue-authorization', judgement });
  if (state === null) return refused(['WRONG_STATE']);
  const superseded = others.flatMap((each): Effect[] => {
    const next =
      effectiveState(each, file, at).state === 'authorized' ? nextState(each.machineVersion, 'authorized', { type: 'supersede' }) : null;
    return next === null ? [] : [{ kind: 'authorization', authorization: { ...each, state: next } }];
  });
  const issued: Authorization = {
    ...authorization,
    state,
    issuedAt: at,
    issuedBy: judgement.by.id,
    category: governed.code,
    expiresAt,
    restedOn: relied(judgement),
    edition: edition.edition,
    editionHash: edition.hash,
  };
  const referrals = referred('issue', judgement);
  return accepted([{ kind: 'authorization', authorization: issued }, ...superseded, ...referralFinding(referrals)], {
    validThrough: issueValidThrough(judgement),
    referrals,
    warnings: [...prescriptionWarnings(authorization.prescription), ...clinicalWarnings({ file, edition, at, authorization })],
  });
}

function cancel(situation: Situation<'cancel-authorization'>): Ruling {
  const { file, command, at } = situation;
  const authorization = targetOf(file, command.authorization);
  if (!authorization) return refused(['AUTHORIZATION_UNKNOWN']);
  const { by } = command;
  const who = roleReasons(by, ['prescriber', 'administrator']);
  if (who.length > 0) return refused(who);
  const own = by.role === 'administrator' || by.id === authorization.issuedBy || by.id === file.enrollment?.prescriber;
  if (!own) return refused(['NOT_THIS_PATIENTS_PRESCRIBER'], at);
  const { state } = effectiveState(authorization, file, at);
  if (state === 'dispensed' || state === 'returned') return refused(['WRONG_STATE']);
  const next = nextState(authorization.machineVersion, state, { type: 'cancel-authorization' });
  if (next === null) return refused(endedReasons(authorization, state, file));
  return accepted([{ kind: 'authorization', authorization: { ...authorization, state: next } }]);
}

/** Writes down what the clock has already decided: expiry, or the end of a reservation. */
function lapse(situation: Situation<'lapse'>): Ruling {
  const { file, command, at } = situation;
  const authorization = targetOf(file, command.authorization);
  if (!authorization) return refused(['AUTHORIZATION_UNKNOWN']);
  const effective = effectiveState(authorization, file, at);
  if (effective.state === authorization.state) return refused(['WRONG_STATE']);
  const next = nextState(authorization.machineVersion, authorization.state, { type: effective.state === 'expired' ? 'expire' : 'lapse' });
  if (next === null) return refused(['WRONG_STATE']);
  const reservation = effective.lapsedHolder === null ? null : authorization.reservation;
  return accepted([
    {
      kind: 'authorization',
      authorization: { ...authorization, state: next, reservation: next === 'expired' ? authorization.reservation : reservation },
    },
  ]);
}

/** Lets every prescription in preparation go on past the steps that a new fact has done; asked after each accepted command. */
export function settled(situation: Situation<CommandName>): Effect[] {
  return situation.file.authorizations.flatMap((authorization): Effect[] => {
    if (!isPreparing(effectiveState(authorization, situation.file, situation.at).state)) return [];
    const judgement = judgementOf(situation, authorization);
    const waiting = nextState(authorization.machineVersion, authorization.state, { type: 'evidence-recorded', judgement });
    const state = pastCounseling(authorization, judgement) ?? waiting;
    return state === null || state === authorization.state ? [] : [{ kind: 'authorization', authorization: { ...authorization, state } }];
  });
}

export const PRESCRIBING: Handlers<Named> = {
  'start-authorization': start,
  'certify-counseling': certifyCounseling,
  'confirm-contraception': confirmContraception,
  'issue-authorization': issue,
  'cancel-authorization': cancel,
  lapse,
};
