import { parseConnectionId } from '@dialtone/domain';
import type { AdminConfig } from '@dialtone/platform';
import { CommandError, partnerNamed, print, withStores } from './with-stores';

export const acknowledgeHold = (config: AdminConfig, partner: string, connection: string): Promise<void> =>
  withStores(config, async (stores) => {
    const connectionId = parseConnectionId(connection);
    if (connectionId === null) throw new CommandError(`"${connection}" is not a connection id; it must be a UUID.`);
    const released = await stores.connections.acknowledgeHold(
      await partnerNamed(stores, partner),
      connectionId,
      'admin',
    );
    if (!released) throw new CommandError(`Partner "${partner}" has no held connection ${connection}.`);
    print({ connection_id: connectionId, held: false });
  });
