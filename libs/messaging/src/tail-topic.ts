import type { AnyLoggedEvent } from '@dialtone/contracts';
import { randomUUID } from 'node:crypto';
import { createKafka, type KafkaConnection } from './kafka-client';
import { fromKafkaRecord, headerOf } from './kafka-record';
import type { Log } from '@dialtone/engine';

/** A record as people and scripts read it. */
export interface TailedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** Null for a tombstone. */
  readonly value: string | null;
  /** Null when it is no event of ours. */
  readonly event: AnyLoggedEvent | null;
}

export interface TailOptions {
  readonly connection: KafkaConnection;
  readonly logger: Log;
  readonly topic: string;
  /** Only records with this key. */
  readonly key?: string;
  readonly fromBeginning: boolean;
  /** Ends the tailing. */
  readonly signal: AbortSignal;
  readonly onRecord: (record: TailedRecord) => void;
}

/**
 * Reads a topic until the signal aborts, then resolves. It has a consumer group of its own, so other consumers notice
 * nothing, and it goes on after a broker restart. Each record comes once, in order within its partition. Rejects with "no
 * broker configured" without brokers, and when the topic cannot be read.
 */
export const tailTopic = async (options: TailOptions): Promise<void> => {
  const consumer = createKafka(options.connection, options.logger).consumer({
    groupId: `dialtone-tail-${randomUUID()}`,
    allowAutoTopicCreation: false,
    maxWaitTimeInMs: 500,
    // After a broker restart the group waits this long for this consumer's former membership; the default is 30 s.
    sessionTimeout: 10_000,
    // Otherwise a consumer that is stopped while it reconnects goes on reconnecting for ever.
    retry: { retries: 5, restartOnFailure: () => Promise.resolve(!options.signal.aborted) },
  });
  const { promise: ended, resolve, reject } = Promise.withResolvers<undefined>();
  const onAbort = (): void => {
    resolve(undefined);
  };
  consumer.on('consumer.crash', ({ payload }) => {
    // kafkajs itself recovers from the crash "coordinator loading" after a broker restart.
    if (!payload.restart) reject(payload.error);
  });
  const next = new Map<number, bigint>();
  try {
    if (options.signal.aborted) return;
    options.signal.addEventListener('abort', onAbort, { once: true });
    await consumer.connect();
    await consumer.subscribe({ topic: options.topic, fromBeginning: options.fromBeginning });
    await consumer.run({
      eachMessage: ({ topic, partition, message }) => {
        const offset = BigInt(message.offset);
        if (offset < (next.get(partition) ?? 0n)) return Promise.resolve();
        next.set(partition, offset + 1n);
        const record = recordOf({ topic, partition, ...message });
        if (options.key === undefined || record.key === options.key) options.onRecord(record);
        return Promise.resolve();
      },
    });
    await ended;
  } finally {
    options.signal.removeEventListener('abort', onAbort);
    await consumer.disconnect();
  }
};

const recordOf = (
  message: Parameters<typeof fromKafkaRecord>[0] & Pick<TailedRecord, 'topic' | 'partition' | 'offset'>,
): TailedRecord => {
  const decoded = fromKafkaRecord(message);
  return {
    topic: message.topic,
    partition: message.partition,
    offset: message.offset,
    key: message.key?.toString() ?? null,
    headers: Object.fromEntries(
      Object.keys(message.headers ?? {}).map((name) => [name, headerOf(message, name) ?? '']),
    ),
    value: message.value?.toString() ?? null,
    event: decoded.ok ? decoded.event : null,
  };
};
