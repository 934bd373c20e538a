const DAY_MS = 86_400_000;

/** Settings that a topic is created with. Replication follows the cluster; `min.insync.replicas` follows replication. */
export interface TopicSettings {
  readonly purpose: string;
  /** Fixed for the life of the topic: another number would move keys between partitions and break their order. */
  readonly partitions: number;
  /** Kafka topic configuration, by its own names. */
  readonly config: Readonly<Record<string, string>>;
}

const kept = (days: number): Readonly<Record<string, string>> => ({
  'cleanup.policy': 'delete',
  'retention.ms': String(days * DAY_MS),
});

/**
 * For topics that others write to. The broker stores batches as they will be read, and refuses one that is larger then; so
 * no reader has to decompress what it did not ask for.
 */
const GUESTS: Readonly<Record<string, string>> = {
  'max.message.bytes': '65536',
  'compression.type': 'uncompressed',
};

export const TOPICS = {
  'voicelink.drift.v1': {
    purpose: 'Every drift: detected once, changed when its issues change, resolved once.',
    partitions: 6,
    config: kept(30),
  },
  'voicelink.readiness.v1': {
    purpose: 'The latest verdict per DID (compacted): read it from the beginning to know the state of everything.',
    partitions: 6,
    // Segments roll and compact within a day, so a new reader replays little more than one record per DID.
    config: { 'cleanup.policy': 'compact', 'segment.ms': String(DAY_MS / 4), 'max.compaction.lag.ms': String(DAY_MS) },
  },
  'voicelink.bindings.v1': {
    purpose: 'Declarations, what became of them, and what differs from them.',
    partitions: 6,
    config: kept(30),
  },
  'voicelink.warnings.v1': {
    purpose:
      'What is wrong with a whole connection: incomplete upstream lists, held writes, a shared account, inbound calls lost to another connection.',
    partitions: 3,
    config: kept(30),
  },
  'telephony.calls.v1': {
    purpose: 'Outbound calls of all carriers: recorded, and whenever more is known of one.',
    partitions: 6,
    config: kept(30),
  },
  'dialtone.webhooks.v1': {
    purpose: 'What partners should know of their webhooks: one was disabled, or has missed events.',
    partitions: 3,
    config: kept(30),
  },
  'voicelink.reconcile-requests.v1': {
    purpose: 'Inbound: ask for a look at a DID or a connection now.',
    partitions: 6,
    // A request is a hint; one that is a day old says nothing that the resync has not seen.
    config: { ...kept(1), ...GUESTS },
  },
  'voicelink.reconcile-requests.dlq.v1': {
    purpose: 'Requests that could not be understood, as received, with the reason in their headers.',
    partitions: 1,
    config: { ...kept(14), ...GUESTS },
  },
} as const satisfies Readonly<Record<string, TopicSettings>>;

export type TopicName = keyof typeof TOPICS;
export const TOPIC_NAMES = Object.keys(TOPICS) as readonly TopicName[];

export const RECONCILE_REQUESTS_TOPIC: TopicName = 'voicelink.reconcile-requests.v1';
export const RECONCILE_REQUESTS_DLQ_TOPIC: TopicName = 'voicelink.reconcile-requests.dlq.v1';
