import { describe, expect, it } from '@jest/globals';
import { errorFacts } from '../../../src/http/error-facts.js';
import { createLogger, NestLog } from '../../../src/http/logging.js';
import { LaneLimiter, Overloaded } from '../../../src/http/overload.js';
import { isProblemLike, newReference, Problem, problemHeaders, standardProblem, toProblemBody } from '../../../src/http/problem.js';
import { addressKey, RateLimits, TooManyRequests } from '../../../src/http/rate-limit.js';
import { Readiness } from '../../../src/http/readiness.js';

describe('rate limits', () => {
  const limit = { burst: 3, perSecond: 2 };
  const limits = { address: limit, caller: limit, failedSignIn: limit };

  it('allows the burst, then says exactly how long to wait, and refills with time', () => {
    let now = 0;
    const rates = new RateLimits(limits, undefined, () => now);
    for (let i = 0; i < 3; i++) rates.take('caller', 'a');
    expect(() => rates.take('caller', 'a')).toThrow(TooManyRequests);
    rates.take('caller', 'b'); // others are not touched
    rates.take('address', 'a'); // nor other kinds
    now += 499;
    expect(() => rates.take('caller', 'a')).toThrow(expect.objectContaining({ status: 429, headers: { 'retry-after': '1' } }));
    now += 2;
    rates.take('caller', 'a');
    now += 3_600_000;
    for (let i = 0; i < 3; i++) rates.take('caller', 'a'); // never more than the burst
    expect(() => rates.take('caller', 'a')).toThrow(TooManyRequests);
  });

  it('100,000 keys leave a bounded memory and a working limit', () => {
    const rates = new RateLimits(limits, undefined, () => 0);
    for (let i = 0; i < 100_000; i++) rates.take('address', `k${i}`);
    for (let i = 0; i < 3; i++) rates.take('address', 'last');
    expect(() => rates.take('address', 'last')).toThrow(TooManyRequests);
  });

  it('the addresses of one IPv6 customer count as one, and a mapped IPv4 as itself', () => {
    expect(addressKey('203.0.113.7')).toBe('203.0.113.7');
    expect(addressKey('::ffff:203.0.113.7')).toBe('203.0.113.7');
    expect(addressKey('2001:db8:1:2::1')).toBe('2001:db8:1:2');
    expect(addressKey('2001:DB8:1:2:aaaa:bbbb:cccc:dddd')).toBe('2001:db8:1:2');
    expect(addressKey('2001:db8::1')).toBe('2001:db8:0:0');
    expect(addressKey('::1')).toBe('0:0:0:0');
  });
});

describe('a lane', () => {
  it('serves in order of arrival and sheds what is beyond the queue or waits too long', async () => {
    let shed = 0;
    const lane = new LaneLimiter({ maxInFlight: 1, maxQueued: 2, maxWaitMs: 30 }, () => shed++);
    expect([lane.tryEnter(), lane.tryEnter()]).toEqual([true, false]);
    const order: string[] = [];
    const first = lane.enter().then(() => order.push('first'));
    const second = lane.enter();
    await expect(lane.enter()).rejects.toBeInstanceOf(Overloaded);
    lane.leave();
    await first;
    await expect(second).rejects.toBeInstanceOf(Overloaded);
    expect([order, shed, lane.inFlight, lane.queued]).toEqual([['first'], 2, 1, 0]);
    lane.leave();
    expect(lane.inFlight).toBe(0);
  });
});

describe('problems', () => {
  it('any object of the right shape is one, and a driver error is not', () => {
    expect(isProblemLike({ status: 409, code: 'GONE', title: 't', detail: 'd' })).toBe(true);
    for (const no of [
      null,
      'x',
      new Error('x'),
      Object.assign(new Error(), { code: '23505' }),
      { status: 200, code: 'a', title: 't', detail: 'd' },
      { status: 400, code: 'a b', title: 't', detail: 'd' },
    ]) {
      expect(isProblemLike(no)).toBe(false);
    }
  });

  it('every 503 and 429 says when to come back', () => {
    expect(problemHeaders(standardProblem(503))['retry-after']).toMatch(/^[123]$/);
    expect(problemHeaders(new Problem({ status: 503, code: 'a', title: '', detail: '', headers: { 'Retry-After': '9' } }))).toEqual({
      'Retry-After': '9',
    });
    expect(problemHeaders(standardProblem(404))).toEqual({});
  });

  it('an unknown status gets the words of its class, extensions never replace a member', () => {
    expect(standardProblem(499).code).toBe('bad-request');
    expect(standardProblem(599).code).toBe('unexpected');
    const body = toProblemBody(
      { status: 409, code: 'LOST_RACE', title: 't', detail: 'd', extensions: { status: 200, type: 'x', more: 1 } },
      'id',
      'ref',
    );
    expect(body).toEqual({
      type: '/problems/lost-race',
      title: 't',
      status: 409,
      detail: 'd',
      instance: 'urn:uuid:id',
      reference: 'ref',
      more: 1,
    });
  });

  it('references are eight characters without look-alikes, and differ', () => {
    const some = Array.from({ length: 2_000 }, newReference);
    expect(some.every((reference) => /^[2-79CDFGHJKMQRTWXY]{8}$/.test(reference))).toBe(true);
    expect(new Set(some).size).toBe(2_000);
  });
});

describe('what the log may say', () => {
  const logged = (write: (log: ReturnType<typeof createLogger>) => void): Record<string, unknown> => {
    const lines: string[] = [];
    write(createLogger({ level: 'trace', stream: { write: (text) => void lines.push(text) } }));
    const line = lines.join('');
    expect(line.split('\n')).toHaveLength(2);
    return JSON.parse(line);
  };

  it('only members of the list, only plain values, of bounded length', () => {
    const line = logged((log) =>
      log.info({ requestId: 'r', body: { a: 1 }, name: 'Canary', status: 200, role: 'x'.repeat(5_000), code: { deep: 'Canary' } }, 'hello'),
    );
    expect(line).toMatchObject({ level: 'info', requestId: 'r', status: 200, dropped: 3, message: 'hello' });
    expect(JSON.stringify(line)).not.toContain('Canary');
    expect(String(line.role)).toHaveLength(300);
  });

  it('a child logger and further arguments are no way around it', () => {
    expect(JSON.stringify(logged((log) => log.child({ patient: 'Canary', part: 'jobs' }).info('done %s', 'Canary')))).not.toContain(
      'Canary',
    );
    expect(JSON.stringify(logged((log) => log.error(new Error('Canary'))))).not.toContain('Canary');
    expect(JSON.stringify(logged((log) => new NestLog(log).error('failed', new Error('Canary').stack, 'Jobs')))).not.toContain('Canary');
  });

  it('an error keeps its name, codes and places, never its message, even one that looks like a place', () => {
    const error = Object.assign(new TypeError('Canary\n    at Canary (/etc/Canary:1:1)'), {
      code: '23505',
      constraint: 'fill_once',
      detail: 'Key (name)=(Canary)',
      table: 'Can ary',
    });
    const facts = errorFacts(new Error('Canary', { cause: error }));
    expect(facts).toMatchObject({ name: 'Error', cause: { name: 'TypeError', code: '23505', constraint: 'fill_once' } });
    expect(facts.frames[0]).toContain('limits.test.ts');
    expect(JSON.stringify(facts)).not.toContain('Canary');
    error.message = 'changed later';
    expect(errorFacts({ toString: () => 'Canary' })).toEqual({ name: 'thrown object', frames: [] });
  });
});

describe('readiness', () => {
  it('a part that fails, hangs or throws is not ready, and asking again asks again', async () => {
    const readiness = new Readiness(30);
    let asked = 0;
    readiness.add('fine', () => void asked++);
    readiness.add('hanging', () => new Promise(() => {}));
    readiness.add('failing', () => Promise.reject(new Error('secret')));
    const both = await Promise.all([readiness.states(), readiness.states()]);
    expect(both[0]).toEqual({ fine: 'ready', hanging: 'not-ready', failing: 'not-ready' });
    expect(asked).toBe(1); // two askers, one round
    await readiness.states();
    expect(asked).toBe(2);
    readiness.stopping();
    expect(await readiness.states()).toEqual({ service: 'not-ready' });
    expect(() => readiness.add('Not a name', () => {})).toThrow();
  });
});
