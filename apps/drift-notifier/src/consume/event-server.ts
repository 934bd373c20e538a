import { KafkaParser, ServerKafka } from '@nestjs/microservices';
import { Kafka, type KafkaConfig, Partitioners } from 'kafkajs';
import { backoffMs } from '../core/backoff';
import type { Log } from '../operations/log';
import { pause } from '../operations/loop';

/** Leaves key, value and headers as bytes: a dead letter has to be what was received. */
class RawParser extends KafkaParser {
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the shape of Nest's method
  override parse<T>(message: { readonly headers?: object }): T {
    return { ...message, headers: message.headers ?? {} } as T;
  }
}

export interface EventServerOptions {
  readonly kafka: Omit<KafkaConfig, 'logLevel'>;
  readonly groupId: string;
  /** Put in front of the topics of the handlers: a mirrored cluster names them so. */
  readonly topicPrefix: string;
  readonly deadLetterTopic: string;
  /** Resolves when records can be handled; they are not fetched before. */
  readonly ready: () => Promise<void>;
  readonly log: Log;
  /** Told with each change. */
  readonly onState: (state: { readonly consuming: boolean; readonly crashes: number }) => void;
}

const BACKOFF = { baseMs: 500, capMs: 15_000 };
const CLOSE_MS = 5_000;
const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/**
 * Nest's Kafka transport, except that it waits for the broker in the background, and that a consumer that broke down is replaced by a
 * new one, with back-off, until `close`. An offset is committed only after its handler has resolved.
 */
export class EventServer extends ServerKafka {
  private readonly closing = new AbortController();
  private loop: Promise<void> = Promise.resolve();
  private crashed = Promise.withResolvers<Error>();
  private crashes = 0;

  constructor(private readonly how: EventServerOptions) {
    super({
      postfixId: '', // Otherwise Nest adds to the ids of client and group.
      client: how.kafka,
      consumer: {
        groupId: how.groupId,
        allowAutoTopicCreation: false,
        // A member that died without leaving blocks its partitions for as long.
        sessionTimeout: 12_000,
        maxWaitTimeInMs: 500,
        // Only this class replaces a consumer.
        retry: { retries: 3, initialRetryTime: 200, restartOnFailure: () => Promise.resolve(false) },
      },
      // A new group reads what is kept: the compacted topic has the last verdict of each number.
      subscribe: { fromBeginning: true },
      // The commit follows the record: what was handled comes again only after a crash.
      run: { partitionsConsumedConcurrently: 4, autoCommitThreshold: 50, autoCommitInterval: 1_000 },
      producer: { allowAutoTopicCreation: false, createPartitioner: Partitioners.DefaultPartitioner },
    });
    this.parser = new RawParser();
  }

  override addHandler(...[pattern, ...rest]: Parameters<ServerKafka['addHandler']>): void {
    super.addHandler(typeof pattern === 'string' ? `${this.how.topicPrefix}${pattern}` : pattern, ...rest);
  }

  override listen(callback: (error?: unknown) => void): Promise<void> {
    this.loop = this.keepConsuming();
    callback();
    return Promise.resolve();
  }

  override async close(): Promise<void> {
    this.closing.abort();
    // A group that is being formed can only be left afterwards: the end waits no longer than this.
    const late = new AbortController();
    await Promise.race([Promise.all([super.close(), this.loop]), pause(CLOSE_MS, late.signal)]);
    late.abort();
  }

  protected override registerConsumerEventListeners(): void {
    super.registerConsumerEventListeners();
    this.consumer?.on(this.consumer.events.CRASH, ({ payload }) => {
      this.crashed.resolve(payload.error);
    });
  }

  private async keepConsuming(): Promise<void> {
    const { signal } = this.closing;
    const closed = new Promise<null>((resolve) => {
      signal.addEventListener('abort', () => {
        resolve(null);
      });
    });
    for (let failures = 0; !signal.aborted;) {
      this.crashed = Promise.withResolvers<Error>();
      const failed = await this.connect();
      if (failed === null) failures = 0;
      this.tell(failed === null);
      const error = failed ?? (await Promise.race([this.crashed.promise, closed]));
      if (error === null) break;
      if (failed === null) this.crashes += 1;
      this.tell(false);
      await super.close().catch(() => undefined);
      const say = failures === 0 ? 'warn' : 'debug';
      this.how.log[say]({ error: error.message }, 'Events are not consumed, it is tried again');
      await pause(backoffMs(failures, BACKOFF, Math.random()), signal);
      failures += 1;
    }
    await super.close().catch(() => undefined);
    this.tell(false);
  }

  private tell(consuming: boolean): void {
    this.how.onState({ consuming, crashes: this.crashes });
  }

  /** Null when it consumes. */
  private async connect(): Promise<Error | null> {
    try {
      await this.how.ready();
      await this.makeDeadLetterTopic();
      const answer = Promise.withResolvers<unknown>();
      await super.listen((error?: unknown) => {
        answer.resolve(error);
      });
      const error = await answer.promise;
      return error === undefined ? null : asError(error);
    } catch (error) {
      return asError(error);
    }
  }

  private async makeDeadLetterTopic(): Promise<void> {
    const admin = new Kafka(this.how.kafka).admin();
    await admin.connect();
    try {
      const topic = this.how.deadLetterTopic;
      if ((await admin.listTopics()).includes(topic)) return;
      await admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor: -1 }], waitForLeaders: true });
    } finally {
      await admin.disconnect();
    }
  }
}
