import { MIX, seedWorld } from './seed-world';
import { type World } from './world';

const contents = (world: World): unknown => ({
  clients: world.clients.rows,
  dids: world.dids,
  bots: world.bots.rows,
  trunks: world.trunks.rows,
  routings: world.routings,
  channels: world.channelPool,
});

describe('seedWorld', () => {
  it('makes the same world from the same seed, and another one from another', () => {
    expect(contents(seedWorld(7, 200))).toEqual(contents(seedWorld(7, 200)));
    expect(contents(seedWorld(8, 200))).not.toEqual(contents(seedWorld(7, 200)));
  });

  it.each([0, 1, 3, 40, 1000])(
    'makes exactly %i DIDs, at least 60 %% of them live, unmapped and without routing',
    (dids) => {
      const world = seedWorld(1, dids);
      const fresh = world.dids.filter(
        (did) => did.clientId === null && !did.isExpired && world.routingOf(did.id) === undefined,
      );
      expect(world.dids).toHaveLength(dids);
      expect(fresh.length).toBeGreaterThanOrEqual(dids * 0.6);
      expect(new Set(world.dids.map((did) => did.number)).size).toBe(dids);
      expect(world.dids.every((did) => /^91\d{10}$/.test(did.number))).toBe(true);
    },
  );

  it('has clients with active bots, with none, and with a deactivated one only', () => {
    const world = seedWorld(1, 40);
    const bots = world.clients.rows.map((client) => world.botsOf(client.id).map((bot) => bot.status));
    expect(bots.some((statuses) => statuses.includes(1))).toBe(true);
    expect(bots.some((statuses) => statuses.length === 0)).toBe(true);
    expect(bots.some((statuses) => statuses.length > 0 && !statuses.includes(1))).toBe(true);
  });

  it('routes to bots and trunks that exist', () => {
    const world = seedWorld(5, 1000);
    const bots = world.routings
      .flatMap((routing) => [routing.inboundBotId, routing.outboundBotId])
      .filter((id) => id !== null);
    const trunks = world.routings
      .flatMap((routing) => [routing.inboundTrunkId, routing.outboundTrunkId])
      .filter((id) => id !== null);
    expect(bots.length).toBeGreaterThan(0);
    expect(trunks.length).toBeGreaterThan(0);
    expect(bots.every((id) => world.bots.get(id) !== undefined)).toBe(true);
    expect(trunks.every((id) => world.trunks.get(id) !== undefined)).toBe(true);
  });

  it('leaves room for DIDs to be driven to ready', () => {
    expect(MIX.reduce((sum, [, share]) => sum + share, 0)).toBeLessThanOrEqual(0.4);
  });
});
