import { dateAt, HOUR_MS } from '../calendar.js';
import { categoryOf } from '../category.js';
import { gateOf } from '../gate.js';
import { isSuspended, type Participant } from '../participant.js';
import type { Authorization, Case } from '../patient.js';
import type { Edition } from '../program.js';
import type { ReasonCode } from '../reason.js';
import { roleReasons } from './attester.js';
import { effectiveState, isOpen } from './deadline.js';
import type { Effect } from './effect.js';
import { dangerReasons, endedReasons } from './explain.js';
import { accepted, type Handlers, type Ruling, refused, type Situation } from './ruling.js';
import { nextState } from './versions.js';

/** The administrator's desk: certification, suspension, training, accommodations, exceptions. */

type Named =
  | 'certify-prescriber'
  | 'certify-pharmacy'
  | 'suspend-prescriber'
  | 'suspend-pharmacy'
  | 'register-participant'
  | 'end-delegation'
  | 'train-person'
  | 'set-accommodation'
  | 'request-exception'
  | 'grant-exception'
  | 'decline-exception'
  | 'revoke';

const kindOf = (name: string): 'prescriber' | 'pharmacy' => (name.endsWith('prescriber') ? 'prescriber' : 'pharmacy');

const newcomer = (id: string, kind: Participant['kind']): Participant => ({
  id,
  kind,
  certifiedFrom: null,
  certifiedUntil: null,
  suspendedAt: null,
  suspendedUntil: null,
  actsFor: null,
  chain: null,
  revision: 0,
  trained: {},
});

/** What the office puts on record of them, or changes; left out, it stays as it is. */
const onRecord = ({ zone, licence }: Pick<Participant, 'zone' | 'licence'>): Pick<Participant, 'zone' | 'licence'> => ({
  ...(zone === undefined ? {} : { zone }),
  ...(licence === undefined ? {} : { licence }),
});

/** A zone is a site's, a licence a prescriber's. */
const fits = ({ zone, licence }: Pick<Participant, 'zone' | 'licence'>, kind: Participant['kind']): boolean =>
  (zone === undefined || kind === 'pharmacy') && (licence === undefined || kind === 'prescriber');

/** Not yet certified. A delegate acts for a prescriber on record, and nobody else for anybody. */
function register({ file, command }: Situation<'register-participant'>): Ruling {
  const who = roleReasons(command.by, ['administrator', 'system']);
  if (who.length > 0) return refused(who);
  const { participant: id, kind, actsFor, chain } = command;
  if (file.participants[id] !== undefined) return refused(['WRONG_STATE']);
  const placed = kind === 'delegate' ? actsFor !== null && file.participants[actsFor]?.kind === 'prescriber' : actsFor === null;
  if (!placed || (chain !== null && kind !== 'pharmacy') || !fits(command, kind)) return refused(['FACT_UNKNOWN']);
  const participant: Participant = { ...newcomer(id, kind), actsFor, chain, revision: 1, ...onRecord(command) };
  return accepted([{ kind: 'participant', participant }]);
}

/** By the office, the prescriber acted for, or the delegate himself. */
function endDelegation({ file, command }: Situation<'end-delegation'>): Ruling {
  const delegate = file.participants[command.participant];
  if (delegate?.kind !== 'delegate') return refused(['FACT_UNKNOWN']);
  const { by } = command;
  const own = (by.role === 'prescriber' && by.id === delegate.actsFor) || (by.role === 'delegate' && by.id === delegate.id);
  const who = own ? [] : roleReasons(by, ['administrator', 'system']);
  if (who.length > 0) return refused(who);
  if (delegate.actsFor === null) return refused(['WRONG_STATE']);
  return accepted([{ kind: 'participant', participant: { ...delegate, actsFor: null, revision: delegate.revision + 1 } }]);
}

function certify({ file, command, at }: Situation<'certify-prescriber' | 'certify-pharmacy'>): Ruling {
  const kind = kindOf(command.do);
  const himself = command.by.role === kind && command.by.id === command.participant;
  const who = himself ? [] : roleReasons(command.by, ['administrator', 'system']);
  if (who.length > 0) return refused(who);
  const known = file.participants[command.participant];
  // One renews one's own certification; the first one is the office's to process, and who was suspended for cause does not lift that himself.
  if (himself && (known === undefined || known.certifiedFrom === null || isSuspended(known, at)))
    return refused([kind === 'prescriber' ? 'PRESCRIBER_NOT_CERTIFIED' : 'PHARMACY_NOT_CERTIFIED']);
  const before = known ?? newcomer(command.participant, kind);
  if (before.kind !== kind || !fits(command, kind)) return refused(['FACT_UNKNOWN']);
  // The end of the day of shipping, and who is another person, hang on them: nobody changes his own.
  const changing = { ...before, ...onRecord(command) };
  if (himself && (changing.zone !== before.zone || changing.licence !== before.licence)) return refused(['MAY_NOT_ATTEST']);
  // A certification that has ended before it begins is a slip of the pen; who means to end one suspends.
  if (command.until !== null && command.until < at) return refused(['WRONG_STATE']);
  const inDate =
    before.certifiedFrom !== null && (before.certifiedUntil === null || at <= before.certifiedUntil) && !isSuspended(before, at);
  const participant: Participant = {
    ...before,
    certifiedFrom: inDate ? before.certifiedFrom : at,
    certifiedUntil: command.until,
    suspendedAt: null,
    suspendedUntil: null,
    revision: before.revision + 1,
    ...onRecord(command),
  };
  return accepted([{ kind: 'participant', participant }]);
}

/** The open authorizations that hang on that prescriber: issued by him, or in preparation with him. */
export function openWith(prescriber: string, file: Case, at: number): Authorization[] {
  return file.authorizations.filter((each) => {
    const responsible = each.issuedBy ?? file.enrollment?.prescriber;
    return responsible === prescriber && isOpen(effectiveState(each, file, at).state);
  });
}

function suspend({ file, command, at, edition }: Situation<'suspend-prescriber' | 'suspend-pharmacy'>): Ruling {
  const who = roleReasons(command.by, ['administrator', 'system']);
  if (who.length > 0) return refused(who);
  const kind = kindOf(command.do);
  const before = file.participants[command.participant];
  if (before?.kind !== kind) return refused(['FACT_UNKNOWN']);
  const participant: Participant = { ...before, suspendedAt: at, suspendedUntil: command.until, revision: before.revision + 1 };
  const effects: Effect[] = [{ kind: 'participant', participant }];
  if (kind === 'prescriber') effects.push(...revokedWith(command.participant, file, at, edition));
  return accepted(effects);
}

/** What a prescriber's suspension for cause does to one patient's open authorizations (I5). */
function revokedWith(prescriber: string, file: Case, at: number, edition: Edition): Effect[] {
  if (gateOf({ file, on: dateAt(at, edition.zone), edition }) !== 'hard') return [];
  return openWith(prescriber, file, at).flatMap((each): Effect[] => {
    const state = nextState(each.machineVersion, effectiveState(each, file, at).state, { type: 'revoke' });
    return state === null ? [] : [{ kind: 'authorization', authorization: { ...each, state } }];
  });
}

/** The system's own act on one patient after that suspension. */
function revoke({ file, command, at, edition }: Situation<'revoke'>): Ruling {
  const who = roleReasons(command.by, ['system']);
  if (who.length > 0) return refused(who);
  const effects = revokedWith(command.prescriber, file, at, edition);
  return effects.length > 0 ? accepted(effects) : refused(['WRONG_STATE']);
}

function train({ file, command }: Situation<'train-person'>): Ruling {
  const who = roleReasons(command.by, ['administrator', 'system', 'pharmacy']);
  if (who.length > 0) return refused(who);
  const site = file.participants[command.participant];
  if (site?.kind !== 'pharmacy') return refused(['FACT_UNKNOWN']);
  if (command.by.role === 'pharmacy' && command.by.id !== site.id) return refused(['MAY_NOT_ATTEST']);
  // Training is somebody else's word for a person; a representative's own is the office's to record.
  if (command.by.role === 'pharmacy' && command.by.person === command.person) return refused(['SECOND_PERSON_REQUIRED']);
  const trained = { ...site.trained, [command.person]: command.until };
  return accepted([{ kind: 'participant', participant: { ...site, trained, revision: site.revision + 1 } }]);
}

function setAccommodation({ command }: Situation<'set-accommodation'>): Ruling {
  const who = roleReasons(command.by, ['administrator', 'system']);
  if (who.length > 0) return refused(who);
  return accepted([{ kind: 'accommodation', accommodation: { kind: command.kind, from: command.from, until: command.until } }]);
}

/** Two persons, and neither of them the prescriber or a pharmacy concerned (rules §9.14). */
function twoPersons(approvedBy: readonly string[], authorization: Authorization, file: Case): boolean {
  const persons = new Set(approvedBy);
  if (persons.size < 2 || persons.size !== approvedBy.length) return false;
  return [...persons].every((id) => {
    const person = file.participants[id];
    if (!person || person.kind === 'pharmacy') return false;
    const prescriber = person.kind === 'delegate' ? person.actsFor : id;
    return prescriber !== file.enrollment?.prescriber && prescriber !== authorization.issuedBy;
  });
}

/**
 * Never exceptable, whoever signs: danger, and a number that ended or was filled. What else may never be waived, no exception waives: the
 * edition's list names the reasons each kind lifts, and the counter judges all others again.
 */
function neverExceptable(authorization: Authorization, kind: string, { file, at, edition }: Situation): ReasonCode[] {
  const { state } = effectiveState(authorization, file, at);
  const never = [...endedReasons(authorization, state, file), ...dangerReasons(file, at, edition)];
  return edition.exceptions[kind] === undefined || never.length > 0 ? ['EXCEPTION_NOT_ALLOWED', ...never] : [];
}

/** An exception that comes again and again is none: the edition says how often one of a kind may be granted (rules §9.14, extent). */
function grantedTooOften(authorization: Authorization, kind: string, { file, at, edition }: Situation): ReasonCode[] {
  const { ofOneKindPerAuthorization, ofOneKindPerPatient, perPatientDays } = edition.exceptionLimits ?? NO_LIMITS;
  if (ofOneKindPerAuthorization === null || ofOneKindPerPatient === null || perPatientDays === null) return ['RULE_MISSING'];
  const ofKind = (some: readonly Authorization[]) => some.flatMap((each) => each.exceptions).filter((granted) => granted.kind === kind);
  const lately = ofKind(file.authorizations).filter((granted) => granted.grantedAt > at - perPatientDays * 24 * HOUR_MS);
  const tooOften = ofKind([authorization]).length >= ofOneKindPerAuthorization || lately.length >= ofOneKindPerPatient;
  return tooOften ? ['EXCEPTION_NOT_ALLOWED'] : [];
}

const NO_LIMITS = { ofOneKindPerAuthorization: null, ofOneKindPerPatient: null, perPatientDays: null };

/** A request keeps its first answer. */
const alreadyAnswered = ({ answered }: { readonly answered?: boolean }): ReasonCode[] => (answered === true ? ['WRONG_STATE'] : []);

/** A request changes nothing by itself; it is answered by two persons. One that nobody could grant is refused at once. */
function requestException(situation: Situation<'request-exception'>): Ruling {
  const { file, command } = situation;
  const who = roleReasons(command.by, ['prescriber', 'pharmacy', 'administrator', 'system']);
  if (who.length > 0) return refused(who);
  const authorization = file.authorizations.find((each) => each.id === command.authorization);
  if (!authorization) return refused(['AUTHORIZATION_UNKNOWN']);
  const reasons = [
    ...alreadyAnswered(command),
    ...neverExceptable(authorization, command.kind, situation),
    ...grantedTooOften(authorization, command.kind, situation),
  ];
  return reasons.length > 0 ? refused(reasons) : accepted([]);
}

function declineException({ file, command }: Situation<'decline-exception'>): Ruling {
  const who = roleReasons(command.by, ['administrator', 'system']);
  if (who.length > 0) return refused(who);
  if (!file.authorizations.some((each) => each.id === command.authorization)) return refused(['AUTHORIZATION_UNKNOWN']);
  const reasons = alreadyAnswered(command);
  return reasons.length > 0 ? refused(reasons) : accepted([]);
}

function grantException(situation: Situation<'grant-exception'>): Ruling {
  const { file, command, edition, at } = situation;
  const who = roleReasons(command.by, ['administrator', 'system']);
  if (who.length > 0) return refused(who);
  const authorization = file.authorizations.find((each) => each.id === command.authorization);
  if (!authorization) return refused(['AUTHORIZATION_UNKNOWN']);
  const rule = edition.exceptions[command.kind];
  const reasons = [
    ...alreadyAnswered(command),
    ...neverExceptable(authorization, command.kind, situation),
    ...grantedTooOften(authorization, command.kind, situation),
  ];
  if (!twoPersons(command.approvedBy, authorization, file)) reasons.push('SECOND_PERSON_REQUIRED');
  if (reasons.length > 0 || rule === undefined) return refused(reasons);
  const granted = { kind: command.kind, grantedAt: at, by: command.approvedBy, reason: command.reason };
  const extended = extendedBy(rule.extendsHours ?? 0, authorization, edition);
  return accepted([{ kind: 'authorization', authorization: { ...extended, exceptions: [...authorization.exceptions, granted] } }]);
}

/** Moves administrative windows only: the confirmation, and a window counted from the issue; never one counted from a test (rules §9.13). */
function extendedBy(hours: number, authorization: Authorization, edition: Edition): Authorization {
  const { reservation, expiresAt } = authorization;
  const administrative = categoryOf(authorization.category, edition)?.window.anchor === 'issue';
  return {
    ...authorization,
    expiresAt: expiresAt !== null && administrative ? expiresAt + hours * HOUR_MS : expiresAt,
    reservation: reservation && { ...reservation, confirmationEndsAt: reservation.confirmationEndsAt + hours * HOUR_MS },
  };
}

export const PEOPLE: Handlers<Named> = {
  'certify-prescriber': certify,
  'certify-pharmacy': certify,
  'suspend-prescriber': suspend,
  'suspend-pharmacy': suspend,
  'register-participant': register,
  'end-delegation': endDelegation,
  'train-person': train,
  'set-accommodation': setAccommodation,
  'request-exception': requestException,
  'grant-exception': grantException,
  'decline-exception': declineException,
  revoke,
};
