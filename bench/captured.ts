// The statements that the service sends, caught from a real one, and the same again with other ids: what a bare loop sends in its stead.
import { isUtf8 } from 'node:buffer';
import { randomBytes, randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { loadConfig } from '../src/config.js';
import { mintToken } from '../src/demo/issuer/access-token.js';
import { authorizationNumberFrom, NUMBER_BYTES } from '../src/domain/authorization-number.js';
import type { Edition } from '../src/domain/program.js';
import { createLogger } from '../src/http/logging.js';
import { openService, type Service } from '../src/service.js';
import { ACTS, type Act, requestOf } from './counter-requests.js';
import { type FixturePatient, KINDS, type Kind } from './fixture-case.js';
import { CALLERS } from './fixtures.js';

/** A prepared statement as the service's pool gets it. */
export interface Sent {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** What one patient's acts sent: the read and the write of each. */
interface Caught {
  readonly patient: FixturePatient;
  readonly read: Readonly<Record<Act, Sent>>;
  readonly write: Readonly<Record<Act, Sent>>;
}

/** The statements of each act, about any patient. */
export class CapturedStatements {
  private constructor(private readonly pairs: ReadonlyMap<Kind, readonly [Caught, Caught]>) {}

  /** Lets two patients of each kind be verified, reserved and dispensed for by a service in this process, and keeps what went to the database. */
  static async from(
    serviceUrl: string,
    dataDir: string,
    edition: Edition,
    take: (kind: Kind) => FixturePatient,
  ): Promise<CapturedStatements> {
    const service = await openService(loadConfig({ REMS_DATA_DIR: dataDir }), serviceUrl, createLogger({ level: 'warn' }));
    try {
      await service.app.init();
      await service.app.getHttpAdapter().getInstance().ready();
      const token = await mintToken({ as: CALLERS[0] ?? 'pharmacist', dataDir });
      const pairs = new Map<Kind, readonly [Caught, Caught]>();
      const caught = (kind: Kind) => catchFrom(service, token, take(kind), edition);
      for (const kind of KINDS) pairs.set(kind, [await caught(kind), await caught(kind)]);
      return new CapturedStatements(pairs);
    } finally {
      await service.close();
    }
  }

  /** The reads, as caught. */
  reads(kind: Kind): Readonly<Record<Act, Sent>> {
    return this.pair(kind)[0].read;
  }

  /**
   * The writes again, about another patient: her ids in place of those caught, and fresh ones for whatever was fresh (entry, fill, key,
   * confirmation number). Lengths stay, so the rows are of the same size. The signature is the one caught: Postgres does not check it.
   */
  writes<A extends Act>(other: FixturePatient, acts: readonly A[]): Readonly<Record<A, Sent>> {
    const [{ patient, write }, second] = this.pair(other.kind);
    const replacements = new Map<string, string>(
      (['patient', 'enrollment', 'authorization', 'previous', 'number', 'previousNumber'] as const).map((name) => [
        patient[name],
        other[name],
      ]),
    );
    // What both have in common (participants, the token) is nobody's own.
    const common = new Set(ACTS.flatMap((act) => tokensOf(second.write[act])));
    const replaced = (text: string) =>
      text.replace(TOKEN, (token) => {
        if (common.has(token)) return token;
        const known = replacements.get(token);
        if (known !== undefined) return known;
        const fresh = token.length === 36 ? uuidv7() : authorizationNumberFrom(randomBytes(NUMBER_BYTES));
        replacements.set(token, fresh);
        return fresh;
      });
    const again = (sent: Sent): Sent => ({ ...sent, values: sent.values.map((value) => inValue(value, replaced)) });
    return Object.fromEntries(acts.map((act) => [act, again(write[act])])) as Record<A, Sent>;
  }

  private pair(kind: Kind): readonly [Caught, Caught] {
    const pair = this.pairs.get(kind);
    if (!pair) throw new Error(`Nothing was caught for ${kind} patients.`);
    return pair;
  }
}

async function catchFrom(service: Service, token: string, patient: FixturePatient, edition: Edition): Promise<Caught> {
  const { counter } = service.pools;
  const caught: Sent[] = [];
  const query = counter.query.bind(counter);
  counter.query = (text: string, values: readonly unknown[] = [], name = '') => {
    caught.push({ name, text, values: [...values] });
    return query(text, values, name);
  };
  const found = new Map<Act, readonly Sent[]>();
  for (const act of ACTS) {
    const { path, body } = requestOf(act, patient, edition);
    const headers = { authorization: `Bearer ${token}`, 'idempotency-key': randomUUID() };
    const reply = await service.app.inject({ method: 'POST', url: path, payload: body, headers });
    if (reply.statusCode !== 200 || !reply.body.startsWith('{"outcome":"allow"'))
      throw new Error(`${act} was answered ${reply.statusCode}: ${reply.body}`);
    found.set(act, caught.splice(0));
  }
  counter.query = query;
  const all = (at: 0 | 1) => {
    const one = (act: Act): Sent => {
      const sent = found.get(act) ?? [];
      const wanted = sent[at];
      if (!wanted || sent.length !== 2) throw new Error(`${act} sent ${sent.length} statements, not a read and a write.`);
      return wanted;
    };
    return { verify: one('verify'), reserve: one('reserve'), dispense: one('dispense') };
  };
  return { patient, read: all(0), write: all(1) };
}

/** Ids, and numbers of authorizations and reservations. */
const TOKEN = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9A-HJKMNP-TV-Z]{14}\b/g;

function tokensOf(sent: Sent): string[] {
  const tokens: string[] = [];
  for (const value of sent.values) {
    inValue(value, (text) => {
      tokens.push(...(text.match(TOKEN) ?? []));
      return text;
    });
  }
  return tokens;
}

function inValue(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  // An entry's bytes are text; its signature is not.
  if (Buffer.isBuffer(value)) return isUtf8(value) ? Buffer.from(change(value.toString('utf8')), 'utf8') : value;
  return Array.isArray(value) ? value.map((each: unknown) => inValue(each, change)) : value;
}
