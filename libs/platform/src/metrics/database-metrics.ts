import { Counter, type Registry } from 'prom-client';
import { registerSnapshotGauges } from './snapshot-gauges';

/** The state of a pool of database connections. */
export interface PoolUse {
  /** Open connections in use. */
  readonly busy: number;
  /** Open connections not in use. */
  readonly idle: number;
  /** Callers waiting for a connection. */
  readonly waiting: number;
  /** Most connections at once. */
  readonly limit: number;
}

/** Use, saturation and errors of this process's pool. `use` may throw while there is no pool: then nothing is shown. */
export const databaseMetrics = (registry: Registry, use: () => PoolUse): { connectionFailed(): void } => {
  const snapshot = (): PoolUse | null => {
    try {
      return use();
    } catch {
      return null;
    }
  };
  registerSnapshotGauges(registry, snapshot, [
    {
      name: 'dialtone_database_pool_connections',
      help: 'Open database connections of this process by state',
      labels: ['state'],
      read: ({ busy, idle }) => [
        { labels: { state: 'busy' }, value: busy },
        { labels: { state: 'idle' }, value: idle },
      ],
    },
    {
      name: 'dialtone_database_pool_limit',
      help: 'Most database connections of this process at once',
      read: ({ limit }) => limit,
    },
    {
      name: 'dialtone_database_pool_waiting',
      help: 'Callers that wait for a database connection',
      read: ({ waiting }) => waiting,
    },
  ]);
  const failures = new Counter({
    name: 'dialtone_database_connection_failures_total',
    help: 'Pooled database connections that broke while they were idle',
    registers: [registry],
  });
  return {
    connectionFailed: () => {
      failures.inc();
    },
  };
};
