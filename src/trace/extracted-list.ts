import { createHash } from 'node:crypto';
import { ListInvalid, type RequirementLine, type RequirementList } from './requirement-list.js';

/**
 * Requirements that somebody extracted from a label before, as a JSON array of `{ref, phase, code, display, stakeholder, text, timeframe}`. In
 * it a time frame stands only at the first line of those it is for, as in the label's table; here every line gets its own. A part begins with a
 * new letter-and-number before the dash (R001, R002 …) and takes nothing over from the part before it.
 */
interface ExtractedLine {
  readonly ref: string;
  readonly phase: string | null;
  readonly code: string | null;
  readonly display: string | null;
  readonly stakeholder: string;
  readonly text: string;
  readonly timeframe: string | null;
}

const MOST_LINES = 5_000;
const MOST_CHARACTERS = 5_000;

/** @throws ListInvalid */
export function readExtractedList(bytes: Uint8Array, program: string, title: string, note: string | null): RequirementList {
  const document = parsed(bytes);
  if (!Array.isArray(document) || document.length === 0) throw new ListInvalid('the file is not a list of requirements');
  if (document.length > MOST_LINES)
    throw new ListInvalid(`the file lists ${document.length} lines; ${MOST_LINES} are the most that is read`);
  const refs = new Set<string>();
  let when: string | null = null;
  let part = '';
  const lines = document.map((each: unknown, index): RequirementLine => {
    const line = lineAt(each, index);
    if (refs.has(line.ref)) throw new ListInvalid(`line ${index + 1}: ${line.ref} is listed a second time`);
    refs.add(line.ref);
    const [own = ''] = line.ref.split('-');
    if (own !== part) when = null;
    part = own;
    when = cleaned(line.timeframe) ?? when;
    return {
      ref: line.ref,
      who: line.stakeholder,
      heading: null,
      phase: cleaned(line.phase),
      code: cleaned(line.code),
      asks: cleaned(line.display),
      when,
      every: null,
      text: cleaned(line.text) ?? '',
      documents: [],
    };
  });
  return {
    program,
    title,
    source: {
      kind: 'extracted-list',
      title,
      set: null,
      version: null,
      effective: null,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      verified: false,
      note,
    },
    lines,
  };
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new ListInvalid(error instanceof SyntaxError ? 'the file is not JSON' : 'there are bytes that are not UTF-8');
  }
}

function lineAt(each: unknown, index: number): ExtractedLine {
  const place = `line ${index + 1}`;
  if (each === null || typeof each !== 'object' || Array.isArray(each)) throw new ListInvalid(`${place} is not an object`);
  const record = each as Record<string, unknown>;
  const text = (name: string): string => {
    const value = record[name];
    if (typeof value !== 'string' || value.trim() === '') throw new ListInvalid(`${place} has no ${name}`);
    if (value.length > MOST_CHARACTERS) throw new ListInvalid(`${place}: ${name} has more than ${MOST_CHARACTERS} characters`);
    return value;
  };
  const maybe = (name: string): string | null =>
    record[name] === null || record[name] === undefined || record[name] === '' ? null : text(name);
  return {
    ref: text('ref'),
    stakeholder: text('stakeholder'),
    text: text('text'),
    phase: maybe('phase'),
    code: maybe('code'),
    display: maybe('display'),
    timeframe: maybe('timeframe'),
  };
}

const cleaned = (text: string | null): string | null => text?.replace(/\s+/gu, ' ').trim() || null;
