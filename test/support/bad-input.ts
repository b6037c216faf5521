// Bad requests, made from the description of good ones: for every field what it may not hold, for every body what is no body.
import type { Api, Operation, Schema } from './api.js';

export interface BadBody {
  readonly what: string;
  readonly body: string | Buffer | object;
  readonly headers?: Readonly<Record<string, string>>;
  /** The field an answer has to name, as a JSON pointer; null when the fault is none of a field. */
  readonly pointer: string | null;
}

/** A word that no answer, log line or metric may repeat. */
export const MARK = 'Zzqxmark';

const many = (n: number, one: (i: number) => string): string => Array.from({ length: n }, (_, i) => one(i)).join(',');

/** Bodies that are no request of any operation. */
export const NO_BODY_AT_ALL: readonly BadBody[] = [
  ['nothing', ''],
  ['half an object', `{"${MARK}":"An`],
  ['an object and more', `{} ${MARK}`],
  ['two objects', '{}{}'],
  ['a trailing comma', `{"${MARK}":1,}`],
  ['single quotes', `{'${MARK}':1}`],
  ['a comment', `{/* ${MARK} */}`],
  ['NaN', '{"a":NaN}'],
  ['Infinity', '{"a":-Infinity}'],
  ['1e400', '{"a":1e400}'],
  ['a number that would be rounded', '{"a":9007199254740993}'],
  ['a list', '[]'],
  ['a list of objects', `[{"a":"${MARK}"}]`],
  ['a text', `"${MARK}"`],
  ['null', 'null'],
  ['a number', '0'],
  ['a raw line break in a text', '{"a":"x\ny"}'],
  ['half a character', '{"a":"\\ud83d"}'],
  ['the same field twice', `{"a":1,"a":"${MARK}"}`],
  ['the same field twice, once escaped', `{"a":1,"\\u0061":"${MARK}"}`],
  ['__proto__', '{"__proto__":{"polluted":true}}'],
  ['constructor.prototype', '{"constructor":{"prototype":{"polluted":true}}}'],
  ['__proto__ deep inside', '{"a":[{"b":{"__proto__":{"polluted":true}}}]}'],
  ['30,000 brackets', '['.repeat(30_000)],
  ['21 levels', `${'{"a":'.repeat(21)}1${'}'.repeat(21)}`],
  ['501 fields', `{${many(501, (i) => `"k${i}":1`)}}`],
  ['70 kB', `{"a":"${'x'.repeat(70_000)}"}`],
  ['a byte order mark', '\ufeff{}'],
].map(([what, body]) => ({ what: what as string, body: body as string, pointer: null }));

export const WRONG_BYTES: readonly BadBody[] = [
  { what: 'bytes that are no UTF-8', body: Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]), pointer: null },
  { what: 'UTF-16', body: Buffer.from('{"a":1}', 'utf16le'), pointer: null },
  { what: 'a form', body: `a=${MARK}`, headers: { 'content-type': 'application/x-www-form-urlencoded' }, pointer: null },
  {
    what: 'XML with a document type',
    body: `<!DOCTYPE a [<!ENTITY b "${MARK}">]><a>&b;</a>`,
    headers: { 'content-type': 'application/xml' },
    pointer: null,
  },
  { what: 'text that is JSON', body: '{}', headers: { 'content-type': 'text/plain' }, pointer: null },
  { what: 'a compressed body', body: '{}', headers: { 'content-encoding': 'gzip' }, pointer: null },
];

/** Names that a body may try to slip in (T11): columns of ours, and names that objects have from birth. */
const EXTRA = [
  'state',
  'role',
  'approvedAt',
  'revision',
  'version',
  'issuedAt',
  'number_',
  'participantId',
  'siteId',
  'toCommand',
  'outcome',
  'id_',
];

const TOO_LONG = `${MARK}${'x'.repeat(20_000)}`;
const CONTROL = [`${MARK}\u0000x`, `${MARK}\u001b[31m`, `${MARK}\u202ex`, `${MARK}\u2028x`, `${MARK}\u0007x`];
/** No day that any calendar has, or none that we know. */
const NO_DATES = [
  '2026-02-30',
  '2025-02-29',
  '2026-13-01',
  '2026-00-10',
  '0000-00-00',
  '9999-12-31',
  '1899-12-31',
  '-2026-01-01',
  '26-01-01',
  '2026-1-1',
  MARK,
];
const NO_INSTANTS = [
  '2026-02-30T10:00:00Z',
  '2026-01-01T24:00:00Z',
  '2026-01-01T10:00:60Z',
  '2026-01-01T10:00:00+25:00',
  '9999-12-31T23:59:59Z',
  '2026-01-01T10:00:00',
  '1767225600',
  MARK,
];
const NO_IDS = [
  '',
  'x',
  '1',
  "' OR '1'='1",
  '../../etc/passwd',
  '01900000-0000-7000-8000-00000000000g',
  `${MARK}-0000-7000-8000-000000000000`,
  '01900000-0000-7000-8000-0000000000011',
];
const NO_NUMBERS = ['1', 'NaN', 'Infinity', '1e3', '', true, [], {}, null];
/** What stands where a number may: beyond what is sensible, and not whole. */
const FAR_NUMBERS = [-1, 1e15, 9_007_199_254_740_991];

/** Every body that breaks one rule of one field, everything else right. */
export function badFields(api: Api, operation: Operation, good: Record<string, unknown>): BadBody[] {
  return operation.body === null ? [] : inObject(api, api.resolved(operation.body), good, good, []);
}

type Path = readonly (string | number)[];

function inObject(api: Api, schema: Schema, whole: Record<string, unknown>, here: Record<string, unknown>, path: Path): BadBody[] {
  const bad: BadBody[] = [];
  const put = (field: string | number, value: unknown, what: string, named = true) =>
    bad.push({
      what: `${what} at ${[...path, field].join('.')}`,
      body: changed(whole, [...path, field], value),
      pointer: named ? pointerOf([...path, field]) : null,
    });

  for (const name of EXTRA) put(name, MARK, 'an extra field');
  put(`${MARK} with spaces`, 1, 'an extra field whose name may be a value', false);
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    if (schema.required?.includes(name)) {
      bad.push({
        what: `without ${[...path, name].join('.')}`,
        body: changed(whole, [...path, name], undefined),
        pointer: pointerOf([...path, name]),
      });
    }
    if (!api.nullable(member)) put(name, null, 'null');
    for (const value of wrongFor(api, member)) put(name, value, `${typeof value} ${JSON.stringify(value).slice(0, 40)}`);
    const inner = api.resolved(member);
    const value = here[name];
    if (inner.properties && isObject(value)) bad.push(...inObject(api, inner, whole, value, [...path, name]));
    const item = inner.items && api.resolved(inner.items);
    if (item?.properties && Array.isArray(value) && isObject(value[0]))
      bad.push(...inObject(api, item, whole, value[0], [...path, name, 0]));
  }
  return bad;
}

/** Values that break the schema of a field, and so have to be refused by their shape. */
function wrongFor(api: Api, written: Schema): unknown[] {
  const schema = api.resolved(written);
  const type = Array.isArray(schema.type) ? schema.type.find((each) => each !== 'null') : schema.type;
  if (schema.properties) return [MARK, 1, true, [], [{}]];
  if (schema.enum) return [MARK, '', 0, [schema.enum[0]], { value: schema.enum[0] }, `${String(schema.enum[0])} `];
  switch (type) {
    case 'array':
      return [MARK, {}, 0, [null], [[[]]], [{}, 1], Array.from({ length: (schema.maxItems ?? 100) + 1 }, () => sampleItem(schema))];
    case 'boolean':
      return ['true', 1, 0, [], {}];
    case 'integer':
      return [...NO_NUMBERS, ...FAR_NUMBERS, 1.5];
    case 'number':
      return [...NO_NUMBERS, ...FAR_NUMBERS];
    default:
      return wrongTexts(schema);
  }
}

function wrongTexts(schema: Schema): unknown[] {
  // A field that takes whole documents is right with a text this long.
  const tooLong = (schema.maxLength ?? 0) < TOO_LONG.length ? [TOO_LONG] : [];
  const anyText = [1, true, [], ['a'], {}, ...tooLong, ...CONTROL];
  if (schema.format === 'date') return [...anyText, ...NO_DATES];
  if (schema.format === 'date-time') return [...anyText, ...NO_INSTANTS];
  if (schema.format === 'uuid') return [...anyText, ...NO_IDS];
  if (schema.pattern !== undefined) return [...anyText, '', ' ', `${MARK} with a space`, '<script>', "'; DROP TABLE entry; --"];
  return [...anyText, '', '   '];
}

const sampleItem = (schema: Schema): unknown => (schema.items?.enum ? schema.items.enum[0] : schema.items?.type === 'string' ? MARK : {});

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const pointerOf = (path: Path): string => path.map((part) => `/${part}`).join('');

function changed(whole: unknown, [first, ...rest]: Path, value: unknown): object {
  const copy: Record<string | number, unknown> | unknown[] = Array.isArray(whole) ? [...(whole as unknown[])] : { ...(whole as object) };
  const at = copy as Record<string | number, unknown>;
  if (first === undefined) return copy;
  if (rest.length > 0) at[first] = changed(at[first], rest, value);
  else if (value === undefined) delete at[first];
  else at[first] = value;
  return copy;
}

/** Keys that cannot be one. */
export const BAD_KEYS: readonly (string | null)[] = [null, 'short', 'with space in it', 'x'.repeat(129), 'caf\u00e9-caf\u00e9'];

/** Ids in an address that are none, encoded as they are sent. */
export const BAD_IDS: readonly string[] = [
  'x',
  '0',
  encodeURIComponent("' OR '1'='1"),
  '%00',
  '..%2f..%2fetc%2fpasswd',
  '%zz',
  '01900000-0000-7000-8000-00000000000g',
  MARK,
  'x'.repeat(2_000),
];

/** Every date, instant and moment of a request set to that one, one at a time; dates get its day. */
export function datesMoved(api: Api, operation: Operation, good: Record<string, unknown>, instant: string): BadBody[] {
  const found: BadBody[] = [];
  const look = (schema: Schema, here: Record<string, unknown>, path: Path): void => {
    for (const [name, member] of Object.entries(schema.properties ?? {})) {
      const inner = api.resolved(member);
      const value = here[name];
      if (inner.properties && isObject(value)) look(inner, value, [...path, name]);
      const day = inner.format === 'date';
      const dated = day || inner.format === 'date-time' || (typeof inner.example === 'string' && /^\d{4}-\d{2}/.test(inner.example));
      if (!dated || inner.format === 'uuid') continue;
      const body = changed(good, [...path, name], day || inner.format === undefined ? instant.slice(0, 10) : instant);
      found.push({ what: `${name} on ${instant.slice(0, 10)}`, body, pointer: null });
    }
  };
  if (operation.body) look(operation.body, good, []);
  return found;
}
