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

const GIVEN_UP = ['silent', 'read_only', 'unreachable'] as const;

export interface DatabaseMetrics {
  /** A pooled connection broke while it was idle. */
  connectionFailed(): void;
  /** A connection was given up, or could not be opened. */
  connectionGivenUp(reason: (typeof GIVEN_UP)[number]): void;
}

/** Use, saturation and errors of this process's pool. `use` may throw while there is no pool: then nothing is shown. */
export const databaseMetrics = (registry: Registry, use: () => PoolUse): DatabaseMetrics => {
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
  const givenUp = new Counter({
    name: 'dialtone_database_connections_given_up_total',
    help: 'Database connections that were given up or could not be opened by reason: silent, read_only, unreachable',
    labelNames: ['reason'],
    registers: [registry],
  });
  for (const reason of GIVEN_UP) givenUp.inc({ reason }, 0);
  return {
    connectionFailed: () => {
      failures.inc();
    },
    connectionGivenUp: (reason) => {
      givenUp.inc({ reason });
    },
  };
};
