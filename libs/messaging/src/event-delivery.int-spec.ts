import { TOPIC_NAMES } from '@dialtone/contracts';
import {
  describeEventPublisher,
  didEvent,
  eventually,
  type PrivateKafka,
  readTopics,
  realTime,
  silentLogger,
  startPrivateKafka,
} from '@dialtone/messaging/testing';
import { InMemoryEventLog } from '@dialtone/testing';
import { randomUUID } from 'node:crypto';
import { ensureTopics } from './ensure-topics';
import { KafkaEventPublisher } from './kafka-event-publisher';
import { EventRelay, type EventPublisher } from '@dialtone/engine';
import type { TailedRecord } from './tail-topic';

// Real: the broker (its own, because it is stopped and killed), kafkajs, publisher, relay, tail. In memory: the log.
let kafka: PrivateKafka;
beforeAll(async () => {
  kafka = await startPrivateKafka();
});
afterAll(() => kafka.dispose());

const OUTBOUND_TOPICS = TOPIC_NAMES.filter((topic) => !topic.includes('reconcile-requests'));

const publisherTo = (brokers: readonly string[]): KafkaEventPublisher => {
  const connection = { brokers, clientId: 'test-publisher' };
  const prepare = () => ensureTopics(connection, { logger: silentLogger });
  return new KafkaEventPublisher({ connection, logger: silentLogger, prepare });
};

const received = (connectionId: string, enough: (records: readonly TailedRecord[]) => boolean) =>
  readTopics({
    brokers: kafka.brokers,
    topics: OUTBOUND_TOPICS,
    wanted: ({ key }) => key?.startsWith(connectionId) === true,
    enough,
  });

describeEventPublisher('KafkaEventPublisher', () =>
  Promise.resolve({
    publisher: publisherTo(kafka.brokers),
    received: (connectionId, count) => received(connectionId, (records) => records.length >= count),
    interrupt: () => kafka.stopBroker(),
    restore: () => kafka.startBroker(),
    dispose: () => Promise.resolve(),
  }),
);

describe('what a publisher prepares', () => {
  it('is prepared before the first batch, again after it failed, and not for every batch', async () => {
    const connection = { brokers: kafka.brokers, clientId: 'test-preparing' };
    await ensureTopics(connection, { logger: silentLogger });
    let prepared = 0;
    const prepare = (): Promise<void> => {
      prepared += 1;
      return prepared === 1 ? Promise.reject(new Error('not yet')) : Promise.resolve();
    };
    const publisher = new KafkaEventPublisher({ connection, logger: silentLogger, prepare });
    const connectionId = randomUUID();
    const log = new InMemoryEventLog();
    for (const seq of [1, 2, 3]) log.append(didEvent({ connectionId, key: '15550001', seq }));
    await expect(publisher.publish(log.events)).rejects.toThrow('not yet');
    for (const event of log.events) await publisher.publish([event]);
    expect(prepared).toBe(2);
    expect(await received(connectionId, (records) => records.length >= 3)).toHaveLength(3);
    await publisher.close();
  });
});

describe('EventRelay on Kafka', () => {
  const KEYS = ['15550001', '15550002', '15550003'];
  const relayOf = (log: InMemoryEventLog, publisher: EventPublisher): EventRelay =>
    new EventRelay({
      name: 'kafka',
      source: log,
      cursors: log,
      publisher,
      clock: realTime,
      logger: silentLogger,
      isLeader: () => true,
      batchSize: 7,
      pollMs: 50,
      backoff: { baseMs: 50, capMs: 500 },
    });
  const append = (log: InMemoryEventLog, connectionId: string, count: number): void => {
    for (let n = 0; n < count; n += 1) {
      const seq = log.events.length + 1;
      log.append(didEvent({ connectionId, key: KEYS[seq % KEYS.length] ?? '', seq }));
    }
  };
  const idsByKey = (ids: readonly { readonly key: string | null; readonly id: string | undefined }[]) =>
    // A repeat is not an arrival: the first appearance counts.
    KEYS.map((key) => [...new Set(ids.filter((each) => each.key === key).map(({ id }) => id))]);
  const logged = (log: InMemoryEventLog) => idsByKey(log.events.map(({ key, event_id }) => ({ key, id: event_id })));
  const arrived = (records: readonly TailedRecord[]) =>
    idsByKey(records.map(({ key, headers }) => ({ key: key?.split('/')[1] ?? null, id: headers['ce_id'] })));
  const distinct = (records: readonly TailedRecord[]) => new Set(records.map(({ headers }) => headers['ce_id'])).size;

  it.each([
    { how: 'stopped', take: () => kafka.stopBroker() },
    { how: 'killed', take: () => kafka.killBroker() },
  ])('delivers everything, in order per key, over a broker that is $how and started again', async ({ take }) => {
    const connectionId = randomUUID();
    const log = new InMemoryEventLog();
    const relay = relayOf(log, publisherTo(kafka.brokers));
    append(log, connectionId, 20);
    relay.start();
    await eventually('the first events are delivered', () => relay.state().position === 20n);
    await take();
    append(log, connectionId, 25);
    relay.wake();
    await eventually('the relay sees that the broker is away', () => relay.state().failures >= 2);
    expect(relay.state()).toMatchObject({ status: 'backing_off', connected: false, position: 20n });
    expect(relay.state().oldestPendingAt).toEqual(log.events[20]?.created_at);
    await kafka.startBroker();
    append(log, connectionId, 5);
    await eventually('the rest is delivered', () => relay.state().position === 50n);
    await relay.stop();
    expect(arrived(await received(connectionId, (records) => distinct(records) === 50))).toEqual(logged(log));
  });

  it('repeats under the same ids what was acknowledged but not noted before a kill', async () => {
    const connectionId = randomUUID();
    const log = new InMemoryEventLog();
    append(log, connectionId, 5);
    const dying = publisherTo(kafka.brokers);
    const killed = relayOf(log, {
      connected: true,
      probe: () => dying.probe(),
      publish: async (events) => {
        await dying.publish(events);
        // The process is gone before it can move the cursor.
        await new Promise<never>((_, reject) => {
          closed.then(() => {
            reject(new Error('killed'));
          }, reject);
        });
      },
      close: () => {
        close(undefined);
        return dying.close();
      },
    });
    const { promise: closed, resolve: close } = Promise.withResolvers<undefined>();
    killed.start();
    await received(connectionId, (records) => records.length === 5);
    await killed.stop();
    await expect(log.get('kafka')).resolves.toBe(0n);

    append(log, connectionId, 3);
    const next = relayOf(log, publisherTo(kafka.brokers));
    next.start();
    await eventually('the next relay delivers everything', () => next.state().position === 8n);
    await next.stop();
    const records = await received(connectionId, (all) => all.length >= 13);
    expect(records).toHaveLength(13);
    expect(distinct(records)).toBe(8);
    expect(arrived(records)).toEqual(logged(log));
  });

  it('stops within its grace while the broker is away, and leaves nothing running', async () => {
    const log = new InMemoryEventLog();
    append(log, randomUUID(), 1);
    // A port without a listener.
    const relay = relayOf(log, publisherTo(['127.0.0.1:1']));
    relay.start();
    await eventually('it fails', () => relay.state().failures > 0);
    const started = realTime.now();
    await relay.stop();
    expect(realTime.now() - started).toBeLessThan(8_000);
    expect(relay.state().status).toBe('stopped');
  });
});
