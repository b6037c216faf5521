import { describe, expect, test } from '@jest/globals';
import { EditionCatalogue, onFile } from '../../../src/program/edition.catalogue.js';
import { CHECKS, checkEdition, isSound, readable } from '../../../src/program/edition.check.js';
import type { Flaw } from '../../../src/program/edition.schema.js';
import { hashOfText } from '../../../src/program/materials.js';
import { remove, shippedDocument, valueAt, write } from '../../support/editions.js';

const catalogue = EditionCatalogue.fromFolder();
const first = shippedDocument();
/** The same editions, and a schema that lets everything pass: a check has to see what is its own to see. */
const anyShape = new EditionCatalogue(
  catalogue.programs().flatMap((program) => catalogue.editionsOf(program)),
  () => [],
);
const itselfOf = (document: object) => (other: { edition: { edition: string } }) =>
  other.edition.edition === (document as Record<string, unknown>)['edition'];
const flawsOf = (document: object, textOf: (file: string, sha256: string) => string | null = () => null): readonly Flaw[] =>
  checkEdition(document, { catalogue, textOf, itself: itselfOf(document) });
const refused = (document: object, textOf?: (file: string, sha256: string) => string | null): string[] =>
  flawsOf(document, textOf)
    .filter(({ weight }) => weight === 'refusal')
    .map(({ path }) => path);

/** A copy of the first edition, changed. */
function changed(change: (document: Record<string, unknown>) => void): Record<string, unknown> {
  const document = shippedDocument();
  change(document);
  return document;
}
const set =
  (path: string, value: unknown) =>
  (document: object): void =>
    write(document, path, value);
const add =
  (path: string, ...more: unknown[]) =>
  (document: object): void =>
    write(document, path, [...(valueAt(document, path) as unknown[]), ...more]);

const leaf = (value: unknown) => ({ value, source: 'test', verified: false });

const [someCategory, adultOfIt] = Object.entries(first['categories'] as Record<string, { adultCode: string | null }>).flatMap(
  ([code, { adultCode }]) => (adultCode === null ? [] : [code, adultCode]),
) as [string, string];
const tested = Object.keys(first['categories'] as object).find((code) => valueAt(first, `/categories/${code}/tests`) === true) ?? '';
const rules = valueAt(first, '/categoryRules') as { when: object; adult: string; child: string }[];
const lastRule = rules.length - 1;
const anyRule = { when: { always: true }, adult: adultOfIt, child: someCategory };

/** By the name of the check: what is done to the edition, and where it has to be refused for it. */
const MUTILATIONS: Readonly<
  Record<string, readonly (readonly [done: string, change: (document: Record<string, unknown>) => void, path: string])[]>
> = {
  'clinical stops': [
    [
      'stops that no list asks for',
      (document) => {
        document['clinicalStops'] = leaf([{ warning: 'INTERACTION', untilAcknowledged: true }]);
      },
      '/clinicalStops',
    ],
    [
      'a list that asks for stops which nobody named',
      add('/judged/issue', 'clinical'),
      `/judged/value/issue/${(valueAt(first, '/judged/issue') as unknown[]).length}`,
    ],
  ],
  'unknown categories': [
    ['a rule that leads to a category which is not there', set('/categoryRules/0/adult', 'nobody'), '/categoryRules/value/0/adult'],
    ['the same for children', set('/categoryRules/3/child', 'nobody'), '/categoryRules/value/3/child'],
  ],
  'categories of the wrong age': [
    ['a rule that makes an adult a child', set('/categoryRules/0/adult', someCategory), '/categoryRules/value/0/adult'],
    ['a rule that makes a child an adult', set('/categoryRules/0/child', adultOfIt), '/categoryRules/value/0/child'],
  ],
  'rules that are never asked': [
    ['a rule behind the one that takes everybody', add('/categoryRules', anyRule), `/categoryRules/value/${lastRule + 1}`],
  ],
  'categories nobody can be in': [
    [
      'a category to which no rule leads',
      (document) => {
        const categories = document['categories'] as Record<string, unknown>;
        categories['forgotten'] = structuredClone(categories[adultOfIt]);
      },
      '/categories/forgotten',
    ],
    [
      'a category to which only a rule leads that is never asked',
      (document) => {
        const categories = document['categories'] as Record<string, unknown>;
        categories['forgotten'] = structuredClone(categories[adultOfIt]);
        add('/categoryRules', { ...anyRule, adult: 'forgotten' })(document);
      },
      '/categories/forgotten',
    ],
  ],
  'coming of age': [
    [
      'a child that becomes an adult of no category',
      set(`/categories/${someCategory}/adultCode`, 'nobody'),
      `/categories/${someCategory}/adultCode`,
    ],
    ['a child that stays one for ever', set(`/categories/${someCategory}/adultCode`, null), `/categories/${someCategory}/adultCode`],
    ['a category that becomes itself', set(`/categories/${someCategory}/adultCode`, someCategory), `/categories/${someCategory}/adultCode`],
    ['two that become each other', set(`/categories/${adultOfIt}/adultCode`, someCategory), `/categories/${adultOfIt}/adultCode`],
  ],
  'unknown requirements': [
    [
      'a requirement that nobody knows',
      add('/judged/issue', 'horoscope'),
      `/judged/value/issue/${(valueAt(first, '/judged/issue') as []).length}`,
    ],
  ],
  'requirements out of reach': [
    [
      'a reservation before there is a number',
      add('/judged/issue', 'reservation-held'),
      `/judged/value/issue/${(valueAt(first, '/judged/issue') as []).length}`,
    ],
    [
      'a checklist at the issue',
      add('/judged/issue', 'checklist'),
      `/judged/value/issue/${(valueAt(first, '/judged/issue') as []).length}`,
    ],
    [
      'counseling by the pharmacy',
      add('/judged/verify', 'counseling'),
      `/judged/value/verify/${(valueAt(first, '/judged/verify') as []).length}`,
    ],
    [
      'a reservation before the first',
      add('/judged/reserve', 'reservation-held'),
      `/judged/value/reserve/${(valueAt(first, '/judged/reserve') as []).length}`,
    ],
  ],
  'protections left out': [
    [
      'no danger at the hand-over',
      (document) => write(document, '/judged/dispense', without(document, 'dispense', 'danger')),
      '/judged/value/dispense',
    ],
    [
      'no window when it is reserved',
      (document) => write(document, '/judged/reserve', without(document, 'reserve', 'window')),
      '/judged/value/reserve',
    ],
  ],
  'methods enough': [
    ['more methods than there are', set('/contraception/methodsNeeded', 99), '/contraception/methodsNeeded'],
    ['more highly effective ones than methods', set('/contraception/highlyEffectiveNeeded', 3), '/contraception/highlyEffectiveNeeded'],
    ['more highly effective ones than there are', set('/contraception/highlyEffectiveNeeded', 99), '/contraception/highlyEffectiveNeeded'],
  ],
  'tests possible': [
    ['tests that nobody may sign', set('/tests/signedSources', []), '/tests/signedSources'],
    [
      'tests that count nowhere',
      (document) => {
        write(document, '/tests/onTherapy/settings', []);
        write(document, '/tests/onTherapy/settingAccommodations', {});
      },
      '/tests/onTherapy/settings',
    ],
    ['a sensitivity that no method has', set('/tests/maxSensitivity', 1), '/tests/maxSensitivity'],
  ],
  'a prescription possible': [
    ['no way to a pharmacy', set('/prescription/channels', {}), '/prescription/channels'],
    ['a supply of no days', set('/prescription/maxSupplyDays', 0), '/prescription/maxSupplyDays'],
  ],
  'surveys that can be answered': [
    [
      'a survey that is asked of a category and not there for it',
      (document) => {
        for (const survey of Object.keys(document['questionnaires'] as object)) {
          const path = `/questionnaires/${survey}/categories`;
          write(
            document,
            path,
            (valueAt(document, path) as string[]).filter((code) => code !== tested),
          );
        }
      },
      `/categories/${tested}/survey`,
    ],
    [
      'two surveys for one category',
      (document) => {
        for (const survey of Object.keys(document['questionnaires'] as object)) {
          const path = `/questionnaires/${survey}/categories`;
          write(document, path, [...new Set([...(valueAt(document, path) as string[]), tested])]);
        }
      },
      `/categories/${tested}/survey`,
    ],
  ],
  'contradictory bounds': [
    ['a test that is at least older than at most', set('/tests/places/0/minAgeDays', 15), '/tests/places/0/minAgeDays'],
    ['an interval longer than its weeks', set('/tests/cadence/initialIntervalDays', 60), '/tests/cadence/initialIntervalDays'],
    ['an end before the beginning', set('/effectiveUntil', leaf('2021-08-04T23:59:59')), '/effectiveUntil'],
  ],
  'overlapping windows': [
    ['one test for both', set('/tests/places/0/minAgeDays', 1), '/tests/places/1'],
    ['two tests that are never both in time', set('/tests/places/1/minDaysAfterEarlier', 19), '/tests/places/1'],
  ],
  'windows without length': [
    ['an authorization that has ended as it is issued', set(`/categories/${tested}/window/days`, 0), `/categories/${tested}/window/days`],
    ['a reservation of no hours', set('/authorization/confirmationHours', 0), '/authorization/confirmationHours'],
    ['no time to prepare', set('/authorization/preparationDays', 0), '/authorization/preparationDays'],
  ],
  'windows shorter than tests': [
    ['a test that may be older than the window it opens', set('/tests/onTherapy/maxAgeDays', 8), `/categories/${tested}/window/days`],
    ['the day of the test counted as the first one', set(`/categories/${tested}/window/firstDay`, 1), `/categories/${tested}/window/days`],
  ],
  'holds that nothing lifts': [
    ['a clearing by a method that nobody has', set('/clearing/method', 'crystal-ball'), '/clearing/method'],
    ['a clearing signed by somebody whose tests do not count', set('/clearing/source', 'neighbour'), '/clearing/source'],
  ],
  'waits without end': [
    [
      'years of waiting after a contact',
      set('/holds/unprotected-contact/negativeAfterDays', 4_000),
      '/holds/unprotected-contact/negativeAfterDays',
    ],
    [
      'years of waiting after a first window',
      set('/tests/missedFirstWindow/nextTestNotBeforeDays', 367),
      '/tests/missedFirstWindow/nextTestNotBeforeDays',
    ],
  ],
  'lapsed from the start': [
    ['an enrollment that lapses as it begins', set('/therapy/reenrollAfterMonths', 0), '/therapy/reenrollAfterMonths'],
    ['an agreement that is too old as it is signed', set('/agreement/validMonths', 0), '/agreement/validMonths'],
  ],
  'methods that are named': [
    ['a family that no method has', set('/contraception/exceptionFamilies', ['herbal']), '/contraception/exceptionFamilies/value/0'],
  ],
  'holds that are named': [
    ['a hold for a reason that is none', set('/holds/missed-period/reason', 'CHECKLIST_MISSING'), '/holds/missed-period/reason'],
  ],
  'categories that are named': [
    [
      'a checklist for nobody',
      (document) => write(document, '/checklists/nobody', leaf(valueAt(document, `/checklists/${tested}`))),
      '/checklists/nobody',
    ],
  ],
  'declared answers': [
    [
      'a rule about an answer that nobody is asked for',
      set('/categoryRules/0/when', { declared: 'shoe-size', lessThan: 40 }),
      '/categoryRules/value/0/when/declared',
    ],
  ],
  'what exceptions waive': [
    [
      'a danger that two persons could sign away',
      set('/exceptions/travel/waives', ['PREGNANCY_TEST_POSITIVE']),
      '/exceptions/travel/waives/value/0',
    ],
    ['more than may be supplied', set('/exceptions/travel/waives', ['SUPPLY_TOO_LONG']), '/exceptions/travel/waives/value/0'],
  ],
  'checklists missing': [
    ['a category without its checklist', (document) => remove(document, `/checklists/${tested}`), `/checklists/${tested}`],
  ],
  'overlapping terms': [
    ['another edition that takes effect at the same moment', set('/edition', '2021-08-06'), '/effectiveFrom'],
    [
      'an edition that holds into another one’s time',
      (document) => {
        write(document, '/edition', '2020-01-01');
        write(document, '/effectiveFrom', '2020-01-01T00:00:00');
        write(document, '/effectiveUntil', leaf('2021-08-05T00:00:00'));
      },
      '/effectiveUntil',
    ],
  ],
  transition: [
    [
      'rules carried over from an edition that is not there',
      set('/transition', { from: '1999-01-01', sameCategories: leaf(null) }),
      '/transition/from',
    ],
  ],
  materials: [
    [
      'a text that is not there',
      (document) => {
        write(document, '/materials/guide/file', 'materials/guide.md');
        write(document, '/materials/guide/sha256', 'a'.repeat(64));
      },
      '/materials/guide/file',
    ],
  ],
};

function without(document: object, moment: string, name: string): string[] {
  return (valueAt(document, `/judged/${moment}`) as string[]).filter((each) => each !== name);
}

describe('a mutilated edition is refused with the place and the reason', () => {
  for (const [name, mutilations] of Object.entries(MUTILATIONS)) {
    test.each(mutilations)(`${name}: %s`, (_done, change, path) => {
      const document = changed(change);
      expect(refused(document)).toContain(path);
      const flaw = flawsOf(document).find((each) => each.path === path);
      expect(flaw?.says).toMatch(/^[A-Z“].*\.$/);
    });
  }

  test('the check of that name sees it by itself: neither the schema nor another check is needed', () => {
    const blind = Object.entries(MUTILATIONS).flatMap(([name, mutilations]) =>
      mutilations.flatMap(([done, change, path]) => {
        const document = changed(change);
        const checked = readable(document, { catalogue: anyShape, textOf: () => null, itself: itselfOf(document) });
        const own = 'read' in checked ? (CHECKS[name]?.(checked) ?? []) : [];
        return own.some((flaw) => flaw.path === path) ? [] : [`${name}: ${done}`];
      }),
    );
    expect(blind).toEqual([]);
  });

  test('every check has a mutilation here, or is tested below', () => {
    const below = ['products claimed twice', 'values nobody knows'];
    expect(Object.keys(CHECKS).filter((name) => !(name in MUTILATIONS) && !below.includes(name))).toEqual([]);
  });

  test('a schema that is not kept is told before any meaning, each place once', () => {
    const document = changed((each) => {
      delete each['zone'];
      each['unheard'] = 1;
      write(each, '/appliesToOpen', 'perhaps');
    });
    expect(refused(document)).toEqual(expect.arrayContaining(['/zone', '/unheard', '/appliesToOpen']));
    expect(refused([])).toEqual(['']);
  });
});

describe('what is no refusal', () => {
  test('a value that nobody knows is a warning: the service fails closed there', () => {
    const flaws = flawsOf(changed(set('/prescription/maxSupplyDays', null)));
    expect(isSound(flaws)).toBe(true);
    expect(flaws).toContainEqual(expect.objectContaining({ path: '/prescription/maxSupplyDays', weight: 'warning' }));
  });

  test('exceptions that nobody can grant are a warning, whether the limits are missing or not known; no edition on file has it', () => {
    const at = (flaws: readonly Flaw[]) =>
      flaws.filter(({ path }) => path.startsWith('/exceptionLimits')).map(({ path, weight }) => [path, weight]);
    expect(at(flawsOf(changed((document) => remove(document, '/exceptionLimits'))))).toEqual([['/exceptionLimits', 'warning']]);
    expect(at(flawsOf(changed(set('/exceptionLimits/perPatientDays', null))))).toEqual([['/exceptionLimits/perPatientDays', 'warning']]);
    const none = changed((document) => {
      remove(document, '/exceptionLimits');
      write(document, '/exceptions', {});
    });
    expect(at(flawsOf(none))).toEqual([]);
    const shipped = catalogue.programs().flatMap((program) => catalogue.editionsOf(program));
    expect(shipped.flatMap(({ document }) => at(flawsOf(document)))).toEqual([]);
  });

  test('answers that match no rule are a warning', () => {
    const flaws = flawsOf(changed((document) => remove(document, `/categoryRules/${lastRule}`)));
    expect([isSound(flaws), flaws.some(({ path, weight }) => path === '/categoryRules' && weight === 'warning')]).toEqual([true, true]);
  });

  test('a text by its hash', () => {
    const text = '# A guide\n';
    const document = changed((each) => {
      write(each, '/materials/guide/file', 'materials/guide.md');
      write(each, '/materials/guide/sha256', hashOfText(text));
    });
    expect(refused(document, () => hashOfText(text))).toEqual([]);
    expect(refused(document, () => hashOfText('another'))).toEqual(['/materials/guide/sha256']);
  });
});

test('a product belongs to one program of a jurisdiction', () => {
  const codes = { value: [{ system: 'ndc', code: '11111-1111-11' }], source: 'test', verified: false };
  const other = changed((document) => {
    document['program'] = 'other-us';
    document['products'] = { molecule: 'm', codes };
  });
  const both = new EditionCatalogue([onFile(first), onFile(other)], catalogue.schema);
  const own = changed((document) => {
    (document['products'] as Record<string, unknown>)['codes'] = codes;
  });
  const paths = (document: object) =>
    checkEdition(document, { catalogue: both, textOf: () => null, itself: itselfOf(document) }).flatMap(({ path, weight }) =>
      weight === 'refusal' ? [path] : [],
    );
  expect(paths(own)).toEqual(['/products/codes/value/0']);
  write(own, '/jurisdiction', 'CA');
  expect(paths(own)).toEqual([]);
});
