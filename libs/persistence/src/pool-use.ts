import type { DataSource } from 'typeorm';

/** What the pool of a data source looks like now. */
export interface PoolUse {
  /** Open connections that are in use. */
  readonly busy: number;
  /** Open connections that are idle. */
  readonly idle: number;
  /** Callers that wait for a connection, or for their partner's turn to take one. */
  readonly waiting: number;
  /** Most connections at once. */
  readonly limit: number;
}

/** The fields of the pool that are read here. TypeORM creates the pool when the data source is initialised. */
interface Pool {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
  readonly shares: { readonly waiting: number };
  readonly options: { readonly max: number };
}

/** Throws before the data source is initialised. Sends no query: these are counters of this process. */
export const poolUse = (ds: DataSource): PoolUse => {
  const { master } = ds.driver as unknown as { readonly master?: Pool };
  if (master === undefined) throw new Error('The data source has no pool yet.');
  const { totalCount, idleCount, waitingCount, shares, options } = master;
  return { busy: totalCount - idleCount, idle: idleCount, waiting: waitingCount + shares.waiting, limit: options.max };
};
