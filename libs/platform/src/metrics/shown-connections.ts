import type { SnapshotGauge } from './snapshot-gauges';

/** Connections beyond these share one label, so that the number of series is bounded. */
export const MAX_CONNECTIONS_SHOWN = 100;

/** Several scrapers, and the gauges of one scrape, share one query of the database. */
export const COUNTS_MAX_AGE_MS = 5_000;

interface StaleDids {
  readonly connection: string;
  readonly declared: boolean;
  readonly stale: number;
}

/** The gateway has it too: it must be told also when no reconciler is left to tell it. */
export const STALE_DIDS: SnapshotGauge<readonly StaleDids[]> = {
  name: 'dialtone_dids_stale',
  help: 'DIDs whose verdict is not fresh: the last look did not confirm it, or was too long ago',
  labels: ['connection_id', 'declared'],
  read: (counts) =>
    counts.map(({ connection, declared, stale }) => ({
      labels: { connection_id: connection, declared: String(declared) },
      value: stale,
    })),
};
