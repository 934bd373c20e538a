import type { AgentId, ConnectionId, DidKey, Labels, PartnerId } from '@dialtone/domain';
import type { StoredSteering } from '@dialtone/engine';

/** What declarations are checked against. */
export interface KnownToDeclarations {
  agentName(partnerId: PartnerId, id: AgentId): string | undefined;
  isActive(partnerId: PartnerId, id: ConnectionId): boolean;
  writesHeld(id: ConnectionId): string | null;
  /** What stands for one number, beside its hold. */
  steering(
    partnerId: PartnerId,
    number: { readonly connectionId: ConnectionId; readonly key: DidKey; readonly labels: Labels },
  ): Omit<StoredSteering, 'writesHeld'>;
}
