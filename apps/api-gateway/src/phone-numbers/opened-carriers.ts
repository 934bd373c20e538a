import { Inject, Injectable } from '@nestjs/common';
import type { Carrier, CarrierName } from '@dialtone/carriers';
import type { ConnectionId } from '@dialtone/domain';
import type { CarrierAccessStore } from '@dialtone/persistence';
import { CARRIER_ACCESS, CARRIERS, type CarrierAccounts } from '../outside/tokens';

/** Accounts at carriers, by the connections that have their credentials. */
@Injectable()
export class OpenedCarriers {
  constructor(
    @Inject(CARRIER_ACCESS) private readonly access: CarrierAccessStore,
    @Inject(CARRIERS) private readonly carriers: CarrierAccounts,
  ) {}

  /** Null where it cannot be opened. */
  async of(connectionId: ConnectionId, provider: CarrierName): Promise<Carrier | null> {
    const { baseUrl = null, credentials = null } = (await this.access.find(connectionId)) ?? {};
    return credentials === null ? null : this.carriers.open(provider, { baseUrl, credentials });
  }
}
