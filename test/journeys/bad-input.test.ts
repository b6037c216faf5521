import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { permissionOf } from '../../src/auth/permission.js';
import { ROLES, type Role } from '../../src/auth/principal.js';
import { Api, type Operation } from '../support/api.js';
import { BAD_IDS, BAD_KEYS, type BadBody, badFields, datesMoved, MARK, NO_BODY_AT_ALL, WRONG_BYTES } from '../support/bad-input.js';
import type { Answer, Caller } from '../support/caller.js';
import { ServiceRun } from '../support/service-run.js';
import { LOG_TABLES, tableSums } from '../support/table-sums.js';
import { type Issued, inParallel } from '../support/world.js';

// T11, T22, I6: whatever is sent to any operation of the document, the answer is a clear 4xx, nothing changes, and the process lives on.

jest.setTimeout(240_000);

let run: ServiceRun;
let api: Api;
let issued: Issued;
let before: Record<string, string>;
const callers = {} as Record<Role, Caller>;

beforeAll(async () => {
  run = await ServiceRun.open();
  api = await Api.of(run.url);
  for (const role of ROLES) callers[role] = await run.caller(role);
  [issued] = (await run.world.issued(1)) as [Issued];
  before = await tableSums(run.database.owner, LOG_TABLES);
});
afterAll(() => run?.close());

/** Somebody who may ask for it, so that nothing but the input can be the reason. */
function callerOf(operation: Operation): Caller | null {
  const allow = permissionOf(operation.id)?.allow;
  if (allow === undefined || allow === 'public') return null;
  const role = ROLES.find((each) => allow[each] !== undefined);
  return role ? callers[role] : null;
}

/** Where a future day is no fact but a plan, or a bound of a search. */
const PLANS = ['previewCategory', 'setAccommodation', 'searchEntries'];
/** Ends and due days are plans too; and a report with another birth date is a hand-over all the same. */
const NO_FACTS = /^(?:until|dueBy|reportHandOver birthDate) /;

const commands = () => api.operations.filter((operation) => operation.method === 'POST');
const address = (operation: Operation) => api.address(operation, { patientId: issued.id, authorizationId: issued.authorization });
const good = (operation: Operation) =>
  api.sample(operation, { number: issued.number, familyName: issued.familyName, patientId: issued.id });

/** What is wrong with an answer to something wrong; empty when it is a clear refusal of the request. */
function faults(answer: Answer | null, statuses: readonly number[] = []): string[] {
  if (answer === null) return ['no answer at all'];
  const { status, body, text, headers } = answer;
  const wrong: string[] = [];
  if (status < 400 || status > 499 || (statuses.length > 0 && !statuses.includes(status))) wrong.push(`status ${status}`);
  if (headers['content-type'] !== 'application/problem+json; charset=utf-8') wrong.push(`content type ${String(headers['content-type'])}`);
  if (typeof body.type !== 'string' || !body.title || !body.detail || !/^[A-Z0-9]{8}$/.test(body.reference ?? ''))
    wrong.push('no whole problem');
  if (text.includes(MARK)) wrong.push('it repeats what was sent');
  return wrong;
}

async function refusals<T>(items: readonly T[], name: (item: T) => string, work: (item: T) => Promise<string[]>): Promise<string[]> {
  const found = await inParallel(items, 12, async (item) => (await work(item)).map((fault) => `${name(item)}: ${fault}`));
  return found.flat();
}

const post = (
  caller: Caller,
  path: string,
  bad: Pick<BadBody, 'body' | 'headers'>,
  key: string | null = uuidv7(),
): Promise<Answer | null> =>
  caller.send('POST', path, { body: bad.body, key, ...(bad.headers ? { headers: bad.headers } : {}) }).catch(() => null);

describe('bad input to every operation', () => {
  it('what is no JSON object, or no JSON at all, is refused by every one', async () => {
    const cases = commands().flatMap((operation) => [...NO_BODY_AT_ALL, ...WRONG_BYTES].map((bad) => ({ operation, bad })));
    const found = await refusals(
      cases,
      ({ operation, bad }) => `${operation.id}, ${bad.what}`,
      async ({ operation, bad }) => {
        const caller = callerOf(operation);
        return caller === null ? [] : faults(await post(caller, address(operation), bad), [400, 413, 415]);
      },
    );
    expect(found).toEqual([]);
    expect(cases.length).toBeGreaterThan(2_000);
  });

  it('a field that is missing, extra, null, of another type, too long, of no calendar, or of no list is named', async () => {
    const cases = commands().flatMap((operation) => badFields(api, operation, good(operation)).map((bad) => ({ operation, bad })));
    const found = await refusals(
      cases,
      ({ operation, bad }) => `${operation.id}, ${bad.what}`,
      async ({ operation, bad }) => {
        const caller = callerOf(operation);
        if (caller === null) return [];
        const answer = await post(caller, address(operation), bad);
        const wrong = faults(answer, [400, 422]);
        const { pointer } = bad;
        const named =
          pointer === null ||
          (answer?.body.errors ?? []).some((error) => error.pointer.startsWith(pointer) || pointer.startsWith(`${error.pointer}/`));
        // A name that objects have from birth is refused before any field is looked at.
        return named || answer?.body.type === '/problems/malformed-json'
          ? wrong
          : [...wrong, `does not name ${pointer}: ${answer?.text.slice(0, 200)}`];
      },
    );
    expect(found).toEqual([]);
    expect(cases.length).toBeGreaterThan(3_000);
  });

  it('a day or an instant in the far future is refused wherever it would be a fact', async () => {
    const cases = commands()
      .filter((operation) => !PLANS.includes(operation.id))
      .flatMap((operation) => datesMoved(api, operation, good(operation), '2199-06-15T12:00:00Z').map((bad) => ({ operation, bad })))
      .filter(({ operation, bad }) => !NO_FACTS.test(bad.what) && !NO_FACTS.test(`${operation.id} ${bad.what}`));
    const found: string[] = [];
    for (const { operation, bad } of cases) {
      const caller = callerOf(operation);
      if (caller === null) continue;
      for (const fault of faults(await post(caller, address(operation), bad), [400, 404, 409, 422]))
        found.push(`${operation.id}, ${bad.what}: ${fault}`);
    }
    expect(found).toEqual([]);
    expect(cases.length).toBeGreaterThan(30);
  });

  it('a command without its Idempotency-Key, or with one that is none', async () => {
    const cases = commands()
      .filter((operation) => operation.keyed)
      .flatMap((operation) => BAD_KEYS.map((key) => ({ operation, key })));
    const found = await refusals(
      cases,
      ({ operation, key }) => `${operation.id}, key ${key}`,
      async ({ operation, key }) => {
        const caller = callerOf(operation);
        return caller === null ? [] : faults(await post(caller, address(operation), { body: good(operation) }, key), [400]);
      },
    );
    expect(found).toEqual([]);
  });

  it('an id in the address that is none, or nobody’s', async () => {
    const cases = api.operations.flatMap((operation) =>
      operation.pathParameters.flatMap((name) => BAD_IDS.map((id) => ({ operation, name, id }))),
    );
    const found = await refusals(
      cases,
      ({ operation, name, id }) => `${operation.id}, ${name} ${id.slice(0, 40)}`,
      async ({ operation, name, id }) => {
        const caller = callerOf(operation);
        if (caller === null) return [];
        const path = operation.pathParameters.reduce(
          (path, each) => path.replace(`{${each}}`, each === name ? id : issued.id),
          operation.path,
        );
        const body = operation.method === 'GET' ? {} : { body: good(operation) };
        const key = operation.keyed ? uuidv7() : null;
        return faults(await caller.send(operation.method, path, { ...body, key }).catch(() => null), [400, 404, 414]);
      },
    );
    expect(found).toEqual([]);
  });

  it('a value in the query that is none', async () => {
    const cases = api.operations.flatMap((operation) =>
      operation.query.flatMap(({ name }) =>
        ['%00', encodeURIComponent(`${MARK} x`), 'x'.repeat(5_000), '__proto__', '-1', '1e9'].map((value) => ({ operation, name, value })),
      ),
    );
    const found = await refusals(
      cases,
      ({ operation, name, value }) => `${operation.id}, ${name}=${value.slice(0, 40)}`,
      async ({ operation, name, value }) => {
        const caller = callerOf(operation);
        if (caller === null) return [];
        const answer = await caller.get(`${address(operation)}?${name}=${value}`).catch(() => null);
        // Some of these are a text like any other for a field that is one.
        return answer?.status === 200 ? [] : faults(answer, [400, 404, 414]);
      },
    );
    expect(found).toEqual([]);
  });

  it('another verb than the address takes', async () => {
    const caller = callers.administrator;
    const verbs = ['GET', 'PUT', 'PATCH', 'DELETE', 'POST'];
    const takes = new Map<string, string[]>();
    for (const { path, method } of api.operations) takes.set(path, [...(takes.get(path) ?? []), method]);
    // `/entries/search` is an entry's address too, where that one takes the verb.
    const otherwise = (path: string, verb: string) =>
      [...takes].some(
        ([template, methods]) => methods.includes(verb) && new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path),
      );
    const cases = [...takes].flatMap(([path]) => verbs.filter((verb) => !otherwise(path, verb)).map((verb) => ({ path, verb })));
    const found = await refusals(
      cases,
      ({ path, verb }) => `${verb} ${path}`,
      async ({ path, verb }) =>
        faults(await caller.send(verb, path.replaceAll(/\{\w+\}/g, issued.id), { key: null }).catch(() => null), [405]),
    );
    expect(found).toEqual([]);
  });

  it('and after all of it nothing has changed, every entry is a refusal or a question, and the process is alive', async () => {
    expect(await tableSums(run.database.owner, LOG_TABLES)).toEqual(before);
    const { rows } = await run.database.owner.query<{ command: string; outcome: string }>(
      `SELECT DISTINCT command, outcome FROM entry WHERE outcome <> 'deny' AND recorded_at > (SELECT max(recorded_at) FROM entry WHERE version IS NOT NULL)`,
    );
    expect(rows).toEqual([]);
    expect(run.services.map((service) => service.alive())).toEqual([true]);
    const ready = await callers.auditor.get('/health/ready');
    expect(ready.status).toBe(200);
    const output = run.services[0]?.output() ?? '';
    expect(output).not.toContain(MARK);
    expect(output.split('\n').filter((line) => /"level":"(error|fatal)"/.test(line))).toEqual([]);
  });
});
