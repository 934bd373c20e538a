import type { PartnerId } from '@dialtone/domain';

export interface PartnerRow {
  readonly id: PartnerId;
  readonly name: string;
}

export interface PartnerStore {
  /** Rejects when there is a partner of that name. */
  create(name: string): Promise<PartnerRow>;
  findByName(name: string): Promise<PartnerRow | null>;
  /** By name. */
  list(): Promise<readonly PartnerRow[]>;
  /**
   * Forgets the partner, whose history stays and whose name is free again. False, and nothing is changed, while it has an active
   * connection or an API key that is not revoked.
   */
  remove(id: PartnerId): Promise<boolean>;
}
