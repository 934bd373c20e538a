import { nameKey } from '@dialtone/persistence';
import type { AdminConfig } from '@dialtone/platform';
import { CommandError, print, withStores } from './with-stores';

const NAME = /^[^\p{Cc}\p{Cs}]{1,100}$/u;

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
