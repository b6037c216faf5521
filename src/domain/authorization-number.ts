/**
 * Authorization and confirmation numbers: 13 random symbols of Crockford's base32 (65 bits) and one check character of the same alphabet.
 *
 * At 65 bits, a thousand guesses a second against half a million live numbers hit one in a year with a chance of about 0.04 %; the budgets of
 * failed look-ups stand before that. 12 symbols (60 bits) would read as 4-4-4, but guess 32 times better.
 *
 * The check is a weighted sum over the field of 32 elements, the weights being 14 different powers of its generator. In a field no product of
 * two non-zero factors is zero, so every wrong symbol is seen, and so is every swap of two different symbols, neighbours or not, the check
 * character included. Rejected: Crockford's own check modulo 37, whose five extra symbols (`*~$=U`) nobody can read aloud; and a remainder
 * modulo 32, where even weights let errors through.
 *
 * Pure: the random bytes are an argument.
 */
export type NumberKind = 'authorization' | 'confirmation';
export type NumberProblem = 'check-character' | 'length' | 'character';
export type NumberReading = { readonly ok: true; readonly number: string } | { readonly ok: false; readonly problem: NumberProblem };

/** Without I, L, O (read as 1, 1, 0) and U. */
const SYMBOLS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const VALUE_OF: ReadonlyMap<string, number> = new Map(
  [...SYMBOLS]
    .map((symbol, value): [string, number] => [symbol, value])
    .concat([
      ['O', 0],
      ['I', 1],
      ['L', 1],
    ]),
);

const RANDOM_SYMBOLS = 13;
const NUMBER_LENGTH = RANDOM_SYMBOLS + 1;
const BITS_A_SYMBOL = 5;
/** 65 bits come from 9 bytes; the last 7 bits are left over. */
export const NUMBER_BYTES = 9;
/** Longer than any number with separators; nothing longer is looked at. */
const MAX_TYPED_LENGTH = 64;

/** What the weighted sum of a whole number is. Two values, so that a number of one kind, typed rightly, never passes as the other kind. */
const SUM_OF: Readonly<Record<NumberKind, number>> = { authorization: 10, confirmation: 12 };

/** Times the generator x, modulo the primitive polynomial x⁵ + x² + 1. */
const timesGenerator = (value: number): number => (value & 0b10000 ? (value << 1) ^ 0b100101 : value << 1);

/** Horner's rule: the first symbol is multiplied by the generator most often, the last one not at all. */
const weightedSum = (values: readonly number[]): number => values.reduce((sum, value) => timesGenerator(sum) ^ value, 0);

/**
 * An authorization number from at least 9 random bytes.
 * @throws RangeError when there are fewer
 */
export const authorizationNumberFrom = (bytes: Uint8Array): string => numberFrom(bytes, 'authorization');

/**
 * A confirmation number from at least 9 random bytes.
 * @throws RangeError when there are fewer
 */
export const confirmationNumberFrom = (bytes: Uint8Array): string => numberFrom(bytes, 'confirmation');

function numberFrom(bytes: Uint8Array, kind: NumberKind): string {
  if (bytes.length < NUMBER_BYTES) throw new RangeError(`${NUMBER_BYTES} random bytes are needed, not ${bytes.length}`);
  const values: number[] = [];
  let waiting = 0;
  let bits = 0;
  for (const byte of bytes.subarray(0, NUMBER_BYTES)) {
    waiting = (waiting << 8) | byte;
    bits += 8;
    while (bits >= BITS_A_SYMBOL && values.length < RANDOM_SYMBOLS) {
      bits -= BITS_A_SYMBOL;
      values.push(waiting >> bits);
      waiting &= (1 << bits) - 1;
    }
  }
  const check = weightedSum([...values, 0]) ^ SUM_OF[kind];
  return [...values, check].map((value) => SYMBOLS[value]).join('');
}

/**
 * Reads a number as people type it: in any case, with spaces and dashes anywhere, O for 0, I or L for 1. Answers with its one stored form, or
 * with what to look at again; a `check-character` problem says that one character is wrong, not which.
 */
export function readNumber(text: string, kind: NumberKind): NumberReading {
  if (text.length > MAX_TYPED_LENGTH) return { ok: false, problem: 'length' };
  // Numbers that are copied bring no-break spaces, long dashes and invisible marks along.
  const typed = [...text.replace(/[\s\p{Pd}\p{Cf}]/gu, '')];
  const values = typed.map((character) => (/^[0-9A-Za-z]$/.test(character) ? VALUE_OF.get(character.toUpperCase()) : undefined));
  const known = values.filter((value) => value !== undefined);
  if (known.length < typed.length) return { ok: false, problem: 'character' };
  if (known.length !== NUMBER_LENGTH) return { ok: false, problem: 'length' };
  if (weightedSum(known) !== SUM_OF[kind]) return { ok: false, problem: 'check-character' };
  return { ok: true, number: known.map((value) => SYMBOLS[value]).join('') };
}

const groups = (number: string): string[] => number.match(/.{1,4}/g) ?? [];

/**
 * In groups for reading and typing: `7K2M-9QXD-30FW-R8`. Fours are what people hold in mind at a glance, and the short last group tells at
 * once whether the end is missing, which two groups of seven or a fourth one of four would not.
 */
export const groupNumber = (number: string): string => groups(number).join('-');

const DIGITS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
/** The ICAO spelling alphabet, in the order of the letters above. */
const SPELLING = (
  'alfa bravo charlie delta echo foxtrot golf hotel juliett kilo mike november papa quebec romeo sierra tango victor whiskey x-ray ' +
  'yankee zulu'
).split(' ');

function spoken(symbol: string): string {
  const value = SYMBOLS.indexOf(symbol);
  return DIGITS[value] ?? `${symbol} as in ${SPELLING[value - DIGITS.length]}`;
}

/** For the telephone: `seven, K as in kilo, two, M as in mike; nine, …`, with a longer pause between the groups. */
export const speakNumber = (number: string): string =>
  groups(number)
    .map((group) => [...group].map(spoken).join(', '))
    .join('; ');
