import type { Instant } from '../domain/calendar.js';
import type { EditionCatalogue } from './edition.catalogue.js';
import { EditionReader } from './edition.reader.js';
import type { OnFile } from './edition.shelf.js';

/** A program is chosen by product and jurisdiction, never by the molecule: one molecule can be in several programs. */

export const PRODUCT_SYSTEMS = ['ndc', 'rxnorm', 'din', 'other'] as const;
export type ProductSystem = (typeof PRODUCT_SYSTEMS)[number];

export interface ProductCode {
  readonly system: string;
  readonly code: string;
}

export interface Products {
  readonly molecule: string | null;
  readonly jurisdiction: string;
  /** null: not known. */
  readonly codes: readonly (ProductCode & { readonly title: string | null })[] | null;
}

export function productsOf(document: object): Products {
  const read = new EditionReader(document);
  const codes = read.value('/products/codes');
  return {
    molecule: read.text('/products/molecule'),
    jurisdiction: read.text('/jurisdiction') ?? '',
    codes: Array.isArray(codes)
      ? codes.map((_, place) => ({
          system: read.text(`/products/codes/${place}/system`) ?? '',
          code: read.text(`/products/codes/${place}/code`) ?? '',
          title: read.text(`/products/codes/${place}/title`),
        }))
      : null,
  };
}

/**
 * The ways to read an NDC: labeler, product and package, filled up to five, four and two digits. Ten digits without dashes can be read in
 * three ways; nine are a product in any package.
 */
function readingsOfNdc(code: string): string[][] {
  const cut = (lengths: readonly number[]): string[] =>
    lengths.map((length, place) => {
      const from = lengths.slice(0, place).reduce((sum, each) => sum + each, 0);
      return code.slice(from, from + length);
    });
  const parts = code.includes('-')
    ? [code.split('-')]
    : code.length === 10
      ? [cut([4, 4, 2]), cut([5, 3, 2]), cut([5, 4, 1])]
      : code.length === 11
        ? [cut([5, 4, 2])]
        : [cut([5, 4])];
  return parts.map((each) => each.map((part, place) => part.padStart([5, 4, 2][place] ?? 0, '0')));
}

/** A listed product without a package stands for all its packages. */
function sameNdc(a: string, b: string): boolean {
  return readingsOfNdc(a).some((one) =>
    readingsOfNdc(b).some(
      (other) => one[0] === other[0] && one[1] === other[1] && (one[2] === undefined || other[2] === undefined || one[2] === other[2]),
    ),
  );
}

/** Whether two codes mean the same product, however they are written. */
export function sameProduct(a: ProductCode, b: ProductCode): boolean {
  if (a.system !== b.system) return false;
  switch (a.system) {
    case 'ndc':
      return sameNdc(a.code, b.code);
    case 'din':
      return a.code.padStart(8, '0') === b.code.padStart(8, '0');
    case 'rxnorm':
      return a.code.replace(/^0+/, '') === b.code.replace(/^0+/, '');
    default:
      return a.code.toLowerCase() === b.code.toLowerCase();
  }
}

const SHAPE: Readonly<Record<ProductSystem, RegExp>> = {
  ndc: /^(?:\d{4,5}-\d{3,4}(?:-\d{1,2})?|\d{9,11})$/,
  rxnorm: /^\d{1,8}$/,
  din: /^\d{1,8}$/,
  other: /^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/,
};

/** Whether a code of that system can be written so. */
export const isProductCode = (system: ProductSystem, code: string): boolean => SHAPE[system].test(code);

export interface ProgramNow {
  readonly program: string;
  /** The edition in force; of a program that has ended, its last one. */
  readonly current: OnFile;
  readonly inForce: boolean;
}

/** A program as it stands at that instant; null while none of its editions has taken effect yet. */
export function programNow(catalogue: EditionCatalogue, program: string, at: Instant): ProgramNow | null {
  const begun = catalogue.editionsOf(program).filter(({ edition }) => edition.effectiveFrom <= at);
  const current = begun.at(-1);
  if (!current) return null;
  const { effectiveUntil } = current.edition;
  return { program, current, inForce: effectiveUntil === null || at <= effectiveUntil };
}

/** The programs that have that product in that jurisdiction: one, unless the code can be read in more than one way. */
export function programsFor(catalogue: EditionCatalogue, asked: ProductCode, jurisdiction: string, at: Instant): ProgramNow[] {
  return catalogue.programs().flatMap((program) => {
    const now = programNow(catalogue, program, at);
    if (now === null) return [];
    const products = productsOf(now.current.document);
    const same = products.jurisdiction.toUpperCase() === jurisdiction.toUpperCase();
    return same && (products.codes ?? []).some((each) => sameProduct(each, asked)) ? [now] : [];
  });
}
