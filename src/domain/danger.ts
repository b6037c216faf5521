import { daysBetween, type Instant, type LocalDate } from './calendar.js';
import { type Case, type Evidence, type EvidenceOfKind, evidenceOf } from './patient.js';
import { acceptedNegatives, type StandingTest, settingRules, standingTests } from './pregnancy-test.js';
import type { Edition, HoldKind } from './program.js';
import type { ReasonCode } from './reason.js';

/** A reason to wait, or to stop, that somebody's act or a later test ends (rules §9.10, §9.11). */
export interface Danger {
  readonly hold: HoldKind;
  readonly since: Instant;
  /** The date of what happened: the specimen's, the contact's. */
  readonly on: LocalDate;
  readonly recordedAt: Instant;
  /** The test it is about, when it is about one. */
  readonly test: StandingTest | null;
}

function raised(evidence: readonly Evidence[]): Danger[] {
  const file = { evidence };
  const dangers: Danger[] = evidenceOf(file, 'danger')
    .filter((fact) => fact.holds)
    .map((fact) => ({ hold: fact.hold, since: fact.since, on: fact.on, recordedAt: fact.recordedAt, test: null }));
  for (const test of standingTests(file)) {
    const about = { since: test.collected.at, on: test.collected.on, recordedAt: test.changedAt, test };
    // A positive stays one even when it is retracted or corrected away: only a clearing ends it.
    if (test.everPositive) dangers.push({ hold: 'positive-test', ...about });
    else if (test.result === 'indeterminate' && !test.retracted) dangers.push({ hold: 'indeterminate-test', ...about });
  }
  for (const survey of evidenceOf(file, 'survey')) {
    if (survey.answers === 'discrepant')
      dangers.push({
        hold: 'survey-discrepancy',
        since: survey.completed.at,
        on: survey.completed.on,
        recordedAt: survey.recordedAt,
        test: null,
      });
  }
  return dangers;
}

/** Whether the facts of one record end a danger. */
function endedIn(file: Pick<Case, 'evidence' | 'accommodations' | 'fills'>, at: Instant, edition: Edition): (danger: Danger) => boolean {
  const clearings = evidenceOf(file, 'clearing');
  const resolutions = evidenceOf(file, 'discrepancy-resolved');
  const tests = acceptedNegatives(file, at, edition, settingRules(file.fills, edition));
  const cleared = (danger: Danger) => clearings.some((fact) => danger.since <= fact.through && danger.recordedAt <= fact.recordedAt);
  return (danger) => {
    const rule = edition.holds[danger.hold];
    switch (rule.liftedBy) {
      case 'clearing':
        return cleared(danger);
      case 'quantitative-negative': {
        const after = danger.test?.collected.until ?? danger.since;
        return cleared(danger) || tests.some((test) => test.method === edition.clearing.method && test.collected.at > after);
      }
      case 'resolution':
        return resolutions.some((fact) => fact.recordedAt >= danger.recordedAt);
      case 'negative': {
        const days = rule.negativeAfterDays;
        const afterReport = tests.filter((test) => test.collected.at >= danger.since);
        return afterReport.length > 0 && (days === null || afterReport.some((test) => daysBetween(danger.on, test.collected.on) >= days));
      }
    }
  };
}

/**
 * The dangers that stand at `at`: raised and by nothing ended. Those of a suspected double of the patient count as her own (rules §9.15),
 * and so do those of her own record in another program, until they are ended on either: what was cleared there needs no second clearing here.
 */
export function standingDangers(file: Case, at: Instant, edition: Edition): Danger[] {
  const own = raised(file.evidence);
  const doubles = [
    ...file.linked.map((record) => ({ record, dangers: raised(record.evidence) })),
    // A survey is one program's own, and so is what was wrong with it.
    ...(file.elsewhere ?? []).map(({ evidence }) => ({
      record: { evidence, fills: [] },
      dangers: raised(evidence).filter(({ hold }) => hold !== 'survey-discrepancy'),
    })),
  ].filter(({ dangers }) => dangers.length > 0);
  if (own.length === 0 && doubles.length === 0) return [];
  const endedHere = endedIn(file, at, edition);
  const linked = doubles.flatMap(({ record, dangers }) => {
    const endedThere = endedIn({ ...record, accommodations: file.accommodations }, at, edition);
    return dangers.filter((danger) => !endedHere(danger) && !endedThere(danger));
  });
  return [...own.filter((danger) => !endedHere(danger)), ...linked];
}

export const reasonOf = (danger: Danger, edition: Edition): ReasonCode => edition.holds[danger.hold].reason;

/** The clearings since that instant: what lets the next authorization go by on-therapy tests (rules §9.10). */
export const clearingsSince = (file: Case, since: Instant | null): EvidenceOfKind<'clearing'>[] =>
  evidenceOf(file, 'clearing').filter((fact) => since === null || fact.recordedAt >= since);
