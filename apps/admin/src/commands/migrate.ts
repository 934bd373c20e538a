import { migrate, needsMigration, rekeyedNumbers } from '@dialtone/persistence';
import type { AdminConfig } from '@dialtone/platform';
import { CommandError, connectionOf, print } from './with-stores';

/** Ends with an error while the schema is older than this build: for whatever must not start before it is current. */
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
  // A migration takes as long as the tables are large.
  const dataSource = await connectionOf(config, { statementTimeoutMs: 0 }).initialize();
  try {
    const migrations = await migrate(dataSource);
    const rekeyed = await rekeyedNumbers(dataSource, migrations);
    print({ migrations, ...(rekeyed.length > 0 && { rekeyed_numbers: rekeyed }) });
  } finally {
    await dataSource.destroy();
  }
};
