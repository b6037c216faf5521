import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { clinicalWarnings } from '../../../src/domain/clinical/review.js';
import { DrugFactsInvalid, DrugShelf } from '../../../src/program/drug.shelf.js';
import { PROGRAMS_FOLDER } from '../../../src/program/edition.catalogue.js';
import { hashOfDocument } from '../../../src/program/hash.js';
import { at, EDITION, world } from '../../support/cases.js';

// A drug's facts are a file: a made-up drug takes one, a broken one is refused with its place, and an earlier one stays for old decisions.

let folder: string;
const leaf = (value: unknown) => ({ value, source: 'made up', verified: false });
const madeUp = (more: object = {}) => ({
  $schema: '../drug.schema.json',
  program: 'florbazol-xx',
  jurisdiction: 'XX',
  molecule: 'florbazol',
  version: '2027-01-01',
  title: 'Florbazol',
  strengthsMg: leaf([3]),
  maximumMgPerDay: leaf(3),
  packages: leaf(null),
  indications: {
    itch: {
      title: 'Itch',
      dose: null,
      renal: leaf(null),
      laboratory: { salt: leaf([{ throughDay: null, everyDays: 3 }]) },
    },
  },
  laboratory: { salt: { title: 'Salt' } },
  interactions: [{ code: 'INTERACTION', with: ['aspirin'], washoutDays: leaf(5), effect: leaf('It itches.'), act: leaf('Ask.') }],
  interactionsComplete: leaf(true),
  weakensContraceptionToo: leaf([]),
  reminders: [],
  ...more,
});
const put = (name: string, document: object) => writeFileSync(join(folder, 'florbazol-xx', name), JSON.stringify(document));
const shelf = () => DrugShelf.fromFolder(folder);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rems-drugs-'));
  for (const name of ['drug.schema.json', 'medicines.schema.json', 'medicines.json'])
    cpSync(join(PROGRAMS_FOLDER, name), join(folder, name));
  mkdirSync(join(folder, 'florbazol-xx'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a made-up drug', () => {
  test('takes one file', () => {
    put('drug.json', madeUp());
    const drug = shelf().inUse('florbazol-xx');
    expect(drug?.interactions[0]?.effect).toEqual({ text: 'It itches.', source: 'made up', verified: false });
    const file = world('male-first', '2027-01-15T10:00', { medications: [{ name: 'aspirin', until: '2027-01-10' }] });
    const warnings = (edition: typeof EDITION) => clinicalWarnings({ file, edition, at: at('2027-01-15T10:00'), authorization: null });
    expect(warnings({ ...EDITION, drug })).toEqual(['INTERACTION']);
    expect(warnings(EDITION)).toEqual([]);
  });

  test('an earlier version and earlier medicines stay for the decisions that looked at them', () => {
    put('drug.json', madeUp());
    put('drug.2026-01-01.json', madeUp({ version: '2026-01-01', title: 'Florbazol, as it was' }));
    const medicines = JSON.parse(readFileSync(join(folder, 'medicines.json'), 'utf8')) as Record<string, unknown>;
    writeFileSync(join(folder, 'medicines.2026-01-01.json'), JSON.stringify({ ...medicines, version: '2026-01-01' }));
    const hashes = {
      facts: hashOfDocument(madeUp({ version: '2026-01-01', title: 'Florbazol, as it was' })),
      medicines: hashOfDocument({ ...medicines, version: '2026-01-01' }),
    };
    const drugs = shelf();
    expect(drugs.inUse('florbazol-xx')?.title).toBe('Florbazol');
    expect(drugs.withHashes(hashes)).toMatchObject({ title: 'Florbazol, as it was', hashes });
    expect(drugs.withHashes({ ...hashes, facts: '0'.repeat(64) })).toBeUndefined();
    expect(drugs.withHashes(drugs.inUse('florbazol-xx')?.hashes ?? hashes)).toBe(drugs.inUse('florbazol-xx'));
  });
});

describe('facts that are none are refused, with the place', () => {
  test.each<[string, object, RegExp]>([
    ['a field that is missing', (({ reminders: _, ...rest }) => rest)(madeUp()), /florbazol-xx\/drug\.json .*reminders/],
    ['a field that is unknown', madeUp({ cures: 'all' }), /additional/],
    ['a value without a source', madeUp({ maximumMgPerDay: { value: 3, verified: true } }), /maximumMgPerDay .*source/],
    ['a bare value', madeUp({ maximumMgPerDay: 3 }), /maximumMgPerDay/],
    ['a dose of nothing', madeUp({ strengthsMg: leaf([0]) }), /strengthsMg/],
    [
      'another warning',
      madeUp({ interactions: [{ ...madeUp().interactions[0], code: 'AUTHORIZATION_REVOKED' }] }),
      /interactions\/0\/code/,
    ],
    [
      'an interval of no days',
      madeUp({ indications: { itch: { ...madeUp().indications.itch, laboratory: { salt: leaf([{ throughDay: null, everyDays: 0 }]) } } } }),
      /everyDays/,
    ],
    ['another program', madeUp({ program: 'aspirin-xx' }), /another program/],
  ])('%s', (_, document, told) => {
    put('drug.json', document);
    expect(shelf).toThrow(DrugFactsInvalid);
    expect(shelf).toThrow(told);
  });

  test('facts without the medicines', () => {
    put('drug.json', madeUp());
    rmSync(join(folder, 'medicines.json'));
    expect(shelf).toThrow(/medicines\.json/);
  });
});
