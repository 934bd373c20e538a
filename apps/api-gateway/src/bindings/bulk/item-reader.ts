import { Inject, Injectable } from '@nestjs/common';
import type { ConnectionId, PartnerId } from '@dialtone/domain';
import { ConnectionSelection } from '../../http/input/connection-selection';
import { GATEWAY_SETTINGS, type GatewaySettings } from '../../outside/tokens';
import { DeclaredClient } from '../declared-client';
import type { BatchBody } from './bulk.dto';
import { readItems, type ReadItem } from './read-items';

/** Reads the items of a request, with what they are checked against: connections and clients, each asked for once. */
@Injectable()
export class ItemReader {
  constructor(
    private readonly connections: ConnectionSelection,
    private readonly clients: DeclaredClient,
    @Inject(GATEWAY_SETTINGS) private readonly settings: GatewaySettings,
  ) {}

  /** Declarations that a partner may have, unless the operator has set another number for it; 0: any number. */
  get atMost(): number {
    return this.settings.quotas.bindings;
  }

  /** In the order of the items. */
  async read(partnerId: PartnerId, body: BatchBody): Promise<readonly ReadItem[]> {
    const read = await readItems(body.items, {
      all: { manager: body.manager ?? null, takeOver: body.take_over ?? false },
      countryCode: this.settings.countryCode,
      connectionFor: await this.connections.chooser(partnerId),
    });
    const missing = await this.missingClients(read);
    return read.map((one) => {
      if (!('asked' in one)) return one;
      const { clientId } = one.asked.spec;
      const isClientMissing = clientId !== null && missing.get(one.asked.connectionId)?.has(clientId) === true;
      return { ...one, asked: { ...one.asked, isClientMissing } };
    });
  }

  private async missingClients(read: readonly ReadItem[]): Promise<ReadonlyMap<ConnectionId, ReadonlySet<number>>> {
    const asked = read.flatMap((one) => ('asked' in one ? [one.asked] : []));
    const missing = new Map<ConnectionId, ReadonlySet<number>>();
    for (const [connectionId, items] of Map.groupBy(asked, (item) => item.connectionId)) {
      const named = new Set(items.flatMap(({ spec }) => spec.clientId ?? []));
      missing.set(connectionId, await this.clients.missing(connectionId, [...named]));
    }
    return missing;
  }
}
