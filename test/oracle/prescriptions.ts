// The way of one prescription: prepared, issued, reserved, handed over (rules §1.8, §9.3–§9.6, §9.12).

import { type Answer, allowed, type Handler, refused } from './answer.js';
import { askCodes, dispenseCodes, ended, reportedInside, reservedUntil } from './counter.js';
import { type Ms, readTime } from './days.js';
import { earliestFill, earliestIssue } from './earliest.js';
import { confirmationFor, issueCodes, judgeSurvey, judgeTests, personCodes, windowEnd } from './issue.js';
import { type Authorization, effective, type Fields, type Life, reservationOf, rowOf, type Stored, today } from './life.js';
import { categoryNow, judged } from './people.js';
import { dangerCodes, SOME_TEST_CODE } from './pregnancy-tests.js';

const labelOf = (event: Fields): string => (event['authorization'] as string | undefined) ?? 'rx-1';
const pharmacyOf = (event: Fields): string => (event['pharmacy'] as string | undefined) ?? 'ph-1';
const byOf = (event: Fields): string => (event['by'] as string | undefined) ?? 'dr-1';

/** The field, when there is something to say. */
const given = <Value>(field: string, value: Value | undefined): Record<string, Value> => (value === undefined ? {} : { [field]: value });

const put = (life: Life, authorization: Authorization): Life => ({
  ...life,
  authorizations: { ...life.authorizations, [authorization.label]: authorization },
});

function formCodes(life: Life, event: Fields, at: Ms): string[] {
  const { strengths } = life.table;
  const potential = rowOf(life)?.potential;
  const maxSupply = potential === undefined || potential === 'can' ? life.table.maxSupply : life.table.maxSupplyOthers;
  const codes: string[] = [];
  const lines = linesOf(event);
  const days = daysOf(event);
  const regimens = event['lines'] ? (event['lines'] as Fields[]).map((each) => each['regimen']) : [event['regimen']];
  if (days === null || lines.some((each) => each.strengthMg === null || each.capsules === null) || regimens.includes(null))
    codes.push('PRESCRIPTION_INCOMPLETE');
  if (days !== null && days > maxSupply) codes.push('SUPPLY_TOO_LONG');
  if (lines.some((each) => each.strengthMg !== null && !strengths.includes(each.strengthMg))) codes.push('STRENGTH_UNKNOWN');
  const allowedByPhone =
    life.table.telephoneByAccommodation &&
    life.accommodations.some((each) => each.kind === 'telephone-prescription' && each.from <= at && at <= each.until);
  if (event['channel'] === 'telephone' && !allowedByPhone) codes.push('TELEPHONE_NOT_ALLOWED');
  return codes;
}

function linesOf(event: Fields): Authorization['prescription']['lines'] {
  const written = (event['lines'] ?? [event]) as Fields[];
  return written.map((each) => ({
    strengthMg: each['strengthMg'] === undefined ? 25 : each['strengthMg'],
    capsules: each['capsules'] === undefined ? 21 : each['capsules'],
  }));
}

/** The days that are prescribed: as written, or the longest line's, whole cycles and what is left of one. */
function daysOf(event: Fields): number | null {
  if (!event['lines']) return event['daysSupply'] === undefined ? 28 : event['daysSupply'];
  const covers = (event['lines'] as Fields[]).map((line) => {
    const { perDay, daysOn, cycleDays } = (line['regimen'] ?? { perDay: 1, daysOn: 21, cycleDays: 28 }) as Record<string, number>;
    const doses = Math.floor((line['capsules'] ?? 21) / perDay!);
    return Math.floor(doses / daysOn!) * cycleDays! + (doses % daysOn!);
  });
  return Math.max(...covers);
}

const start: Handler = (life, event, at) => {
  const label = labelOf(event);
  const codes = formCodes(life, event, at);
  if (life.authorizations[label]) return refused(life, ['WRONG_STATE', ...codes]);
  if (codes.length > 0) return refused(life, codes);
  return allowed(
    put(life, {
      label,
      state: 'draft',
      prescriber: (event['prescriber'] as string | undefined) ?? life.prescriber ?? 'dr-1',
      startedDay: today(life, at),
      prescription: { lines: linesOf(event), days: daysOf(event) },
      counseledBy: [],
      issuedAt: 0,
      expiresAt: 0,
      anchorDay: null,
      category: '',
      knownAtIssue: null,
      reservation: null,
      dispensedBy: null,
      handedOver: false,
      exceptions: [],
    }),
  );
};

/** What a draft that is none any more answers; null while it is one. */
function notADraft(life: Life, authorization: Authorization | undefined, at: Ms): string[] | null {
  if (!authorization) return ['AUTHORIZATION_UNKNOWN'];
  const state = effective(life, authorization, at);
  if (state === 'draft') return null;
  if (authorization.issuedAt !== 0) return ['WRONG_STATE'];
  return [state === 'expired' ? 'AUTHORIZATION_EXPIRED' : state === 'revoked' ? 'AUTHORIZATION_REVOKED' : 'AUTHORIZATION_CANCELLED'];
}

const counsel: Handler = (life, event, at) => {
  const authorization = life.authorizations[labelOf(event)];
  const wrong = notADraft(life, authorization, at);
  if (wrong || !authorization) return refused(life, null);
  const person = personCodes(life, byOf(event), at);
  if (person.length > 0) return refused(life, person);
  const told = { at, topics: (event['topics'] ?? []) as string[], label: labelOf(event), by: byOf(event) };
  const counselings = [...life.counselings, told];
  return allowed(put({ ...life, counselings }, { ...authorization, counseledBy: [...authorization.counseledBy, byOf(event)] }));
};

const confirm: Handler = (life, event, at) => {
  const authorization = life.authorizations[labelOf(event)];
  if (notADraft(life, authorization, at) || !authorization) return refused(life, null);
  const by = (event['by'] as string | undefined) ?? 'patient';
  const mayNot = by !== 'patient' && !(by === 'guardian' && judged(life, today(life, at)).child === true);
  const potential = rowOf(life)?.potential;
  const early = authorization.counseledBy.length === 0 || (potential !== undefined && potential !== 'can');
  if (mayNot || early) return refused(life, mayNot && early ? null : [mayNot ? 'MAY_NOT_ATTEST' : 'WRONG_STATE']);
  return allowed({ ...life, confirmations: [...life.confirmations, { at, label: labelOf(event), servedBy: null }] });
};

const issue: Handler = (life, event, at) => {
  const label = labelOf(event);
  const authorization = life.authorizations[label];
  const wrong = notADraft(life, authorization, at);
  if (wrong || !authorization) return refused(life, null);
  const codes = [...personCodes(life, byOf(event), at), ...issueCodes(life, authorization, byOf(event), at)];
  if (codes.includes(SOME_TEST_CODE)) return refused(life, null);
  if (codes.length > 0) return refused(life, codes, given('earliest', earliestIssue(life, authorization, codes, at)));
  const expiresAt = windowEnd(life, at);
  const known = rowOf(life)?.potential === 'can' || !life.table.windowDays.othersHaveNone;
  const { survey } = judgeSurvey(life, label, byOf(event), at);
  const superseded = Object.fromEntries(
    Object.values(life.authorizations).map((each) => {
      const state = effective(life, each, at);
      return [
        each.label,
        each.label !== label && (state === 'authorized' || state === 'reserved') ? { ...each, state: 'superseded' as Stored } : each,
      ];
    }),
  );
  const issued: Authorization = {
    ...authorization,
    state: 'authorized',
    prescriber: byOf(event),
    issuedAt: at,
    expiresAt,
    anchorDay: rowOf(life)?.potential === 'can' ? (judgeTests(life, at).anchor?.collected.day ?? null) : null,
    category: categoryNow(life, today(life, at)) ?? '',
    knownAtIssue: { ...life },
  };
  const surveys = life.surveys.map((each) => (each === survey ? { ...each, servedBy: label } : each));
  const confirmation = confirmationFor(life, label, at);
  const confirmations = life.confirmations.map((each) => (each === confirmation ? { ...each, servedBy: label } : each));
  return allowed(put({ ...life, surveys, confirmations, authorizations: superseded }, issued), known ? { expiresAt } : {});
};

const cancel: Handler = (life, event, at) => {
  const authorization = life.authorizations[labelOf(event)];
  if (!authorization) return refused(life, ['AUTHORIZATION_UNKNOWN']);
  const by = byOf(event);
  const participant = life.participants[by];
  const codes: string[] = [];
  if (participant && participant.kind !== 'prescriber') codes.push('MAY_NOT_ATTEST');
  else if (by !== life.prescriber && (by !== authorization.prescriber || authorization.issuedAt === 0))
    codes.push('NOT_THIS_PATIENTS_PRESCRIBER');
  const over = ended(life, authorization, at);
  if (over && !over.includes('AUTHORIZATION_NOT_ISSUED')) codes.push(...(over[0] === 'ALREADY_DISPENSED' ? ['WRONG_STATE'] : over));
  if (codes.length > 1 && codes.some((each) => !each.startsWith('A'))) return refused(life, null);
  return codes.length > 0 ? refused(life, codes) : allowed(put(life, { ...authorization, state: 'cancelled' }));
};

const verify: Handler = (life, event, at) => {
  const codes = askCodes(life, life.authorizations[labelOf(event)], event, pharmacyOf(event), at);
  if (codes.length === 0) return allowed(life);
  return refused(life, codes, given('earliest', earliestFill(life, life.authorizations[labelOf(event)], codes, at)));
};

const reserve: Handler = (life, event, at) => {
  const authorization = life.authorizations[labelOf(event)];
  const pharmacy = pharmacyOf(event);
  const codes = askCodes(life, authorization, event, pharmacy, at);
  if (codes.length > 0 || !authorization) return refused(life, codes, given('earliest', earliestFill(life, authorization, codes, at)));
  const live = reservationOf(life, authorization, at) === 'live' ? authorization.reservation : null;
  const reservation = live ?? {
    by: pharmacy,
    at,
    until: reservedUntil(life, authorization, at),
    days: (event['daysSupply'] as number | undefined) ?? null,
  };
  return allowed(put(life, { ...authorization, state: 'reserved', reservation }), {
    dispenseBy: Math.min(reservation.until, authorization.expiresAt),
  });
};

function handOver(life: Life, authorization: Authorization, dispensedBy: string, at: Ms): Life {
  const days = authorization.reservation?.days ?? authorization.prescription.days ?? 28;
  const fills = [...life.fills, { at, issuedAt: authorization.issuedAt || at, days, label: authorization.label, returned: false }];
  return put({ ...life, fills }, { ...authorization, handedOver: true, dispensedBy });
}

const dispense: Handler = (life, event, at) => {
  const authorization = life.authorizations[labelOf(event)];
  const pharmacy = pharmacyOf(event);
  if (event['handedOverAt'] !== undefined) return reported(life, authorization, event, pharmacy, at);
  const codes = dispenseCodes(life, authorization, event, pharmacy, at);
  if (codes.length > 0 || !authorization) return refused(life, codes);
  return allowed(handOver(life, { ...authorization, state: 'dispensed' }, pharmacy, at));
};

/** A hand-over that happened is always recorded; outside the rules it is a deviation. */
function reported(life: Life, authorization: Authorization | undefined, event: Fields, pharmacy: string, at: Ms): Answer {
  const handedOver = readTime(event['handedOverAt'], life.table.zone).first;
  if (handedOver > at) return refused(life, authorization ? ['FUTURE_DATE'] : null);
  if (!authorization) return { opinion: { outcome: 'recorded-as-deviation', reasons: null }, life };
  const inside = reportedInside(life, authorization, event, pharmacy, handedOver, at);
  const state = effective(life, authorization, at);
  const becomes =
    state === 'draft' || state === 'authorized' || state === 'reserved' || (inside && state === 'expired')
      ? 'dispensed'
      : authorization.state;
  const told = handOver(life, { ...authorization, state: becomes }, pharmacy, handedOver);
  return { opinion: { outcome: inside ? 'allow' : 'recorded-as-deviation', reasons: null }, life: told };
}

/** That nothing was handed over its holder may say of a reservation that lapsed or was lost, too. */
const release: Handler = (life, event, at) => {
  const authorization = life.authorizations[labelOf(event)];
  if (authorization?.state !== 'reserved' || authorization.reservation?.by !== pharmacyOf(event)) return refused(life, null);
  const state = effective(life, authorization, at);
  if (state !== 'authorized' && state !== 'reserved') return refused(life, null);
  return allowed(put(life, { ...authorization, state: 'authorized', reservation: null }));
};

const transfer: Handler = (life, event, at) => {
  const authorization = life.authorizations[labelOf(event)];
  const to = event['to'] as string;
  if (!authorization || effective(life, authorization, at) !== 'reserved' || authorization.reservation?.by !== pharmacyOf(event))
    return refused(life, null);
  const codes = askCodes(life, authorization, {}, pharmacyOf(event), at);
  const target = askCodes(life, { ...authorization, state: 'authorized' }, {}, to, at);
  if (codes.length > 0 || target.length > 0) return refused(life, null);
  return allowed(put(life, { ...authorization, reservation: { ...authorization.reservation, by: to } }));
};

const giveBack: Handler = (life, event) => {
  const authorization = life.authorizations[labelOf(event)];
  if (!authorization?.handedOver || authorization.state === 'returned' || authorization.dispensedBy !== pharmacyOf(event))
    return refused(life, null);
  const freed = event['unopened'] !== false;
  const fills = life.fills.map((each) => (freed && each.label === authorization.label ? { ...each, returned: true } : each));
  return allowed(
    put({ ...life, fills }, { ...authorization, state: authorization.state === 'dispensed' ? 'returned' : authorization.state }),
  );
};

/** Two persons who are not concerned; one of a kind for a number, three of a kind for a patient in a year (rules §9.14). */
const grantException: Handler = (life, event, at) => {
  const authorization = life.authorizations[labelOf(event)];
  const kind = event['kind'] as string;
  const by = [event['by']].flat() as string[];
  const concerned = (id: string): boolean => life.participants[id]?.kind !== 'administrator';
  const oneAlone = by.length !== 2 || by[0] === by[1] || by.some(concerned);
  const open = authorization && ['draft', 'authorized', 'reserved'].includes(effective(life, authorization, at));
  if (!open || dangerCodes(life, at).length > 0 || !life.table.earlyExceptions.includes(kind)) return refused(life, null);
  const granted = Object.values(life.authorizations).flatMap((each) => each.exceptions.filter((one) => one.kind === kind));
  const often = granted.filter((each) => today(life, at) - today(life, each.at) < 365).length >= 3;
  const twice = authorization.exceptions.some((each) => each.kind === kind);
  if (often || twice) return refused(life, oneAlone ? null : ['EXCEPTION_NOT_ALLOWED']);
  if (oneAlone) return refused(life, ['SECOND_PERSON_REQUIRED']);
  return allowed(put(life, { ...authorization, exceptions: [...authorization.exceptions, { kind, at }] }));
};

/** One after the other, until one is refused. */
function chain(life: Life, event: Fields, at: Ms, steps: readonly Handler[]): Answer {
  let last = allowed(life);
  for (const step of steps) {
    last = step(last.life, event, at);
    if (last.opinion.outcome === 'deny') return last;
  }
  return last;
}

const withoutBy =
  (handler: Handler): Handler =>
  (life, event, at) => {
    const { by: _, ...rest } = event;
    return handler(life, rest, at);
  };

export const prescriptions: Readonly<Record<string, Handler>> = {
  'start-authorization': start,
  'certify-counseling': counsel,
  'confirm-contraception': confirm,
  'issue-authorization': issue,
  'cancel-authorization': cancel,
  verify,
  reserve,
  dispense,
  release,
  'transfer-reservation': transfer,
  return: giveBack,
  'grant-exception': grantException,
  prescribe: (life, event, at) =>
    chain(life, event, at, rowOf(life)?.potential === 'can' ? [start, counsel, withoutBy(confirm), issue] : [start, counsel, issue]),
  fill: (life, event, at) => chain(life, event, at, [reserve, dispense]),
};
