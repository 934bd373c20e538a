import { parseConnectionId, type ConnectionId, type PartnerId } from '@dialtone/domain';
import type { Stores } from '@dialtone/persistence';
import type { AdminConfig } from '@dialtone/platform';
import { CommandError, partnerNamed, print, withStores } from './with-stores';

/** `partner`: a name that the connection must belong to; undefined when the id is to suffice. */
export const acknowledgeHold = (
  config: AdminConfig,
  { partner, connection }: { readonly partner: string | undefined; readonly connection: string },
): Promise<void> =>
  withStores(config, async (stores) => {
    const connectionId = parseConnectionId(connection);
    if (connectionId === null) throw new CommandError(`"${connection}" is not a connection id; it must be a UUID.`);
    const partnerId = partner === undefined ? await ownerOf(stores, connectionId) : await partnerNamed(stores, partner);
    const released = partnerId !== null && (await stores.connections.acknowledgeHold(partnerId, connectionId, 'admin'));
    if (!released) {
      const whose = partner === undefined ? 'There is' : `Partner "${partner}" has`;
      throw new CommandError(`${whose} no held connection ${connection}.`);
    }
    print({ connection_id: connectionId, held: false });
  });

const ownerOf = async ({ voiceLinkConnections }: Stores, id: ConnectionId): Promise<PartnerId | null> =>
  (await voiceLinkConnections.find(id))?.partnerId ?? null;
