import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Formulary } from '../../../src/domain/clinical/drug.js';
import { recognised } from '../../../src/domain/clinical/medicine.js';
import { WARNINGS } from '../../../src/domain/reason.js';
import { PROGRAMS_FOLDER } from '../../../src/program/edition.catalogue.js';
import { warningFor } from '../../../src/wording/warning.js';
import { catalogue } from '../../support/cases.js';

// Every drug.json: its shape, its sources, that it agrees with the program's editions; and that nothing which popular articles get wrong shows.

const FOLDERS = readdirSync(PROGRAMS_FOLDER, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
const files = FOLDERS.flatMap((folder) =>
  readdirSync(join(PROGRAMS_FOLDER, folder))
    .filter((name) => /^drug(\.[^/]+)?\.json$/.test(name))
    .map((name) => `${folder}/${name}`),
);
const document = (file: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(PROGRAMS_FOLDER, file), 'utf8')) as Record<string, unknown>;

/** Every sentence that somebody may be shown. */
function textsIn(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(textsIn);
  if (node === null || typeof node !== 'object') return typeof node === 'string' ? [node] : [];
  return Object.entries(node).flatMap(([key, value]) => (key === 'source' || key === 'reading' || key === 'names' ? [] : textsIn(value)));
}

const shown: [string, string][] = [
  ...files.flatMap((file) => textsIn(document(file)).map((text): [string, string] => [file, text])),
  ...textsIn(document('medicines.json')).map((text): [string, string] => ['medicines.json', text]),
  ...WARNINGS.flatMap((code) =>
    (['prescriber', 'pharmacist', 'patient', 'guardian', 'auditor'] as const).flatMap((audience): [string, string][] => {
      const words = warningFor(code, audience, { deskPhone: '1-800-555-0100' });
      return words === null ? [] : [[`${code}, ${audience}`, `${words.text} ${words.nextAct}`]];
    }),
  ),
];
const saying = (pattern: RegExp): [string, string][] => shown.filter(([, text]) => pattern.test(text));

describe('what popular articles say and the label does not', () => {
  test('there is something to look through', () => {
    expect(files.length).toBeGreaterThan(0);
    expect(shown.length).toBeGreaterThan(100);
  });

  test('no CYP enzyme, no inhibitor, and no inducer as an interaction of the drug', () => {
    expect(saying(/\bCYP|cytochrome|3A4|P-?gp\b|inhibitor of/i)).toEqual([]);
    const inducers = Object.entries(catalogue.drugs.inUse('lenalidomide-us')?.formulary.medicines ?? {}).filter(([, each]) =>
      each.groups.includes('enzyme-inducer'),
    );
    expect(inducers.length).toBeGreaterThan(10);
    for (const program of FOLDERS)
      for (const each of catalogue.drugs.inUse(program)?.interactions ?? [])
        for (const [code, { groups }] of inducers) expect(each.with.filter((one) => one === code || groups.includes(one))).toEqual([]);
  });

  test('inhibitors of CYP3A4 have no entry in any lenalidomide facts', () => {
    for (const program of FOLDERS.filter((name) => name.startsWith('lenalidomide'))) {
      const facts = catalogue.drugs.inUse(program);
      for (const name of ['clarithromycin', 'ketoconazole', 'itraconazole', 'voriconazole', 'erythromycin', 'rifampin']) {
        const { codes } = recognised(
          name,
          null,
          facts?.formulary ?? (catalogue.drugs.inUse('lenalidomide-us') as NonNullable<typeof facts>).formulary,
        );
        expect(codes).toHaveLength(1);
        expect((facts?.interactions ?? []).filter((each) => each.with.some((one) => codes.includes(one)))).toEqual([]);
      }
    }
  });

  test('no dose rule by the liver', () => {
    expect(saying(/\bhepat|\bliver|child-pugh/i)).toEqual([]);
    for (const file of files) expect(JSON.stringify(Object.keys(document(file)))).not.toMatch(/hepat|liver/i);
  });

  test('nothing reads as an end of clot prophylaxis', () => {
    const medicine = /(anti-?coag|anti-?platelet|anti-?thromb|prophyla|blood thinner|warfarin|heparin|aspirin)/i;
    const ending = /\b(stop|hold|withhold|pause|discontinu\w*|interrupt|suspend|leave off|come off|avoid|cease|end|skip|reduce|lower)\b/i;
    const reads = ([, text]: [string, string]) =>
      text.split(/(?<=[.;:])\s/).some((sentence) => medicine.test(sentence) && ending.test(sentence));
    expect(shown.filter(reads)).toEqual([]);
    // The measure sees what it should.
    expect(reads(['x', 'Stop warfarin.'])).toBe(true);
    expect(reads(['x', 'Bleeding risk: avoid anticoagulants.'])).toBe(true);
    expect(reads(['x', 'Clot prophylaxis goes on.'])).toBe(false);
  });

  test('it does not boost platelets, and no percentage of neuropathy is quoted', () => {
    expect(saying(/platelet/i)).toEqual([]);
    expect(saying(/neuropath/i)).toEqual([]);
  });

  test('no blood count every two weeks at the start: weekly, in every indication whose schedule is known', () => {
    for (const program of FOLDERS)
      for (const { laboratory } of Object.values(catalogue.drugs.inUse(program)?.indications ?? {}))
        for (const phases of Object.values(laboratory)) if (phases !== null) expect(phases[0]?.everyDays).toBe(7);
  });

  test('POEMS is neither an indication, nor denied, nor recommended', () => {
    expect(saying(/POEMS/i)).toEqual([]);
    for (const file of files) expect(JSON.stringify(document(file))).not.toMatch(/poems/i);
  });

  test('nothing tells a patient to leave off a medicine', () => {
    expect(
      saying(/\b(stop taking|do not take|leave off|skip)\b/i).filter(([where]) => !/, (prescriber|pharmacist|auditor)$/.test(where)),
    ).toEqual([]);
  });
});

describe.each(files)('%s', (file) => {
  const [program = ''] = file.split('/');
  const facts = catalogue.drugs.inUse(program);

  test('is in use for the program of its folder', () => {
    expect(facts?.program).toBe(program);
  });

  test('knows only strengths that its editions know, and no dose beyond its own maximum', () => {
    const newest = catalogue.inForce(program, Number.MAX_SAFE_INTEGER - 1);
    const strengths = newest?.prescription.strengthsMg ?? null;
    if (facts?.strengthsMg && strengths !== null && strengths.length > 0)
      expect([...facts.strengthsMg].sort()).toEqual([...strengths].sort());
    for (const { dose, renal } of Object.values(facts?.indications ?? {})) {
      const doses = [dose?.mgPerDay, dose?.raisedMgPerDay, ...(renal ?? []).flatMap(({ mg, raisedMg }) => [mg, raisedMg])];
      for (const mg of doses) if (mg != null) expect(mg).toBeLessThanOrEqual(facts?.maximumMgPerDay ?? Number.POSITIVE_INFINITY);
    }
  });

  test('its bands of kidney function leave no gap below the first and overlap nowhere', () => {
    for (const { renal } of Object.values(facts?.indications ?? {})) {
      if (renal === null) continue;
      const without = renal.filter(({ dialysis }) => dialysis !== true).toSorted((a, b) => a.below - b.below);
      expect(without[0]?.from ?? null).toBeNull();
      for (const [index, band] of without.entries()) if (index > 0) expect(band.from).toBe(without[index - 1]?.below);
    }
  });

  test('speaks of categories that the program has, and of indications and medicines that are named', () => {
    const categories = Object.keys(catalogue.inForce(program, Number.MAX_SAFE_INTEGER - 1)?.categories ?? {});
    const medicines: Formulary['medicines'] = facts?.formulary.medicines ?? {};
    const groups = new Set(Object.values(medicines).flatMap((each) => each.groups));
    for (const reminder of facts?.reminders ?? []) {
      for (const code of reminder.categories ?? []) expect(categories).toContain(code);
      for (const code of reminder.indications ?? []) expect(Object.keys(facts?.indications ?? {})).toContain(code);
    }
    for (const each of [...(facts?.interactions ?? []).flatMap((one) => one.with), ...(facts?.weakensContraceptionToo ?? [])])
      expect(each in medicines || groups.has(each)).toBe(true);
    for (const { laboratory } of Object.values(facts?.indications ?? {}))
      for (const code of Object.keys(laboratory)) expect(Object.keys(facts?.laboratory ?? {})).toContain(code);
  });
});

test('no name stands for two medicines, and every medicine is found by its own names', () => {
  const formulary = catalogue.drugs.inUse('lenalidomide-us')?.formulary;
  if (!formulary) throw new Error('No medicines are on file.');
  for (const [code, { names }] of Object.entries(formulary.medicines))
    for (const name of names) expect([name, recognised(name, null, formulary)]).toEqual([name, { codes: [code], whole: true }]);
});
