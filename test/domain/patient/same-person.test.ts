import { describe, expect, it } from '@jest/globals';
import { birthDatesToLookUnder, type Identity, maybeSamePerson } from '../../../src/patient/same-person.js';

const ANA: Identity = {
  givenName: 'Ana Lucía',
  familyName: 'Núñez Ortega',
  birthDate: '1961-04-09',
  phone: '+1 (212) 555-0142',
  postalCode: '10027',
  recordNumber: 'H-004711',
};
const BARE = { phone: null, postalCode: null, recordNumber: null };
const like = (changed: Partial<Identity>): Identity => ({ ...ANA, ...BARE, ...changed });
const STRANGER = { givenName: 'Ruth', familyName: 'Kessler' };

describe('the same person (rules §9.15)', () => {
  it.each<[string, Partial<Identity>]>([
    ['the same names and birth date', {}],
    ['another spelling of the same letters', { familyName: 'NUNEZ-ORTEGA', givenName: 'ANA LUCIA' }],
    ['the same family name and birth date under another given name', { givenName: 'Bill' }],
    ['given and family name the other way round', { givenName: 'Núñez Ortega', familyName: 'Ana Lucía' }],
    ['one of two family names', { familyName: 'Ortega' }],
    ['a slip of the pen', { familyName: 'Nuñes Ortega' }],
    ['two letters swapped, and an initial', { familyName: 'Nuñez Oretga', givenName: 'A.' }],
    ['a new family name at the old address', { familyName: 'Whitfield', postalCode: '10027' }],
    ['the same birth date and telephone', { ...STRANGER, phone: '212 555 0142' }],
    ['the same birth date and record number', { ...STRANGER, recordNumber: 'h004711' }],
    ['the same record number and family name under another birth date', { birthDate: '1971-11-30', recordNumber: 'H004711' }],
    ['day and month swapped', { birthDate: '1961-09-04' }],
  ])('%s may be', (_, changed) => {
    expect(maybeSamePerson(ANA, like(changed))).toBe(true);
    expect(maybeSamePerson(like(changed), ANA)).toBe(true);
  });

  it.each<[string, Partial<Identity>]>([
    ['another name on the same birthday', STRANGER],
    ['another name on the same birthday in the same place', { ...STRANGER, postalCode: '10027' }],
    ['the same names on another birthday', { birthDate: '1961-04-10' }],
    ['the same record number of another office', { ...STRANGER, birthDate: '1971-11-30', recordNumber: 'H-004711' }],
    ['the same telephone in one family', { givenName: 'Luis', birthDate: '1990-02-01', phone: '+1 212 555 0142' }],
  ])('%s is not', (_, changed) => {
    expect(maybeSamePerson(ANA, like(changed))).toBe(false);
  });

  it('nothing is the same as nothing', () => {
    expect(maybeSamePerson({ ...ANA, phone: '-', recordNumber: '--' }, like({ ...STRANGER, phone: '', recordNumber: '—' }))).toBe(false);
  });

  it('looks under a birth date with day and month swapped, where that is another date', () => {
    expect(birthDatesToLookUnder('1961-04-09')).toEqual(['1961-04-09', '1961-09-04']);
    expect(birthDatesToLookUnder('1961-04-19')).toEqual(['1961-04-19']);
    expect(birthDatesToLookUnder('1961-04-04')).toEqual(['1961-04-04']);
  });
});
