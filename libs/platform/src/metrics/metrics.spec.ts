import { registerBuildInfo } from './build-info';
import { controllerMetrics } from './controller-metrics';
import { databaseMetrics } from './database-metrics';
import { messagingMetrics, sweepMetrics, upstreamMetrics, writeMetrics } from './dialtone-metrics';
import { createRegistry, Registry } from './registry';
import { registerSnapshotGauges, sharedSnapshot } from './snapshot-gauges';

const samples = async (registry: Registry, name: string): Promise<string[]> =>
  (await registry.metrics()).split('\n').filter((line) => line.startsWith(name) && !line.includes('_bucket'));

describe('controller metrics', () => {
  it('follow an item from due to done under the names that Kubernetes controllers use', async () => {
    const registry = new Registry();
    let now = 100;
    const metrics = controllerMetrics(registry, {
      controller: 'binding',
      maxConcurrent: 4,
      depth: () => Promise.resolve(7),
      seconds: () => now,
    });
    metrics.added(3);
    metrics.retried();
    const first = metrics.begin(0.5);
    const second = metrics.begin(0);
    now = 102;
    first.end('success');
    first.end('error');
    now = 105;
    const queue = '{name="binding",controller="binding"}';
    expect(await samples(registry, 'workqueue_')).toEqual(
      expect.arrayContaining([
        `workqueue_depth${queue} 7`,
        `workqueue_adds_total${queue} 3`,
        `workqueue_retries_total${queue} 1`,
        `workqueue_unfinished_work_seconds${queue} 5`,
        `workqueue_longest_running_processor_seconds${queue} 5`,
        `workqueue_queue_duration_seconds_sum${queue} 0.5`,
        `workqueue_work_duration_seconds_sum${queue} 2`,
      ]),
    );
    second.end('error', { terminal: true });
    expect(await samples(registry, 'controller_runtime_')).toEqual(
      expect.arrayContaining([
        'controller_runtime_reconcile_total{controller="binding",result="success"} 1',
        'controller_runtime_reconcile_total{controller="binding",result="error"} 1',
        'controller_runtime_reconcile_errors_total{controller="binding"} 1',
        'controller_runtime_terminal_reconcile_errors_total{controller="binding"} 1',
        'controller_runtime_active_workers{controller="binding"} 0',
        'controller_runtime_max_concurrent_reconciles{controller="binding"} 4',
        'controller_runtime_reconcile_time_seconds_sum{controller="binding"} 7',
      ]),
    );
  });

  it('serve several controllers, and leave out a depth that cannot be read', async () => {
    const registry = new Registry();
    controllerMetrics(registry, {
      controller: 'a',
      maxConcurrent: 1,
      depth: () => Promise.reject(new Error('no database')),
    });
    controllerMetrics(registry, { controller: 'b', maxConcurrent: 2, depth: () => Promise.resolve(0) });
    expect(await samples(registry, 'workqueue_depth')).toEqual(['workqueue_depth{name="b",controller="b"} 0']);
    expect(await samples(registry, 'controller_runtime_max')).toHaveLength(2);
  });
});

describe('snapshot gauges', () => {
  it('take one snapshot for a scrape, and show a value for each set of labels', async () => {
    const registry = new Registry();
    let taken = 0;
    const states = [
      { labels: { state: 'READY', declared: 'true' }, value: 2 },
      { labels: { state: 'NO_BOT', declared: 'false' }, value: 1 },
    ];
    const snapshot = sharedSnapshot(() => Promise.resolve({ due: (taken += 1), states }), 60_000);
    registerSnapshotGauges(registry, snapshot, [
      { name: 'dialtone_bindings_due', help: 'x', read: (now) => now.due },
      { name: 'dialtone_dids', help: 'x', labels: ['state', 'declared'], read: (now) => now.states },
    ]);
    const expected = [
      'dialtone_bindings_due 1',
      'dialtone_dids{state="READY",declared="true"} 2',
      'dialtone_dids{state="NO_BOT",declared="false"} 1',
    ];
    expect(await samples(registry, 'dialtone_')).toEqual(expected);
    states.pop();
    expect(await samples(registry, 'dialtone_')).toEqual(expected.slice(0, 2));
    expect(taken).toBe(1);
  });

  it('keep out of the scrape while the snapshot cannot be taken, and ask again at the next', async () => {
    const registry = new Registry();
    let isAway = false;
    const snapshot = sharedSnapshot(() => (isAway ? Promise.reject(new Error('away')) : Promise.resolve(3)), 0);
    registerSnapshotGauges(registry, snapshot, [{ name: 'dialtone_bindings_due', help: 'x', read: (due) => due }]);
    expect(await samples(registry, 'dialtone_')).toEqual(['dialtone_bindings_due 3']);
    isAway = true;
    expect(await samples(registry, 'dialtone_')).toEqual([]);
    isAway = false;
    expect(await samples(registry, 'dialtone_')).toEqual(['dialtone_bindings_due 3']);
  });

  it('do not keep a failure for as long as a snapshot', async () => {
    const answers = [Promise.reject(new Error('away')), Promise.resolve(1)];
    const snapshot = sharedSnapshot(() => answers.shift() ?? Promise.resolve(2), 60_000);
    expect([await snapshot(), await snapshot(), await snapshot()]).toEqual([null, 1, 1]);
  });
});

describe('the metrics of Dialtone', () => {
  it('start at 0 where an alert watches for the first increase', async () => {
    const registry = new Registry();
    writeMetrics(registry, ['ensure_bot']);
    sweepMetrics(registry);
    messagingMetrics(registry, { configured: true, topics: ['drift'], requestResults: ['dead_lettered'] });
    controllerMetrics(registry, { controller: 'binding', maxConcurrent: 1, depth: () => Promise.resolve(0) });
    expect(await samples(registry, 'controller_runtime_')).toEqual(
      expect.arrayContaining([
        'controller_runtime_reconcile_total{controller="binding",result="error"} 0',
        'controller_runtime_terminal_reconcile_errors_total{controller="binding"} 0',
      ]),
    );
    expect(await samples(registry, 'dialtone_')).toEqual(
      expect.arrayContaining([
        'dialtone_upstream_writes_total{step="ensure_bot",outcome="unknown"} 0',
        'dialtone_upstream_write_resolutions_total{outcome="not_applied"} 0',
        'dialtone_sweeps_total{result="failed"} 0',
        'dialtone_voicelink_rows_set_aside_total{section="bots"} 0',
        'dialtone_reconcile_requests_total{result="dead_lettered"} 0',
        'dialtone_event_publish_failures_total{topic="drift"} 0',
        'dialtone_kafka_configured 1',
      ]),
    );
  });

  it('count what they are told', async () => {
    const registry = new Registry();
    const writes = writeMetrics(registry, []);
    writes.ended('ensure_bot', 'unknown');
    writes.resolved('applied', 2);
    const sweeps = sweepMetrics(registry);
    const sweep = { durationMs: 2000, keys: 40, changed: 3, setAside: { dids: 2 } };
    sweeps.swept({ ...sweep, complete: true, held: false });
    sweeps.swept({ ...sweep, complete: false, held: false });
    sweeps.swept({ ...sweep, complete: true, held: true });
    const messaging = messagingMetrics(registry, { configured: false, topics: [], requestResults: [] });
    messaging.consumer({ running: true, crashes: 1 });
    messaging.consumer({ running: false, crashes: 3 });
    expect(await samples(registry, 'dialtone_')).toEqual(
      expect.arrayContaining([
        'dialtone_upstream_writes_total{step="ensure_bot",outcome="unknown"} 1',
        'dialtone_upstream_write_resolutions_total{outcome="applied"} 2',
        'dialtone_sweeps_total{result="complete"} 1',
        'dialtone_sweeps_total{result="incomplete"} 1',
        'dialtone_sweeps_total{result="held"} 1',
        'dialtone_sweep_duration_seconds_sum 6',
        'dialtone_sweep_dids_total 120',
        'dialtone_sweep_changed_dids_total 9',
        'dialtone_voicelink_rows_set_aside_total{section="dids"} 6',
        'dialtone_request_consumer_running 0',
        'dialtone_request_consumer_crashes_total 3',
      ]),
    );
  });

  it('show the pool of database connections as soon as there is one', async () => {
    const registry = new Registry();
    const pool = { busy: 3, idle: 1, waiting: 2, limit: 10 };
    let isOpen = false;
    const database = databaseMetrics(registry, () => {
      if (!isOpen) throw new Error('no pool');
      return pool;
    });
    expect(await samples(registry, 'dialtone_database_pool')).toEqual([]);
    isOpen = true;
    database.connectionFailed();
    database.connectionGivenUp('silent');
    expect(await samples(registry, 'dialtone_')).toEqual([
      'dialtone_database_pool_connections{state="busy"} 3',
      'dialtone_database_pool_connections{state="idle"} 1',
      'dialtone_database_pool_limit 10',
      'dialtone_database_pool_waiting 2',
      'dialtone_database_connection_failures_total 1',
      'dialtone_database_connections_given_up_total{reason="silent"} 1',
      'dialtone_database_connections_given_up_total{reason="read_only"} 0',
      'dialtone_database_connections_given_up_total{reason="unreachable"} 0',
    ]);
  });

  it('say which build runs', async () => {
    const registry = new Registry();
    registerBuildInfo(registry, { app: 'reconciler', revision: '3f1c2ab' });
    expect(await samples(registry, 'dialtone_build_info')).toEqual([
      expect.stringMatching(
        /^dialtone_build_info\{app="reconciler",version="\d+\.\d+\.\d+",revision="3f1c2ab",node_version="v\d+.*"\} 1$/,
      ) as string,
    ]);
  });
});

describe('a registry', () => {
  it('is of its own for every caller, with the metrics of Node', async () => {
    for (const registry of [createRegistry(), createRegistry()]) {
      upstreamMetrics(registry)({ endpoint: 'GET /v1/x', outcome: 'ok', durationMs: 250 });
      const text = await registry.metrics();
      expect(text).toContain('dialtone_upstream_requests_total{endpoint="GET /v1/x",outcome="ok"} 1');
      expect(text).toContain('dialtone_upstream_request_duration_seconds_sum{endpoint="GET /v1/x",outcome="ok"} 0.25');
      expect(text).toContain('nodejs_eventloop_lag_seconds');
    }
  });
});
