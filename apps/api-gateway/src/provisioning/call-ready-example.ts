import type { Fields } from '../http/errors/envelope';
import { AGENT, CHANGED_ROUTING, NOT_READY, READY, ROUTING, STEPS_ALREADY } from '../readiness/example-number';
import type { CallReadyDto, CallReadyStepDto } from './answers.dto';
import type { LiveReadinessDto } from './rows.dto';

const NUMBER = { key: '918011223344', phone_number: '+918011223344' } as const;

const INVENTORY = {
  ...NUMBER,
  remote_did: {
    id: 812,
    did_id: 812,
    did_number: '918011223344',
    phone_number: '+918011223344',
    client_id: 415,
    status: 'active',
    is_expired: false,
    raw: {},
  },
  local_phone_number: {
    id: '0be141f3-f72c-4630-b3bc-a0a5f59bf970',
    phone_number: '+918011223344',
    friendly_name: '918011223344',
    status: 'ACTIVE',
    is_default: false,
    inbound_enabled: true,
    agent: AGENT,
    created_at: '2026-06-09T10:30:00.000Z',
    updated_at: '2026-06-09T10:35:00.000Z',
  },
  bot: { id: 93, name: 'Vocobase +918011223344', status: 1, raw: {} },
} as const;

const BEFORE: Fields<LiveReadinessDto> = {
  ...INVENTORY,
  state: NOT_READY.state,
  issues: NOT_READY.issues,
  routing: CHANGED_ROUTING,
  actions: NOT_READY.actions,
  action_items: NOT_READY.documentedItems,
};

const AFTER: Fields<LiveReadinessDto> = {
  ...INVENTORY,
  ...READY,
  routing: ROUTING,
};

const already = (step: keyof typeof STEPS_ALREADY): CallReadyStepDto => ({
  step,
  status: 'already',
  ...STEPS_ALREADY[step],
});

/** Everything existed but the routing, which is pointed to the client's bot again. */
export const CALL_READY_EXAMPLE: Fields<CallReadyDto> = {
  ...NUMBER,
  ready: true,
  steps: [
    { step: 'resolve_did', status: 'done', ...STEPS_ALREADY.resolve_did },
    already('import_did'),
    already('client_mapping'),
    already('ensure_bot'),
    {
      step: 'ensure_routing',
      status: 'done',
      detail: `Updated routing for DID ${NUMBER.phone_number} to outbound bot_id=93`,
      data: { routing_id: 120 },
    },
    already('assign_agent'),
  ],
  readiness_before: BEFORE,
  readiness: AFTER,
};
