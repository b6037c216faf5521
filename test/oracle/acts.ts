// What people tell of themselves and of others: recorded at once, with what it ends on the spot (rules §9.6, §9.10, §9.11).

import { allowed, type Handler, refused } from './answer.js';
import { MINUTE, type Ms, readDay, readTime } from './days.js';
import { judgeTests, personCodes, windowEnd } from './issue.js';
import {
  type Authorization,
  abstinenceOf,
  certifiedAt,
  dangerOfTest,
  EVER,
  effective,
  type Fields,
  type Life,
  methodOf,
  type Participant,
  rowOf,
  type Stored,
  type Test,
  testOf,
  today,
} from './life.js';
import { contradicted, judged } from './people.js';
import { clearable, dangerCodes, pairClears, stands } from './pregnancy-tests.js';
import { lapsed } from './therapy.js';

const update = (life: Life, changed: (authorization: Authorization) => Authorization): Life => ({
  ...life,
  authorizations: Object.fromEntries(Object.entries(life.authorizations).map(([label, each]) => [label, changed(each)])),
});

const open = (life: Life, each: Authorization, at: Ms): boolean => ['draft', 'authorized', 'reserved'].includes(effective(life, each, at));

/** Ends every open prescription it touches, those in preparation too. */
const revoke = (life: Life, at: Ms, touches: (each: Authorization) => boolean = () => true): Life =>
  update(life, (each) => (open(life, each, at) && touches(each) ? { ...each, state: 'revoked' as Stored } : each));

function certify(life: Life, event: Fields, at: Ms, kind: string): Life {
  const id = event['participant'] as string;
  const until = typeof event['until'] === 'string' ? readTime(event['until'], life.table.zone).last : EVER;
  const before: Participant = life.participants[id] ?? { kind, certified: [], suspended: [], actsFor: null };
  const certified = [...before.certified.map((each) => ({ ...each, until: Math.min(each.until, at - 1) })), { from: at, until }];
  const suspended = before.suspended.map((each) => (at <= each.until ? { ...each, until: at - 1 } : each));
  return { ...life, participants: { ...life.participants, [id]: { ...before, certified, suspended } } };
}

function suspend(life: Life, event: Fields, at: Ms, kind: string): Life {
  const id = event['participant'] as string;
  const until = typeof event['until'] === 'string' ? readTime(event['until'], life.table.zone).last : EVER;
  const before: Participant = life.participants[id] ?? { kind, certified: [], suspended: [], actsFor: null };
  return {
    ...life,
    participants: {
      ...life.participants,
      [id]: {
        ...before,
        suspended: [...before.suspended.map((each) => ({ ...each, until: Math.min(each.until, at - 1) })), { from: at, until }],
      },
    },
  };
}

const ANSWERS = [
  'birthDate',
  'sex',
  'menarche',
  'amenorrhea',
  'hysterectomy',
  'bilateralOophorectomy',
  'cycle',
  'neverHadUterusOrOvaries',
  'determinedNotFertile',
  'declared',
];

const agreementIn = (life: Life, event: Fields): Life['agreement'] => {
  const written = event['agreement'] as Fields | undefined;
  return written
    ? { category: written['category'], signedBy: written['signedBy'], prescriber: written['prescriber'] ?? life.prescriber ?? 'dr-1' }
    : life.agreement;
};

const enroll: Handler = (life, event, at) => {
  const given = Object.fromEntries(ANSWERS.filter((each) => event[each] !== undefined).map((each) => [each, event[each]]));
  const category = event['category'] === undefined ? life.category : (event['category'] as string | null);
  const prescriber = (event['by'] as string | undefined) ?? 'dr-1';
  const becomes: Life = { ...life, answers: { ...life.answers, ...given }, category, prescriber, enrolledAt: at, deactivated: false };
  if (judged(becomes, today(life, at)).child === null) return refused(life, ['FACT_UNKNOWN']);
  if (contradicted(becomes, today(life, at))) return refused(life, ['CATEGORY_CONTRADICTED']);
  const canSince = rowOf(becomes)?.potential === 'can' ? { at } : null;
  const cycles = typeof given['cycle'] === 'string' ? [...life.cycles, { at, cycle: given['cycle'] }] : life.cycles;
  return allowed({ ...becomes, agreement: agreementIn(becomes, event), canSince, cycles, pauses: closePauses(life, today(life, at)) });
};

const GROUNDS: Record<string, Fields> = {
  menarche: { menarche: true },
  hysterectomy: { hysterectomy: true },
  oophorectomy: { bilateralOophorectomy: true },
};

const changeCategory: Handler = (life, event, at) => {
  const category = event['category'] as string;
  const answers = { ...life.answers, ...(GROUNDS[event['grounds'] as string] ?? {}) };
  const changed: Life = { ...life, answers, category, agreement: agreementIn(life, event) };
  if (judged(changed, today(life, at)).child === null) return refused(life, ['FACT_UNKNOWN']);
  if (contradicted(changed, today(life, at))) return refused(life, ['CATEGORY_CONTRADICTED']);
  const [was, is] = [rowOf(life)?.potential, rowOf(changed)?.potential];
  if (is !== 'can') return allowed({ ...changed, canSince: null });
  if (was === 'can') return allowed(changed);
  return allowed(revoke({ ...changed, canSince: { at } }, at));
};

const FIVE_MINUTES = 5 * MINUTE;

const recordTest: Handler = (life, event, at) => {
  const by = (event['by'] as string | undefined) ?? 'dr-1';
  const written = testOf(event, life.table.zone, at);
  const test = { ...written, signed: written.signed && certifiedAt(life.participants[by], at) };
  if (test.collected.first > at + FIVE_MINUTES) return refused(life, ['FUTURE_DATE']);
  const told = { ...life, tests: [...life.tests, test] };
  return allowed(test.result === 'positive' ? revoke({ ...told, dangers: [...life.dangers, dangerOfTest(test)] }, at) : told);
};

/** Which tests an authorization rests on: the one that began its window, and the first of a first prescription. */
function restsOn(life: Life, at: Ms): string[] {
  const { anchor } = judgeTests(life, at);
  return anchor ? [anchor.id] : [];
}

/** Judges an issued number again on the facts as they are known now; shorter, never longer; revoked when it would not have been issued. */
function rejudge(life: Life, at: Ms, touched: string, turned: boolean): Life {
  const current = new Map(life.tests.map((each) => [each.id, each]));
  return update(life, (each) => {
    const known = each.knownAtIssue;
    if (!known || !open(life, each, at) || rowOf(known)?.potential !== 'can') return each;
    const rested = turned && restsOn(known, each.issuedAt).includes(touched);
    const facts: Life = { ...known, tests: known.tests.map((test) => current.get(test.id) ?? test) };
    const held = facts.holds.some((hold) => hold.kind !== 'survey-discrepancy' && stands(facts, hold, each.issuedAt));
    if (rested || held || judgeTests(facts, each.issuedAt).codes.length > 0) return { ...each, state: 'revoked' as Stored };
    return { ...each, expiresAt: Math.min(each.expiresAt, windowEnd(facts, each.issuedAt)) };
  });
}

const correctTest: Handler = (life, event, at) => {
  const id = event['test'] as string;
  const before = life.tests.find((each) => each.id === id);
  if (!before) return refused(life, null);
  const fresh = testOf(
    { ...event, id, collectedAt: event['collectedAt'] ?? '2000-01-01', result: event['result'] ?? before.result },
    life.table.zone,
    before.recordedAt,
  );
  const after: Test = {
    ...before,
    changedAt: at,
    result: fresh.result,
    ...(event['collectedAt'] === undefined ? {} : { collected: fresh.collected }),
    ...(event['method'] === undefined ? {} : { quantitative: fresh.quantitative }),
    ...(event['value'] === undefined ? {} : { value: fresh.value }),
    ...(event['sensitivity'] === undefined ? {} : { sensitivity: fresh.sensitivity }),
    ...(event['setting'] === undefined ? {} : { setting: fresh.setting }),
    ...(event['source'] === undefined ? {} : { source: fresh.source, signed: fresh.signed }),
  };
  if (after.collected.first > at + FIVE_MINUTES) return refused(life, ['FUTURE_DATE']);
  const told: Life = { ...life, tests: life.tests.map((each) => (each.id === id ? after : each)) };
  if (after.result === 'positive' && before.result !== 'positive')
    return allowed(revoke({ ...told, dangers: [...life.dangers, dangerOfTest(after)] }, at));
  const dangers = life.dangers.map((each) => (each.test === id ? dangerOfTest(after) : each));
  return allowed(rejudge({ ...told, dangers }, at, id, before.result === 'negative' && after.result === 'indeterminate'));
};

const retractTest: Handler = (life, event, at) => {
  const id = event['test'] as string;
  const test = life.tests.find((each) => each.id === id);
  if (!test || test.retracted) return refused(life, test ? ['WRONG_STATE'] : null);
  const told: Life = { ...life, tests: life.tests.map((each) => (each.id === id ? { ...each, retracted: true } : each)) };
  return allowed(rejudge(told, at, id, false));
};

const hold =
  (kind: (event: Fields) => string): Handler =>
  (life, event, at) =>
    (rowOf(life)?.potential ?? 'can') === 'can'
      ? allowed({ ...life, holds: [...life.holds, { kind: kind(event), at, on: readDay(event['on']) }] })
      : allowed(life);

const reportMenses: Handler = (life, event, at) => {
  const cycle = event['cycle'] as string | undefined;
  const cycles = cycle === undefined ? life.cycles : [...life.cycles, { at, cycle }];
  const periods = [...life.periods, readDay(event['on'])];
  const potential = rowOf(life)?.potential;
  if (potential === undefined || potential === 'can')
    return allowed({ ...life, cycles, periods, answers: cycle === undefined ? life.answers : { ...life.answers, cycle } });
  const answers = { ...life.answers, menarche: true, amenorrhea: null, ...(cycle === undefined ? {} : { cycle }) };
  const told: Life = { ...life, cycles, periods, answers };
  return allowed(contradicted(told, today(life, at)) ? revoke(told, at) : told);
};

const reportPregnancy: Handler = (life, event, at) => {
  if (event['who'] === 'partner') return allowed({ ...life, partnerReports: [...life.partnerReports, at] });
  const danger = { kind: 'report' as const, after: at, sensitivity: null, cleared: false, test: null };
  return allowed(revoke({ ...life, dangers: [...life.dangers, danger] }, at));
};

const clearPregnancy: Handler = (life, event, at) => {
  const by = (event['by'] as string | undefined) ?? 'dr-1';
  const codes = personCodes(life, by, at);
  if (clearable(life, at).length === 0) return refused(life, null);
  if (event['determinedBy'] === undefined || event['determinedBy'] === by) codes.push('SECOND_PERSON_REQUIRED');
  if (!pairClears(life, (event['tests'] ?? []) as string[], at))
    codes.push(...dangerCodes(life, at).filter((each) => each.startsWith('PREGNANCY')));
  if (codes.length > 0) return refused(life, codes);
  return allowed({
    ...life,
    dangers: life.dangers.map((each) => ({ ...each, cleared: true })),
    holds: life.holds.filter((each) => each.kind !== 'indeterminate-test'),
    clearedAt: at,
  });
};

const completeSurvey: Handler = (life, event, at) => {
  const discrepant = event['answers'] === 'discrepant';
  const surveys = [...life.surveys, { at, day: today(life, at), discrepant, servedBy: null }];
  const holds = discrepant ? [...life.holds, { kind: 'survey-discrepancy', at, on: today(life, at) }] : life.holds;
  return allowed({ ...life, surveys, holds });
};

/** An act of her prescriber's: refused to others, and where it makes no sense. */
const byPrescriber =
  (act: Handler, misplaced: (life: Life, at: Ms) => boolean = () => false): Handler =>
  (life, event, at) => {
    const codes = personCodes(life, (event['by'] as string | undefined) ?? 'dr-1', at);
    if (misplaced(life, at)) return refused(life, codes.length > 0 ? null : ['WRONG_STATE']);
    const done = act(life, event, at);
    return codes.length > 0 ? refused(life, [...codes, ...(done.opinion.reasons ?? [])]) : done;
  };

/** What turns a result into a danger is taken from anybody; any other correction is her prescriber's. */
const correction: Handler = (life, event, at) =>
  (event['result'] === 'positive' || event['result'] === 'indeterminate' ? correctTest : byPrescriber(correctTest))(life, event, at);

const paused = (life: Life): boolean => life.pauses.some((each) => each.until === EVER);

const deactivate: Handler = (life, _, at) =>
  life.deactivated ? refused(life, ['PATIENT_DEACTIVATED']) : allowed(revoke({ ...life, deactivated: true }, at));

const closePauses = (life: Life, on: number): Life['pauses'] =>
  life.pauses.map((each) => (each.until === EVER ? { ...each, until: on } : each));

export const acts: Readonly<Record<string, Handler>> = {
  'certify-prescriber': (life, event, at) => allowed(certify(life, event, at, 'prescriber')),
  'certify-pharmacy': (life, event, at) => allowed(certify(life, event, at, 'pharmacy')),
  'suspend-pharmacy': (life, event, at) => allowed(suspend(life, event, at, 'pharmacy')),
  'suspend-prescriber': (life, event, at) =>
    allowed(revoke(suspend(life, event, at, 'prescriber'), at, (each) => each.prescriber === event['participant'])),
  'enroll-patient': enroll,
  're-enroll-patient': (life, event, at) => {
    const certified = certifiedAt(life.participants[(event['by'] as string | undefined) ?? 'dr-1'], at);
    return certified ? enroll(life, event, at) : refused(life, null);
  },
  'sign-agreement': byPrescriber((life, event, at) =>
    allowed({
      ...life,
      agreement:
        life.withdrawnAt === at
          ? null
          : { category: event['category'], signedBy: event['signedBy'] ?? ['patient'], prescriber: event['by'] ?? 'dr-1' },
    }),
  ),
  'withdraw-agreement': (life, _, at) => allowed(revoke({ ...life, agreement: null, withdrawnAt: at }, at)),
  'deactivate-patient': deactivate,
  'record-death': deactivate,
  'transfer-patient': (life, event, at) =>
    personCodes(life, (event['by'] as string | undefined) ?? 'dr-1', at).includes('NOT_THIS_PATIENTS_PRESCRIBER') &&
    !event['by'] &&
    event['to'] !== 'dr-1'
      ? refused(life, null)
      : certifiedAt(life.participants[event['to']], at)
        ? allowed({ ...life, prescriber: event['to'] })
        : refused(life, ['PRESCRIBER_NOT_CERTIFIED']),
  'change-category': byPrescriber(changeCategory),
  'record-pregnancy-test': recordTest,
  'correct-pregnancy-test': correction,
  'retract-pregnancy-test': byPrescriber(retractTest),
  'record-contraception': (life, event, at) =>
    allowed({ ...life, methods: [...life.methods, methodOf(event, String(event['by'] ?? '').startsWith('dr-'))], answerChangedAt: at }),
  'declare-abstinence': (life, event, at) =>
    allowed({ ...life, abstinence: [...life.abstinence, abstinenceOf(event)], answerChangedAt: at }),
  'state-contraindication': byPrescriber((life, event) =>
    allowed({ ...life, contraindicated: [...life.contraindicated, ...[event['of']].flat()] }),
  ),
  'report-menses': reportMenses,
  'report-missed-period': hold((event) => (event['kind'] === 'abnormal-bleeding' ? 'abnormal-bleeding' : 'missed-period')),
  'report-unprotected-contact': hold(() => 'unprotected-contact'),
  'report-method-failure': hold(() => 'method-failure'),
  'complete-survey': completeSurvey,
  'resolve-discrepancy': byPrescriber(
    (life) => allowed({ ...life, holds: life.holds.filter((each) => each.kind !== 'survey-discrepancy') }),
    (life) => !life.holds.some((each) => each.kind === 'survey-discrepancy'),
  ),
  'report-pregnancy': reportPregnancy,
  'clear-pregnancy-hold': clearPregnancy,
  'interrupt-therapy': byPrescriber(
    (life, event) => allowed({ ...life, pauses: [...life.pauses, { from: readDay(event['on']), until: EVER, ended: false }] }),
    paused,
  ),
  'end-therapy': byPrescriber(
    (life, event) => allowed({ ...life, pauses: [...life.pauses, { from: readDay(event['on']), until: EVER, ended: true }] }),
    (life) => life.pauses.some((each) => each.until === EVER && each.ended),
  ),
  'resume-therapy': byPrescriber(
    (life, event, at) =>
      lapsed(life, at)
        ? refused(life, paused(life) ? ['ENROLLMENT_LAPSED'] : ['ENROLLMENT_LAPSED', 'WRONG_STATE'])
        : allowed({ ...life, pauses: closePauses(life, readDay(event['on'])) }),
    (life, at) => !paused(life) && !lapsed(life, at),
  ),
  'change-dose': byPrescriber((life, event, at) => allowed({ ...life, emptied: [...life.emptied, { on: readDay(event['on']), at }] })),
  'set-accommodation': (life, event, at) => {
    const from = event['from'] === undefined ? at : readTime(event['from'], life.table.zone).first;
    const until = typeof event['until'] === 'string' ? readTime(event['until'], life.table.zone).last : EVER;
    return allowed({ ...life, accommodations: [...life.accommodations, { kind: event['kind'], from, until }] });
  },
};
