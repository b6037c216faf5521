/** Letters that carry no mark of their own in Unicode, but that another keyboard writes plainly. */
const PLAIN: Readonly<Record<string, string>> = {
  æ: 'ae',
  ð: 'd',
  đ: 'd',
  ħ: 'h',
  ı: 'i',
  ł: 'l',
  ø: 'o',
  œ: 'oe',
  ς: 'σ',
  þ: 'th',
};

/**
 * A family name as it is compared, at the counter and when looking for the same person: its letters alone, in lower case and without marks,
 * so that `O’Neill-Núñez` and `ONEILL NUNEZ` are one name. Empty when the name has no letter.
 */
export function familyNameKey(name: string): string {
  // Upper case first: it alone turns ß into ss.
  const letters = name.toUpperCase().toLowerCase().normalize('NFD').match(/\p{L}/gu) ?? [];
  return letters.map((letter) => PLAIN[letter] ?? letter).join('');
}
