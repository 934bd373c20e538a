import { canonicalKey, type RemoteBot, type RemoteClient, type RemoteDid, type RemoteRouting } from '@dialtone/domain';

/** What the in-memory VoiceLink stores, apart from how it is listed. */
export interface StoredClient {
  readonly id: number;
  readonly username: string;
  readonly active: boolean;
}

export interface StoredDid {
  readonly didId: number;
  /** Digits with country code. */
  readonly number: string;
  readonly clientId: number | null;
  readonly callRecording: 0 | 1;
  readonly expired: boolean;
  /** Epoch ms, or null without end. */
  readonly expiresAt: number | null;
}

export interface StoredBot {
  readonly id: number;
  readonly clientId: number | null;
  readonly name: string;
  readonly websocketUrl: string;
  readonly webhookUrl: string | null;
  readonly active: boolean;
  /** Listed as inactive whatever `active` is, as was seen on the real platform (VoiceLink upstream notes §7.1). */
  readonly misreported: boolean;
}

export interface StoredRouting {
  readonly id: number;
  readonly didId: number;
  readonly forInboundCall: number;
  readonly forOutboundCall: number;
  readonly inboundBotId: number | null;
  readonly inboundTrunkId: number | null;
  readonly outboundBotId: number | null;
  readonly outboundTrunkId: number | null;
  readonly active: boolean;
  /** The target of inbound calls of mode 1: VoiceLink must store it, and no known request names it (§8.1). */
  readonly inboundMobile: string | null;
}

const bit = (flag: boolean): 0 | 1 => (flag ? 1 : 0);

export const listedClient = (client: StoredClient): RemoteClient => ({
  ...client,
  raw: { id: client.id, username: client.username, status: bit(client.active) },
});

/** The purchased row (VoiceLink upstream notes §6.1). */
export const listedDid = (did: StoredDid): RemoteDid => ({
  ...didIdentity(did),
  clientId: did.clientId,
  status: bit(!did.expired).toString(),
  isExpired: did.expired,
  expiresAt: did.expiresAt,
  raw: {
    id: did.didId,
    did_id: did.didId,
    did_number: did.number,
    client_id: did.clientId,
    status: bit(!did.expired),
    is_expired: did.expired,
  },
});

const USER_STATUS_AVAILABLE = 1;
const USER_STATUS_EXPIRED = 3;

/** The available row (VoiceLink upstream notes §6.2): no client, no expiry date; only an expired one says so. */
export const listedAvailableDid = (did: StoredDid): RemoteDid => {
  const userStatus = did.expired ? USER_STATUS_EXPIRED : USER_STATUS_AVAILABLE;
  return {
    ...didIdentity(did),
    clientId: null,
    status: String(userStatus),
    isExpired: did.expired ? true : null,
    expiresAt: null,
    raw: { did_id: did.didId, did_number: did.number, user_status: userStatus },
  };
};

const didIdentity = (did: StoredDid): Pick<RemoteDid, 'key' | 'didId' | 'didNumber'> => {
  const key = canonicalKey(did.number);
  if (key === null) throw new Error(`${did.number} is not a phone number`);
  return { key, didId: did.didId, didNumber: did.number };
};

export const listedBot = (bot: StoredBot): RemoteBot => {
  const active = bot.active && !bot.misreported;
  return {
    id: bot.id,
    name: bot.name,
    websocketUrl: bot.websocketUrl,
    clientId: bot.clientId,
    active,
    raw: {
      id: bot.id,
      bot_name: bot.name,
      websocket_url: bot.websocketUrl,
      webhook_url: bot.webhookUrl,
      status: bit(active),
      client_id: bot.clientId,
    },
  };
};

/** VoiceLink upstream notes §8.1. */
export const listedRouting = ({ inboundMobile, ...routing }: StoredRouting, did: StoredDid): RemoteRouting => ({
  ...routing,
  key: didIdentity(did).key,
  raw: {
    id: routing.id,
    did_id: routing.didId,
    did_number: Number(did.number),
    for_inbound_call: routing.forInboundCall,
    for_outbound_call: routing.forOutboundCall,
    inbound_websocket_bot_id: routing.inboundBotId,
    inbound_sip_trunk_id: routing.inboundTrunkId,
    outbound_websocket_bot_id: routing.outboundBotId,
    outbound_sip_trunk_id: routing.outboundTrunkId,
    status: bit(routing.active),
    inbound_mobile: inboundMobile,
  },
});

/** The fields that an update sends back. */
export const inboundMobileOf = (keep: Readonly<Record<string, unknown>>): string | null => {
  const mobile = keep['inbound_mobile'];
  return typeof mobile === 'string' ? mobile : null;
};
