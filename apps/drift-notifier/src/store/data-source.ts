import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { MIGRATIONS } from './migrations';

export interface StoreSettings {
  readonly url: string;
  /** All tables are in it; an identifier that was validated. */
  readonly schema: string;
  readonly poolSize: number;
}

/** Not connected yet. Statements name tables without their schema, which is the search path of each session. */
export const createDataSource = ({ url, schema, poolSize }: StoreSettings): DataSource =>
  new DataSource({
    type: 'postgres',
    url,
    schema,
    migrations: [...MIGRATIONS],
    migrationsTransactionMode: 'each',
    synchronize: false,
    logging: false,
    poolErrorHandler: () => undefined, // The pool replaces the connection by itself.
    extra: {
      max: poolSize,
      connectionTimeoutMillis: 5_000,
      statement_timeout: 30_000,
      query_timeout: 35_000,
      // A process that is paused inside a transaction must not keep its row locks.
      idle_in_transaction_session_timeout: 10_000,
      options: `-c search_path=${schema}`,
      application_name: 'drift-notifier',
      keepAlive: true,
    },
  });
