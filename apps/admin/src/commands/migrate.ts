import { migrate, needsMigration, rekeyedNumbers, roleOf } from '@dialtone/persistence';
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

/** The role of DATABASE_URL, asked and not read from there: a server may give a login the rights of another role. */
const appRole = async (config: AdminConfig): Promise<string> => {
  const dataSource = await connectionOf(config).initialize();
  try {
    return await roleOf(dataSource);
  } finally {
    await dataSource.destroy();
  }
};

/** Runs as the role of MIGRATION_DATABASE_URL, and grants that of DATABASE_URL the rows where the two differ. */
export const migrateDatabase = async (config: AdminConfig): Promise<void> => {
  const app = await appRole(config);
  // A migration of large tables takes long.
  const limits = { statementTimeoutMs: 0 };
  const dataSource = await connectionOf({ databaseUrl: config.migrationDatabaseUrl }, limits).initialize();
  try {
    const isShared = (await roleOf(dataSource)) === app;
    const migrations = await migrate(dataSource, isShared ? undefined : app);
    const rekeyed = await rekeyedNumbers(dataSource, migrations);
    print({
      migrations,
      ...(rekeyed.length > 0 && { rekeyed_numbers: rekeyed }),
      ...(!isShared && { granted_to: app }),
    });
  } finally {
    await dataSource.destroy();
  }
};
