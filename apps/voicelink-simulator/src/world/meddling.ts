import { BOT, ONLY_ANSWER, SIP, type Bit, type Bot, type Did, type Routing } from './records';
import { type World } from './world';

/**
 * What others do to an account beside the controller: edits in the panel, expiry, deletion. No rule of the API applies.
 * Each returns null when done, else a sentence that says why it cannot be done.
 */
export type Meddled = string | null;

const NO_ROUTING = 'This DID has no routing record.';

/** The new target of the outbound half after `breakRouting`. */
export const BREAKAGES = ['only_answer', 'sip', 'other_bot', 'no_bot', 'disabled'] as const;
export type Breakage = (typeof BREAKAGES)[number];

/** The DID is available again; its routing record stays. */
export const unmap = (world: World, did: Did): Meddled => {
  world.putDid({ ...did, clientId: null, userStatus: did.isExpired ? 3 : 1 });
  return null;
};

/** Also un-expires, with `expired: false`. */
export const setExpired = (world: World, did: Did, expired: boolean): Meddled => {
  const alive = did.clientId === null ? 1 : 2;
  world.putDid({
    ...did,
    isExpired: expired,
    expiryDate: expired ? '2024-01-31' : '2041-01-31',
    userStatus: expired ? 3 : alive,
  });
  return null;
};

export const breakRouting = (world: World, did: Did, to: Breakage): Meddled => {
  const routing = world.routingOf(did.id);
  if (routing === undefined) return NO_ROUTING;
  const empty = { ...routing, outboundBotId: null, outboundTrunkId: null };
  const broken: Record<Breakage, () => Routing> = {
    only_answer: () => ({ ...empty, forOutboundCall: ONLY_ANSWER }),
    sip: () => ({ ...empty, forOutboundCall: SIP, outboundTrunkId: trunkFor(world, did) }),
    other_bot: () => ({ ...empty, forOutboundCall: BOT, outboundBotId: foreignBot(world, did).id }),
    no_bot: () => ({ ...empty, forOutboundCall: BOT }),
    disabled: () => ({ ...routing, status: 0 }),
  };
  world.putRouting(broken[to]());
  return null;
};

const trunkFor = (world: World, did: Did): number => {
  const own = world.trunks.rows.find((trunk) => trunk.clientId === did.clientId);
  if (own !== undefined) return own.id;
  const host = `sip-${String(did.id)}.example.net`;
  const fields = { name: `bridge-${String(did.id)}`, status: 1, clientId: did.clientId, host, port: 5060 } as const;
  return world.trunks.add({ ...fields, username: 'trunk', password: 'not-a-secret' }).id;
};

/** An active bot of another client; creates one without an owner when there is none. */
const foreignBot = (world: World, did: Did): Bot => {
  const other = world.bots.rows.find((bot) => bot.clientId !== did.clientId && bot.status === 1);
  if (other !== undefined) return other;
  const fields = { name: 'stranger', websocketUrl: 'wss://stranger.example/ws', webhookUrl: null, audioFormat: 'alaw' };
  return world.bots.add({ ...fields, noiseCancel: 0, status: 1, clientId: null, misreported: false });
};

export const deleteRouting = (world: World, did: Did): Meddled => {
  if (world.routingOf(did.id) === undefined) return NO_ROUTING;
  world.removeRoutingOf(did.id);
  return null;
};

/** Replaces the inbound half; the outbound half stays. */
export const editInbound = (
  world: World,
  did: Did,
  half: Pick<Routing, 'forInboundCall' | 'inboundBotId' | 'inboundTrunkId'>,
): Meddled => {
  const routing = world.routingOf(did.id);
  if (routing === undefined) return NO_ROUTING;
  world.putRouting({ ...routing, ...half });
  return null;
};

/** The bot in the DID's outbound half; without one, all bots of its client. */
export const setBotsOfDid = (world: World, did: Did, status: Bit): Meddled => {
  const routed = world.routingOf(did.id)?.outboundBotId ?? null;
  const bot = routed === null ? undefined : world.bots.get(routed);
  const targets = bot !== undefined ? [bot] : did.clientId === null ? [] : world.botsOf(did.clientId);
  if (targets.length === 0) return 'This DID has no bot.';
  for (const target of targets) world.bots.put({ ...target, status });
  return null;
};
