import { type Behaviour } from '../world/behaviour';
import { type Bot, type Client, type Did, type Routing, type Trunk } from '../world/records';

/**
 * Records as VoiceLink lists them. Types differ per endpoint and even per row, as they do on the real platform: numbers
 * come as JSON numbers or as strings (VoiceLink upstream notes §10). Which row has which type follows from its id.
 */
type Json = Readonly<Record<string, unknown>>;

const USER_STATUS_LABELS = { 1: 'Available', 2: 'Assigned', 3: 'Expired', 4: 'Inactive' } as const;
const RESELLER_ID = 9;
/** Distance between a DID's id and the id of its purchase row. */
const PURCHASE_ROWS = 50_000;

const everyNth = (id: number, n: number): boolean => id % n === 0;

/** §5.1, with the nested DIDs of the client. */
export const clientRow = (client: Client, dids: readonly Did[], behaviour: Behaviour): Json => {
  const active = behaviour.client_active_field;
  return {
    id: client.id,
    name: `${client.firstName} ${client.lastName}`,
    first_name: client.firstName,
    last_name: client.lastName,
    username: client.username,
    email: client.email,
    phone: client.phone,
    ...(active === 'is_active' ? {} : { status: client.isActive }),
    ...(active === 'status' ? {} : { is_active: client.isActive }),
    channel_count: client.channelCount,
    wallet: { balance: client.walletBalance },
    // Null for a client without DIDs in some rows: the field "may be missing or null".
    dids: dids.length === 0 && everyNth(client.id, 4) ? null : dids.map((did) => nestedDid(did, behaviour)),
  };
};

/** The number is a JSON number here. */
const nestedDid = (did: Did, behaviour: Behaviour): Json => ({
  ...availableRow(did, behaviour),
  did_number: Number(shown(did, behaviour)),
});

/** §6.2: the id is called `did_id`, and there is no `id`. */
export const availableRow = (did: Did, behaviour: Behaviour): Json => ({
  did_id: did.id,
  did_number: shown(did, behaviour),
  country_code: did.countryCode,
  type_label: did.typeLabel,
  user_status: did.userStatus,
  user_status_label: USER_STATUS_LABELS[did.userStatus],
});

const shown = (did: Did, behaviour: Behaviour): string =>
  behaviour.short_numbers === 'yes' ? did.number.slice(did.countryCode.length) : did.number;

/** §6.1. */
export const purchasedRow = (did: Did, behaviour: Behaviour): Json => ({
  id: behaviour.purchased_id === 'did_id' ? did.id : did.id + PURCHASE_ROWS,
  did_id: did.id,
  did_number: everyNth(did.id, 6) ? Number(did.number) : did.number,
  country_code: everyNth(did.id, 7) ? Number(did.countryCode) : did.countryCode,
  type_label: did.typeLabel,
  status: did.isExpired ? 0 : 1,
  status_label: did.isExpired ? 'Expired' : 'Active',
  client_id: did.clientId,
  expiry_date: writtenDate(did.expiryDate, behaviour.expiry_format),
  ...expiry(did, behaviour),
  ...(behaviour.purchased_mapping_fields === 'present' ? mappingFields(did) : {}),
});

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The format is unknown (§10.15). Epoch seconds are those of midnight, UTC. */
const writtenDate = (date: string, format: Behaviour['expiry_format']): string | number => {
  const [year = '', month = '', day = ''] = date.split('-');
  const written: Readonly<Record<Behaviour['expiry_format'], string | number>> = {
    iso: date,
    word: `${day}-${MONTHS[Number(month) - 1] ?? ''}-${year}`,
    month_first: `${month}/${day}/${year}`,
    compact: `${year}${month}${day}`,
    epoch: Date.parse(`${date}T00:00:00Z`) / 1000,
    two_digit_year: `${day}-${month}-${year.slice(2)}`,
  };
  return written[format];
};

const expiry = (did: Did, behaviour: Behaviour): Json => {
  if (behaviour.is_expired === 'absent') return {};
  return { is_expired: behaviour.is_expired === 'int' ? Number(did.isExpired) : did.isExpired };
};

export const mappingFields = (did: Did): Json => ({
  user_status: did.userStatus,
  user_status_label: USER_STATUS_LABELS[did.userStatus],
  user_expiry_date: did.userExpiryDate,
  call_recording: did.callRecording,
  description: did.description,
  client_auto_renew: did.clientAutoRenew,
});

/** §7.1. */
export const botRow = (bot: Bot, behaviour: Behaviour): Json => {
  const hidden = bot.misreported || behaviour.bot_list_status === 'zero';
  return {
    id: bot.id,
    bot_name: bot.name,
    websocket_url: bot.websocketUrl,
    webhook_url: bot.webhookUrl,
    audio_format: bot.audioFormat,
    noise_cancel: everyNth(bot.id, 5) ? String(bot.noiseCancel) : bot.noiseCancel,
    status: hidden ? 0 : bot.status,
    client_id: bot.clientId,
    reseller_id: RESELLER_ID,
  };
};

/** §8.1: the number is a JSON number. */
export const routingRow = (routing: Routing, did: Did | undefined): Json => ({
  id: routing.id,
  did_id: routing.didId,
  did_number: did === undefined ? null : Number(did.number),
  for_inbound_call: routing.forInboundCall,
  inbound_sip_trunk_id: routing.inboundTrunkId,
  inbound_websocket_bot_id: routing.inboundBotId,
  for_outbound_call: routing.forOutboundCall,
  outbound_sip_trunk_id: routing.outboundTrunkId,
  outbound_websocket_bot_id: routing.outboundBotId,
  status: routing.status,
});

/** §9.1. */
export const trunkRow = (trunk: Trunk, behaviour: Behaviour): Json => ({
  id: trunk.id,
  trunk_name: trunk.name,
  status: trunk.status,
  bot_provider_id: null,
  client_id: trunk.clientId,
  sip_server_host: trunk.host,
  sip_server_port: trunk.port,
  transport_type: 1,
  transport_label: 'UDP',
  username: trunk.username,
  ...(behaviour.trunk_password === 'listed' ? { registration_password: trunk.password } : {}),
  audio_format: ['alaw'],
});

/** The reseller itself: fields of the profile are unknown, these follow the signup form (§9.3). */
export const resellerRecord = (
  username: string,
  channels: { readonly total: number; readonly used: number },
): Json => ({
  id: RESELLER_ID,
  username,
  email: 'reseller@dialtone.example',
  first_name: 'Demo',
  last_name: 'Reseller',
  company_name: 'Demo Reseller',
  currency_code: 'INR',
  channel_count: channels.total,
  used_channel_count: channels.used,
});

export const resellerId = RESELLER_ID;
