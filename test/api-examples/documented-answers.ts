/** The answers of the public API's pages, as they are printed there. */

const DID = {
  id: 812,
  did_id: 812,
  did_number: '918011223344',
  phone_number: '+918011223344',
  client_id: 415,
  status: 'active',
  is_expired: false,
  raw: {},
} as const;

const NO_BOT = 'Create an active VoiceLink WebSocket bot for the mapped client';
const ROUTING_MISSING = 'Create VoiceLink call routing for this DID';
const NO_VOCOBASE_AGENT = 'Assign a Vocobase agent to the local PhoneNumber row';

/** "Sync VoiceLink state and readiness". */
export const SYNC_ANSWER = {
  success: true,
  data: {
    clients: [],
    dids: [DID],
    available_dids: [],
    bots: [],
    routing: [],
    local_phone_numbers: [],
    readiness: [
      {
        key: '918011223344',
        phone_number: '+918011223344',
        state: 'NO_BOT',
        issues: ['NO_BOT', 'ROUTING_MISSING', 'NO_VOCOBASE_AGENT'],
        remote_did: {
          did_id: 812,
          did_number: '918011223344',
          phone_number: '+918011223344',
          client_id: 415,
          is_expired: false,
          raw: {},
        },
        local_phone_number: null,
        routing: null,
        bot: null,
        actions: [NO_BOT, ROUTING_MISSING, NO_VOCOBASE_AGENT],
        action_items: [
          { code: 'NO_BOT', label: NO_BOT },
          { code: 'ROUTING_MISSING', label: ROUTING_MISSING },
          { code: 'NO_VOCOBASE_AGENT', label: NO_VOCOBASE_AGENT },
        ],
      },
    ],
    drift: [
      {
        key: '918011223344',
        phone_number: '+918011223344',
        state: 'NO_BOT',
        action: NO_BOT,
        did_id: 812,
        client_id: 415,
      },
    ],
    warnings: [],
  },
} as const;

/** "Make a VoiceLink DID call-ready". */
export const CALL_READY_ANSWER = {
  success: true,
  data: {
    phone_number: '+918011223344',
    key: '918011223344',
    ready: true,
    steps: [
      {
        step: 'resolve_did',
        status: 'done',
        detail: 'Resolved DID +918011223344',
        data: { did_id: 812, client_id: 415 },
      },
      {
        step: 'ensure_routing',
        status: 'done',
        detail: 'Updated routing for DID +918011223344 to outbound bot_id=93',
        data: { routing_id: 120 },
      },
    ],
    readiness_before: {
      key: '918011223344',
      phone_number: '+918011223344',
      state: 'NO_BOT',
      issues: ['NO_BOT', 'ROUTING_MISSING'],
      remote_did: DID,
      local_phone_number: null,
      routing: null,
      bot: null,
      actions: [NO_BOT, ROUTING_MISSING],
      action_items: [
        { code: 'NO_BOT', label: NO_BOT },
        { code: 'ROUTING_MISSING', label: ROUTING_MISSING },
      ],
    },
    readiness: {
      key: '918011223344',
      phone_number: '+918011223344',
      state: 'READY',
      issues: [],
      remote_did: DID,
      local_phone_number: {
        id: '0be141f3-f72c-4630-b3bc-a0a5f59bf970',
        phone_number: '+918011223344',
        friendly_name: '918011223344',
        status: 'ACTIVE',
        is_default: false,
        inbound_enabled: true,
        agent: {
          id: 'f4df9f8c-df95-46d8-bb0e-6f9f83fd4f55',
          name: 'Sales Agent',
        },
        created_at: '2026-06-09T10:30:00.000Z',
        updated_at: '2026-06-09T10:35:00.000Z',
      },
      routing: {
        id: 120,
        phone_number: '+918011223344',
        for_inbound_call: 1,
        for_outbound_call: 3,
        outbound_websocket_bot_id: 93,
        raw: {},
      },
      bot: {
        id: 93,
        name: 'Vocobase +918011223344',
        status: 1,
        raw: {},
      },
      actions: [],
      action_items: [],
    },
  },
} as const;
