// The service in this process on a database of its own, with people in it, spoken to over HTTP as one of the demo's accounts.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { EntrySigner } from '../../src/compliance-log/signer.js';
import { loadConfig } from '../../src/config.js';
import { DEMO_IDS } from '../../src/demo/accounts.js';
import { mintToken } from '../../src/demo/issuer/access-token.js';
import { createLogger } from '../../src/http/logging.js';
import { openService, type Service } from '../../src/service.js';
import { openTestDatabase, type TestDatabase } from './database.js';

export interface Reply {
  readonly status: number;
  /** Whatever the answer holds: a test knows what it looks for. */
  readonly body: ReturnType<typeof JSON.parse>;
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

export interface Caller {
  get(url: string): Promise<Reply>;
  /** A fresh key unless one is given; no body unless one is given. */
  post(url: string, body?: object, key?: string): Promise<Reply>;
}

export interface Running {
  readonly service: Service;
  readonly database: TestDatabase;
  readonly dataDir: string;
  readonly signer: EntrySigner;
  /** By the key of a demo account. */
  as(account: string): Promise<Caller>;
  close(): Promise<void>;
}

/** @param env further variables of the configuration */
export async function openRunning(env: NodeJS.ProcessEnv = {}): Promise<Running> {
  const dataDir = mkdtempSync(join(tmpdir(), 'rems-running-'));
  const database = await openTestDatabase();
  // No background job unless a test asks for it: nothing may depend on one.
  const config = loadConfig({ REMS_DATA_DIR: dataDir, REMS_SWEEP_SECONDS: '0', REMS_RATE_PER_MINUTE: '1000000', ...env });
  const service = await openService({ ...config, poolWaitMs: 10_000 }, database.serviceUrl, createLogger({ level: 'error' }));
  await service.app.init();
  await service.app.getHttpAdapter().getInstance().ready();
  return {
    service,
    database,
    dataDir,
    signer: EntrySigner.fromFileOrNew(config.signingKeyFile),
    as: async (account) => caller(service, await mintToken({ as: account, dataDir })),
    close: async () => {
      await service.close();
      await database.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export function caller(service: Service, token: string): Caller {
  const send = async (method: 'GET' | 'POST', url: string, body?: object, key?: string): Promise<Reply> => {
    const reply = await service.app.inject({
      method,
      url,
      ...(body === undefined ? {} : { payload: body }),
      headers: { authorization: `Bearer ${token}`, ...(key === undefined ? {} : { 'idempotency-key': key }) },
    });
    const json = /^application\/(?:problem\+)?json/.test(String(reply.headers['content-type'] ?? ''));
    return {
      status: reply.statusCode,
      body: json && reply.body !== '' ? JSON.parse(reply.body) : null,
      text: reply.body,
      headers: reply.headers,
    };
  };
  return { get: (url) => send('GET', url), post: (url, body, key = uuidv7()) => send('POST', url, body, key) };
}

/** The demo's participants under the ids of its accounts, certified for years, the pharmacists trained. */
export async function addPeople({ service }: Pick<Running, 'service'>): Promise<void> {
  const add = (id: string, kind: string, more: { actsFor?: string; chain?: string; trained?: readonly string[] } = {}) =>
    service.pools.rest.query(
      `INSERT INTO participant (id, kind, name, phone, acts_for, chain_id, certified_from, trained, revision)
       VALUES ($1, $2, $3, '555-0100', $4, $5, timestamptz '2020-01-01', $6, 1)`,
      [
        id,
        kind,
        `${kind} ${id.slice(-3)}`,
        more.actsFor ?? null,
        more.chain ?? null,
        JSON.stringify(Object.fromEntries((more.trained ?? []).map((person) => [person, null]))),
      ],
    );
  const D = DEMO_IDS;
  await add(D.prescriber, 'prescriber');
  await add(D.prescriber2, 'prescriber');
  await add(D.delegate, 'delegate', { actsFor: D.prescriber });
  await add(D.site, 'pharmacy', { chain: D.chain, trained: [D.pharmacist] });
  await add(D.site2, 'pharmacy', { chain: D.chain, trained: [D.pharmacist2] });
  await add(D.site3, 'pharmacy', { trained: [D.pharmacist3] });
  await add(D.administrator, 'administrator');
  await add(D.administrator2, 'administrator');
}
