import type { DidKey } from '@dialtone/domain';
import { EngineFixture, FIXTURE_SETTINGS, FIXTURE_WEBSOCKET_URL } from '@dialtone/testing';

const NUMBER = '918000000001';
const OVER_MS = FIXTURE_SETTINGS.inDoubtMs + 3_000;

interface World {
  readonly fixture: EngineFixture;
  readonly key: DidKey;
  readonly didId: number;
  readonly clientId: number;
  /** Of the same account. */
  readonly otherClientId: number;
}

interface Case {
  readonly write: string;
  readonly on: 'dids.map' | 'bots.create' | 'routing.update';
  readonly given: (world: World) => void;
  /** Does the step in another way than the write would have. */
  readonly human: (world: World) => Promise<void> | void;
}

const CASES: readonly Case[] = [
  {
    write: 'a mapping, when a human mapped the DID to another client, which is declared since',
    on: 'dids.map',
    given: ({ fixture, didId }) => {
      fixture.remote.editDid(didId, { clientId: null });
    },
    human: async ({ fixture, key, didId, otherClientId }) => {
      fixture.remote.editDid(didId, { clientId: otherClientId });
      await fixture.declare(key, { clientId: otherClientId });
    },
  },
  {
    write: 'a bot, when a human made another one',
    on: 'bots.create',
    given: () => undefined,
    human: ({ fixture, clientId }) => {
      fixture.remote.addBot(clientId, { name: 'Made by hand' });
    },
  },
  {
    write: 'a routing record, when a human sent it to another bot of the client',
    on: 'routing.update',
    given: ({ fixture, clientId, didId }) => {
      fixture.remote.addBot(clientId, { websocketUrl: FIXTURE_WEBSOCKET_URL });
      fixture.remote.addRouting(didId, { forOutboundCall: 4, outboundBotId: null });
    },
    human: ({ fixture, clientId, didId }) => {
      const { id } = fixture.remote.addBot(clientId, { name: 'Made by hand' });
      fixture.remote.editRouting(didId, { forOutboundCall: 3, outboundBotId: id });
    },
  },
];

const start = async ({ given }: Case): Promise<World> => {
  const fixture = await EngineFixture.make();
  const [client, other] = [fixture.remote.addClient(), fixture.remote.addClient()];
  fixture.remote.addBot(other.id);
  const { key, didId } = fixture.did(NUMBER, { clientId: client.id });
  const world = { fixture, key, didId, clientId: client.id, otherClientId: other.id };
  given(world);
  await fixture.declare(key, { clientId: client.id });
  return world;
};

const stateOf = ({ fixture }: World): string | undefined => fixture.world.writes[0]?.state;

describe('a write without an answer', () => {
  it.each(CASES)('that did nothing is not taken for applied: $write', async (one) => {
    const world = await start(one);
    const { fixture, key } = world;
    fixture.upstream.inject({ on: one.on, kind: 'timeout_before' });
    const engine = fixture.engine();
    await fixture.reconcileKey(engine, key);
    expect(fixture.world.writes).toMatchObject([{ state: 'unknown' }]);
    await one.human(world);
    await fixture.reconcileKey(engine, key);
    // Until it cannot take effect any more.
    expect(stateOf(world)).toBe('unknown');
    await fixture.clock.advance(OVER_MS);
    await fixture.world.trigger(fixture.connectionId, key);
    await fixture.reconcileKey(engine, key);
    expect(stateOf(world)).toBe('not_applied');
  });

  it.each(CASES)('that was carried out is taken for applied ($on)', async (one) => {
    const world = await start(one);
    const { fixture, key } = world;
    fixture.upstream.inject({ on: one.on, kind: 'timeout_after' });
    const engine = fixture.engine();
    await fixture.reconcileKey(engine, key);
    expect(stateOf(world)).toBe('unknown');
    await fixture.clock.advance(OVER_MS);
    await fixture.world.trigger(fixture.connectionId, key);
    await fixture.reconcileKey(engine, key);
    expect(stateOf(world)).toBe('applied');
  });

  it('of the bot of a client that the number has left is looked up among all bots', async () => {
    const [, bot] = CASES;
    if (bot === undefined) throw new Error('There is no case.');
    for (const [kind, want] of [
      ['timeout_after', 'applied'],
      ['timeout_before', 'not_applied'],
    ] as const) {
      const world = await start(bot);
      const { fixture, key, didId, otherClientId } = world;
      fixture.upstream.inject({ on: 'bots.create', kind });
      const engine = fixture.engine();
      await fixture.reconcileKey(engine, key);
      fixture.remote.editDid(didId, { clientId: otherClientId });
      await fixture.declare(key, { clientId: otherClientId });
      await fixture.clock.advance(OVER_MS);
      await fixture.reconcileKey(engine, key);
      expect([kind, stateOf(world)]).toEqual([kind, want]);
    }
  });
});
