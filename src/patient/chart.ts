import type { Principal } from '../auth/principal.js';
import { authorizationView, said } from '../authorization/view.js';
import { effectiveState, isOpen } from '../domain/authorization/deadline.js';
import type { Decision } from '../domain/authorization/decide.js';
import { apply } from '../domain/authorization/effect.js';
import { dateAt, type LocalDate } from '../domain/calendar.js';
import { categoryFromAnswers, registeredCategory } from '../domain/category.js';
import { contraceptionFile } from '../domain/contraception.js';
import { earliestFillOn } from '../domain/counter-requirement.js';
import { reasonOf, standingDangers } from '../domain/danger.js';
import { coveredThrough } from '../domain/dispensing.js';
import { nextIssue, outlook, tail } from '../domain/outlook.js';
import { evidenceOf } from '../domain/patient.js';
import { standingTests } from '../domain/pregnancy-test.js';
import { agreementInForce } from '../domain/requirement.js';
import { testIntervalDays } from '../domain/therapy.js';
import type { CategoryPreview, PatientView, ReasonView, SamePersonView, TestView } from './chart.view.js';
import { inWords, type Reading, reasonViews, whenView } from './in-words.js';
import type { Person, StandingLink } from './person.store.js';

/** A patient's chart from her case: every figure is the domain's, every text the wording's. */

/** What of a long history is shown; the newest. */
const SHOWN = 50;

export function chartOf(reading: Reading, person: Person, links: readonly StandingLink[], principal: Principal): PatientView {
  const { loaded, edition } = reading;
  const { file, at } = loaded;
  const { zone } = edition;
  const on = dateAt(at, zone);
  const ahead = outlook(file, at, edition);
  const { patient: _, ...identity } = person;
  return {
    patientId: file.patient,
    program: loaded.program,
    asOf: said(at, zone) ?? '',
    person: { ...identity },
    revision: loaded.revision,
    enrolledAt: said(file.enrollment?.enrolledAt ?? at, zone) ?? '',
    reEnrolledAt: said(file.enrollment?.reEnrolledAt ?? null, zone),
    deactivatedAt: said(file.enrollment?.deactivatedAt ?? null, zone),
    deceasedAt: said(file.enrollment?.deceasedAt ?? null, zone),
    category: categoryOf(reading, on),
    answers: { ...file.answers },
    agreement: agreementOf(reading),
    tests: testsOf(reading),
    contraception: contraceptionOf(reading),
    surveys: evidenceOf(file, 'survey')
      .map((survey) => ({ completedAt: said(survey.completed.at, zone) ?? '', by: survey.by }))
      .reverse()
      .slice(0, SHOWN),
    holds: standingDangers(file, at, edition).flatMap((danger) =>
      reasonViews([reasonOf(danger, edition)], reading).map((reason) => ({ reason, since: said(danger.since, zone) ?? '' })),
    ),
    authorizations: file.authorizations
      .filter((each) => isOpen(effectiveState(each, file, at).state))
      .map((each) => authorizationView(each, loaded.numbers[each.id] ?? null, file, at, zone)),
    turn: ahead.turn,
    closes: whenView(ahead.closesAt, zone),
    next: nextOf(reading),
    supply: {
      daysLeft: ahead.daysLeft,
      lastsThrough: coveredThrough(file, on),
      earliestFillOn: earliestFillOn(file, on, edition),
      runningOut: ahead.runningOut,
    },
    testing: {
      nextDueOn: ahead.nextTestBy,
      intervalDays: ahead.nextTestBy === null ? null : testIntervalDays(file, on, edition),
      reminders: ahead.reminders,
    },
    tail: tail(file, at, edition),
    samePerson: links.map((link) => samePersonView(link, principal, zone)),
  };
}

/** What the change would do, from the decision that it would be. */
export function previewOf(reading: Reading, decision: Decision): CategoryPreview {
  const { loaded, edition } = reading;
  const { file, at } = loaded;
  const on = dateAt(at, edition.zone);
  const after = apply(file, decision.effects);
  const to = registeredCategory(after, on, edition);
  const accepted = decision.outcome === 'allow';
  const ending = decision.effects.flatMap((effect) =>
    effect.kind === 'authorization' && !isOpen(effect.authorization.state) ? [effect.authorization.id] : [],
  );
  return {
    accepted,
    headline: accepted ? 'This can be saved.' : inWords(decision.reasons, reading).headline,
    reasons: reasonViews(decision.reasons, reading),
    from: registeredCategory(file, on, edition),
    to,
    toTitle: to === null ? null : (edition.categories[to]?.title ?? null),
    ends: file.authorizations
      .filter((each) => ending.includes(each.id))
      .map((each) => ({ each, now: effectiveState(each, file, at) }))
      .map(({ each, now }) => ({ id: each.id, state: now.state, heldByPharmacy: now.live !== null })),
    nextMissing: accepted ? reasonViews(nextIssue(after, at, edition).reasons, reading) : [],
  };
}

function categoryOf({ loaded: { file }, edition }: Reading, on: LocalDate): PatientView['category'] {
  const code = registeredCategory(file, on, edition);
  return {
    code,
    title: code === null ? null : (edition.categories[code]?.title ?? null),
    since: said(file.categorySince, edition.zone),
    byAnswers: categoryFromAnswers(file.answers, on, edition),
  };
}

function agreementOf({ loaded: { file } }: Reading): PatientView['agreement'] {
  const signed = agreementInForce(file);
  return signed && { category: signed.category, signedOn: signed.signed.on, signedBy: signed.signedBy };
}

const testsOf = ({ loaded: { file }, edition }: Reading): TestView[] =>
  standingTests(file)
    .reverse()
    .slice(0, SHOWN)
    .map((test) => ({
      id: test.id,
      collectedAt: said(test.collected.at, edition.zone) ?? '',
      collectedOn: test.collected.on,
      result: test.result,
      method: test.method,
      value: test.value,
      sensitivity: test.sensitivity,
      setting: test.setting,
      source: test.source,
      retracted: test.retracted,
    }));

function contraceptionOf({ loaded: { file } }: Reading): PatientView['contraception'] {
  const record = contraceptionFile(file);
  return {
    methods: record.methods.map(({ method, from, until }) => ({ method, from, until })),
    abstinence: evidenceOf(file, 'abstinence').map(({ from, until, never }) => ({ from: never ? null : from, until })),
    contraindicated: [...record.contraindicated],
  };
}

function nextOf(reading: Reading): PatientView['next'] {
  const { loaded, edition } = reading;
  const next = nextIssue(loaded.file, loaded.at, edition);
  const told = inWords(next.reasons, reading, next.earliest);
  const missing: ReasonView[] = reasonViews(next.reasons, reading);
  return {
    authorizationId: next.authorization?.id ?? null,
    headline: told.headline,
    missing,
    earliest: whenView(next.earliest, edition.zone),
  };
}

/** Of the other record only that there is one, unless it is the reader's own patient, or the reader keeps the program. */
function samePersonView(link: StandingLink, principal: Principal, zone: string): SamePersonView {
  const own = principal.role === 'administrator' || link.prescribers.some((each) => each === principal.participantId);
  return {
    linkId: link.id,
    patientId: own ? link.other : null,
    since: said(link.linkedAt, zone) ?? '',
    established: link.linkedBy.length > 1,
    removalAsked: link.unlinkAskedBy !== null,
  };
}
