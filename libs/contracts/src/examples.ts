import type { EventDataByType } from './events';

const connection = {
  connection_id: '5b0f6f0e-3a77-4c7f-9a0c-0f6f8f1f2a10',
  partner_id: '0a9d6f5e-8d55-4f0b-8a34-6f7f5b0c9d21',
} as const;
const did = { ...connection, key: '918011223344', phone_number: '+918011223344' } as const;
const known = {
  did_id: 4711,
  local_phone_number_id: '8c1c2b7a-51f2-4b9d-8f31-0d9f6f0e7a55',
  agent_id: 'd3f0a7b4-6c2e-4a61-9d7e-2b5c8e9f1a02',
} as const;
const routing = { code: 'ROUTING_MISSING', label: 'Create VoiceLink call routing for this DID' } as const;
const noBot = { code: 'NO_BOT', label: 'Create an active VoiceLink WebSocket bot for the mapped client' } as const;
const drift = {
  ...did,
  ...known,
  drift_id: 'f2b7c6d1-0e4a-4c3b-8d5f-6a7b8c9d0e1f',
  client_id: 77,
  declared: true,
  opened_at: '2026-11-21T10:00:00.000Z',
} as const;
const binding = {
  ...did,
  binding_id: '77c0b1a2-93d4-4e5f-a6b7-c8d9e0f1a2b3',
  agent_id: known.agent_id,
  client_id: 77,
  bot_name: null,
  mode: 'enforce',
  actor: '3f1e2d3c-4b5a-4697-8877-665544332211',
} as const;
const warning = { ...connection, section: 'bots', code: 'FETCH_FAILED' } as const;

/** One whole story of a DID, an example per event type. */
export const EVENT_EXAMPLES: EventDataByType = {
  'dialtone.binding.declared.v1': { ...binding, generation: 1, seq: 1, occurred_at: '2026-11-21T09:59:58.000Z' },
  'dialtone.drift.detected.v1': {
    ...drift,
    state: 'NO_BOT',
    issues: ['NO_BOT', 'ROUTING_MISSING'],
    action_items: [noBot, routing],
    seq: 2,
    occurred_at: '2026-11-21T10:00:00.000Z',
  },
  'dialtone.readiness.changed.v1': {
    ...did,
    ...known,
    client_id: 77,
    state: 'NO_BOT',
    issues: ['NO_BOT', 'ROUTING_MISSING'],
    action_items: [noBot, routing],
    previous_state: 'READY',
    declared: true,
    drift_id: drift.drift_id,
    observed_at: '2026-11-21T09:59:59.500Z',
    seq: 3,
    occurred_at: '2026-11-21T10:00:00.000Z',
  },
  'dialtone.drift.changed.v1': {
    ...drift,
    bot_id: 58,
    state: 'ROUTING_MISSING',
    issues: ['ROUTING_MISSING'],
    action_items: [routing],
    previous_issues: ['NO_BOT', 'ROUTING_MISSING'],
    seq: 4,
    occurred_at: '2026-11-21T10:00:01.000Z',
  },
  'dialtone.drift.resolved.v1': {
    ...drift,
    bot_id: 58,
    routing_id: 901,
    state: 'READY',
    issues: [],
    action_items: [],
    previous_issues: ['ROUTING_MISSING'],
    resolved_at: '2026-11-21T10:00:02.000Z',
    seq: 6,
    occurred_at: '2026-11-21T10:00:02.000Z',
  },
  'dialtone.binding.status.v1': {
    ...did,
    binding_id: binding.binding_id,
    generation: 1,
    outcome: 'settled',
    message: null,
    observed_generation: 1,
    attempts: 0,
    seq: 8,
    occurred_at: '2026-11-21T10:00:02.000Z',
  },
  'dialtone.binding.updated.v1': {
    ...binding,
    mode: 'observe',
    generation: 2,
    seq: 9,
    occurred_at: '2026-11-21T11:00:00.000Z',
  },
  'dialtone.binding.deleted.v1': {
    ...binding,
    mode: 'observe',
    generation: 2,
    seq: 10,
    occurred_at: '2026-11-21T12:00:00.000Z',
  },
  'dialtone.warning.raised.v1': {
    ...warning,
    message: 'bots: HTTP 500 on page 1',
    occurred_at: '2026-11-21T10:05:00.000Z',
  },
  'dialtone.warning.cleared.v1': {
    ...warning,
    message: 'bots: HTTP 500 on page 1',
    occurred_at: '2026-11-21T10:06:00.000Z',
  },
  'dialtone.writes.held.v1': {
    ...connection,
    reason: '14 of 900 DIDs broke in one sweep (limit 10)',
    occurred_at: '2026-11-21T10:10:00.000Z',
  },
  'dialtone.writes.resumed.v1': {
    ...connection,
    reason: '14 of 900 DIDs broke in one sweep (limit 10)',
    actor: binding.actor,
    occurred_at: '2026-11-21T10:20:00.000Z',
  },
  'dialtone.reconcile.requested.v1': {
    connection_id: connection.connection_id,
    key: did.key,
    reason: 'The customer reports that calls are not answered',
  },
};
