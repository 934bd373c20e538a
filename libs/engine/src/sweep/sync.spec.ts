import { SECTIONS } from '@dialtone/domain';
import { EngineFixture, withCalls } from '@dialtone/testing';
import { sweepResource, type Leases } from '..';
import { fixtureOfAllKinds, stateOf, storedIn, sync, viewOf } from '../../test/sync-fixture';

describe('a sync', () => {
  it('imports what VoiceLink lists, and judges every key with its row in place', async () => {
    const fixture = await EngineFixture.make();
    const client = fixture.remote.addClient();
    const one = fixture.did('918000000002', { clientId: client.id });
    const other = fixture.did('918000000001');
    const view = await sync(fixture);
    expect(view.localNumbers.map(({ key, friendlyName }) => [key, friendlyName])).toEqual([
      [other.key, other.key],
      [one.key, one.key],
    ]);
    expect(view.keys.map(({ readiness }) => [readiness.key, readiness.issues])).toEqual([
      [other.key, ['NO_CLIENT_MAPPING', 'NO_BOT', 'ROUTING_MISSING', 'NO_VOCOBASE_AGENT']],
      [one.key, ['NO_BOT', 'ROUTING_MISSING', 'NO_VOCOBASE_AGENT']],
    ]);
    expect(view.keys.map(({ local }) => local?.id)).toEqual(view.localNumbers.map(({ id }) => id));
    expect(view.snapshot.clients.rows.map(({ id }) => id)).toEqual([client.id]);
    expect(view.snapshot.available_dids.rows.map(({ key }) => key)).toEqual([other.key]);
    expect(view.warnings).toEqual([]);
    expect(fixture.upstream.journal).toEqual([]);
  });

  it('stores verdicts and events as a sweep does, makes bound keys due, and counts as the sweep', async () => {
    const fixture = await EngineFixture.make();
    const bound = fixture.did('918000000001');
    const free = fixture.did('918000000002');
    await fixture.declare(bound.key, { mode: 'observe' });
    await fixture.reconcile(fixture.engine());
    await sync(fixture);
    expect(await fixture.stored(free.key)).toMatchObject({ state: 'NO_CLIENT_MAPPING', stale: false });
    expect(fixture.eventTypes(free.key)).toEqual(['dialtone.readiness.changed.v1', 'dialtone.drift.detected.v1']);
    expect(fixture.eventTypes(bound.key).at(-1)).toBe('dialtone.drift.changed.v1');
    expect((await fixture.engine().claim(10)).map(({ binding }) => binding.key)).toEqual([bound.key]);
    expect(await fixture.engine().claimSweep()).toBeNull();
    expect(fixture.told.swept).toMatchObject([{ keys: 2, changed: 2, warnings: [], held: null }]);
  });

  it('writes nothing when nothing has changed', async () => {
    const { fixture } = await fixtureOfAllKinds();
    await sync(fixture);
    const before = await storedIn(fixture);
    await sync(fixture);
    expect(await storedIn(fixture)).toEqual(before);
    expect(fixture.told.swept.at(-1)).toMatchObject({ changed: 0 });
  });

  it('leaves rows as they are that exist, and deletes none', async () => {
    const { fixture, gone } = await fixtureOfAllKinds();
    const before = await fixture.world.phoneNumbers.rows(fixture.connectionId);
    const view = await sync(fixture);
    expect(view.localNumbers).toEqual(before);
    expect(view.keys.find(({ readiness }) => readiness.key === gone.key)?.local).toMatchObject({ key: gone.key });
  });

  it('imports a number once that was purchased twice', async () => {
    const fixture = await EngineFixture.make();
    fixture.did('918000000001', { expired: true });
    const { key } = fixture.did('918000000001');
    const view = await sync(fixture);
    expect(view.localNumbers).toMatchObject([{ key }]);
    expect(view.keys.map(stateOf)).toEqual([[key, 'NO_CLIENT_MAPPING']]);
    expect(view.snapshot.dids.rows).toHaveLength(2);
  });

  it('knows all nine states from one look', async () => {
    const { fixture, ...dids } = await fixtureOfAllKinds();
    const late = fixture.did('918000000008');
    expect((await sync(fixture, false)).keys.map(stateOf)).toEqual([
      [dids.ready.key, 'READY'],
      [dids.noBot.key, 'NO_BOT'],
      [dids.unrouted.key, 'ROUTING_MISSING'],
      [dids.misrouted.key, 'ROUTING_CHANGED'],
      [dids.unmapped.key, 'NO_CLIENT_MAPPING'],
      [dids.expired.key, 'REMOTE_DID_EXPIRED'],
      [dids.gone.key, 'REMOTE_DID_DELETED'],
      [late.key, 'NOT_IMPORTED'],
    ]);
    const agentless = (await sync(fixture)).keys.at(-1);
    expect(agentless?.readiness.issues).toContain('NO_VOCOBASE_AGENT');
  });

  it('judges a declared key by the agent that is declared', async () => {
    const { fixture, ready } = await fixtureOfAllKinds();
    await fixture.declare(ready.key, { agentId: await fixture.world.agent(fixture.partnerId, 'Another') });
    expect((await sync(fixture)).keys.map(stateOf)[0]).toEqual([ready.key, 'NO_VOCOBASE_AGENT']);
  });

  it.each([true, false])('lets others run while it looks at very many (import: %s)', async (importDids) => {
    const fixture = await EngineFixture.make();
    for (let nth = 0; nth < 1_600; nth += 1) fixture.did(String(918000000000 + nth));
    let turns = 0;
    const clock = withCalls(fixture.clock, {
      nextTurn: () => {
        turns += 1;
        return Promise.resolve();
      },
    });
    const view = viewOf(await fixture.drive(fixture.provisioner({ clock }).sync(fixture.connectionId, importDids)));
    expect(view.keys.map(stateOf)).toHaveLength(1_600);
    // Observing, judging, and comparing with what is stored in one go, a turn after every 125 of a portion of 1,000; and the same when they were imported.
    expect(turns).toBe(importDids ? 20 : 11);
  });

  it('shows every number once and in order, however many portions it is judged in', async () => {
    const fixture = await EngineFixture.make();
    for (let nth = 0; nth < 5_200; nth += 1) fixture.did(String(918000000000 + nth));
    const before = await sync(fixture);
    const gone = [...fixture.remote.dids.values()].filter((_, nth) => nth % 1_000 === 7);
    for (const { didId } of gone) fixture.remote.deleteDid(didId);
    const view = await sync(fixture);
    expect(view.keys.map(({ readiness }) => readiness.key)).toEqual(before.localNumbers.map(({ key }) => key));
    const deleted = view.keys.filter(({ readiness }) => readiness.state === 'REMOTE_DID_DELETED');
    expect(deleted.map(({ readiness }) => readiness.key)).toEqual(gone.map(({ number }) => number));
    expect(fixture.told.swept).toMatchObject([
      { keys: 5_200, changed: 5_200 },
      { keys: 5_200, changed: gone.length },
    ]);
  });

  it('does not show a number that neither side has any more', async () => {
    const fixture = await EngineFixture.make();
    const { didId } = fixture.did('918000000001');
    const { key } = fixture.did('918000000002');
    await fixture.sweep(fixture.engine());
    fixture.remote.deleteDid(didId);
    expect((await sync(fixture)).keys.map(({ readiness }) => readiness.key)).toEqual([key]);
  });
});

describe('a check without import', () => {
  it('answers the same and stores nothing: no row, no verdict, no event', async () => {
    const { fixture } = await fixtureOfAllKinds();
    const late = fixture.did('918000000008');
    const before = await storedIn(fixture);
    const leases: string[] = [];
    const provisioner = fixture.provisioner({
      leases: withCalls<Leases>(fixture.world.leases, {
        acquire: (resource, owner, ttlMs) => {
          leases.push(resource);
          return fixture.world.leases.acquire(resource, owner, ttlMs);
        },
      }),
    });
    const view = viewOf(await fixture.drive(provisioner.sync(fixture.connectionId, false)));
    expect(await storedIn(fixture)).toEqual(before);
    expect(leases).toEqual([]);
    expect(view.keys.find(({ readiness }) => readiness.key === late.key)).toMatchObject({
      readiness: { state: 'NOT_IMPORTED' },
      local: null,
    });
  });

  it('is not kept waiting by a sweep', async () => {
    const { fixture } = await fixtureOfAllKinds();
    await fixture.world.leases.acquire(sweepResource(fixture.connectionId), 'reconciler', 60_000);
    expect((await sync(fixture, false)).keys).toHaveLength(7);
  });
});

describe('a connection', () => {
  it('whose credentials VoiceLink refuses is an error, told like one of a sweep', async () => {
    const { fixture } = await fixtureOfAllKinds();
    for (const on of SECTIONS) fixture.upstream.inject({ on, kind: 'fail', unauthorized: true, times: Infinity });
    expect(await fixture.drive(fixture.provisioner().sync(fixture.connectionId, true))).toMatchObject({
      kind: 'unauthorized',
    });
    expect(await fixture.drive(fixture.provisioner().sync(fixture.connectionId, false))).toMatchObject({
      kind: 'unauthorized',
    });
    expect(fixture.told.swept).toMatchObject([{ warnings: { length: 5 } }]);
  });

  it('of which one list is not allowed is not refused', async () => {
    const { fixture } = await fixtureOfAllKinds();
    fixture.upstream.inject({ on: 'clients', kind: 'fail', unauthorized: true });
    expect((await sync(fixture)).warnings).toMatchObject([{ section: 'clients', code: 'FETCH_FAILED' }]);
  });

  it('that is disconnected is not looked at', async () => {
    const { fixture } = await fixtureOfAllKinds();
    await fixture.world.disconnect(fixture.connectionId);
    expect(await fixture.provisioner().sync(fixture.connectionId, true)).toEqual({ kind: 'disconnected' });
  });

  it('of which very much broke at once has its writes held, as by a sweep', async () => {
    const fixture = await EngineFixture.make();
    const client = fixture.remote.addClient();
    const bot = fixture.remote.addBot(client.id);
    const dids = Array.from({ length: 12 }, (_, nth) => fixture.did(`9180000001${String(nth).padStart(2, '0')}`));
    for (const { key, didId } of dids) {
      fixture.remote.editDid(didId, { clientId: client.id });
      fixture.remote.addRouting(didId, { forOutboundCall: 3, outboundBotId: bot.id });
      await fixture.declare(key);
    }
    await fixture.reconcile(fixture.engine());
    fixture.did('918111100001');
    await sync(fixture);
    for (const { didId } of dids) fixture.remote.editRouting(didId, { active: false });
    await sync(fixture);
    expect((await fixture.world.voiceLinkConnections.find(fixture.connectionId))?.writesHeld).toContain('12 of 12');
  });
});
