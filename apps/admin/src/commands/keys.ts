import type { AdminConfig } from '@dialtone/platform';
import { readExpiry, readScopes } from './key-limits';
import { CommandError, partnerNamed, print, withStores } from './with-stores';

export interface IssueOptions {
  readonly label: string;
  /** Separated by commas; everything when left out. */
  readonly scopes?: string;
  /** A date, a time or a duration; never when left out. */
  readonly expires?: string;
}

/** The key itself is printed here, and can never be shown again. */
export const issueKey = async (config: AdminConfig, partner: string, options: IssueOptions): Promise<void> => {
  const { scopes, expires } = options;
  // Parse before opening anything: a mistake must not cost a connection.
  const limits = {
    ...(scopes !== undefined && { scopes: readScopes(scopes) }),
    ...(expires !== undefined && { expiresAt: readExpiry(expires, new Date()) }),
  };
  await withStores(config, async (stores) => {
    const { apiKey, apiKeyId } = await stores.apiKeys.issue(await partnerNamed(stores, partner), options.label, limits);
    print({ api_key: apiKey, api_key_id: apiKeyId, expires_at: limits.expiresAt?.toISOString() ?? null });
  });
};

export const listKeys = (config: AdminConfig, partner: string): Promise<void> =>
  withStores(config, async (stores) => {
    const keys = await stores.apiKeys.list(await partnerNamed(stores, partner));
    print(
      keys.map((key) => ({
        api_key_id: key.apiKeyId,
        label: key.label,
        scopes: key.scopes,
        created_at: key.createdAt,
        expires_at: key.expiresAt,
        revoked_at: key.revokedAt,
        last_used_at: key.lastUsedAt,
      })),
    );
  });

/** A key's id, or a whole key as found and pasted; its secret is not repeated. */
const KEY = /^(?:rg_live_)?([0-9a-f]{16})(?:_[A-Za-z0-9_-]*)?$/;

export const revokeKey = async (config: AdminConfig, partner: string, given: string): Promise<void> => {
  const apiKeyId = KEY.exec(given)?.[1];
  if (apiKeyId === undefined) throw new CommandError('An API key has an id of 16 hexadecimal digits: see "key list".');
  await withStores(config, async (stores) => {
    const revoked = await stores.apiKeys.revoke(await partnerNamed(stores, partner), apiKeyId);
    if (!revoked)
      throw new CommandError(`Partner "${partner}" has no API key with id ${apiKeyId} that could be revoked.`);
    print({ api_key_id: apiKeyId, revoked: true });
  });
};
