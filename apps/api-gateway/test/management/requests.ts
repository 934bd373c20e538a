import type { VoiceLinkCall } from '@dialtone/voicelink';

const ROOT = '/api/v2/voicelink';
export const DEFAULT_URL = 'wss://default.example.com/ws';

type Fields = Readonly<Record<string, unknown>>;

/** One of the mutating endpoints with a complete request, and what VoiceLink is to be sent for it. */
export interface WriteCase {
  readonly name: string;
  readonly url: string;
  readonly required: Fields;
  readonly optional: Fields;
  readonly path: string;
  readonly status: 200 | 201;
  /** What is sent without the optional fields, where that is more than was given. */
  readonly defaults?: Fields;
}

export const WRITES: readonly WriteCase[] = [
  {
    name: 'create client',
    url: `${ROOT}/clients`,
    required: {
      first_name: 'Asha',
      last_name: 'Rao',
      username: 'asha.rao',
      email: 'asha@example.com',
      password: 'pass word ü',
      channel_count: 5,
    },
    optional: {
      phone: '+919876543210',
      is_active: 0,
      negative_threshold: -12.5,
      pulse_seconds: 60,
      inbound_rate: 0,
      outbound_rate: 1.25,
      plan_type: 'prepaid',
    },
    path: '/v1/reseller/client/create',
    status: 201,
  },
  {
    name: 'update client',
    url: `${ROOT}/clients/415`,
    required: { first_name: 'Asha', last_name: 'Rao', is_active: 1, channel_count: 8 },
    optional: {
      username: 'asha',
      email: 'asha@example.com',
      password: 'pass word ü',
      phone: '+919876543210',
      negative_threshold: 0,
      pulse_seconds: 1,
      inbound_rate: 0.5,
      outbound_rate: 0,
      plan_type: 'prepaid',
    },
    path: '/v1/reseller/client/update/415',
    status: 200,
  },
  {
    name: 'map DID',
    url: `${ROOT}/dids/map`,
    required: { client_id: 415, did_id: 812, call_recording: 0 },
    optional: { user_status: 4, user_expiry_date: '2028-02-29', description: 'Sales', client_auto_renew: 1 },
    path: '/v1/reseller/client/map-did',
    status: 200,
  },
  {
    name: 'create bot',
    url: `${ROOT}/bots`,
    required: { bot_name: 'Größe 📞', client_id: 415 },
    optional: { websocket_url: 'wss://bots.example.com/ws', webhook_url: 'https://example.com/events', status: 0 },
    path: '/v1/websocket-bot/create',
    status: 201,
    defaults: { websocket_url: DEFAULT_URL, status: 1 },
  },
  {
    name: 'update bot',
    url: `${ROOT}/bots/93`,
    required: { bot_name: 'Sales', websocket_url: 'wss://bots.example.com/ws', status: 1 },
    optional: { webhook_url: 'http://example.com/events' },
    path: '/v1/websocket-bot/update/93',
    status: 200,
    defaults: { audio_format: 'l16_16k', noise_cancel: '1' },
  },
  {
    name: 'create routing',
    url: `${ROOT}/call-routing`,
    required: { did_id: 812, for_inbound_call: 1, for_outbound_call: 4 },
    optional: {
      inbound_websocket_bot_id: 93,
      inbound_sip_trunk_id: 31,
      outbound_websocket_bot_id: 94,
      outbound_sip_trunk_id: 32,
      status: 0,
    },
    path: '/v1/call-routing/create',
    status: 201,
    defaults: { status: 1 },
  },
  {
    name: 'update routing',
    url: `${ROOT}/call-routing/120`,
    required: { for_inbound_call: 1, for_outbound_call: 4, status: 1 },
    optional: {
      inbound_websocket_bot_id: 93,
      inbound_sip_trunk_id: 31,
      outbound_websocket_bot_id: 94,
      outbound_sip_trunk_id: 32,
    },
    path: '/v1/call-routing/update/120',
    status: 200,
  },
];

/** One of the lists with every filter that it takes. */
export interface ListCase {
  readonly url: string;
  readonly path: string;
  readonly query: NonNullable<VoiceLinkCall['query']>;
}

export const LISTS: readonly ListCase[] = [
  {
    url: `${ROOT}/clients`,
    path: '/v1/reseller/clients',
    query: { search: 'a b', status: 0, per_page: 5000, page: 2 },
  },
  {
    url: `${ROOT}/dids/purchased`,
    path: '/v1/reseller/did/purchased',
    query: { search: '9180', status: 'active', did_type: 1, client_id: 415, per_page: 1, page: 1 },
  },
  {
    url: `${ROOT}/dids/available`,
    path: '/v1/reseller/client/available-dids',
    query: { search: '9180', did_type: 2, per_page: 10, page: 3 },
  },
  {
    url: `${ROOT}/bots`,
    path: '/v1/websocket-bot/list',
    query: { search: 'x', status: 1, reseller_id: 9, client_id: 415, per_page: 1000, page: 1 },
  },
  {
    url: `${ROOT}/call-routing`,
    path: '/v1/call-routing/list',
    query: { search: 'x', client_id: 415, per_page: 100, page: 1 },
  },
];
