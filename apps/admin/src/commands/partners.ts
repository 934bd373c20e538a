import type { AdminConfig } from '@dialtone/platform';
import { CommandError, print, withStores } from './with-stores';

export const createPartner = (config: AdminConfig, name: string): Promise<void> =>
  withStores(config, async ({ partners }) => {
    if ((await partners.findByName(name)) !== null)
      throw new CommandError(`There is a partner named "${name}" already.`);
    print(await partners.create(name));
  });

export const listPartners = (config: AdminConfig): Promise<void> =>
  withStores(config, async ({ partners }) => {
    print(await partners.list());
  });
