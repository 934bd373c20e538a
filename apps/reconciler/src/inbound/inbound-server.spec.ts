import { messagingMetrics, Registry, type ReconcilerConfig } from '@dialtone/platform';
import { recordedLog } from '../../test/recorded-log';
import { seriesOf } from '../../test/series-of';
import { inboundServerOptions } from './inbound-server';

const server = (kafkaBrokers: readonly string[]) => {
  const registry = new Registry();
  const { logger, lines } = recordedLog();
  const metrics = messagingMetrics(registry, { configured: kafkaBrokers.length > 0, topics: [], requestResults: [] });
  const options = inboundServerOptions({ kafkaBrokers } as unknown as ReconcilerConfig, logger, metrics);
  return { options, registry, lines };
};

describe('the server of inbound requests', () => {
  it('does not exist without a broker', () => {
    expect(server([]).options).toBeNull();
  });

  it('starts nothing before it is told to listen', async () => {
    const { options, registry, lines } = server(['127.0.0.1:1']);
    expect(options?.strategy.state()).toEqual({ status: 'stopped', lastError: null, crashes: 0 });
    expect(lines).toEqual([]);
    expect(await seriesOf(registry, 'dialtone_request_consumer_running')).toEqual([
      'dialtone_request_consumer_running 0',
    ]);
  });

  it('tells every change of its state, and is not running while the broker is away', async () => {
    const { options, registry, lines } = server(['127.0.0.1:1']);
    await options?.strategy.listen(() => undefined);
    await options?.strategy.close();
    const told = lines.filter(({ msg }) => msg === 'Consumer of reconcile requests').map(({ status }) => status);
    expect(told[0]).toBe('connecting');
    expect(told.at(-1)).toBe('stopped');
    expect(await seriesOf(registry, 'dialtone_request_consumer_')).toEqual([
      'dialtone_request_consumer_crashes_total 0',
      'dialtone_request_consumer_running 0',
    ]);
  });
});
