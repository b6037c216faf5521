import { expect, test } from '@jest/globals';
import { clinicalReview, clinicalWarnings } from '../../../src/domain/clinical/review.js';
import type { Case } from '../../../src/domain/patient.js';
import { at, EDITION, world } from '../../support/cases.js';

// What a record lists that may be hers warns here too (rules §9.15), without a name: it may be another person's.

const NOW = '2027-01-15T10:00';
const listing = (...names: string[]): Case => world('male-first', NOW, { medications: names.map((name) => ({ name })) });
const beside = (here: Case, there: Case): Case => ({
  ...here,
  linked: [{ patient: 'other', category: there.category, evidence: there.evidence, fills: [] }],
});
const asked = (file: Case) => ({ file, edition: EDITION, at: at(NOW), authorization: null });

test('a medicine on the record of a suspected double gives its warning here, and no name', () => {
  const here = world('male-first', NOW);
  expect(clinicalWarnings(asked(here))).toEqual([]);
  const double = beside(here, listing('digoxin'));
  expect(clinicalWarnings(asked(double))).toEqual(['INTERACTION']);
  expect(JSON.stringify(clinicalReview(asked(double)))).not.toContain('digoxin');
});

test('a whole list here does not end what stands there; what nobody knows there is not screened', () => {
  const double = beside(listing('aspirin'), listing('digoxin', 'zorblaxin'));
  expect(clinicalWarnings(asked(double))).toEqual(['INTERACTION', 'NOT_SCREENED']);
});
