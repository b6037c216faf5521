import { type Case, NO_ANSWERS } from '../domain/patient.js';
import type { EditionCatalogue } from '../program/edition.catalogue.js';
import type { CaseRow } from './case.rows.js';
import { type AroundNobody, elsewhereOf, type LoadedCase } from './case.store.js';
import type { Newcomer } from './newcomer.js';

/** No patient and no facts: the case of a command about participants alone, or of a number that nobody was given (which is refused). */
export function caseOfNobody(participants: Case['participants']): Case {
  return {
    patient: 'unknown',
    enrollment: null,
    answers: NO_ANSWERS,
    category: null,
    categorySince: null,
    evidence: [],
    fills: [],
    authorizations: [],
    participants,
    accommodations: [],
    linked: [],
  };
}

export function nobodysCase(read: AroundNobody, catalogue: EditionCatalogue, newcomer: Newcomer | null = null): LoadedCase {
  const nobody = caseOfNobody(read.participants);
  return {
    file: newcomer ? { ...nobody, patient: newcomer.patient } : nobody,
    at: read.at,
    machineAt: read.machineAt,
    enrollmentId: 'unknown',
    revision: 0,
    program: newcomer?.program ?? catalogue.nobodys(read.at) ?? 'unknown',
    person: { familyNameKey: '', birthDate: '' },
    office: null,
    numbers: {},
    doubles: [],
    otherPrograms: [],
    earlier: read.earlier,
  };
}

/** Nothing of her in this program yet, and what her other programs know. */
export const knownElsewhere = (nobody: LoadedCase, rows: CaseRow['elsewhere']): LoadedCase => ({
  ...nobody,
  file: { ...nobody.file, ...elsewhereOf(rows) },
  doubles: rows.map(({ enrollment, revision }) => ({ enrollment, revision })),
});
