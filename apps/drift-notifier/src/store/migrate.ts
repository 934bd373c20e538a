import type { DataSource } from 'typeorm';

/** Any fixed number; only migrations of this service use it. */
const MIGRATION_LOCK = 6_402_115_907;

/** Brings the schema up to date. Replicas that start together wait for each other. */
export const migrate = async (ds: DataSource, schema: string): Promise<void> => {
  const guard = ds.createQueryRunner();
  try {
    await guard.startTransaction();
    // The lock is held by a transaction that sits idle while the migrations run on another connection.
    await guard.query('set local statement_timeout = 0');
    await guard.query('set local idle_in_transaction_session_timeout = 0');
    await guard.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await ds.query(`create schema if not exists "${schema}"`);
    await ds.runMigrations();
    await guard.commitTransaction();
  } catch (error) {
    if (guard.isTransactionActive) await guard.rollbackTransaction().catch(() => undefined);
    throw error;
  } finally {
    await guard.release();
  }
};
