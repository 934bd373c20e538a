import type { DataSource } from 'typeorm';
import type { Queryable } from './db';

/** How a transaction ends. The caller gets the result in either case. */
export type TransactionEnd<T> = { readonly commit: T } | { readonly rollback: T };

/**
 * One transaction that ends as `work` says. For work that finds out only under its own locks and writes that nothing is to be
 * written. An error rolls back and is thrown on.
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
    // The connection may be lost: what went wrong first is what the caller has to know.
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
    throw error;
  } finally {
    await runner.release();
  }
};
