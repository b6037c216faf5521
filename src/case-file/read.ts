import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ErrorObject } from 'ajv';
import { type Instant, isLocalDate, isZone } from '../domain/calendar.js';
import { undeclarable } from '../domain/category.js';
import type { AuthorizationState, Case, Declared } from '../domain/patient.js';
import type { Edition } from '../domain/program.js';
import type { ReasonCode, WarningCode } from '../domain/reason.js';
import type { EditionCatalogue } from '../program/edition.catalogue.js';
import { PROGRAMS_FOLDER } from '../program/edition.catalogue.js';
import type { EditionsOnFile } from '../program/edition.choice.js';
import { CaseFileInvalid, timeAt } from './invalid.js';
import { type Given, worldOf } from './world.js';

/** The language of case files: shapes as written, checked against the schema, times read in the program's zone. */

export interface WrittenExpectation {
  readonly outcome?: 'allow' | 'deny' | 'indeterminate' | 'recorded-as-deviation';
  readonly reasons?: readonly ReasonCode[];
  readonly notReasons?: readonly ReasonCode[];
  readonly exactly?: boolean;
  readonly referrals?: readonly ReasonCode[];
  readonly notReferrals?: readonly ReasonCode[];
  readonly earliest?: string | null;
  readonly expiresAt?: string;
  readonly dispenseBy?: string;
  readonly warnings?: readonly WarningCode[];
  readonly notWarnings?: readonly WarningCode[];
  readonly state?: AuthorizationState;
}

/** An event as written; which fields go with which `do` is the schema's business. */
export interface WrittenEvent {
  readonly at: string;
  readonly do: string;
  readonly by?: string | readonly string[];
  readonly authorization?: string;
  readonly expect?: WrittenExpectation;
  readonly [field: string]: unknown;
}

interface WrittenCase {
  readonly id: string;
  readonly title?: string;
  readonly source?: string;
  readonly given: Given;
  readonly events: readonly WrittenEvent[];
}

interface WrittenFile {
  readonly program: string;
  readonly edition?: string;
  readonly worlds?: Readonly<Record<string, Given>>;
  readonly cases: readonly WrittenCase[];
}

export interface ReadableCase {
  readonly id: string;
  readonly title: string;
  readonly world: Case;
  readonly program: string;
  /** Where the case looks up editions: the one its file names, whatever the date, or the catalogue. */
  readonly editions: EditionsOnFile;
  readonly events: readonly { readonly written: WrittenEvent; readonly at: Instant; readonly edition: Edition; readonly path: string }[];
}

const schema = JSON.parse(readFileSync(join(PROGRAMS_FOLDER, 'case-file.schema.json'), 'utf8')) as object;
const validate = new Ajv({ allErrors: false, discriminator: true, strict: false, allowUnionTypes: true }).compile<WrittenFile>(schema);

const told = (error: ErrorObject): string => {
  if (error.keyword === 'additionalProperties') return `unknown field "${String(error.params['additionalProperty'])}"`;
  if (error.keyword === 'enum' || error.keyword === 'discriminator') return 'not one of the known values';
  return error.message ?? 'not as the schema says';
};

function checkDates(node: unknown, path: string): void {
  if (Array.isArray(node)) for (const [index, item] of node.entries()) checkDates(item, `${path}/${index}`);
  else if (node !== null && typeof node === 'object') for (const [key, value] of Object.entries(node)) checkDates(value, `${path}/${key}`);
  else if (typeof node === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(node) && !isLocalDate(node))
    throw new CaseFileInvalid(path, `"${node}" is not a day of the calendar`);
  else if (typeof node === 'string' && /^\d{4}-\d{2}$/.test(node) && !isLocalDate(`${node}-01`))
    throw new CaseFileInvalid(path, `"${node}" is not a month of the calendar`);
}

/** Checks a case file whole and reads it into worlds and events. @throws CaseFileInvalid */
export function readCaseFile(document: unknown, catalogue: EditionCatalogue): ReadableCase[] {
  if (!validate(document)) {
    const error = validate.errors?.[0];
    throw new CaseFileInvalid(error?.instancePath ?? '', error ? told(error) : 'not a case file');
  }
  checkDates(document, '');
  const file = document;
  const named = file.edition === undefined ? undefined : catalogue.named(file.program, file.edition);
  if (!catalogue.programs().includes(file.program)) throw new CaseFileInvalid('/program', `no program "${file.program}" is on file`);
  if (file.edition !== undefined && named === undefined)
    throw new CaseFileInvalid('/edition', `the program has no edition "${file.edition}"`);
  const ids = new Set<string>();
  return file.cases.map((each, index) => {
    const path = `/cases/${index}`;
    if (ids.has(each.id)) throw new CaseFileInvalid(`${path}/id`, `"${each.id}" is the id of an earlier case`);
    ids.add(each.id);
    return readCase(each, path, file, named, catalogue);
  });
}

function readCase(
  each: WrittenCase,
  path: string,
  file: WrittenFile,
  named: Edition | undefined,
  catalogue: EditionCatalogue,
): ReadableCase {
  const inForce = (program: string, at: Instant): Edition | undefined =>
    program === file.program && named !== undefined ? named : catalogue.inForce(program, at);
  const editions: EditionsOnFile = { inForce, withHash: (hash) => catalogue.withHash(hash) };
  const anyEdition = named ?? catalogue.inForce(file.program, Number.MAX_SAFE_INTEGER);
  if (!anyEdition) throw new CaseFileInvalid('/program', 'the program has no edition in force');
  let previous = Number.NEGATIVE_INFINITY;
  const events = each.events.map((written, index) => {
    const where = `${path}/events/${index}`;
    const at = timeAt(`${where}/at`, written.at, anyEdition.zone).at;
    if (at < previous) throw new CaseFileInvalid(`${where}/at`, 'is before the event above it');
    previous = at;
    const edition = inForce(file.program, at);
    if (!edition) throw new CaseFileInvalid(`${where}/at`, 'no edition of the program is in force then');
    checkCodes(written, where, edition);
    return { written, at, edition, path: where };
  });
  const first = events[0];
  if (!first) throw new CaseFileInvalid(`${path}/events`, 'there is no event');
  for (const [name, world] of Object.entries(file.worlds ?? {}))
    checkDeclared(world.patient?.declared, `/worlds/${name}/patient`, first.edition);
  checkDeclared(each.given.patient?.declared, `${path}/given/patient`, first.edition);
  const world = worldOf(each.given, {
    path: `${path}/given`,
    worlds: file.worlds ?? {},
    edition: first.edition,
    firstEventAt: first.at,
    elsewhere: (program) => catalogue.inForce(program, first.at),
  });
  return { id: each.id, title: each.title ?? each.id, world, program: file.program, editions, events };
}

/** Answers that the edition adds, by the names and kinds it gives them. */
function checkDeclared(declared: unknown, path: string, edition: Edition): void {
  const [name] = undeclarable((declared ?? {}) as Declared, edition);
  if (name !== undefined) throw new CaseFileInvalid(`${path}/declared/${name}`, `the edition does not ask "${name}" so`);
}

/** Codes that the edition, not the schema, knows. */
function checkCodes(event: WrittenEvent, path: string, edition: Edition): void {
  const check = (field: string, value: unknown, known: object) => {
    if (typeof value === 'string' && !(value in known))
      throw new CaseFileInvalid(`${path}/${field}`, `the edition does not know "${value}"`);
  };
  check('category', event['category'], edition.categories);
  check('showsCategory', event['showsCategory'], edition.categories);
  const agreement = event['agreement'] as { category?: string } | undefined;
  check('agreement/category', agreement?.category, edition.categories);
  if (event.do === 'record-contraception' || event.do === 'report-method-failure')
    check('method', event['method'], edition.contraception.methods);
  checkDeclared(event['declared'], path, edition);
  const zone = event['siteZone'];
  if (typeof zone === 'string' && !isZone(zone)) throw new CaseFileInvalid(`${path}/siteZone`, `"${zone}" is not a time zone`);
}
