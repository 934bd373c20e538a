import type { Release, Restraint } from '@dialtone/domain';
import { EngineFixture, ManualClock, withCalls } from '@dialtone/testing';
import { WorkLoop } from './work-loop';

const NUMBER = '918000000001';

/** A declared number that needs everything, or with `release` one that was READY and is released, restrained until then. */
const restrained = async (reason: Restraint['reason'], forMs: number, release?: Release) => {
  const fixture = await EngineFixture.make();
  const { key } = fixture.did(NUMBER);
  await fixture.declare(key, { clientId: fixture.remote.addClient().id });
  if (release !== undefined) {
    await fixture.reconcile(fixture.engine());
    await fixture.world.withdraw(fixture.connectionId, key, release);
  }
  const until = fixture.clock.now() + forMs;
  const { voiceLinkConnections } = fixture.world;
  const connections = withCalls(voiceLinkConnections, {
    steering: async (...asked: Parameters<typeof voiceLinkConnections.steering>) => {
      const steering = await voiceLinkConnections.steering(...asked);
      const standing = fixture.clock.now() < until ? [{ reason, why: 'why', since: null, until }] : [];
      return steering && { ...steering, standing };
    },
  });
  return { fixture, key, until, engine: fixture.engine({ connections }) };
};

describe('what waits for a known time', () => {
  it.each(['paused', 'window_closed'] as const)(
    '(%s) is due at that time, neither before nor after',
    async (reason) => {
      const { fixture, key, until, engine } = await restrained(reason, 3_600_000);
      expect((await fixture.reconcile(engine)).get(key)).toMatchObject({ kind: 'progressing', until });
      expect(fixture.upstream.journal).toEqual([]);
      expect(fixture.clock.now() + ((await fixture.world.bindingQueue.nextDueInMs()) ?? 0)).toBe(until);
      await fixture.clock.advance(until - 1 - fixture.clock.now());
      expect(await engine.claim(1)).toEqual([]);
      await fixture.clock.advance(1);
      expect((await fixture.reconcile(engine)).get(key)).toEqual({ kind: 'settled' });
      expect((await fixture.stored(key)).state).toBe('READY');
    },
  );

  it.each([
    ['paused', 'unassign_agent'],
    ['paused', 'outbound_off'],
    ['window_closed', 'outbound_off'],
  ] as const)('(%s) is due at that time as well when it is a release: %s', async (reason, release) => {
    const { fixture, key, until, engine } = await restrained(reason, 3_600_000, release);
    const released = () => fixture.world.bindingRow(fixture.connectionId, key) === null;
    expect((await fixture.reconcile(engine)).get(key)).toMatchObject({ kind: 'progressing', until });
    expect(fixture.clock.now() + ((await fixture.world.bindingQueue.nextDueInMs()) ?? 0)).toBe(until);
    await fixture.clock.advance(until - 1 - fixture.clock.now());
    expect([await engine.claim(1), released()]).toEqual([[], false]);
    await fixture.clock.advance(1);
    expect((await fixture.reconcile(engine)).get(key)).toEqual({ kind: 'settled' });
    expect(released()).toBe(true);
  });

  it('is judged meanwhile as if nothing restrained it', async () => {
    const { fixture, key, engine } = await restrained('paused', 3_600_000);
    await fixture.reconcile(engine);
    expect((await fixture.stored(key)).state).toBe('NOT_IMPORTED');
  });
});

describe('a release that VoiceLink cannot take yet', () => {
  it('is tried again at the time that its queue entry names, and not forgotten', async () => {
    const fixture = await EngineFixture.make();
    const { key } = fixture.did(NUMBER);
    await fixture.declare(key, { clientId: fixture.remote.addClient().id });
    const engine = fixture.engine();
    await fixture.reconcile(engine);
    await fixture.world.withdraw(fixture.connectionId, key, 'outbound_off');
    fixture.upstream.inject({ on: 'routing', kind: 'fail', times: Infinity });
    for (let count = 0; count < 5; count += 1) {
      expect((await fixture.reconcile(engine)).get(key)).toMatchObject({ kind: 'retry' });
      const dueInMs = (await fixture.world.bindingQueue.nextDueInMs()) ?? Number.NaN;
      expect(dueInMs).toBeGreaterThan(0);
      await fixture.clock.advance(dueInMs - 1);
      expect(await engine.claim(1)).toEqual([]);
      await fixture.clock.advance(1);
    }
    fixture.upstream.faults.clear();
    expect((await fixture.reconcile(engine)).get(key)).toEqual({ kind: 'settled' });
    expect(fixture.world.bindingRow(fixture.connectionId, key)).toBeNull();
  });
});

describe('a loop that knows when work is due', () => {
  const started = async (nextDueInMs: () => Promise<number | null>) => {
    const clock = new ManualClock();
    const takenAt: number[] = [];
    const errors: unknown[] = [];
    const begun = clock.now();
    const loop = new WorkLoop(
      () => {
        takenAt.push(clock.now() - begun);
        return Promise.resolve([]);
      },
      { clock, concurrency: 1, pollMs: 60_000, nextDueInMs, onError: (error) => errors.push(error) },
    );
    const stop = new AbortController();
    const running = loop.run(stop.signal);
    await clock.settle();
    const end = (): Promise<void> => {
      stop.abort();
      return running;
    };
    return { clock, takenAt, errors, end };
  };

  it('looks then, and not at the next poll', async () => {
    const { clock, takenAt, end } = await started(() => Promise.resolve(1_234));
    await clock.advance(1_234);
    expect(takenAt).toEqual([0, 1_234]);
    await end();
  });

  it('does not spin over what is due and cannot be taken', async () => {
    const { clock, takenAt, end } = await started(() => Promise.resolve(0));
    for (let count = 0; count < 10; count += 1) await clock.advance(10);
    expect(takenAt.length).toBeLessThanOrEqual(6);
    await end();
  });

  it('polls when nothing is scheduled or the queue cannot be asked', async () => {
    const { clock, takenAt, errors, end } = await started(() => Promise.reject(new Error('away')));
    await clock.advance(59_999);
    expect(takenAt).toEqual([0]);
    await clock.advance(1);
    expect([takenAt, errors.length]).toEqual([[0, 60_000], 2]);
    await end();
  });
});
