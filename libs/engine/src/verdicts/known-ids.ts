import type { KnownIds } from '@dialtone/contracts';
import type { AgentId, KeyObservation, RemoteBot } from '@dialtone/domain';

interface Identified extends Pick<KeyObservation, 'did' | 'routing' | 'local'> {
  readonly bot: RemoteBot | null;
  readonly agentId?: AgentId | null | undefined;
}

/** The ids of everything that belongs to a DID, as events and rows show them: unknown ones are left out. */
export const knownIds = ({ did, routing, bot, local, agentId }: Identified): KnownIds => {
  const ids: Record<keyof KnownIds, number | string | null | undefined> = {
    did_id: did?.didId,
    client_id: did?.clientId,
    routing_id: routing?.id,
    bot_id: bot?.id,
    local_phone_number_id: local?.id,
    agent_id: agentId,
  };
  return Object.fromEntries(Object.entries(ids).filter(([, id]) => id !== null && id !== undefined));
};
