import type { AdminConfig } from '@dialtone/platform';
import { CommandError, partnerNamed, print, withStores } from './with-stores';

export const issueKey = (config: AdminConfig, partner: string, label: string): Promise<void> =>
  withStores(config, async (stores) => {
    const { apiKey, apiKeyId } = await stores.apiKeys.issue(await partnerNamed(stores, partner), label);
    print({ api_key: apiKey, api_key_id: apiKeyId });
  });

export const revokeKey = (config: AdminConfig, partner: string, apiKeyId: string): Promise<void> =>
  withStores(config, async (stores) => {
    const revoked = await stores.apiKeys.revoke(await partnerNamed(stores, partner), apiKeyId);
    if (!revoked)
      throw new CommandError(`Partner "${partner}" has no API key with id ${apiKeyId} that could be revoked.`);
    print({ api_key_id: apiKeyId, revoked: true });
  });
