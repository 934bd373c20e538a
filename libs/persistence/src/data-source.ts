import 'reflect-metadata';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { BoundedClient, SESSION_OPTIONS } from './bounded-client';
import { Agent } from './entities/agent.entity';
import { ApiKey } from './entities/api-key.entity';
import { Connection } from './entities/connection.entity';
import { Partner } from './entities/partner.entity';
import { MIGRATIONS } from './migrations';
import { PoolShares, shareLimits } from './pool-shares';
import { type GivenUp, ServerWatch } from './server-watch';
import { SharedPool } from './shared-pool';

export interface DataSourceSettings {
  /** `postgres://user:password@host:port/database` */
  readonly url: string;
  /** Connections in this process's pool; at least 2, since a migration needs a second one while it holds its lock. */
  readonly poolSize: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  /**
   * The server ends a statement that runs longer; a second later the client closes the connection. 0 for no limit. Default
   * 30,000 ms. Statements that may take longer use `withLongStatements`.
   */
  readonly statementTimeoutMs?: number;
  /** How long a caller waits for a free or new connection. Default 5,000 ms. */
  readonly connectTimeoutMs?: number;
  /** How long a statement waits for a lock of another transaction (SQLSTATE 55P03 afterwards). Default: as long as it may run. */
  readonly lockTimeoutMs?: number;
  /** Called when an idle pooled connection fails; the pool replaces it by itself. Default: ignored. */
  readonly onPoolError?: (error: Error) => void;
  /** Called for each connection that was closed early or could not be opened. Default: ignored. */
  readonly onGivenUp?: (reason: GivenUp) => void;
}

/** A data source that is not connected yet: call `initialize()`. It never changes the schema; `migrate` does. */
export const createDataSource = (settings: DataSourceSettings): DataSource =>
  new DataSource({
    type: 'postgres',
    driver: { Pool: SharedPool, defaults: pg.defaults },
    url: settings.url,
    entities: [Partner, ApiKey, Agent, Connection],
    migrations: [...MIGRATIONS],
    migrationsTransactionMode: 'each',
    synchronize: false,
    logging: false,
    poolErrorHandler: (error: unknown) => {
      settings.onPoolError?.(error instanceof Error ? error : new Error(String(error)));
    },
    extra: {
      Client: BoundedClient,
      watch: new ServerWatch(settings.onGivenUp),
      max: Math.max(2, settings.poolSize),
      shares: new PoolShares(shareLimits(Math.max(2, settings.poolSize), settings.connectTimeoutMs ?? 5_000)),
      connectionTimeoutMillis: settings.connectTimeoutMs ?? 5_000,
      lock_timeout: settings.lockTimeoutMs ?? 0,
      statement_timeout: settings.statementTimeoutMs ?? 30_000,
      // A process that is paused inside a transaction, or cut off from the server, must not keep its row locks.
      idle_in_transaction_session_timeout: 10_000,
      options: SESSION_OPTIONS,
      application_name: settings.applicationName,
      keepAlive: true,
    },
  });
