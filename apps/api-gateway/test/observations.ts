import { randomUUID } from 'node:crypto';
import type { AgentId, ConnectionId, DidKey, DriftId, KeyObservation, PhoneNumberId } from '@dialtone/domain';
import type { StoredReadiness } from '@dialtone/persistence';

export const NOW = new Date('2026-06-09T10:35:00.000Z');
export const KEY = '918011223344' as DidKey;

/** What VoiceLink and the local inventory looked like when everything was in order. */
export const readyObservation = (key: DidKey, agentId: AgentId): KeyObservation => ({
  key,
  observedAt: NOW.getTime(),
  unknown: [],
  did: {
    key,
    didId: 812,
    didNumber: key,
    clientId: 415,
    status: 'active',
    isExpired: false,
    expiresAt: null,
    raw: { id: 9812 },
  },
  bots: [
    { id: 93, name: 'Vocobase', websocketUrl: 'wss://bots.example.com/ws', clientId: 415, active: true, raw: { b: 1 } },
  ],
  routing: {
    id: 120,
    key,
    didId: 812,
    forInboundCall: 1,
    forOutboundCall: 3,
    inboundBotId: null,
    inboundTrunkId: null,
    outboundBotId: 93,
    outboundTrunkId: null,
    active: true,
    raw: { r: 1 },
  },
  extraRoutingIds: [],
  misreportedBotIds: [],
  local: { id: '0be141f3-f72c-4630-b3bc-a0a5f59bf970' as PhoneNumberId, key, agentId, agentName: 'Sales Agent' },
  presence: { did: 'present', bot: 'present', routing: 'present' },
});

export const unobserved = (connectionId: ConnectionId, key: DidKey): StoredReadiness => ({
  connectionId,
  key,
  state: 'UNKNOWN',
  issues: [],
  actionItems: [],
  stale: false,
  observedAt: null,
  ageSeconds: null,
  observation: null,
  drift: null,
  declared: true,
  advisories: [],
});

export const drifting = (row: StoredReadiness): StoredReadiness => ({
  ...row,
  state: 'NO_BOT',
  issues: ['NO_BOT', 'ROUTING_MISSING'],
  actionItems: [
    { code: 'NO_BOT', label: 'Create an active VoiceLink WebSocket bot for the mapped client' },
    { code: 'ROUTING_MISSING', label: 'Create VoiceLink call routing for this DID' },
  ],
  drift: { id: randomUUID() as unknown as DriftId, openedAt: NOW },
});
