import {
  EVENT_EXAMPLES,
  OUTBOUND_TOPICS,
  TOPIC_OF,
  TOPICS,
  type OutboundEventType,
  type TopicName,
} from '@dialtone/contracts';
import { TopicRelays } from '@dialtone/engine';
import {
  didEvent,
  eventually,
  type PrivateKafka,
  readTopics,
  realTime,
  silentLogger,
  startPrivateKafka,
} from '@dialtone/messaging/testing';
import { InMemoryEventLog } from '@dialtone/testing';
import { type Admin, ConfigResourceTypes } from 'kafkajs';
import { randomUUID } from 'node:crypto';
import { ensureTopics } from './ensure-topics';
import { createKafka } from './kafka-client';
import { KafkaEventPublisher } from './kafka-event-publisher';
import type { TailedRecord } from './tail-topic';

// Real: the broker (its own, because its topics are altered and deleted), kafkajs, publishers, relays. In memory: the log.
const DRIFT = 'voicelink.drift.v1';
const TYPES = Object.keys(EVENT_EXAMPLES).filter(
  (type) => !/reconcile|warning|writes/.test(type),
) as readonly OutboundEventType[];
const KEYS = ['15550001', '15550002', '15550003'];

let kafka: PrivateKafka;
let admin: Admin;
beforeAll(async () => {
  kafka = await startPrivateKafka();
  admin = createKafka({ brokers: kafka.brokers, clientId: 'test-operator' }, silentLogger).admin();
  await admin.connect();
});
afterAll(async () => {
  await admin.disconnect();
  await kafka.dispose();
});

const publisherOf = (topic: TopicName): KafkaEventPublisher => {
  const connection = { brokers: kafka.brokers, clientId: 'test-publisher' };
  const prepare = () => ensureTopics(connection, { logger: silentLogger, topics: { [topic]: TOPICS[topic] } });
  return new KafkaEventPublisher({ connection, logger: silentLogger, prepare });
};

const started: TopicRelays[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((relays) => relays.stop()));
});

/** A log of one connection with the relays that empty it. */
const world = () => {
  const connectionId = randomUUID();
  const log = new InMemoryEventLog();
  const ports = { source: log, cursors: log, publisherOf, clock: realTime, logger: silentLogger };
  const limits = { batchSize: 50, pollMs: 50, backoff: { baseMs: 50, capMs: 200 } };
  const relays = new TopicRelays({ name: 'kafka', ...ports, ...limits, isLeader: () => true });
  started.push(relays);
  const append = (count: number): void => {
    for (let nth = 0; nth < count; nth += 1) {
      const seq = log.events.length + 1;
      const type = TYPES[nth % TYPES.length] ?? 'dialtone.drift.detected.v1';
      log.append(didEvent({ connectionId, key: KEYS[seq % KEYS.length] ?? '', seq, type }));
    }
    relays.wake();
  };
  const failuresOf = (topic: TopicName): number => relays.state().topics.get(topic)?.failures ?? 0;
  const passed = async (topics: readonly TopicName[]): Promise<boolean> => {
    const places = await Promise.all(topics.map((topic) => log.get(`kafka:${topic}`)));
    return places.every((position) => position === BigInt(log.events.length));
  };
  const logged = (topic: TopicName): readonly string[] =>
    log.events.filter(({ type }) => TOPIC_OF[type] === topic).map(({ event_id }) => event_id);
  const received = (topic: TopicName, enough: (records: readonly TailedRecord[]) => boolean) =>
    readTopics({
      brokers: kafka.brokers,
      topics: [topic],
      wanted: ({ key }) => key?.startsWith(connectionId) === true,
      enough,
    });
  return { log, relays, append, failuresOf, passed, logged, received };
};
const OTHERS = OUTBOUND_TOPICS.filter((topic) => topic !== DRIFT && topic !== 'voicelink.warnings.v1');

const idsByKey = (records: readonly TailedRecord[]): readonly (readonly (string | undefined)[])[] =>
  KEYS.map((key) => [
    ...new Set(records.filter((one) => one.key?.endsWith(key)).map(({ headers }) => headers['ce_id'])),
  ]);
const limitTo = (topic: TopicName, bytes: string) =>
  admin.alterConfigs({
    validateOnly: false,
    resources: [
      {
        type: ConfigResourceTypes.TOPIC,
        name: topic,
        configEntries: [
          ...Object.entries(TOPICS[topic].config).map(([name, value]) => ({ name, value })),
          { name: 'max.message.bytes', value: bytes },
        ],
      },
    ],
  });

describe('TopicRelays on Kafka', () => {
  it.each([
    { what: 'refuses all records', bytes: '1' },
    { what: 'refuses batches, though each record would fit', bytes: '3000' },
  ])(
    'hold up no other topic, and repeat nothing there, while one $what; the rest arrives in order afterwards',
    async ({ bytes }) => {
      const { log, relays, append, failuresOf, passed, logged, received } = world();
      append(60);
      relays.start();
      await eventually('the first events are delivered', () => relays.state().topics.get(DRIFT)?.position === 60n);
      await limitTo(DRIFT, bytes);
      // The broker takes a new limit to its partitions some time after it has acknowledged it.
      await realTime.sleep(1_000);
      append(90);
      await eventually('the topic refuses', () => failuresOf(DRIFT) > 0 || bytes === '3000');
      append(90);
      await eventually('the others get all', () =>
        OTHERS.every((topic) => relays.state().topics.get(topic)?.position === 240n),
      );
      await realTime.sleep(1_000);
      expect(relays.state().connected).toBe(true);
      expect(await passed([DRIFT])).toBe(bytes === '3000');
      for (const topic of OTHERS) {
        const records = await received(topic, (all) => all.length >= logged(topic).length);
        expect(records).toHaveLength(logged(topic).length);
      }
      await limitTo(DRIFT, '1048588');
      await eventually('the rest arrives', () => relays.state().topics.get(DRIFT)?.position === 240n);
      expect(failuresOf(DRIFT)).toBe(0);
      // Each stores what it only passes over once in a poll interval.
      await eventually('the cursor of all follows', async () => (await log.get('kafka')) === 240n);
      await relays.stop();
      const wanted = new Set(logged(DRIFT));
      const records = await received(
        DRIFT,
        (all) => new Set(all.map(({ headers }) => headers['ce_id'])).size === wanted.size,
      );
      const events = log.events.filter(({ event_id }) => wanted.has(event_id));
      expect(idsByKey(records)).toEqual(
        KEYS.map((key) => events.filter((event) => event.key === key).map(({ event_id }) => event_id)),
      );
      for (const topic of OTHERS) {
        expect(await received(topic, (all) => all.length >= logged(topic).length)).toHaveLength(logged(topic).length);
      }
    },
  );

  it('hold up no other topic while one is gone, and fill it when it is back', async () => {
    const { relays, append, failuresOf, logged, received } = world();
    append(30);
    relays.start();
    await eventually('the first events are delivered', () => relays.state().topics.get(DRIFT)?.position === 30n);
    await admin.deleteTopics({ topics: [DRIFT] });
    append(60);
    await eventually('the topic fails', () => failuresOf(DRIFT) > 1);
    await eventually('the others get all', () =>
      OTHERS.every((topic) => relays.state().topics.get(topic)?.position === 90n),
    );
    for (const topic of OTHERS) {
      expect(await received(topic, (all) => all.length >= logged(topic).length)).toHaveLength(logged(topic).length);
    }
    await ensureTopics({ brokers: kafka.brokers, clientId: 'test-operator' }, { logger: silentLogger });
    await eventually('the rest arrives', () => relays.state().topics.get(DRIFT)?.position === 90n);
    await relays.stop();
    const late = logged(DRIFT).slice(-10);
    const idsIn = (all: readonly TailedRecord[]) => new Set(all.map(({ headers }) => headers['ce_id']));
    const records = await received(DRIFT, (all) => late.every((id) => idsIn(all).has(id)));
    expect([...idsIn(records)]).toEqual(expect.arrayContaining(late));
  });
});
