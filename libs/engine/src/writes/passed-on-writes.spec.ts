import type { DidKey } from '@dialtone/domain';
import { FIXTURE_SETTINGS, FIXTURE_WEBSOCKET_URL, EngineFixture, withCalls } from '@dialtone/testing';
import { clientBotsResource, didResource, PassedOnWrites, type PassedOnWrite, writeTarget, type WriteTarget } from '..';
import { SEND_WITHIN_MS } from './write-ahead';

const NUMBER = '918000000001';
const { inDoubtMs } = FIXTURE_SETTINGS;
const IN_DOUBT_MS = SEND_WITHIN_MS + inDoubtMs;

const fixtureWithClient = async () => {
  const fixture = await EngineFixture.make();
  const client = fixture.remote.addClient();
  const { key, didId } = fixture.did(NUMBER, { clientId: client.id });
  const lease = async (resource: string) => {
    const held = await fixture.world.leases.acquire(resource, 'gateway', 10_000_000);
    if (held === null) throw new Error('somebody else has it');
    return held;
  };
  const { journal, voiceLinkConnections: connections, storeClock, clock } = fixture.world;
  const writes = new PassedOnWrites({ journal, connections, storeClock, clock, settings: FIXTURE_SETTINGS });
  const write = (target: WriteTarget, key: DidKey | null = null, body = {}): PassedOnWrite => ({
    connectionId: fixture.connectionId,
    key,
    actor: 'key-1',
    requestId: 'request-1',
    target,
    body,
  });
  return { fixture, client, key, didId, writes, write, lease };
};

const state = (fixture: EngineFixture) => fixture.world.writes.map((one) => one.state);

describe('a write that was asked for as it is', () => {
  it('is in the journal before it is sent, with who asked and for what, and is closed with what came of it', async () => {
    const { fixture, writes, write, lease } = await fixtureWithClient();
    const one = write('client-create:nila', null, { username: 'nila', password: '[redacted]' });
    const sent = await writes.send(one, await lease('request:x'), () => {
      expect(fixture.world.writes).toMatchObject([
        {
          ...one,
          step: 'request',
          bindingId: null,
          generation: 0,
          state: 'pending',
        },
      ]);
      return Promise.resolve('answer');
    });
    expect(sent).toEqual({ kind: 'sent', id: '1', outcome: 'answer' });
    await writes.close(one, '1', { state: 'done', answer: { http_status: 201 } });
    expect(fixture.world.writes).toMatchObject([{ state: 'done', answer: { http_status: 201 } }]);
  });

  it('is not sent under a lease that was lost, or too late after its intent', async () => {
    const { fixture, writes, write, lease } = await fixtureWithClient();
    const send = () => Promise.reject(new Error('sent'));
    const lost = await lease('request:x');
    await fixture.world.leases.release(lost);
    expect(await writes.send(write('bot-update:1'), lost, send)).toMatchObject({ kind: 'busy' });
    expect(state(fixture)).toEqual([]);
    const { journal, voiceLinkConnections: connections, storeClock, clock } = fixture.world;
    const slow = withCalls(journal, {
      begin: async (...input: Parameters<typeof journal.begin>) => {
        const id = await journal.begin(...input);
        await clock.advance(SEND_WITHIN_MS + 1);
        return id;
      },
    });
    const paused = new PassedOnWrites({ journal: slow, connections, storeClock, clock, settings: FIXTURE_SETTINGS });
    expect(await paused.send(write('bot-update:1'), await lease('request:x'), send)).toMatchObject({ kind: 'busy' });
    expect(state(fixture)).toEqual(['failed']);
  });

  it.each(['unknown', 'pending'] as const)(
    'excludes another create of the same while it is %s, until it cannot take effect any more',
    async (left) => {
      const { fixture, client, writes, write, lease } = await fixtureWithClient();
      const held = await lease(clientBotsResource(fixture.connectionId, client.id));
      const create = write(writeTarget('bot-create', client.id));
      await writes.send(create, held, () => Promise.resolve());
      if (left === 'unknown') await writes.close(create, '1', { state: 'unknown', answer: {} });
      await fixture.clock.advance(1_000);
      const send = jest.fn(() => Promise.resolve());
      expect(await writes.send(create, held, send)).toEqual({ kind: 'busy', retryAfterMs: IN_DOUBT_MS - 1_000 });
      expect(await writes.send(write('bot-create:999'), held, send)).toMatchObject({ kind: 'sent' });
      expect(await writes.send(write('bot-update:93'), held, send)).toMatchObject({ kind: 'sent' });
      await fixture.clock.advance(IN_DOUBT_MS - 1_000);
      expect(await writes.send(create, held, send)).toMatchObject({ kind: 'sent' });
      expect(send).toHaveBeenCalledTimes(3);
    },
  );

  it('that updates may be repeated at once: that does no harm', async () => {
    const { writes, write, lease } = await fixtureWithClient();
    const held = await lease('request:x');
    const update = write('routing-update:120');
    await writes.send(update, held, () => Promise.resolve());
    await writes.close(update, '1', { state: 'unknown', answer: {} });
    expect(await writes.send(update, held, () => Promise.resolve())).toMatchObject({ kind: 'sent' });
  });

  it('is not excluded by a write of another kind to the same number', async () => {
    const { fixture, key, didId, writes, write, lease } = await fixtureWithClient();
    const held = await lease(didResource(fixture.connectionId, key));
    await writes.send(write(writeTarget('map', didId), key), held, () => Promise.resolve());
    expect(state(fixture)).toEqual(['pending']);
    const create = write(writeTarget('routing-create', didId), key);
    expect(await writes.send(create, held, () => Promise.resolve())).toMatchObject({ kind: 'sent' });
  });

  it('may be named by the number when its DID is not known, and excludes the same by id', async () => {
    const { fixture, key, didId, writes, write, lease } = await fixtureWithClient();
    const held = await lease(didResource(fixture.connectionId, key));
    await writes.send(write(writeTarget('routing-create', Number(NUMBER)), key), held, () => Promise.resolve());
    expect(
      await writes.send(write(writeTarget('routing-create', didId), key), held, () => Promise.resolve()),
    ).toMatchObject({
      kind: 'busy',
    });
  });
});

describe('a requested write without an answer, and the loops', () => {
  it.each(['before', 'after'] as const)(
    'keeps the reconciler from making another bot, and a late one is adopted: it comes %s the hold is half over',
    async (when) => {
      const { fixture, client, key, writes, write, lease } = await fixtureWithClient();
      const held = await lease(clientBotsResource(fixture.connectionId, client.id));
      const create = write(writeTarget('bot-create', client.id), null, { bot_name: 'Theirs', client_id: client.id });
      await writes.send(create, held, () => Promise.resolve());
      await writes.close(create, '1', { state: 'unknown', answer: {} });
      await fixture.world.leases.release(held);
      await fixture.declare(key);
      const engine = fixture.engine();
      await fixture.run(engine, when === 'before' ? 1_000 : inDoubtMs - 5_000);
      expect(fixture.upstream.journal.filter(({ operation }) => operation === 'bots.create')).toEqual([]);
      fixture.remote.addBot(client.id, { name: 'Theirs', websocketUrl: FIXTURE_WEBSOCKET_URL });
      await fixture.run(engine, 3 * inDoubtMs);
      expect(fixture.upstream.effects('bots.create')).toEqual([]);
      expect(await fixture.stored(key)).toMatchObject({ state: 'READY' });
      await fixture.sweep(engine);
      expect(fixture.world.writes[0]).toMatchObject({ state: 'applied' });
    },
  );

  it('that had no effect is made up for after the hold, and a sweep says that it had none', async () => {
    const { fixture, client, key, writes, write, lease } = await fixtureWithClient();
    const held = await lease(clientBotsResource(fixture.connectionId, client.id));
    const create = write(writeTarget('bot-create', client.id), null, { bot_name: 'Theirs', client_id: client.id });
    await writes.send(create, held, () => Promise.resolve());
    await fixture.world.leases.release(held);
    await fixture.declare(key);
    const engine = fixture.engine();
    await fixture.run(engine, IN_DOUBT_MS + 10_000);
    expect(fixture.upstream.effects('bots.create')).toHaveLength(1);
    await fixture.run(engine, 2 * FIXTURE_SETTINGS.sweepIntervalMs);
    expect(fixture.world.writes[0]).toMatchObject({ step: 'request', state: 'not_applied' });
  });

  it('of routing, asked for by number, keeps the reconciler from creating it too', async () => {
    const { fixture, key, client, writes, write, lease } = await fixtureWithClient();
    fixture.remote.addBot(client.id, { websocketUrl: FIXTURE_WEBSOCKET_URL });
    const held = await lease(didResource(fixture.connectionId, key));
    await writes.send(write(writeTarget('routing-create', Number(NUMBER)), key), held, () => Promise.resolve());
    await fixture.world.leases.release(held);
    await fixture.declare(key);
    const engine = fixture.engine();
    await fixture.run(engine, inDoubtMs - 5_000);
    expect(fixture.upstream.journal).toEqual([]);
    await fixture.run(engine, 20_000);
    expect(fixture.upstream.effects('routing.create')).toHaveLength(1);
  });

  it('of a step keeps it from being asked for as well', async () => {
    const { fixture, client, key, writes, write, lease } = await fixtureWithClient();
    await fixture.declare(key);
    fixture.upstream.inject({ on: 'bots.create', kind: 'timeout_before' });
    await fixture.reconcileKey(fixture.engine(), key);
    const held = await lease(clientBotsResource(fixture.connectionId, client.id));
    expect(await writes.send(write(writeTarget('bot-create', client.id)), held, () => Promise.resolve())).toMatchObject(
      {
        kind: 'busy',
      },
    );
  });

  it('that says what a bot is ends what was believed of its listed status', async () => {
    const { fixture, writes, write, lease } = await fixtureWithClient();
    const marked = () => fixture.world.voiceLinkConnections.misreportedBots(fixture.connectionId);
    const held = await lease('request:x');
    for (const [state, left] of [
      ['failed', 1],
      ['unknown', 0],
      ['done', 0],
    ] as const) {
      await fixture.world.voiceLinkConnections.markMisreportedBot(fixture.connectionId, 93);
      await fixture.clock.advance(10);
      const update = write('bot-update:93');
      const sent = await writes.send(update, held, () => Promise.resolve());
      if (sent.kind !== 'sent') throw new Error('it was busy');
      await writes.close(update, sent.id, { state, answer: {} });
      expect([state, (await marked()).size]).toEqual([state, left]);
    }
  });
});
