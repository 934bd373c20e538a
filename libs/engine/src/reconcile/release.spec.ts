import type { BindingSpec, DidKey, Release } from '@dialtone/domain';
import { EngineFixture, FIXTURE_SETTINGS } from '@dialtone/testing';

const NUMBER = '918000000001';

/** A number that its declaration has made READY. */
const readyNumber = async (spec: Partial<BindingSpec> = {}) => {
  const fixture = await EngineFixture.make();
  const did = fixture.did(NUMBER);
  await fixture.declare(did.key, { clientId: fixture.remote.addClient().id, ...spec });
  const engine = fixture.engine();
  await fixture.reconcile(engine);
  expect((await fixture.stored(did.key)).state).toBe('READY');
  const writes = fixture.world.writes.length;
  return {
    fixture,
    engine,
    did,
    key: did.key,
    withdraw: (release?: Release | 'keep') => fixture.world.withdraw(fixture.connectionId, did.key, release),
    row: () => fixture.world.bindingRow(fixture.connectionId, did.key),
    outbound: () => fixture.remote.routings.get(did.didId)?.forOutboundCall,
    agent: async () => (await fixture.world.phoneNumbers.find(fixture.connectionId, did.key))?.agentId,
    released: () => fixture.world.writes.slice(writes).map(({ step, state }) => [step, state]),
  };
};
const lastEvents = (fixture: EngineFixture, key: DidKey, count: number) => fixture.eventTypes(key).slice(-count);

describe('a withdrawn declaration', () => {
  it('that keeps ends at once, and nothing is undone', async () => {
    const { withdraw, row, outbound, agent, released, fixture } = await readyNumber();
    await withdraw();
    expect(row()).toBeNull();
    expect([outbound(), await agent(), released()]).toEqual([3, fixture.agentId, []]);
  });

  it('switches outbound calls off through the journal, sees it in the list, and then ends with its event', async () => {
    const { withdraw, row, outbound, agent, released, fixture, engine, key } = await readyNumber({
      release: 'outbound_off',
    });
    await withdraw();
    expect(row()?.binding).toMatchObject({ releasing: 'outbound_off', generation: 2 });
    expect((await fixture.reconcile(engine)).get(key)).toEqual({ kind: 'settled' });
    expect([row(), outbound(), await agent()]).toEqual([null, 4, fixture.agentId]);
    expect(released()).toEqual([['release', 'done']]);
    expect(lastEvents(fixture, key, 2)).toEqual(['dialtone.binding.updated.v1', 'dialtone.binding.deleted.v1']);
    expect(fixture.world.events.at(-1)?.data).toMatchObject({ releasing: 'outbound_off', generation: 2 });
  });

  it('takes the agent from the inventory without asking VoiceLink, but not one that was assigned since', async () => {
    for (const assignsAnother of [false, true]) {
      const { withdraw, row, outbound, agent, fixture, engine, key } = await readyNumber();
      const other = await fixture.world.agent(fixture.partnerId, 'Other');
      await withdraw('unassign_agent');
      const { connectionId, partnerId } = fixture;
      if (assignsAnother)
        await fixture.world.phoneNumbers.assignAgent({ partnerId, connectionId, key, agentId: other });
      fixture.upstream.inject({ on: 'routing', kind: 'fail', times: Infinity });
      await fixture.reconcile(engine);
      expect([row(), outbound(), await agent()]).toEqual([null, 3, assignsAnother ? other : null]);
    }
  });

  it.each([
    { given: 'in dry-run', reason: 'DRY_RUN', settings: { dryRun: true } },
    { given: 'while a guard holds the writes', reason: 'WRITES_HELD', settings: {} },
  ])('stays visible $given, and is released when that is over', async ({ given, reason, settings }) => {
    const { withdraw, row, outbound, fixture, engine, key } = await readyNumber({ release: 'outbound_off' });
    await withdraw();
    if (given !== 'in dry-run') await fixture.world.voiceLinkConnections.holdWrites(fixture.connectionId, 'test');
    const stopped = await fixture.reconcile(fixture.engine({ settings }));
    expect(stopped.get(key)).toMatchObject({ kind: 'stalled' });
    expect([row()?.outcome, outbound()]).toEqual(['stalled', 3]);
    if (reason === 'WRITES_HELD') await fixture.world.acknowledgeHold(fixture.connectionId);
    else await fixture.world.trigger(fixture.connectionId, key);
    await fixture.run(engine, FIXTURE_SETTINGS.resyncMs);
    expect([row(), outbound()]).toEqual([null, 4]);
  });

  it('waits while VoiceLink is away, and is released when it answers again', async () => {
    const { withdraw, row, outbound, fixture, engine, key } = await readyNumber({ release: 'outbound_off' });
    await withdraw();
    fixture.upstream.inject({ on: 'routing', kind: 'fail', times: Infinity });
    expect((await fixture.reconcile(engine)).get(key)).toMatchObject({ kind: 'retry' });
    expect([row()?.binding.releasing, outbound()]).toEqual(['outbound_off', 3]);
    fixture.upstream.faults.clear();
    await fixture.run(engine, 60_000);
    expect([row(), outbound()]).toEqual([null, 4]);
  });

  it('is declared again instead: the release is off, and the number is kept as declared', async () => {
    const { withdraw, row, outbound, fixture, engine, key } = await readyNumber({ release: 'outbound_off' });
    await withdraw();
    const [claimed] = await engine.claim(1);
    if (claimed === undefined) throw new Error('It is due.');
    await fixture.declare(key, { clientId: claimed.binding.clientId, release: 'outbound_off' });
    await fixture.drive(engine.reconcile(claimed));
    expect(row()?.binding).toMatchObject({ generation: 3 });
    expect(row()?.binding.releasing).toBeUndefined();
    await fixture.run(engine, 10_000);
    expect([row()?.outcome, outbound(), (await fixture.stored(key)).state]).toEqual(['settled', 3, 'READY']);
  });

  it('is no breakage: releasing many numbers holds no writes', async () => {
    const { withdraw, fixture, engine, key } = await readyNumber({ release: 'outbound_off' });
    await withdraw();
    expect((await fixture.stored(key)).declared).toBeNull();
    await fixture.sweep(engine);
    expect(fixture.told.swept.at(-1)?.held).toBeNull();
  });

  it('is given up when it is withdrawn again with keep', async () => {
    const { withdraw, row, outbound } = await readyNumber({ release: 'outbound_off' });
    await withdraw();
    await withdraw();
    expect(row()?.binding.generation).toBe(2);
    await withdraw('keep');
    expect([row(), outbound()]).toEqual([null, 3]);
  });
});
