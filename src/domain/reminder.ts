import { addDays, type LocalDate, spanAfter } from './calendar.js';
import { fillsOfThisEnrollment } from './dispensing.js';
import type { Case } from './patient.js';
import { standingTests } from './pregnancy-test.js';
import type { Edition } from './program.js';
import { testsAsked } from './requirement.js';
import { therapyStatus } from './therapy.js';

/** A test that the program wants and that gates nothing: some days after the beginning of therapy, or after its end. */
export interface TestReminder {
  readonly after: 'start' | 'end';
  readonly from: LocalDate;
  /** null: no last day; the sooner the better. */
  readonly until: LocalDate | null;
}

/** Those that no test on record answers yet, the earliest first. */
export function testReminders(file: Case, on: LocalDate, edition: Edition): TestReminder[] {
  if (!testsAsked({ file, on, edition })) return [];
  const { endedOn } = therapyStatus(file);
  const collected = standingTests(file).filter((test) => !test.retracted && test.result !== 'invalid');
  const answered = ({ from, until }: TestReminder): boolean =>
    collected.some(({ collected: { on: day } }) => day >= from && (until === null || day <= until));
  const startedOn = fillsOfThisEnrollment(file)
    .map((fill) => fill.handedOver.on)
    .sort()[0];
  const afterStart = startedOn === undefined || endedOn !== null ? [] : (edition.tests.afterStart ?? []);
  const afterEnd = endedOn === null ? [] : (edition.tests.afterEnd ?? []);
  const all: TestReminder[] = [
    ...afterStart.map(({ days: [from, until] }) => ({
      after: 'start' as const,
      from: addDays(startedOn as LocalDate, from),
      until: addDays(startedOn as LocalDate, until),
    })),
    ...afterEnd.map((span) => ({ after: 'end' as const, from: spanAfter(endedOn as LocalDate, span), until: null })),
  ];
  return all.filter((each) => !answered(each)).sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
}
