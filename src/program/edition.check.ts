import { type Edition, editionFrom } from '../domain/program.js';
import { contradictoryBounds, overlappingWindows, windowsShorterThanTests, windowsWithoutLength } from './check/bounds.js';
import { adultCodes, emptyCategories, rulesNeverAsked, unknownCategories, wrongAges } from './check/categories.js';
import { type Check, type Checked, refusal } from './check/check.js';
import { holdsNothingLifts, lapsedFromTheStart, waitsWithoutEnd } from './check/lockouts.js';
import {
  clinicalStopsAsked,
  methodsEnough,
  prescriptionPossible,
  protectionsLeftOut,
  requirementsOutOfReach,
  surveysAnswerable,
  testsPossible,
  unknownRequirements,
  unknownValues,
} from './check/reach.js';
import {
  categoryReferences,
  checklistsMissing,
  declaredReferences,
  exceptionReferences,
  holdReferences,
  methodReferences,
} from './check/references.js';
import { materialsMatch, overlappingTerms, productsClaimed, transitionKnown } from './check/terms.js';
import type { EditionCatalogue } from './edition.catalogue.js';
import { hashOfDocument } from './edition.catalogue.js';
import { EditionReader } from './edition.reader.js';
import type { Flaw } from './edition.schema.js';
import type { OnFile } from './edition.shelf.js';

/** Every check by its name, in the order in which a reader is told. The schema comes before all of them. */
export const CHECKS: Readonly<Record<string, Check>> = {
  'unknown categories': unknownCategories,
  'categories of the wrong age': wrongAges,
  'rules that are never asked': rulesNeverAsked,
  'categories nobody can be in': emptyCategories,
  'coming of age': adultCodes,
  'unknown requirements': unknownRequirements,
  'requirements out of reach': requirementsOutOfReach,
  'clinical stops': clinicalStopsAsked,
  'protections left out': protectionsLeftOut,
  'methods enough': methodsEnough,
  'tests possible': testsPossible,
  'a prescription possible': prescriptionPossible,
  'surveys that can be answered': surveysAnswerable,
  'contradictory bounds': contradictoryBounds,
  'overlapping windows': overlappingWindows,
  'windows without length': windowsWithoutLength,
  'windows shorter than tests': windowsShorterThanTests,
  'holds that nothing lifts': holdsNothingLifts,
  'waits without end': waitsWithoutEnd,
  'lapsed from the start': lapsedFromTheStart,
  'methods that are named': methodReferences,
  'holds that are named': holdReferences,
  'categories that are named': categoryReferences,
  'declared answers': declaredReferences,
  'what exceptions waive': exceptionReferences,
  'checklists missing': checklistsMissing,
  'overlapping terms': overlappingTerms,
  transition: transitionKnown,
  materials: materialsMatch,
  'products claimed twice': productsClaimed,
  'values nobody knows': unknownValues,
};

export interface Beside {
  readonly catalogue: EditionCatalogue;
  /** Hash of the text of a file that the edition names; null when there is none. */
  readonly textOf: (file: string, sha256: string) => string | null;
  /** The edition it is meant to be, when it is on file already: a file of the programs folder is not judged beside itself. */
  readonly itself?: (other: OnFile) => boolean;
}

/** A document of the right shape as the checks see it; the flaws that keep it from being one. */
export function readable(document: unknown, { catalogue, textOf, itself }: Beside): Checked | readonly Flaw[] {
  const misshapen = catalogue.schema(document);
  if (misshapen.length > 0 || typeof document !== 'object' || document === null) return misshapen;
  const read = new EditionReader(document);
  const hash = hashOfDocument(document);
  let edition: Edition;
  try {
    edition = editionFrom(document, hash);
  } catch {
    return [refusal({ read }, '/effectiveFrom', 'Its moments cannot be read in its time zone; look at the zone and at each date.')];
  }
  const isOther = (each: OnFile) => each.hash !== hash && itself?.(each) !== true;
  const others = catalogue.editionsOf(edition.program).filter(isOther);
  const elsewhere = catalogue
    .programs()
    .filter((program) => program !== edition.program)
    .flatMap((program) => catalogue.editionsOf(program));
  return { read, edition, hash, others, elsewhere, textOf };
}

/** Everything that is wrong with a document, or doubtful in it: its shape first, and when that is right, its meaning. */
export function checkEdition(document: unknown, beside: Beside): readonly Flaw[] {
  const checked = readable(document, beside);
  return 'read' in checked ? Object.values(CHECKS).flatMap((check) => check(checked)) : checked;
}

/** Whether nothing keeps it from taking effect. */
export const isSound = (flaws: readonly Flaw[]): boolean => flaws.every(({ weight }) => weight === 'warning');
