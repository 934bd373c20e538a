import { RECONCILE_REQUESTS_DLQ_TOPIC, RECONCILE_REQUESTS_TOPIC } from '@dialtone/contracts';
import { readTopics, sendRecords, startPrivateKafka, type PrivateKafka } from '@dialtone/messaging/testing';
import { eventually, explained, startSystem, type LoggedEvent, type ReadEvent, type System } from './harness';

// A broker of its own: it is stopped and killed, and no other reconciler is in the group that takes the requests.
let kafka: PrivateKafka;
let system: System;
beforeAll(async () => {
  kafka = await startPrivateKafka();
  system = await startSystem({ brokers: kafka.brokers });
});
afterAll(async () => {
  await system.stop();
  await kafka.dispose();
});

/** Each event once, by first appearance, and within its key in the order of its sequence; each header as promised. */
const assertInOrder = (events: readonly ReadEvent[]): void => {
  const firsts = [...new Map(events.toReversed().map((event) => [event.id, event])).values()].reverse();
  const byRecord = Map.groupBy(firsts, ({ topic, recordKey }) => `${topic} ${recordKey ?? ''}`);
  for (const [place, inOrder] of byRecord) {
    const sequences = inOrder.map(({ data }) => data.seq ?? 0);
    expect({ place, sequences }).toEqual({ place, sequences: sequences.toSorted((a, b) => a - b) });
  }
  const numbered = events.filter(({ data }) => data.seq !== undefined);
  expect(numbered.map(({ sequence }) => sequence)).toEqual(
    numbered.map(({ data }) => String(data.seq).padStart(20, '0')),
  );
};

const assertGapFree = (logged: readonly LoggedEvent[]): void => {
  const positions = logged.map(({ position }) => Number(position)).sort((a, b) => a - b);
  expect(positions).toEqual(positions.map((_, index) => index + 1));
};

const gauge = async (name: string, labels = ''): Promise<number> => {
  const text = await system.metrics(system.reconciler);
  return Number(new RegExp(`^${name}${labels === '' ? '' : `\\{${labels}\\}`} (\\S+)$`, 'm').exec(text)?.[1]);
};

describe('while Kafka is away', () => {
  it(
    'drifts are found and repaired, and afterwards all of their events arrive in order, even over a crash',
    explained(async () => {
      const { key } = await system.readyDid();
      await system.delivered();
      const earlier = system.events?.drift(key).length ?? 0;
      await kafka.stopBroker();

      await system.simulator.breakRouting(key, 'only_answer');
      await eventually(async () => {
        expect((await system.simulator.did(key)).routing?.forOutboundCall).toBe(3);
      });
      await system.allReady([key]);
      const { key: another } = await system.readyDid();
      await eventually(async () => {
        expect(await gauge('dialtone_events_unsent', 'cursor="kafka"')).toBeGreaterThan(5);
        expect(await gauge('dialtone_relay_connected')).toBe(0);
      });
      await system.killReconcilers();
      await system.startReconciler();
      await system.simulator.meddle(key, 'deactivate-bot');
      await eventually(async () => {
        expect((await system.simulator.did(key)).bots[0]?.status).toBe(1);
      });
      await system.allReady([key]);
      const logged = await system.query<LoggedEvent>('select event_id from event_log order by id');
      const published = new Set(system.events?.all().map(({ id }) => id));
      expect(logged.filter(({ event_id }) => published.has(event_id)).length).toBeLessThan(logged.length - 10);

      await kafka.startBroker();
      system.readEventsAnew();
      const delivered = await system.delivered();
      assertGapFree(delivered);
      assertInOrder(system.events?.all() ?? []);
      expect(
        system.events
          ?.drift(key)
          .slice(earlier)
          .map(({ type, data }) => [type, data.issues]),
      ).toEqual([
        ['dialtone.drift.detected.v1', ['ROUTING_CHANGED']],
        ['dialtone.drift.resolved.v1', []],
        ['dialtone.drift.detected.v1', ['NO_BOT', 'ROUTING_CHANGED']],
        ['dialtone.drift.resolved.v1', []],
      ]);
      expect(system.events?.drift(another).at(-1)?.type).toBe('dialtone.drift.resolved.v1');
      await eventually(async () => {
        expect(await gauge('dialtone_events_unsent', 'cursor="kafka"')).toBe(0);
      });
    }),
  );

  it(
    'for a moment because it was killed, nothing is lost either',
    explained(async () => {
      const { key } = await system.readyDid();
      await kafka.killBroker();
      await system.simulator.breakRouting(key, 'sip');
      await eventually(async () => {
        expect((await system.simulator.did(key)).routing?.forOutboundCall).toBe(3);
      });
      await kafka.startBroker();
      system.readEventsAnew();
      assertGapFree(await system.delivered());
      assertInOrder(system.events?.all() ?? []);
    }),
  );
});

describe('requests over Kafka', () => {
  const send = (...records: readonly { readonly key: string; readonly value: string }[]): Promise<void> =>
    sendRecords({ brokers: kafka.brokers, topic: RECONCILE_REQUESTS_TOPIC, records });
  const lookedAt = async (key: string): Promise<string | null> =>
    (await system.gateway.binding(key)).status.last_reconciled_at;

  it(
    'make a DID due, and a poison record before them goes to the dead letters without blocking them',
    explained(async () => {
      const { key } = await system.readyDid();
      const before = await lookedAt(key);
      // The same record key: the same partition, one behind the other.
      const place = `${system.connectionId}/${key}`;
      await send(
        { key: place, value: '{"connection_id": "not finished' },
        { key: place, value: '{"connection_id": 7}' },
        { key: place, value: JSON.stringify({ connection_id: system.connectionId, key }) },
      );
      // Settled and READY: without a trigger the next reconcile is ten minutes away.
      await eventually(async () => {
        expect(await lookedAt(key)).not.toBe(before);
      });
      const letters = await readTopics({
        brokers: kafka.brokers,
        topics: [RECONCILE_REQUESTS_DLQ_TOPIC],
        wanted: (record) => record.key === place,
        enough: (records) => records.length >= 2,
      });
      expect(letters.map(({ value }) => value)).toEqual(['{"connection_id": "not finished', '{"connection_id": 7}']);
      expect(letters.map(({ headers }) => headers['dlq_topic'])).toEqual(Array(2).fill(RECONCILE_REQUESTS_TOPIC));
      expect(letters[0]?.headers['dlq_reason']).toBe('the value is not a JSON object');
    }),
  );
});
