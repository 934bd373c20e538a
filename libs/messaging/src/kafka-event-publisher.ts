import type { StoredEvent } from '@dialtone/contracts';
import type { Admin, Message, Producer, TopicMessages } from 'kafkajs';
import { createKafka, type KafkaConnection } from './kafka-client';
import { isAnswer } from './kafka-errors';
import { toKafkaRecord } from './kafka-record';
import { partitionByKey } from './produce/partition-of';
import { QuickMessage } from './produce/quick-produce';
import type { EventPublisher, Log } from '@dialtone/engine';

export interface KafkaEventPublisherOptions {
  readonly connection: KafkaConnection;
  readonly logger: Log;
  /** Runs once before the first batch, again after it failed: creating the topics belongs here. */
  readonly prepare?: () => Promise<unknown>;
  /** Of each record, beside its own headers. */
  readonly marks?: Readonly<Record<string, string>>;
}

/** One producer's life. `cut` rejects `ended`, and with it all waits for the broker. */
interface Session {
  readonly producer: Producer;
  readonly ended: Promise<never>;
  readonly cut: (reason: Error) => void;
}

const ACK_TIMEOUT_MS = 10_000;

/**
 * Publishes to Kafka with acks from all in-sync replicas and one request in flight, so a batch keeps its order per key.
 *
 * A producer is never used again after a failure. kafkajs takes the sequence numbers of a failed request back, so the
 * next request would carry the same numbers with other records; a broker that had stored the first one after all would
 * take it for a repeat, acknowledge it, and drop it. A new producer id makes a repeat of the batch a plain duplicate,
 * which consumers recognise by `ce_id`. The same goes for a connect that failed half-way: kafkajs would go on without
 * idempotence.
 *
 * Not to be called concurrently.
 */
export class KafkaEventPublisher implements EventPublisher {
  private session: Session | null = null;
  private opened = false;
  /** The broker is there without a session: it answered the last probe, or refused the last batch. */
  private answered = false;
  private probing: AbortController | null = null;
  private prepared = false;

  constructor(private readonly options: KafkaEventPublisherOptions) {}

  get connected(): boolean {
    return this.opened || this.answered;
  }

  async publish(events: readonly StoredEvent[]): Promise<void> {
    if (events.length === 0) return;
    const topicMessages = groupByTopic(events, this.options.marks);
    const session = (this.session ??= this.newSession());
    try {
      await Promise.race([this.send(session, topicMessages), session.ended]);
      this.answered = false;
    } catch (error) {
      this.answered = isAnswer(error);
      this.discard(session, error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
  }

  /**
   * A connection of its own, from the socket to the credentials. The producer's would tell nothing: it may be open to a
   * broker that is gone without a word, and a request that fails on it would end the producer.
   */
  async probe(): Promise<void> {
    const { connection, logger } = this.options;
    const probing = (this.probing = new AbortController());
    try {
      await askBroker(createKafka(connection, logger).admin(), probing.signal);
      this.answered = true;
    } catch (error) {
      this.answered = isAnswer(error);
      if (!this.answered && this.session !== null) {
        this.discard(this.session, new Error('the broker does not answer', { cause: error }));
      }
      logger.debug({ error: String(error) }, 'The broker does not answer');
    }
  }

  async close(): Promise<void> {
    this.probing?.abort(new Error('the publisher was closed'));
    this.answered = false;
    const session = this.session;
    if (session === null) return;
    this.discard(session, new Error('the publisher was closed'));
    await disconnect(session.producer);
  }

  private async send(session: Session, topicMessages: TopicMessages[]): Promise<void> {
    try {
      if (!this.opened) {
        await session.producer.connect();
        this.opened = this.session === session;
      }
      if (!this.prepared) {
        await this.options.prepare?.();
        this.prepared = true;
      }
      await session.producer.sendBatch({ acks: -1, timeout: ACK_TIMEOUT_MS, topicMessages });
    } finally {
      // kafkajs reconnects a disconnected client to go on with its retries; nothing else would end that connection.
      if (this.session !== session) await disconnect(session.producer);
    }
  }

  private newSession(): Session {
    const producer = createKafka(this.options.connection, this.options.logger).producer({
      createPartitioner: partitionByKey,
      allowAutoTopicCreation: false,
      idempotent: true,
      maxInFlightRequests: 1,
      retry: { retries: 3, initialRetryTime: 200, maxRetryTime: 2_000 },
    });
    const { promise: ended, reject: cut } = Promise.withResolvers<never>();
    ended.catch(() => undefined);
    return { producer, ended, cut };
  }

  private discard(session: Session, reason: Error): void {
    if (this.session === session) {
      this.session = null;
      this.opened = false;
    }
    session.cut(reason);
    void disconnect(session.producer);
  }
}

/** Best effort: a broker that cannot be reached forgets the connection by itself. */
const disconnect = (client: Producer | Admin): Promise<void> => client.disconnect().catch(() => undefined);

/** Rejects when no broker answers, and at once when `signal` aborts; then the connection ends as soon as it is there. */
const askBroker = async (admin: Admin, signal: AbortSignal): Promise<void> => {
  const { promise: cut, reject } = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => {
    reject(signal.reason as Error);
  });
  const answer = admin.connect().finally(() => disconnect(admin));
  await Promise.race([answer, cut]);
};

const groupByTopic = (events: readonly StoredEvent[], marks: KafkaEventPublisherOptions['marks']): TopicMessages[] => {
  const byTopic = new Map<string, Message[]>();
  for (const event of events) {
    const { topic, key, value, headers } = toKafkaRecord(event);
    const messages = byTopic.get(topic) ?? [];
    byTopic.set(topic, messages);
    messages.push(new QuickMessage(key, value, marks === undefined ? headers : { ...headers, ...marks }));
  }
  return [...byTopic].map(([topic, messages]) => ({ topic, messages }));
};
