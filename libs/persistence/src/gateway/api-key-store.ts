import type { PartnerId } from '@dialtone/domain';
import type { GrantedScope } from '../scopes';

export interface Principal {
  readonly partnerId: PartnerId;
  readonly apiKeyId: string;
  readonly scopes: readonly string[];
}

const API_KEY = /^rg_live_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/;

/** The parts of a key that may have been issued; null for any other text. */
export const partsOfApiKey = (text: string): { readonly id: string; readonly secret: string } | null => {
  const [, id, secret] = API_KEY.exec(text) ?? [];
  return id === undefined || secret === undefined ? null : { id, secret };
};

/** What is kept of an API key: everything but its secret. */
export interface ApiKeyRow {
  readonly apiKeyId: string;
  readonly label: string;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
  /** Null: it does not expire. */
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  /** To within five minutes; null before the first use. */
  readonly lastUsedAt: Date | null;
}

export interface ApiKeyStore {
  /**
   * The only time the whole key is visible: `rg_live_<key id>_<secret>`. Without `scopes` it may do everything that its
   * partner may; without `expiresAt` it does not expire.
   */
  issue(
    partnerId: PartnerId,
    label: string,
    limits?: { readonly scopes?: readonly GrantedScope[]; readonly expiresAt?: Date },
  ): Promise<{ readonly apiKeyId: string; readonly apiKey: string }>;
  /** Null for a malformed, unknown, expired or revoked key. Compares HMAC-SHA-256(pepper, secret) in constant time. */
  authenticate(apiKey: string): Promise<Principal | null>;
  /** The same for many keys at the price of one, in their order. */
  authenticateAll(apiKeys: readonly string[]): Promise<readonly (Principal | null)[]>;
  /** False when this partner has no such key that is not revoked yet. */
  revoke(partnerId: PartnerId, apiKeyId: string): Promise<boolean>;
  /** All that were ever issued to the partner, oldest first. */
  list(partnerId: PartnerId): Promise<readonly ApiKeyRow[]>;
}
