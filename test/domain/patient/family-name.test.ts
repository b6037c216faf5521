import { describe, expect, it } from '@jest/globals';
import { familyNameKey } from '../../../src/patient/family-name.js';

describe('a family name as it is compared', () => {
  it.each([
    ['O’Neill-Núñez', 'oneillnunez'],
    ['ONEILL NUNEZ', 'oneillnunez'],
    ['  de la Cruz ', 'delacruz'],
    ['Strauß', 'strauss'],
    ['STRAUSS', 'strauss'],
    ['Sørensen', 'sorensen'],
    ['Łukasiewicz', 'lukasiewicz'],
    ['İnönü', 'inonu'],
    ['Nguyễn', 'nguyen'],
    ['Παπαδόπουλος', 'παπαδοπουλοσ'],
    ['ΠΑΠΑΔΟΠΟΥΛΟΣ', 'παπαδοπουλοσ'],
    ['李', '李'],
    ['Smith 3rd', 'smithrd'],
  ])('%s is %s', (name, key) => {
    expect(familyNameKey(name)).toBe(key);
  });

  it('is the same for one name composed in two ways', () => {
    expect(familyNameKey('Nu\u0301n\u0303ez')).toBe(familyNameKey('N\u00fa\u00f1ez'));
  });

  it('is empty when there is no letter', () => {
    expect(familyNameKey('12 – ’')).toBe('');
  });
});
