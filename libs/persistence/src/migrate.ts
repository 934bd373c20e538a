import type { DataSource } from 'typeorm';
import { expectAppRole, grantRows } from './app-role';
import { hit, rows } from './db';

/** Any fixed number; only Dialtone's migrations use it. */
const MIGRATION_LOCK = 5_107_402_611;

/** Whether the schema lacks a migration of this build. Only reads, while TypeORM's own check creates its table. */
export const needsMigration = async (ds: DataSource): Promise<boolean> => {
  if (!(await hit(ds, `select 1 where to_regclass('migrations') is not null`))) return true;
  const done = new Set((await rows<{ name: string }>(ds, 'select name from migrations')).map(({ name }) => name));
  return ds.migrations.some(({ name = '' }) => !done.has(name));
};

/**
 * Brings the schema up to date and returns the names of the migrations that ran. Safe to call from several processes at
 * once: they wait for each other, and a later one finds nothing to do. `appRole`, when it is another one than that of the
 * data source, is granted what the stores need, also when no migration is missing.
 */
export const migrate = async (ds: DataSource, appRole?: string): Promise<readonly string[]> => {
  const guard = ds.createQueryRunner();
  try {
    await guard.startTransaction();
    // A transaction holds the lock and sits idle while the migrations run on another connection.
    await guard.query('set local statement_timeout = 0');
    await guard.query('set local idle_in_transaction_session_timeout = 0');
    await guard.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    if (appRole !== undefined) await expectAppRole(ds, appRole);
    const ran = await ds.runMigrations();
    if (appRole !== undefined) await grantRows(guard, appRole);
    await guard.commitTransaction();
    return ran.map((migration) => migration.name);
  } catch (error) {
    if (guard.isTransactionActive) await guard.rollbackTransaction().catch(() => undefined);
    throw error;
  } finally {
    await guard.release();
  }
};
