import type { AgentId, PhoneNumberId } from '../ids';
import type { RoutingFields } from './ensure-routing';

/** What the release of a withdrawn declaration does instead of the step that made it. */
export interface UnassignAgent {
  readonly kind: 'unassign_agent';
  readonly phoneNumberId: PhoneNumberId;
  /** The agent that is taken; one that others assign meanwhile stays. */
  readonly agentId: AgentId;
}

export interface OutboundOff {
  readonly kind: 'outbound_off';
  readonly routingId: number;
  readonly fields: RoutingFields;
}
