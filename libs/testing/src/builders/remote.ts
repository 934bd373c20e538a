import type { RemoteBot, RemoteClient, RemoteDid, RemoteRouting } from '@dialtone/domain';
import { deepFreeze } from './deep-freeze';
import { aDidKey, nextId } from './ids';

const bit = (flag: boolean | null): number | null => (flag === null ? null : Number(flag));

/** An active client. `raw` follows the other fields unless it is given; so it does in all builders of this file. */
export const aClient = (overrides: Partial<RemoteClient> = {}): RemoteClient => {
  const client = { id: nextId(), username: 'acme', active: true, ...overrides };
  return deepFreeze({ raw: { id: client.id, username: client.username, status: bit(client.active) }, ...client });
};

/** A purchased DID that is not expired and mapped to a client of its own. */
export const aDid = (overrides: Partial<RemoteDid> = {}): RemoteDid => {
  const key = overrides.key ?? aDidKey();
  const did = {
    key,
    didId: nextId(),
    didNumber: key,
    clientId: nextId(),
    status: 'active',
    isExpired: false,
    expiresAt: null,
    ...overrides,
  };
  const raw = {
    id: did.didId,
    did_id: did.didId,
    did_number: did.didNumber,
    client_id: did.clientId,
    status: did.status,
    is_expired: did.isExpired,
  };
  return deepFreeze({ raw, ...did });
};

/** An active bot of a client of its own. */
export const aBot = (overrides: Partial<RemoteBot> = {}): RemoteBot => {
  const bot = {
    id: nextId(),
    name: 'Vocobase',
    websocketUrl: 'wss://bots.example.test/ws',
    clientId: nextId(),
    active: true,
    ...overrides,
  };
  const raw = {
    id: bot.id,
    bot_name: bot.name,
    websocket_url: bot.websocketUrl,
    status: bit(bot.active),
    client_id: bot.clientId,
  };
  return deepFreeze({ raw, ...bot });
};

/** An active record: inbound to a mobile, outbound to a bot of its own. */
export const aRouting = (overrides: Partial<RemoteRouting> = {}): RemoteRouting => {
  const routing = {
    id: nextId(),
    key: aDidKey(overrides.key),
    didId: null,
    forInboundCall: 1,
    forOutboundCall: 3,
    inboundBotId: null,
    inboundTrunkId: null,
    outboundBotId: nextId(),
    outboundTrunkId: null,
    active: true,
    ...overrides,
  };
  const raw = {
    id: routing.id,
    did_id: routing.didId,
    did_number: routing.key,
    for_inbound_call: routing.forInboundCall,
    for_outbound_call: routing.forOutboundCall,
    inbound_websocket_bot_id: routing.inboundBotId,
    inbound_sip_trunk_id: routing.inboundTrunkId,
    outbound_websocket_bot_id: routing.outboundBotId,
    outbound_sip_trunk_id: routing.outboundTrunkId,
    status: bit(routing.active),
  };
  return deepFreeze({ raw, ...routing });
};
