import type { ConnectionId } from '@dialtone/domain';
import type { DataSource } from 'typeorm';
import { firstRow } from '../db';
import type { StoreSecrets } from '../secret-box';
import type { CarrierAccessStore as CarrierAccessContract, StoredAccess } from './carrier-access';
import type { ConnectionCredentials } from './connection-store';
import { openCredentials } from './sealed-credentials';

type Found = Omit<StoredAccess, 'credentials'> & { readonly sealed: Buffer | null };

export class CarrierAccessStore implements CarrierAccessContract {
  constructor(
    private readonly ds: DataSource,
    private readonly secrets: Pick<StoreSecrets, 'secretBox'>,
  ) {}

  async find(id: ConnectionId): Promise<StoredAccess | null> {
    const found = await firstRow<Found>(
      this.ds,
      `select id, provider, base_url as "baseUrl", credentials as sealed from connections
        where id = $1 and provider <> 'voicelink' and deleted_at is null`,
      [id],
    );
    if (found === null) return null;
    const { provider, baseUrl, sealed } = found;
    return { id, provider, baseUrl, credentials: sealed === null ? null : this.opened(id, sealed) };
  }

  private opened(id: ConnectionId, sealed: Buffer): ConnectionCredentials | null {
    try {
      return openCredentials(this.secrets.secretBox, id, sealed);
    } catch {
      return null;
    }
  }
}
