import type { AgentId, ConnectionId, PartnerId } from '@dialtone/domain';

/** What declarations are checked against. */
export interface KnownToDeclarations {
  agentName(partnerId: PartnerId, id: AgentId): string | undefined;
  isActive(partnerId: PartnerId, id: ConnectionId): boolean;
  writesHeld(id: ConnectionId): string | null;
}
