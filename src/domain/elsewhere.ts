import type { Instant, LocalDate } from './calendar.js';
import { contradicted } from './category.js';
import { type Case, type ElsewhereRecord, type Evidence, evidenceOf } from './patient.js';
import { defectsOf, standingTests } from './pregnancy-test.js';
import type { Edition } from './program.js';

/**
 * One person in two programs: a patient who changes from one drug to another keeps what is true of her whatever she takes. A fact recorded under
 * the other program counts here where both editions accept it, so that nobody waits four weeks twice for the same unbroken contraception.
 */

/** The editions that govern her other programs, by program; what is recorded under one that is not known counts for nothing here. */
export type OtherEditions = Readonly<Record<string, Edition>>;

/** The case with what her other programs know and both editions accept, in the order in which it was recorded. */
export function withElsewhere(file: Case, edition: Edition, others: OtherEditions): Case {
  const carried = (file.elsewhere ?? []).flatMap((record) => {
    const other = others[record.program];
    return other === undefined ? [] : carriedFrom(record, file, edition, other);
  });
  if (carried.length === 0) return file;
  return { ...file, evidence: [...file.evidence, ...carried].sort((a, b) => a.recordedAt - b.recordedAt) };
}

function carriedFrom(record: ElsewhereRecord, file: Case, edition: Edition, other: Edition): Evidence[] {
  const tests = new Set(
    standingTests(record)
      .filter((test) => test.result === 'negative' && !test.everPositive && isGood(test, file, edition) && isGood(test, file, other))
      .map((test) => test.id),
  );
  return record.evidence.filter((fact) => {
    switch (fact.kind) {
      case 'pregnancy-test':
        return tests.has(fact.test.id);
      case 'test-correction':
      case 'test-retraction':
        return tests.has(fact.test);
      case 'contraception':
        return [edition, other].every(
          ({ contraception: { methods } }) => (methods[fact.method]?.tier ?? 'not-accepted') !== 'not-accepted',
        );
      case 'abstinence':
      case 'contraindication':
      case 'menses':
      // What else she takes, and how her kidneys work, is hers whatever the program.
      case 'medication-list':
      case 'creatinine-clearance':
        return true;
      default:
        return false;
    }
  });
}

/** Whether a test is without defects in some phase of that program; which phase hers is now, the requirement itself asks. */
const isGood = (test: ReturnType<typeof standingTests>[number], file: Case, edition: Edition): boolean =>
  [...edition.tests.places, edition.tests.onTherapy].some((where) => defectsOf(test, file, edition, where).length === 0);

/** Whether later answers given in another program say reproductive potential, by this edition's own rules, and the category here does not. */
export const contradictedElsewhere = (file: Case, code: string, on: LocalDate, edition: Edition): boolean =>
  (file.elsewhere ?? []).some(
    (record) => isLater(answeredAt(record), file.categorySince) && contradicted(code, record.answers, on, edition),
  );

/** When those answers last changed: with the category, or with a period, which is an answer too. */
const answeredAt = ({ categorySince, evidence }: ElsewhereRecord): Instant | null => {
  const periods = evidenceOf({ evidence }, 'menses').map((fact) => fact.recordedAt);
  return categorySince === null && periods.length === 0 ? null : Math.max(categorySince ?? 0, ...periods);
};

const isLater = (there: Instant | null, here: Instant | null): boolean => there !== null && (here === null || there > here);

/** Tests recorded in another program that were corrected or retracted there. */
export const changedElsewhere = (file: Case): ReadonlySet<string> =>
  new Set(
    (file.elsewhere ?? []).flatMap((record) => [
      ...evidenceOf(record, 'test-correction').map((fact) => fact.test),
      ...evidenceOf(record, 'test-retraction').map((fact) => fact.test),
    ]),
  );
