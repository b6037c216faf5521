import { describe, expect, test } from '@jest/globals';
import type { DrugFacts } from '../../../src/domain/clinical/drug.js';
import { standingMedicines, worksOn } from '../../../src/domain/clinical/medication-list.js';
import { recognised } from '../../../src/domain/clinical/medicine.js';
import type { EvidenceOfKind, ListedMedicine } from '../../../src/domain/patient.js';
import { EDITION } from '../../support/cases.js';

// A medicine is screened only when every word of it is understood. What is not understood is said to be so, never taken for safe.

const { formulary } = EDITION.drug as DrugFacts;
const look = (name: string, rxnorm: string | null = null) => recognised(name, rxnorm, formulary);

describe('a medicine’s name', () => {
  test.each<[string, readonly string[]]>([
    ['rifampin', ['rifampin']],
    ['RIFAMPICIN 300 mg capsules', ['rifampin']],
    ['St. John’s Wort', ['st-johns-wort']],
    ["st john's wort extract tablets".replace(' extract', ''), ['st-johns-wort']],
    ['Warfarin Sodium 5 MG Oral Tablet [Coumadin]', ['warfarin']],
    ['ethinyl estradiol / norethindrone', ['ethinyl-estradiol', 'norethindrone']],
    ['Éthinylestradiol'.normalize('NFD').replace('É', 'E').replace('\u0301', ''), ['ethinyl-estradiol']],
    ['darbepoetin alfa', ['darbepoetin-alfa']],
    ['0.125mg digoxin once daily', ['digoxin']],
  ])('%s is understood whole', (name, codes) => {
    expect(look(name)).toEqual({ codes, whole: true });
  });

  test.each([
    '',
    '   ',
    '10 mg tablet',
    'zorblaxin',
    'digoxine',
    'aspirin zorblaxin',
    'digoxin / zorblaxin',
    'constructor',
    '__proto__',
    '💊',
    '5'.repeat(200),
  ])('“%s” is not understood whole', (name) => expect(look(name).whole).toBe(false));

  test('what is understood of it is told all the same', () => {
    expect(look('digoxin / zorblaxin').codes).toEqual(['digoxin']);
  });

  test('a code adds to the name, and proves no name right', () => {
    expect(look('heart pill', '3407')).toEqual({ codes: ['digoxin'], whole: false });
    expect(look('aspirin', '3407').codes.toSorted()).toEqual(['aspirin', 'digoxin']);
    expect(look('10 mg tablet', '3407')).toEqual({ codes: ['digoxin'], whole: false });
    expect(look('aspirin', '999999999')).toEqual({ codes: ['aspirin'], whole: true });
  });

  test('a name as long as a list allows, all of one word’s beginning, takes no time', () => {
    const long = 'st '.repeat(66);
    const began = performance.now();
    for (let i = 0; i < 200; i += 1) look(long);
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});

describe('the list as it stands', () => {
  const DAY = 86_400_000;
  let said = 0;
  const stated = (
    on: string,
    whole: boolean,
    ...medicines: (Partial<ListedMedicine> & { name: string })[]
  ): EvidenceOfKind<'medication-list'> => {
    said += 1;
    return {
      kind: 'medication-list',
      id: `list/${said}`,
      recordedAt: Date.parse(`${on}T12:00Z`) + (said % DAY),
      whole,
      medicines: medicines.map((each) => ({ rxnorm: null, from: null, until: null, saidBy: 'patient', ...each })),
      enteredBy: { role: 'prescriber', id: 'dr-1' },
      on,
    };
  };
  const names = (...facts: EvidenceOfKind<'medication-list'>[]) =>
    standingMedicines(facts).map(({ name, from, until }) => [name, from, until]);

  test('a later word takes the earlier one’s place, and keeps the beginning that it does not repeat', () => {
    expect(
      names(
        stated('2027-01-01', false, { name: 'Digoxin', from: '2026-05' }),
        stated('2027-01-10', false, { name: 'digoxin ', until: '2027-01-09' }),
      ),
    ).toEqual([['digoxin ', '2026-05', '2027-01-09']]);
  });

  test('a whole list ends what it leaves out on the day before, and forgets nothing', () => {
    expect(
      names(
        stated('2027-01-01', true, { name: 'rifampin' }, { name: 'phenytoin', until: '2026-11-30' }, { name: 'aspirin' }),
        stated('2027-01-10', true, { name: 'aspirin' }),
      ),
    ).toEqual([
      ['rifampin', null, '2027-01-09'],
      ['phenytoin', null, '2026-11-30'],
      ['aspirin', null, null],
    ]);
  });

  test('the same name twice in one list is taken until the later end', () => {
    expect(names(stated('2027-01-01', true, { name: 'digoxin', until: '2027-01-05' }, { name: 'Digoxin' }))).toEqual([
      ['Digoxin', null, null],
    ]);
    expect(
      names(
        stated(
          '2027-01-01',
          true,
          { name: 'digoxin', from: '2026-03', until: '2027-01-05' },
          { name: 'digoxin', from: '2026-01', until: '2027-01-03' },
        ),
      ),
    ).toEqual([['digoxin', '2026-01', '2027-01-05']]);
  });

  test('who said so and who wrote it down stay with it', () => {
    const [one] = standingMedicines([stated('2027-01-01', true, { name: 'digoxin', saidBy: 'pharmacist' })]);
    expect(one).toMatchObject({ saidBy: 'pharmacist', enteredBy: { role: 'prescriber', id: 'dr-1' } });
  });

  test('a period is counted with its first and last day, and longer where the medicine works on', () => {
    const medicine = { name: 'rifampin', rxnorm: null, from: '2027-01-10', until: '2027-01-20', saidBy: 'patient' } as const;
    const works = (on: string, onset = 0, washout = 0) => worksOn(medicine, on, onset, washout);
    expect(['2027-01-09', '2027-01-10', '2027-01-20', '2027-01-21'].map((on) => works(on))).toEqual([false, true, true, false]);
    expect(['2027-02-17', '2027-02-18'].map((on) => works(on, 0, 28))).toEqual([true, false]);
    expect(['2027-01-12', '2027-01-13'].map((on) => works(on, 3))).toEqual([false, true]);
    expect(worksOn({ ...medicine, from: '2027-01' }, '2027-01-01')).toBe(true);
  });
});
