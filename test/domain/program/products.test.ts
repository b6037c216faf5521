import { describe, expect, test } from '@jest/globals';
import { EditionCatalogue, onFile } from '../../../src/program/edition.catalogue.js';
import { isProductCode, programNow, programsFor, sameProduct } from '../../../src/program/products.js';
import { nextEdition, shippedDocument, write } from '../../support/editions.js';

const ndc = (code: string) => ({ system: 'ndc', code });

describe('the same product, however it is written', () => {
  test.each([
    ['59572-425-21', '59572-0425-21', true],
    ['59572042521', '59572-0425-21', true],
    ['5957242521', '59572-0425-21', true],
    ['59572-0425', '59572-0425-21', true],
    ['59572-0425-21', '59572-0425-28', false],
    ['59572-0425-21', '59572-0410-21', false],
    ['59573-0425-21', '59572-0425-21', false],
    ['0002-3227-30', '00002-3227-30', true],
  ])('NDC %s and %s: %s', (a, b, same) => {
    expect([sameProduct(ndc(a), ndc(b)), sameProduct(ndc(b), ndc(a))]).toEqual([same, same]);
  });

  test('leading zeros of a DIN and an RxNorm code mean nothing; a code of another system is another product', () => {
    expect(sameProduct({ system: 'din', code: '02304899' }, { system: 'din', code: '2304899' })).toBe(true);
    expect(sameProduct({ system: 'rxnorm', code: '342369' }, { system: 'rxnorm', code: '0342369' })).toBe(true);
    expect(sameProduct({ system: 'din', code: '342369' }, { system: 'rxnorm', code: '342369' })).toBe(false);
  });

  test.each([
    ['ndc', '59572-0425-21', true],
    ['ndc', '59572 0425 21', false],
    ['ndc', '12345678', false],
    ['din', '123456789', false],
    ['rxnorm', 'x1', false],
    ['other', 'EU/1/07', false],
  ] as const)('%s code %s can be written so: %s', (system, code, may) => {
    expect(isProductCode(system, code)).toBe(may);
  });
});

describe('a program is chosen by product and jurisdiction', () => {
  const DAY = 86_400_000;
  const now = Date.parse('2026-11-23T12:00:00Z');
  const program = (code: string, products: readonly object[], jurisdiction = 'US', from = now - 100 * DAY, until: string | null = null) => {
    const document = nextEdition(from, { '/program': code, '/jurisdiction': jurisdiction, '/effectiveUntil': until });
    document['products'] = { molecule: 'one-molecule', codes: { value: products, source: 'test', verified: false } };
    return onFile(document);
  };
  const catalogue = (...files: ReturnType<typeof onFile>[]) => new EditionCatalogue(files, () => []);
  const found =
    (...files: ReturnType<typeof onFile>[]) =>
    (code: string, jurisdiction = 'US', at = now) =>
      programsFor(catalogue(...files), ndc(code), jurisdiction, at).map((each) => [each.program, each.inForce]);

  test('parallel programs of one molecule are told apart by the code', () => {
    const ask = found(
      program('one-us', [ndc('11111-1111-11')]),
      program('two-us', [ndc('02222-2222-22')]),
      program('one-ca', [ndc('11111-1111-11')], 'CA'),
    );
    expect([ask('11111-1111-11'), ask('2222-2222-22'), ask('11111-1111-11', 'ca'), ask('33333-3333-33')]).toEqual([
      [['one-us', true]],
      [['two-us', true]],
      [['one-ca', true]],
      [],
    ]);
  });

  test('one that has ended still answers, one that has not begun does not', () => {
    const ended = program('one-us', [ndc('11111-1111-11')], 'US', now - 100 * DAY, new Date(now - DAY).toISOString());
    expect(found(ended)('11111-1111-11')).toEqual([['one-us', false]]);
    expect(found(program('one-us', [ndc('11111-1111-11')], 'US', now + DAY))('11111-1111-11')).toEqual([]);
  });

  test('products that nobody knows belong to no program', () => {
    const document = shippedDocument();
    document['products'] = { molecule: 'm', codes: { value: null, source: 'test', verified: false } };
    write(document, '/effectiveFrom', '2021-01-01T00:00:00');
    const shelf = catalogue(onFile(document));
    expect(programsFor(shelf, ndc('11111-1111-11'), 'US', now)).toEqual([]);
    expect(programNow(shelf, String(document['program']), now)?.inForce).toBe(true);
  });
});
