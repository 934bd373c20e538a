import { controllerMetrics } from './controller-metrics';
import { dialtoneMetrics } from './dialtone-metrics';
import { createRegistry, registerSnapshotGauges, Registry } from './registry';

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
  it('take one snapshot for a scrape, and show a value per label', async () => {
    const registry = new Registry();
    let taken = 0;
    const take = () => Promise.resolve({ due: (taken += 1), byState: { READY: 2, NO_BOT: 1 } });
    registerSnapshotGauges(registry, take, [
      { name: 'dialtone_bindings_due', help: 'x', read: (now) => now.due },
      { name: 'dialtone_dids', help: 'x', label: 'state', read: (now) => now.byState },
    ]);
    const expected = ['dialtone_bindings_due 1', 'dialtone_dids{state="READY"} 2', 'dialtone_dids{state="NO_BOT"} 1'];
    expect(await samples(registry, 'dialtone_')).toEqual(expected);
    expect(taken).toBe(1);
  });

  it('keep out of the scrape while the snapshot cannot be taken', async () => {
    const registry = new Registry();
    registerSnapshotGauges(registry, () => Promise.reject(new Error('no database')), [
      { name: 'dialtone_bindings_due', help: 'x', read: () => 1 },
    ]);
    expect(await samples(registry, 'dialtone_')).toEqual([]);
  });
});

describe('a registry', () => {
  it('is of its own for every caller, with the metrics of Node', async () => {
    for (const registry of [createRegistry(), createRegistry()]) {
      dialtoneMetrics(registry).upstreamRequests.inc({ endpoint: 'GET /v1/x', outcome: 'ok' });
      const text = await registry.metrics();
      expect(text).toContain('dialtone_upstream_requests_total{endpoint="GET /v1/x",outcome="ok"} 1');
      expect(text).toContain('nodejs_eventloop_lag_seconds');
    }
  });
});
