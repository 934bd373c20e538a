import type { DataSource } from 'typeorm';

/** Any fixed number; only Dialtone's migrations use it. */
const MIGRATION_LOCK = 5_107_402_611;

/**
 * Brings the schema up to date and returns the names of the migrations that ran. Safe to call from several processes at
 * once: they wait for each other, and whoever comes later finds nothing to do.
 */
export const migrate = async (ds: DataSource): Promise<readonly string[]> => {
  const guard = ds.createQueryRunner();
  try {
    await guard.startTransaction();
    // The lock is held by a transaction that sits idle while the migrations run on another connection.
    await guard.query('set local statement_timeout = 0');
    await guard.query('set local idle_in_transaction_session_timeout = 0');
    await guard.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    const ran = await ds.runMigrations();
    await guard.commitTransaction();
    return ran.map((migration) => migration.name);
  } catch (error) {
    if (guard.isTransactionActive) await guard.rollbackTransaction().catch(() => undefined);
    throw error;
  } finally {
    await guard.release();
  }
};
