import type { DidKey } from '@dialtone/domain';
import { EngineFixture, gatedAccount, type InMemoryVoiceLink } from '@dialtone/testing';
import type { Engine } from '../loops/engine';
import type { Outcome } from '../ports/outcome';
import { outcomeDuring, PAUSE_TEXT } from './pause';
import type { RateLane } from '../ports/rate-budget';
import type { Provisioner } from '../loops/provisioner';
import { UpstreamGate } from './upstream-gate';

const SECTIONS = ['clients', 'dids', 'available_dids', 'bots', 'routing'] as const;

interface Gated {
  readonly fixture: EngineFixture;
  readonly engine: Engine;
  readonly provisioner: Provisioner;
  readonly key: DidKey;
}

const declaredReady = async (fixture: EngineFixture, engine: Engine): Promise<DidKey> => {
  const clientId = fixture.remote.addClient().id;
  const { key } = fixture.did('918000000001', { clientId });
  await fixture.declare(key, { clientId });
  await fixture.reconcile(engine);
  expect(await fixture.stored(key)).toMatchObject({ state: 'READY', stale: false });
  return key;
};

/** An engine and a gateway over one gate, and a number that is READY. */
const make = async (): Promise<Gated> => {
  const fixture = await EngineFixture.make();
  const gate = new UpstreamGate({
    credential: 'reseller',
    budget: fixture.world.rateBudget,
    limits: { ratePerSecond: 100, burst: 100, writeWaitMs: 2_000 },
    clock: fixture.clock,
    observer: {
      waited: () => undefined,
      throttled: () => undefined,
      breakerChanged: () => undefined,
      failed: () => undefined,
    },
  });
  const accounts = {
    open: (_: unknown, lane: RateLane) => Promise.resolve(gatedAccount(fixture.upstream, gate, lane)),
  };
  const engine = fixture.engine({ accounts });
  const provisioner = fixture.provisioner({ accounts });
  return { fixture, engine, provisioner, key: await declaredReady(fixture, engine) };
};

const outage = (upstream: InMemoryVoiceLink): void => {
  for (const on of SECTIONS) upstream.inject({ on, kind: 'fail', times: Infinity });
};
const throttle = (upstream: InMemoryVoiceLink, retryAfterMs: number): void => {
  for (const on of SECTIONS) upstream.inject({ on, kind: 'fail', retryAfterMs });
};
const warnings = ({ world }: EngineFixture): readonly string[] =>
  world.events
    .filter(({ key }) => key === null)
    .map(({ type, data }) => `${type} ${String((data as { section?: string }).section)}`);
const raised = SECTIONS.map((section) => `dialtone.warning.raised.v1 ${section}`);

describe('an outage', () => {
  it('makes verdicts stale once and changes none, is told once per list, and ends by itself', async () => {
    const { fixture, engine, key } = await make();
    await fixture.run(engine, 1_000);
    const before = fixture.eventTypes(key);
    outage(fixture.upstream);
    await fixture.sweep(engine);
    expect(await fixture.stored(key)).toMatchObject({ state: 'READY', stale: true, drift: null });
    await fixture.run(engine, 600_000);
    expect([...warnings(fixture)].sort()).toEqual([...raised].sort());
    expect(await fixture.stored(key)).toMatchObject({ state: 'READY', stale: true, drift: null });

    fixture.upstream.faults.clear();
    await fixture.run(engine, 120_000);
    expect(await fixture.stored(key)).toMatchObject({ state: 'READY', stale: false });
    expect(warnings(fixture)).toHaveLength(2 * SECTIONS.length);
    expect(fixture.eventTypes(key).filter((type) => !type.includes('binding'))).toEqual(
      before.filter((type) => !type.includes('binding')),
    );
  });

  it('is a known wait for what is due meanwhile, which is not backed off from', async () => {
    const { fixture, engine, key } = await make();
    outage(fixture.upstream);
    await fixture.sweep(engine);
    for (let round = 0; round < 6; round += 1) {
      expect(await fixture.reconcileKey(engine, key)).toMatchObject({
        kind: 'progressing',
        reason: PAUSE_TEXT.unavailable,
      });
    }
    expect(fixture.told.reconciled.at(-1)?.attempts).toBe(0);
    expect(await fixture.world.bindingQueue.nextDueInMs()).toBeLessThanOrEqual(1.32 * 6_250);
  });

  it('is told to who asks at once, with the time to come back', async () => {
    const { fixture, engine, provisioner, key } = await make();
    outage(fixture.upstream);
    await fixture.sweep(engine);
    const paused = { kind: 'paused', why: 'unavailable', retryAfterMs: expect.any(Number) as number };
    const { connectionId } = fixture;
    expect(await provisioner.sync(connectionId, true)).toEqual(paused);
    expect(await provisioner.sync(connectionId, false)).toEqual(paused);
    const request = {
      clientId: null,
      agentId: null,
      botName: null,
      websocketUrl: null,
      actor: 'somebody',
      requestId: 'r-1',
    };
    expect(await provisioner.callReady({ connectionId, did: { key }, ...request })).toEqual(paused);
  });

  it('that begins with a sync is told by it, too', async () => {
    const { fixture, provisioner } = await make();
    outage(fixture.upstream);
    expect(await provisioner.sync(fixture.connectionId, false)).toMatchObject({ kind: 'paused', why: 'unavailable' });
  });
});

describe('a VoiceLink that takes no more requests', () => {
  it('ends a sweep that says nothing, and has it begun again when it may', async () => {
    const { fixture, engine, key } = await make();
    await fixture.run(engine, 1_000);
    throttle(fixture.upstream, 90_000);
    await fixture.sweep(engine);
    expect(await fixture.stored(key)).toMatchObject({ state: 'READY', stale: false });
    expect(warnings(fixture)).toEqual([]);
    expect(fixture.told.failed).toEqual([]);
    const swept = fixture.told.swept.length;
    fixture.upstream.faults.clear();
    await fixture.run(engine, 89_000);
    expect(fixture.told.swept).toHaveLength(swept);
    await fixture.run(engine, 40_000);
    expect(fixture.told.swept.length).toBeGreaterThan(swept);
  });

  it('is waited for by repairs, which stay as they are', async () => {
    const { fixture, engine, key } = await make();
    throttle(fixture.upstream, 60_000);
    await fixture.sweep(engine);
    expect(await fixture.reconcileKey(engine, key)).toMatchObject({
      kind: 'progressing',
      reason: PAUSE_TEXT.rate_limited,
    });
    expect(await fixture.world.bindingQueue.nextDueInMs()).toBeGreaterThan(60_000);
    expect(await fixture.stored(key)).toMatchObject({ state: 'READY', stale: false });
  });

  it('is told to users when it is for long, and waited for when it is not', async () => {
    const { fixture, engine, provisioner } = await make();
    throttle(fixture.upstream, 60_000);
    await fixture.sweep(engine);
    expect(await provisioner.sync(fixture.connectionId, true)).toEqual({
      kind: 'paused',
      why: 'rate_limited',
      retryAfterMs: 60_000,
    });
    await fixture.clock.advance(57_000);
    fixture.upstream.faults.clear();
    expect((await fixture.drive(provisioner.sync(fixture.connectionId, true))).kind).toBe('synced');
  });
});

describe('the outcome of a reconcile during a pause', () => {
  const pause = { why: 'unavailable', forMs: 10_000 } as const;
  const waits: Outcome = { kind: 'progressing', requeueAfterMs: 12_000, reason: PAUSE_TEXT.unavailable };
  it.each<{ reason: string; given: Outcome | null; want: Outcome }>([
    { reason: 'nothing was tried', given: null, want: waits },
    { reason: 'what failed, failed for that', given: { kind: 'retry', error: 'x', retryAfterMs: null }, want: waits },
    { reason: 'what is done is done', given: { kind: 'settled' }, want: { kind: 'settled' } },
    {
      reason: 'only a human can help',
      given: { kind: 'stalled', issues: [], message: 'x' },
      want: { kind: 'stalled', issues: [], message: 'x' },
    },
    {
      reason: 'a shorter wait would end too early',
      given: { kind: 'progressing', requeueAfterMs: 300, reason: 'a hold' },
      want: { kind: 'progressing', requeueAfterMs: 12_000, reason: 'a hold' },
    },
    {
      reason: 'a longer wait stands',
      given: { kind: 'progressing', requeueAfterMs: 60_000, reason: 'a hold' },
      want: { kind: 'progressing', requeueAfterMs: 60_000, reason: 'a hold' },
    },
  ])('$reason', ({ given, want }) => {
    expect(outcomeDuring(pause, given)).toEqual(want);
  });
});
