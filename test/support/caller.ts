// A client as a pharmacy system would be: a key for each command, kept for every repetition, and a record of what it was told.

import { Agent, request } from 'undici';
import { v7 as uuidv7 } from 'uuid';
import { demoAccount } from '../../src/demo/accounts.js';
import { type Person, tokenOf } from './tokens.js';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly ms: number;
  /** The text as JSON; an empty object when it is none. */
  readonly body: Json;
}

/** What the tests read of an answer; a view of one noun has its own fields beside these. */
export interface Json {
  readonly type?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly reference?: string;
  readonly outcome?: string;
  readonly headline?: string;
  readonly errors?: readonly { readonly pointer: string; readonly message: string }[];
  readonly reasons?: readonly { readonly code: string; readonly text: string }[];
  readonly [field: string]: unknown;
}

/** What became of one command, as its sender knows it. */
export interface Told {
  readonly caller: string;
  readonly key: string;
  readonly path: string;
  readonly body: object;
  /** null: nobody answered, or the answer was that nobody knows (5xx). */
  answer: Answer | null;
}

export interface Sending {
  readonly body?: object | string | Buffer;
  /** A fresh one for each command; null sends none. */
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: string | null;
}

export class Caller {
  private constructor(
    readonly subject: string,
    readonly token: string | null,
    private readonly agent: Agent,
    /** Changed when the service comes back on another port. */
    public url: string,
  ) {}

  /** A demo account by its key, a person of the test's own, or null for somebody without a token. */
  static async of(who: string | Person | null, dataDir: string, url: string, connections = 64): Promise<Caller> {
    const agent = new Agent({ connections, keepAliveTimeout: 5_000, headersTimeout: 15_000, bodyTimeout: 15_000 });
    if (who === null) return new Caller('nobody', null, agent, url);
    const person = typeof who === 'string' ? demoAccount(who) : who;
    return new Caller(person.subject, await tokenOf(person, dataDir), agent, url);
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }

  get(path: string, sending: Sending = {}): Promise<Answer> {
    return this.send('GET', path, { key: null, ...sending });
  }

  post(path: string, body: object = {}, sending: Sending = {}): Promise<Answer> {
    return this.send('POST', path, { body, ...sending });
  }

  /** Rejects when the connection gives no answer. */
  async send(method: string, path: string, { body, key = uuidv7(), headers = {}, token = this.token }: Sending = {}): Promise<Answer> {
    const startedAt = performance.now();
    const raw = typeof body === 'string' || Buffer.isBuffer(body);
    const reply = await request(`${this.url}${path}`, {
      method,
      dispatcher: this.agent,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(key === null ? {} : { 'idempotency-key': key }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? null : raw ? body : JSON.stringify(body),
    });
    const text = await reply.body.text();
    return { status: reply.statusCode, headers: reply.headers, text, ms: performance.now() - startedAt, body: parsed(text) };
  }

  /** One command, once; whatever happens to it is in the answer. */
  async tell(path: string, body: object = {}, key: string = uuidv7()): Promise<Told> {
    return this.again({ caller: this.subject, key, path, body, answer: null });
  }

  /** The same command with the same key. */
  async again(told: Told): Promise<Told> {
    const answer = await this.post(told.path, told.body, { key: told.key }).catch(() => null);
    return { ...told, answer: answer !== null && answer.status < 500 ? answer : null };
  }
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {};
  }
}
