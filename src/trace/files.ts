import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { CaseFileInvalid } from '../case-file/invalid.js';
import { type ReadableCase, readCaseFile } from '../case-file/read.js';
import { type EditionCatalogue, PROGRAMS_FOLDER } from '../program/edition.catalogue.js';
import { byEdition, type Mapping } from './mapping.js';
import { Proofs } from './proof.js';
import { reportOn, type TraceReport } from './report.js';
import { ListInvalid, type RequirementList } from './requirement-list.js';
import { XML_LIMITS } from './xml.js';

/** A file of the trace cannot be read or used: which one, and why. */
export class TraceInvalid extends Error {}

const LIST = 'requirements.json';
const MAPPING = 'trace.json';

/** The programs that have a list of requirements. */
export function tracedPrograms(folder = PROGRAMS_FOLDER): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, LIST)))
    .map((entry) => entry.name)
    .sort();
}

/** Everything about one program, from its folder: a report for each edition that its list is traced in. @throws TraceInvalid */
export function traceOf(program: string, catalogue: EditionCatalogue, folder = PROGRAMS_FOLDER): TraceReport[] {
  const list = listOnFile(program, folder);
  if (list === null) throw new TraceInvalid(`${program} has no ${LIST}: import one with rems trace ${program} --import FILE`);
  const mapping = document<Mapping>(folder, program, MAPPING, 'trace.schema.json');
  if (mapping === null) throw new TraceInvalid(`${program} has no ${MAPPING}, so none of its ${list.lines.length} lines is mapped`);
  const cases = casesOf(program, catalogue, folder);
  return byEdition(mapping).map((each) => {
    const edition = catalogue.named(program, each.edition);
    const edited = edition && catalogue.documentWithHash(edition.hash);
    if (!edition || !edited) throw new TraceInvalid(`${program}/${MAPPING}: the program has no edition "${each.edition}"`);
    return reportOn(list, each, edited, new Proofs(edited, edition, cases));
  });
}

/** @throws TraceInvalid */
export function listOnFile(program: string, folder = PROGRAMS_FOLDER): RequirementList | null {
  const list = document<RequirementList>(folder, program, LIST, 'requirements.schema.json');
  const twice = list?.lines.find(({ ref }, index) => list.lines.findIndex((each) => each.ref === ref) < index);
  if (twice) throw new TraceInvalid(`${program}/${LIST}: ${twice.ref} is listed a second time`);
  return list;
}

const checks = new Map<string, ValidateFunction>();

function document<T extends { readonly program: string }>(folder: string, program: string, name: string, schema: string): T | null {
  const path = join(folder, program, name);
  if (!/^[a-z0-9-]+$/.test(program) || !existsSync(path)) return null;
  const place = `${program}/${name}`;
  let content: T;
  try {
    content = JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch {
    throw new TraceInvalid(`${place} is not JSON`);
  }
  let check = checks.get(schema);
  if (check === undefined) {
    check = new Ajv({ strict: false }).compile(JSON.parse(readFileSync(join(PROGRAMS_FOLDER, schema), 'utf8')) as object);
    checks.set(schema, check);
  }
  if (!check(content)) {
    const [error] = check.errors ?? [];
    const named = error?.keyword === 'additionalProperties' ? `: "${String(error.params['additionalProperty'])}"` : '';
    throw new TraceInvalid(`${place} ${error?.instancePath || '/'}: ${error?.message ?? 'not as the schema says'}${named}`);
  }
  if (content.program !== program) throw new TraceInvalid(`${place} is of the program ${content.program}`);
  return content;
}

function casesOf(program: string, catalogue: EditionCatalogue, folder: string): ReadonlyMap<string, readonly ReadableCase[]> {
  const cases = new Map<string, ReadableCase[]>();
  for (const name of readdirSync(join(folder, program)).filter((each) => each.endsWith('.cases.json')))
    try {
      const readable = readCaseFile(JSON.parse(readFileSync(join(folder, program, name), 'utf8')), catalogue);
      for (const each of readable) cases.set(each.id, [...(cases.get(each.id) ?? []), each]);
    } catch (error) {
      if (error instanceof CaseFileInvalid) throw new TraceInvalid(`${program}/${name} ${error.message}`);
      throw error;
    }
  return cases;
}

/** A file that somebody hands over for import. Its size is asked before it is read. @throws ListInvalid */
export function handedOver(path: string): Uint8Array {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new ListInvalid('there is no such file');
  if (!found.isFile()) throw new ListInvalid('it is not a file');
  if (found.size > XML_LIMITS.bytes)
    throw new ListInvalid(`the file has ${found.size} bytes; ${XML_LIMITS.bytes} are the most that is read`);
  return readFileSync(path);
}
