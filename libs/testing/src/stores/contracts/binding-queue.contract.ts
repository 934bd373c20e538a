import { didResource, type Outcome } from '@dialtone/engine';
import { aDidKey } from '../../builders/ids';
import type { MakeStoreHarness, StoreHarness } from '../harness';
import { describeReleases } from './released-bindings.contract';
import { claimOne, declareOn, declareOne, eventsOf, freshHarness, LONG_MS, typesOf, present } from './fixtures';

/** The contract of the engine's BindingQueue; every form of it passes the same tests. */
export const describeBindingQueue = (name: string, make: MakeStoreHarness): void => {
  describe(`${name} as BindingQueue`, () => {
    const harness = freshHarness(make);
    describeDeclarations(harness);
    describeClaims(harness);
    describeSchedule(harness);
    describeStatus(harness);
    describeLostLeases(harness);
    describeTriggers(harness);
    describeStalls(harness);
    describeReleases(harness);
  });
};

const HOUR_MS = 3_600_000;
const SETTLED: Outcome = { kind: 'settled' };

const describeDeclarations = (harness: () => StoreHarness): void => {
  it('finds a binding by connection and key, and by id', async () => {
    const { bindingQueue } = harness().stores;
    const spec = {
      clientId: 415,
      botName: 'Sales',
      websocketUrl: 'wss://bots.example.com/1',
      mode: 'observe',
    } as const;
    const { connection, binding } = await declareOne(harness(), spec);
    expect(binding).toMatchObject({ ...spec, generation: 1, partnerId: connection.partnerId });
    expect(await bindingQueue.find(connection.id, binding.key)).toEqual(binding);
    expect(await bindingQueue.findById(binding.id)).toEqual(binding);
    expect(await bindingQueue.find(connection.id, aDidKey())).toBeNull();
  });

  it('counts generations on through changes and removal, and logs each declaration', async () => {
    const { given } = harness();
    const { connection, binding } = await declareOne(harness());
    const again = { key: binding.key, agentId: binding.agentId };
    expect(await declareOn(harness(), connection, again)).toEqual(binding);
    expect(await declareOn(harness(), connection, { ...again, clientId: 7 })).toMatchObject({ generation: 2 });
    await given.undeclare(connection.id, binding.key);
    const redeclared = await declareOn(harness(), connection, again);
    expect(redeclared.generation).toBe(3);
    expect(redeclared.id).not.toBe(binding.id);
    const logged = (await eventsOf(harness())).map(({ type, seq, data }) => [
      type,
      seq,
      (data as { generation: number }).generation,
    ]);
    expect(logged).toEqual([
      ['dialtone.binding.declared.v1', 1, 1],
      ['dialtone.binding.updated.v1', 2, 2],
      ['dialtone.binding.deleted.v1', 3, 2],
      ['dialtone.binding.declared.v1', 4, 3],
    ]);
  });
};

const describeStalls = (harness: () => StoreHarness): void => {
  const stalled = (message: string): Outcome => ({ kind: 'stalled', issues: [], message });
  const turn = async (outcome: Outcome) => {
    const claimed = await claimOne(harness());
    await harness().stores.bindingQueue.complete(claimed, outcome, 0);
    return claimed.before;
  };

  it('counts looks that found the same stall, until something else is found', async () => {
    await declareOne(harness());
    expect(await turn(stalled('x'))).toEqual({ outcome: 'pending', message: null, stalls: 0 });
    expect(await turn(stalled('x'))).toEqual({ outcome: 'stalled', message: 'x', stalls: 1 });
    expect(await turn(stalled('y'))).toEqual({ outcome: 'stalled', message: 'x', stalls: 2 });
    expect(await turn(SETTLED)).toEqual({ outcome: 'stalled', message: 'y', stalls: 1 });
    expect(await turn(SETTLED)).toMatchObject({ outcome: 'settled', stalls: 0 });
  });

  it('counts anew after a trigger, one during the work included, and after another declaration', async () => {
    const { given, stores } = harness();
    const { connection, binding } = await declareOne(harness());
    const twice = async (): Promise<void> => {
      await turn(stalled('x'));
      await turn(stalled('x'));
    };
    await twice();
    await given.trigger(connection.id, binding.key);
    expect((await turn(stalled('x'))).stalls).toBe(0);
    await turn(stalled('x'));
    const during = await claimOne(harness());
    await given.trigger(connection.id, binding.key);
    await stores.bindingQueue.complete(during, stalled('x'), HOUR_MS);
    expect((await turn(stalled('x'))).stalls).toBe(0);
    await twice();
    await declareOn(harness(), connection, { key: binding.key, agentId: binding.agentId, clientId: 9 });
    expect((await turn(stalled('x'))).stalls).toBe(0);
  });
};

const describeClaims = (harness: () => StoreHarness): void => {
  it('hands out a declared key at once, together with the lease of its DID', async () => {
    const { stores } = harness();
    const { connection, binding } = await declareOne(harness());
    const claimed = await claimOne(harness());
    expect(claimed).toMatchObject({ binding, attempts: 0 });
    expect(claimed.lease).toMatchObject({ resource: didResource(connection.id, binding.key), owner: 'worker' });
    expect(await stores.leases.acquire(claimed.lease.resource, 'other', LONG_MS)).toBeNull();
    expect(await stores.leases.renew(claimed.lease, LONG_MS)).toBe(true);
    expect(await stores.bindingQueue.claim('other', 10, LONG_MS)).toEqual([]);
  });

  it('hands out each key once to workers that ask at the same time, and no more than they ask for', async () => {
    const { stores, given } = harness();
    const connection = await given.connection();
    for (let nth = 0; nth < 12; nth += 1) await declareOn(harness(), connection);
    const claims = await Promise.all(['a', 'b', 'c', 'd'].map((owner) => stores.bindingQueue.claim(owner, 3, LONG_MS)));
    const rest = await stores.bindingQueue.claim('e', 12, LONG_MS);
    expect(claims.every((claim) => claim.length <= 3)).toBe(true);
    const keys = [...claims.flat(), ...rest].map(({ binding }) => binding.key);
    expect([keys.length, new Set(keys).size]).toEqual([12, 12]);
  });

  it('skips a key whose DID somebody holds, until that lease ends', async () => {
    const { stores, wait } = harness();
    const { connection, binding } = await declareOne(harness());
    const lease = present(await stores.leases.acquire(didResource(connection.id, binding.key), 'gateway', 300));
    expect(await stores.bindingQueue.claim('worker', 10, LONG_MS)).toEqual([]);
    const dueIn = await stores.bindingQueue.nextDueInMs();
    expect(dueIn).toBeGreaterThan(0);
    expect(dueIn).toBeLessThanOrEqual(300);
    await wait(350);
    const claimed = await claimOne(harness());
    expect(claimed.lease.epoch).toBeGreaterThan(lease.epoch);
  });

  it('leaves the keys of a disconnected connection alone', async () => {
    const { stores, given } = harness();
    const { connection } = await declareOne(harness());
    await given.disconnect(connection.id);
    expect(await stores.bindingQueue.claim('worker', 10, LONG_MS)).toEqual([]);
    expect(await stores.bindingQueue.nextDueInMs()).toBeNull();
  });
};

const describeSchedule = (harness: () => StoreHarness): void => {
  it('makes a key due again after the delay, counted from now', async () => {
    const { stores, wait } = harness();
    await declareOne(harness());
    await stores.bindingQueue.complete(await claimOne(harness()), SETTLED, 200);
    const dueIn = await stores.bindingQueue.nextDueInMs();
    expect(dueIn).toBeGreaterThan(0);
    expect(dueIn).toBeLessThanOrEqual(200);
    expect(await stores.bindingQueue.claim('worker', 10, LONG_MS)).toEqual([]);
    await wait(250);
    expect(await stores.bindingQueue.nextDueInMs()).toBe(0);
    expect((await claimOne(harness())).overdueMs).toBeGreaterThan(0);
  });

  it('says that nothing is scheduled, or when the next one is due', async () => {
    const { stores, given } = harness();
    expect(await stores.bindingQueue.nextDueInMs()).toBeNull();
    const { connection, binding } = await declareOne(harness());
    expect(await stores.bindingQueue.nextDueInMs()).toBe(0);
    await given.undeclare(connection.id, binding.key);
    expect(await stores.bindingQueue.nextDueInMs()).toBeNull();
  });

  it('counts attempts until one settles, and a known wait as none', async () => {
    const { stores } = harness();
    await declareOne(harness());
    const outcomes: readonly Outcome[] = [
      { kind: 'retry', error: 'VoiceLink is away', retryAfterMs: null },
      { kind: 'progressing', requeueAfterMs: 0, reason: 'A create may still take effect' },
      { kind: 'stalled', issues: [], message: 'Give a client_id.' },
      SETTLED,
      SETTLED,
    ];
    const attempts: number[] = [];
    for (const outcome of outcomes) {
      const claimed = await claimOne(harness());
      attempts.push(claimed.attempts);
      await stores.bindingQueue.complete(claimed, outcome, 0);
    }
    expect(attempts).toEqual([0, 1, 1, 2, 0]);
  });
};

const describeStatus = (harness: () => StoreHarness): void => {
  const complete = async (outcome: Outcome): Promise<void> => {
    await harness().stores.bindingQueue.complete(await claimOne(harness()), outcome, 0);
  };

  it('logs a status only when it differs from the one before', async () => {
    const { binding } = await declareOne(harness());
    const stalled: Outcome = { kind: 'stalled', issues: ['NO_CLIENT_MAPPING'], message: 'Give a client_id.' };
    for (const outcome of [SETTLED, SETTLED, stalled, stalled, { ...stalled, message: 'Another' }])
      await complete(outcome);
    const events = await eventsOf(harness(), 'binding.status');
    const data = events.map((event) => event.data as unknown as Record<string, unknown>);
    expect(data.map(({ outcome, message }) => [outcome, message])).toEqual([
      ['settled', null],
      ['stalled', 'Give a client_id.'],
      ['stalled', 'Another'],
    ]);
    expect(data[1]).toMatchObject({
      binding_id: binding.id,
      generation: 1,
      observed_generation: 1,
      attempts: 1,
      seq: 3,
    });
  });

  it('says settled again after a change of the declaration, and not before that was worked on', async () => {
    const { connection, binding } = await declareOne(harness());
    await complete(SETTLED);
    const early = await claimOne(harness());
    await declareOn(harness(), connection, { key: binding.key, agentId: binding.agentId, clientId: 7 });
    await harness().stores.bindingQueue.complete(early, SETTLED, HOUR_MS);
    expect(await typesOf(harness(), 'binding.status')).toHaveLength(1);
    await complete(SETTLED);
    const [, status] = await eventsOf(harness(), 'binding.status');
    expect(status?.data).toMatchObject({ outcome: 'settled', generation: 2, observed_generation: 2 });
  });
};

const describeLostLeases = (harness: () => StoreHarness): void => {
  it('writes nothing when the lease was lost: the key is still due, for somebody else', async () => {
    const { stores, wait } = harness();
    await declareOne(harness());
    const lost = await claimOne(harness(), 30);
    await wait(80);
    await stores.bindingQueue.complete(lost, SETTLED, HOUR_MS);
    expect(await typesOf(harness(), 'binding.status')).toEqual([]);
    const next = await claimOne(harness());
    await stores.bindingQueue.complete(lost, SETTLED, HOUR_MS);
    expect(await stores.leases.renew(next.lease, LONG_MS)).toBe(true);
    await stores.bindingQueue.complete(next, SETTLED, HOUR_MS);
    expect(await typesOf(harness(), 'binding.status')).toEqual(['binding.status']);
  });

  it('releases the lease of a binding that was removed meanwhile, and writes nothing', async () => {
    const { stores, given } = harness();
    const { connection, binding } = await declareOne(harness());
    const claimed = await claimOne(harness());
    await given.undeclare(connection.id, binding.key);
    await stores.bindingQueue.complete(claimed, SETTLED, HOUR_MS);
    expect(await typesOf(harness(), 'binding.status')).toEqual([]);
    expect(await stores.leases.acquire(claimed.lease.resource, 'other', LONG_MS)).not.toBeNull();
  });
};

const describeTriggers = (harness: () => StoreHarness): void => {
  it('makes a scheduled key due now', async () => {
    const { stores, given } = harness();
    const { connection, binding } = await declareOne(harness());
    await stores.bindingQueue.complete(await claimOne(harness()), SETTLED, HOUR_MS);
    await given.trigger(connection.id, aDidKey());
    expect(await stores.bindingQueue.nextDueInMs()).toBeGreaterThan(0);
    await given.trigger(connection.id, binding.key);
    expect(await stores.bindingQueue.nextDueInMs()).toBe(0);
  });

  it('leaves a key that is due already in its place: who has waited longest goes first', async () => {
    const { stores, given, wait } = harness();
    const { connection, binding } = await declareOne(harness());
    await wait(100);
    await declareOn(harness(), connection);
    await given.trigger(connection.id, binding.key);
    const [first, ...others] = await stores.bindingQueue.claim('worker', 1, LONG_MS);
    expect(others).toEqual([]);
    expect(first?.binding.key).toBe(binding.key);
    expect(first?.overdueMs).toBeGreaterThanOrEqual(90);
  });

  it('looks again at once at a key that was triggered during the work', async () => {
    const { stores, given } = harness();
    const { connection, binding } = await declareOne(harness());
    const claimed = await claimOne(harness());
    await given.trigger(connection.id, binding.key);
    expect(await stores.bindingQueue.claim('other', 10, LONG_MS)).toEqual([]);
    await stores.bindingQueue.complete(claimed, SETTLED, HOUR_MS);
    expect(await stores.bindingQueue.nextDueInMs()).toBe(0);
    await stores.bindingQueue.complete(await claimOne(harness()), SETTLED, HOUR_MS);
    expect(await stores.bindingQueue.nextDueInMs()).toBeGreaterThan(0);
  });
};
