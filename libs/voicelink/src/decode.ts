import {
  canonicalKey,
  type DidKey,
  type RemoteBot,
  type RemoteClient,
  type RemoteDid,
  type RemoteRouting,
  type Section,
  type SectionRows,
} from '@dialtone/domain';
import { parseExpiry } from './expiry';
import { firstOf, isRecord, toCount, toFlag, toId, toText, type JsonRecord } from './scalars';

export interface DecodeContext {
  readonly countryCode: string;
  readonly expiryTimezoneOffset: string;
}

/**
 * `unreadable`: the row has no id or number, so it may be one that is looked for. It makes its listing truncated, and no DID is
 * taken for absent. `foreign`: readable, and certainly not a phone number that can be declared (a short code). Leaving it
 * out leads to no wrong conclusion.
 */
export type Decoded<Row> =
  | { readonly kind: 'row'; readonly row: Row }
  | { readonly kind: 'foreign' }
  | { readonly kind: 'unreadable'; readonly why: string };

export type RowDecoder<Row> = (raw: JsonRecord, context: DecodeContext) => Decoded<Row>;

const unreadable = (why: string): Decoded<never> => ({ kind: 'unreadable', why });

/** VoiceLink upstream notes §5.1: `id` is the client id; whether activity is `status` or `is_active` is contradictory. */
const decodeClient: RowDecoder<RemoteClient> = (raw) => {
  const id = firstOf(toId, raw['id'], raw['client_id']);
  if (id === null) return unreadable('no id');
  const active = firstOf(toFlag, raw['is_active'], raw['status']);
  return { kind: 'row', row: { id, username: toText(raw['username']), active, raw } };
};

/** VoiceLink upstream notes §6.1, §6.2: the id key is `did_id`, purchased rows may only have `id`. */
const decodeDid: RowDecoder<RemoteDid> = (raw, context) => {
  const didId = firstOf(toId, raw['did_id'], raw['id']);
  if (didId === null) return unreadable('no did_id');
  return withKey(raw, context, (key, didNumber) => ({
    key,
    didId,
    didNumber,
    clientId: firstOf(toId, raw['client_id'], nestedId(raw['client'])),
    status: firstOf(toText, raw['status'], raw['user_status']),
    isExpired: readExpired(raw),
    expiresAt: parseExpiry(raw['expiry_date'], context.expiryTimezoneOffset),
    raw,
  }));
};

/** VoiceLink upstream notes §7.1. */
const decodeBot: RowDecoder<RemoteBot> = (raw) => {
  const id = firstOf(toId, raw['id'], raw['bot_id']);
  if (id === null) return unreadable('no id');
  const row = {
    id,
    name: toText(raw['bot_name']),
    websocketUrl: toText(raw['websocket_url']),
    clientId: firstOf(toId, raw['client_id'], nestedId(raw['client'])),
    active: toFlag(raw['status']),
    raw,
  };
  return { kind: 'row', row };
};

/** VoiceLink upstream notes §8.1. */
const decodeRouting: RowDecoder<RemoteRouting> = (raw, context) => {
  const id = toId(raw['id']);
  if (id === null) return unreadable('no id');
  return withKey(raw, context, (key) => ({
    id,
    key,
    didId: toId(raw['did_id']),
    forInboundCall: toCount(raw['for_inbound_call']),
    forOutboundCall: toCount(raw['for_outbound_call']),
    inboundBotId: toId(raw['inbound_websocket_bot_id']),
    inboundTrunkId: toId(raw['inbound_sip_trunk_id']),
    outboundBotId: toId(raw['outbound_websocket_bot_id']),
    outboundTrunkId: toId(raw['outbound_sip_trunk_id']),
    active: toFlag(raw['status']),
    raw,
  }));
};

export const DECODERS: { readonly [S in Section]: RowDecoder<SectionRows[S]> } = {
  clients: decodeClient,
  dids: decodeDid,
  available_dids: decodeDid,
  bots: decodeBot,
  routing: decodeRouting,
};

/** Any mark of expiry counts: which one wins when they disagree is unknown (VoiceLink upstream notes §10.15). */
const readExpired = (raw: JsonRecord): boolean | null => {
  const marked =
    toCount(raw['user_status']) === USER_STATUS_EXPIRED || EXPIRED_LABELS.some((name) => saysExpired(raw[name]));
  return marked ? true : toFlag(raw['is_expired']);
};

const USER_STATUS_EXPIRED = 3;
const EXPIRED_LABELS = ['user_status_label', 'status_label', 'status'];
const saysExpired = (value: unknown): boolean => toText(value)?.trim().toLowerCase() === 'expired';

const nestedId = (value: unknown): unknown => (isRecord(value) ? (value['id'] ?? value['client_id']) : null);

const withKey = <Row>(
  raw: JsonRecord,
  context: DecodeContext,
  build: (key: DidKey, didNumber: string) => Row,
): Decoded<Row> => {
  const text = toText(raw['did_number']);
  const digits = text?.replace(/\D/g, '') ?? '';
  if (text === null || /^0*$/.test(digits)) return unreadable('no did_number');
  const countryCode = toText(raw['country_code'])?.replace(/\D/g, '') ?? '';
  const key = canonicalKey(text, context.countryCode, countryCode === '' ? context.countryCode : countryCode);
  if (key !== null) return { kind: 'row', row: build(key, digits) };
  // Too short to be declared, so it cannot be a number that is looked for. Anything longer may be a garbled one.
  return digits.length < SHORTEST_NUMBER ? { kind: 'foreign' } : unreadable('did_number is not a phone number');
};

const SHORTEST_NUMBER = 7;
