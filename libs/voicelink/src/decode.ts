import {
  canonicalKey,
  type DidKey,
  type RemoteBot,
  type RemoteClient,
  type RemoteDid,
  type RemoteRouting,
  type Section,
  type SectionRows,
  type UnreadableFact,
} from '@dialtone/domain';
import {
  isNone,
  readActive,
  readClientId,
  readCountry,
  readDecidingMode,
  readId,
  readMode,
  readText,
  UNREADABLE,
  type Reading,
} from './meanings';
import { readExpiry } from './read-expiry';
import { RowReader, type OddValue } from './row-reader';
import { firstOf, toId, toText, type JsonRecord } from './scalars';

type DidFact = UnreadableFact<RemoteDid>;
type BotFact = UnreadableFact<RemoteBot>;
type RoutingFact = UnreadableFact<RemoteRouting>;

export interface DecodeContext {
  readonly countryCode: string;
  readonly expiryTimezoneOffset: string;
}

/**
 * `unreadable`: the row has no id or number, so it may be one that is looked for. It is set aside, and what it may be is
 * not taken for absent. `foreign`: readable, and certainly not a phone number that can be declared (a short code). Leaving it
 * out leads to no wrong conclusion. `odd`: values of the row that are not understood.
 */
export type Decoded<Row> =
  | { readonly kind: 'row'; readonly row: Row; readonly odd?: readonly OddValue[] }
  | { readonly kind: 'foreign' }
  | { readonly kind: 'unreadable'; readonly why: string };

export type RowDecoder<Row> = (raw: JsonRecord, context: DecodeContext) => Decoded<Row>;

const unreadable = (why: string): Decoded<never> => ({ kind: 'unreadable', why });

/** VoiceLink upstream notes §5.1: `id` is the client id; whether activity is `status` or `is_active` is contradictory. */
const decodeClient: RowDecoder<RemoteClient> = (raw) => {
  const id = firstOf(toId, raw['id'], raw['client_id']);
  if (id === null) return unreadable(whyNo('id', raw['id'], raw['client_id']));
  // Nothing is decided from a client's name or activity, so neither can leave anything open.
  const reader = new RowReader<'active'>(raw);
  const active = reader.read('active', readActive, 'is_active', 'status');
  return { kind: 'row', row: { id, username: toText(raw['username']), active, raw }, odd: reader.odd };
};

/** VoiceLink upstream notes §6.1, §6.2: the id key is `did_id`, purchased rows may only have `id`. */
const decodeDid: RowDecoder<RemoteDid> = (raw, context) => {
  const reader = new RowReader<DidFact>(raw);
  const didId = reader.read('didId', readId, 'did_id', 'id') ?? toId(raw['id']);
  if (didId === null) return unreadable(whyNo('did_id', raw['did_id'], raw['id']));
  return withKey(raw, context, (key, didNumber) => {
    const clientId = reader.read('clientId', readClientId, 'client_id', 'client');
    const expiry = readExpiry(reader, context.expiryTimezoneOffset);
    const status = firstOf(toText, raw['status'], raw['user_status']);
    return { row: { key, didId, didNumber, clientId, status, ...expiry, ...reader.marks, raw }, odd: reader.odd };
  });
};

/** VoiceLink upstream notes §7.1. */
const decodeBot: RowDecoder<RemoteBot> = (raw) => {
  const id = firstOf(toId, raw['id'], raw['bot_id']);
  if (id === null) return unreadable(whyNo('id', raw['id'], raw['bot_id']));
  const reader = new RowReader<BotFact>(raw);
  const facts = {
    id,
    name: reader.read('name', readText, 'bot_name'),
    websocketUrl: reader.read('websocketUrl', readText, 'websocket_url'),
    clientId: reader.read('clientId', readClientId, 'client_id', 'client'),
    active: reader.read('active', readActive, 'status'),
  };
  return { kind: 'row', row: { ...facts, ...reader.marks, raw }, odd: reader.odd };
};

/** VoiceLink upstream notes §8.1. */
const decodeRouting: RowDecoder<RemoteRouting> = (raw, context) => {
  const id = toId(raw['id']);
  if (id === null) return unreadable(whyNo('id', raw['id']));
  return withKey(raw, context, (key) => {
    const reader = new RowReader<RoutingFact>(raw);
    const facts = {
      id,
      key,
      didId: reader.read('didId', readId, 'did_id'),
      forInboundCall: reader.read('forInboundCall', readMode, 'for_inbound_call'),
      forOutboundCall: reader.read('forOutboundCall', readDecidingMode, 'for_outbound_call'),
      inboundBotId: reader.read('inboundBotId', readId, 'inbound_websocket_bot_id'),
      inboundTrunkId: reader.read('inboundTrunkId', readId, 'inbound_sip_trunk_id'),
      outboundBotId: reader.read('outboundBotId', readId, 'outbound_websocket_bot_id'),
      outboundTrunkId: reader.read('outboundTrunkId', readId, 'outbound_sip_trunk_id'),
      active: reader.read('active', readActive, 'status'),
    };
    return { row: { ...facts, ...reader.marks, raw }, odd: reader.odd };
  });
};

export const DECODERS: { readonly [S in Section]: RowDecoder<SectionRows[S]> } = {
  clients: decodeClient,
  dids: decodeDid,
  available_dids: decodeDid,
  bots: decodeBot,
  routing: decodeRouting,
};

const whyNo = (name: string, ...values: readonly unknown[]): string =>
  values.every(isNone) ? `no ${name}` : `${name} cannot be read`;

const withKey = <Row>(
  raw: JsonRecord,
  context: DecodeContext,
  build: (key: DidKey, didNumber: string) => Omit<Extract<Decoded<Row>, { kind: 'row' }>, 'kind'>,
): Decoded<Row> => {
  const digits = digitsOf(raw);
  if (digits === null) return unreadable('no did_number');
  const key = keyOf(raw, context);
  if (key === UNREADABLE) return unreadable('country_code cannot be read');
  if (key !== null) return { kind: 'row', ...build(key, digits) };
  // Too short to be declared, so it cannot be a number that is looked for. Anything longer may be a garbled one.
  return digits.length < SHORTEST_NUMBER ? { kind: 'foreign' } : unreadable('did_number is not a phone number');
};

/** Null: no number, or only zeros. */
const digitsOf = (raw: JsonRecord): string | null => {
  const digits = toText(raw['did_number'])?.replace(/\D/g, '') ?? '';
  return /^0*$/.test(digits) ? null : digits;
};

/** The number that a row is about; null: none that can be declared. */
export const keyOf = (raw: JsonRecord, context: DecodeContext): Reading<DidKey> => {
  const text = toText(raw['did_number']);
  return text === null || digitsOf(raw) === null ? null : keyIn(text, context.countryCode, raw['country_code']);
};

const keyIn = (text: string, home: string, code: unknown): Reading<DidKey> => {
  const country = readCountry(code);
  if (country !== UNREADABLE) return canonicalKey(text, home, country ?? home);
  const key = canonicalKey(text, home);
  return DISTANT.every((other) => canonicalKey(text, home, other) === key) ? key : UNREADABLE;
};

const SHORTEST_NUMBER = 7;
/** Countries whose national numbers look unlike: a number that is the same in each of them is written with its country. */
const DISTANT = ['91', '1', '65', '44'];
