import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type EdgeApp, type ProblemAnswer, postJson, startEdge } from './edge-app.js';

const good = { name: 'Ann', born: '1990-02-28' };
let edge: EdgeApp;
beforeAll(async () => {
  edge = await startEdge();
});
afterAll(() => edge.close());

const parcels = (): string => `${edge.url}/v1/parcels`;
const many = (n: number, one: (i: number) => string): string => Array.from({ length: n }, (_, i) => one(i)).join(',');

describe('a body that is not what it says', () => {
  const corpus: [name: string, body: string | Uint8Array, defect: string][] = [
    ['an empty body', '', 'empty'],
    ['a byte order mark', '\ufeff{}', 'byte-order-mark'],
    ['bytes that are not UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'not-utf-8'],
    ['a body cut in the middle', '{"name":"An', 'syntax'],
    ['trailing garbage', '{"name":"Ann"} x', 'syntax'],
    ['two documents', '{}{}', 'syntax'],
    ['a trailing comma', '{"name":"Ann",}', 'syntax'],
    ['single quotes', "{'name':'Ann'}", 'syntax'],
    ['a comment', '{/* */"name":"Ann"}', 'syntax'],
    ['NaN', '{"name":NaN}', 'syntax'],
    ['a raw line break in a text', '{"name":"A\nnn"}', 'syntax'],
    ['a number beyond all numbers', '{"name":1e400}', 'number-out-of-range'],
    ['a whole number that would be rounded', '{"name":9007199254740993}', 'number-out-of-range'],
    ['half a character in a text', '{"name":"\\ud83d"}', 'lone-surrogate'],
    ['half a character in a field name', '{"\\udc00":1}', 'lone-surrogate'],
    ['the same field twice', '{"name":"Ann","name":"Bob"}', 'duplicate-key'],
    ['the same field twice, once escaped', '{"name":"Ann","n\\u0061me":"Bob"}', 'duplicate-key'],
    ['the same field twice, deep inside', '{"a":[{"b":{"c":1,"c":2}}]}', 'duplicate-key'],
    ['__proto__', '{"__proto__":{"polluted":true}}', 'forbidden-key'],
    ['__proto__, escaped', '{"\\u005f_proto__":{"polluted":true}}', 'forbidden-key'],
    ['constructor', '{"constructor":{"prototype":{"polluted":true}}}', 'forbidden-key'],
    ['prototype, deep inside', '{"a":[{"prototype":{"polluted":true}}]}', 'forbidden-key'],
    ['21 levels', `${'{"a":'.repeat(21)}1${'}'.repeat(21)}`, 'too-deep'],
    ['30,000 open brackets', '['.repeat(30_000), 'too-deep'],
    ['501 fields', `{${many(501, (i) => `"k${i}":1`)}}`, 'too-many-keys'],
    ['501 fields in many objects', `{"a":[${many(501, () => '{"k":1}')}]}`, 'too-many-keys'],
    ['a list', '[]', 'not-an-object'],
    ['a text', '"Ann"', 'not-an-object'],
    ['null', 'null', 'not-an-object'],
  ];
  it.each(corpus)('%s is answered 400 and named', async (_name, body, defect) => {
    const answer = await postJson(parcels(), body);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(answer.body).toMatchObject({ type: '/problems/malformed-json', defect });
    expect(answer.body.detail.length).toBeGreaterThan(20);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('20 levels and 500 fields are still read (and then refused as unknown fields)', async () => {
    for (const body of [`${'{"a":'.repeat(20)}1${'}'.repeat(20)}`, `{${many(500, (i) => `"k${i}":1`)}}`]) {
      expect((await postJson(parcels(), body)).body.type).toBe('/problems/fields-invalid');
    }
  });

  it('a name that objects have from birth is refused, and so is the name of a method of the request class', async () => {
    for (const key of ['toString', 'hasOwnProperty', 'valueOf', '__defineGetter__']) {
      expect((await postJson(parcels(), JSON.stringify({ ...good, [key]: 'x' }))).body).toMatchObject({
        status: 400,
        defect: 'forbidden-key',
      });
    }
    for (const key of ['then', 'length', 'name2', 'toCommand']) {
      const answer = await postJson(parcels(), JSON.stringify({ ...good, [key]: 'x' }));
      expect([key, answer.status]).toEqual([key, 400]);
      expect(answer.body.errors).toEqual([{ pointer: `/${key}`, message: 'This field is not known here. Remove it.' }]);
    }
  });

  it('the same names in a query are refused as well', async () => {
    for (const key of ['__proto__', 'constructor', 'prototype', 'toString', 'constructor[prototype][polluted]', '__proto__[polluted]']) {
      const answer = await fetch(`${parcels()}?${encodeURIComponent(key)}=1`);
      expect([key, answer.status]).toEqual([key, 400]);
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe('fields', () => {
  it('a good request arrives as an instance of its class', async () => {
    const answer = await postJson(parcels(), JSON.stringify({ ...good, signed: true, lines: [{ strength: '10mg', capsules: 21 }] }));
    expect(answer.body).toEqual({ got: ['name', 'born', 'signed', 'lines'], plain: true });
  });

  it('every wrong field is named in one answer, each with one sentence', async () => {
    const wrong = {
      name: 'a\u202eb',
      born: '2023-02-29',
      packedAt: '2026-03-09 10:00',
      carrier: '1',
      size: 'huge',
      signed: 'yes',
      labels: ['a', 'a'],
      first: null,
      lines: [{ strength: '10mg', capsules: '21' }, null],
    };
    const { status, body } = await postJson(parcels(), JSON.stringify(wrong));
    expect(status).toBe(400);
    expect(body.errors?.map((error) => error.pointer).sort()).toEqual(
      [
        '/born',
        '/carrier',
        '/first',
        '/labels',
        '/lines',
        '/lines/0/capsules',
        '/lines/1',
        '/name',
        '/packedAt',
        '/signed',
        '/size',
      ].sort(),
    );
    expect(body.errors).toContainEqual({
      pointer: '/born',
      message: 'Give a calendar date as YYYY-MM-DD, from 1900 to 2200, for example 2026-03-09.',
    });
  });

  it('extra fields are named at every depth, and state and role cannot be set (T11)', async () => {
    const { status, body } = await postJson(
      parcels(),
      JSON.stringify({ ...good, state: 'dispensed', role: 'admin', first: { strength: 'a', capsules: 1, approvedAt: 'x' } }),
    );
    expect(status).toBe(400);
    expect(body.errors?.map((error) => error.pointer).sort()).toEqual(['/first/approvedAt', '/role', '/state']);
  });

  it('an extra field whose name might be a value is refused without repeating it', async () => {
    const { status, body } = await postJson(parcels(), JSON.stringify({ ...good, 'Jane Canary, born 1990': 1 }));
    expect(status).toBe(400);
    expect(JSON.stringify(body)).not.toContain('Canary');
  });

  it('a missing body names every missing field', async () => {
    const answer = await fetch(parcels(), { method: 'POST' });
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as ProblemAnswer).errors?.map((error) => error.pointer)).toEqual(['/name', '/born']);
  });

  it('a null is not the same as leaving a field out', async () => {
    const { body } = await postJson(parcels(), JSON.stringify({ ...good, packedAt: null }));
    expect(body.errors?.map((error) => error.pointer)).toEqual(['/packedAt']);
  });

  it('a number in a query is read, anything else and a repeated one is refused', async () => {
    expect(await (await fetch(`${parcels()}?limit=7`)).json()).toEqual({ limit: 7 });
    for (const query of ['limit=7x', 'limit=', 'limit=1&limit=2', 'limit=0x10', 'limit=1e1', 'limit=101', 'unknown=1']) {
      expect([query, (await fetch(`${parcels()}?${query}`)).status]).toEqual([query, 400]);
    }
  });
});

describe('around the body', () => {
  it('64 kB is read, one byte more is 413', async () => {
    const padded = (size: number): string => `${JSON.stringify(good)}${' '.repeat(size - JSON.stringify(good).length)}`;
    expect((await postJson(parcels(), padded(64 * 1024))).status).toBe(200);
    const answer = await postJson(parcels(), padded(64 * 1024 + 1));
    expect([answer.status, answer.body.type]).toEqual([413, '/problems/too-large']);
  });

  it('another content type is 415, with whatever spelling of JSON being read', async () => {
    for (const type of [
      'text/plain',
      'application/xml',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'application/jsonp',
      'text/json',
      'x',
    ]) {
      const answer = await postJson(parcels(), JSON.stringify(good), { 'content-type': type });
      expect([type, answer.status, answer.body.type]).toEqual([type, 415, '/problems/unsupported-media-type']);
    }
    for (const type of ['Application/JSON', 'application/json; charset=utf-8', 'application/fhir+json', 'application/vnd.x.y+json;v=1']) {
      expect([type, (await postJson(parcels(), JSON.stringify(good), { 'content-type': type })).status]).toEqual([type, 200]);
    }
  });

  it('a compressed body is 415, because nothing here inflates', async () => {
    expect((await postJson(parcels(), JSON.stringify(good), { 'content-encoding': 'gzip' })).status).toBe(415);
  });

  it('an unknown address is 404, a known one with another method 405 with Allow', async () => {
    const unknown = await fetch(`${edge.url}/v1/nothing?name=Canary`);
    expect([unknown.status, ((await unknown.json()) as ProblemAnswer).type]).toEqual([404, '/problems/not-found']);
    for (const [method, path] of [
      ['DELETE', '/v1/parcels'],
      ['OPTIONS', '/v1/parcels'],
      ['PUT', '/v1/parcels?x=1'],
    ]) {
      const answer = await fetch(`${edge.url}${path}`, { method: method! });
      expect([method, answer.status, answer.headers.get('allow')]).toEqual([method, 405, 'GET, HEAD, POST']);
    }
    expect((await fetch(`${edge.url}/v1/parcels/019a1b2c-3d4e-7f60-8a9b-0c1d2e3f4a5b`, { method: 'PATCH' })).status).toBe(405);
  });

  it('an address that cannot be decoded is 400, an endless parameter 414, an id that is none 404', async () => {
    for (const [path, status] of [
      ['/v1/parcels/%ff', 400],
      [`/v1/parcels/loose/${'a'.repeat(400)}`, 414],
      ['/v1/parcels/not-an-id', 404],
      ['/v1/parcels/%00', 404],
      ['/v1/parcels/..%2f..%2fetc', 404],
    ] as const) {
      const answer = await fetch(`${edge.url}${path}`);
      const body = (await answer.json()) as ProblemAnswer;
      expect([path, answer.status, body.status]).toEqual([path, status, status]);
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
  });

  it('a command without a proper Idempotency-Key is 400', async () => {
    const commands = `${edge.url}/v1/parcels/commands`;
    expect((await postJson(commands, '{}')).body.type).toBe('/problems/idempotency-key-missing');
    for (const key of ['short', 'has a space in it', 'x'.repeat(129), 'café-au-lait']) {
      expect((await postJson(commands, '{}', { 'idempotency-key': key })).body.type).toBe('/problems/idempotency-key-malformed');
    }
    expect((await postJson(commands, '{}', { 'idempotency-key': '12345678' })).body).toEqual({ length: 8 });
  });

  it('the process is alive after all of this', async () => {
    expect(await (await fetch(`${edge.url}/health/live`)).json()).toEqual({ status: 'live' });
    expect(edge.lines.filter((line) => JSON.parse(line).level === 'error')).toEqual([]);
  });
});
