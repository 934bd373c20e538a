import 'reflect-metadata';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { BoundedClient, SESSION_OPTIONS } from './bounded-client';
import { Agent } from './entities/agent.entity';
import { ApiKey } from './entities/api-key.entity';
import { Connection } from './entities/connection.entity';
import { Partner } from './entities/partner.entity';
import { Initial1764000000000 } from './migrations/1764000000000-initial';
import { IdempotencyKeys1764100000000 } from './migrations/1764100000000-idempotency-keys';
import { Telephony1764200000000 } from './migrations/1764200000000-telephony';
import { RequestWindows1764210000000 } from './migrations/1764210000000-request-windows';
import { Calls1764220000000 } from './migrations/1764220000000-calls';
import { LaneFloors1764300000000 } from './migrations/1764300000000-lane-floors';
import { SweepHealth1764330000000 } from './migrations/1764330000000-sweep-health';
import { NameKeys1764340000000 } from './migrations/1764340000000-name-keys';
import { RequestedWrites1764350000000 } from './migrations/1764350000000-requested-writes';
import { NumberKeys1764400000000 } from './migrations/1764400000000-number-keys';
import { ListMemories1764410000000 } from './migrations/1764410000000-list-memories';
import { SeenWrites1764420000000 } from './migrations/1764420000000-seen-writes';
import { SharedAccounts1764430000000 } from './migrations/1764430000000-shared-accounts';
import { EverListed1764440000000 } from './migrations/1764440000000-ever-listed';
import { Stalls1764441000000 } from './migrations/1764441000000-stalls';
import { ClientLists1764442000000 } from './migrations/1764442000000-client-lists';
import { InboundClaims1764460000000 } from './migrations/1764460000000-inbound-claims';
import { LoginAttempts1764461000000 } from './migrations/1764461000000-login-attempts';
import { CallLimits1764462000000 } from './migrations/1764462000000-call-limits';
import { ConditionTimes1764530000000 } from './migrations/1764530000000-condition-times';
import { ToldWindows1764510000000 } from './migrations/1764510000000-told-windows';
import { PoolShares, shareLimits } from './pool-shares';
import { DisconnectedAt1764480000000 } from './migrations/1764480000000-disconnected-at';
import { AccountLists1764490000000 } from './migrations/1764490000000-account-lists';
import { Quotas1764500000000 } from './migrations/1764500000000-quotas';
import { DeclarationMarks1764520000000 } from './migrations/1764520000000-declaration-marks';
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
    migrations: [
      Initial1764000000000,
      IdempotencyKeys1764100000000,
      Telephony1764200000000,
      RequestWindows1764210000000,
      Calls1764220000000,
      LaneFloors1764300000000,
      SweepHealth1764330000000,
      NameKeys1764340000000,
      RequestedWrites1764350000000,
      NumberKeys1764400000000,
      ListMemories1764410000000,
      SeenWrites1764420000000,
      SharedAccounts1764430000000,
      EverListed1764440000000,
      Stalls1764441000000,
      ClientLists1764442000000,
      InboundClaims1764460000000,
      LoginAttempts1764461000000,
      CallLimits1764462000000,
      DisconnectedAt1764480000000,
      AccountLists1764490000000,
      Quotas1764500000000,
      ToldWindows1764510000000,
      DeclarationMarks1764520000000,
      ConditionTimes1764530000000,
    ],
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
