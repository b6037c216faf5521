import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import type { ObjectRule } from '../../src/auth/object-rule.js';
import { OPERATIONS, permissionOf, unlistedOperations } from '../../src/auth/permission.js';
import { ROLES, type Role } from '../../src/auth/principal.js';
import { loadConfig } from '../../src/config.js';
import { DEMO_IDS, demoAccount } from '../../src/demo/accounts.js';
import { createLogger } from '../../src/http/logging.js';
import { buildOpenApi, serveOpenApi } from '../../src/http/openapi.js';
import { API_DESCRIPTION, buildApplication } from '../../src/service.js';
import { Api, type Operation } from '../support/api.js';
import { broughtBy, handOver } from '../support/at-the-counter.js';
import type { Answer, Caller } from '../support/caller.js';
import { ServiceRun } from '../support/service-run.js';
import { LOG_TABLES, tableSums } from '../support/table-sums.js';
import { type Person, tokenOf } from '../support/tokens.js';
import { type Issued, inParallel, type Patient } from '../support/world.js';

// Every operation of the document × every role, and objects of others (T10, ASVS 8.2.1–2): the table of permissions holds on the wire.

jest.setTimeout(180_000);

const TWENTY_MINUTES_MS = 20 * 60_000;
let run: ServiceRun;
let api: Api;
const callers = {} as Record<Role, Caller>;
let nobody: Caller;

beforeAll(async () => {
  run = await ServiceRun.open();
  api = await Api.of(run.url);
  for (const role of ROLES) callers[role] = await run.caller(role);
  nobody = await run.caller(null);
});
afterAll(() => run?.close());

/** A well-shaped request of that operation, to the objects named; without any, to none that exists. */
function send(
  operation: Operation,
  caller: Caller,
  ids: Readonly<Record<string, string>> = {},
  fields: Readonly<Record<string, unknown>> = {},
  token: string | null = caller.token,
): Promise<Answer> {
  const sending = { key: operation.keyed ? uuidv7() : null, token };
  const address = api.address(operation, ids);
  const wanted = operation.query
    .filter((each) => each.name === 'program')
    .map(() => '?program=lenalidomide-us')
    .join('');
  if (operation.method === 'GET') return caller.send('GET', `${address}${wanted}`, sending);
  return caller.send(operation.method, address, { ...sending, body: api.sample(operation, fields) });
}

/** `GET /v1/…` of every route, as the router itself lists them. */
async function routesOf({ database, dataDir }: ServiceRun): Promise<string[]> {
  const config = loadConfig({ REMS_DATA_DIR: dataDir });
  const app = await buildApplication(config, database.pools, createLogger({ level: 'error' }));
  serveOpenApi(app, buildOpenApi(app, API_DESCRIPTION));
  await app.init();
  const router = app.getHttpAdapter().getInstance();
  const tree = router.printRoutes({ commonPrefix: false });
  // The tree shows the demo's sign-in as a bare wildcard; a real one would answer on everything.
  const everything = router.hasRoute({ method: 'GET', url: '*' });
  await app.close();
  const prefixes: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const found = /^(.*?)[├└]── (\S+)(?: \((.+)\))?$/.exec(line);
    if (!found) return [];
    const [, indent = '', part = '', methods = ''] = found;
    const depth = indent.length / 4;
    prefixes.length = depth;
    prefixes.push((prefixes[depth - 1] ?? '') + part);
    const path = prefixes[depth] ?? '';
    return methods === '' || (path === '*' && !everything) ? [] : methods.split(', ').map((method) => `${method} ${path}`);
  });
}

const ruleOf = (operation: Operation, role: Role): ObjectRule | 'public' | null => {
  const allow = permissionOf(operation.id)?.allow;
  if (allow === 'public') return 'public';
  return allow?.[role] ?? null;
};

describe('the document and the table', () => {
  it('every operation of the document is in the table, once', () => {
    const ids = api.operations.map((operation) => operation.id);
    expect(unlistedOperations(ids)).toEqual([]);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it('every operation of the table is in the document', () => {
    const described = new Set(api.operations.map((operation) => operation.id));
    // The document describes the service, not itself.
    expect(OPERATIONS.filter((id) => !described.has(id))).toEqual(['openapi']);
  });

  it('every route that the service answers on is in the document; the rest is the document itself and the demo’s sign-in', async () => {
    const described = new Set(api.operations.map(({ method, path }) => `${method} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`));
    const routes = await routesOf(run);
    expect([...described].filter((each) => !routes.includes(each))).toEqual([]);
    const beside = routes.filter((each) => !described.has(each) && !/^(HEAD|OPTIONS) /.test(each));
    expect(beside.filter((each) => !/^[A-Z]+ (?:\/docs(?:[/-].*)?|\/openapi\.json|\/oidc(?:\/.*)?)$/.test(each))).toEqual([]);
  });
});

describe('every operation × every role', () => {
  it('a role with a rule gets past sign-in and role, every other gets 403, nobody without a token gets in', async () => {
    const wrong: string[] = [];
    await inParallel(api.operations, 8, async (operation) => {
      for (const role of ROLES) {
        const rule = ruleOf(operation, role);
        const { status, body } = await send(operation, callers[role]);
        const fits =
          rule === null ? status === 403 && body.type === '/problems/forbidden' : status !== 401 && status !== 403 && status < 500;
        if (!fits) wrong.push(`${operation.id} as ${role} (${rule ?? 'no rule'}): ${status} ${body.type ?? ''}`);
      }
      const { status } = await send(operation, nobody);
      const open = permissionOf(operation.id)?.allow === 'public';
      if (open ? status !== 200 : status !== 401) wrong.push(`${operation.id} without a token: ${status}`);
    });
    expect(wrong).toEqual([]);
  });

  it('what is signed asks for a sign-in of the last 15 minutes, of those who may sign, and nothing else does', async () => {
    const wrong: string[] = [];
    const stale = Object.fromEntries(
      await Promise.all(
        ROLES.map(async (role) => [role, await tokenOf(demoAccount(role), run.dataDir, Date.now() - TWENTY_MINUTES_MS)] as const),
      ),
    ) as Record<Role, string>;
    await inParallel(api.operations, 8, async (operation) => {
      for (const role of ROLES) {
        if (ruleOf(operation, role) === null) continue;
        const { status, body } = await send(operation, callers[role], {}, {}, stale[role]);
        const stepUp = status === 401 && body.type === '/problems/step-up-required';
        if (stepUp !== (permissionOf(operation.id)?.attestation ?? false))
          wrong.push(`${operation.id} as ${role}: ${status} ${body.type ?? ''}`);
      }
    });
    expect(wrong).toEqual([]);
  });
});

/** Rules by which an object can be somebody else's. */
const OWNED: readonly (ObjectRule | 'public' | null)[] = [
  'self',
  'own-ward',
  'own-patient',
  'delegated-patient',
  'own-reservation',
  'own-command',
];

/** Somebody of that role in another organization, or another patient. */
async function stranger(role: Role, other: Patient, delegate: string): Promise<Caller> {
  const person = (more: Partial<Person>): Person => ({ role, subject: `other:${role}`, ...more });
  switch (role) {
    case 'prescriber':
      return run.caller('prescriber-2');
    case 'pharmacist':
      return run.caller('pharmacist-3');
    case 'delegate':
      return run.caller(person({ participantId: delegate }));
    case 'patient':
      return run.caller(person({ patientId: other.id }));
    case 'guardian':
      return run.caller(person({ onBehalfOf: other.id }));
    case 'pharmacy-representative':
      return run.caller(person({ siteId: DEMO_IDS.site3, personId: DEMO_IDS.pharmacist3 }));
    default:
      return run.caller(person({ participantId: uuidv7() }));
  }
}

/** The one whose objects they are. */
async function owner(operation: Operation, role: Role, patient: Patient): Promise<Caller> {
  if (operation.pathParameters.includes('key')) return callers[role];
  if (role === 'patient') return run.caller({ role, subject: `own:${patient.id}`, patientId: patient.id });
  if (role === 'guardian') return run.caller({ role, subject: `own:${patient.id}:guardian`, onBehalfOf: patient.id });
  return callers[role];
}

describe('objects of others', () => {
  it('are not found, whatever is asked of them, and stay as they are; their owner finds them', async () => {
    const [other] = (await run.world.enroll(1, 'male', 'prescriber-2')) as [Patient];
    const delegate = uuidv7();
    await run.database.owner.query(
      `INSERT INTO participant (id, kind, name, acts_for, certified_from, revision) VALUES ($1, 'delegate', 'Delegate of another', $2, now(), 0)`,
      [delegate, DEMO_IDS.prescriber2],
    );
    const wrong: string[] = [];
    let tried = 0;
    const reaching = api.operations
      .filter((operation) => operation.pathParameters.length > 0 || ['startAuthorization', 'linkPatients'].includes(operation.id))
      // The end of a delegation takes the delegate's patients away, so it comes last.
      .toSorted((a, b) => Number(a.id === 'endDelegation') - Number(b.id === 'endDelegation'));
    for (const operation of reaching) {
      const roles = ROLES.filter((role) => OWNED.includes(ruleOf(operation, role)));
      for (const role of roles) {
        const { patient, ids, fields } = await scene(operation, role);
        const before = await tableSums(run.database.owner, LOG_TABLES);
        const known = await denied(operation);
        const theirs = await send(operation, await stranger(role, other, delegate), ids, fields);
        if (theirs.status !== 404) wrong.push(`${operation.id} as another ${role}: ${theirs.status} ${theirs.text.slice(0, 120)}`);
        const after = await tableSums(run.database.owner, LOG_TABLES);
        if (JSON.stringify(after) !== JSON.stringify(before)) wrong.push(`${operation.id} as another ${role} changed something`);
        // T10: told that there is nothing, and written down.
        if (ruleOf(operation, role) !== 'own-command' && (await denied(operation)) !== known + 1)
          wrong.push(`${operation.id} as another ${role} left no entry`);
        // The same request by the owner shows that it would have reached the object.
        const own = await send(operation, await owner(operation, role, patient), ids, fields);
        if ([401, 403, 404].includes(own.status) || own.status >= 500)
          wrong.push(`${operation.id} as the ${role} who owns it: ${own.status} ${own.text.slice(0, 200)}`);
        tried += 1;
      }
    }
    expect(wrong).toEqual([]);
    expect(tried).toBeGreaterThan(60);
  });
});

/** Entries of those who asked with that operation about what is not theirs. */
async function denied({ id }: { readonly id: string }): Promise<number> {
  const { rows } = await run.database.owner.query<{ n: number }>(
    "SELECT count(*)::integer AS n FROM entry e JOIN entry_values v ON v.entry_id = e.id WHERE e.command = 'access-denied' AND v.values ->> 'operation' = $1",
    [id],
  );
  return rows[0]?.n ?? 0;
}

interface Scene {
  readonly patient: Patient;
  readonly ids: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Objects of the first practice and the first pharmacy for that operation to be asked of. */
async function scene(operation: Operation, role: Role): Promise<Scene> {
  const needs = (name: string) => operation.pathParameters.includes(name);
  if (needs('authorizationId') && (operation.path.startsWith('/v1/reservations/') || role === 'pharmacist'))
    return atThePharmacy(operation);

  const [patient, second] = (await run.world.enroll(2, role === 'guardian' ? 'boy' : needs('testId') ? 'frp' : 'male')) as [
    Patient,
    Patient,
  ];
  const own: Partial<Record<Role, string>> = { prescriber: DEMO_IDS.prescriber, delegate: DEMO_IDS.delegate };
  const ids = {
    patientId: patient.id,
    participantId: operation.id === 'endDelegation' ? DEMO_IDS.delegate : (own[role] ?? DEMO_IDS.site),
    ...(needs('authorizationId') ? { authorizationId: await run.world.prepare(patient) } : {}),
    ...(needs('testId') ? { testId: await testOf(patient) } : {}),
    ...(needs('linkId') ? { linkId: await linkOf(patient, second) } : {}),
    ...(needs('key') ? { key: await keyOf(callers[role]) } : {}),
  };
  return { patient, ids, fields: { patientId: patient.id, otherPatientId: second.id } };
}

async function atThePharmacy(operation: Operation): Promise<Scene> {
  const [issued] = (await run.world.issued(1)) as [Issued];
  await callers.pharmacist.post('/v1/counter/reserve', broughtBy(issued));
  const filled = ['correctDispense', 'return'].includes(operation.id);
  if (filled) await callers.pharmacist.post(`/v1/reservations/${issued.authorization}/dispense`, handOver(issued));
  return { patient: issued, ids: { authorizationId: issued.authorization }, fields: {} };
}

async function testOf(patient: Patient): Promise<string> {
  const { rows } = await run.database.owner.query<{ id: string }>(
    `SELECT id FROM evidence WHERE enrollment_id = $1 AND kind = 'pregnancy-test' ORDER BY recorded_at DESC LIMIT 1`,
    [patient.enrollment],
  );
  return rows[0]?.id ?? '';
}

/** Two records that a suspicion has linked. */
async function linkOf(one: Patient, other: Patient): Promise<string> {
  const id = uuidv7();
  await run.database.owner.query(
    `INSERT INTO patient_link (id, patient_id, other_patient_id, linked_at, linked_by) VALUES ($1, $2, $3, now(), ARRAY['suspicion'])`,
    [id, one.id, other.id],
  );
  return id;
}

/** The key of a command that this caller gave. */
async function keyOf(caller: Caller): Promise<string> {
  const key = uuidv7();
  await run.database.owner.query(
    `INSERT INTO idempotency (caller, key, body_hash, status, reply, content_type, recorded_at) VALUES ($1, $2, '', 200, '{}', 'application/json', now())`,
    [caller.subject, key],
  );
  return key;
}
