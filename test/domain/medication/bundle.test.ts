import { describe, expect, test } from '@jest/globals';
import type { Problem } from '../../../src/http/problem.js';
import { MAX_ENTRIES, medicinesIn } from '../../../src/medication/bundle.js';

// A FHIR bundle is somebody else's document: what can be read is read, and whatever cannot is named by its place. Never half a list.

const RXNORM = 'http://www.nlm.nih.gov/research/umls/rxnorm';
const OF = { birthDate: '1985-03-02', today: '2027-01-15' };
const subject = { reference: 'Patient/1' };
const statement = (more: object = {}) => ({
  resourceType: 'MedicationStatement',
  status: 'active',
  subject,
  medicationCodeableConcept: { text: 'Digoxin 0.125 MG' },
  ...more,
});
const order = (more: object = {}) => ({
  resourceType: 'MedicationRequest',
  status: 'active',
  intent: 'order',
  subject,
  medicationCodeableConcept: { coding: [{ system: RXNORM, code: '3407', display: 'digoxin' }] },
  ...more,
});
const bundle = (...resources: object[]) => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry: resources.map((resource) => ({ resource })),
});
const read = (...resources: object[]) => medicinesIn(bundle(...resources), OF);

/** Places that the refusal names. */
function named(written: unknown): string[] {
  try {
    medicinesIn(written, OF);
  } catch (error) {
    const { errors } = (error as Problem).extensions as { errors: { pointer: string; message: string }[] };
    return errors.map(({ pointer, message }) => {
      expect(message).toMatch(/^[A-Z].*\.$/);
      return pointer;
    });
  }
  return [];
}
const wrong = (...resources: object[]) => named(bundle(...resources)).map((pointer) => pointer.replace('/bundle/entry/0/resource', ''));

describe('what is read', () => {
  test('statements and orders, by text, by display, by code', () => {
    expect(read(statement(), order()).medicines).toEqual([
      { name: 'Digoxin 0.125 MG', rxnorm: null, from: null, until: null, saidBy: 'record' },
      { name: 'digoxin', rxnorm: '3407', from: null, until: null, saidBy: 'record' },
    ]);
    expect(read(order({ medicationCodeableConcept: { coding: [{ system: RXNORM, code: '3407' }] } })).medicines).toMatchObject([
      { name: 'RxNorm 3407', rxnorm: '3407' },
    ]);
    expect(
      read(
        order({
          medicationCodeableConcept: {
            coding: [
              { system: 'urn:other', code: 'x', display: 'a' },
              { system: RXNORM, code: '3407', display: 'b' },
            ],
          },
        }),
      ).medicines,
    ).toMatchObject([{ name: 'b', rxnorm: '3407' }]);
  });

  test('a medicine that the statement points to: contained, in the bundle by id or full address, or by its name alone', () => {
    const pointing = (reference: object, more: object = {}) =>
      statement({ medicationCodeableConcept: undefined, medicationReference: reference, ...more });
    const medicine = { resourceType: 'Medication', id: 'm1', code: { text: 'warfarin' } };
    const whole = (written: object) => medicinesIn(written, OF).medicines.map(({ name }) => name);
    expect(whole(bundle(pointing({ reference: '#m1' }, { contained: [medicine] })))).toEqual(['warfarin']);
    expect(whole(bundle(pointing({ reference: 'Medication/m1' }), medicine))).toEqual(['warfarin']);
    const byAddress = {
      ...bundle(pointing({ reference: 'urn:uuid:1' })),
      entry: [...bundle(pointing({ reference: 'urn:uuid:1' })).entry, { fullUrl: 'urn:uuid:1', resource: medicine }],
    };
    expect(whole(byAddress)).toEqual(['warfarin']);
    expect(whole(bundle(pointing({ display: 'warfarin' })))).toEqual(['warfarin']);
  });

  test.each<[string, object, string | null, string | null]>([
    ['a period', { effectivePeriod: { start: '2026-12-01', end: '2026-12-24' } }, '2026-12-01', '2026-12-24'],
    ['a period of months', { effectivePeriod: { start: '2026-02', end: '2026-02' } }, '2026-02-01', '2026-02-28'],
    ['a period of years', { effectivePeriod: { start: '2025', end: '2025' } }, '2025-01-01', '2025-12-31'],
    ['a moment, by its own date', { effectiveDateTime: '2026-12-01T23:30:00-05:00' }, '2026-12-01', null],
    ['an end nobody dated: today, so that what works on after it is not missed', { status: 'completed' }, null, '2027-01-15'],
    ['stopped, and dated', { status: 'stopped', effectivePeriod: { end: '2027-01-10' } }, null, '2027-01-10'],
  ])('%s', (_, more, from, until) => {
    expect(read(statement(more)).medicines).toMatchObject([{ from, until }]);
  });

  test('what is not taken is left, and said to be', () => {
    const all = read(
      statement({ status: 'entered-in-error' }),
      statement({ status: 'not-taken' }),
      order({ status: 'cancelled' }),
      order({ status: 'draft' }),
      order({ intent: 'proposal' }),
      order({ doNotPerform: true }),
      { resourceType: 'Observation' },
      { resourceType: 'Medication', id: 'x' },
      statement(),
    );
    expect(all.medicines).toHaveLength(1);
    expect(all.left.map(({ entry }) => entry)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    for (const { why } of all.left) expect(why).not.toBe('');
  });

  test('the patient in the bundle is the patient of the record', () => {
    expect(read({ resourceType: 'Patient', birthDate: '1985-03-02' }, statement()).medicines).toHaveLength(1);
    expect(read({ resourceType: 'Patient' }, statement()).medicines).toHaveLength(1);
    expect(named(bundle({ resourceType: 'Patient', birthDate: '1985-03-20' }, statement()))).toEqual([
      '/bundle/entry/0/resource/birthDate',
    ]);
  });
});

describe('what is refused, by its place', () => {
  test.each<[string, unknown, string[]]>([
    ['no bundle', null, ['/bundle']],
    ['a list', [], ['/bundle']],
    ['another resource', { ...statement() }, ['/bundle/resourceType', '/bundle/entry']],
    ['nothing in it', { resourceType: 'Bundle' }, ['/bundle/entry']],
    ['an empty list', bundle(), ['/bundle/entry']],
    [
      'entries that are none',
      { resourceType: 'Bundle', entry: [null, 1, {}] },
      ['/bundle/entry/0', '/bundle/entry/1', '/bundle/entry/2/resource'],
    ],
    ['a resource without a type', bundle({}), ['/bundle/entry/0/resource/resourceType']],
    ['a type that is none', bundle({ resourceType: 'medication<script>' }), ['/bundle/entry/0/resource/resourceType']],
    ['too many entries', bundle(...Array.from({ length: MAX_ENTRIES + 1 }, () => statement())), ['/bundle/entry']],
    ['more medicines than one list holds', bundle(...Array.from({ length: 101 }, () => statement())), ['/bundle/entry']],
    ['two people', bundle(statement(), statement({ subject: { reference: 'Patient/2' } })), ['/bundle/entry/1/resource/subject/reference']],
  ])('%s', (_, written, places) => expect(named(written)).toEqual(places));

  test.each<[string, object, string[]]>([
    ['no status', statement({ status: undefined }), ['/status']],
    ['an unknown status', statement({ status: 'constructor' }), ['/status']],
    ['no intent', order({ intent: undefined }), ['/intent']],
    ['no subject', statement({ subject: undefined }), ['/subject']],
    ['a subject of another shape', statement({ subject: { reference: 7 } }), ['/subject/reference']],
    ['no medicine', statement({ medicationCodeableConcept: undefined }), ['/medicationCodeableConcept']],
    ['two medicines', statement({ medicationReference: { display: 'x' } }), ['/medicationCodeableConcept']],
    ['a medicine without a name', statement({ medicationCodeableConcept: {} }), ['/medicationCodeableConcept']],
    ['a name too long', statement({ medicationCodeableConcept: { text: 'x'.repeat(201) } }), ['/medicationCodeableConcept']],
    [
      'a name with a control character',
      statement({ medicationCodeableConcept: { text: 'dig\u0000oxin' } }),
      ['/medicationCodeableConcept'],
    ],
    [
      'a coding that is none',
      statement({ medicationCodeableConcept: { text: 'x', coding: [null] } }),
      ['/medicationCodeableConcept/coding/0'],
    ],
    [
      'codings that are no list',
      statement({ medicationCodeableConcept: { text: 'x', coding: {} } }),
      ['/medicationCodeableConcept/coding'],
    ],
    [
      'a code that is none',
      statement({ medicationCodeableConcept: { coding: [{ system: RXNORM, code: '34x7', display: 'digoxin' }] } }),
      ['/medicationCodeableConcept/coding/0/code'],
    ],
    [
      'a reference to nowhere',
      statement({ medicationCodeableConcept: undefined, medicationReference: { reference: '#no' } }),
      ['/medicationReference/reference'],
    ],
    [
      'a reference to something else',
      statement({
        medicationCodeableConcept: undefined,
        medicationReference: { reference: '#p' },
        contained: [{ resourceType: 'Patient', id: 'p' }],
      }),
      ['/medicationReference/reference'],
    ],
    ['a day that no calendar has', statement({ effectiveDateTime: '2026-02-30' }), ['/effectiveDateTime']],
    ['a day that is a number', statement({ effectiveDateTime: 20260101 }), ['/effectiveDateTime']],
    ['a month that is none', order({ authoredOn: '2026-13' }), ['/authoredOn']],
    ['a period of another shape', statement({ effectivePeriod: 'always' }), ['/effectivePeriod']],
    ['an end that is none', statement({ effectivePeriod: { start: '2026-01-01', end: 'soon' } }), ['/effectivePeriod/end']],
    ['an end before the beginning', statement({ effectivePeriod: { start: '2026-02-01', end: '2026-01-01' } }), ['']],
  ])('%s', (_, resource, places) => expect(wrong(resource)).toEqual(places));

  test('twenty places at the most, and none repeats what was sent', () => {
    expect(wrong(...Array.from({ length: 50 }, () => statement({ status: 'Zzqxmark' })))).toHaveLength(20);
    try {
      read(statement({ status: 'Zzqxmark', medicationCodeableConcept: { text: `Zzqxmark\u0007` } }));
      throw new Error('It was read.');
    } catch (error) {
      expect(JSON.stringify((error as Problem).extensions)).not.toContain('Zzqxmark');
    }
  });
});
