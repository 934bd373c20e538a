import { EVENT_TYPES, RECORD_HEADERS, type StoredEvent, TOPIC_OF } from '@dialtone/contracts';
import type { EventPublisher } from '@dialtone/engine';
import { fromKafkaRecord, headerOf, type IncomingRecord, recordKeyOf } from '../src';
import { randomUUID } from 'node:crypto';
import { connectionEvent, didEvent } from './event-builders';
import { InMemoryEventLog } from '@dialtone/testing';

export interface ReceivedRecord extends IncomingRecord {
  readonly topic: string;
}

export interface EventPublisherHarness {
  readonly publisher: EventPublisher;
  /** What arrived about a connection, in order per record key; waits for at least `count` of them. */
  received(connectionId: string, count: number): Promise<readonly ReceivedRecord[]>;
  /** Makes the destination unavailable; it keeps what it has. */
  interrupt(): Promise<void>;
  restore(): Promise<void>;
  dispose(): Promise<void>;
}

/** The contract of EventPublisher; every form of it passes the same tests. */
export const describeEventPublisher = (name: string, open: () => Promise<EventPublisherHarness>): void => {
  describe(`${name} as an event publisher`, () => {
    let harness: EventPublisherHarness;
    let connectionId: string;
    beforeAll(async () => {
      harness = await open();
    });
    beforeEach(() => {
      connectionId = randomUUID();
    });
    afterAll(async () => {
      await harness.publisher.close();
      await harness.dispose();
    });

    const idsOf = (records: readonly ReceivedRecord[]): readonly (string | null)[] =>
      records.map((record) => headerOf(record, RECORD_HEADERS.id));
    const storedOf = (...keys: readonly string[]): readonly StoredEvent[] => {
      const log = new InMemoryEventLog();
      const seqs = new Map<string, number>();
      for (const key of keys) {
        const seq = (seqs.get(key) ?? 0) + 1;
        seqs.set(key, seq);
        log.append(didEvent({ connectionId, key, seq }));
      }
      return log.events;
    };

    it('sends every type to its topic, under its key, and it can be read back as it was', async () => {
      const log = new InMemoryEventLog();
      for (const type of EVENT_TYPES) {
        if (type === 'dialtone.reconcile.requested.v1') continue;
        if (type.startsWith('dialtone.warning') || type.startsWith('dialtone.writes')) continue;
        log.append(didEvent({ connectionId, key: '15550001', seq: log.events.length + 1, type }));
      }
      log.append(connectionEvent(connectionId));
      await harness.publisher.publish(log.events);
      const records = await harness.received(connectionId, log.events.length);
      const found = new Map(records.map((record) => [headerOf(record, RECORD_HEADERS.id), record]));
      for (const stored of log.events) {
        const { event_id, type, connection_id, key, seq, data } = stored;
        const event = { event_id, type, connection_id, key, seq, data };
        const record = found.get(event_id);
        expect(record?.topic).toBe(TOPIC_OF[type]);
        expect(record?.key?.toString()).toBe(recordKeyOf(stored));
        expect(record === undefined ? null : fromKafkaRecord(record)).toEqual({ ok: true, event });
      }
      expect(harness.publisher.connected).toBe(true);
    });

    it('keeps the order of each key within a batch and over batches', async () => {
      const events = storedOf(...Array.from({ length: 60 }, (_, n) => `1555000${String(n % 3)}`));
      for (const start of [0, 25, 50]) await harness.publisher.publish(events.slice(start, start + 25));
      const records = await harness.received(connectionId, 60);
      for (const key of ['15550000', '15550001', '15550002']) {
        const recordKey = `${connectionId}/${key}`;
        const ofKey = records.filter((record) => record.key?.toString() === recordKey);
        const wanted = events.filter((event) => event.key === key).map(({ event_id }) => event_id);
        expect(idsOf(ofKey)).toEqual(wanted);
      }
    });

    it('repeats a batch under the same ids', async () => {
      const events = storedOf('15550001', '15550001');
      await harness.publisher.publish(events);
      await harness.publisher.publish(events);
      const ids = events.map(({ event_id }) => event_id);
      expect(idsOf(await harness.received(connectionId, 4))).toEqual([...ids, ...ids]);
    });

    it('has nothing to do for an empty batch', async () => {
      await expect(harness.publisher.publish([])).resolves.toBeUndefined();
    });

    it('connects anew after a close', async () => {
      await harness.publisher.close();
      await harness.publisher.close();
      expect(harness.publisher.connected).toBe(false);
      const events = storedOf('15550001');
      await harness.publisher.publish(events);
      expect(idsOf(await harness.received(connectionId, 1))).toEqual([events[0]?.event_id]);
    });

    it('tells by a probe alone whether the destination is there, before and after an outage', async () => {
      await harness.publisher.close();
      const seen: boolean[] = [];
      const look = async (): Promise<void> => {
        await harness.publisher.probe();
        seen.push(harness.publisher.connected);
      };
      await look();
      await harness.publisher.publish(storedOf('15550001'));
      await harness.interrupt();
      await look();
      await harness.restore();
      await look();
      expect(seen).toEqual([true, false, true]);
      const events = storedOf('15550001');
      await harness.publisher.publish(events);
      expect(idsOf(await harness.received(connectionId, 2))).toContain(events[0]?.event_id);
    });

    it('rejects while the destination is away, and takes the same batch when it is back', async () => {
      const events = storedOf('15550001', '15550002', '15550001');
      await harness.interrupt();
      await expect(harness.publisher.publish(events)).rejects.toThrow();
      expect(harness.publisher.connected).toBe(false);
      await harness.restore();
      await harness.publisher.publish(events);
      const records = await harness.received(connectionId, 3);
      expect(new Set(idsOf(records))).toEqual(new Set(events.map(({ event_id }) => event_id)));
      expect(harness.publisher.connected).toBe(true);
    });
  });
};
