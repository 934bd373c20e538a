import {
  awaitDatabase,
  isDatabaseUnavailable,
  migrate,
  needsMigration,
  rekeyedNumbers,
  roleOf,
} from '@dialtone/persistence';
import type { AdminConfig } from '@dialtone/platform';
import { explain } from '../explain';
import { CommandError, connectionOf, print } from './with-stores';

class OldSchema extends CommandError {}

const expectCurrentSchema = async (config: AdminConfig): Promise<void> => {
  const dataSource = await connectionOf(config).initialize();
  try {
    if (await needsMigration(dataSource))
      throw new OldSchema('The database schema is older than this build: run migrate.');
  } finally {
    await dataSource.destroy();
  }
};

/**
 * Fails while the schema is older than this build; processes that need the current schema wait for it. Waits up to `waitMs`
 * for the database and for another process that migrates it, and tells on standard error what it waits for.
 */
export const checkSchema = async (config: AdminConfig, waitMs: number): Promise<void> => {
  await awaitDatabase(() => expectCurrentSchema(config), {
    passes: (error) => error instanceof OldSchema || isDatabaseUnavailable(error),
    forMs: waitMs,
    onWaiting: ({ error, waitedMs }) => {
      process.stderr.write(
        `Waiting for ${String(Math.round((waitMs - waitedMs) / 1_000))} s more: ${String(explain(error))}\n`,
      );
    },
  });
  print({ schema: 'current' });
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
