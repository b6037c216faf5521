import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { buildOpenApi, serveOpenApi } from '../../../src/http/openapi.js';
import { compareOpenApi } from '../../../src/http/openapi-compare.js';
import { type EdgeApp, startEdge } from './edge-app.js';

let edge: EdgeApp;
let document: OpenAPIObject;
beforeAll(async () => {
  edge = await startEdge({}, (app) => {
    document = buildOpenApi(app, { title: 'Parcels', version: '1', description: 'Test.' });
    serveOpenApi(app, document);
  });
});
afterAll(() => edge.close());

type Json = { [key: string]: unknown };
type Path = readonly string[];

const at = (from: unknown, path: Path): unknown => path.reduce((node, key) => (node as Json)[key], from);

/** Breaking changes after setting `path` to `value`, or removing it when there is none. */
function changed(...edits: readonly (readonly [path: Path, value?: unknown])[]): string[] {
  const copy = structuredClone(document);
  for (const [path, value] of edits) {
    const parent = at(copy, path.slice(0, -1)) as Json;
    if (value === undefined) delete parent[path.at(-1)!];
    else parent[path.at(-1)!] = value;
  }
  return compareOpenApi(document, copy).map(({ where, what }) => `${where}: ${what}`);
}

const parcel = (...rest: string[]): Path => ['components', 'schemas', 'ParcelRequest', ...rest];
const live = (...rest: string[]): Path => ['paths', '/health/live', 'get', 'responses', '200', ...rest];
const liveSchema = (...rest: string[]): Path => live('content', 'application/json', 'schema', ...rest);

describe('the API description', () => {
  it('is OpenAPI 3.1, names required and optional fields, bounds, keys and problems', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(at(document, parcel('required'))).toEqual(['name', 'born']);
    expect(at(document, parcel('properties'))).toMatchObject({
      name: { type: 'string', minLength: 1, maxLength: 40, description: 'Who receives it.' },
      born: { type: 'string', format: 'date' },
      signed: { type: 'boolean' },
      size: { type: 'string', enum: ['small', 'large'] },
      labels: { type: 'array', maxItems: 3, items: { type: 'string', maxLength: 10 } },
      first: { allOf: [{ $ref: '#/components/schemas/LineRequest' }] },
      lines: { type: 'array', maxItems: 3, items: { $ref: '#/components/schemas/LineRequest' } },
    });
    expect(JSON.stringify(document)).not.toContain('nullable');
    const command = ['paths', '/v1/parcels/commands', 'post'];
    expect(at(document, [...command, 'parameters'])).toContainEqual(
      expect.objectContaining({ name: 'Idempotency-Key', in: 'header', required: true }),
    );
    expect(at(document, [...command, 'responses', 'default', 'content', 'application/problem+json', 'schema', '$ref'])).toBe(
      '#/components/schemas/Problem',
    );
    expect(Object.keys(document.paths)).toEqual([...Object.keys(document.paths)].sort());
  });

  it('is served, with a page for people that loads nothing from elsewhere', async () => {
    expect(await (await fetch(`${edge.url}/openapi.json`)).json()).toEqual(JSON.parse(JSON.stringify(document)));
    const page = await fetch(`${edge.url}/docs`);
    const html = await page.text();
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(html).not.toMatch(/(?:src|href)=["']https?:/);
    const script = /src="([^"]+bundle\.js)"/.exec(html)?.[1];
    expect((await fetch(new URL(script!, `${edge.url}/docs`))).status).toBe(200);
    expect((await fetch(`${edge.url}/docs-yaml`)).status).toBe(404);
  });
});

describe('breaking changes', () => {
  it('a document does not break itself, nor does adding what nobody has to use', () => {
    expect(
      changed(
        [parcel('properties', 'more'), { type: 'string' }],
        [['paths', '/v1/new'], { get: { responses: {} } }],
        [parcel('properties', 'size', 'enum'), ['small', 'large', 'medium']],
        [parcel('properties', 'name', 'maxLength'), 80],
        [liveSchema('properties', 'status', 'enum'), ['live', 'resting']],
      ),
    ).toEqual([]);
  });

  it.each<[name: string, path: Path, value: unknown, expected: RegExp]>([
    ['an operation that goes', ['paths', '/v1/parcels', 'post'], undefined, /^POST \/v1\/parcels: operation removed/],
    ['a whole path that goes', ['paths', '/health/ready'], undefined, /^GET \/health\/ready: operation removed/],
    ['a request field that becomes required', parcel('required'), ['name', 'born', 'size'], /request field now required: size/],
    [
      'a request field that goes, because unknown fields are refused',
      parcel('properties', 'size'),
      undefined,
      /request field removed: size/,
    ],
    ['a request enum that shrinks', parcel('properties', 'size', 'enum'), ['small'], /size: enum narrowed, no longer: large/],
    ['a type that changes', parcel('properties', 'name', 'type'), 'integer', /name: type changed from string to integer/],
    ['a bound that tightens', parcel('properties', 'name', 'maxLength'), 10, /name: maxLength tightened to 10/],
    [
      'a type deep in a list',
      ['components', 'schemas', 'LineRequest', 'properties', 'capsules', 'type'],
      'string',
      /capsules: type changed/,
    ],
    [
      'a new required header',
      ['paths', '/v1/parcels', 'get', 'parameters'],
      [{ name: 'X-A', in: 'header', required: true }],
      /now required: header x-a/,
    ],
    ['a parameter that goes', ['paths', '/v1/parcels', 'get', 'parameters'], [], /parameter removed: query limit/],
    ['an answer field that goes', liveSchema('properties', 'status'), undefined, /200: response field removed: status/],
    ['an answer field that may be missing', liveSchema('required'), [], /response field may now be missing: status/],
    ['an answer that goes', live(), undefined, /200: answer removed/],
    ['a media type that goes', live('content', 'application/json'), undefined, /media type removed: application\/json/],
  ])('%s is found', (_name, path, value, expected) => {
    expect(changed([path, value]).join('\n')).toMatch(expected);
  });
});
