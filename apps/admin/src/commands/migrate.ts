import { migrate } from '@dialtone/persistence';
import type { AdminConfig } from '@dialtone/platform';
import { connectionOf, print } from './with-stores';

export const migrateDatabase = async (config: AdminConfig): Promise<void> => {
  const dataSource = await connectionOf(config).initialize();
  try {
    print({ migrations: await migrate(dataSource) });
  } finally {
    await dataSource.destroy();
  }
};
