import { describe, expect, test } from '@jest/globals';
import { describeChanges } from '../../../src/program/change/describe.js';
import { remove, shippedDocument, valueAt, write } from '../../support/editions.js';

const first = shippedDocument();
const tested = Object.keys(first['categories'] as object).find((code) => valueAt(first, `/categories/${code}/tests`) === true) ?? '';
const title = String(valueAt(first, `/categories/${tested}/title`));

/** What is said of a change, line by line. */
function said(change: (document: Record<string, unknown>) => void): string[] {
  const document = shippedDocument();
  change(document);
  return describeChanges(first, document).map(({ part, says }) => `${part} | ${says}`);
}
const set = (path: string, value: unknown) => (document: object) => write(document, path, value);
const leaf = (value: unknown) => ({ value, source: 'test', verified: false });

describe('what an edition changes, as a clinician reads it', () => {
  test.each([
    ['/contraception/lead', { months: 1 }, 'Contraception | Contraception before the first capsule: 1 month; before, 28 days.'],
    [
      '/tests/places/1/maxAgeHours',
      48,
      'Pregnancy tests | Second test before the first prescription: at most so long before the prescription: 48 hours; before, 24 hours.',
    ],
    ['/tests/onTherapy/maxAgeDays', 'none', 'Pregnancy tests | Oldest test for a later prescription: not asked; before, 7 days.'],
    ['/prescription/maxSupplyDays', null, 'Prescription | Most that one prescription may last: not known; before, 28 days.'],
    ['/authorization/checklist', false, 'Authorization and pharmacy | The pharmacist goes through a checklist: no; before, yes.'],
    ['/authorization/confirmationHours', 1, 'Authorization and pharmacy | A pharmacy’s reservation holds for: 1 hour; before, 24 hours.'],
    ['/prescription/strengthsMg', [5, 10], 'Prescription | Strengths: 5 mg, 10 mg; before, 2.5 mg, 5 mg, 10 mg, 15 mg, 20 mg, 25 mg.'],
    ['/tests/maxSensitivity', 25, 'Pregnancy tests | A test has to see at least: 25 mIU/mL; before, 50 mIU/mL.'],
    ['/gate', 'none', 'The program | How strongly the program stands before a fill: not asked; before, hard.'],
    [`/categories/${tested}/window/days`, 5, `Categories of patients | ${title}: time to fill: 5 days; before, 7 days.`],
  ] as const)('%s', (path, value, says) => {
    expect(said(set(path, value))).toEqual([says]);
  });

  test('a method that is gone is one line, and not one for each thing in it', () => {
    expect(said((document) => remove(document, '/contraception/methods/diaphragm'))).toEqual([
      'Contraception | Method of contraception “diaphragm”: no longer.',
    ]);
  });

  test('a method that is new', () => {
    const method = valueAt(first, '/contraception/methods/male-condom');
    expect(said(set('/contraception/methods/new-ring', structuredClone(method)))).toEqual([
      'Contraception | Method of contraception “new ring”: new.',
    ]);
  });

  test('rules for categories are told as conditions, old and new', () => {
    const rules = valueAt(first, '/categoryRules') as { when: unknown }[];
    const at = rules.findIndex(({ when }) => 'youngerThan' in (when as object));
    const lines = said(set(`/categoryRules/${at}/when/youngerThan`, 55));
    expect(lines).toEqual([
      expect.stringMatching(/^Categories of patients \| No longer a rule: younger than 50 years → .*; a child: .*\.$/),
      expect.stringMatching(/^Categories of patients \| New rule: younger than 55 years → /),
    ]);
  });

  test('the same rules in another order are another edition', () => {
    const rules = valueAt(first, '/categoryRules') as unknown[];
    expect(said(set('/categoryRules', [rules[1], rules[0], ...rules.slice(2)]))).toEqual([
      'Categories of patients | The rules are asked in another order; the first that fits decides.',
    ]);
  });

  test('what is judged when', () => {
    const names = (valueAt(first, '/judged/verify') as string[]).filter((name) => name !== 'days-left');
    expect(said(set('/judged/verify', names))).toEqual(['What is judged when | When a pharmacy asks, no longer judged: days left.']);
  });

  test('questions of a checklist, by what they ask', () => {
    const path = `/checklists/${tested}`;
    const questions = valueAt(first, path) as { id: string; question: string }[];
    const lines = said((document) => {
      write(document, path, [
        { ...questions[0], question: 'Something else?' },
        ...questions.slice(2),
        { id: 'new', question: 'Something new?', needs: 'no' },
      ]);
    });
    expect(lines).toEqual([
      `Authorization and pharmacy | Checklist for ${title}, no longer asked: “${questions[1]?.question}” (expected: yes).`,
      `Authorization and pharmacy | Checklist for ${title}, asked in other words: “Something else?” (expected: yes). Before: “${questions[0]?.question}” (expected: yes).`,
      `Authorization and pharmacy | Checklist for ${title}, now asked: “Something new?” (expected: no).`,
    ]);
  });

  test('a value that has been read at its source is told, though it is the same', () => {
    const lines = said((document) => {
      const zone = document['zone'] as Record<string, unknown>;
      document['zone'] = { ...zone, verified: true };
    });
    expect(lines).toEqual(['When it holds | Time zone of the program: as before, now read at its source.']);
  });

  test('nothing is told of two that rule alike, whatever they are called', () => {
    expect(
      said((document) => {
        document['edition'] = '2030-01-01';
        document['sources'] = {};
      }),
    ).toEqual([]);
  });

  test('texts by their title, duties as sentences, an end as an end', () => {
    expect(
      said((document) => {
        write(document, '/materials/guide/sha256', 'a'.repeat(64));
        write(document, '/materials/guide/file', 'materials/guide.md');
      }),
    ).toEqual([`Guides and forms | “${String(valueAt(first, '/materials/guide/title'))}”: its text is on file now.`]);
    expect(said(set('/duties', [{ who: 'wholesaler', what: leaf('Checks the registration') }]))).toContain(
      'Duties and reports | New: Wholesaler: Checks the registration.',
    );
    expect(said(set('/effectiveUntil', leaf('2030-01-01T00:00:00')))).toEqual([
      'When it holds | Ends: 2030-01-01 00:00; before, no end is set.',
    ]);
    expect(said(set('/effectiveUntil', leaf('2030-01-01T00:00')))).toEqual([
      'When it holds | Ends: 2030-01-01 00:00; before, no end is set.',
    ]);
  });

  test('what has no words of its own is still told', () => {
    expect(said((document) => void write(document, '/title', leaf('x')))).toHaveLength(1);
  });
});

test('each value of the edition has a name in words: no path shows', () => {
  const nothing = { program: first['program'] };
  const paths = describeChanges(nothing, first).filter(({ says }) =>
    /[a-z][A-Z]|\//.test(says.replace(/(?:mIU\/mL|“[^”]*”|[A-Z][a-z]+\/[A-Z]\w+|materials\/\S+)/g, '')),
  );
  expect(paths).toEqual([]);
});
