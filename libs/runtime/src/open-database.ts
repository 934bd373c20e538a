import { awaitDatabase, createDataSource, poolUse, readConnectionRoom } from '@dialtone/persistence';
import { databaseMetrics, type Logger, type ReconcilerConfig, type Registry } from '@dialtone/platform';
import { warnWithoutRoom } from './connection-room';

/** A pool of connections; the caller destroys it. */
export type Database = ReturnType<typeof createDataSource>;

export type DatabaseConfig = Pick<
  ReconcilerConfig,
  'databaseUrl' | 'databasePoolSize' | 'databaseTimeoutMs' | 'databaseWaitMs'
>;

export interface DatabaseParts {
  readonly config: DatabaseConfig;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  /** How long a statement waits for a lock, ms. Default: as long as it may run. */
  readonly lockTimeoutMs?: number;
  readonly logger: Pick<Logger, 'warn'>;
  /** Shows the use of the pool and its losses. */
  readonly registry: Registry;
}

/**
 * Opens the pool of a process, and waits up to `databaseWaitMs` for a database that does not answer. Rejects with a sentence
 * for the operator when the database cannot be used, and warns when the server has no room for the full pool.
 */
export const openDatabase = async (parts: DatabaseParts): Promise<Database> => {
  const { config, applicationName, lockTimeoutMs, logger, registry } = parts;
  const database = createDataSource({
    url: config.databaseUrl,
    poolSize: config.databasePoolSize,
    applicationName,
    statementTimeoutMs: config.databaseTimeoutMs,
    connectTimeoutMs: config.databaseTimeoutMs,
    ...(lockTimeoutMs !== undefined && { lockTimeoutMs }),
    onGivenUp: (reason) => {
      metrics.connectionGivenUp(reason);
    },
    onPoolError: (error) => {
      metrics.connectionFailed();
      logger.warn({ err: error }, 'A database connection failed; the pool replaces it');
    },
  });
  const metrics = databaseMetrics(registry, () => poolUse(database));
  try {
    const opened = await awaitDatabase(() => database.initialize(), {
      forMs: config.databaseWaitMs,
      onWaiting: ({ error, waitedMs }) => {
        const left = Math.round((config.databaseWaitMs - waitedMs) / 1_000);
        logger.warn({ waited_ms: waitedMs }, `Waiting for the database (${reasonOf(error)}), ${String(left)} s more`);
      },
    });
    await warnWithoutRoom(() => readConnectionRoom(opened), { poolSize: config.databasePoolSize, logger });
    return opened;
  } catch (error) {
    const reason = reasonOf(error);
    throw new Error(`The database that DATABASE_URL names cannot be used: ${reason}`, { cause: error });
  }
};

/** An error of several addresses has no message of its own. */
const reasonOf = (error: unknown): string => {
  const { message, errors } = (error ?? {}) as { readonly message?: string; readonly errors?: readonly unknown[] };
  if (message !== undefined && message !== '') return message;
  return errors?.[0] instanceof Error ? errors[0].message : 'no answer';
};
