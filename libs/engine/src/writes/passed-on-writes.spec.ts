import type { DidKey } from '@dialtone/domain';
import { BED_SETTINGS, BED_WEBSOCKET_URL, EngineBed, withCalls } from '@dialtone/testing';
import { clientBotsResource, didResource, PassedOnWrites, type PassedOnWrite, writeTarget, type WriteTarget } from '..';
import { SEND_WITHIN_MS } from './write-ahead';

const NUMBER = '918000000001';
const { inDoubtMs } = BED_SETTINGS;
const HELD_MS = SEND_WITHIN_MS + inDoubtMs;

const bedWithClient = async () => {
  const bed = await EngineBed.make();
  const client = bed.remote.addClient();
  const { key, didId } = bed.did(NUMBER, { clientId: client.id });
  const lease = async (resource: string) => {
    const held = await bed.world.leases.acquire(resource, 'gateway', 10_000_000);
    if (held === null) throw new Error('somebody else has it');
    return held;
  };
  const { journal, voiceLinkConnections: connections, storeClock, clock } = bed.world;
  const writes = new PassedOnWrites({ journal, connections, storeClock, clock, settings: BED_SETTINGS });
  const write = (target: WriteTarget, key: DidKey | null = null, body = {}): PassedOnWrite => ({
    connectionId: bed.connectionId,
    key,
    actor: 'key-1',
    requestId: 'request-1',
    target,
    body,
  });
  return { bed, client, key, didId, writes, write, lease };
};

const state = (bed: EngineBed) => bed.world.writes.map((one) => one.state);

describe('a write that was asked for as it is', () => {
  it('is in the journal before it is sent, with who asked and for what, and is closed with what came of it', async () => {
    const { bed, writes, write, lease } = await bedWithClient();
    const one = write('client-create:nila', null, { username: 'nila', password: '[redacted]' });
    const sent = await writes.send(one, await lease('request:x'), () => {
      expect(bed.world.writes).toMatchObject([
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
    expect(bed.world.writes).toMatchObject([{ state: 'done', answer: { http_status: 201 } }]);
  });

  it('is not sent under a lease that was lost, or too late after its intent', async () => {
    const { bed, writes, write, lease } = await bedWithClient();
    const send = () => Promise.reject(new Error('sent'));
    const lost = await lease('request:x');
    await bed.world.leases.release(lost);
    expect(await writes.send(write('bot-update:1'), lost, send)).toMatchObject({ kind: 'busy' });
    expect(state(bed)).toEqual([]);
    const { journal, voiceLinkConnections: connections, storeClock, clock } = bed.world;
    const slow = withCalls(journal, {
      begin: async (...input: Parameters<typeof journal.begin>) => {
        const id = await journal.begin(...input);
        await clock.advance(SEND_WITHIN_MS + 1);
        return id;
      },
    });
    const paused = new PassedOnWrites({ journal: slow, connections, storeClock, clock, settings: BED_SETTINGS });
    expect(await paused.send(write('bot-update:1'), await lease('request:x'), send)).toMatchObject({ kind: 'busy' });
    expect(state(bed)).toEqual(['failed']);
  });

  it.each(['unknown', 'pending'] as const)(
    'excludes another create of the same while it is %s, until it cannot take effect any more',
    async (left) => {
      const { bed, client, writes, write, lease } = await bedWithClient();
      const held = await lease(clientBotsResource(bed.connectionId, client.id));
      const create = write(writeTarget('bot-create', client.id));
      await writes.send(create, held, () => Promise.resolve());
      if (left === 'unknown') await writes.close(create, '1', { state: 'unknown', answer: {} });
      await bed.clock.advance(1_000);
      const send = jest.fn(() => Promise.resolve());
      expect(await writes.send(create, held, send)).toEqual({ kind: 'busy', retryAfterMs: HELD_MS - 1_000 });
      expect(await writes.send(write('bot-create:999'), held, send)).toMatchObject({ kind: 'sent' });
      expect(await writes.send(write('bot-update:93'), held, send)).toMatchObject({ kind: 'sent' });
      await bed.clock.advance(HELD_MS - 1_000);
      expect(await writes.send(create, held, send)).toMatchObject({ kind: 'sent' });
      expect(send).toHaveBeenCalledTimes(3);
    },
  );

  it('that updates may be repeated at once: that does no harm', async () => {
    const { writes, write, lease } = await bedWithClient();
    const held = await lease('request:x');
    const update = write('routing-update:120');
    await writes.send(update, held, () => Promise.resolve());
    await writes.close(update, '1', { state: 'unknown', answer: {} });
    expect(await writes.send(update, held, () => Promise.resolve())).toMatchObject({ kind: 'sent' });
  });

  it('is not excluded by a write of another kind to the same number', async () => {
    const { bed, key, didId, writes, write, lease } = await bedWithClient();
    const held = await lease(didResource(bed.connectionId, key));
    await writes.send(write(writeTarget('map', didId), key), held, () => Promise.resolve());
    expect(state(bed)).toEqual(['pending']);
    const create = write(writeTarget('routing-create', didId), key);
    expect(await writes.send(create, held, () => Promise.resolve())).toMatchObject({ kind: 'sent' });
  });

  it('may be named by the number when its DID is not known, and excludes the same by id', async () => {
    const { bed, key, didId, writes, write, lease } = await bedWithClient();
    const held = await lease(didResource(bed.connectionId, key));
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
      const { bed, client, key, writes, write, lease } = await bedWithClient();
      const held = await lease(clientBotsResource(bed.connectionId, client.id));
      const create = write(writeTarget('bot-create', client.id), null, { bot_name: 'Theirs', client_id: client.id });
      await writes.send(create, held, () => Promise.resolve());
      await writes.close(create, '1', { state: 'unknown', answer: {} });
      await bed.world.leases.release(held);
      await bed.declare(key);
      const engine = bed.engine();
      await bed.run(engine, when === 'before' ? 1_000 : inDoubtMs - 5_000);
      expect(bed.upstream.journal.filter(({ operation }) => operation === 'bots.create')).toEqual([]);
      bed.remote.addBot(client.id, { name: 'Theirs', websocketUrl: BED_WEBSOCKET_URL });
      await bed.run(engine, 3 * inDoubtMs);
      expect(bed.upstream.effects('bots.create')).toEqual([]);
      expect(await bed.stored(key)).toMatchObject({ state: 'READY' });
      await bed.sweep(engine);
      expect(bed.world.writes[0]).toMatchObject({ state: 'applied' });
    },
  );

  it('that had no effect is made up for after the hold, and a sweep says that it had none', async () => {
    const { bed, client, key, writes, write, lease } = await bedWithClient();
    const held = await lease(clientBotsResource(bed.connectionId, client.id));
    const create = write(writeTarget('bot-create', client.id), null, { bot_name: 'Theirs', client_id: client.id });
    await writes.send(create, held, () => Promise.resolve());
    await bed.world.leases.release(held);
    await bed.declare(key);
    const engine = bed.engine();
    await bed.run(engine, HELD_MS + 10_000);
    expect(bed.upstream.effects('bots.create')).toHaveLength(1);
    await bed.run(engine, 2 * BED_SETTINGS.sweepIntervalMs);
    expect(bed.world.writes[0]).toMatchObject({ step: 'request', state: 'not_applied' });
  });

  it('of routing, asked for by number, keeps the reconciler from creating it too', async () => {
    const { bed, key, client, writes, write, lease } = await bedWithClient();
    bed.remote.addBot(client.id, { websocketUrl: BED_WEBSOCKET_URL });
    const held = await lease(didResource(bed.connectionId, key));
    await writes.send(write(writeTarget('routing-create', Number(NUMBER)), key), held, () => Promise.resolve());
    await bed.world.leases.release(held);
    await bed.declare(key);
    const engine = bed.engine();
    await bed.run(engine, inDoubtMs - 5_000);
    expect(bed.upstream.journal).toEqual([]);
    await bed.run(engine, 20_000);
    expect(bed.upstream.effects('routing.create')).toHaveLength(1);
  });

  it('of a step keeps it from being asked for as well', async () => {
    const { bed, client, key, writes, write, lease } = await bedWithClient();
    await bed.declare(key);
    bed.upstream.inject({ on: 'bots.create', kind: 'timeout_before' });
    await bed.reconcileKey(bed.engine(), key);
    const held = await lease(clientBotsResource(bed.connectionId, client.id));
    expect(await writes.send(write(writeTarget('bot-create', client.id)), held, () => Promise.resolve())).toMatchObject(
      {
        kind: 'busy',
      },
    );
  });

  it('that says what a bot is ends what was believed of its listed status', async () => {
    const { bed, writes, write, lease } = await bedWithClient();
    const marked = () => bed.world.voiceLinkConnections.misreportedBots(bed.connectionId);
    const held = await lease('request:x');
    for (const [state, left] of [
      ['failed', 1],
      ['unknown', 0],
      ['done', 0],
    ] as const) {
      await bed.world.voiceLinkConnections.markMisreportedBot(bed.connectionId, 93);
      await bed.clock.advance(10);
      const update = write('bot-update:93');
      const sent = await writes.send(update, held, () => Promise.resolve());
      if (sent.kind !== 'sent') throw new Error('it was busy');
      await writes.close(update, sent.id, { state, answer: {} });
      expect([state, (await marked()).size]).toEqual([state, left]);
    }
  });
});
