import type { ConnectionId, DidKey } from '@dialtone/domain';
import { EngineFixture, FIXTURE_SETTINGS, withCalls } from '@dialtone/testing';
import type { Engine } from '../loops/engine';
import type { VoiceLinkAccount } from '../ports/upstream';

/** One object per connection, as the pool has them, although all are the same account. */
const engineOf = (fixture: EngineFixture): Engine => {
  const opened = new Map<ConnectionId, VoiceLinkAccount>();
  const open = (id: ConnectionId): Promise<VoiceLinkAccount> => {
    const account = opened.get(id) ?? withCalls<VoiceLinkAccount>(fixture.upstream, {});
    opened.set(id, account);
    return Promise.resolve(account);
  };
  return fixture.engine({ accounts: { open } });
};

/** A further connection of the fixture's partner to the account that all of its engines open. */
const twoConnections = async () => {
  const fixture = await EngineFixture.make();
  const { world, partnerId } = fixture;
  const login = fixture.connectionId;
  const second = (await world.connection({ partnerId, login })).id;
  const engine = engineOf(fixture);
  const sweepBoth = async (): Promise<void> => {
    for (const id of [fixture.connectionId, second]) {
      await world.trigger(id, null);
      await fixture.drive(engine.sweepOnce());
    }
  };
  return { fixture, second, engine, sweepBoth };
};

const eventsOn = (fixture: EngineFixture, id: ConnectionId, key: DidKey | null = null): readonly string[] =>
  fixture.world.events.filter((event) => event.connection_id === id && event.key === key).map(({ type }) => type);

describe('two connections of a partner on one VoiceLink account', () => {
  it('say so, each with one event, and say when it is over', async () => {
    const { fixture, second, sweepBoth } = await twoConnections();
    await sweepBoth();
    await sweepBoth();
    expect(eventsOn(fixture, second)).toEqual(['dialtone.account.shared.v1']);
    expect(eventsOn(fixture, fixture.connectionId)).toEqual(['dialtone.account.shared.v1']);
    const told = fixture.world.events.find(({ connection_id: id }) => id === second);
    expect(told?.data).toMatchObject({
      code: 'ACCOUNT_SHARED',
      message: expect.stringContaining(fixture.connectionId) as unknown,
    });
    await fixture.world.disconnect(second);
    await sweepBoth().catch(() => undefined);
    expect(eventsOn(fixture, fixture.connectionId)).toEqual([
      'dialtone.account.shared.v1',
      'dialtone.account.unshared.v1',
    ]);
  });

  it('judge a number on the connection that declares it, and on no other', async () => {
    const { fixture, second, engine, sweepBoth } = await twoConnections();
    const client = fixture.remote.addClient();
    const did = fixture.did('918011223344', { clientId: client.id });
    // One number of many: a list that lost a large share is not believed.
    for (let nth = 0; nth < 40; nth += 1) fixture.did(`9170000${String(nth).padStart(5, '0')}`);
    await fixture.declare(did.key);
    await sweepBoth();
    await fixture.reconcile(engine);
    fixture.remote.deleteDid(did.didId);
    for (let sweep = 0; sweep < 3; sweep += 1) await sweepBoth();
    expect(await fixture.stored(did.key)).toMatchObject({ state: 'REMOTE_DID_DELETED' });
    expect(eventsOn(fixture, second, did.key)).toEqual([]);
  });

  it('judge an imported duplicate once', async () => {
    const { fixture, second, sweepBoth } = await twoConnections();
    const { world, partnerId, connectionId } = fixture;
    const did = fixture.did('918011223344');
    for (const id of [connectionId, second]) {
      await world.phoneNumbers.import({ partnerId, connectionId: id, key: did.key, friendlyName: 'x' });
    }
    await sweepBoth();
    expect(eventsOn(fixture, connectionId, did.key)).toContain('dialtone.drift.detected.v1');
    expect(eventsOn(fixture, second, did.key)).toEqual([]);
  });

  it('end a drift on one when the number is declared on the other, and say why', async () => {
    const { fixture, second, sweepBoth } = await twoConnections();
    const { world, connectionId, agentId } = fixture;
    const did = fixture.did('918011223344');
    await sweepBoth();
    expect(eventsOn(fixture, connectionId, did.key)).toContain('dialtone.drift.detected.v1');
    const spec = {
      agentId,
      clientId: null,
      botName: null,
      websocketUrl: null,
      mode: 'observe',
      release: 'keep',
    } as const;
    await world.declare({ connectionId: second, key: did.key, spec });
    await sweepBoth();
    const resolved = world.events.findLast(
      (event) => event.connection_id === connectionId && event.type === 'dialtone.drift.resolved.v1',
    );
    expect(resolved?.data).toMatchObject({ state: 'UNKNOWN', reason: 'other_connection' });
    expect((await world.keyStates.loadOne(connectionId, did.key))?.drift).toBeNull();
    expect((await world.keyStates.loadOne(second, did.key))?.drift).not.toBeNull();
    await world.undeclare(second, did.key);
    await sweepBoth();
    expect((await world.keyStates.loadOne(connectionId, did.key))?.drift).not.toBeNull();
  });

  it('refuse a call-ready request for a number that the other one declares, and write nothing', async () => {
    const { fixture, second } = await twoConnections();
    const did = fixture.did('918011223344');
    await fixture.declare(did.key, { mode: 'observe' });
    const request = {
      ...{ connectionId: second, did: { key: did.key }, clientId: 1, agentId: null, botName: null, websocketUrl: null },
      ...{ actor: 'partner', requestId: 'r' },
    };
    const outcome = await fixture.drive(fixture.provisioner().callReady(request));
    expect(outcome).toMatchObject({ kind: 'finished', result: { ready: false } });
    expect(JSON.stringify(outcome)).toContain(fixture.connectionId);
    expect(fixture.upstream.journal).toEqual([]);
    expect(eventsOn(fixture, second, did.key)).toEqual([]);
  });

  it('make one bot for a client, whichever connection its numbers are declared on', async () => {
    const { fixture, second, engine } = await twoConnections();
    const { world, agentId } = fixture;
    const client = fixture.remote.addClient();
    const dids = ['918011223344', '918011223355'].map((number) => fixture.did(number, { clientId: client.id }));
    const spec = {
      agentId,
      clientId: null,
      botName: null,
      websocketUrl: null,
      mode: 'enforce',
      release: 'keep',
    } as const;
    for (const [at, { key }] of dids.entries()) {
      await world.declare({ connectionId: at === 0 ? fixture.connectionId : second, key, spec });
    }
    for (let round = 0; round < 4; round += 1) {
      await fixture.reconcile(engine);
      await fixture.clock.advance(1_000);
    }
    expect(fixture.upstream.effects('bots.create')).toHaveLength(1);
    expect((await world.keyStates.loadOne(second, dids[1]?.key ?? ('' as DidKey)))?.state).toBe('READY');
  });
});

describe('a bot that one connection was shown, and that is missing now,', () => {
  const { losses } = FIXTURE_SETTINGS;
  const MINUTE = 60_000;
  const unnamed = { clientId: null, botName: null, websocketUrl: null, mode: 'enforce', release: 'keep' } as const;

  /** The first connection has listed the bot of the number's client. It is gone, and the second one declares the number. */
  const vanished = async (of: 'one partner' | 'two partners') => {
    const fixture = await EngineFixture.make();
    const { world, remote } = fixture;
    const login = fixture.connectionId;
    const partner = of === 'one partner' ? { partnerId: fixture.partnerId } : {};
    const second = await world.connection({ login, ...partner });
    const engine = engineOf(fixture);
    const client = remote.addClient();
    const bot = remote.addBot(client.id);
    // One of several: the list is not suspect as a whole.
    for (let nth = 0; nth < 20; nth += 1) remote.addBot(remote.addClient().id);
    const { key } = fixture.did('918011223344', { clientId: client.id });
    await fixture.drive(engine.sweepOnce());
    remote.deleteBot(bot.id);
    const agentId = of === 'one partner' ? fixture.agentId : await world.agent(second.partnerId);
    await world.declare({ connectionId: second.id, key, spec: { ...unnamed, agentId } });
    return { fixture, engine, second, bot, key };
  };

  it.each(['one partner', 'two partners'] as const)(
    'keeps the client from getting another by the other connection (%s)',
    async (of) => {
      const { fixture, engine } = await vanished(of);
      await fixture.run(engine, losses.believedAfterMs - MINUTE);
      expect(fixture.upstream.effects('bots.create')).toEqual([]);
      await fixture.run(engine, 3 * losses.believedAfterMs);
      expect(fixture.upstream.effects('bots.create')).toHaveLength(1);
    },
  );

  it('is not told to another partner', async () => {
    const { fixture, engine, second, bot, key } = await vanished('two partners');
    await fixture.run(engine, 2 * MINUTE);
    expect(fixture.told.reconciled.at(-1)?.message).toContain('no bot is made before');
    expect(fixture.world.bindingRow(second.id, key)?.message).not.toContain(String(bot.id));
    const told = fixture.world.events.filter(({ connection_id: id }) => id === second.id);
    expect(told.filter(({ type }) => /\.(?:warning|writes|account)\./.test(type))).toEqual([]);
    expect(JSON.stringify(told.map(({ data }) => data))).not.toContain(fixture.connectionId);
  });
});

describe('a list of DIDs that is empty for good, on two connections of a partner', () => {
  it('is asked about on the older one alone, and confirmed for both at once', async () => {
    const { fixture, second, engine, sweepBoth } = await twoConnections();
    const { world, agentId } = fixture;
    const dids = ['918011223344', '918011223355', '918011223366'].map((number) => fixture.did(number));
    const spec = {
      agentId,
      clientId: null,
      botName: null,
      websocketUrl: null,
      mode: 'observe',
      release: 'keep',
    } as const;
    const placeOf = (at: number): ConnectionId => (at === 0 ? fixture.connectionId : second);
    for (const [at, { key }] of dids.entries()) await world.declare({ connectionId: placeOf(at), key, spec });
    await sweepBoth();
    for (const { didId } of dids) fixture.remote.deleteDid(didId);
    await fixture.run(engine, 2 * FIXTURE_SETTINGS.losses.believedAfterMs);
    const held = () => world.events.filter(({ type }) => type === 'dialtone.writes.held.v1');
    expect(held().map(({ connection_id: id }) => id)).toEqual([fixture.connectionId]);
    await world.acknowledgeHold(fixture.connectionId);
    await fixture.run(engine, 2 * FIXTURE_SETTINGS.losses.believedAfterMs);
    expect(held()).toHaveLength(1);
    for (const [at, { key }] of dids.entries())
      expect((await world.keyStates.loadOne(placeOf(at), key))?.state).toBe('REMOTE_DID_DELETED');
  });
});

describe('connections of two partners on one VoiceLink account', () => {
  it('tell each other nothing, and judge all numbers each', async () => {
    const fixture = await EngineFixture.make();
    const stranger = (await fixture.world.connection({ login: fixture.connectionId })).id;
    const engine = engineOf(fixture);
    const did = fixture.did('918011223344');
    for (const id of [fixture.connectionId, stranger]) {
      await fixture.world.trigger(id, null);
      await fixture.drive(engine.sweepOnce());
    }
    for (const id of [fixture.connectionId, stranger]) {
      expect(eventsOn(fixture, id)).toEqual([]);
      expect(eventsOn(fixture, id, did.key)).toContain('dialtone.drift.detected.v1');
    }
  });
});
