import type { DidKey } from '@dialtone/domain';
import { EngineBed, gatedAccount, type InMemoryVoiceLink } from '@dialtone/testing';
import type { Engine } from '../loops/engine';
import type { Outcome } from '../ports/outcome';
import { outcomeDuring, PAUSE_TEXT } from './pause';
import type { RateLane } from '../ports/rate-budget';
import type { Provisioner } from '../loops/provisioner';
import { UpstreamGate } from './upstream-gate';

const SECTIONS = ['clients', 'dids', 'available_dids', 'bots', 'routing'] as const;

interface Gated {
  readonly bed: EngineBed;
  readonly engine: Engine;
  readonly provisioner: Provisioner;
  readonly key: DidKey;
}

const declaredReady = async (bed: EngineBed, engine: Engine): Promise<DidKey> => {
  const clientId = bed.remote.addClient().id;
  const { key } = bed.did('918000000001', { clientId });
  await bed.declare(key, { clientId });
  await bed.reconcile(engine);
  expect(await bed.stored(key)).toMatchObject({ state: 'READY', stale: false });
  return key;
};

/** An engine and a gateway over one gate, and a number that is READY. */
const make = async (): Promise<Gated> => {
  const bed = await EngineBed.make();
  const gate = new UpstreamGate({
    credential: 'reseller',
    budget: bed.world.rateBudget,
    limits: { ratePerSecond: 100, burst: 100, writeWaitMs: 2_000 },
    clock: bed.clock,
    observer: {
      waited: () => undefined,
      throttled: () => undefined,
      breakerChanged: () => undefined,
      failed: () => undefined,
    },
  });
  const accounts = {
    open: (_: unknown, lane: RateLane) => Promise.resolve(gatedAccount(bed.upstream, gate, lane)),
  };
  const engine = bed.engine({ accounts });
  const provisioner = bed.provisioner({ accounts });
  return { bed, engine, provisioner, key: await declaredReady(bed, engine) };
};

const outage = (upstream: InMemoryVoiceLink): void => {
  for (const on of SECTIONS) upstream.inject({ on, kind: 'fail', times: Infinity });
};
const throttle = (upstream: InMemoryVoiceLink, retryAfterMs: number): void => {
  for (const on of SECTIONS) upstream.inject({ on, kind: 'fail', retryAfterMs });
};
const warnings = ({ world }: EngineBed): readonly string[] =>
  world.events
    .filter(({ key }) => key === null)
    .map(({ type, data }) => `${type} ${String((data as { section?: string }).section)}`);
const raised = SECTIONS.map((section) => `dialtone.warning.raised.v1 ${section}`);

describe('an outage', () => {
  it('makes verdicts stale once and changes none, is told once per list, and ends by itself', async () => {
    const { bed, engine, key } = await make();
    await bed.run(engine, 1_000);
    const before = bed.eventTypes(key);
    outage(bed.upstream);
    await bed.sweep(engine);
    expect(await bed.stored(key)).toMatchObject({ state: 'READY', stale: true, drift: null });
    await bed.run(engine, 600_000);
    expect([...warnings(bed)].sort()).toEqual([...raised].sort());
    expect(await bed.stored(key)).toMatchObject({ state: 'READY', stale: true, drift: null });

    bed.upstream.faults.clear();
    await bed.run(engine, 120_000);
    expect(await bed.stored(key)).toMatchObject({ state: 'READY', stale: false });
    expect(warnings(bed)).toHaveLength(2 * SECTIONS.length);
    expect(bed.eventTypes(key).filter((type) => !type.includes('binding'))).toEqual(
      before.filter((type) => !type.includes('binding')),
    );
  });

  it('is a known wait for what is due meanwhile, which is not backed off from', async () => {
    const { bed, engine, key } = await make();
    outage(bed.upstream);
    await bed.sweep(engine);
    for (let round = 0; round < 6; round += 1) {
      expect(await bed.reconcileKey(engine, key)).toMatchObject({
        kind: 'progressing',
        reason: PAUSE_TEXT.unavailable,
      });
    }
    expect(bed.told.reconciled.at(-1)?.attempts).toBe(0);
    expect(await bed.world.bindingQueue.nextDueInMs()).toBeLessThanOrEqual(1.32 * 6_250);
  });

  it('is told to who asks at once, with the time to come back', async () => {
    const { bed, engine, provisioner, key } = await make();
    outage(bed.upstream);
    await bed.sweep(engine);
    const paused = { kind: 'paused', why: 'unavailable', retryAfterMs: expect.any(Number) as number };
    const { connectionId } = bed;
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
    const { bed, provisioner } = await make();
    outage(bed.upstream);
    expect(await provisioner.sync(bed.connectionId, false)).toMatchObject({ kind: 'paused', why: 'unavailable' });
  });
});

describe('a VoiceLink that takes no more requests', () => {
  it('ends a sweep that says nothing, and has it begun again when it may', async () => {
    const { bed, engine, key } = await make();
    await bed.run(engine, 1_000);
    throttle(bed.upstream, 90_000);
    await bed.sweep(engine);
    expect(await bed.stored(key)).toMatchObject({ state: 'READY', stale: false });
    expect(warnings(bed)).toEqual([]);
    expect(bed.told.failed).toEqual([]);
    const swept = bed.told.swept.length;
    bed.upstream.faults.clear();
    await bed.run(engine, 89_000);
    expect(bed.told.swept).toHaveLength(swept);
    await bed.run(engine, 40_000);
    expect(bed.told.swept.length).toBeGreaterThan(swept);
  });

  it('is waited for by repairs, which stay as they are', async () => {
    const { bed, engine, key } = await make();
    throttle(bed.upstream, 60_000);
    await bed.sweep(engine);
    expect(await bed.reconcileKey(engine, key)).toMatchObject({ kind: 'progressing', reason: PAUSE_TEXT.rate_limited });
    expect(await bed.world.bindingQueue.nextDueInMs()).toBeGreaterThan(60_000);
    expect(await bed.stored(key)).toMatchObject({ state: 'READY', stale: false });
  });

  it('is told to users when it is for long, and waited for when it is not', async () => {
    const { bed, engine, provisioner } = await make();
    throttle(bed.upstream, 60_000);
    await bed.sweep(engine);
    expect(await provisioner.sync(bed.connectionId, true)).toEqual({
      kind: 'paused',
      why: 'rate_limited',
      retryAfterMs: 60_000,
    });
    await bed.clock.advance(57_000);
    bed.upstream.faults.clear();
    expect((await bed.drive(provisioner.sync(bed.connectionId, true))).kind).toBe('synced');
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
