import { backoffMs, type Clock, type Log } from '@dialtone/engine';
import { KafkaParser, ServerKafka } from '@nestjs/microservices';
import { Partitioners } from 'kafkajs';
import { boundedSocketFactory } from '../bounded-reader/bounded-socket-factory';
import { hasBrokers, kafkaConfigOf, type KafkaConnection } from '../kafka-client';

export type ConsumerStatus = 'connecting' | 'consuming' | 'backing_off' | 'stopped';

/** For health and metrics. */
export interface ConsumerState {
  readonly status: ConsumerStatus;
  /** Why it is backing off. */
  readonly lastError: string | null;
  /** How often a running consumer broke down since the start. */
  readonly crashes: number;
}

export interface KafkaServerConfig {
  readonly connection: KafkaConnection;
  /** Consumer group, used as it is. */
  readonly groupId: string;
  readonly clock: Pick<Clock, 'random' | 'sleep'>;
  readonly logger: Log;
  /** Runs before each attempt to connect: creating the topics belongs here. */
  readonly prepare?: () => Promise<unknown>;
  /** Called with every change; the place to turn a consumer that stays down into a failing health check. */
  readonly onState?: (state: ConsumerState) => void;
}

/** For `app.connectMicroservice(…, { inheritAppConfig: true })`; null without brokers: then there is nothing to consume. */
export const kafkaServerOptions = (config: KafkaServerConfig): { readonly strategy: ReconcileRequestServer } | null =>
  hasBrokers(config.connection) ? { strategy: new ReconcileRequestServer(config) } : null;

/** Leaves key, value and headers as bytes: a dead letter has to be what was received. */
class RawParser extends KafkaParser {
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the shape of Nest's method
  override parse<T>(message: { readonly headers?: object }): T {
    return { ...message, headers: message.headers ?? {} } as T;
  }
}

/** Of the two seconds that a process has to end. */
const CLOSE_MS = 1_500;

const BACKOFF = { baseMs: 500, capMs: 15_000 };

/**
 * Nest's Kafka transport, except that it waits for the broker in the background: `listen` is done at once, so a broker
 * that is away keeps nothing else from starting, and a consumer that crashed (kafkajs leaves it dead while the process
 * lives on) is replaced by a new one, with back-off, until `close`.
 */
export class ReconcileRequestServer extends ServerKafka {
  private readonly config: KafkaServerConfig;
  private readonly closing = new AbortController();
  private loop: Promise<void> = Promise.resolve();
  private crashed = Promise.withResolvers<Error>();
  private current: ConsumerState = { status: 'stopped', lastError: null, crashes: 0 };

  constructor(config: KafkaServerConfig) {
    super({
      // Without it Nest appends `-server` to client and group id.
      postfixId: '',
      client: { ...kafkaConfigOf(config.connection, config.logger), socketFactory: boundedSocketFactory },
      consumer: {
        groupId: config.groupId,
        allowAutoTopicCreation: false,
        // A member that died without leaving blocks its group for this long; the default is 30 s.
        sessionTimeout: 12_000,
        // The longest outstanding fetch delays both a redelivery and the shutdown; the default is 5 s.
        maxWaitTimeInMs: 500,
        // A broker sends one batch more than that if it has to; the socket bounds what is decoded of it.
        maxBytesPerPartition: 262_144,
        maxBytes: 2_097_152,
        // Only this class restarts a crashed consumer.
        retry: { retries: 3, initialRetryTime: 200, restartOnFailure: () => Promise.resolve(false) },
      },
      // A new group reads the topic from its beginning: requests are hints of at most a day.
      subscribe: { fromBeginning: true },
      producer: { allowAutoTopicCreation: false, createPartitioner: Partitioners.DefaultPartitioner },
    });
    this.parser = new RawParser();
    this.config = config;
  }

  state(): ConsumerState {
    return this.current;
  }

  override listen(callback: (error?: unknown) => void): Promise<void> {
    this.loop = this.keepConsuming();
    callback();
    return Promise.resolve();
  }

  override async close(): Promise<void> {
    this.closing.abort();
    // An attempt to connect ends by itself, and so does a group that is being formed, which a member may only leave afterwards: the
    // shutdown waits no longer than this for both.
    await Promise.race([Promise.all([super.close(), this.loop]), this.config.clock.sleep(CLOSE_MS)]);
  }

  protected override registerConsumerEventListeners(): void {
    super.registerConsumerEventListeners();
    this.consumer?.on(this.consumer.events.CRASH, ({ payload }) => {
      this.crashed.resolve(payload.error);
    });
  }

  private async keepConsuming(): Promise<void> {
    for (let failures = 0; !this.closing.signal.aborted;) {
      if (failures === 0) this.enter('connecting', null);
      const crash = Promise.withResolvers<Error>();
      this.crashed = crash;
      const startError = await this.connect();
      if (startError === null) {
        failures = 0;
        this.enter('consuming', null);
      }
      const error = startError ?? (await Promise.race([crash.promise, this.closed()]));
      await super.close().catch(() => undefined);
      if (error === null) break;
      failures += 1;
      await this.backOff(error, { failures, crashed: startError === null });
    }
    await super.close().catch(() => undefined);
    this.enter('stopped', null);
  }

  /** Null when it consumes. */
  private async connect(): Promise<Error | null> {
    try {
      await this.config.prepare?.();
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

  private async backOff(error: Error, how: { readonly failures: number; readonly crashed: boolean }): Promise<void> {
    const { clock, logger } = this.config;
    if (how.crashed) this.current = { ...this.current, crashes: this.current.crashes + 1 };
    this.enter('backing_off', error.message);
    const say = how.failures === 1 ? 'warn' : 'debug';
    logger[say]({ error: error.message, crashed: how.crashed }, 'Reconcile requests are not consumed, retrying');
    await clock.sleep(backoffMs(how.failures - 1, BACKOFF, clock.random()), this.closing.signal);
  }

  private closed(): Promise<null> {
    const { signal } = this.closing;
    return new Promise((resolve) => {
      if (signal.aborted) resolve(null);
      signal.addEventListener(
        'abort',
        () => {
          resolve(null);
        },
        { once: true },
      );
    });
  }

  private enter(status: ConsumerStatus, lastError: string | null): void {
    this.current = { ...this.current, status, lastError };
    this.config.onState?.(this.current);
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
