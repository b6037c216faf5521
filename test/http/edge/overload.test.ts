import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { HttpMetrics } from '../../../src/http/metrics.js';
import { type EdgeApp, gate, type ProblemAnswer, startEdge } from './edge-app.js';

let edge: EdgeApp | undefined;
afterEach(async () => {
  gate.release();
  await edge?.close();
  edge = undefined;
});

async function until(holds: () => boolean, ms = 3_000): Promise<void> {
  const end = performance.now() + ms;
  while (!holds()) {
    if (performance.now() > end) throw new Error('did not happen in time');
    await wait(5);
  }
}

async function timed(url: string): Promise<{ status: number; ms: number; answer: Response }> {
  const start = performance.now();
  const answer = await fetch(url);
  return { status: answer.status, ms: performance.now() - start, answer };
}

const lanes = { counter: { maxInFlight: 2, maxQueued: 2, maxWaitMs: 120 }, rest: { maxInFlight: 2, maxQueued: 2, maxWaitMs: 120 } };

describe('overload', () => {
  it.each([
    ['rest', 'counter'],
    ['counter', 'rest'],
  ])('F4: a full %s lane answers 503 with Retry-After within 250 ms, while the %s lane serves', async (full, free) => {
    edge = await startEdge({ lanes });
    gate.close();
    const held = [1, 2].map(() => fetch(`${edge!.url}/v1/parcels/slow/${full}`));
    await until(() => gate.waiting === 2);
    const flood = Array.from({ length: 20 }, () => timed(`${edge!.url}/v1/parcels/slow/${full}`));
    const other = Array.from({ length: 20 }, () =>
      timed(free === 'counter' ? `${edge!.url}/v1/parcels/quick/counter` : `${edge!.url}/v1/parcels?limit=1`),
    );
    for (const { status, ms } of await Promise.all(other)) expect([status, ms < 250]).toEqual([200, true]);
    for (const { status, ms, answer } of await Promise.all(flood)) {
      expect([status, ms < 250]).toEqual([503, true]);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(((await answer.json()) as ProblemAnswer).type).toBe('/problems/overloaded');
    }
    expect((await fetch(`${edge.url}/health/ready`)).status).toBe(200);
    const metrics = await edge.app.get(HttpMetrics).text();
    expect(metrics).toContain(`http_requests_shed_total{lane="${full}"} 20`);
    expect(metrics).toContain(`http_requests_in_flight{lane="${full}"} 2`);
    gate.release();
    expect((await Promise.all(held)).map((answer) => answer.status)).toEqual([200, 200]);
    expect((await fetch(`${edge.url}/v1/parcels/slow/${full}`)).status).toBe(200); // every place was given back
  });

  it('a caller who hangs up keeps his place until his work is done', async () => {
    edge = await startEdge({ lanes });
    gate.close();
    const abort = new AbortController();
    const gone = [1, 2].map(() => fetch(`${edge!.url}/v1/parcels/slow/rest`, { signal: abort.signal }).catch(() => 'gone'));
    await until(() => gate.waiting === 2);
    abort.abort();
    await Promise.all(gone);
    await wait(20);
    expect((await fetch(`${edge.url}/v1/parcels/slow/rest`)).status).toBe(503);
    expect(edge.lines.filter((line) => line.includes('"status":499,') && line.includes('"aborted":true'))).toHaveLength(2);
    gate.release();
    await wait(20);
    expect((await fetch(`${edge.url}/v1/parcels/slow/rest`)).status).toBe(200);
  });

  it('who asks too often is answered 429 with the time to wait, and health is still answered', async () => {
    edge = await startEdge({ rates: { address: { burst: 5, perSecond: 0.5 } } });
    const statuses = [];
    for (let i = 0; i < 6; i++) statuses.push((await fetch(`${edge.url}/v1/parcels`)).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
    const answer = await fetch(`${edge.url}/v1/parcels`);
    expect(answer.headers.get('retry-after')).toBe('2');
    expect((await fetch(`${edge.url}/health/live`)).status).toBe(200);
  });
});

describe('limits by caller', () => {
  it('one caller who asks too often does not use up the allowance of another', async () => {
    edge = await startEdge({ rates: { caller: { burst: 2, perSecond: 0.1 } } });
    const ask = async (name: string): Promise<number> =>
      (await fetch(`${edge!.url}/v1/parcels`, { headers: { 'x-test-caller': name } })).status;
    expect([await ask('a'), await ask('a'), await ask('a'), await ask('b'), await ask('b')]).toEqual([200, 200, 429, 200, 200]);
  });

  it('bad tokens are slowed down by address, while everybody else behind it is served', async () => {
    edge = await startEdge({ rates: { failedSignIn: { burst: 2, perSecond: 0.1 } } });
    const ask = async (how: string): Promise<number> => (await fetch(`${edge!.url}/v1/parcels/failing/${how}`)).status;
    expect([await ask('badToken'), await ask('badToken'), await ask('badToken')]).toEqual([401, 401, 429]);
    expect([await ask('absent'), await ask('stepUp')]).toEqual([401, 401]);
    expect((await fetch(`${edge.url}/v1/parcels`, { headers: { authorization: 'Bearer good' } })).status).toBe(200);
  });
});

describe('slow and malformed connections (T23)', () => {
  const slow = { headersMs: 300, requestMs: 400, slowCheckMs: 50, headerBytes: 2_048 };

  /** Sends `first`, then a byte every 50 ms, and returns what came back and when the connection ended. */
  function drip(port: number, first: string, byte: string): Promise<{ text: string; ms: number }> {
    return new Promise((resolve, reject) => {
      const start = performance.now();
      let text = '';
      const socket: Socket = connect(port, '127.0.0.1', () => socket.write(first));
      const timer = setInterval(() => socket.writable && socket.write(byte), 50);
      socket.on('data', (chunk) => {
        text += chunk.toString();
      });
      socket.on('error', () => {});
      socket.on('close', () => {
        clearInterval(timer);
        resolve({ text, ms: performance.now() - start });
      });
      setTimeout(() => reject(new Error('still open')), 5_000).unref();
    });
  }

  it('dripping headers and dripping bodies are cut, while others are served', async () => {
    edge = await startEdge({ limits: slow });
    const port = Number(new URL(edge.url).port);
    const cut = [
      ...Array.from({ length: 20 }, () => drip(port, 'GET /v1/parcels HTTP/1.1\r\nHost: x\r\nX-A: ', 'a')),
      ...Array.from({ length: 20 }, () =>
        drip(port, 'POST /v1/parcels HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{', ' '),
      ),
    ];
    for (let i = 0; i < 5; i++) expect((await timed(`${edge.url}/v1/parcels`)).ms).toBeLessThan(200);
    for (const { text, ms } of await Promise.all(cut)) {
      expect(ms).toBeLessThan(1_500);
      expect(text).toContain('HTTP/1.1 408');
      expect(text).toContain('/problems/too-slow');
    }
  });

  it('headers beyond the limit are answered 431, and what is no HTTP 400, without repeating it', async () => {
    edge = await startEdge({ limits: slow });
    const port = Number(new URL(edge.url).port);
    const large = await drip(port, `GET / HTTP/1.1\r\nHost: x\r\nX-A: ${'CANARY'.repeat(1_000)}\r\n\r\n`, '');
    expect(large.text).toContain('HTTP/1.1 431');
    const garbage = await drip(port, 'CANARY not http\r\n\r\n', '');
    expect(garbage.text).toContain('HTTP/1.1 400');
    expect(large.text + garbage.text).not.toContain('CANARY');
    expect(await edge.app.get(HttpMetrics).text()).toContain('http_connections_cut_total{cause="header-overflow"} 1');
  });
});

describe('stopping', () => {
  it('finishes the requests at work, refuses new ones, and may be asked twice', async () => {
    edge = await startEdge();
    const { url } = edge;
    gate.close();
    const held = fetch(`${url}/v1/parcels/slow/rest`);
    await until(() => gate.waiting === 1);
    const closing = [edge.close(), edge.close()];
    await until(() => edge!.app.getHttpServer().listening === false);
    await expect(fetch(`${url}/health/live`)).rejects.toThrow();
    gate.release();
    const answer = await held;
    expect([answer.status, await answer.json()]).toEqual([200, { lane: 'rest' }]);
    expect(answer.headers.get('connection')).toBe('close');
    await Promise.all(closing);
  });

  it('a request on a connection that is still open is answered 503 as a problem', async () => {
    edge = await startEdge();
    const port = Number(new URL(edge.url).port);
    gate.close();
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    socket.write('POST /v1/parcels HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n');
    const held = fetch(`${edge.url}/v1/parcels/slow/rest`); // keeps the drain waiting
    await until(() => gate.waiting === 1);
    const second = connect(port, '127.0.0.1');
    let late = '';
    second.on('data', (chunk) => {
      late += chunk.toString();
    });
    second.write('GET /v1/parcels HTTP/1.1\r\nHost: x\r\n'); // headers not finished: not idle, not yet a request
    await wait(50);
    const closing = edge.close();
    await wait(50);
    second.write('\r\n');
    await until(() => late.includes('/problems/unavailable'));
    expect(late).toContain('HTTP/1.1 503');
    expect(late.toLowerCase()).toContain('retry-after:');
    socket.write('{}');
    await until(() => text.includes('/problems/fields-invalid')); // it had begun before
    gate.release();
    await held;
    await closing;
    socket.destroy();
    second.destroy();
  });

  it('does not wait longer than the drain time for a request that never ends', async () => {
    edge = await startEdge({ limits: { drainMs: 200 } });
    gate.close();
    const held = fetch(`${edge.url}/v1/parcels/slow/rest`).catch(() => 'cut');
    await until(() => gate.waiting === 1);
    const start = performance.now();
    await edge.close();
    expect(performance.now() - start).toBeLessThan(1_000);
    expect(await held).toBe('cut');
  });
});
