import { migrate, needsMigration, rekeyedNumbers } from '@dialtone/persistence';
import type { AdminConfig } from '@dialtone/platform';
import { CommandError, connectionOf, print } from './with-stores';

/** Fails while the schema is older than this build; processes that need the current schema wait for it. */
export const checkSchema = async (config: AdminConfig): Promise<void> => {
  const dataSource = await connectionOf(config).initialize();
  try {
    if (await needsMigration(dataSource))
      throw new CommandError('The database schema is older than this build: run migrate.');
    print({ schema: 'current' });
  } finally {
    await dataSource.destroy();
  }
};

export const migrateDatabase = async (config: AdminConfig): Promise<void> => {
  // A migration of large tables takes long.
  const dataSource = await connectionOf(config, { statementTimeoutMs: 0 }).initialize();
  try {
    const migrations = await migrate(dataSource);
    const rekeyed = await rekeyedNumbers(dataSource, migrations);
    print({ migrations, ...(rekeyed.length > 0 && { rekeyed_numbers: rekeyed }) });
  } finally {
    await dataSource.destroy();
  }
};
