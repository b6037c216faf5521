import type { Command } from '../../src/domain/authorization/command.js';
import type { Decision } from '../../src/domain/authorization/decide.js';
import type { Case, EvidenceOfKind, Fill, PregnancyTest } from '../../src/domain/patient.js';

/**
 * A second judge of what may not happen, written from the rules alone: plain scans over the facts and over what was said before, with the
 * numbers of the program written out, and nothing of src/ but its types. It does not decide; it only objects.
 */
export interface Said {
  readonly command: Command;
  readonly decision: Decision;
  readonly before: Case;
  readonly after: Case;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const inNewYork = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/New_York', year: 'numeric', month: '2-digit', day: '2-digit' });
const days = new Map<number, string>();
/** The date in the program's zone. */
export function dateOf(at: number): string {
  let day = days.get(at);
  if (day === undefined) {
    day = inNewYork.format(at);
    days.set(at, day);
  }
  return day;
}
const number = (date: string) => Date.parse(`${date}T00:00:00Z`) / DAY;
const daysFrom = (earlier: string, later: string) => number(later) - number(earlier);

interface Read extends PregnancyTest {
  readonly everPositive: boolean;
  readonly retracted: boolean;
  readonly recordedAt: number;
}

/** Every test as it reads now. */
function testsOf(file: Case): Read[] {
  return file.evidence.flatMap((fact): Read[] => {
    if (fact.kind !== 'pregnancy-test') return [];
    const amendments = file.evidence.filter((each) => 'test' in each && each.test === fact.test.id && each.kind !== 'pregnancy-test');
    const corrections = amendments.flatMap((each) => (each.kind === 'test-correction' ? [each.corrected] : []));
    return [
      {
        ...(Object.assign({}, fact.test, ...corrections) as PregnancyTest),
        everPositive: [fact.test, ...corrections].some((each) => each.result === 'positive'),
        retracted: amendments.some((each) => each.kind === 'test-retraction'),
        recordedAt: Math.max(fact.recordedAt, ...amendments.map((each) => each.recordedAt)),
      },
    ];
  });
}

const good = (test: Read, file: Case, at: number): boolean =>
  test.result === 'negative' &&
  !test.retracted &&
  test.collected.at <= at &&
  ['laboratory', 'prescriber'].includes(test.source) &&
  test.sensitivity !== null &&
  test.sensitivity <= 50 &&
  (test.setting === 'clinical' ||
    (test.setting === 'home' &&
      file.accommodations.some(
        (each) => each.kind === 'home-tests' && each.from <= test.collected.at && (each.until === null || test.collected.at <= each.until),
      )));

const of = <K extends Case['evidence'][number]['kind']>(file: Case, kind: K) =>
  file.evidence.filter((fact): fact is EvidenceOfKind<K> => fact.kind === kind);

/** Whether two good serum results far enough apart, after `after`, were shown with a second person's determination. */
function clearedAfter(file: Case, after: number, recordedAt: number, sensitivity: number | null): boolean {
  const serum = testsOf(file).filter((test) => test.method === 'serum-quantitative' && test.source === 'laboratory' && test.value !== null);
  return of(file, 'clearing').some((fact) => {
    const [first, second] = serum.filter((test) => fact.tests.includes(test.id)).sort((a, b) => a.collected.at - b.collected.at);
    if (!first || !second || fact.recordedAt < recordedAt || fact.determinedBy === '') return false;
    const sees = (test: Read) => sensitivity === null || (test.sensitivity !== null && test.sensitivity <= sensitivity);
    return (
      first.collected.at > after &&
      second.collected.at - first.collected.until >= 48 * HOUR &&
      (second.value ?? 0) <= (first.value ?? 0) &&
      sees(first) &&
      sees(second)
    );
  });
}

/** What stands between this patient and a capsule at that instant. */
export function dangersOf(file: Case, at: number): string[] {
  const tests = testsOf(file);
  const found: string[] = [];
  for (const test of tests) {
    const cleared = clearedAfter(file, test.collected.until, test.recordedAt, test.sensitivity);
    if (test.everPositive && !cleared) found.push('positive');
    const quantified = tests.some(
      (each) => good(each, file, at) && each.method === 'serum-quantitative' && each.collected.at > test.collected.until,
    );
    if (!test.everPositive && test.result === 'indeterminate' && !test.retracted && !cleared && !quantified) found.push('indeterminate');
  }
  for (const fact of of(file, 'danger')) {
    if (!fact.holds) continue;
    const negatives = tests.filter((test) => good(test, file, at) && test.collected.at >= fact.since);
    const late = negatives.some((test) => daysFrom(fact.on, test.collected.on) >= 21);
    if (fact.hold === 'pregnancy' && !clearedAfter(file, fact.since, fact.recordedAt, null)) found.push('pregnancy');
    if ((fact.hold === 'missed-period' || fact.hold === 'abnormal-bleeding') && negatives.length === 0) found.push(fact.hold);
    if ((fact.hold === 'unprotected-contact' || fact.hold === 'method-failure') && !late) found.push(fact.hold);
  }
  return found;
}

const fertile = (category: string | null) => category === 'frp-adult' || category === 'frp-child';
const accepted = (said: Said) => said.decision.outcome === 'allow';
const on = (said: Said, id: string) => 'authorization' in said.command && said.command.authorization === id;

/** Commands that end every open authorization, for ever. */
function ends({ command, before, after }: Said): boolean {
  if (command.do === 'record-pregnancy-test') return command.test.result === 'positive';
  if (command.do === 'correct-pregnancy-test') return command.corrected.result === 'positive';
  if (command.do === 'report-pregnancy') return command.who === 'patient';
  if (command.do === 'change-category') return fertile(after.category) && !fertile(before.category);
  if (command.do === 'suspend-prescriber') return command.participant === before.enrollment?.prescriber;
  return ['withdraw-agreement', 'deactivate-patient', 'record-death'].includes(command.do);
}

interface Holding {
  readonly site: string;
  readonly since: number;
  readonly until: number;
}

/** Who holds the number, and until when, by what was said. An exception for an administrative window gives a day more. */
function holder(history: readonly Said[], id: string): Holding | null {
  let held = null as Holding | null;
  for (const said of history) {
    if (!on(said, id) || !accepted(said)) continue;
    const { command } = said;
    if (command.do === 'reserve' && !(held?.site === command.by.id && command.at <= held.until))
      held = { site: command.by.id, since: command.at, until: command.at + DAY };
    if (command.do === 'transfer-reservation' && held) held = { ...held, site: command.to };
    if (command.do === 'grant-exception' && command.kind === 'administrative-window' && held) held = { ...held, until: held.until + DAY };
    if (command.do === 'release') held = null;
  }
  return held;
}

/** Days of therapy in hand that morning, day by day. */
export function daysInHand(fills: readonly Fill[], today: string): number {
  let end = Number.NEGATIVE_INFINITY;
  for (const fill of [...fills].sort((a, b) => a.handedOver.at - b.handedOver.at))
    if (fill.returnedUnopened !== true) end = Math.max(end, number(fill.handedOver.on) - 1) + fill.supplyDays;
  return Math.max(0, end - number(today) + 1);
}

function objectionsToFill(history: readonly Said[], { command, before }: Said, fill: Fill): string[] {
  const at = command.at;
  const id = fill.authorization ?? '';
  const found: string[] = [];
  if (before.fills.some((each) => each.authorization === id && each.outcome === 'permitted')) found.push('I1: a second permitted fill');
  const issue = history.findLast((said) => on(said, id) && said.command.do === 'issue-authorization' && accepted(said));
  if (!issue) return ['I2: filled and never issued'];
  const held = holder(history, id);
  if (held?.site !== command.by.id) found.push('I2: filled by a site that does not hold it');
  else if (at > held.until) found.push('I2: filled after 24 hours');
  else if (fill.handedOver.at < held.since) found.push('I2: handed over before it was reserved');
  const site = before.participants[command.by.id];
  const certified = site?.certifiedFrom != null && site.certifiedFrom <= at && (site.certifiedUntil === null || at <= site.certifiedUntil);
  if (!certified || (site.suspendedAt !== null && site.suspendedAt <= at)) found.push('I2: filled by a site that is not certified');
  const issuedAt = issue.command.at;
  const category = issue.after.authorizations.find((each) => each.id === id)?.category ?? null;
  // The tests known at the issue, as they read now: a correction re-judges, and may shorten the window but never lengthen it.
  const known = (file: Case) =>
    testsOf(file).filter((test) => good(test, file, issuedAt) && testsOf(issue.before).some((each) => each.id === test.id));
  const newest = (file: Case) => Math.max(...known(file).map((test) => number(test.collected.on)));
  const extended = history.filter(
    (said) => on(said, id) && accepted(said) && said.command.do === 'grant-exception' && said.command.kind === 'administrative-window',
  );
  const lastDay = fertile(category) ? Math.min(newest(issue.before), newest(before)) + 7 : number(dateOf(issuedAt)) + 30 + extended.length;
  if (fertile(category)) found.push(...objectionsToTests(known(before), issue));
  if (at < issuedAt || number(dateOf(at)) > lastDay) found.push('I2: filled outside the window');
  if (fill.supplyDays > 28 || fill.supplyDays <= 0) found.push('I2: more than 28 days');
  const waived = history.some(
    (said) => on(said, id) && accepted(said) && said.command.do === 'grant-exception' && said.command.kind !== 'administrative-window',
  );
  if (!waived && daysInHand(before.fills, dateOf(at)) > 7) found.push('I2: filled with more than seven days in hand');
  for (const danger of dangersOf(before, at)) found.push(`I5: filled under ${danger}`);
  if (history.slice(history.indexOf(issue)).some((said) => accepted(said) && ends(said))) found.push('I5: filled after danger ended it');
  return found;
}

function objectionsToIssue({ command, before: file, after }: Said): string[] {
  const at = command.at;
  const today = dateOf(at);
  const found: string[] = [];
  const id = 'authorization' in command ? command.authorization : '';
  const category = after.authorizations.find((each) => each.id === id)?.category ?? null;
  const doctor = file.participants[command.by.id];
  if (command.by.role !== 'prescriber' || file.enrollment?.prescriber !== command.by.id)
    found.push('I9: issued by another than her prescriber');
  if (doctor?.certifiedFrom == null || (doctor.suspendedAt !== null && doctor.suspendedAt <= at)) found.push('I3: issued uncertified');
  if (file.enrollment === null || file.enrollment.deactivatedAt !== null) found.push('I3: issued to somebody who is not enrolled');
  const withdrawn = Math.max(-1, ...of(file, 'agreement-withdrawn').map((fact) => fact.recordedAt));
  const signed = of(file, 'agreement').filter((fact) => fact.category === category && fact.signed.at > withdrawn);
  if (!signed.some((fact) => fact.prescriber === command.by.id)) found.push('I3: issued without the agreement of the category');
  if (!of(file, 'counseling').some((fact) => fact.authorization === id)) found.push('I3: issued without counseling');
  for (const danger of dangersOf(file, at)) found.push(`I5: issued under ${danger}`);
  if (!fertile(category)) return found;
  if (!of(file, 'contraception-confirmed').some((fact) => daysFrom(dateOf(fact.recordedAt), today) <= 30)) found.push('I3: not confirmed');
  return [
    ...found,
    ...objectionsToTests(
      testsOf(file).filter((test) => good(test, file, at)),
      { command, before: file },
    ),
  ];
}

/** The tests that an issue rests on, against the windows. */
function objectionsToTests(negatives: readonly Read[], { command: { at }, before: file }: Pick<Said, 'command' | 'before'>): string[] {
  const found: string[] = [];
  const age = (test: Read) => daysFrom(test.collected.on, dateOf(at));
  if (!negatives.some((test) => age(test) <= 7)) found.push('I4: no negative of the last seven days');
  const since = file.enrollment?.reEnrolledAt ?? 0;
  if (file.fills.every((fill) => fill.handedOver.at < since) && of(file, 'clearing').length === 0) {
    if (!negatives.some((test) => age(test) >= 10 && age(test) <= 14)) found.push('I4: no first test 10 to 14 days before');
    if (!negatives.some((test) => at - test.collected.at <= DAY)) found.push('I4: no second test within 24 hours');
  }
  return found;
}

/** Neither filled nor ended, by its row and by the clock. */
const openAt = ({ state, preparationEndsAt, expiresAt }: Case['authorizations'][number], at: number): boolean =>
  ['authorized', 'reserved'].includes(state) ? at <= (expiresAt ?? 0) : ![...ENDED, 'dispensed'].includes(state) && at <= preparationEndsAt;

const ENDED = ['returned', 'expired', 'cancelled', 'superseded', 'revoked'];

/** Everything that this decision does and may not do; empty when there is nothing to object to. */
export function objections(history: readonly Said[], said: Said): string[] {
  const { command, decision, before, after } = said;
  const found: string[] = [];
  if (decision.outcome === 'deny' && decision.reasons.length === 0) found.push('I7: refused without a reason');
  if (decision.outcome === 'allow' && decision.reasons.length > 0) found.push('I7: allowed with a reason against it');
  if (decision.outcome === 'deny' && decision.effects.some((effect) => effect.kind !== 'finding'))
    found.push('I7: a refusal changed something');
  if (decision.earliest !== null && decision.earliest < command.at) found.push('the earliest instant is past');
  if (decision.validThrough !== null && decision.validThrough < command.at) found.push('the allowance is over already');
  for (const effect of decision.effects)
    if (effect.kind === 'fill' && effect.fill.outcome === 'permitted') found.push(...objectionsToFill(history, said, effect.fill));
  if (command.do === 'issue-authorization' && decision.outcome === 'allow') found.push(...objectionsToIssue(said));
  for (const now of after.authorizations) {
    const was = before.authorizations.find((each) => each.id === now.id);
    if (!was) continue;
    const spent = was.state === 'dispensed' && now.state !== 'dispensed' && now.state !== 'returned';
    if (spent || (ENDED.includes(was.state) && now.state !== was.state)) found.push(`I10: ${was.state} became ${now.state}`);
    const later = was.expiresAt !== null && now.expiresAt !== null && now.expiresAt > was.expiresAt;
    if (later && command.do !== 'grant-exception') found.push('I10: its end moved later');
  }
  const survivor = accepted(said) && ends(said) && after.authorizations.some((each) => openAt(each, command.at));
  if (survivor) found.push('I5: an open authorization outlived a danger');
  const open = after.authorizations.filter(
    (each) => ['authorized', 'reserved'].includes(each.state) && command.at <= (each.expiresAt ?? 0),
  );
  if (open.length > 1) found.push('two open authorizations');
  return found;
}
