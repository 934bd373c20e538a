import { actionItemOf, type Issue, type StepKind } from '@dialtone/domain';
import { issueUrlOf } from '../issue-pages/issue-url';

/** The number in the document's examples: its routing points to an inactive bot. */
const ISSUES = ['ROUTING_CHANGED'] as const satisfies readonly Issue[];
const ITEMS = ISSUES.map(actionItemOf);

export const NOT_READY = {
  state: ISSUES[0],
  issues: ISSUES,
  actions: ITEMS.map(({ label }) => label),
  documentedItems: ITEMS,
  items: ITEMS.map((item) => ({ ...item, url: issueUrlOf(item.code) })),
} as const;

export const READY = { state: 'READY', issues: [], actions: [], action_items: [] } as const;

const NUMBER = '+918011223344';
export const AGENT = { id: 'f4df9f8c-df95-46d8-bb0e-6f9f83fd4f55', name: 'Sales Agent' } as const;

export const ROUTING = {
  id: 120,
  phone_number: NUMBER,
  for_inbound_call: 1,
  for_outbound_call: 3,
  outbound_websocket_bot_id: 93,
  raw: {},
} as const;
export const CHANGED_ROUTING = { ...ROUTING, outbound_websocket_bot_id: 88 } as const;

interface Described {
  readonly detail: string;
  readonly data: Readonly<Record<string, number | string>>;
}

/** The sentence and the ids of each step when there is nothing to do. */
export const STEPS_ALREADY: Readonly<Record<Exclude<StepKind, 'ensure_routing'>, Described>> = {
  resolve_did: { detail: `Resolved DID ${NUMBER}`, data: { did_id: 812, client_id: 415 } },
  import_did: {
    detail: `${NUMBER} is in local phone-number inventory`,
    data: { local_phone_number_id: '0be141f3-f72c-4630-b3bc-a0a5f59bf970' },
  },
  client_mapping: { detail: `DID ${NUMBER} is mapped to client_id=415`, data: { client_id: 415 } },
  ensure_bot: { detail: 'Client 415 has active bot_id=93', data: { bot_id: 93 } },
  assign_agent: { detail: `${NUMBER} is assigned to agent ${AGENT.id}`, data: { agent_id: AGENT.id } },
};
