import { seriesOf } from '../test/series-of';
import { reconcilerMetrics } from './metrics';

describe('the metrics of the reconciler', () => {
  it('name the app and its build', async () => {
    const { registry } = reconcilerMetrics({ buildRevision: '3f1c2ab', kafkaBrokers: [] });
    const [build] = await seriesOf(registry, 'dialtone_build_info');
    expect(build).toMatch(/^dialtone_build_info\{app="reconciler",.*revision="3f1c2ab"/);
  });

  it.each([
    { brokers: [], want: 0 },
    { brokers: ['127.0.0.1:9092'], want: 1 },
  ])('say whether Kafka is configured: $brokers', async ({ brokers, want }) => {
    const { registry } = reconcilerMetrics({ buildRevision: 'r', kafkaBrokers: brokers });
    expect(await seriesOf(registry, 'dialtone_kafka_configured')).toEqual([
      `dialtone_kafka_configured ${String(want)}`,
    ]);
  });

  it('show every step and every end of a request from the start', async () => {
    const { registry } = reconcilerMetrics({ buildRevision: 'r', kafkaBrokers: [] });
    expect(await seriesOf(registry, 'dialtone_upstream_writes_total')).toContain(
      'dialtone_upstream_writes_total{step="ensure_bot",outcome="unknown"} 0',
    );
    expect(await seriesOf(registry, 'dialtone_reconcile_requests_total')).toContain(
      'dialtone_reconcile_requests_total{result="dead_lettered"} 0',
    );
  });
});
