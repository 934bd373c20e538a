import type { ConnectionCounts, WorkCounts } from '@dialtone/persistence';
import { HealthRegistry, Registry } from '@dialtone/platform';
import { ManualClock } from '@dialtone/testing';
import { seriesOf } from '../test/series-of';
import { registerGauges, registerHealth, type Observed } from './observability';

const QUIET: ConnectionCounts = {
  connection: 'quiet',
  dids: [],
  oldestUnreadySeconds: 0,
  openDrifts: 0,
  driftsByIssue: {},
  advisoriesByCode: {},
  sharing: 0,
  oldestDueSeconds: 0,
  unresolvedWrites: 0,
  oldestUnresolvedWriteSeconds: 0,
  held: 0,
  refused: 0,
  suspectLists: 0,
  contested: 0,
  lastCompleteSweepAt: 1_700_000_000,
};
const BUSY: ConnectionCounts = {
  connection: 'busy',
  dids: [
    { declared: true, state: 'READY', count: 7, stale: 2 },
    { declared: true, state: 'NO_BOT', count: 3, stale: 1 },
    { declared: false, state: 'READY', count: 5, stale: 0 },
  ],
  oldestUnreadySeconds: 600,
  openDrifts: 3,
  driftsByIssue: { NO_BOT: 2, ROUTING_MISSING: 3 },
  advisoriesByCode: { BOT_MISMATCH: 2, UNDECLARED_ENDPOINT: 1 },
  sharing: 1,
  oldestDueSeconds: 12,
  unresolvedWrites: 4,
  oldestUnresolvedWriteSeconds: 90,
  held: 1,
  refused: 1,
  suspectLists: 2,
  contested: 3,
  lastCompleteSweepAt: 1_700_000_060,
};
const COUNTS: WorkCounts = {
  bindingsDue: 9,
  bindingsByOutcome: { settled: 20, retry: 2 },
  connections: [BUSY, QUIET],
  cursors: [{ cursor: 'kafka', unsent: 6, oldestUnsentSeconds: 8 }],
  unsequenced: { events: 2, oldestSeconds: 1 },
  pauses: { standing: 2, oldestSeconds: 90 },
  leasesByKind: { did: 3, sweep: 1 },
};

const scraped = (changes: Partial<{ counts: WorkCounts | null; idleMs: number }> = {}) => {
  const registry = new Registry();
  const { counts = COUNTS, idleMs = 1_500 } = changes;
  const topics = new Map([
    ['voicelink.drift.v1', { failures: 4 }],
    ['voicelink.warnings.v1', { failures: 0 }],
  ]);
  const state = { connected: true, topics };
  const observed = {
    counts: () => Promise.resolve(counts),
    loops: { idleMs: () => idleMs },
    pump: { leads: { sequencer: true, relay: false }, relays: { state: () => state } },
  };
  registerGauges(registry, observed as unknown as Observed);
  return registry;
};
const perConnection = (name: string, busy: number, quiet: number): readonly string[] => [
  `${name}{connection_id="busy"} ${String(busy)}`,
  `${name}{connection_id="quiet"} ${String(quiet)}`,
];

describe('the gauges of the database', () => {
  it.each<{ name: string; want: readonly string[] }>([
    {
      name: 'dialtone_dids_stale',
      want: [
        'dialtone_dids_stale{connection_id="busy",declared="true"} 3',
        'dialtone_dids_stale{connection_id="busy",declared="false"} 0',
        'dialtone_dids_stale{connection_id="quiet",declared="true"} 0',
        'dialtone_dids_stale{connection_id="quiet",declared="false"} 0',
      ],
    },
    {
      name: 'dialtone_advisories_active',
      want: [
        'dialtone_advisories_active{code="BOT_MISMATCH",connection_id="busy"} 2',
        'dialtone_advisories_active{code="UNDECLARED_ENDPOINT",connection_id="busy"} 1',
      ],
    },
    {
      name: 'dialtone_connection_account_shared',
      want: perConnection('dialtone_connection_account_shared', 1, 0),
    },
    { name: 'dialtone_drifts_open', want: perConnection('dialtone_drifts_open', 3, 0) },
    {
      name: 'dialtone_drift_issues_open',
      want: [
        'dialtone_drift_issues_open{issue="NO_BOT",connection_id="busy"} 2',
        'dialtone_drift_issues_open{issue="ROUTING_MISSING",connection_id="busy"} 3',
      ],
    },
    {
      name: 'dialtone_binding_oldest_due_seconds',
      want: perConnection('dialtone_binding_oldest_due_seconds', 12, 0),
    },
    {
      name: 'dialtone_connection_last_complete_sweep_timestamp_seconds',
      want: perConnection('dialtone_connection_last_complete_sweep_timestamp_seconds', 1_700_000_060, 1_700_000_000),
    },
    { name: 'dialtone_connection_writes_held', want: perConnection('dialtone_connection_writes_held', 1, 0) },
    { name: 'dialtone_unready_oldest_seconds', want: perConnection('dialtone_unready_oldest_seconds', 600, 0) },
    { name: 'dialtone_connection_suspect_lists', want: perConnection('dialtone_connection_suspect_lists', 2, 0) },
    {
      name: 'dialtone_connection_credentials_refused',
      want: perConnection('dialtone_connection_credentials_refused', 1, 0),
    },
    { name: 'dialtone_numbers_contested', want: perConnection('dialtone_numbers_contested', 3, 0) },
    { name: 'dialtone_writes_unresolved', want: perConnection('dialtone_writes_unresolved', 4, 0) },
    {
      name: 'dialtone_write_oldest_unresolved_seconds',
      want: perConnection('dialtone_write_oldest_unresolved_seconds', 90, 0),
    },
    {
      name: 'dialtone_bindings',
      want: ['dialtone_bindings{outcome="settled"} 20', 'dialtone_bindings{outcome="retry"} 2'],
    },
    {
      name: 'dialtone_leases_held',
      want: ['dialtone_leases_held{kind="did"} 3', 'dialtone_leases_held{kind="sweep"} 1'],
    },
    { name: 'dialtone_events_unsent', want: ['dialtone_events_unsent{cursor="kafka"} 6'] },
    {
      name: 'dialtone_events_oldest_unsent_seconds',
      want: ['dialtone_events_oldest_unsent_seconds{cursor="kafka"} 8'],
    },
    { name: 'dialtone_pauses_standing', want: ['dialtone_pauses_standing 2'] },
    { name: 'dialtone_oldest_pause_seconds', want: ['dialtone_oldest_pause_seconds 90'] },
    { name: 'dialtone_events_unsequenced', want: ['dialtone_events_unsequenced 2'] },
    { name: 'dialtone_events_oldest_unsequenced_seconds', want: ['dialtone_events_oldest_unsequenced_seconds 1'] },
  ])('$name', async ({ name, want }) => {
    expect(await seriesOf(scraped(), name)).toEqual(want);
  });

  it('show a share of nothing as 0: declared numbers always have a READY sample', async () => {
    expect(await seriesOf(scraped(), 'dialtone_dids{')).toEqual([
      'dialtone_dids{connection_id="busy",declared="true",state="READY"} 7',
      'dialtone_dids{connection_id="busy",declared="true",state="NO_BOT"} 3',
      'dialtone_dids{connection_id="busy",declared="false",state="READY"} 5',
      'dialtone_dids{connection_id="quiet",declared="true",state="READY"} 0',
    ]);
  });

  it('are left out while the database cannot be asked, and only they', async () => {
    const registry = scraped({ counts: null });
    const names = (await seriesOf(registry, 'dialtone_')).map((line) => line.replace(/[{ ].*/, ''));
    expect(new Set(names)).toEqual(
      new Set([
        'dialtone_relay_connected',
        'dialtone_relay_consecutive_failures',
        'dialtone_leader',
        'dialtone_queue_idle_seconds',
      ]),
    );
  });
});

describe('the gauges of this replica', () => {
  it.each([
    { name: 'dialtone_relay_connected', want: ['dialtone_relay_connected 1'] },
    {
      name: 'dialtone_relay_consecutive_failures',
      want: [
        'dialtone_relay_consecutive_failures{topic="voicelink.drift.v1"} 4',
        'dialtone_relay_consecutive_failures{topic="voicelink.warnings.v1"} 0',
      ],
    },
    { name: 'dialtone_leader', want: ['dialtone_leader{role="sequencer"} 1', 'dialtone_leader{role="relay"} 0'] },
    { name: 'dialtone_queue_idle_seconds', want: ['dialtone_queue_idle_seconds 1.5'] },
  ])('$name', async ({ name, want }) => {
    expect(await seriesOf(scraped(), name)).toEqual(want);
  });
});

describe('the health of the reconciler', () => {
  const health = () => {
    const clock = new ManualClock();
    const startedAt = clock.now();
    const database = { isAway: false };
    const registry = new HealthRegistry();
    registerHealth(registry, {
      stores: { probe: { check: () => (database.isAway ? Promise.reject(new Error('away')) : Promise.resolve()) } },
      loops: { idleMs: () => clock.now() - startedAt },
    });
    return { clock, database, registry };
  };

  it('is live until the queue was not looked at for two minutes', async () => {
    const { clock, registry } = health();
    await clock.advance(120_000);
    expect(await registry.report('liveness')).toEqual({ healthy: true, checks: { 'reconcile loop': 'ok' } });
    await clock.advance(1_000);
    expect(await registry.report('liveness')).toEqual({
      healthy: false,
      checks: { 'reconcile loop': 'the queue was not looked at for 121 s' },
    });
  });

  it('is ready while the database answers', async () => {
    const { database, registry } = health();
    expect(await registry.report('readiness')).toEqual({ healthy: true, checks: { database: 'ok' } });
    database.isAway = true;
    expect(await registry.report('readiness')).toMatchObject({ healthy: false, checks: { database: 'failed' } });
    // A restart does not bring the database back.
    expect(await registry.report('liveness')).toMatchObject({ healthy: true });
  });
});
