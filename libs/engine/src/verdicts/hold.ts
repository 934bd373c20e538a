import type { ConnectionId } from '@dialtone/domain';
import type { VoiceLinkConnections } from '../ports/connections';
import { holdReason } from './hold-reason';

/**
 * Holds the writes of a connection, for both guards: too much that broke, and too much that vanished. Returns what is told
 * wherever the hold is. Does nothing while a hold stands, whatever that one is for.
 */
export const hold = async (
  { connections }: { readonly connections: Pick<VoiceLinkConnections, 'holdWrites'> },
  id: ConnectionId,
  why: string,
): Promise<string> => {
  const reason = holdReason(id, why);
  await connections.holdWrites(id, reason);
  return reason;
};
