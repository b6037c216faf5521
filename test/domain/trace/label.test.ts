import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { readExtractedList } from '../../../src/trace/extracted-list.js';
import { readLabel } from '../../../src/trace/label.js';
import {
  differenceOf,
  fingerprintOf,
  ListInvalid,
  type RequirementLine,
  type RequirementList,
} from '../../../src/trace/requirement-list.js';
import { XmlInvalid } from '../../../src/trace/xml.js';

// A label is read whole or refused: no line of it may be lost on the way.

const file = (name: string): Buffer => readFileSync(fileURLToPath(new URL(`../../fixtures/labels/${name}`, import.meta.url)));
const LABEL = file('20230422-macitentan.xml').toString('utf8');
const read = (text: string): RequirementList => readLabel(new TextEncoder().encode(text), 'made-up', null);
const list = read(LABEL);
const lineOf = (from: RequirementList, ref: string): RequirementLine => from.lines.find((line) => line.ref === ref) as RequirementLine;

const refusalOf = (text: string): XmlInvalid => {
  try {
    read(text);
  } catch (error) {
    if (error instanceof XmlInvalid) return error;
    throw error;
  }
  throw new Error('The label was read.');
};
/** The label with one thing changed, which must be there exactly once. */
const changed = (from: string, to: string): string => {
  if (LABEL.split(from).length !== 2) throw new Error(`"${from}" stands ${LABEL.split(from).length - 1} times in the label`);
  return LABEL.replace(from, () => to);
};

describe('the label of the fixtures', () => {
  test('what it is, with the hash of its bytes', () => {
    expect(list.source).toMatchObject({
      kind: 'label',
      version: '2',
      effective: '2023-02-01',
      set: 'ccaf50de-5478-4064-bf62-55f28bf4dd23',
      verified: false,
    });
    expect(list.source.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test('a line with everything it says', () => {
    expect(lineOf(list, 'R001-012')).toMatchObject({
      who: 'Medication Prescriber',
      phase: 'Pharmacotherapy Continuation',
      code: 'C128508',
      asks: 'Complete Patient Form',
      when: 'During treatment; at least annually',
      every: { value: 1, unit: 'a' },
      documents: ['Change in Reproductive Potential Status and Pre-pubertal Annual Verification Form'],
    });
  });

  test('the heading it stands under', () => {
    expect(lineOf(list, 'R001-012').heading).toBe('1. Healthcare Providers who prescribe macitentan must:');
    expect(lineOf(list, 'R003-004').heading).toMatch(/^3\. Pre-pubertal females/);
  });

  test('two anchors in one cell are two lines, each with its own words', () => {
    expect(lineOf(list, 'R005-002').text).toBe('2. Have the authorized representative review the Prescribing Information and the');
    expect(lineOf(list, 'R005-002.1').text).toBe('Prescriber and Pharmacy Guide.');
  });

  // Two independent extractions of one label: ours from the XML, somebody else's from the list beside it.
  test('agrees with what somebody else extracted from it, line by line', () => {
    const theirs = readExtractedList(file('20230422-macitentan.requirements.json'), 'made-up', 'theirs', null);
    expect(list.lines).toHaveLength(70);
    const essence = ({ ref, who, phase, code, asks, when, text }: RequirementLine) => ({ ref, who, phase, code, asks, when, text });
    expect(list.lines.map(essence)).toEqual(theirs.lines.map(essence));
  });
});

describe('a label that is not what it seems is refused, with the line', () => {
  const lineWith = (text: string): number => LABEL.slice(0, LABEL.indexOf(text)).split('\n').length;
  const reference = '<reference value="#R001-004"/>';

  test.each<[string, string, string, RegExp, string | null]>([
    ['of another namespace', 'xmlns="urn:hl7-org:v3"', 'xmlns="urn:hl7-org:v2"', /namespace|urn:hl7-org:v2/, null],
    ['of no namespace', 'xmlns="urn:hl7-org:v3" ', '', /not document of/, null],
    ['another root', '<document xmlns', '<dokument xmlns', /./, null],
    ['of another type', '<code code="82351-8"', '<code code="34391-3"', /of type 34391-3/, null],
    [
      'an effective time that is no date',
      '</title>\n   <effectiveTime value="20230201"/>',
      '</title>\n   <effectiveTime value="soon"/>',
      /"soon" is not a date/,
      null,
    ],
    ['without a set', '<setId root="ccaf50de-5478-4064-bf62-55f28bf4dd23"/>', '', /document has no setId/, null],
    ['words that are nowhere', reference, '<reference value="#R001-999"/>', /no table .* R001-999/, reference],
    ['a requirement without words', reference, '', /does not say where its words stand/, null],
    ['coded twice', reference, '<reference value="#R001-003"/>', /R001-003 is coded a second time/, null],
    [
      'words nobody codes',
      '<content ID="R001-004"/>',
      '<content ID="R001-004"/>4. <content ID="R001-004x"/>',
      /R001-004x .* nothing codes it/,
      '<content ID="R001-004"/>',
    ],
    [
      'an anchor that stands twice',
      '<content ID="R001-005"/>',
      '<content ID="R001-004"/>',
      /R001-004 stands a second time/,
      '<content ID="R001-005"/>',
    ],
    [
      'a span that is no number',
      '<td rowspan="6" styleCode="Botrule">Before treatment <br/>initiation (first',
      '<td rowspan="x" styleCode="Botrule">Before treatment <br/>initiation (first',
      /spans "x" rows/,
      '<td rowspan="6" styleCode="Botrule">Before treatment <br/>initiation (first',
    ],
    [
      'a period that is none',
      '<period value="1" unit="a"/>',
      '<period value="-1" unit="a"/>',
      /"-1" is no period/,
      '<period value="1" unit="a"/>',
    ],
    ['a DOCTYPE', '<document xmlns', '<!DOCTYPE document SYSTEM "http://127.0.0.1:1/spl.dtd"><document xmlns', /DOCTYPE/, null],
  ])('%s', (_, from, to, problem, at) => {
    const refusal = refusalOf(changed(from, to));
    expect(refusal.problem).toMatch(problem);
    if (at !== null) expect(refusal.line).toBe(lineWith(at));
  });

  test('something in a protocol that is no requirement is not passed over', () => {
    const text = LABEL.replace(/<requirement>/, '<surprise>').replace(/<\/requirement>/, '</surprise>');
    expect(refusalOf(text).problem).toMatch(/holds surprise, not a requirement/);
  });

  test('no protocol at all', () => {
    expect(refusalOf(LABEL.replaceAll('protocol', 'protokoll')).problem).toMatch(/codes no requirement/);
  });

  test('a cell with more anchors than anybody would write takes no longer for it', () => {
    const many = Array.from({ length: 100_000 }, (_, index) => `<content ID="R9-${index}"/>x`).join('');
    const started = performance.now();
    expect(refusalOf(changed('<content ID="R001-004"/>', `${many}<content ID="R001-004"/>`)).problem).toMatch(
      /R9-0 stands in a table .* nothing codes it/,
    );
    expect(performance.now() - started).toBeLessThan(5000);
  });

  test('a section in a section is read once', () => {
    const inner = /<section ID="SDL-9201d134-b38b-48c0-b86a-3ca73e949630">/;
    const outer = '<subject2><substanceAdministration/></subject2>';
    expect(read(LABEL.replace(inner, (found) => `${found}${outer}`)).lines).toHaveLength(70);
  });

  // Cut anywhere: refused with a line of the file, in no other way.
  test.each(Array.from({ length: 40 }, (_, index) => Math.floor((LABEL.length * (index + 0.5)) / 40)))(
    'cut off after %d characters',
    (length) => {
      const refusal = refusalOf(LABEL.slice(0, length));
      expect(refusal.line).toBeGreaterThan(0);
      expect(refusal.line).toBeLessThanOrEqual(LABEL.slice(0, length).split('\n').length);
    },
  );
});

describe('an extracted list', () => {
  const listed = (...lines: object[]) => readExtractedList(new TextEncoder().encode(JSON.stringify(lines)), 'made-up', 'a list', null);
  const one = { ref: 'R001-001', phase: 'A', code: 'C1', display: 'B', stakeholder: 'C', text: 'D', timeframe: 'first' };

  test('a time frame is for the lines below it too, and not for the next part', () => {
    const whens = listed(
      one,
      { ...one, ref: 'R001-002', timeframe: null },
      { ...one, ref: 'R001-003', timeframe: '' },
      { ...one, ref: 'R002-001', timeframe: null },
    );
    expect(whens.lines.map((line) => line.when)).toEqual(['first', 'first', 'first', null]);
  });

  test('the 64 lines of the other label', () => {
    const other = readExtractedList(file('20230912-isotretinoin.requirements.json'), 'made-up', 'a list', null);
    expect(other.lines).toHaveLength(64);
    expect(lineOf(other, 'R004-011').when).toBe('At all times');
    expect(lineOf(other, 'R002-001').when).toBe('Before treatment initiation, for 30 days');
  });

  test.each<[string, () => unknown, RegExp]>([
    ['no list', () => readExtractedList(new TextEncoder().encode('{}'), 'p', 't', null), /not a list/],
    ['no JSON', () => readExtractedList(new TextEncoder().encode('<a/>'), 'p', 't', null), /not JSON/],
    ['bytes that are not UTF-8', () => readExtractedList(Uint8Array.of(0x5b, 0xff, 0x5d), 'p', 't', null), /not UTF-8/],
    ['an empty one', () => listed(), /not a list/],
    ['a line without words', () => listed(one, { ...one, ref: 'R001-002', text: ' ' }), /line 2 has no text/],
    ['a line that is a number', () => listed(one, Object(3) as object), /line 2/],
    ['a line listed twice', () => listed(one, one), /line 2: R001-001 is listed a second time/],
    ['words without an end', () => listed({ ...one, text: 'x'.repeat(5001) }), /more than 5000 characters/],
  ])('%s is refused', (_, reading, problem) => {
    expect(reading).toThrow(ListInvalid);
    expect(reading).toThrow(problem);
  });
});

describe('a new version of a list', () => {
  test('says what is new, gone and reworded, also when only the time frame changed', () => {
    const [first, second, ...rest] = list.lines as [RequirementLine, RequirementLine, ...RequirementLine[]];
    const later = { ...list, lines: [{ ...first, when: 'yearly' }, ...rest, { ...second, ref: 'R001-002.9' }] };
    expect(differenceOf(list, later)).toEqual({ added: ['R001-002.9'], gone: ['R001-002'], reworded: ['R001-001'] });
    expect(differenceOf(list, list)).toEqual({ added: [], gone: [], reworded: [] });
  });

  test('the fingerprint is that of who, when and what', () => {
    const line = { who: 'a', when: null, text: 'b' };
    expect(fingerprintOf(line)).not.toBe(fingerprintOf({ ...line, who: 'c' }));
    expect(fingerprintOf(line)).not.toBe(fingerprintOf({ ...line, when: 'c' }));
    expect(fingerprintOf(line)).not.toBe(fingerprintOf({ ...line, text: 'c' }));
  });
});
