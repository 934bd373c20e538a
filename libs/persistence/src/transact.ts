import type { DataSource } from 'typeorm';
import type { Queryable } from './db';

/** How a transaction ends. The caller gets the result in either case. */
export type TransactionEnd<T> = { readonly commit: T } | { readonly rollback: T };

/**
 * One transaction that commits or rolls back as `work` returns: for work that learns only under its own locks and writes that
 * nothing must be written. An error rolls back and is rethrown.
 */
export const transact = async <T>(ds: DataSource, work: (tx: Queryable) => Promise<TransactionEnd<T>>): Promise<T> => {
  const runner = ds.createQueryRunner();
  try {
    await runner.startTransaction();
    const end = await work(runner);
    if ('rollback' in end) {
      await runner.rollbackTransaction();
      return end.rollback;
    }
    await runner.commitTransaction();
    return end.commit;
  } catch (error) {
    // The connection may be lost; the caller needs the first error.
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
    throw error;
  } finally {
    await runner.release();
  }
};
