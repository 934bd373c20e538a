import type { SweepableConnection, VoiceLinkConnections } from '../ports/connections';
import type { VoiceLinkAccount } from '../ports/upstream';

/**
 * Looks whether the connection is one of several on its account, before anything is judged. VoiceLink is asked once per login
 * whose account it is; without an answer the login alone decides, and the next sweep asks again.
 */
export const recogniseAccount = async (
  connections: Pick<VoiceLinkConnections, 'noteOwner' | 'recognise'>,
  { id, isOwnerKnown }: SweepableConnection,
  account: Pick<VoiceLinkAccount, 'owner'>,
): Promise<void> => {
  if (!isOwnerKnown) {
    const owner = await account.owner();
    if (owner !== 'no_answer') await connections.noteOwner(id, owner.resellerId);
  }
  await connections.recognise(id);
};
