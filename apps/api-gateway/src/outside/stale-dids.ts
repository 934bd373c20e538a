import type { WorkStats } from '@dialtone/persistence';
import {
  COUNTS_MAX_AGE_MS,
  MAX_CONNECTIONS_SHOWN,
  registerSnapshotGauges,
  sharedSnapshot,
  STALE_DIDS,
  type Registry,
} from '@dialtone/platform';

/**
 * The gateway tells how many verdicts are stale, as the reconciler does: with no reconciler left its series are gone, and a
 * rule over them would be silent about just that. True, so that it can be a provider.
 */
export const registerStaleDids = (stats: Pick<WorkStats, 'stale'>, registry: Registry, freshForMs: number): true => {
  const take = sharedSnapshot(
    () => stats.stale({ maxConnections: MAX_CONNECTIONS_SHOWN, freshForMs }),
    COUNTS_MAX_AGE_MS,
  );
  registerSnapshotGauges(registry, take, [STALE_DIDS]);
  return true;
};
