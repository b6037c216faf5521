import { expect, test } from '@jest/globals';
import { clinicalWarnings } from '../../../src/domain/clinical/review.js';
import { withElsewhere } from '../../../src/domain/elsewhere.js';
import type { Case } from '../../../src/domain/patient.js';
import { at, EDITION, world } from '../../support/cases.js';

// What else she takes and how her kidneys work is the person's: written down under her other program, it warns in this one too.

test('a medicine listed under her other program gives its warning here', () => {
  const now = '2027-01-15T10:00';
  const there = world('male-first', now, { medications: [{ name: 'digoxin' }] });
  const here: Case = {
    ...world('male-first', now),
    elsewhere: [
      { program: 'other', category: there.category, categorySince: there.categorySince, answers: there.answers, evidence: there.evidence },
    ],
  };
  const warnings = (file: Case) => clinicalWarnings({ file, edition: EDITION, at: at(now), authorization: null });
  expect(warnings(here)).toEqual([]);
  expect(warnings(withElsewhere(here, EDITION, { other: EDITION }))).toEqual(['INTERACTION']);
  expect(warnings(withElsewhere(here, EDITION, {}))).toEqual([]);
});
