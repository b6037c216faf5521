import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { newId } from '../chance.js';
import { describeChanges } from './change/describe.js';
import { EditionCatalogue, hashOfDocument } from './edition.catalogue.js';
import { checkEdition, isSound } from './edition.check.js';
import type { Flaw } from './edition.schema.js';
import { hashOfText, materialsBeside, materialsOf, textBeside } from './materials.js';
import { programNow } from './products.js';

/** The steward's commands. Each answers with its exit code: 0 done, 1 a check failed or the service refused, 2 bad usage. */

type Print = (line: string) => void;
interface Output {
  readonly json: boolean;
}

/** A file that is not there, or no JSON: bad usage. */
class Unreadable extends Error {}

function documentIn(file: string): object {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new Unreadable(`${file}: there is no such file.`);
  }
  try {
    const document: unknown = JSON.parse(text);
    if (typeof document === 'object' && document !== null && !Array.isArray(document)) return document;
  } catch {
    // told below
  }
  throw new Unreadable(`${file}: this is no JSON document.`);
}

function orBadUsage(print: Print, work: () => number): number {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    print(error.message);
    return 2;
  }
}

const line = ({ weight, path, says }: Flaw): string =>
  `  ${weight === 'refusal' ? 'refused' : 'warning'}  ${path || '/'}\n           ${says}`;

/** `rems program check FILE…`: every flaw with its place and reason. */
export function runCheck(files: readonly string[], { json }: Output, print: Print): number {
  return orBadUsage(print, () => {
    const catalogue = EditionCatalogue.fromFolder();
    const results = files.map((file) => {
      const document = documentIn(file);
      const flaws = checkEdition(document, {
        catalogue,
        textOf: (name) => {
          const text = textBeside(dirname(file), name);
          return text === null ? null : hashOfText(text);
        },
        // A file of the programs folder, or a draft that is to take its place there.
        itself: ({ edition }) => edition.edition === (document as Record<string, unknown>)['edition'],
      });
      return { file, hash: hashOfDocument(document), sound: isSound(flaws), flaws };
    });
    if (json) print(JSON.stringify(results, null, 2));
    else {
      for (const { file, hash, sound, flaws } of results) {
        print(`${sound ? 'sound  ' : 'REFUSED'} ${file}  ${hash.slice(0, 12)}`);
        for (const flaw of flaws) print(line(flaw));
      }
    }
    return results.every(({ sound }) => sound) ? 0 : 1;
  });
}

/** `rems program diff A B`: what B changes, in words. Exit 0 also when nothing differs. */
export function runDiff(before: string, after: string, { json }: Output, print: Print): number {
  return orBadUsage(print, () => {
    const changes = describeChanges(documentIn(before), documentIn(after));
    if (json) print(JSON.stringify({ from: before, to: after, changes }, null, 2));
    else if (changes.length === 0) print('The two rule alike.');
    else {
      let part = '';
      for (const change of changes) {
        if (change.part !== part) print(`${part === '' ? '' : '\n'}${change.part}`);
        part = change.part;
        print(`  - ${change.says}`);
      }
      print(`\n${changes.length} change${changes.length === 1 ? '' : 's'}.`);
    }
    return 0;
  });
}

/** The service that a steward speaks to, in his own name. */
export interface Service {
  readonly url: string;
  readonly token: string;
}

interface Reply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function ask({ url, token }: Service, method: 'GET' | 'POST', path: string, body?: object): Promise<Reply> {
  const response = await fetch(new URL(path, url), {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(method === 'GET' ? {} : { 'idempotency-key': newId() }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new Error(`The service at ${url} does not answer.`);
  });
  return { status: response.status, body: (await response.json()) as Reply['body'] };
}

const isOk = ({ status }: Reply): boolean => status >= 200 && status < 300;

function tell({ body, status }: Reply, print: Print): void {
  print(`${String(body['headline'] ?? body['title'] ?? status)}${body['detail'] ? ` ${String(body['detail'])}` : ''}`);
  for (const { text } of (body['reasons'] ?? []) as { text: string }[]) print(`  ${text}`);
  for (const { pointer, message } of (body['errors'] ?? []) as { pointer: string; message: string }[])
    print(`  refused  ${pointer}\n           ${message}`);
  for (const flaw of (body['flaws'] ?? []) as Flaw[]) print(line(flaw));
}

/**
 * `rems program publish FILE`: puts it on file as a draft and has it checked; with `approve`, another steward approves it. What is done already
 * is not done again, so that it may be asked again after a lost answer, or a refusal that somebody has mended.
 */
export async function runPublish(
  file: string,
  service: Service,
  { json, approve }: Output & { approve: boolean },
  print: Print,
): Promise<number> {
  let document: object;
  try {
    document = documentIn(file);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    print(error.message);
    return 2;
  }
  const hash = hashOfDocument(document);
  const replies: Reply[] = [];
  for (const step of approve ? (['approve'] as const) : await stepsLeft(service, hash)) {
    const reply = await (step === 'draft'
      ? ask(service, 'POST', '/v1/editions', { document: JSON.stringify(document), materials: materialsFor(file, document) })
      : ask(service, 'POST', `/v1/editions/${hash}/${step}`));
    replies.push(reply);
    if (!isOk(reply)) break;
  }
  const done = replies.every(isOk);
  if (json) print(JSON.stringify({ hash, done, replies }, null, 2));
  else {
    print(`${basename(file)}  ${hash}`);
    if (replies.length === 0) print('Drafted and checked already. Another steward approves it next, unless that is done too.');
    for (const reply of replies) tell(reply, print);
  }
  return done ? 0 : 1;
}

async function stepsLeft(service: Service, hash: string): Promise<readonly ('draft' | 'check')[]> {
  const { status, body } = await ask(service, 'GET', `/v1/editions/${hash}`);
  if (status !== 200) return ['draft', 'check'];
  return body['state'] === 'draft' ? ['check'] : [];
}

/** The texts that the edition names, from the folder of the file. */
function materialsFor(file: string, document: object): { file: string; text: string }[] {
  const kept = materialsBeside(dirname(file), document);
  return materialsOf(document).flatMap(({ file: name, sha256 }) => {
    const found = kept.find((each) => each.sha256 === sha256);
    return name !== null && found ? [{ file: name, text: found.text }] : [];
  });
}

interface Listed {
  readonly program: string;
  readonly edition: string;
  readonly state: string;
  readonly effectiveFrom: string;
  readonly hash: string;
}

/** `rems program list`: what the service has on file; without a service, what this release ships, by this machine's clock. */
export async function runList(service: Service | null, { json }: Output, print: Print): Promise<number> {
  let editions: readonly Listed[];
  if (service === null) editions = shipped();
  else {
    const reply = await ask(service, 'GET', '/v1/editions');
    if (!isOk(reply)) {
      tell(reply, print);
      return 1;
    }
    editions = reply.body['editions'] as readonly Listed[];
  }
  if (json) print(JSON.stringify({ editions }, null, 2));
  else {
    for (const { program, edition, state, effectiveFrom, hash } of editions)
      print(`${program.padEnd(24)} ${edition.padEnd(12)} ${state.padEnd(11)} from ${effectiveFrom}  ${hash.slice(0, 12)}`);
  }
  return 0;
}

function shipped(): Listed[] {
  const catalogue = EditionCatalogue.fromFolder();
  const at = Date.now();
  return catalogue
    .programs()
    .sort()
    .flatMap((program) => {
      const now = programNow(catalogue, program, at);
      return catalogue.editionsOf(program).map(({ hash, edition }) => ({
        program,
        edition: edition.edition,
        state: edition.effectiveFrom > at ? 'approved' : now?.inForce && now.current.hash === hash ? 'effective' : 'superseded',
        effectiveFrom: new Date(edition.effectiveFrom).toISOString(),
        hash,
      }));
    });
}
