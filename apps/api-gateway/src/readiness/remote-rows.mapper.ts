import {
  isExpired,
  phoneNumberOf,
  redactSecrets,
  type RemoteBot,
  type RemoteDid,
  type RemoteRouting,
} from '@dialtone/domain';
import type { BotDto, RemoteDidDto, RoutingDto } from './readiness.dto';

/** VoiceLink's rows in the shape of the public API. `is_expired` is the domain's judgement at `seenAt`. */
export const toRemoteDid = (did: RemoteDid, seenAt: number): RemoteDidDto => {
  const id = Number(did.raw['id']);
  return {
    // VoiceLink's `id` and `did_id` may differ; its other endpoints take `did_id`.
    id: Number.isSafeInteger(id) && id > 0 ? id : did.didId,
    did_id: did.didId,
    did_number: did.didNumber,
    phone_number: phoneNumberOf(did.key),
    client_id: did.clientId,
    status: statusWord(did),
    is_expired: isExpired(did, seenAt),
    raw: redactSecrets(did.raw),
  };
};

const CODE = /^\d+$/;

/** VoiceLink lists a code with a label beside it, or the word itself (VoiceLink upstream notes §6.1): shows the word. */
const statusWord = ({ status, raw }: RemoteDid): string | null => {
  if (status === null || !CODE.test(status)) return status;
  const label = [raw['status_label'], raw['user_status_label']].find((value) => typeof value === 'string');
  return typeof label === 'string' && label.trim() !== '' ? label.trim().toLowerCase() : status;
};

export const toRouting = (routing: RemoteRouting): RoutingDto => ({
  id: routing.id,
  phone_number: phoneNumberOf(routing.key),
  for_inbound_call: routing.forInboundCall,
  for_outbound_call: routing.forOutboundCall,
  outbound_websocket_bot_id: routing.outboundBotId,
  raw: redactSecrets(routing.raw),
});

/** Marks that turn the direction of the text behind them, and line separators; `raw` has them still. */
const TURNING = /[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

export const toBot = (bot: RemoteBot): BotDto => {
  const status = bot.active === null ? null : bot.active ? 1 : 0;
  return { id: bot.id, name: bot.name?.replace(TURNING, '') ?? null, status, raw: redactSecrets(bot.raw) };
};
