import type { Fields } from '../http/errors/envelope';
import { AGENT } from '../readiness/example-number';
import type { BindingDto } from './bindings.dto';
import { NEW_CONDITIONS } from './condition-examples';

/** A number that has just been declared: the reconciler has not observed it yet. */
export const DECLARED: Fields<BindingDto> = {
  key: '918011223344',
  phone_number: '+918011223344',
  connection_id: '9b7f1c44-c87f-4f0c-9124-3c802a9c1a20',
  agent: { ...AGENT, deleted: false },
  client_id: 415,
  bot_name: 'Vocobase +918011223344',
  websocket_url: null,
  mode: 'enforce',
  release: 'keep',
  releasing: null,
  labels: { team: 'sales', region: 'north' },
  manager: 'crm-export',
  generation: 1,
  observed_generation: 0,
  status: {
    outcome: 'pending',
    message: null,
    attempts: 0,
    last_reconciled_at: null,
    next_reconcile_at: '2026-06-09T10:30:00.000Z',
    contest: null,
    last_handled_reconcile_token: null,
    conditions: NEW_CONDITIONS,
  },
  readiness: {
    state: 'UNKNOWN',
    issues: [],
    action_items: [],
    stale: false,
    observed_at: null,
    age_seconds: null,
    drift_id: null,
  },
  advisories: [],
  created_at: '2026-06-09T10:30:00.000Z',
  updated_at: '2026-06-09T10:30:00.000Z',
};
