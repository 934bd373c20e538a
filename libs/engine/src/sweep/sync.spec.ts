import { SECTIONS } from '@dialtone/domain';
import { EngineBed, withCalls } from '@dialtone/testing';
import { sweepResource, type Leases } from '..';
import { bedOfAllKinds, stateOf, storedIn, sync, viewOf } from '../../test/sync-bed';

describe('a sync', () => {
  it('imports what VoiceLink lists, and judges every key with its row in place', async () => {
    const bed = await EngineBed.make();
    const client = bed.remote.addClient();
    const one = bed.did('918000000002', { clientId: client.id });
    const other = bed.did('918000000001');
    const view = await sync(bed);
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
    expect(bed.upstream.journal).toEqual([]);
  });

  it('stores verdicts and events as a sweep does, makes bound keys due, and counts as the sweep', async () => {
    const bed = await EngineBed.make();
    const bound = bed.did('918000000001');
    const free = bed.did('918000000002');
    await bed.declare(bound.key, { mode: 'observe' });
    await bed.reconcile(bed.engine());
    await sync(bed);
    expect(await bed.stored(free.key)).toMatchObject({ state: 'NO_CLIENT_MAPPING', stale: false });
    expect(bed.eventTypes(free.key)).toEqual(['dialtone.readiness.changed.v1', 'dialtone.drift.detected.v1']);
    expect(bed.eventTypes(bound.key).at(-1)).toBe('dialtone.drift.changed.v1');
    expect((await bed.engine().claim(10)).map(({ binding }) => binding.key)).toEqual([bound.key]);
    expect(await bed.engine().claimSweep()).toBeNull();
    expect(bed.told.swept).toMatchObject([{ keys: 2, changed: 2, warnings: [], held: null }]);
  });

  it('writes nothing when nothing has changed', async () => {
    const { bed } = await bedOfAllKinds();
    await sync(bed);
    const before = await storedIn(bed);
    await sync(bed);
    expect(await storedIn(bed)).toEqual(before);
    expect(bed.told.swept.at(-1)).toMatchObject({ changed: 0 });
  });

  it('leaves rows as they are that exist, and deletes none', async () => {
    const { bed, gone } = await bedOfAllKinds();
    const before = await bed.world.phoneNumbers.rows(bed.connectionId);
    const view = await sync(bed);
    expect(view.localNumbers).toEqual(before);
    expect(view.keys.find(({ readiness }) => readiness.key === gone.key)?.local).toMatchObject({ key: gone.key });
  });

  it('imports a number once that was purchased twice', async () => {
    const bed = await EngineBed.make();
    bed.did('918000000001', { expired: true });
    const { key } = bed.did('918000000001');
    const view = await sync(bed);
    expect(view.localNumbers).toMatchObject([{ key }]);
    expect(view.keys.map(stateOf)).toEqual([[key, 'NO_CLIENT_MAPPING']]);
    expect(view.snapshot.dids.rows).toHaveLength(2);
  });

  it('knows all nine states from one look', async () => {
    const { bed, ...dids } = await bedOfAllKinds();
    const late = bed.did('918000000008');
    expect((await sync(bed, false)).keys.map(stateOf)).toEqual([
      [dids.ready.key, 'READY'],
      [dids.noBot.key, 'NO_BOT'],
      [dids.unrouted.key, 'ROUTING_MISSING'],
      [dids.misrouted.key, 'ROUTING_CHANGED'],
      [dids.unmapped.key, 'NO_CLIENT_MAPPING'],
      [dids.expired.key, 'REMOTE_DID_EXPIRED'],
      [dids.gone.key, 'REMOTE_DID_DELETED'],
      [late.key, 'NOT_IMPORTED'],
    ]);
    const agentless = (await sync(bed)).keys.at(-1);
    expect(agentless?.readiness.issues).toContain('NO_VOCOBASE_AGENT');
  });

  it('judges a declared key by the agent that is declared', async () => {
    const { bed, ready } = await bedOfAllKinds();
    await bed.declare(ready.key, { agentId: await bed.world.agent(bed.partnerId, 'Another') });
    expect((await sync(bed)).keys.map(stateOf)[0]).toEqual([ready.key, 'NO_VOCOBASE_AGENT']);
  });

  it.each([true, false])('lets others run while it looks at very many (import: %s)', async (importDids) => {
    const bed = await EngineBed.make();
    for (let nth = 0; nth < 1_600; nth += 1) bed.did(String(918000000000 + nth));
    let turns = 0;
    const clock = withCalls(bed.clock, {
      nextTurn: () => {
        turns += 1;
        return Promise.resolve();
      },
    });
    const view = viewOf(await bed.drive(bed.provisioner({ clock }).sync(bed.connectionId, importDids)));
    expect(view.keys.map(stateOf)).toHaveLength(1_600);
    // Observing, judging, and comparing with what is stored in one go, a turn after every five hundred.
    expect(turns).toBe(3);
  });

  it('shows every number once and in order, however many portions it is judged in', async () => {
    const bed = await EngineBed.make();
    for (let nth = 0; nth < 5_200; nth += 1) bed.did(String(918000000000 + nth));
    const before = await sync(bed);
    const gone = [...bed.remote.dids.values()].filter((_, nth) => nth % 1_000 === 7);
    for (const { didId } of gone) bed.remote.deleteDid(didId);
    const view = await sync(bed);
    expect(view.keys.map(({ readiness }) => readiness.key)).toEqual(before.localNumbers.map(({ key }) => key));
    const deleted = view.keys.filter(({ readiness }) => readiness.state === 'REMOTE_DID_DELETED');
    expect(deleted.map(({ readiness }) => readiness.key)).toEqual(gone.map(({ number }) => number));
    expect(bed.told.swept).toMatchObject([
      { keys: 5_200, changed: 5_200 },
      { keys: 5_200, changed: gone.length },
    ]);
  });

  it('does not show a number that neither side has any more', async () => {
    const bed = await EngineBed.make();
    const { didId } = bed.did('918000000001');
    await bed.sweep(bed.engine());
    bed.remote.deleteDid(didId);
    expect((await sync(bed)).keys).toEqual([]);
  });
});

describe('a check without import', () => {
  it('answers the same and stores nothing: no row, no verdict, no event', async () => {
    const { bed } = await bedOfAllKinds();
    const late = bed.did('918000000008');
    const before = await storedIn(bed);
    const leases: string[] = [];
    const provisioner = bed.provisioner({
      leases: withCalls<Leases>(bed.world.leases, {
        acquire: (resource, owner, ttlMs) => {
          leases.push(resource);
          return bed.world.leases.acquire(resource, owner, ttlMs);
        },
      }),
    });
    const view = viewOf(await bed.drive(provisioner.sync(bed.connectionId, false)));
    expect(await storedIn(bed)).toEqual(before);
    expect(leases).toEqual([]);
    expect(view.keys.find(({ readiness }) => readiness.key === late.key)).toMatchObject({
      readiness: { state: 'NOT_IMPORTED' },
      local: null,
    });
  });

  it('is not kept waiting by a sweep', async () => {
    const { bed } = await bedOfAllKinds();
    await bed.world.leases.acquire(sweepResource(bed.connectionId), 'reconciler', 60_000);
    expect((await sync(bed, false)).keys).toHaveLength(7);
  });
});

describe('a connection', () => {
  it('whose credentials VoiceLink refuses is an error, told like one of a sweep', async () => {
    const { bed } = await bedOfAllKinds();
    for (const on of SECTIONS) bed.upstream.inject({ on, kind: 'fail', unauthorized: true, times: Infinity });
    expect(await bed.drive(bed.provisioner().sync(bed.connectionId, true))).toMatchObject({ kind: 'unauthorized' });
    expect(await bed.drive(bed.provisioner().sync(bed.connectionId, false))).toMatchObject({ kind: 'unauthorized' });
    expect(bed.told.swept).toMatchObject([{ warnings: { length: 5 } }]);
  });

  it('of which one list is not allowed is not refused', async () => {
    const { bed } = await bedOfAllKinds();
    bed.upstream.inject({ on: 'clients', kind: 'fail', unauthorized: true });
    expect((await sync(bed)).warnings).toMatchObject([{ section: 'clients', code: 'FETCH_FAILED' }]);
  });

  it('that is disconnected is not looked at', async () => {
    const { bed } = await bedOfAllKinds();
    await bed.world.disconnect(bed.connectionId);
    expect(await bed.provisioner().sync(bed.connectionId, true)).toEqual({ kind: 'disconnected' });
  });

  it('of which very much broke at once has its writes held, as by a sweep', async () => {
    const bed = await EngineBed.make();
    const client = bed.remote.addClient();
    const bot = bed.remote.addBot(client.id);
    const dids = Array.from({ length: 12 }, (_, nth) => bed.did(`9180000001${String(nth).padStart(2, '0')}`));
    for (const { key, didId } of dids) {
      bed.remote.editDid(didId, { clientId: client.id });
      bed.remote.addRouting(didId, { forOutboundCall: 3, outboundBotId: bot.id });
      await bed.declare(key);
    }
    await bed.reconcile(bed.engine());
    bed.did('918111100001');
    await sync(bed);
    bed.remote.routings.clear();
    await sync(bed);
    expect((await bed.world.voiceLinkConnections.find(bed.connectionId))?.writesHeld).toContain('12 of 12');
  });
});
