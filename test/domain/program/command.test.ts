import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runCheck, runDiff, runList } from '../../../src/program/command.js';
import { nextEdition, shippedDocument } from '../../support/editions.js';

let folder: string;
const file = (name: string, content: object | string): string => {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rems-editions-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The exit code and what was printed. */
function ran(work: (print: (line: string) => void) => number): [number, string] {
  const lines: string[] = [];
  const code = work((line) => void lines.push(line));
  return [code, lines.join('\n')];
}
const check = (path: string, json = false) => ran((print) => runCheck([path], { json }, print));

describe('rems program check', () => {
  test('exit 0 for a sound edition', () => {
    const [code, text] = check(file('sound.json', shippedDocument()));
    expect([code, text]).toEqual([0, expect.stringMatching(/^sound /)]);
  });

  test('exit 1 for one that is refused, with the place and the reason', () => {
    const [code, text] = check(
      file('refused.json', nextEdition(Date.parse('2030-01-01T00:00:00Z'), { '/contraception/methodsNeeded': 99 })),
    );
    expect([code, text]).toEqual([
      1,
      expect.stringMatching(/^REFUSED [\s\S]*refused {2}\/contraception\/methodsNeeded\n +It asks for 99 methods/),
    ]);
  });

  test('exit 2 for what is no document', () => {
    expect(check(join(folder, 'nowhere.json'))).toEqual([2, expect.stringContaining('there is no such file')]);
    expect(check(file('broken.json', '{"a":'))).toEqual([2, expect.stringContaining('no JSON document')]);
    expect(check(file('list.json', '[]'))[0]).toBe(2);
  });

  test('--json prints the flaws', () => {
    const [code, text] = check(file('shape.json', { ...shippedDocument(), zone: undefined }), true);
    const [result] = JSON.parse(text);
    expect([code, result.sound, result.flaws]).toEqual([1, false, [{ path: '/zone', says: 'This is missing.', weight: 'refusal' }]]);
  });
});

describe('rems program diff', () => {
  test('exit 0, with what changes under its part', () => {
    const [before, after] = [
      file('a.json', shippedDocument()),
      file('b.json', nextEdition(Date.parse('2030-01-01T00:00:00Z'), { '/prescription/maxSupplyDays': 21 })),
    ];
    const [code, text] = ran((print) => runDiff(before, after, { json: false }, print));
    expect([code, text]).toEqual([
      0,
      expect.stringContaining('Prescription\n  - Most that one prescription may last: 21 days; before, 28 days.'),
    ]);
    expect(ran((print) => runDiff(before, before, { json: false }, print))).toEqual([0, 'The two rule alike.']);
  });

  test('exit 2 when one is missing', () => {
    expect(ran((print) => runDiff(file('a.json', shippedDocument()), join(folder, 'nowhere.json'), { json: true }, print))[0]).toBe(2);
  });
});

test('rems program list without a service: what this release ships', async () => {
  const lines: string[] = [];
  expect(await runList(null, { json: true }, (line) => void lines.push(line))).toBe(0);
  const { editions } = JSON.parse(lines.join('\n'));
  expect(editions).toContainEqual(expect.objectContaining({ program: shippedDocument()['program'], state: 'effective' }));
});
