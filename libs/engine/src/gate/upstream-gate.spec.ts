import { InMemoryWorld, ManualClock } from '@dialtone/testing';
import { FAILURES_TO_OPEN, type BreakerChange } from './circuit-breaker';
import { RATE_LANES, type RateLane } from '../ports/rate-budget';
import type { UpstreamFailure } from '../ports/upstream';
import { UpstreamGate, writeWaitMs, type GatedRequest, type Passage, type UpstreamLimits } from './upstream-gate';

const LIMITS: UpstreamLimits = { ratePerSecond: 10, burst: 10, writeWaitMs: writeWaitMs(30_000) };
const READ: GatedRequest = { lane: 'user', endpoint: 'clients', mutating: false, loggedIn: true };

const make = (limits: Partial<UpstreamLimits> = {}, world = new InMemoryWorld(new ManualClock())) => {
  const { clock, rateBudget } = world;
  const changes: BreakerChange[] = [];
  const throttled: RateLane[] = [];
  const waits: number[] = [];
  const gate = new UpstreamGate({
    credential: 'reseller',
    budget: rateBudget,
    limits: { ...LIMITS, ...limits },
    clock,
    observer: {
      waited: ({ waitedMs }) => waits.push(waitedMs),
      throttled: ({ lane }) => throttled.push(lane),
      breakerChanged: (change) => changes.push(change),
      failed: ({ error }) => {
        throw error;
      },
    },
  });
  let sent = 0;
  const send = async (request: GatedRequest, failure: UpstreamFailure | null = null): Promise<Passage['kind']> => {
    sent += 1;
    const passage = await gate.pass({ ...request, endpoint: `list ${String(sent % 5)}` });
    if (passage.kind === 'go') await passage.settle(failure);
    return passage.kind;
  };
  return { world, clock, gate, changes, throttled, waits, send };
};

const failed = (why: Partial<UpstreamFailure>): UpstreamFailure => ({
  class: 'unavailable',
  httpStatus: null,
  message: '',
  retryAfterMs: null,
  ...why,
});

const times = async (count: number, act: () => Promise<unknown>): Promise<void> => {
  for (let done = 0; done < count; done += 1) await act();
};

describe('the rate budget of a gate', () => {
  it('lets a user wait for a turn that comes soon, and tells when a later one comes', async () => {
    const { clock, gate, throttled } = make();
    const ended: Passage[] = [];
    for (let count = 0; count < 80; count += 1) void gate.pass(READ).then((passage) => ended.push(passage));
    await clock.settle();
    expect(ended.filter(({ kind }) => kind === 'go')).toHaveLength(10);
    const refused = ended.filter((passage) => passage.kind === 'throttled');
    expect(refused).toHaveLength(80 - 10 - 50);
    expect(refused[0]).toMatchObject({ failure: { class: 'rate_limited', httpStatus: null, throttled: true } });
    expect(refused[0]?.failure.retryAfterMs).toBeGreaterThan(5_000);
    expect(throttled).toHaveLength(20);
    await clock.advance(5_000);
    expect(ended.filter(({ kind }) => kind === 'go')).toHaveLength(60);
  });

  it('sends a write soon or not at all', async () => {
    const { world, clock, gate } = make();
    await world.rateBudget.take('reseller', { ...LIMITS, lane: 'user', count: 10 });
    await world.rateBudget.penalize('reseller', 2_500);
    expect(await gate.pass({ ...READ, lane: 'user', mutating: true })).toMatchObject({
      failure: { retryAfterMs: 2_500 },
    });
    await clock.advance(1_000);
    const write = gate.pass({ ...READ, lane: 'user', mutating: true });
    await clock.advance(1_500);
    expect(await write).toMatchObject({ kind: 'go' });
  });

  it('asks nobody for a turn when there is no limit', async () => {
    const { clock, send, waits } = make({ ratePerSecond: 0 });
    await times(500, () => send(READ));
    expect(new Set(waits)).toEqual(new Set([0]));
    expect(clock.nextWakeAt()).toBeNull();
  });

  it('goes out without asking while the store is away', async () => {
    const clock = new ManualClock();
    const errors: unknown[] = [];
    const away = (): Promise<never> => Promise.reject(new Error('store away'));
    const gate = new UpstreamGate({
      credential: 'reseller',
      budget: { take: away, penalize: away, forget: away },
      limits: LIMITS,
      clock,
      observer: {
        waited: () => undefined,
        throttled: () => undefined,
        breakerChanged: () => undefined,
        failed: ({ error }) => errors.push(error),
      },
    });
    const passage = await gate.pass(READ);
    expect(passage.kind).toBe('go');
    const throttled = failed({ class: 'rate_limited', httpStatus: 429, retryAfterMs: 20_000 });
    if (passage.kind === 'go') await passage.settle(throttled);
    expect(errors).toHaveLength(2);
    // What this process was told itself, it keeps to.
    expect(await gate.pass(READ)).toMatchObject({
      kind: 'throttled',
      failure: { class: 'rate_limited', retryAfterMs: 20_000 },
    });
  });
});

describe('lanes', () => {
  /** Requests that each lane got in 60 s at 10 per second while all of them wanted as many as they could get. */
  const share = async (greedy: readonly RateLane[]): Promise<Readonly<Record<RateLane, number>>> => {
    const world = new InMemoryWorld(new ManualClock());
    const got = { user: 0, repair: 0, sweep: 0 };
    const end = world.clock.now() + 60_000;
    for (const lane of greedy) {
      // Each in a process of its own.
      const { gate } = make({}, world);
      const want = async (): Promise<void> => {
        while (world.clock.now() < end) {
          const passage = await gate.pass({ ...READ, lane });
          if (passage.kind === 'go') got[lane] += 1;
          else await world.clock.sleep(passage.failure.retryAfterMs ?? 1);
        }
      };
      for (let worker = 0; worker < 12; worker += 1) void want();
    }
    await world.clock.advance(60_000);
    return got;
  };

  it.each(RATE_LANES)('give %s everything when nobody else wants anything', async (lane) => {
    expect((await share([lane]))[lane]).toBeGreaterThan(600);
  });

  it('starve nobody: users get three quarters at least, and each of the others its eighth', async () => {
    const { user, repair, sweep } = await share(RATE_LANES);
    expect(user + repair + sweep).toBeLessThanOrEqual(620);
    expect(user).toBeGreaterThan(0.74 * 600);
    expect(repair).toBeGreaterThan(0.115 * 600);
    expect(sweep).toBeGreaterThan(0.115 * 600);
  });

  it('put repairs before sweeps when no user wants anything', async () => {
    const { repair, sweep } = await share(['repair', 'sweep']);
    expect(repair).toBeGreaterThan(0.85 * 600);
    expect(sweep).toBeGreaterThan(0.115 * 600);
  });

  it('let a background request at one per second wait for its floor, and not give up', async () => {
    const world = new InMemoryWorld(new ManualClock());
    const { gate } = make({ ratePerSecond: 1, burst: 1 }, world);
    await world.rateBudget.take('reseller', { ratePerSecond: 1, burst: 500, lane: 'user', count: 400 });
    const passages = Array.from({ length: 4 }, () => gate.pass({ ...READ, lane: 'sweep' }));
    await world.clock.advance(40_000);
    expect(await Promise.all(passages)).toMatchObject(Array(4).fill({ kind: 'go' }));
  });
});

describe('a 429', () => {
  it('to a login holds back whoever tried it, and nobody else who may be that user', async () => {
    const one = make();
    const other = make({}, one.world);
    const failure = failed({ class: 'rate_limited', httpStatus: 429, retryAfterMs: 20_000 });
    await one.send({ ...READ, loggedIn: false }, failure);
    expect(one.gate.pause('user')).toEqual({ why: 'rate_limited', forMs: 20_000 });
    expect([await one.send(READ), await other.send(READ)]).toEqual(['throttled', 'go']);
    await one.clock.advance(20_000);
    expect(await one.send(READ)).toBe('go');
  });

  it('holds the requests of every process back for as long as it says', async () => {
    const one = make();
    const other = make({}, one.world);
    await one.send(READ, failed({ class: 'rate_limited', httpStatus: 429, retryAfterMs: 20_000 }));
    for (const { gate } of [one, other])
      for (const lane of RATE_LANES)
        expect(await gate.pass({ ...READ, lane })).toMatchObject({
          failure: { class: 'rate_limited', retryAfterMs: 20_000 },
        });
    await one.clock.advance(20_000);
    expect(await other.send(READ)).toBe('go');
  });

  it('without a time holds back longer each time, until something succeeds', async () => {
    const { clock, gate, send } = make();
    const throttle = async (): Promise<number> => {
      await send(READ, failed({ class: 'rate_limited', httpStatus: 429 }));
      const forMs = gate.pause('user')?.forMs ?? 0;
      await clock.advance(forMs);
      return forMs;
    };
    const [first, second, third] = [await throttle(), await throttle(), await throttle()];
    expect(first).toBeGreaterThanOrEqual(625);
    expect(first).toBeLessThanOrEqual(1_250);
    expect(second).toBeGreaterThanOrEqual(1_250);
    expect(third).toBeGreaterThanOrEqual(2_500);
    await send(READ);
    expect(await throttle()).toBeLessThanOrEqual(1_250);
  });

  it('never switches a connection off for hours, whatever it says', async () => {
    const { gate, send } = make();
    await send(READ, failed({ class: 'rate_limited', httpStatus: 429, retryAfterMs: 1e12 }));
    expect(gate.pause('user')).toEqual({ why: 'rate_limited', forMs: 900_000 });
  });

  it('is an answer: it opens no breaker', async () => {
    const { changes, clock, send } = make();
    await times(2 * FAILURES_TO_OPEN, async () => {
      await send(READ, failed({ class: 'rate_limited', httpStatus: 429, retryAfterMs: 1 }));
      await clock.advance(1);
    });
    expect(changes).toEqual([]);
  });
});

describe('the breaker of a gate', () => {
  it.each<{ what: string; failure: UpstreamFailure; opens: boolean }>([
    { what: 'no answer', failure: failed({}), opens: true },
    { what: 'a 500', failure: failed({ httpStatus: 500 }), opens: true },
    { what: 'a web page instead of JSON', failure: failed({ httpStatus: 200 }), opens: true },
    { what: 'a 408', failure: failed({ httpStatus: 408, timedOut: true }), opens: false },
    { what: 'a firewall that answers 400', failure: failed({ httpStatus: 400 }), opens: false },
    { what: 'a 422', failure: failed({ class: 'rejected', httpStatus: 422 }), opens: false },
    { what: 'a 401', failure: failed({ class: 'unauthorized', httpStatus: 401 }), opens: false },
  ])('opens by $what: $opens', async ({ failure, opens }) => {
    const { changes, send } = make();
    await times(FAILURES_TO_OPEN, () => send(READ, failure));
    expect(changes.map(({ to }) => to)).toEqual(opens ? ['open'] : []);
  });

  it('refuses at once while it is open, takes nothing from the budget, and tells it once', async () => {
    const { world, changes, gate, send } = make();
    await times(FAILURES_TO_OPEN, () => send(READ, failed({})));
    await times(50, async () => {
      expect(await gate.pass({ ...READ, lane: 'sweep' })).toMatchObject({
        kind: 'throttled',
        failure: { class: 'unavailable', retryAfterMs: changes[0]?.forMs, throttled: true },
      });
    });
    expect(changes).toHaveLength(1);
    expect(gate.pause('sweep')).toEqual({ why: 'unavailable', forMs: changes[0]?.forMs });
    expect((await world.rateBudget.take('reseller', { ...LIMITS, lane: 'user', count: 10 })).granted).toBe(5);
  });

  it('lets background reads wait for a probe that is under way, and nobody else', async () => {
    const { clock, gate, send } = make();
    await times(FAILURES_TO_OPEN, () => send(READ, failed({})));
    await clock.advance(gate.pause('user')?.forMs ?? 0);
    const probe = await gate.pass({ ...READ, lane: 'sweep' });
    const read = gate.pass({ ...READ, lane: 'repair' });
    expect(await gate.pass(READ)).toMatchObject({
      kind: 'throttled',
      failure: { class: 'unavailable', retryAfterMs: 1_000 },
    });
    expect(await gate.pass({ ...READ, lane: 'repair', mutating: true })).toMatchObject({ kind: 'throttled' });
    if (probe.kind === 'go') await probe.settle(null);
    expect(await read).toMatchObject({ kind: 'go' });
    expect(gate.pause('repair')).toBeNull();
  });

  it('refuses who waited for a probe that failed', async () => {
    const { clock, gate, send } = make();
    await times(FAILURES_TO_OPEN, () => send(READ, failed({})));
    await clock.advance(gate.pause('user')?.forMs ?? 0);
    const probe = await gate.pass(READ);
    const read = gate.pass({ ...READ, lane: 'sweep' });
    if (probe.kind === 'go') await probe.settle(failed({ httpStatus: 502 }));
    expect(await read).toMatchObject({ kind: 'throttled', failure: { class: 'unavailable' } });
  });

  it('is of one connection: another one of the same credential goes on', async () => {
    const one = make();
    const other = make({}, one.world);
    await times(FAILURES_TO_OPEN, () => one.send(READ, failed({})));
    expect(await other.send(READ)).toBe('go');
  });
});

describe('a pause', () => {
  it('of a higher lane is one of the lower ones too, and not the other way round', async () => {
    const { world, gate } = make({ ratePerSecond: 1, burst: 1 });
    await world.rateBudget.take('reseller', { ratePerSecond: 1, burst: 500, lane: 'user', count: 100 });
    await gate.pass({ ...READ, lane: 'repair' });
    await gate.pass({ ...READ, lane: 'repair', mutating: true });
    expect(gate.pause('user')).toBeNull();
    expect(gate.pause('repair')).toMatchObject({ why: 'rate_limited' });
    expect(gate.pause('sweep')).toMatchObject({ why: 'rate_limited' });
  });
});
