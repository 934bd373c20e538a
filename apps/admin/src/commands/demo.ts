import type { PartnerId } from '@dialtone/domain';
import type { Stores } from '@dialtone/persistence';
import type { AdminConfig } from '@dialtone/platform';
import { CommandError, print, withStores } from './with-stores';

const PARTNER = 'Demo partner';
const CONNECTION = 'VoiceLink simulator';
const AGENTS = ['Sales Agent', 'Support Agent'];

export interface DemoOptions {
  readonly baseUrl: string;
  readonly username: string;
  readonly password: string;
}

/** Idempotent, except that every run issues a new API key: an old one cannot be shown again. */
export const setUpDemo = (config: AdminConfig, options: DemoOptions): Promise<void> => {
  if (options.password === '')
    throw new CommandError('VOICELINK_PASSWORD is missing: the password of the VoiceLink login.');
  if (!config.voicelinkBaseUrlAllowlist.includes(options.baseUrl)) {
    throw new CommandError(`${options.baseUrl} is not in VOICELINK_BASE_URL_ALLOWLIST; add it there.`);
  }
  return withStores(config, async (stores) => {
    const partner = (await stores.partners.findByName(PARTNER)) ?? (await stores.partners.create(PARTNER));
    const { apiKey } = await stores.apiKeys.issue(partner.id, 'demo');
    print({
      partner_id: partner.id,
      api_key: apiKey,
      connection_id: await demoConnection(stores, partner.id, options),
      agents: await demoAgents(stores, partner.id),
    });
  });
};

const demoConnection = async (stores: Stores, partnerId: PartnerId, options: DemoOptions): Promise<string> => {
  const { baseUrl, username, password } = options;
  const access = { baseUrl, credentials: { username, password } };
  const existing = (await stores.connections.active(partnerId)).find(({ name }) => name === CONNECTION);
  if (existing === undefined) return (await stores.connections.create({ partnerId, name: CONNECTION, ...access })).id;
  await stores.connections.replaceAccess(partnerId, existing.id, access);
  return existing.id;
};

const demoAgents = async (
  stores: Stores,
  partnerId: PartnerId,
): Promise<{ readonly id: string; readonly name: string }[]> => {
  for (const name of AGENTS) await stores.agents.create(partnerId, name);
  return (await stores.agents.named(partnerId, AGENTS)).map(({ id, name }) => ({ id, name }));
};
