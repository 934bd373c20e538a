import { breakRouting, deleteRouting, editInbound, setBotsOfDid, setExpired, unmap, type Breakage } from './meddling';
import { type Did, type Routing } from './records';
import { seedWorld } from './seed-world';
import { type World } from './world';

/** A ready DID of a seeded account, with its routing record. */
const readyDid = (): { world: World; did: Did; routing: Routing } => {
  const world = seedWorld(1, 40);
  for (const did of world.dids) {
    const routing = world.routingOf(did.id);
    const bot = world.bots.get(routing?.outboundBotId ?? 0);
    if (routing !== undefined && !did.isExpired && bot?.status === 1 && bot.clientId === did.clientId)
      return { world, did, routing };
  }
  throw new Error('the seed has no ready DID');
};

describe('what others do to the account', () => {
  it.each<[Breakage, Partial<Routing>]>([
    ['only_answer', { forOutboundCall: 4, outboundBotId: null, status: 1 }],
    ['sip', { forOutboundCall: 2, outboundBotId: null }],
    ['no_bot', { forOutboundCall: 3, outboundBotId: null }],
    ['disabled', { forOutboundCall: 3, status: 0 }],
  ])('breaking the routing with %s touches the outbound half only', (to, want) => {
    const { world, did, routing } = readyDid();
    expect(breakRouting(world, did, to)).toBeNull();
    const { forInboundCall, inboundBotId, inboundTrunkId, id } = routing;
    expect(world.routingOf(did.id)).toMatchObject({ ...want, id, forInboundCall, inboundBotId, inboundTrunkId });
  });

  it('the other bot is active and belongs to somebody else', () => {
    const { world, did } = readyDid();
    breakRouting(world, did, 'other_bot');
    const bot = world.bots.get(world.routingOf(did.id)?.outboundBotId ?? 0);
    expect(bot?.status).toBe(1);
    expect(bot?.clientId).not.toBe(did.clientId);
  });

  it('unmapping leaves the routing record', () => {
    const { world, did, routing } = readyDid();
    unmap(world, did);
    expect(world.did(did.id)).toMatchObject({ clientId: null, userStatus: 1 });
    expect(world.routingOf(did.id)).toEqual(routing);
  });

  it('a deleted routing record can be created anew, with a new id', () => {
    const { world, did, routing } = readyDid();
    expect(deleteRouting(world, did)).toBeNull();
    expect(deleteRouting(world, did)).toContain('no routing');
    const { id, ...fields } = routing;
    expect(world.addRouting(fields).id).not.toBe(id);
  });

  it('editing inbound leaves outbound', () => {
    const { world, did, routing } = readyDid();
    editInbound(world, did, { forInboundCall: 2, inboundBotId: null, inboundTrunkId: 31 });
    expect(world.routingOf(did.id)).toEqual({ ...routing, forInboundCall: 2, inboundBotId: null, inboundTrunkId: 31 });
  });

  it('a bot is deactivated and activated', () => {
    const { world, did, routing } = readyDid();
    setBotsOfDid(world, did, 0);
    expect(world.bots.get(routing.outboundBotId ?? 0)?.status).toBe(0);
    setBotsOfDid(world, did, 1);
    expect(world.bots.get(routing.outboundBotId ?? 0)?.status).toBe(1);
  });

  it('expiry and its end are visible in date, flag and user status', () => {
    const { world, did } = readyDid();
    setExpired(world, did, true);
    expect(world.did(did.id)).toMatchObject({ isExpired: true, userStatus: 3, expiryDate: '2024-01-31' });
    setExpired(world, did, false);
    expect(world.did(did.id)).toMatchObject({ isExpired: false, userStatus: 2, expiryDate: '2041-01-31' });
  });

  it('a deleted DID is gone by id and by number, with its routing record', () => {
    const { world, did } = readyDid();
    world.removeDid(did);
    expect([world.did(did.id), world.didByNumber(did.number), world.routingOf(did.id)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
