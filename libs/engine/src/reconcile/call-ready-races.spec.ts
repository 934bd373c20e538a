import { type Section } from '@dialtone/domain';
import { BED_SETTINGS, EngineBed, withCalls } from '@dialtone/testing';
import { clientBotsResource, didResource, sweepResource } from '..';
import { callReady, failedStep, mappedBed, NUMBER, request, resultOf, statuses } from '../../test/call-ready-requests';

const { inDoubtMs } = BED_SETTINGS;
type Bed = EngineBed;

describe('the lease of the DID', () => {
  it('is waited for, because its holder works on the same thing', async () => {
    const { bed, key } = await mappedBed();
    await bed.world.leases.acquire(didResource(bed.connectionId, key), 'reconciler', 4_000);
    expect((await callReady(bed)).ready).toBe(true);
    expect(await bed.world.leases.acquire(didResource(bed.connectionId, key), 'other', 1)).not.toBeNull();
  });

  it('is not waited for without end', async () => {
    const { bed, key } = await mappedBed();
    await bed.world.leases.acquire(didResource(bed.connectionId, key), 'reconciler', 600_000);
    const outcome = await bed.drive(bed.provisioner().callReady(request(bed)));
    expect(outcome).toEqual({ kind: 'busy', retryAfterMs: 5_000 });
    expect(bed.upstream.journal).toEqual([]);
  });

  it('that was lost meanwhile: nothing is sent any more', async () => {
    const { bed } = await mappedBed();
    const list = (async (section: Section) => {
      await bed.clock.sleep(2 * BED_SETTINGS.leaseTtlMs);
      return bed.upstream.list(section);
    }) as EngineBed['upstream']['list'];
    const provisioner = bed.provisioner({
      account: withCalls(bed.upstream, { list }),
      leases: withCalls(bed.world.leases, { renew: () => Promise.resolve(false) }),
    });
    const result = await callReady(bed, {}, provisioner);
    expect(failedStep(result)).toMatchObject({
      detail: expect.stringContaining('lease of this DID was lost') as string,
    });
    expect(bed.upstream.journal).toEqual([]);
    expect(await bed.world.phoneNumbers.rows(bed.connectionId)).toEqual([]);
  });

  it('that was lost on the way: what is left is not sent and not waited for', async () => {
    const bed = await EngineBed.make();
    const client = bed.remote.addClient();
    bed.did(NUMBER);
    const { upstream, clock } = bed;
    const list = (async (section: Section) => {
      await clock.sleep(10);
      return upstream.list(section);
    }) as typeof upstream.list;
    const mapDid: typeof upstream.mapDid = async (input) => {
      await clock.sleep(BED_SETTINGS.leaseTtlMs / 2);
      return upstream.mapDid(input);
    };
    const provisioner = bed.provisioner({
      account: withCalls(upstream, { list, mapDid }),
      leases: withCalls(bed.world.leases, { renew: () => Promise.resolve(false) }),
    });
    const startedAt = clock.now();
    const result = await callReady(bed, { clientId: client.id }, provisioner);
    expect(statuses(result)).toEqual(['done', 'done', 'done', 'failed', 'skipped', 'skipped']);
    expect(failedStep(result)?.detail).toContain('lease of this DID was lost');
    expect(upstream.journal.map(({ operation }) => operation)).toEqual(['dids.map']);
    expect(clock.now() - startedAt).toBeLessThan(BED_SETTINGS.leaseTtlMs / 2 + 1_000);
  });

  it('is let go when a store fails', async () => {
    const { bed, key } = await mappedBed();
    const broken = withCalls(bed.world.phoneNumbers, { find: () => Promise.reject(new Error('away')) });
    await expect(bed.drive(bed.provisioner({ phoneNumbers: broken }).callReady(request(bed)))).rejects.toThrow('away');
    expect(await bed.world.leases.acquire(didResource(bed.connectionId, key), 'other', 1)).not.toBeNull();
  });

  it('does not wait for a sweep', async () => {
    const { bed } = await mappedBed();
    await bed.world.leases.acquire(sweepResource(bed.connectionId), 'reconciler', 600_000);
    expect((await callReady(bed)).ready).toBe(true);
  });
});

describe('at the same time', () => {
  it('as the reconciler, one bot and one routing record are made', async () => {
    const { bed, key } = await mappedBed();
    await bed.declare(key);
    const engine = bed.engine();
    const [outcome] = await bed.drive(
      Promise.all([
        bed.provisioner().callReady(request(bed)),
        engine.claim(1).then((claimed) => Promise.all(claimed.map((one) => engine.reconcile(one)))),
      ]),
    );
    await bed.run(engine, 2_000);
    expect(resultOf(outcome).ready).toBe(true);
    expect(bed.upstream.effects('bots.create')).toHaveLength(1);
    expect(bed.upstream.effects('routing.create')).toHaveLength(1);
  });

  it('as another for the same DID, one bot and one routing record are made, and both say so', async () => {
    const { bed } = await mappedBed();
    const both = await bed.drive(
      Promise.all(['a', 'b'].map((owner) => bed.provisioner({ owner }).callReady(request(bed)))),
    );
    expect(both.map((outcome) => resultOf(outcome).ready)).toEqual([true, true]);
    expect(bed.upstream.effects('bots.create')).toHaveLength(1);
    expect(bed.upstream.effects('routing.create')).toHaveLength(1);
  });

  it('as many for other DIDs of the same client, one bot is made for all of them', async () => {
    const { bed, client } = await mappedBed();
    const keys = ['918000000002', '918000000003', '918000000004'].map(
      (number) => bed.did(number, { clientId: client.id }).key,
    );
    const outcomes = await bed.drive(
      Promise.all(
        keys.map((key, nth) =>
          bed.provisioner({ owner: `gateway-${String(nth)}` }).callReady(request(bed, { did: { key } })),
        ),
      ),
    );
    expect(outcomes.map((outcome) => resultOf(outcome).ready)).toEqual([true, true, true]);
    expect(bed.upstream.effects('bots.create')).toHaveLength(1);
  });

  it('as somebody who makes a bot of the client and does not finish, it says that it waits', async () => {
    const { bed, client } = await mappedBed();
    await bed.world.leases.acquire(clientBotsResource(bed.connectionId, client.id), 'reconciler', 600_000);
    const result = await callReady(bed);
    expect(failedStep(result)).toMatchObject({ step: 'ensure_bot' });
    expect(failedStep(result)?.detail).toMatch(/is getting its bot\. Call this again in 1 s\.$/);
  });
});

describe('a gateway that is killed', () => {
  type Call = (...input: readonly unknown[]) => Promise<unknown>;
  const NEVER = new Promise<never>(() => undefined);

  const OPERATION = { mapDid: 'dids.map', createBot: 'bots.create', createRouting: 'routing.create' } as const;

  /** It dies at the `nth` of its effects, or while VoiceLink still works on it; the dead renew, release and write nothing. */
  const mortal = (bed: Bed, nth: number, dies: 'before' | 'after' | 'during') => {
    const life = { effects: 0, isOver: false };
    const alive = async (call: () => Promise<unknown>): Promise<unknown> => {
      const answer: unknown = life.isOver ? NEVER : await call();
      return life.isOver ? NEVER : answer;
    };
    const lastEffect = async (name: string, call: () => Promise<unknown>): Promise<unknown> => {
      const on = Object.entries(OPERATION).find(([method]) => method === name)?.[1];
      if (dies === 'during' && on !== undefined) {
        bed.upstream.inject({ on, kind: 'late_effect', delayMs: inDoubtMs - 1_000 });
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
    const { world, upstream } = bed;
    const provisioner = bed.provisioner({
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
        const bed = await EngineBed.make();
        const clientId = bed.remote.addClient().id;
        bed.did(NUMBER);
        const { provisioner, life } = mortal(bed, points + 1, dies);
        await bed.drive(provisioner.callReady(request(bed, { clientId }))).catch(() => null);
        isOver = life.isOver;
        // At once, when the lease is still held and nobody knows what became of a write; then when that can be told.
        await bed.drive(bed.provisioner({ owner: 'second' }).callReady(request(bed, { clientId })));
        await bed.clock.advance(inDoubtMs + 2 * BED_SETTINGS.leaseTtlMs);
        const last = await callReady(bed, { clientId }, bed.provisioner({ owner: 'third' }));
        expect([points, last.ready, failedStep(last)]).toEqual([points, true, undefined]);
        const effects = Object.values(OPERATION).map((on) => bed.upstream.effects(on).length);
        expect([points, ...effects]).toEqual([points, 1, 1, 1]);
        expect(await bed.world.phoneNumbers.rows(bed.connectionId)).toHaveLength(1);
      }
      expect(points).toBeGreaterThan(12);
    },
  );
});

describe('a connection that is disconnected', () => {
  it('is not worked on', async () => {
    const { bed } = await mappedBed();
    await bed.world.disconnect(bed.connectionId);
    expect(await bed.provisioner().callReady(request(bed))).toEqual({ kind: 'disconnected' });
  });
});
