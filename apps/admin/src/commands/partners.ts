import type { PartnerId } from '@dialtone/domain';
import { nameKey, type Stores } from '@dialtone/persistence';
import type { AdminConfig } from '@dialtone/platform';
import { CommandError, partnerNamed, print, withStores } from './with-stores';

const NAME = /^[^\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]{1,100}$/u;

export const createPartner = async (config: AdminConfig, given: string): Promise<void> => {
  const name = given.trim();
  if (!NAME.test(name) || nameKey(name) === '') {
    throw new CommandError('The name of a partner is a text of 1 to 100 printable characters, for example "Acme".');
  }
  await withStores(config, async ({ partners }) => {
    const existing = await partners.findByName(name);
    if (existing !== null) throw new CommandError(`There is a partner named "${existing.name}" already.`);
    print(await partners.create(name));
  });
};

export const listPartners = (config: AdminConfig): Promise<void> =>
  withStores(config, async ({ partners }) => {
    print(await partners.list());
  });

/** Page by page. Returns how many there were. */
const disconnectAll = async (connections: Stores['connections'], partnerId: PartnerId): Promise<number> => {
  for (let count = 0; ;) {
    const { items } = await connections.list({ partnerId, status: 'ACTIVE', limit: 100 });
    if (items.length === 0) return count;
    for (const { connection } of items) await connections.disconnect(partnerId, connection.id);
    count += items.length;
  }
};

/**
 * Ends everything that a partner has, in an order in which nothing new can begin meanwhile: first its keys, then its
 * connections. Repeating an interrupted command continues where it stopped.
 */
export const removePartner = (config: AdminConfig, name: string, { yes }: { readonly yes?: boolean }): Promise<void> =>
  withStores(config, async (stores) => {
    const { apiKeys, connections, partners } = stores;
    const partnerId = await partnerNamed(stores, name);
    const keys = (await apiKeys.list(partnerId)).filter(({ revokedAt }) => revokedAt === null);
    const active = (await stores.quotas.list(partnerId)).find(({ quota }) => quota === 'connections')?.used ?? 0;
    const what = `API keys: ${String(keys.length)}, connections with all that is declared on them: ${String(active)}`;
    if (yes !== true) throw new CommandError(`This ends what "${name}" has for good (${what}): give it --yes.`);
    for (const { apiKeyId } of keys) await apiKeys.revoke(partnerId, apiKeyId);
    const disconnected = await disconnectAll(connections, partnerId);
    if (!(await partners.remove(partnerId))) {
      throw new CommandError(`Partner "${name}" was connected or given a key meanwhile: give the command again.`);
    }
    print({ partner_id: partnerId, removed: true, revoked_keys: keys.length, disconnected });
  });
