import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Problem } from '../../../src/http/problem.js';
import { FORBIDDEN_KEYS, parseStrictJson } from '../../../src/http/strict-json.js';

const parse = (text: string): unknown => parseStrictJson(Buffer.from(text));

describe('strict JSON', () => {
  it('reads what JSON.parse reads, when nothing in it is ambiguous', () => {
    const wide = { depthSize: 'small', maxDepth: 6 } as const;
    fc.assert(
      fc.property(fc.json(wide), fc.integer({ min: 0, max: 2 }), (text, indent) => {
        const expected = JSON.parse(text);
        const spaced = JSON.stringify(expected, null, indent);
        try {
          expect(parse(spaced)).toEqual(expected);
        } catch (problem) {
          if (!(problem instanceof Problem)) throw problem;
          const reasons = ['forbidden-key', 'number-out-of-range', 'lone-surrogate', 'too-many-keys', 'too-deep', 'not-utf-8'];
          expect(reasons).toContain(problem.extensions?.defect);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('never throws anything but a 400 problem, whatever the bytes, and never quotes them', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 60 }),
          fc.string({ unit: fc.constantFrom(...'{}[]",:\\ut0e1-.né'), maxLength: 60 }).map((s) => Buffer.from(s)),
        ),
        (bytes) => {
          try {
            parseStrictJson(Buffer.from(bytes));
          } catch (problem) {
            expect(problem).toBeInstanceOf(Problem);
            expect((problem as Problem).status).toBe(400);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('finds a duplicate key at any depth and in any spelling', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 8 }), fc.array(fc.constantFrom('[', '{'), { maxLength: 15 }), (key, path) => {
        fc.pre(!FORBIDDEN_KEYS.has(key) && key !== 'k' && key.isWellFormed());
        const escaped = [...Array(key.length)].map((_, i) => `\\u${key.charCodeAt(i).toString(16).padStart(4, '0')}`).join('');
        const open = path.map((bracket) => (bracket === '[' ? '[1,' : '{"k":')).join('');
        const close = [...path]
          .reverse()
          .map((bracket) => (bracket === '[' ? ']' : '}'))
          .join('');
        expect(() => parse(`${open}{${JSON.stringify(key)}:[{"k":"}"}],"${escaped}":2}${close}`)).toThrow(
          expect.objectContaining({ extensions: { defect: 'duplicate-key' } }),
        );
      }),
    );
  });

  it('the same key in two objects is fine, and so are brackets, quotes and commas inside texts', () => {
    const text = '{"a":{"k":1},"b":{"k":2},"c":[{"k":"{,\\"k\\":"},{"k":"]\\\\"}],"":0,"__proto":1}';
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  it('names where the text breaks off, without the text', () => {
    expect(() => parse('{"name":"CANARY", oops}')).toThrow(
      expect.objectContaining({ detail: expect.stringMatching(/^(?!.*CANARY).*after character 18/) }),
    );
  });

  it('reads a 2 kB body in at most twelve times what JSON.parse alone takes', () => {
    const line = (i: number): object => ({
      ndc: `59572-0410-${i}`,
      strength: '10 mg',
      capsules: 21,
      note: 'Take "daily", days 1–21 {of 28}',
    });
    const body = Buffer.from(
      JSON.stringify({ patient: '019a1b2c-3d4e-7f60-8a9b-0c1d2e3f4a5b', lines: Array.from({ length: 18 }, (_, i) => line(i)) }),
    );
    expect(Math.abs(body.length - 2_048)).toBeLessThan(200);
    // Side by side in one run, in the thread's own time: what else the machine does is not the parser's.
    const costOf = (read: () => unknown): number => {
      for (let i = 0; i < 3_000; i++) read();
      const start = process.threadCpuUsage();
      for (let i = 0; i < 20_000; i++) read();
      const { user, system } = process.threadCpuUsage(start);
      return user + system;
    };
    expect(costOf(() => parseStrictJson(body)) / costOf(() => JSON.parse(body.toString()))).toBeLessThan(12);
  });

  it('a 64 kB bomb of any kind is refused in less than 20 ms', () => {
    const bombs = [
      '['.repeat(65_000),
      `[${'0,'.repeat(32_000)}0]`,
      `"${'\\'.repeat(65_000)}`,
      `{"a":"${'\\u0000'.repeat(10_000)}"}`,
      `{${'"a":1,'.repeat(10_000)}}`,
      '"'.repeat(65_000),
      `[${'1e400,'.repeat(10_000)}1]`,
    ];
    // The thread's own time: what else the machine does is not the parser's.
    const milliseconds = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1_000;
    const refuse = (bomb: string): number => {
      const start = process.threadCpuUsage();
      try {
        parse(bomb);
      } catch (problem) {
        expect(problem).toBeInstanceOf(Problem);
      }
      return milliseconds(process.threadCpuUsage(start));
    };
    for (const bomb of bombs) expect(Math.min(...Array.from({ length: 10 }, () => refuse(bomb)))).toBeLessThan(20);
  });
});
