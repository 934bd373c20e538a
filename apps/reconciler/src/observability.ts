import type { Stores } from '@dialtone/persistence';
import { registerSnapshotGauges, type HealthRegistry, type Registry } from '@dialtone/platform';
import { RELAY_CURSOR, type EventPump } from './events/event-pump';
import type { ReconcileLoops } from './engine/reconcile-loops';

/** A loop that has not looked at its queue for so long stands still, and only a restart helps. */
const STANDSTILL_MS = 120_000;

export interface Observed {
  readonly stores: Stores;
  readonly loops: ReconcileLoops;
  readonly pump: EventPump;
}

/** What the database knows and a process does not: asked when Prometheus asks. */
export const registerGauges = (registry: Registry, { stores, pump }: Observed): void => {
  registerSnapshotGauges(registry, () => stores.stats.counts(), [
    { name: 'dialtone_dids', help: 'DIDs by state', label: 'state', read: (counts) => counts.didsByState },
    { name: 'dialtone_dids_stale', help: 'DIDs whose verdict is stale', read: (counts) => counts.staleDids },
    { name: 'dialtone_drifts_open', help: 'Open drifts', read: (counts) => counts.openDrifts },
    {
      name: 'dialtone_bindings',
      help: 'Bindings by outcome of the last reconcile',
      label: 'outcome',
      read: (counts) => counts.bindingsByOutcome,
    },
    {
      name: 'dialtone_binding_oldest_due_seconds',
      help: 'Age of the oldest due binding',
      read: (counts) => counts.oldestDueSeconds,
    },
    {
      name: 'dialtone_writes_unresolved',
      help: 'Writes to VoiceLink whose outcome is not known',
      read: (counts) => counts.unresolvedWrites,
    },
    {
      name: 'dialtone_connections_held',
      help: 'Connections whose writes are held',
      read: (counts) => counts.heldConnections,
    },
  ]);
  const backlog = async (): Promise<{ readonly events: number; readonly ageSeconds: number }> => ({
    events: await stores.events.unsent(RELAY_CURSOR),
    ageSeconds: await stores.events.oldestUnsentSeconds(RELAY_CURSOR),
  });
  registerSnapshotGauges(registry, backlog, [
    { name: 'dialtone_events_unsent', help: 'Events that Kafka does not have yet', read: ({ events }) => events },
    {
      name: 'dialtone_events_oldest_unsent_seconds',
      help: 'Age of the oldest event that Kafka does not have yet',
      read: ({ ageSeconds }) => ageSeconds,
    },
  ]);
  registerSnapshotGauges(registry, () => Promise.resolve(pump.relay.state()), [
    {
      name: 'dialtone_relay_connected',
      help: '1 while Kafka is thought to be there',
      read: (relay) => Number(relay.connected),
    },
    { name: 'dialtone_relay_failures', help: 'Failed batches since the last success', read: (relay) => relay.failures },
  ]);
};

/** Kafka is not part of readiness: without it everything but delivery goes on. */
export const registerHealth = (health: HealthRegistry, { stores, loops }: Observed): void => {
  health.add('readiness', 'database', async () => {
    await stores.clock.time();
    return null;
  });
  health.add('liveness', 'reconcile loop', () => {
    const idleMs = loops.idleMs();
    return Promise.resolve(
      idleMs > STANDSTILL_MS ? `the queue was not looked at for ${String(Math.round(idleMs / 1000))} s` : null,
    );
  });
};
