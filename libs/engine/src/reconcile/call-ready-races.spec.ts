import { type Section } from '@dialtone/domain';
import { FIXTURE_SETTINGS, EngineFixture, withCalls } from '@dialtone/testing';
import { clientBotsResource, didResource, sweepResource } from '..';
import {
  callReady,
  failedStep,
  mappedFixture,
  NUMBER,
  request,
  resultOf,
  statuses,
} from '../../test/call-ready-requests';

const { inDoubtMs } = FIXTURE_SETTINGS;
type Fixture = EngineFixture;

describe('the lease of the DID', () => {
  it('is waited for, because its holder works on the same thing', async () => {
    const { fixture, key } = await mappedFixture();
    await fixture.world.leases.acquire(didResource(fixture.connectionId, key), 'reconciler', 4_000);
    expect((await callReady(fixture)).ready).toBe(true);
    expect(await fixture.world.leases.acquire(didResource(fixture.connectionId, key), 'other', 1)).not.toBeNull();
  });

  it('is not waited for without end', async () => {
    const { fixture, key } = await mappedFixture();
    await fixture.world.leases.acquire(didResource(fixture.connectionId, key), 'reconciler', 600_000);
    const outcome = await fixture.drive(fixture.provisioner().callReady(request(fixture)));
    expect(outcome).toEqual({ kind: 'busy', retryAfterMs: 5_000 });
    expect(fixture.upstream.journal).toEqual([]);
  });

  it('that was lost meanwhile: nothing is sent any more', async () => {
    const { fixture } = await mappedFixture();
    const list = (async (section: Section) => {
      await fixture.clock.sleep(2 * FIXTURE_SETTINGS.leaseTtlMs);
      return fixture.upstream.list(section);
    }) as EngineFixture['upstream']['list'];
    const provisioner = fixture.provisioner({
      account: withCalls(fixture.upstream, { list }),
      leases: withCalls(fixture.world.leases, { renew: () => Promise.resolve(false) }),
    });
    const result = await callReady(fixture, {}, provisioner);
    expect(failedStep(result)).toMatchObject({
      detail: expect.stringContaining('lease of this DID was lost') as string,
    });
    expect(fixture.upstream.journal).toEqual([]);
    expect(await fixture.world.phoneNumbers.rows(fixture.connectionId)).toEqual([]);
  });

  it('that was lost on the way: what is left is not sent and not waited for', async () => {
    const fixture = await EngineFixture.make();
    const client = fixture.remote.addClient();
    fixture.did(NUMBER);
    const { upstream, clock } = fixture;
    const list = (async (section: Section) => {
      await clock.sleep(10);
      return upstream.list(section);
    }) as typeof upstream.list;
    const mapDid: typeof upstream.mapDid = async (input) => {
      await clock.sleep(FIXTURE_SETTINGS.leaseTtlMs / 2);
      return upstream.mapDid(input);
    };
    const provisioner = fixture.provisioner({
      account: withCalls(upstream, { list, mapDid }),
      leases: withCalls(fixture.world.leases, { renew: () => Promise.resolve(false) }),
    });
    const startedAt = clock.now();
    const result = await callReady(fixture, { clientId: client.id }, provisioner);
    expect(statuses(result)).toEqual(['done', 'done', 'done', 'failed', 'skipped', 'skipped']);
    expect(failedStep(result)?.detail).toContain('lease of this DID was lost');
    expect(upstream.journal.map(({ operation }) => operation)).toEqual(['dids.map']);
    expect(clock.now() - startedAt).toBeLessThan(FIXTURE_SETTINGS.leaseTtlMs / 2 + 1_000);
  });

  it('is let go when a store fails', async () => {
    const { fixture, key } = await mappedFixture();
    const broken = withCalls(fixture.world.phoneNumbers, { find: () => Promise.reject(new Error('away')) });
    await expect(
      fixture.drive(fixture.provisioner({ phoneNumbers: broken }).callReady(request(fixture))),
    ).rejects.toThrow('away');
    expect(await fixture.world.leases.acquire(didResource(fixture.connectionId, key), 'other', 1)).not.toBeNull();
  });

  it('does not wait for a sweep', async () => {
    const { fixture } = await mappedFixture();
    await fixture.world.leases.acquire(sweepResource(fixture.connectionId), 'reconciler', 600_000);
    expect((await callReady(fixture)).ready).toBe(true);
  });
});

describe('at the same time', () => {
  it('as the reconciler, one bot and one routing record are made', async () => {
    const { fixture, key } = await mappedFixture();
    await fixture.declare(key);
    const engine = fixture.engine();
    const [outcome] = await fixture.drive(
      Promise.all([
        fixture.provisioner().callReady(request(fixture)),
        engine.claim(1).then((claimed) => Promise.all(claimed.map((one) => engine.reconcile(one)))),
      ]),
    );
    await fixture.run(engine, 2_000);
    expect(resultOf(outcome).ready).toBe(true);
    expect(fixture.upstream.effects('bots.create')).toHaveLength(1);
    expect(fixture.upstream.effects('routing.create')).toHaveLength(1);
  });

  it('as another for the same DID, one bot and one routing record are made, and both say so', async () => {
    const { fixture } = await mappedFixture();
    const both = await fixture.drive(
      Promise.all(['a', 'b'].map((owner) => fixture.provisioner({ owner }).callReady(request(fixture)))),
    );
    expect(both.map((outcome) => resultOf(outcome).ready)).toEqual([true, true]);
    expect(fixture.upstream.effects('bots.create')).toHaveLength(1);
    expect(fixture.upstream.effects('routing.create')).toHaveLength(1);
  });

  it('as many for other DIDs of the same client, one bot is made for all of them', async () => {
    const { fixture, client } = await mappedFixture();
    const keys = ['918000000002', '918000000003', '918000000004'].map(
      (number) => fixture.did(number, { clientId: client.id }).key,
    );
    const outcomes = await fixture.drive(
      Promise.all(
        keys.map((key, nth) =>
          fixture.provisioner({ owner: `gateway-${String(nth)}` }).callReady(request(fixture, { did: { key } })),
        ),
      ),
    );
    expect(outcomes.map((outcome) => resultOf(outcome).ready)).toEqual([true, true, true]);
    expect(fixture.upstream.effects('bots.create')).toHaveLength(1);
  });

  it('as somebody who makes a bot of the client and does not finish, it says that it waits', async () => {
    const { fixture, client } = await mappedFixture();
    await fixture.world.leases.acquire(clientBotsResource(fixture.connectionId, client.id), 'reconciler', 600_000);
    const result = await callReady(fixture);
    expect(failedStep(result)).toMatchObject({ step: 'ensure_bot' });
    expect(failedStep(result)?.detail).toMatch(/is getting its bot\. Call this again in 1 s\.$/);
  });
});

describe('a gateway that is killed', () => {
  type Call = (...input: readonly unknown[]) => Promise<unknown>;
  const NEVER = new Promise<never>(() => undefined);

  const OPERATION = { mapDid: 'dids.map', createBot: 'bots.create', createRouting: 'routing.create' } as const;

  /** It dies at the `nth` of its effects, or while VoiceLink still works on it; the dead renew, release and write nothing. */
  const mortal = (fixture: Fixture, nth: number, dies: 'before' | 'after' | 'during') => {
    const life = { effects: 0, isOver: false };
    const alive = async (call: () => Promise<unknown>): Promise<unknown> => {
      const answer: unknown = life.isOver ? NEVER : await call();
      return life.isOver ? NEVER : answer;
    };
    const lastEffect = async (name: string, call: () => Promise<unknown>): Promise<unknown> => {
      const on = Object.entries(OPERATION).find(([method]) => method === name)?.[1];
      if (dies === 'during' && on !== undefined) {
        fixture.upstream.inject({ on, kind: 'late_effect', delayMs: inDoubtMs - 1_000 });
      }
      if (dies !== 'before') await call();
      life.isOver = true;
      return NEVER;
    };
    const effect = (name: string, call: () => Promise<unknown>): Promise<unknown> => {
      if (!life.isOver) life.effects += 1;
      return !life.isOver && life.effects === nth ? lastEffect(name, call) : alive(call);
    };
    const port = <Port extends object>(
      real: Port,
      effects: readonly (keyof Port & string)[],
      others: readonly (keyof Port & string)[],
    ): Port => {
      const bound = (name: keyof Port) => (real[name] as Call).bind(real);
      const calls = [
        ...effects.map((name) => [name, (...input: unknown[]) => effect(name, () => bound(name)(...input))] as const),
        ...others.map((name) => [name, (...input: unknown[]) => alive(() => bound(name)(...input))] as const),
      ];
      return withCalls(real, Object.fromEntries(calls) as Partial<Port>);
    };
    const { world, upstream } = fixture;
    const provisioner = fixture.provisioner({
      owner: 'killed',
      account: port(upstream, ['mapDid', 'createBot', 'createRouting'], ['list']),
      journal: port(world.journal, ['begin', 'finish'], []),
      phoneNumbers: port(world.phoneNumbers, ['import', 'assignAgent'], []),
      keyStates: port(world.keyStates, ['apply'], []),
      leases: port(world.leases, [], ['acquire', 'renew', 'release']),
    });
    return { provisioner, life };
  };

  it.each(['before', 'after', 'during'] as const)(
    '%s any of its effects leaves nothing that the next call does not bring to its end, once',
    async (dies) => {
      let points = 0;
      for (let isOver = true; isOver; points += 1) {
        const fixture = await EngineFixture.make();
        const clientId = fixture.remote.addClient().id;
        fixture.did(NUMBER);
        const { provisioner, life } = mortal(fixture, points + 1, dies);
        await fixture.drive(provisioner.callReady(request(fixture, { clientId }))).catch(() => null);
        isOver = life.isOver;
        // At once, while the lease is still held and a write is in doubt; then after that is resolved.
        await fixture.drive(fixture.provisioner({ owner: 'second' }).callReady(request(fixture, { clientId })));
        await fixture.clock.advance(inDoubtMs + 2 * FIXTURE_SETTINGS.leaseTtlMs);
        const last = await callReady(fixture, { clientId }, fixture.provisioner({ owner: 'third' }));
        expect([points, last.ready, failedStep(last)]).toEqual([points, true, undefined]);
        const effects = Object.values(OPERATION).map((on) => fixture.upstream.effects(on).length);
        expect([points, ...effects]).toEqual([points, 1, 1, 1]);
        expect(await fixture.world.phoneNumbers.rows(fixture.connectionId)).toHaveLength(1);
      }
      expect(points).toBeGreaterThan(12);
    },
  );
});

describe('a connection that is disconnected', () => {
  it('is not worked on', async () => {
    const { fixture } = await mappedFixture();
    await fixture.world.disconnect(fixture.connectionId);
    expect(await fixture.provisioner().callReady(request(fixture))).toEqual({ kind: 'disconnected' });
  });
});
