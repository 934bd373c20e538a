/** One DID, whose whole story the examples of the event types tell. */
export const connection = {
  connection_id: '5b0f6f0e-3a77-4c7f-9a0c-0f6f8f1f2a10',
  partner_id: '0a9d6f5e-8d55-4f0b-8a34-6f7f5b0c9d21',
} as const;
export const did = { ...connection, key: '918011223344', phone_number: '+918011223344' } as const;
export const known = {
  did_id: 4711,
  local_phone_number_id: '8c1c2b7a-51f2-4b9d-8f31-0d9f6f0e7a55',
  agent_id: 'd3f0a7b4-6c2e-4a61-9d7e-2b5c8e9f1a02',
} as const;
export const routing = { code: 'ROUTING_MISSING', label: 'Create VoiceLink call routing for this DID' } as const;
export const noBot = {
  code: 'NO_BOT',
  label: 'Create an active VoiceLink WebSocket bot for the mapped client',
} as const;
export const drift = {
  ...did,
  ...known,
  drift_id: 'f2b7c6d1-0e4a-4c3b-8d5f-6a7b8c9d0e1f',
  client_id: 77,
  declared: true,
  opened_at: '2026-11-21T10:00:00.000Z',
} as const;
export const binding = {
  ...did,
  binding_id: '77c0b1a2-93d4-4e5f-a6b7-c8d9e0f1a2b3',
  agent_id: known.agent_id,
  client_id: 77,
  bot_name: null,
  mode: 'enforce',
  actor: '3f1e2d3c-4b5a-4697-8877-665544332211',
} as const;
export const warning = { ...connection, section: 'bots', code: 'FETCH_FAILED' } as const;
export const advisory = {
  ...did,
  code: 'BOT_MISMATCH',
  message: 'Calls go to bot_id=61, and bot_id=58 was created for this declaration',
  since: '2026-11-21T12:30:00.000Z',
} as const;
export const accountShared = {
  ...connection,
  code: 'ACCOUNT_SHARED',
  message:
    'The same VoiceLink account is connected as 6a1d2e3f-4b5c-4d6e-8f70-819203a4b5c6, too; each number is judged on one of them only',
  since: '2026-11-21T10:15:00.000Z',
} as const;
export const contested = {
  ...did,
  binding_id: binding.binding_id,
  generation: 1,
  kind: 'contested',
  step: 'ensure_routing',
  fields: [{ field: 'outbound_websocket_bot_id', ours: 93, theirs: 88 }],
  undone_at: ['2026-11-21T13:00:00.000Z', '2026-11-21T13:01:00.000Z'],
  by: [],
  resumes_at: '2026-11-21T14:01:00.000Z',
  message:
    'Not repaired any more: ensure_routing was undone by others 2 times after VoiceLink had listed it; outbound_websocket_bot_id is 88, should be 93; VoiceLink does not say who or what changes it; it goes on at 2026-11-21T14:01:00.000Z, with another declaration, or with POST …/reconcile',
  seq: 13,
  occurred_at: '2026-11-21T13:01:00.000Z',
} as const;
