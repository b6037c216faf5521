import { fieldsInvalid, Problem } from '../http/problem.js';
import { parseStrictJson } from '../http/strict-json.js';
import type { SchemaCheck } from '../program/edition.schema.js';

/** An edition is a large document of many small leaves. */
const LIMITS = { depth: 24, keys: 60_000 };

/** The document in a text that somebody sent, by the schema; else a 400 that names each place. */
export function documentFrom(text: string, schema: SchemaCheck): object {
  let document: unknown;
  try {
    document = parseStrictJson(Buffer.from(text, 'utf8'), LIMITS);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw fieldsInvalid([{ pointer: '/document', message: error.detail.replace('Nothing was changed. ', '') }]);
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw fieldsInvalid([{ pointer: '/document', message: 'Send one JSON object, the whole edition.' }]);
  const flaws = schema(document);
  if (flaws.length > 0) throw fieldsInvalid(flaws.map(({ path, says }) => ({ pointer: `/document${path}`, message: says })));
  return document;
}
