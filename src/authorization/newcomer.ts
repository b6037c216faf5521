import type { Effect } from '../domain/authorization/effect.js';
import type { Instant, LocalDate } from '../domain/calendar.js';
import { iso, type Parts } from './statement.js';

/** Somebody who is being enrolled: of whom nothing is on file yet, or who is in another program already. */
export interface Newcomer {
  /** The id that the record has, or will have. */
  readonly patient: string;
  /** In another program already: her record is there, and only the enrollment is new. */
  readonly onFile: boolean;
  readonly program: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly familyNameKey: string;
  readonly birthDate: LocalDate;
  readonly phone: string | null;
  readonly postalCode: string | null;
  readonly recordNumber: string | null;
}

/** The rows of a person and her enrollment, whose first revision this is; the part `bumped` stands for it, as for any later one. */
export function newcomerParts(parts: Parts, newcomer: Newcomer, effects: readonly Effect[], at: Instant): void {
  const bind = (value: unknown) => parts.bind(value);
  const only = <K extends Effect['kind']>(kind: K) =>
    effects.find((effect): effect is Extract<Effect, { kind: K }> => effect.kind === kind);
  const enrollment = only('enrollment')?.enrollment;
  const answers = only('answers')?.answers;
  const category = only('category');
  if (!enrollment || !answers || !category) throw new Error('An enrollment was accepted without its rows.');
  if (newcomer.onFile) parts.add('person', `SELECT p.id FROM patient p, allowed WHERE p.id = ${bind(newcomer.patient)}::uuid`);
  else personPart(parts, newcomer, at);
  parts.add(
    'bumped',
    `INSERT INTO enrollment (id, patient_id, program, prescriber_id, enrolled_at, answers, category, category_since, revision)
    SELECT ${bind(enrollment.id)}::uuid, person.id, ${bind(newcomer.program)}, ${bind(enrollment.prescriber)}::uuid, ${bind(iso(enrollment.enrolledAt))}::timestamptz,
      ${bind(JSON.stringify(answers))}::jsonb, ${bind(category.category)}, ${bind(iso(category.since))}::timestamptz, 1
    FROM person RETURNING revision`,
  );
}

function personPart(parts: Parts, newcomer: Newcomer, at: Instant): void {
  const bind = (value: unknown) => parts.bind(value);
  parts.add(
    'person',
    `INSERT INTO patient (id, given_name, family_name, birth_date, phone, postal_code, record_number, family_name_key, created_at)
    SELECT ${bind(newcomer.patient)}::uuid, ${bind(newcomer.givenName)}, ${bind(newcomer.familyName)}, ${bind(newcomer.birthDate)}::date, ${bind(newcomer.phone)},
      ${bind(newcomer.postalCode)}, ${bind(newcomer.recordNumber)}, ${bind(newcomer.familyNameKey)}, ${bind(iso(at))}::timestamptz
    FROM allowed RETURNING id`,
  );
}
