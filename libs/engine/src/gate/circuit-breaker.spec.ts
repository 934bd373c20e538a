import { ManualClock } from '@dialtone/testing';
import {
  CircuitBreaker,
  FAILURES_OF_FEW_TO_OPEN,
  FAILURES_TO_OPEN,
  type Admission,
  type BreakerChange,
} from './circuit-breaker';

const make = () => {
  const clock = new ManualClock();
  const changes: BreakerChange[] = [];
  const breaker = new CircuitBreaker(clock, (change) => changes.push(change));
  let asked = 0;
  const admitted = (endpoint?: string): Extract<Admission, { kind: 'admitted' }> => {
    asked += 1;
    const admission = breaker.admit(endpoint ?? `GET /v1/${String(asked % 5)}`);
    if (admission.kind !== 'admitted') throw new Error(`not admitted: ${admission.kind}`);
    return admission;
  };
  const request = (answered: boolean, endpoint?: string): void => {
    admitted(endpoint).settle(answered);
  };
  const fail = (times = FAILURES_TO_OPEN): void => {
    for (let count = 0; count < times; count += 1) request(false);
  };
  return { breaker, changes, clock, admitted, request, fail };
};

describe('a circuit breaker', () => {
  it('stays closed while some request is answered now and then', () => {
    const { breaker, changes, request, fail } = make();
    for (let round = 0; round < 3; round += 1) {
      fail(FAILURES_TO_OPEN - 1);
      request(true);
    }
    expect(breaker.openForMs()).toBe(0);
    expect(changes).toEqual([]);
  });

  it('stays closed while only one list or two are broken, and others are answered', () => {
    const { changes, request } = make();
    for (let round = 0; round < 10; round += 1) {
      for (const endpoint of ['bots', 'routing', 'bots', 'routing', 'bots', 'routing']) request(false, endpoint);
      request(true, 'clients');
    }
    expect(changes).toEqual([]);
  });

  it('opens for a single endpoint, too, when nothing else is asked for', () => {
    const { changes, request } = make();
    for (let count = 1; count < FAILURES_OF_FEW_TO_OPEN; count += 1) request(false, 'calls');
    expect(changes).toEqual([]);
    request(false, 'calls');
    expect(changes).toMatchObject([{ to: 'open' }]);
  });

  it('opens once for many that fail in a row, also for those that were sent before', () => {
    const { breaker, changes, admitted } = make();
    const sent = Array.from({ length: 3 * FAILURES_TO_OPEN }, () => admitted());
    for (const { settle } of sent) settle(false);
    expect(changes).toMatchObject([{ from: 'closed', to: 'open' }]);
    expect(breaker.openForMs()).toBe(changes[0]?.forMs);
    expect(breaker.admit('GET /v1/x')).toEqual({ kind: 'open', forMs: breaker.openForMs() });
  });

  it('lets one request try after the pause, and the others when that one was answered', async () => {
    const { breaker, changes, clock, admitted, fail } = make();
    fail();
    await clock.advance(breaker.openForMs());
    const probe = admitted();
    const second = breaker.admit('GET /v1/x');
    expect(second.kind).toBe('probing');
    probe.settle(true);
    await expect(second.kind === 'probing' ? second.ended : null).resolves.toBeUndefined();
    expect(breaker.admit('GET /v1/x').kind).toBe('admitted');
    expect(changes.map(({ to }) => to)).toEqual(['open', 'half_open', 'closed']);
  });

  it('waits longer after every probe that fails, up to a limit, and starts anew after an answer', async () => {
    const { breaker, changes, clock, request, fail } = make();
    fail();
    for (let probe = 0; probe < 8; probe += 1) {
      await clock.advance(breaker.openForMs());
      request(false);
    }
    const pauses = changes.filter(({ to }) => to === 'open').map(({ forMs }) => forMs);
    const ceilings = [6.25, 12.5, 25, 50, 75, 75, 75, 75, 75].map((seconds) => seconds * 1_000);
    pauses.forEach((forMs, index) => {
      const ms = ceilings[index] ?? 0;
      expect(forMs).toBeGreaterThanOrEqual(0.5 * ms);
      expect(forMs).toBeLessThanOrEqual(ms);
    });
    await clock.advance(breaker.openForMs());
    request(true);
    fail();
    expect(breaker.openForMs()).toBeLessThanOrEqual(6_250);
  });

  it('takes no notice of answers to what was sent before it opened', () => {
    const { breaker, admitted, fail } = make();
    const early = admitted();
    fail();
    early.settle(true);
    expect(breaker.admit('GET /v1/x').kind).toBe('open');
  });

  it('lets another request try when the one that was to was not sent after all', async () => {
    const { breaker, changes, clock, admitted, fail } = make();
    fail();
    await clock.advance(breaker.openForMs());
    admitted().settle(null);
    expect(breaker.openForMs()).toBe(0);
    admitted().settle(true);
    admitted().settle(null);
    expect(changes.map(({ to }) => to)).toEqual(['open', 'half_open', 'open', 'half_open', 'closed']);
  });

  it('says that it is closed when nobody uses it any more', () => {
    const { breaker, changes, fail } = make();
    breaker.reset();
    fail();
    breaker.reset();
    expect(changes.map(({ to }) => to)).toEqual(['open', 'closed']);
  });
});
