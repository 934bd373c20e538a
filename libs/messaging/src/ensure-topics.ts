import { TOPICS, type TopicSettings } from '@dialtone/contracts';
import { setTimeout } from 'node:timers/promises';
import { type Admin, ConfigResourceTypes } from 'kafkajs';
import { createKafka, hasBrokers, type KafkaConnection } from './kafka-client';
import { NO_BROKER, type Log } from '@dialtone/engine';

export interface SettingDifference {
  /** `partitions`, or the name of a Kafka topic configuration. */
  readonly setting: string;
  readonly wanted: string;
  readonly found: string;
}

export interface TopicReport {
  readonly topic: string;
  readonly outcome: 'created' | 'as_wanted' | 'differs';
  readonly differences: readonly SettingDifference[];
}

export type EnsureTopicsResult =
  { readonly kind: typeof NO_BROKER } | { readonly kind: 'ensured'; readonly topics: readonly TopicReport[] };

export interface EnsureTopicsOptions {
  readonly logger: Log;
  /** Copies of each partition of a new topic; one node can only hold 1. From 2 on, one copy may be missing. Default 1. */
  readonly replicationFactor?: number;
  /** Told of every topic, for metrics. */
  readonly onReport?: (report: TopicReport) => void;
  /** Default: the topics of the contracts. */
  readonly topics?: Readonly<Record<string, TopicSettings>>;
}

/**
 * Creates the topics that are missing and says how existing ones differ. Never changes an existing topic: settings may
 * have been tuned on purpose, and more partitions would break the order per key. Safe to run any number of times and by
 * several processes at once. Rejects when the cluster cannot be asked.
 */
export const ensureTopics = async (
  connection: KafkaConnection,
  options: EnsureTopicsOptions,
): Promise<EnsureTopicsResult> => {
  if (!hasBrokers(connection)) return { kind: NO_BROKER };
  const admin = createKafka(connection, options.logger).admin();
  await admin.connect();
  try {
    const wanted = Object.entries(options.topics ?? TOPICS);
    const existing = new Set(await admin.listTopics());
    const topics: TopicReport[] = [];
    for (const [topic, settings] of wanted) {
      const created = !existing.has(topic) && (await create(admin, topic, settings, options.replicationFactor ?? 1));
      const report = created ? createdAs(topic) : await compare(admin, topic, settings);
      topics.push(report);
      tell(report, options);
    }
    return { kind: 'ensured', topics };
  } finally {
    await admin.disconnect();
  }
};

const createdAs = (topic: string): TopicReport => ({ topic, outcome: 'created', differences: [] });

const tell = (report: TopicReport, { logger, onReport }: EnsureTopicsOptions): void => {
  onReport?.(report);
  if (report.outcome !== 'differs') return;
  const { topic, differences } = report;
  logger.warn({ topic, differences }, 'A topic has other settings than it is created with, and keeps them');
};

/** False when another process created it first. */
const create = async (admin: Admin, topic: string, settings: TopicSettings, replicas: number): Promise<boolean> => {
  const config = replicas > 1 ? { ...settings.config, 'min.insync.replicas': String(replicas - 1) } : settings.config;
  const created = await admin.createTopics({
    waitForLeaders: false,
    topics: [
      {
        topic,
        numPartitions: settings.partitions,
        replicationFactor: replicas,
        configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
      },
    ],
  });
  await untilLed(admin, topic);
  return created;
};

const LED_WITHIN_MS = 15_000;

/**
 * A broker knows a new topic only some time after it has acknowledged the creation. kafkajs's own wait for leaders gives up
 * at the first answer that says so.
 */
const untilLed = async (admin: Admin, topic: string): Promise<void> => {
  const deadline = Date.now() + LED_WITHIN_MS;
  for (;;) {
    const error = await leaderProblem(admin, topic);
    if (error === null) return;
    if (Date.now() > deadline) throw error;
    await setTimeout(100);
  }
};

const leaderProblem = async (admin: Admin, topic: string): Promise<Error | null> => {
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    const isLed = topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0));
    return isLed ? null : new Error(`Topic ${topic} has partitions without a leader`);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
};

const compare = async (admin: Admin, topic: string, settings: TopicSettings): Promise<TopicReport> => {
  const found = await foundSettings(admin, topic, Object.keys(settings.config));
  const differences = Object.entries({ partitions: String(settings.partitions), ...settings.config })
    .map(([setting, wanted]) => ({ setting, wanted, found: found.get(setting) ?? 'not set' }))
    .filter(({ wanted, found: value }) => wanted !== value);
  return { topic, outcome: differences.length === 0 ? 'as_wanted' : 'differs', differences };
};

const foundSettings = async (admin: Admin, topic: string, names: string[]): Promise<ReadonlyMap<string, string>> => {
  const metadata = await admin.fetchTopicMetadata({ topics: [topic] });
  const described = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames: names }],
  });
  const entries = described.resources.flatMap(({ configEntries }) => configEntries);
  return new Map([
    ['partitions', String(metadata.topics[0]?.partitions.length ?? 0)],
    ...entries.map(({ configName, configValue }): [string, string] => [configName, configValue]),
  ]);
};
