import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import {
  authorizationNumberFrom,
  confirmationNumberFrom,
  groupNumber,
  NUMBER_BYTES,
  type NumberKind,
  readNumber,
  speakNumber,
} from '../../src/domain/authorization-number.js';

const SYMBOLS = [...'0123456789ABCDEFGHJKMNPQRSTVWXYZ'];
const FROM = { authorization: authorizationNumberFrom, confirmation: confirmationNumberFrom };
const KINDS: readonly NumberKind[] = ['authorization', 'confirmation'];

/** Bytes that look random and are the same in every run, so that a failure can be repeated. */
const bytesOf = (seed: number | string): Uint8Array => createHash('sha256').update(String(seed)).digest().subarray(0, NUMBER_BYTES);
const passes = (symbols: readonly string[], kind: NumberKind): boolean => readNumber(symbols.join(''), kind).ok;

function swapped(symbols: readonly string[], at: number): string[] {
  const copy = [...symbols];
  copy.splice(at, 2, symbols[at + 1]!, symbols[at]!);
  return copy;
}

describe('numbers of authorizations and confirmations', () => {
  test.each(KINDS)('%s numbers have 14 symbols of the alphabet and read as themselves', (kind) => {
    for (let seed = 0; seed < 5_000; seed += 1) {
      const number = FROM[kind](bytesOf(seed));
      expect(number).toMatch(/^[0-9A-HJKMNP-TV-Z]{14}$/);
      expect(readNumber(number, kind)).toEqual({ ok: true, number });
    }
  });

  test('fewer than nine random bytes make no number', () => {
    expect(() => authorizationNumberFrom(new Uint8Array(8))).toThrow(RangeError);
  });

  test.each(KINDS)('I12: every single wrong character of %s numbers is caught, the check character included', (kind) => {
    let slipped = 0;
    for (let seed = 0; seed < 600; seed += 1) {
      const right = [...FROM[kind](bytesOf(`single ${seed}`))];
      for (let at = 0; at < right.length; at += 1)
        for (const other of SYMBOLS) if (other !== right[at] && passes(right.with(at, other), kind)) slipped += 1;
    }
    expect(slipped).toBe(0);
  });

  test.each(KINDS)('I12: every swap of two neighbours in %s numbers is caught, for every pair of symbols at every place', (kind) => {
    let slipped = 0;
    const seen = new Set<string>();
    for (let at = 0; at < 13; at += 1)
      for (const left of SYMBOLS)
        for (const right of SYMBOLS) {
          if (left === right) continue;
          const symbols = [...FROM[kind](bytesOf(`swap ${at}${left}${right}`))].with(at, left).with(at + 1, right);
          // The pair stands; another symbol is chosen such that the number is a right one.
          const free = at < 6 ? 13 : 0;
          const whole = SYMBOLS.map((symbol) => symbols.with(free, symbol)).find((each) => passes(each, kind));
          expect(whole).toBeDefined();
          seen.add(`${at}${left}${right}`);
          if (passes(swapped(whole!, at), kind)) slipped += 1;
        }
    expect(seen.size).toBe(13 * 32 * 31);
    expect(slipped).toBe(0);
  });

  test.each(KINDS)('I12: neighbours swapped in 20,000 random %s numbers are caught, and so are symbols further apart', (kind) => {
    let slipped = 0;
    for (let seed = 0; seed < 20_000; seed += 1) {
      const right = [...FROM[kind](bytesOf(`random ${seed}`))];
      for (let at = 0; at < 13; at += 1) if (right[at] !== right[at + 1] && passes(swapped(right, at), kind)) slipped += 1;
      const [one, other] = [seed % 14, (seed * 5 + 3) % 14];
      const apart = right.with(one, right[other]!).with(other, right[one]!);
      if (right[one] !== right[other] && passes(apart, kind)) slipped += 1;
    }
    expect(slipped).toBe(0);
  });

  test('a number of one kind never passes as the other kind', () => {
    for (let seed = 0; seed < 20_000; seed += 1) {
      expect(readNumber(confirmationNumberFrom(bytesOf(seed)), 'authorization')).toEqual({ ok: false, problem: 'check-character' });
      expect(readNumber(authorizationNumberFrom(bytesOf(seed)), 'confirmation')).toEqual({ ok: false, problem: 'check-character' });
    }
  });

  test('T6: 100,000 numbers are all different and carry 65 bits, evenly in each of the 13 symbols', () => {
    const seen = new Set<string>();
    const counts = Array.from({ length: 13 }, () => new Map<string, number>());
    for (let seed = 0; seed < 100_000; seed += 1) {
      const number = authorizationNumberFrom(bytesOf(`entropy ${seed}`));
      seen.add(number);
      for (const [at, count] of counts.entries()) count.set(number[at]!, (count.get(number[at]!) ?? 0) + 1);
    }
    expect(seen.size).toBe(100_000);
    const bits = counts.map((count) => [...count.values()].reduce((sum, n) => sum - (n / 100_000) * Math.log2(n / 100_000), 0));
    expect(bits.reduce((sum, each) => sum + each, 0)).toBeGreaterThan(64.99);
    for (const each of bits) expect(each).toBeGreaterThan(4.999);
  });

  test('T6: each of the first 65 random bits is one of the number, and no other', () => {
    const numbers = Array.from({ length: NUMBER_BYTES * 8 }, (_, bit) => {
      const bytes = bytesOf('bits').map((byte, at) => (at === bit >> 3 ? byte ^ (0x80 >> (bit & 7)) : byte));
      return authorizationNumberFrom(bytes);
    });
    const unchanged = authorizationNumberFrom(bytesOf('bits'));
    expect(new Set(numbers.slice(0, 65)).size).toBe(65);
    expect(numbers.slice(0, 65)).not.toContain(unchanged);
    expect(new Set(numbers.slice(65))).toEqual(new Set([unchanged]));
  });
});

describe('as people type and read it', () => {
  const number = authorizationNumberFrom(Uint8Array.of(0x00, 0x42, 0x10, 0x85, 0x3f, 0x9c, 0x77, 0x21, 0xe8));

  test('case, spaces, dashes and look-alikes are forgiven', () => {
    expect(number).toMatch(/[01]/);
    const typed = [
      number.toLowerCase(),
      groupNumber(number),
      `  ${groupNumber(number).replaceAll('-', '  ')}\t`,
      groupNumber(number).replaceAll('-', '\u2013'),
      groupNumber(number).replaceAll('-', '\u00a0'),
      `\u200e${number}\ufeff`,
      [...number].join(' '),
      number.replaceAll('0', 'O').replaceAll('1', 'I'),
      number.replaceAll('0', 'o').replaceAll('1', 'l'),
      number.replaceAll('1', 'L').replaceAll('0', 'o'),
    ];
    for (const each of typed) expect(readNumber(each, 'authorization')).toEqual({ ok: true, number });
  });

  test('what is wrong is said: a character outside the alphabet, a missing or extra one, a check that does not fit', () => {
    const problem = (text: string) => readNumber(text, 'authorization');
    for (const outside of ['U', 'u', '*', '_', 'ß', 'ſ', 'ı', '٣', '\u{1f600}', '\u0000'])
      expect(problem(outside + number.slice(1))).toEqual({ ok: false, problem: 'character' });
    for (const length of ['', '   ', number.slice(1), `${number}0`, `${number}${number}`, '0'.repeat(1_000_000)])
      expect(problem(length)).toEqual({ ok: false, problem: 'length' });
    expect(problem(`${number.slice(0, 13)}${number[13] === 'Z' ? 'Y' : 'Z'}`)).toEqual({ ok: false, problem: 'check-character' });
  });

  test('it is shown in groups of four, and a short last one', () => {
    expect(groupNumber('7K2M9QXD30FWR8')).toBe('7K2M-9QXD-30FW-R8');
  });

  test('it is spoken with digits as words and letters by the spelling alphabet, and says every symbol differently', () => {
    expect(speakNumber('7K2M9QXD30FWR8')).toBe(
      'seven, K as in kilo, two, M as in mike; nine, Q as in quebec, X as in x-ray, D as in delta; ' +
        'three, zero, F as in foxtrot, W as in whiskey; R as in romeo, eight',
    );
    const words = SYMBOLS.map(speakNumber);
    expect(new Set(words).size).toBe(32);
    for (const [value, symbol] of SYMBOLS.entries()) {
      if (value >= 10) expect(words[value]).toMatch(new RegExp(`^${symbol} as in ${symbol.toLowerCase()}[a-z-]+$`));
    }
  });
});
