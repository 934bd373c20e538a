import { type OutboundEventType, type StoredEvent, TOPIC_OF } from '@dialtone/contracts';
import { messagingMetrics, Registry } from '@dialtone/platform';
import { seriesOf } from '../../test/series-of';
import { meteredPublisher } from './metered-publisher';

const TOPIC = TOPIC_OF['dialtone.drift.detected.v1'];
const event = (type: OutboundEventType): StoredEvent => ({ type }) as unknown as StoredEvent;
const EVENTS = [
  event('dialtone.drift.detected.v1'),
  event('dialtone.drift.detected.v1'),
  event('dialtone.warning.raised.v1'),
];

const world = () => {
  const registry = new Registry();
  const destination = {
    connected: true,
    publish: jest.fn<Promise<void>, [readonly StoredEvent[]]>(() => Promise.resolve()),
    probe: jest.fn(() => Promise.resolve()),
    close: jest.fn(() => Promise.resolve()),
  };
  const metrics = messagingMetrics(registry, { configured: true, topics: [TOPIC], requestResults: [] });
  return { registry, destination, publisher: meteredPublisher(destination, metrics, TOPIC) };
};

describe('meteredPublisher', () => {
  it('counts what was delivered, by topic', async () => {
    const { registry, destination, publisher } = world();
    await publisher.publish(EVENTS);
    expect(destination.publish.mock.calls).toEqual([[EVENTS]]);
    expect(await seriesOf(registry, 'dialtone_events_published_total')).toEqual([
      `dialtone_events_published_total{topic="${TOPIC_OF['dialtone.drift.detected.v1']}"} 2`,
      `dialtone_events_published_total{topic="${TOPIC_OF['dialtone.warning.raised.v1']}"} 1`,
    ]);
    expect(await seriesOf(registry, 'dialtone_event_publish_failures')).toEqual([
      `dialtone_event_publish_failures_total{topic="${TOPIC}"} 0`,
    ]);
  });

  it('counts a batch that was not delivered once, and hands the error on', async () => {
    const { registry, destination, publisher } = world();
    destination.publish.mockRejectedValueOnce(new Error('the broker is away'));
    await expect(publisher.publish(EVENTS)).rejects.toThrow('the broker is away');
    expect(await seriesOf(registry, 'dialtone_events_published_total')).toEqual([]);
    expect(await seriesOf(registry, 'dialtone_event_publish_failures')).toEqual([
      `dialtone_event_publish_failures_total{topic="${TOPIC}"} 1`,
    ]);
  });

  it('is connected, is probed and closes as what it meters', async () => {
    const { destination, publisher } = world();
    destination.connected = false;
    expect(publisher.connected).toBe(false);
    destination.connected = true;
    expect(publisher.connected).toBe(true);
    await publisher.probe();
    expect(destination.probe).toHaveBeenCalledTimes(1);
    await publisher.close();
    expect(destination.close).toHaveBeenCalledTimes(1);
  });
});
