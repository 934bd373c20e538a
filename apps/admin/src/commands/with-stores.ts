import type { PartnerId } from '@dialtone/domain';
import { createDataSource, type Stores } from '@dialtone/persistence';
import type { AdminConfig } from '@dialtone/platform';
import { storesOn } from '@dialtone/runtime';

/** A failure of a command that its user can act on. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** Not connected yet. `statementTimeoutMs` as of `createDataSource`. */
export const connectionOf = (
  config: Pick<AdminConfig, 'databaseUrl'>,
  limits: { readonly statementTimeoutMs?: number } = {},
): ReturnType<typeof createDataSource> =>
  createDataSource({ url: config.databaseUrl, poolSize: 2, applicationName: 'dialtone-admin', ...limits });

/** Runs a command on the stores and closes the database afterwards. */
export const withStores = async <T>(config: AdminConfig, command: (stores: Stores) => Promise<T>): Promise<T> => {
  const dataSource = await connectionOf(config).initialize();
  try {
    return await command(storesOn(dataSource, config));
  } finally {
    await dataSource.destroy();
  }
};

export const partnerNamed = async (stores: Stores, name: string): Promise<PartnerId> => {
  const partner = await stores.partners.findByName(name);
  if (partner === null)
    throw new CommandError(`There is no partner named "${name}". Create it with: partner create "${name}"`);
  return partner.id;
};

/** One JSON document per command. */
export const print = (value: unknown): void => {
  process.stdout.write(`${JSON.stringify(value)}\n`);
};
