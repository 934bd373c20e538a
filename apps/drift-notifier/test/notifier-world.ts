import { setTimeout as delay } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { type Log } from '../src/operations/log';
import { parseReceivers } from '../src/settings/receivers';
import { readSettings } from '../src/settings/settings';
import { startNotifier } from '../src/start-notifier';
import { createTestDatabase, type TestDatabase } from '@dialtone/persistence/testing';
import { LoopbackServer } from '@dialtone/testing';
import { sendRecords, testKafkaBrokers, uniqueName } from '@dialtone/messaging/testing';
import type { SentRecord } from './number-stories';

const SOURCES = ['voicelink.drift.v1', 'voicelink.readiness.v1', 'telephony.calls.v1'];

type Running = Awaited<ReturnType<typeof startNotifier>>;

/** Polls until it holds; rejects with `what` after a minute and a half. */
export const until = async (what: string, holds: () => boolean | Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + 90_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Not in time: ${what}`);
    await delay(50);
  }
};

/** Topics, a database and a receiver of one test's own, and notifiers on them. */
export class NotifierWorld {
  readonly brokers = testKafkaBrokers();
  readonly prefix = `${uniqueName('notifier')}.`;
  readonly deadLetters = `${this.prefix}dlq`;
  /** What its notifiers have told of errors. */
  readonly errors: string[] = [];
  private readonly running = new Set<Running>();
  private query: (sql: string) => Promise<unknown[]> = () => Promise.resolve([]);

  private constructor(
    readonly database: TestDatabase,
    readonly receiver: LoopbackServer,
  ) {}

  static async make(): Promise<NotifierWorld> {
    const world = new NotifierWorld(await createTestDatabase(), await LoopbackServer.start());
    const admin = new Kafka({ clientId: 'test', brokers: [...world.brokers], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const topics = SOURCES.map((source) => ({ topic: world.prefix + source, numPartitions: 3 }));
    await admin.createTopics({ topics, waitForLeaders: true });
    await admin.disconnect();
    const source = await world.database.connect(2);
    world.query = (sql) => source.query(sql);
    return world;
  }

  /** Another replica. `receivers`: the fields of the file; all times are short. */
  async start(receivers: readonly object[], environment: Readonly<Record<string, string>> = {}): Promise<Running> {
    const file = JSON.stringify({ receivers, docs_url: 'https://dialtone.example.com/docs/issues' });
    const settings = readSettings({
      DATABASE_URL: this.database.ownerUrl,
      KAFKA_BROKERS: this.brokers.join(),
      KAFKA_GROUP_ID: `${this.prefix}group`,
      KAFKA_TOPIC_PREFIX: this.prefix,
      KAFKA_DEAD_LETTER_TOPIC: this.deadLetters,
      METRICS_PORT: '0',
      POLL_INTERVAL_MS: '50',
      RECEIVERS: file,
      ...environment,
    });
    const app = await startNotifier(settings, parseReceivers(file), this.log());
    this.running.add(app);
    await until('it is ready', async () => (await app.inject('/readyz')).statusCode === 200);
    return app;
  }

  private log(): Log {
    const say = (fields: object): void => {
      if ('error' in fields) this.errors.push(String(fields.error));
    };
    return { debug: say, info: say, warn: say, error: say };
  }

  async stop(app: Running): Promise<void> {
    this.running.delete(app);
    await app.close();
  }

  async send(records: readonly SentRecord[]): Promise<void> {
    for (const topic of new Set(records.map((record) => record.topic))) {
      const own = records.filter((record) => record.topic === topic);
      const messages = own.map(({ key, value, headers }) => ({ key, value, headers }));
      await sendRecords({ brokers: this.brokers, topic: this.prefix + topic, records: messages });
    }
  }

  rows<Row>(sql: string): Promise<readonly Row[]> {
    return this.query(sql.replaceAll('notifier.', 'drift_notifier.')) as Promise<Row[]>;
  }

  /** As if so much time had passed since each group began and was told of: `1 hour`. */
  async letPass(interval: string): Promise<void> {
    await this.rows(
      `update notifier.groups set created_at = created_at - interval '${interval}',
              last_sent_at = last_sent_at - interval '${interval}', next_at = now()`,
    );
  }

  /** Ids by numbers, as `NumberStories.open`. */
  async openDrifts(): Promise<Readonly<Record<string, string>>> {
    const found = await this.rows<{ key: string; drift_id: string }>(
      'select key, drift_id from notifier.numbers where drift_id is not null order by key',
    );
    return Object.fromEntries(found.map(({ key, drift_id: id }) => [key, id]));
  }

  async dispose(): Promise<void> {
    for (const app of this.running) await app.close();
    await this.receiver.stop();
    await this.database.drop();
  }
}
