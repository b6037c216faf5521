import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EditionCatalogue, PROGRAMS_FOLDER } from '../../../src/program/edition.catalogue.js';
import { importList, tracePrograms } from '../../../src/trace/command.js';
import { TraceInvalid, traceOf } from '../../../src/trace/files.js';
import { XML_LIMITS } from '../../../src/trace/xml.js';

// `rems trace`, as a reviewer and as a pipeline use it.

const PROGRAM = 'lenalidomide-us';
const fixture = (name: string): string => fileURLToPath(new URL(`../../fixtures/labels/${name}`, import.meta.url));
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trace-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(what: (print: (line: string) => void, warn: (line: string) => void) => number) {
  const printed: string[] = [];
  const warned: string[] = [];
  const exit = what(
    (line) => printed.push(line),
    (line) => warned.push(line),
  );
  return { exit, printed: printed.join('\n'), warned: warned.join('\n') };
}

describe('a report', () => {
  test('as a table, exit 0: the counts, each line with what keeps it', () => {
    const { exit, printed, warned } = run((print, warn) => tracePrograms([PROGRAM], { json: false }, print, warn));
    expect([exit, warned]).toEqual([0, '']);
    expect(printed).toMatch(/\d+ lines: \d+ enforced, \d+ recorded, \d+ out of scope\n/);
    expect(printed).toMatch(/pharmacy-13 +enforced .*Give the Medication Guide/);
    expect(printed).toContain('medication-guide at dispense (w-44-medication-guide-not-recorded)');
  });

  test('as JSON', () => {
    const { exit, printed } = run((print, warn) => tracePrograms([PROGRAM], { json: true }, print, warn));
    const { reports, holds } = JSON.parse(printed) as { reports: { program: string; lines: object[] }[]; holds: boolean };
    expect([exit, holds, reports.length, reports[0]?.program]).toEqual([0, true, 1, PROGRAM]);
    expect(reports[0]?.lines[0]).toMatchObject({ ref: 'prescriber-01', status: 'recorded', problems: [] });
  });

  test('of every program that has a list when none is named, each in every edition it is traced in', () => {
    const { exit, printed } = run((print, warn) => tracePrograms([], { json: true }, print, warn));
    const { reports } = JSON.parse(printed) as { reports: { program: string; edition: string }[] };
    expect(exit).toBe(0);
    expect(reports.map(({ program, edition }) => `${program} ${edition}`)).toEqual(
      expect.arrayContaining([`${PROGRAM} 2021-08-05`, 'isotretinoin-us 2021-12-13', 'isotretinoin-us 2026-11-15']),
    );
  });

  test('of a program that is not on file: exit 2, in words', () => {
    for (const name of ['nowhere', '../programs', 'constructor']) {
      const { exit, printed, warned } = run((print, warn) => tracePrograms([name], { json: false }, print, warn));
      expect([exit, printed]).toEqual([2, '']);
      expect(warned).toContain('has no requirements.json');
    }
  });
});

describe('files that are not as they should be are named, with the place', () => {
  const catalogue = EditionCatalogue.fromFolder();
  const real = (name: string) =>
    JSON.parse(readFileSync(join(PROGRAMS_FOLDER, PROGRAM, name), 'utf8')) as { lines: unknown } & Record<string, unknown>;
  const list = real('requirements.json') as { lines: object[] };
  const mapping = real('trace.json') as { lines: Record<string, object> };

  test.each<[string, unknown, unknown, RegExp]>([
    ['no mapping', list, null, /has no trace.json, so none of its \d+ lines is mapped/],
    ['no JSON', list, '{', /trace.json is not JSON/],
    ['an unknown field', { ...list, author: 'me' }, mapping, /requirements.json \/: .*"author"/],
    ['a line listed twice', { ...list, lines: [...list.lines, list.lines[0]] }, mapping, /prescriber-01 is listed a second time/],
    ['of another program', list, { ...mapping, program: 'other' }, /is of the program other/],
    ['an edition nobody published', list, { ...mapping, edition: '1999-01-01' }, /no edition "1999-01-01"/],
    ['neither enforced nor recorded nor out of scope', list, { ...mapping, lines: { x: { of: '000000000000' } } }, /trace.json \/lines\/x/],
    [
      'out of scope and enforced',
      list,
      { ...mapping, lines: { x: { ...mapping.lines['prescriber-14'], outOfScope: 'because it is so' } } },
      /trace.json \/lines\/x/,
    ],
    ['out of scope without a reason', list, { ...mapping, lines: { x: { of: '000000000000', outOfScope: '' } } }, /trace.json \/lines\/x/],
  ])('%s', (name, requirements, trace, problem) => {
    const own = join(folder, name.replaceAll(' ', '-'));
    mkdirSync(join(own, PROGRAM), { recursive: true });
    writeFileSync(join(own, PROGRAM, 'requirements.json'), JSON.stringify(requirements));
    if (trace !== null) writeFileSync(join(own, PROGRAM, 'trace.json'), typeof trace === 'string' ? trace : JSON.stringify(trace));
    const reading = () => traceOf(PROGRAM, catalogue, own);
    expect(reading).toThrow(TraceInvalid);
    expect(reading).toThrow(problem);
  });
});

describe('an import', () => {
  test('of a label prints the list, which the schema accepts', () => {
    const { exit, printed, warned } = run((print, warn) =>
      importList('made-up', { import: fixture('20230422-macitentan.xml'), note: 'a test' }, print, warn),
    );
    expect([exit, warned]).toEqual([0, '70 lines read.']);
    expect(JSON.parse(printed)).toMatchObject({ program: 'made-up', source: { kind: 'label', note: 'a test' } });
  });

  test('over a list on file says what changed', () => {
    const out = join(folder, 'list.json');
    const { exit, printed, warned } = run((print, warn) =>
      importList(PROGRAM, { import: fixture('20230912-isotretinoin.requirements.json'), out, title: 'another' }, print, warn),
    );
    expect([exit, printed]).toEqual([0, '']);
    expect(warned).toMatch(/added: R001-001, .*\n.*gone: prescriber-01, /);
    expect((JSON.parse(readFileSync(out, 'utf8')) as { lines: object[] }).lines).toHaveLength(64);
  });

  test.each<[string, (path: string) => void, RegExp]>([
    ['not there', () => undefined, /there is no such file/],
    ['a folder', (path) => mkdirSync(path), /it is not a file/],
    ['cut off', (path) => writeFileSync(path, '<document xmlns="urn:hl7-org:v3">\n<id/>\n'), /line 3: unclosed tag/],
    ['with a DOCTYPE', (path) => writeFileSync(path, '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'), /line 1: a DOCTYPE is not allowed/],
    [
      'larger than is read (and not read for it)',
      (path) => {
        writeFileSync(path, '');
        truncateSync(path, XML_LIMITS.bytes * 1000);
      },
      /are the most that is read/,
    ],
  ])('of a file that is %s: exit 1, one line, no stack', (name, make, problem) => {
    const path = join(folder, `${name.slice(0, 8).replaceAll(' ', '-')}.xml`);
    make(path);
    const { exit, printed, warned } = run((print, warn) => importList('made-up', { import: path }, print, warn));
    expect([exit, printed, warned.split('\n').length]).toEqual([1, '', 1]);
    expect(warned).toMatch(problem);
  });
});
