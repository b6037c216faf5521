import { request as rawRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HttpMetrics } from '../../../src/http/metrics.js';
import { Readiness } from '../../../src/http/readiness.js';
import { type EdgeApp, type ProblemAnswer, postJson, startEdge } from './edge-app.js';

let edge: EdgeApp;
beforeAll(async () => {
  edge = await startEdge();
});
afterAll(() => edge.close());

const lineOf = async (requestId: string): Promise<Record<string, unknown>> => {
  await new Promise((resolve) => setTimeout(resolve, 20));
  return JSON.parse(edge.lines.find((line) => line.includes(requestId) && line.includes('"message":"request"')) ?? '{}');
};

describe('what leaves the service', () => {
  it('T19: a canary in body, field names, query, path and headers is in no log, no metric and no error body', async () => {
    const canary = 'Canary4711';
    const bodies: string[] = [];
    const tries: Promise<Response>[] = [];
    const json = (body: string, headers: Record<string, string> = {}): Promise<Response> =>
      fetch(`${edge.url}/v1/parcels?x=${canary}`, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
    tries.push(
      json(
        `{"name":"${canary}\\u0000","born":"${canary}","packedAt":"${canary}","carrier":"${canary}","size":"${canary}","first":"${canary}"}`,
      ),
      json(`{"name":"${canary}", "born":"1990-01-01", "lines":[{"strength":"${canary} x","capsules":"${canary}"}]}`),
      json(`{"name":"${canary}`),
      json(`{"name":"${canary}","name":"${canary}"}`),
      json(`${canary}`),
      json('{}', { 'x-request-id': canary, authorization: `Bearer ${canary}`, cookie: canary, referer: `http://x/${canary}` }),
      json(`{"a":"${canary}"}`, { 'content-type': canary }),
      fetch(`${edge.url}/v1/${canary}?q=${canary}`),
      fetch(`${edge.url}/v1/parcels/${canary}`),
      fetch(`${edge.url}/v1/parcels/%ff${canary}`),
      fetch(`${edge.url}/v1/parcels/loose/${canary}?${canary}=${canary}`),
      fetch(`${edge.url}/v1/parcels/loose/${canary.repeat(20)}`),
      fetch(`${edge.url}/v1/parcels/broken?secret=${canary}`),
      fetch(`${edge.url}/v1/parcels?limit=${canary}`),
      fetch(`${edge.url}/v1/parcels/commands`, { method: 'POST', headers: { 'idempotency-key': `${canary} ${canary}` } }),
    );
    for (const answer of await Promise.all(tries)) bodies.push(`${JSON.stringify([...answer.headers])}${await answer.text()}`);
    expect(bodies.filter((body) => body.includes(canary))).toEqual([]);
    expect(await edge.app.get(HttpMetrics).text()).not.toContain(canary);
    expect(edge.lines.join('')).not.toContain(canary);
  });

  it('a secret in the message of an error is neither answered nor logged, but its reference, name and place are', async () => {
    const answer = await fetch(`${edge.url}/v1/parcels/broken`);
    const body = (await answer.json()) as ProblemAnswer;
    expect([answer.status, body.type]).toEqual([500, '/problems/unexpected']);
    expect(JSON.stringify(body)).not.toMatch(/CANARY-SECRET|postgres|\.ts|\\n|at \//);
    const logged = edge.lines.find((line) => line.includes(body.reference) && line.includes('"error"')) ?? '';
    expect(logged).not.toContain('CANARY-SECRET');
    expect(JSON.parse(logged)).toMatchObject({ level: 'error', reference: body.reference, error: { name: 'Error' } });
    expect(JSON.parse(logged).error.frames[0]).toContain('edge-app.ts');
  });

  it('a problem has the members of RFC 9457, a reference to read aloud, and nothing can replace them', async () => {
    const answer = await fetch(`${edge.url}/v1/parcels/full`);
    const body = (await answer.json()) as ProblemAnswer;
    expect(answer.headers.get('retry-after')).toMatch(/^[123]$/);
    expect(body).toMatchObject({
      type: '/problems/outcome-unknown',
      title: 'Outcome unknown',
      status: 503,
      detail: 'Ask again.',
      reasons: [{ code: 'X' }],
    });
    expect(body.reference).toMatch(/^[2-9A-Z]{8}$/);
    expect(body.instance).toBe(`urn:uuid:${answer.headers.get('x-request-id')}`);
    const teapot = await fetch(`${edge.url}/v1/parcels/teapot`);
    expect([teapot.status, teapot.headers.get('x-pot')]).toEqual([418, 'yes']);
  });

  it.each([
    ['absent', 401, 'unauthenticated'],
    ['stepUp', 401, 'step-up-required'],
    ['forbidden', 403, 'forbidden'],
    ['signIn', 503, 'sign-in-unavailable'],
    ['crowded', 503, 'overloaded'],
    ['gone', 503, 'database-unavailable'],
    ['unknown', 503, 'outcome-unknown'],
  ])('what sign-in and database throw (%s) is answered %i as its own problem, without its message', async (how, status, slug) => {
    const answer = await fetch(`${edge.url}/v1/parcels/failing/${how}`);
    const body = (await answer.json()) as ProblemAnswer;
    expect([answer.status, body.type]).toEqual([status, `/problems/${slug}`]);
    expect(answer.headers.has('retry-after')).toBe(status === 503);
    expect(answer.headers.has('www-authenticate')).toBe(status === 401 || status === 403);
    expect(JSON.stringify(body) + edge.lines.join('')).not.toContain('CANARY-SECRET');
  });

  it('each request is one line with its route template, never its address', async () => {
    const id = '019a1b2c-3d4e-7f60-8a9b-0c1d2e3f4a5b';
    const answer = await fetch(`${edge.url}/v1/parcels/${id}?q=x`, {
      headers: { 'x-request-id': '0199AAAA-3d4e-7f60-8a9b-0c1d2e3f4a5b', 'x-test-caller': 'Canary' },
    });
    expect(answer.headers.get('x-request-id')).toBe('0199aaaa-3d4e-7f60-8a9b-0c1d2e3f4a5b');
    const line = await lineOf('0199aaaa-3d4e-7f60-8a9b-0c1d2e3f4a5b');
    expect(line).toEqual({
      level: 'info',
      time: expect.any(String),
      requestId: '0199aaaa-3d4e-7f60-8a9b-0c1d2e3f4a5b',
      method: 'GET',
      route: '/v1/parcels/:id',
      status: 200,
      durationMs: expect.any(Number),
      role: 'pharmacist',
      message: 'request',
    });
    expect(edge.lines.join('')).not.toContain(id);
  });

  it('a request that never touched a socket is logged too', async () => {
    const answer = await edge.app.inject({ method: 'GET', url: '/v1/parcels' });
    expect(answer.statusCode).toBe(200);
    expect(await lineOf(String(answer.headers['x-request-id']))).toMatchObject({ route: '/v1/parcels', status: 200 });
  });

  it('a request id that is no UUID is replaced by a UUIDv7', async () => {
    for (const given of ['1', 'x'.repeat(500), '0199aaaa-3d4e-7f60-8a9b-0c1d2e3f4a5b, 2']) {
      const answer = await fetch(`${edge.url}/v1/parcels`, { headers: { 'x-request-id': given } });
      expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab]/);
    }
  });

  it('T18: line breaks, escapes and bidi characters in any place leave one JSON line per event', async () => {
    const nasty = 'a\u001b[31m\u2028\u202e\u0085"}{"level":"fatal"';
    const before = edge.lines.length;
    await postJson(`${edge.url}/v1/parcels`, JSON.stringify({ name: nasty, [nasty]: nasty }));
    await new Promise((resolve) =>
      rawRequest(
        `${edge.url}/v1/parcels/loose/${encodeURIComponent(nasty)}`,
        { headers: { 'x-test-caller': 'x', 'x-test-role': 'admin\u00ff forged' } },
        (res) => res.resume().on('end', resolve),
      ).end(),
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    const written = edge.lines.slice(before);
    expect(written).toHaveLength(2);
    for (const line of written) {
      expect(line.indexOf('\n')).toBe(line.length - 1);
      expect(line).not.toMatch(/[\u007f-\u009f\u2028-\u202e]|fatal|forged/);
      expect(JSON.parse(line).level).toBe('info');
    }
  });

  it('metrics are by route template, method and status class, with lag of the event loop', async () => {
    const answer = await fetch(`${edge.url}/metrics`);
    const text = await answer.text();
    expect(answer.headers.get('content-type')).toContain('text/plain');
    expect(text).toMatch(/http_request_duration_seconds_count\{route="\/v1\/parcels\/:id",method="GET",status="2xx"\} \d+/);
    expect(text).toContain('route="unmatched"');
    expect(text).toContain('nodejs_eventloop_lag_seconds');
    expect(text).toContain('http_requests_in_flight{lane="counter"} 0');
  });

  it('ready names the part that is not ready and nothing else about it', async () => {
    const readiness = edge.app.get(Readiness);
    let works = false;
    readiness.add('database', () => {
      if (!works) throw new Error('password CANARY-SECRET wrong');
    });
    const answer = await fetch(`${edge.url}/health/ready`);
    const text = await answer.text();
    expect(answer.status).toBe(503);
    expect(JSON.parse(text)).toMatchObject({
      type: '/problems/not-ready',
      detail: 'Not ready: database.',
      parts: { database: 'not-ready' },
    });
    expect(text + edge.lines.join('')).not.toContain('CANARY-SECRET');
    works = true;
    expect(await (await fetch(`${edge.url}/health/ready`)).json()).toEqual({ status: 'ready', parts: { database: 'ready' } });
  });

  it('every answer, good, refused or unmatched, carries the protective headers', async () => {
    for (const path of ['/v1/parcels', '/v1/parcels/broken', '/nowhere', '/health/live', '/v1/parcels?limit=x']) {
      const { headers } = await fetch(`${edge.url}${path}`);
      expect([path, headers.get('cache-control')]).toEqual([path, 'no-store']);
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('content-security-policy')).not.toContain('upgrade-insecure');
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });
});
