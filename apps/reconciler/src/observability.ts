import type { ConnectionCounts, StaleCount, Stores, WorkCounts } from '@dialtone/persistence';
import {
  registerSnapshotGauges,
  STALE_DIDS,
  type HealthRegistry,
  type Registry,
  type Sample,
  type SnapshotGauge,
} from '@dialtone/platform';
import type { EventPump } from './events/event-pump';
import type { ReconcileLoops } from './engine/reconcile-loops';

/** A loop that has not polled its queue for this long is stuck, and only a restart helps. */
const STANDSTILL_MS = 120_000;

/** Null while the database cannot be asked. */
export type TakeCounts = () => Promise<WorkCounts | null>;

const samplesOf = (record: Readonly<Partial<Record<string, number>>>, label: string): readonly Sample[] =>
  Object.entries(record).map(([name, value]) => ({ labels: { [label]: name }, value: value ?? 0 }));

/** One sample for each connection. */
const perConnection =
  (valueOf: (connection: ConnectionCounts) => number) =>
  ({ connections }: WorkCounts): readonly Sample[] =>
    connections.map((one) => ({ labels: { connection_id: one.connection }, value: valueOf(one) }));

/** Declared numbers always have a READY sample: without a ready number the share must be 0, not missing. */
const didSamples = ({ connection, dids }: ConnectionCounts): readonly Sample[] => {
  const hasReady = dids.some(({ declared, state }) => declared && state === 'READY');
  const all = hasReady ? dids : [...dids, { declared: true, state: 'READY', count: 0 }];
  return all.map(({ declared, state, count }) => ({
    labels: { connection_id: connection, declared: String(declared), state },
    value: count,
  }));
};

const staleCounts = ({ connection, dids }: ConnectionCounts): readonly StaleCount[] =>
  [true, false].map((declared) => ({
    connection,
    declared,
    stale: dids.reduce((sum, one) => (one.declared === declared ? sum + one.stale : sum), 0),
  }));

const BY_CONNECTION: readonly SnapshotGauge<WorkCounts>[] = [
  {
    name: 'dialtone_dids',
    help: 'DIDs by connection, state, and whether they are declared',
    labels: ['connection_id', 'declared', 'state'],
    read: ({ connections }) => connections.flatMap(didSamples),
  },
  { ...STALE_DIDS, read: ({ connections }) => STALE_DIDS.read(connections.flatMap(staleCounts)) },
  {
    name: 'dialtone_unready_oldest_seconds',
    help: 'For how long the declared number has not been READY for which that is longest; 0 when all are',
    labels: ['connection_id'],
    read: perConnection(({ oldestUnreadySeconds }) => oldestUnreadySeconds),
  },
  {
    name: 'dialtone_drifts_open',
    help: 'Open drifts',
    labels: ['connection_id'],
    read: perConnection(({ openDrifts }) => openDrifts),
  },
  {
    name: 'dialtone_drift_issues_open',
    help: 'Open drifts by issue; one drift counts once for each of its issues',
    labels: ['connection_id', 'issue'],
    read: ({ connections }) =>
      connections.flatMap(({ connection, driftsByIssue }) =>
        samplesOf(driftsByIssue, 'issue').map(({ labels, value }) => ({
          labels: { ...labels, connection_id: connection },
          value,
        })),
      ),
  },
  {
    name: 'dialtone_advisories_active',
    help: 'Advisories that stand beside declarations, by code',
    labels: ['connection_id', 'code'],
    read: ({ connections }) =>
      connections.flatMap(({ connection, advisoriesByCode }) =>
        samplesOf(advisoriesByCode, 'code').map(({ labels, value }) => ({
          labels: { ...labels, connection_id: connection },
          value,
        })),
      ),
  },
  {
    name: 'dialtone_connection_account_shared',
    help: '1 while another connection of the partner uses the same VoiceLink account',
    labels: ['connection_id'],
    read: perConnection(({ sharing }) => sharing),
  },
  {
    name: 'dialtone_binding_oldest_due_seconds',
    help: 'Age of the oldest binding that is due and not worked on',
    labels: ['connection_id'],
    read: perConnection(({ oldestDueSeconds }) => oldestDueSeconds),
  },
  {
    name: 'dialtone_connection_last_complete_sweep_timestamp_seconds',
    help: 'When the last sweep began that read every list to its end; before the first when the connection was made',
    labels: ['connection_id'],
    read: perConnection(({ lastCompleteSweepAt }) => lastCompleteSweepAt),
  },
  {
    name: 'dialtone_connection_writes_held',
    help: '1 while a guard holds the writes of the connection',
    labels: ['connection_id'],
    read: perConnection(({ held }) => held),
  },
  {
    name: 'dialtone_connection_credentials_refused',
    help: '1 while VoiceLink refuses the credentials of the connection',
    labels: ['connection_id'],
    read: perConnection(({ refused }) => refused),
  },
  {
    name: 'dialtone_connection_suspect_lists',
    help: 'Lists of the connection that lack so much of what they had that nothing is derived from what is missing',
    labels: ['connection_id'],
    read: perConnection(({ suspectLists }) => suspectLists),
  },
  {
    name: 'dialtone_numbers_contested',
    help: 'Declared numbers that are not repaired for a while, because others undo repairs or VoiceLink does not list them',
    labels: ['connection_id'],
    read: perConnection(({ contested }) => contested),
  },
  {
    name: 'dialtone_writes_unresolved',
    help: 'Writes to VoiceLink that are under way or whose outcome is not known',
    labels: ['connection_id'],
    read: perConnection(({ unresolvedWrites }) => unresolvedWrites),
  },
  {
    name: 'dialtone_write_oldest_unresolved_seconds',
    help: 'Age of the oldest write to VoiceLink that is under way or whose outcome is not known',
    labels: ['connection_id'],
    read: perConnection(({ oldestUnresolvedWriteSeconds }) => oldestUnresolvedWriteSeconds),
  },
];

const OF_ALL: readonly SnapshotGauge<WorkCounts>[] = [
  {
    name: 'dialtone_bindings',
    help: 'Bindings by outcome of the last reconcile',
    labels: ['outcome'],
    read: ({ bindingsByOutcome }) => samplesOf(bindingsByOutcome, 'outcome'),
  },
  {
    name: 'dialtone_leases_held',
    help: 'Leases that are held, by kind',
    labels: ['kind'],
    read: ({ leasesByKind }) => samplesOf(leasesByKind, 'kind'),
  },
  {
    name: 'dialtone_events_unsent',
    help: 'Events that a reader of the log has not passed',
    labels: ['cursor'],
    read: ({ cursors }) => cursors.map(({ cursor, unsent }) => ({ labels: { cursor }, value: unsent })),
  },
  {
    name: 'dialtone_events_oldest_unsent_seconds',
    help: 'Age of the oldest event that a reader of the log has not passed',
    labels: ['cursor'],
    read: ({ cursors }) =>
      cursors.map(({ cursor, oldestUnsentSeconds }) => ({ labels: { cursor }, value: oldestUnsentSeconds })),
  },
  {
    name: 'dialtone_pauses_standing',
    help: 'Pauses of repairs that stand, of all partners',
    read: ({ pauses }) => pauses.standing,
  },
  {
    name: 'dialtone_oldest_pause_seconds',
    help: 'Age of the oldest pause that stands; 0 when none does',
    read: ({ pauses }) => pauses.oldestSeconds,
  },
  {
    name: 'dialtone_events_unsequenced',
    help: 'Events that have no position yet',
    read: ({ unsequenced }) => unsequenced.events,
  },
  {
    name: 'dialtone_events_oldest_unsequenced_seconds',
    help: 'Age of the oldest event that has no position yet',
    read: ({ unsequenced }) => unsequenced.oldestSeconds,
  },
];

export interface Observed {
  readonly counts: TakeCounts;
  readonly loops: Pick<ReconcileLoops, 'idleMs'>;
  readonly pump: Pick<EventPump, 'leads' | 'relays'>;
}

/** Gauges from the database, the same in every replica, and gauges of this replica; collected at each scrape. */
export const registerGauges = (registry: Registry, { counts, loops, pump }: Observed): void => {
  registerSnapshotGauges(registry, counts, [...BY_CONNECTION, ...OF_ALL]);
  registerSnapshotGauges(registry, () => pump.relays.state(), [
    {
      name: 'dialtone_relay_connected',
      help: '1 while Kafka answers the relays of this replica; with nothing to send they ask at an interval',
      read: ({ connected }) => Number(connected),
    },
    {
      name: 'dialtone_relay_consecutive_failures',
      help: 'Failed batches since the last success, by topic',
      labels: ['topic'],
      read: ({ topics }) => [...topics].map(([topic, { failures }]) => ({ labels: { topic }, value: failures })),
    },
  ]);
  registerSnapshotGauges(registry, () => pump.leads, [
    {
      name: 'dialtone_leader',
      help: '1 while this replica does what one replica does at a time',
      labels: ['role'],
      read: (leads) => Object.entries(leads).map(([role, isHeld]) => ({ labels: { role }, value: Number(isHeld) })),
    },
  ]);
  registerSnapshotGauges(registry, () => loops.idleMs(), [
    {
      name: 'dialtone_queue_idle_seconds',
      help: 'Time since this replica last looked at the queue of bindings',
      read: (idleMs) => idleMs / 1000,
    },
  ]);
};

/** Kafka is not part of readiness: without it everything but delivery goes on. */
export const registerHealth = (
  health: HealthRegistry,
  { stores, loops }: { readonly stores: Pick<Stores, 'probe'>; readonly loops: Pick<ReconcileLoops, 'idleMs'> },
): void => {
  health.add('readiness', 'database', async () => {
    await stores.probe.check();
    return null;
  });
  health.add('liveness', 'reconcile loop', () => {
    const idleMs = loops.idleMs();
    return Promise.resolve(
      idleMs > STANDSTILL_MS ? `the queue was not looked at for ${String(Math.round(idleMs / 1000))} s` : null,
    );
  });
};
